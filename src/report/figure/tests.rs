//! Whole figures: nothing overlaps, nothing leaves the paper, and the files are there.

use super::drawing::{Anchor, Drawing, Shape, Text};
use super::*;
use crate::metrics::{Figures, Histogram};
use crate::report::{CaseResult, Timeline, format};

/// Twelve cases with long names, of every order of magnitude.
pub(in crate::report) fn crowded() -> ResultDocument {
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
        servers: if i.is_multiple_of(2) { vec![1.0; 240] } else { wave(x / 8.0) },
        present: wave(x),
        arrived: wave(10.0 * x),
        cold_share: (0..240).map(|t| (t % 50 != 7).then(|| 0.5 / f64::from(1 + t))).collect(),
        rejected_share: vec![Some(0.0); 240],
        served_share: vec![Some(1.0); 240],
        latency_s: wave(0.1 * x).into_iter().map(|s: f64| Some(s + 0.02)).collect(),
        ..Timeline::default()
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
pub(in crate::report) fn assert_tidy(drawing: &Drawing) {
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
    let written = write_figures(directory.path(), &crate::experiment::result::tests::example()).unwrap();
    assert_eq!(written.len(), 10);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 10);
    for path in written {
        let bytes = std::fs::read(&path).unwrap();
        match path.extension().and_then(|e| e.to_str()) {
            Some("png") => assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n"),
            _ => assert!(bytes.starts_with(b"<svg ") && bytes.ends_with(b"</svg>\n"), "{path:?}"),
        }
    }
}

/// A cost curve of nine cases with steps, an end, crossings and regions.
pub(super) fn curve() -> traffic::TrafficFigure {
    let at = |i: u32| 1e4 * 10f64.powf(f64::from(i) / 3.0);
    let line = |name: &str, cost: &dyn Fn(f64) -> f64, points: u32, stepwise: bool| traffic::TrafficLine {
        name: name.into(),
        points: (0..points).map(|i| (at(i), cost(at(i)), 0.06 * cost(at(i)))).collect(),
        stepwise,
        ends: (points < 16).then(|| "p99 above 500 ms".into()),
        end_at: (1..16).contains(&points).then(|| 1.1 * at(points - 1)),
    };
    let lines = vec![
        line("lambda", &|x| (x * 1.2e-6 - 0.4).max(0.0), 16, false),
        line("one-droplet", &|_| 5.0, 11, false),
        line("many-droplets-sized-for-the-p99-of-half-a-second", &|x| 5.0 * (x / 2e7).ceil(), 16, true),
        line("heroku", &|x| 25.0 * (x / 3e7).ceil(), 16, true),
        line("ec2-reserved", &|x| 46.0 * (x / 9e7).ceil(), 16, true),
        line("dedicated", &|x| 190.0 * (x / 6e8).ceil(), 16, true),
        line("colocation", &|x| 320.0 * (x / 2e9).ceil(), 16, true),
        line("never", &|_| 1.0, 0, false),
    ];
    let crossing = |at: f64, value: f64, lines| traffic::Crossing { at, low: at * 0.8, high: at * 1.25, value, lines };
    let region = |from: f64, to: f64, line: usize| traffic::Region { from, to, line };
    traffic::TrafficFigure {
        title: "Why can't I just run it on a $5 VPS?".into(),
        subtitle:
            "Invoice per month against traffic; bands: 95 % confidence interval; rings: where two cases cost the same"
                .into(),
        y_title: "US dollars per month".into(),
        measure: traffic::Measure::Money,
        lines,
        crossings: vec![crossing(4.5e6, 5.0, [0, 2]), crossing(1.6e8, 46.0, [2, 4])],
        best: vec![region(1e4, 4.5e6, 0), region(4.5e6, 1.6e8, 2), region(1.6e8, 1e9, 4)],
    }
}

