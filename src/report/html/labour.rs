//! The section of a run's report about labour: hours as what they are, assumptions, from the fewest to the most.

use super::page::{Block, Cell, Column, Row, Section, Table};
use crate::report::figure::drawing::Drawing;
use crate::report::figure::tornado::{self, Swing, TornadoFigure};
use crate::report::format::{money, significant};
use crate::report::{CaseResult, ResultDocument};

/// The columns: what it is, the path, the word for its unit.
const COLUMNS: [(&str, &[&str], bool); 8] = [
    ("Invoice", &["invoice_usd", "total"], true),
    ("Hours, fewest", &["labour_usd", "hours_low"], false),
    ("Hours", &["labour_usd", "hours"], false),
    ("Hours, most", &["labour_usd", "hours_high"], false),
    ("Labour", &["labour_usd", "total"], true),
    ("TCO, fewest hours", &["labour_usd", "low"], true),
    ("TCO", &["tco_usd"], true),
    ("TCO, most hours", &["labour_usd", "high"], true),
];

/// The section; a page has it wherever there are hours at all.
pub fn section(result: &ResultDocument) -> Section {
    let row = |(index, case): (usize, &CaseResult)| Row {
        case: Some(index),
        sum: false,
        cells: [Cell::word(&case.name)].into_iter().chain(COLUMNS.map(|column| cell(case, column))).collect(),
    };
    let columns = COLUMNS.map(|(heading, ..)| Column::of_numbers(heading));
    let table = Table {
        title: "Labour a month, from the fewest hours of the ranges to the most".into(),
        sortable: true,
        columns: [Column::of_words("Case")].into_iter().chain(columns).collect(),
        rows: result.cases.iter().enumerate().map(row).collect(),
    };
    Section {
        id: "labour".into(),
        title: "Labour".into(),
        intro:
            "Nearly all hours are assumptions; each has a range (`hostsim models --labour`). This is what they decide."
                .into(),
        blocks: vec![Block::Table(table)],
    }
}

/// By how much the cheapest case leads where the hours of one case alone go to the ends of their ranges; nothing where that
/// changes nothing, or there is no other case.
pub fn tornado(result: &ResultDocument) -> Option<Drawing> {
    let costs: Vec<(&CaseResult, f64)> =
        result.cases.iter().filter_map(|case| Some((case, case.estimate(&["tco_usd"]).mean?))).collect();
    let first = (0..costs.len()).min_by(|a, b| costs[*a].1.total_cmp(&costs[*b].1))?;
    // The lead, with another cost of one case.
    let lead = |changed: usize, cost: f64| {
        let of = |index: usize| if index == changed { cost } else { costs[index].1 };
        let next = (0..costs.len()).filter(|index| *index != first).map(of).fold(f64::INFINITY, f64::min);
        next - of(first)
    };
    let base = lead(first, costs[first].1);
    let swing = |(index, (case, _)): (usize, &(&CaseResult, f64))| {
        let end = |key: &str, cost: &str| {
            let hours = case.estimate(&["labour_usd", key]).mean?;
            Some((format!("{} h", significant(hours, 3)), lead(index, at_end(case, cost)?)))
        };
        let (low, high) = (end("hours_low", "low")?, end("hours_high", "high")?);
        let changes_answer = low.1 < 0.0 || high.1 < 0.0;
        (low.1 != high.1).then(|| Swing { name: format!("hours of {}", case.name), low, high, changes_answer })
    };
    let swings: Vec<Swing> = costs.iter().enumerate().filter_map(swing).collect();
    (base.is_finite() && !swings.is_empty()).then(|| {
        tornado::draw(&TornadoFigure {
            title: result.title.clone(),
            subtitle: "Each bar: the hours of labour of one case alone, from the fewest of their range to the most"
                .into(),
            x_title: format!("by how much {} is the cheapest, US dollars a month", costs[first].0.name),
            base,
            swings,
        })
    })
}

/// The TCO with the fewest ("low") or the most hours ("high").
fn at_end(case: &CaseResult, end: &str) -> Option<f64> {
    let mean = |path: &[&str]| case.estimate(path).mean;
    Some(mean(&["tco_usd"])? - mean(&["labour_usd", "total"])? + mean(&["labour_usd", end])?)
}

fn cell(case: &CaseResult, (heading, path, is_money): (&str, &[&str], bool)) -> Cell {
    let found = match (heading.starts_with("TCO, "), path) {
        (true, [_, end]) => at_end(case, end),
        _ => case.estimate(path).mean,
    };
    let shown = found.map_or("–".into(), |value| if is_money { money(value) } else { significant(value, 3) });
    Cell::number(shown, found)
}
