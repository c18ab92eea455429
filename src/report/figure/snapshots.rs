//! What figures say and are made of, as snapshots: their words, how many shapes of which kind
//! belong to which case, and the values that a page tells. Not where things stand, which any small
//! change moves and which `assert_tidy` looks after.

use super::drawing::{Drawing, Shape};
use super::tests::{assert_tidy, crowded, curve, map, pareto, tornado};
use super::*;
use crate::experiment::result::tests::example;
use crate::metrics::Estimate;
use std::fmt::Write;

/// A figure in words.
fn outline(drawing: &Drawing) -> String {
    let mut out = format!("{}\n{} wide\n\ntexts\n", drawing.title, drawing.width);
    for text in drawing.texts().filter(|text| !text.text.is_empty()) {
        let bold = if text.bold { " (bold)" } else { "" };
        let _ = writeln!(out, "  {}{bold}", text.text);
    }
    out.push_str("\nshapes\n");
    let owners = drawing.parts.iter().map(|(case, _)| Some(*case)).chain([None]);
    let mut owners: Vec<Option<usize>> = owners.collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let _ = writeln!(
            out,
            "  {}: {}",
            owner.map_or("all".into(), |case| format!("case {case}")),
            counts(drawing, owner)
        );
    }
    out.push_str("\ntold\n");
    for spot in &drawing.spots {
        let _ = writeln!(out, "  {}", spot.text);
    }
    out
}

/// "3 areas, 2 lines of which 1 dashed, 4 texts".
fn counts(drawing: &Drawing, owner: Option<usize>) -> String {
    let of = |index: usize| drawing.parts.iter().find(|(_, range)| range.contains(&index)).map(|(case, _)| *case);
    let own = drawing.shapes.iter().enumerate().filter(|(index, _)| of(*index) == owner).map(|(_, shape)| shape);
    let (mut areas, mut lines, mut dashed, mut texts) = (0, 0, 0, 0);
    for shape in own {
        match shape {
            Shape::Area { .. } => areas += 1,
            Shape::Line { dash, .. } => (lines, dashed) = (lines + 1, dashed + usize::from(!dash.is_empty())),
            Shape::Text(_) => texts += 1,
        }
    }
    format!("{areas} areas, {lines} lines of which {dashed} dashed, {texts} texts")
}

#[track_caller]
fn snapshot(name: &str, drawing: &Drawing) {
    assert_tidy(drawing);
    insta::assert_snapshot!(name, outline(drawing));
}

#[test]
fn figures_of_a_run() {
    for (stem, drawing) in figures(&example()) {
        snapshot(stem, &drawing);
    }
}

#[test]
fn figures_of_a_curve_a_map_and_advice() {
    snapshot("curve", &traffic::draw(&curve()));
    snapshot("map", &map::draw(&map()));
    snapshot("tornado", &tornado::draw(&tornado()));
    snapshot("pareto", &pareto::draw(&pareto()));
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_string()).collect()
}

/// Four wages by six rates, three cases, of which one cannot be ordered at the end.
pub fn small_multiples() -> multiples::MultiplesFigure {
    let cost = |case: usize, wage: f64, x: usize| {
        let mean = [5.0 + 4.0 * wage, 0.2 * 2.6f64.powi(x as i32) + 0.8 * wage, 25.0 + 1.5 * wage][case];
        (case != 2 || x < 4)
            .then_some(Estimate { mean: Some(mean), ci95: Some(if case == 1 { 0.5 * mean } else { 0.0 }) })
    };
    let panel = |wage: f64| multiples::Panel {
        heading: format!("labour.wage {wage} USD/h"),
        x: words(&["0.5 /s", "1.2 /s", "2.89 /s", "6.93 /s", "16.7 /s", "40 /s"]),
        lines: (0..3).map(|case| (0..6).map(|x| cost(case, wage, x)).collect()).collect(),
    };
    multiples::MultiplesFigure {
        title: "Which of three ways is the cheapest?".into(),
        subtitle: "Total cost of ownership against app.api.arrivals.poisson.rate, by labour.wage".into(),
        x_title: "app.api.arrivals.poisson.rate".into(),
        y_title: "total cost of ownership, US dollars per month".into(),
        measure: measure::Measure::Money,
        about_nought: false,
        cases: words(&["droplet", "lambda", "a case with a name that is much longer than others are"]),
        panels: [0.0, 20.0, 60.0, 120.0].map(panel).to_vec(),
    }
}

