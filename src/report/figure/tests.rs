//! Whole figures: nothing overlaps, nothing leaves the paper, and the files are there.

use super::drawing::{Anchor, Drawing, Shape, Text};
use super::*;
use crate::metrics::{Figures, Histogram};
use crate::report::{CaseResult, Timeline};

/// Twelve cases with long names, of every order of magnitude.
pub(super) fn crowded() -> ResultDocument {
    let names = [
        ("own-servers-in-a-rented-rack", "colocation-2017", "1u-16-core"),
        ("dedicated-by-the-hour", "softlayer-bare-metal-2017", "16-core"),
        ("one-droplet", "digitalocean-2017", "512mb"),
        ("many droplets behind a balancer, sized for the p99", "digitalocean-2017", "cheapest"),
        ("ec2-on-demand", "aws-ec2-2017", "m4.large"),
        ("ec2-reserved-for-three-years-all-upfront", "aws-ec2-2017", "m4.large"),
        ("containers-on-a-managed-cluster", "google-container-engine-2017", "n1-standard-1"),
        ("heroku-standard", "heroku-2017", "standard-1x"),
        ("heroku-hobby", "heroku-2017", "hobby"),
        ("lambda-small", "aws-lambda-2017", "128mb"),
        ("lambda-large-with-provisioned-concurrency", "aws-lambda-2017", "1536mb"),
        ("cloud-functions", "google-cloud-functions-2017", "256mb"),
    ];
    let cases = names.iter().enumerate().map(|(i, (name, hosting, size))| crowded_case(i, name, hosting, size));
    let title = "Why can't I just run it on a $5 VPS?".to_string();
    ResultDocument {
        title,
        seed: 7,
        replications: 5,
        duration_s: 604_800.0,
        cases: cases.collect(),
        ..Default::default()
    }
}

fn crowded_case(i: usize, name: &str, hosting: &str, size: &str) -> CaseResult {
    let x = i as f64;
    let (invoice, labour, owned) = (5.0 + 31.0 * x, 640.0 - 48.0 * x, if i == 0 { 142.0 } else { 0.0 });
    let mut figures = Figures::new();
    for r in 0..5 {
        let noise = 1.0 + 0.02 * (f64::from(r) - 2.0);
        figures.push([
            (&["latency_s", "p50"][..], Some(0.06 * (1.0 + x / 5.0) * noise)),
            (&["latency_s", "p99"], Some(0.3 * (1.0 + x / 3.0) * noise)),
            (&["requests", "cold_share"], (i > 8).then_some(0.003 * noise)),
            (&["instances", "mean"], Some(1.0 + x * noise)),
            (&["fleet", "servers_mean"], Some(1.0 + (x / 4.0).floor())),
            (&["fleet", "cpu_used"], Some(0.04 * x * noise)),
            (&["fleet", "cpu_reserved"], Some(0.1 + 0.07 * x)),
            (&["fleet", "memory_used"], Some(0.02 + 0.018 * x)),
            (&["fleet", "memory_reserved"], Some(0.9 - 0.06 * x)),
            (&["invoice_usd", "total"], Some(invoice * noise)),
            (&["owned_usd"], Some(owned)),
            (&["labour_usd", "total"], Some(labour)),
            (&["tco_usd"], Some(invoice * noise + labour + owned)),
            (&["usd_per_million_requests"], Some((invoice * noise + labour + owned) / 8.64)),
        ]);
    }
    let mut latency = Histogram::new();
    let mut stream = crate::engine::random::Stream::named(1, i as u64, "figure", "latency");
    for _ in 0..20_000 {
        let tail = if i > 8 && stream.uniform() < 0.004 { 0.4e9 } else { 0.0 };
        latency.record((60e6 * (1.0 + x / 5.0) * (0.5 * stream.normal()).exp() + tail) as u64);
    }
    let wave = |scale: f64| (0..240).map(|t| (scale * (1.2 - (f64::from(t) / 240.0 * 44.0).cos())).max(0.0)).collect();
    let timeline = Timeline {
        start_s: 0.0,
        length_s: 604_800.0,
        instances: if i % 3 == 2 { vec![1.0; 240] } else { wave(x) },
        servers: if i % 2 == 0 { vec![1.0; 240] } else { wave(x / 8.0) },
    };
    let (name, hosting, size) = (name.into(), hosting.into(), Some(size.into()));
    CaseResult { name, hosting, size, slo_met: Some(i != 2), figures, latency, timeline, ..CaseResult::default() }
}

