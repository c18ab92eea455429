//! The report of a sweep: what its axes do.

use super::page::{Block, Case, Cell, Column, Page, Row, Section, Table};
use super::reproduction::{Reproduction, reproduction_section};
use super::{answer, assumptions, render, run};
use crate::metrics::Estimate;
use crate::report::comparison;
use crate::report::figure::measure::Measure;
use crate::report::format::{UNDEFINED, grouped, money, percent, significant};
use crate::report::sweep::{CaseSummary, Swept, drawn_metrics, figures, short_value, summaries, within_the_noise};
use crate::sweep::sensitivity::{Finding, cheapest_cases};
use indexmap::IndexMap;

/// Points that are listed at most; of more, so many are chosen evenly.
const MOST_POINTS: usize = 200;

/// The report of a sweep as one HTML document.
pub fn sweep_report(swept: &Swept) -> String {
    render::page(&sweep_page(swept))
}

/// The page of [`sweep_report`], for those who want to add to it.
pub fn sweep_page(swept: &Swept) -> Page {
    let summaries = summaries(&swept.data);
    let drawn = figures(swept);
    let origin = swept.origin.clone().unwrap_or_default();
    Page {
        kind: "sweep".into(),
        question: run::question(&swept.data.title),
        answer: answer::of_sweep(swept, &summaries),
        remark: remark(swept),
        cases: swept.data.cases.iter().map(|name| Case { name: name.clone(), hosting: String::new() }).collect(),
        tables: vec![cases(swept, &summaries)],
        figures: drawn.into_iter().map(|(_, heading, drawing)| (drawing, heading)).collect(),
        sections: vec![
            effects(swept),
            cheapest(swept),
            points(swept),
            assumptions::section(&origin.assumptions),
            run::caveats(&notes(swept, &origin.notes)),
            reproduction(swept),
        ],
    }
}

fn remark(swept: &Swept) -> String {
    let data = &swept.data;
    let points = data.points.len();
    let design = match data.design.as_str() {
        "grid" => "A grid",
        "saltelli" => "A Saltelli sample",
        "latin-hypercube" => "A Latin hypercube",
        "sobol" => "A Sobol' sequence",
        _ => "A design",
    };
    let runs = swept.about["runs"].as_u64().unwrap_or(0);
    let axes = data.axes.len();
    format!(
        "{design} of {} {} over {axes} {}, {} runs",
        grouped(points as f64, 0),
        if points == 1 { "point" } else { "points" },
        if axes == 1 { "axis" } else { "axes" },
        grouped(runs as f64, 0),
    )
}

/// Every case over all points.
fn cases(swept: &Swept, summaries: &[CaseSummary]) -> Table {
    let data = &swept.data;
    let all = data.points.len().max(1) as f64;
    let mut columns = vec![Column::of_words("Case")];
    columns.extend(["Cheapest at", "SLO met at", "No result at"].map(Column::of_numbers));
    for metric in &data.metrics {
        let unit = if Measure::of_metric(metric) == Measure::Money { ", a month" } else { "" };
        columns.push(Column::of_numbers(format!("{}{unit}: middle", short_word(metric))));
        columns.push(Column::of_numbers("least to greatest"));
    }
    let share = |count: usize| Cell::number(percent(count as f64 / all), Some(count as f64));
    let row = |(case, summary): (usize, &CaseSummary)| {
        let mut cells = vec![Cell::word(&data.cases[case])];
        cells.extend([summary.cheapest, summary.met, summary.undefined].map(share));
        for (metric, range) in data.metrics.iter().zip(&summary.ranges) {
            cells.extend(range_cells(metric, range.as_ref()));
        }
        Row { case: Some(case), sum: false, cells }
    };
    Table {
        title: "The cases over all points; middle: half of the points are below".into(),
        sortable: true,
        columns,
        rows: summaries.iter().enumerate().map(row).collect(),
    }
}

fn range_cells(metric: &str, range: Option<&[f64; 3]>) -> [Cell; 2] {
    let tell = |value: f64| Measure::of_metric(metric).tell(value);
    match range {
        None => [Cell::word(UNDEFINED), Cell::word(UNDEFINED)],
        Some([low, middle, high]) => {
            let ends =
                if tell(*low) == tell(*high) { tell(*low) } else { format!("{} to {}", tell(*low), tell(*high)) };
            [Cell::number(tell(*middle), Some(*middle)), Cell::number(ends, Some(*low))]
        }
    }
}