pub(super) fn map() -> map::MapFigure {
    let cell = |r: usize, c: usize| match (r, c) {
        (0, 11) => None,
        _ => Some((
            if c < 4 + r / 2 {
                0
            } else if c < 9 {
                2
            } else {
                5
            },
            ((c as f64 - 4.0).abs() / 8.0).min(1.0),
        )),
    };
    map::MapFigure {
        title: "One developer or a team?".into(),
        subtitle: "The cheapest case by traffic and wage, total cost of ownership".into(),
        x: (
            "requests per month".into(),
            (0..12).map(|i| format::short_count(1e4 * 10f64.powf(f64::from(i) / 2.0))).collect(),
        ),
        y: ("wage".into(), (0..8).map(|i| format!("${}/h", 15 * i)).collect()),
        cases: curve().lines.into_iter().map(|l| l.name).collect(),
        cells: (0..8).map(|r| (0..12).map(|c| cell(r, c)).collect()).collect(),
        ties: Vec::new(),
        served: Vec::new(),
    }
}

pub(super) fn tornado() -> tornado::TornadoFigure {
    let swing = |name: &str, low: (&str, f64), high: (&str, f64)| tornado::Swing {
        name: name.into(),
        low: (low.0.into(), low.1),
        high: (high.0.into(), high.1),
        changes_answer: low.1 < 0.0,
    };
    tornado::TornadoFigure {
        title: "What would change the answer first?".into(),
        subtitle: "TCO of lambda less TCO of one-droplet, each assumption alone from its low to its high value".into(),
        x_title: "difference in US dollars per month".into(),
        base: 12.0,
        swings: vec![
            swing("wage", ("$20/h", 41.0), ("$120/h", -30.0)),
            swing("traffic", ("1 /s", -9.0), ("4 /s", 36.0)),
            swing("hours of work on the operating system per month", ("1 h", 20.0), ("4 h", 3.0)),
            swing("price of compute", ("-20 %", 9.0), ("+20 %", 15.0)),
            swing("cold start", ("100 ms", 12.0), ("2 s", 12.5)),
        ],
    }
}

pub(super) fn pareto() -> pareto::ParetoFigure {
    let orders = crowded().cases.into_iter().enumerate().map(|(i, case)| pareto::Order {
        name: case.name,
        cost: 5.0 * 1.6f64.powi(i as i32),
        p99: 2.0 / 1.4f64.powi(i as i32) * if i % 3 == 1 { 3.0 } else { 1.0 },
    });
    let (title, subtitle) =
        ("Cheap or fast?".into(), "Total cost of ownership against p99, one point per order".into());
    let orders: Vec<pareto::Order> = orders.collect();
    pareto::ParetoFigure { title, subtitle, front: pareto::front(&orders), orders, objective: Some(0.5) }
}

#[test]
fn curves_maps_tornados_and_fronts_are_tidy() {
    for drawing in [traffic::draw(&curve()), map::draw(&map()), tornado::draw(&tornado()), pareto::draw(&pareto())] {
        println!("{}", drawing.title);
        assert_tidy(&drawing);
    }
}

#[test]
fn a_curve_names_its_cases_its_regions_and_what_ends() {
    let drawing = traffic::draw(&curve());
    let texts: Vec<&str> = drawing.texts().map(|t| t.text.as_str()).collect();
    for expected in ["lambda", "one-droplet", "4.5 M", "160 M", "$100", "requests per month"] {
        assert!(texts.contains(&expected), "{expected} is not in {texts:?}");
    }
    let foot = texts.last().unwrap();
    assert!(
        texts.contains(&"$0")
            && foot.contains("no further: one-droplet (p99 above 500 ms)")
            && foot.contains("Not drawn: never"),
        "{foot}"
    );
}

/// For looking at: `FIGURES=directory cargo test --lib look_at`.
#[test]
fn look_at_figures() {
    let Some(directory) = std::env::var_os("FIGURES").map(PathBuf::from) else { return };
    let mut two = crowded();
    two.cases = vec![two.cases[2].clone(), two.cases[9].clone()];
    write_figures(&directory.join("twelve"), &crowded()).unwrap();
    write_figures(&directory.join("two"), &two).unwrap();
    for (stem, drawing) in [
        ("curve", traffic::draw(&curve())),
        ("map", map::draw(&map())),
        ("tornado", tornado::draw(&tornado())),
        ("pareto", pareto::draw(&pareto())),
    ] {
        write_figure(&directory, stem, &drawing).unwrap();
    }
    println!("{}", crate::report::to_table(&crowded(), false));
}