/// Left, top, right and bottom of a text.
fn extent(text: &Text) -> (f64, f64, f64, f64) {
    let wide = letters::width(&text.text, text.size, text.bold);
    let left = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -wide / 2.0,
        Anchor::End => -wide,
    };
    let (x, y, half) = (text.at.0, text.at.1, text.size * 0.4);
    match text.upwards {
        true => (x - half, y - left - wide, x + half, y - left),
        false => (x + left, y - half, x + left + wide, y + half),
    }
}

/// No two texts overlap, and all of them and all shapes are on the paper.
pub(super) fn assert_tidy(drawing: &Drawing) {
    let texts: Vec<&Text> = drawing.texts().filter(|t| !t.text.is_empty()).collect();
    for (index, a) in texts.iter().enumerate() {
        let (left, top, right, bottom) = extent(a);
        assert!(
            left >= 0.0 && top >= 0.0 && right <= drawing.width && bottom <= drawing.height,
            "{a:?} leaves the paper"
        );
        for b in &texts[..index] {
            let other = extent(b);
            let apart = right <= other.0 || other.2 <= left || bottom <= other.1 || other.3 <= top;
            assert!(apart, "{a:?} overlaps {b:?}");
        }
    }
    let points = drawing.shapes.iter().flat_map(|shape| match shape {
        Shape::Area { points, .. } | Shape::Line { points, .. } => points.clone(),
        Shape::Text(_) => Vec::new(),
    });
    for (x, y) in points {
        assert!(
            (0.0..=drawing.width).contains(&x) && (0.0..=drawing.height).contains(&y),
            "({x}, {y}) leaves the paper"
        );
    }
}

#[test]
fn twelve_cases_with_long_names_do_not_overlap() {
    for (stem, drawing) in figures(&crowded()) {
        println!("{stem}");
        assert_tidy(&drawing);
    }
}

#[test]
fn two_cases_and_none_are_tidy_too() {
    for cases in [0, 1, 2] {
        let mut result = crowded();
        result.cases.truncate(cases);
        figures(&result).iter().for_each(|(_, drawing)| assert_tidy(drawing));
    }
}

#[test]
fn a_hundred_cases_are_cut_and_said_to_be() {
    let mut result = crowded();
    result.cases = (0..100).map(|i| result.cases[i % 12].clone()).collect();
    for (stem, drawing) in figures(&result) {
        assert_tidy(&drawing);
        assert!(drawing.texts().any(|t| t.text.contains("cases more")), "{stem}");
    }
}

#[test]
fn every_figure_is_written_as_svg_and_png() {
    let directory = tempfile::tempdir().unwrap();
    let written = write_figures(directory.path(), &crate::report::document::tests::example()).unwrap();
    assert_eq!(written.len(), 8);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 8);
    for path in written {
        let bytes = std::fs::read(&path).unwrap();
        match path.extension().and_then(|e| e.to_str()) {
            Some("png") => assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n"),
            _ => assert!(bytes.starts_with(b"<svg ") && bytes.ends_with(b"</svg>\n"), "{path:?}"),
        }
    }
}

/// For looking at: `FIGURES=directory cargo test --lib look_at`.
#[test]
fn look_at_figures() {
    let Some(directory) = std::env::var_os("FIGURES").map(PathBuf::from) else { return };
    let mut two = crowded();
    two.cases = vec![two.cases[2].clone(), two.cases[9].clone()];
    write_figures(&directory.join("twelve"), &crowded()).unwrap();
    write_figures(&directory.join("two"), &two).unwrap();
    println!("{}", crate::report::to_table(&crowded(), false));
}
