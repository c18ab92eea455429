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

/// The TCO of every case where its hours alone go to the ends of their ranges, about that of the cheapest; nothing where
/// no hour costs anything.
pub fn tornado(result: &ResultDocument) -> Option<Drawing> {
    let tco = |case: &CaseResult| case.estimate(&["tco_usd"]).mean;
    let cheapest = result
        .cases
        .iter()
        .filter(|case| tco(case).is_some())
        .min_by(|a, b| tco(a).unwrap_or(f64::INFINITY).total_cmp(&tco(b).unwrap_or(f64::INFINITY)))?;
    let base = tco(cheapest)?;
    let others = result.cases.iter().filter(|case| case.name != cheapest.name);
    let next = others.filter_map(tco).fold(f64::INFINITY, f64::min);
    let swing = |case: &CaseResult| {
        let (low, high) = (at_end(case, "low")?, at_end(case, "high")?);
        let hours = |key: &str| {
            let hours = case.estimate(&["labour_usd", key]).mean.unwrap_or(0.0);
            format!("{} h", significant(hours, 3))
        };
        let changes_answer = if case.name == cheapest.name { high > next } else { low < base };
        let (low, high) = ((hours("hours_low"), low), (hours("hours_high"), high));
        (high.1 > low.1).then(|| Swing { name: case.name.clone(), low, high, changes_answer })
    };
    let swings: Vec<Swing> = result.cases.iter().filter_map(swing).collect();
    (!swings.is_empty()).then(|| {
        tornado::draw(&TornadoFigure {
            title: result.title.clone(),
            subtitle: "The TCO of each case where its hours of labour alone go to the ends of their ranges".into(),
            x_title: format!("US dollars a month, about the TCO of {}", cheapest.name),
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