/// A metric in a word or two.
fn short_word(metric: &str) -> &str {
    match metric {
        "tco_usd" => "TCO",
        "invoice_usd" => "Invoice",
        "labour_usd" => "Labour",
        "latency_p99_s" => "p99",
        other => other,
    }
}

/// The analyses as people know them.
fn analysis_word(analysis: &str) -> &str {
    match analysis {
        "main-effect" => "main effect",
        "variance-share" => "share of variance",
        "interaction" => "interaction, share of variance",
        "sobol-first" => "Sobol' index, first order",
        "sobol-total" => "Sobol' index, total",
        "regression" => "regression coefficient",
        "flips" => "steps that change the cheapest",
        other => other,
    }
}

fn effects(swept: &Swept) -> Section {
    let case_of = |f: &Finding| swept.data.cases.iter().position(|case| *case == f.case);
    let row = |f: &Finding| {
        let tell = |value: f64| match f.analysis {
            "main-effect" => signed(&Measure::of_metric(&f.metric).tell(value), value),
            "regression" => significant(value, 3),
            _ => percent(value),
        };
        let interval = f.interval.map_or(String::new(), |(low, high)| format!("{} to {}", tell(low), tell(high)));
        let cells = vec![
            Cell::word(&f.axis),
            Cell::word(short_value(&f.level)),
            Cell::word(analysis_word(f.analysis)),
            Cell::word(short_word(&f.metric)),
            Cell::word(&f.case),
            Cell::number(f.value.map_or(UNDEFINED.into(), tell), f.value),
            Cell::number(interval, f.interval.map(|(low, _)| low)),
        ];
        Row { case: case_of(f), sum: false, cells }
    };
    let mut columns = ["Axis", "At", "Analysis", "Of", "Case"].map(Column::of_words).to_vec();
    columns.extend(["Found", "95 % interval"].map(Column::of_numbers));
    let metrics: Vec<&str> =
        drawn_metrics(swept).into_iter().map(|metric| swept.data.metrics[metric].as_str()).collect();
    let telling = |f: &&Finding| {
        f.analysis != "cheapest" && metrics.contains(&f.metric.as_str()) && f.value.is_some_and(|value| value != 0.0)
    };
    let mut found: Vec<&Finding> = swept.report.findings.iter().filter(telling).collect();
    // What a reader asks first stands first.
    found.sort_by_key(|f| {
        ["sobol-first", "sobol-total", "variance-share", "flips", "interaction", "regression"]
            .iter()
            .position(|known| *known == f.analysis)
            .unwrap_or(9)
    });
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    let title = "What was found about each axis; what is nought is left out, sensitivity.csv holds all".into();
    Section {
        id: "effects".into(),
        title: "What the axes do".into(),
        intro: "A main effect is how far the mean at a value lies from the mean of all points. A share of variance \
                says how much of the differences between points an axis explains."
            .into(),
        blocks: vec![match rows.is_empty() {
            true => Block::Text("The results of this sweep depend on none of its axes.".into()),
            false => Block::Table(Table { title, sortable: true, columns, rows }),
        }],
    }
}

/// With a plus where it is above nought.
fn signed(text: &str, value: f64) -> String {
    if value > 0.0 { format!("+{text}") } else { text.to_string() }
}

/// The cheapest case by axis.
fn cheapest(swept: &Swept) -> Section {
    let mut found: IndexMap<(&str, &str), Vec<f64>> = IndexMap::new();
    let cases = swept.data.cases.len();
    for f in swept.report.findings.iter().filter(|f| f.analysis == "cheapest") {
        let shares = found.entry((f.axis.as_str(), f.level.as_str())).or_insert_with(|| vec![0.0; cases]);
        let case = swept.data.cases.iter().position(|case| *case == f.case);
        case.into_iter().for_each(|case| shares[case] = f.value.unwrap_or(0.0));
    }
    let row = |((axis, level), shares): ((&str, &str), Vec<f64>)| {
        let share = |share: &f64| Cell::number(percent(*share), Some(*share));
        let cells = [Cell::word(axis), Cell::word(short_value(level))].into_iter().chain(shares.iter().map(share));
        Row { cells: cells.collect(), ..Row::default() }
    };
    let mut columns = ["Axis", "Value"].map(Column::of_words).to_vec();
    columns.extend(swept.data.cases.iter().map(Column::of_numbers));
    let title = "Share of the points at which each case is the cheapest".into();
    let rows: Vec<Row> = found.into_iter().map(row).collect();
    Section {
        id: "cheapest".into(),
        title: "The cheapest case by axis".into(),
        intro: String::new(),
        blocks: vec![match rows.is_empty() {
            true => Block::Text("There is one case only.".into()),
            false => Block::Table(Table { title, sortable: true, columns, rows }),
        }],
    }
}

