//! The section of a run's report about labour: hours as what they are, assumptions, from the fewest to the most.

use super::page::{Block, Cell, Column, Row, Section, Table};
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

fn cell(case: &CaseResult, (heading, path, is_money): (&str, &[&str], bool)) -> Cell {
    let mean = |path: &[&str]| case.estimate(path).mean;
    let found = match heading.starts_with("TCO, ") {
        true => mean(path)
            .zip(mean(&["tco_usd"]))
            .zip(mean(&["labour_usd", "total"]))
            .map(|((end, tco), own)| tco - own + end),
        false => mean(path),
    };
    let shown = found.map_or("–".into(), |value| if is_money { money(value) } else { significant(value, 3) });
    Cell::number(shown, found)
}