fn main_effects() -> multiples::MultiplesFigure {
    let mut figure = small_multiples();
    figure.about_nought = true;
    figure.x_title = String::new();
    for (index, estimate) in figure.panels.iter_mut().flat_map(|p| p.lines.iter_mut().flatten().flatten()).enumerate() {
        estimate.mean = Some((index as f64 * 37.0) % 101.0 - 50.0);
    }
    figure
}

fn heat_map() -> heat::HeatFigure {
    let figure = small_multiples();
    let cells = |case: usize| {
        figure.panels.iter().map(|p| p.lines[case].iter().map(|e| e.and_then(|e| e.mean)).collect()).collect()
    };
    heat::HeatFigure {
        title: figure.title.clone(),
        subtitle: "Total cost of ownership, US dollars per month, a panel for each case".into(),
        measure: measure::Measure::Money,
        x: (figure.x_title.clone(), figure.panels[0].x.clone()),
        y: ("labour.wage".into(), words(&["0 USD/h", "20 USD/h", "60 USD/h", "120 USD/h"])),
        panels: figure.cases.iter().enumerate().map(|(case, name)| (name.clone(), cells(case))).collect(),
        missed: vec![vec![vec![false, true]; 4]],
    }
}

fn coordinates() -> parallel::ParallelFigure {
    let axis = |name: &str, values: &[(f64, &str)]| parallel::ParallelAxis {
        name: name.into(),
        values: values.iter().map(|(place, value)| (*place, (*value).to_string())).collect(),
    };
    let line = |index: usize| parallel::ParallelLine {
        cheapest: (index % 5 != 4).then_some(index % 3),
        places: vec![
            Some(index as f64 / 11.0),
            Some((index % 4) as f64 / 3.0),
            (index % 5 != 4).then_some(0.09 * index as f64),
        ],
        text: format!("point {index}"),
    };
    parallel::ParallelFigure {
        title: "Which of three ways is the cheapest?".into(),
        subtitle: "Every point of the sweep".into(),
        cases: words(&["droplet", "lambda", "heroku"]),
        axes: vec![
            axis("app.api.arrivals.poisson.rate", &[(0.0, "0.5 /s"), (0.5, "20 /s"), (1.0, "40 /s")]),
            axis("labour.wage", &[(0.0, "0 USD/h"), (1.0, "120 USD/h")]),
            axis("least TCO", &[(0.1, "$10"), (0.8, "$100")]),
        ],
        lines: (0..12).map(line).collect(),
        points: 400,
    }
}

fn sobol() -> effects::EffectsFigure {
    let found = |value: f64, half: f64| Some((value, Some((value - half, value + half))));
    let axis = |name: &str, values: [f64; 3]| effects::AxisEffect {
        name: name.into(),
        cases: values
            .iter()
            .enumerate()
            .map(|(case, v)| (case, [found(*v, 0.1), found(*v * 1.2 + 0.02, 0.06)]))
            .collect(),
    };
    effects::EffectsFigure {
        title: "Which of three ways is the cheapest?".into(),
        subtitle: "Sobol' indices of total cost of ownership: the share of the variance that each axis explains".into(),
        x_title: "share of the variance".into(),
        words: ["by itself (first order)".into(), "together with the others (total)".into()],
        shares: true,
        cases: words(&["droplet", "lambda", "heroku"]),
        axes: vec![axis("labour.wage", [0.8, 0.3, 0.75]), axis("app.api.arrivals.poisson.rate", [0.01, 0.6, 0.0])],
    }
}