/// The points, or so many of them as a page has room for.
fn points(swept: &Swept) -> Section {
    let data = &swept.data;
    let (all, listed) = (data.points.len(), data.points.len().min(MOST_POINTS));
    let best = cheapest_cases(data);
    let cost = data.metrics.iter().position(|name| name == "tco_usd").unwrap_or(0);
    let row = |index: usize| {
        let point = index * all / listed.max(1);
        let mut cells = vec![Cell::number(point.to_string(), Some(point as f64))];
        cells.extend(data.points[point].iter().map(|cell| axis_cell(cell)));
        let none = || if data.served_at(point).iter().any(Option::is_some) { "none alone" } else { "none" };
        cells.push(Cell::word(best[point].map_or_else(none, |case| data.cases[case].as_str())));
        cells.extend((0..data.cases.len()).map(|case| {
            let shown = comparison::money(Estimate::of(data.runs(cost, case, point)));
            Cell::number(shown.mean, shown.value).beside(shown.half.unwrap_or_default())
        }));
        Row { case: best[point], sum: false, cells }
    };
    let mut columns = vec![Column::of_words("Point")];
    columns.extend(data.axes.iter().map(Column::of_words));
    columns.push(Column::of_words("Cheapest"));
    columns.extend(data.cases.iter().map(Column::of_numbers));
    let title = "Total cost of ownership a month at each point; ± is half of the 95 % confidence interval".into();
    let intro = match all > listed {
        false => String::new(),
        true => format!(
            "{} of {} points, evenly chosen; points.csv holds all, with every figure of every run.",
            grouped(listed as f64, 0),
            grouped(all as f64, 0)
        ),
    };
    let table = Table { title, sortable: true, columns, rows: (0..listed).map(row).collect() };
    Section { id: "points".into(), title: "Points".into(), intro, blocks: vec![Block::Table(table)] }
}

/// A value of an axis, sorted by its number where it has one.
fn axis_cell(cell: &str) -> Cell {
    Cell { value: crate::sweep::scale::magnitude(cell), ..Cell::word(short_value(cell)) }
}

/// What was not modelled, and what the analysis remarks.
fn notes(swept: &Swept, of_origin: &[String]) -> Vec<String> {
    let mut notes = of_origin.to_vec();
    let failed = swept.about["failed"].as_u64().unwrap_or(0);
    if failed > 0 {
        notes.push(format!(
            "{} runs failed: failures.csv says why. Their points have no result.",
            grouped(failed as f64, 0)
        ));
    }
    let close = within_the_noise(&swept.data);
    if close > 0 {
        let points = if close == 1 { "point" } else { "points" };
        notes.push(format!(
            "At {close} {points} the noise of the simulation covers the difference between the two cheapest cases."
        ));
    }
    notes.extend(swept.report.notes.iter().map(|note| format!("{}.", sentence(note))));
    notes
}

fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    // A note that begins with a figure's name keeps it as it is.
    let named = note.split(' ').next().is_some_and(|word| word.contains('_'));
    match letters.next().filter(|_| !named) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => note.to_string(),
    }
}

fn reproduction(swept: &Swept) -> Section {
    let word = |key: &str| swept.about[key].as_str().unwrap_or(UNDEFINED).to_string();
    let facts = [("Design", swept.data.design.clone()), ("Identity", word("identity"))];
    let mut section = match &swept.origin {
        Some(origin) => {
            let reproduction = Reproduction {
                scenario_text: origin.scenario.clone(),
                command: origin.command.clone(),
                version: word("version"),
            };
            reproduction_section(&reproduction, &facts)
        }
        None => {
            let version = ("Version".to_string(), format!("hostsim {}", word("version")));
            let facts = facts.into_iter().map(|(word, value)| (word.to_string(), value)).chain([version]).collect();
            let text = "The file origin.json, which holds the scenario, is not beside this sweep's table.".to_string();
            let (id, title) = ("reproduction".into(), "How to reproduce it".into());
            Section { id, title, intro: String::new(), blocks: vec![Block::Facts(facts), Block::Text(text)] }
        }
    };
    section.intro =
        "The identity is the hash of all that decides the results: scenario, models, files, seed, version. \
                     The same identity gives the same points.csv, to the byte."
            .into();
    section
}

/// Money of a range, for the answer.
pub fn range_in_words([low, _, high]: [f64; 3]) -> String {
    if money(low) == money(high) { money(low) } else { format!("{} to {}", money(low), money(high)) }
}