fn cheapest() -> winners::WinnersFigure {
    let row = |value: &str, shares: [f64; 3]| (value.to_string(), shares.to_vec());
    winners::WinnersFigure {
        title: "Which of three ways is the cheapest?".into(),
        subtitle: "The case of the least total cost among those that meet their objectives".into(),
        cases: words(&["droplet", "lambda", "never"]),
        axes: vec![
            ("labour.wage".into(), vec![row("0 USD/h", [0.75, 0.25, 0.0]), row("120 USD/h", [0.0, 1.0, 0.0])]),
            ("app.api.memory".into(), vec![row("64 MiB", [0.4, 0.6, 0.0]), row("600 MiB", [0.0, 0.5, 0.0])]),
        ],
    }
}

/// Every figure of a sweep.
fn of_sweeps() -> [(&'static str, Drawing); 6] {
    [
        ("multiples", multiples::draw(&small_multiples())),
        ("main-effects", multiples::draw(&main_effects())),
        ("heat-map", heat::draw(&heat_map())),
        ("parallel", parallel::draw(&coordinates())),
        ("effects", effects::draw(&sobol())),
        ("cheapest", winners::draw(&cheapest())),
    ]
}

#[test]
fn figures_of_a_sweep() {
    for (stem, drawing) in of_sweeps() {
        snapshot(stem, &drawing);
    }
}

/// The same drawing gives the same SVG and the same pixels.
#[test]
fn files_of_figures_are_the_same_to_the_byte() {
    let directory = tempfile::tempdir().unwrap();
    for (stem, _) in of_sweeps() {
        let again = |name: &str| {
            let drawing = of_sweeps().into_iter().find(|(known, _)| *known == stem).unwrap().1;
            write_figure(&directory.path().join(name), stem, &drawing)
                .unwrap()
                .iter()
                .map(|path| std::fs::read(path).unwrap())
                .collect::<Vec<_>>()
        };
        assert!(again("one") == again("two"), "{stem}");
    }
}

/// Many cases, axes, values and points are cut, and that is said.
#[test]
fn large_figures_of_sweeps_are_tidy_and_say_what_they_leave_out() {
    let mut many = small_multiples();
    many.cases = (0..30).map(|i| format!("case number {i} of a sweep")).collect();
    many.panels = (0..20).map(|i| many.panels[i % 4].clone()).collect();
    many.panels.iter_mut().for_each(|p| {
        p.x = (0..40).map(|i| format!("value {i}")).collect();
        p.lines = (0..30)
            .map(|case| (0..40).map(|i| Some(Estimate { mean: Some(f64::from(case + i + 1)), ci95: None })).collect())
            .collect();
    });
    let drawing = multiples::draw(&many);
    assert_tidy(&drawing);
    assert!(drawing.texts().any(|t| t.text.contains("8 panels more") && t.text.contains("18 cases more")));
    let mut long = sobol();
    long.axes = (0..50).map(|i| effects::AxisEffect { name: format!("axis {i}"), ..long.axes[0].clone() }).collect();
    let drawing = effects::draw(&long);
    assert_tidy(&drawing);
    assert!(drawing.texts().any(|t| t.text.contains("axes more are in sensitivity.csv")));
    let mut heat = heat_map();
    heat.panels = (0..15).map(|i| heat.panels[i % 3].clone()).collect();
    assert_tidy(&heat::draw(&heat));
    let mut wide = coordinates();
    let axis = wide.axes[0].clone();
    wide.axes.splice(0..0, std::iter::repeat_n(axis, 12));
    wide.lines.iter_mut().for_each(|line| line.places.splice(0..0, std::iter::repeat_n(Some(0.3), 12)).for_each(drop));
    let drawing = parallel::draw(&wide);
    assert_tidy(&drawing);
    assert!(drawing.texts().any(|t| t.text.contains("6 axes are left out")));
    assert_tidy(&winners::draw(&winners::WinnersFigure { axes: vec![], ..cheapest() }));
    assert_tidy(&figures(&crowded())[0].1);
}
