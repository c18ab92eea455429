//! A comparison as text, Markdown and JSON.

use super::{Comparison, Difference, Document};
use crate::report::format::{percent, printable, significant};
use crate::report::grid::{Grid, Screen};
use crate::report::json::estimate_json;
use serde_json::{Map, Value, json};

/// The sentence that comes first: what flipped, and how much else changed.
pub fn answer(comparison: &Comparison) -> String {
    let (differing, all) = comparison.counts();
    let flipped = match comparison.flips.as_slice() {
        [] => "The answer is the same".to_string(),
        flips => format!("The answer flipped: {}", flips.join("; ")),
    };
    let figures = match differing {
        0 => format!("none of the {all} figures differs beyond the noise"),
        1 => format!("1 of {all} figures differs beyond the noise"),
        count => format!("{count} of {all} figures differ beyond the noise"),
    };
    let cases = [("are gone", &comparison.only_old), ("are new", &comparison.only_new)];
    let cases = cases.iter().filter(|(_, names)| !names.is_empty());
    let cases: String = cases.map(|(words, names)| format!("; {} {words}", names.join(", "))).collect();
    format!("{flipped}; {figures}{cases}.")
}

/// The rows that are shown: figures that differ, or of which nothing tells.
fn shown(comparison: &Comparison, all: bool) -> Vec<(&str, &Difference)> {
    let rows =
        comparison.cases.iter().flat_map(|(case, of)| of.iter().map(move |difference| (case.as_str(), difference)));
    let is_shown = |difference: &Difference| {
        all || difference.differs == Some(true) || (difference.differs.is_none() && difference.by() != Some(0.0))
    };
    rows.filter(|(_, difference)| is_shown(difference)).collect()
}

const HEADINGS: [&str; 6] = ["Case", "Figure", "Old", "New", "Change", "Beyond the noise"];

fn cells(case: &str, difference: &Difference) -> [String; 6] {
    let number = |value: Option<f64>| value.map_or("–".to_string(), |value| significant(value, 4));
    let share = difference.share().filter(|share| share.is_finite()).map(signed);
    let by = difference.by().map(|by| format!("{}{}", if by > 0.0 { "+" } else { "" }, significant(by, 3)));
    let verdict = match difference.differs {
        Some(true) if difference.is_paired => "yes (in pairs)",
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let change = share.or(by).unwrap_or("–".into());
    [
        printable(case),
        printable(&difference.name),
        number(difference.old.mean),
        number(difference.new.mean),
        change,
        verdict.into(),
    ]
}

fn signed(share: f64) -> String {
    let sign = if share > 0.0 { "+" } else { "-" };
    format!("{sign}{}", percent(share.abs()))
}

/// The rows as a table, those of a case together.
fn grid(comparison: &Comparison, all: bool) -> Grid {
    let [case, figure, old, new, change, beyond] = HEADINGS;
    let mut grid = Grid::new(2).words(case).words(figure).numbers(old).numbers(new).numbers(change).words(beyond);
    let mut last = None;
    for (case, difference) in shown(comparison, all) {
        let is_new = last.replace(case) != Some(case);
        if is_new && !grid.is_empty() {
            grid.rule();
        }
        grid.row(cells(case, difference));
    }
    grid
}

/// For people: the sentence, and a row for each figure that differs (or for all).
pub fn to_table(comparison: &Comparison, all: bool, screen: Screen) -> String {
    let (answer, grid) = (screen.paragraph(&answer(comparison)), grid(comparison, all));
    if grid.is_empty() { format!("{answer}\n") } else { format!("{answer}\n\n{}", grid.to_text(screen)) }
}

/// As Markdown.
pub fn to_markdown(comparison: &Comparison, all: bool) -> String {
    let (answer, grid) = (crate::report::markdown::escape(&answer(comparison)), grid(comparison, all));
    if grid.is_empty() { format!("{answer}\n") } else { format!("{answer}\n\n{}", grid.to_markdown()) }
}

/// For scripts: every figure.
pub fn to_json(comparison: &Comparison, old: &Document, new: &Document) -> String {
    let head = |document: &Document| {
        json!({ "title": document.title, "seed": document.seed, "replications": document.replications,
                "answer": document.answer, "cheapest": document.cheapest() })
    };
    let figure = |difference: &Difference| {
        let value = json!({ "old": estimate_json(&difference.old), "new": estimate_json(&difference.new),
                            "change": difference.by(), "change_share": difference.share(),
                            "paired": difference.is_paired, "differs": difference.differs });
        (difference.name.clone(), value)
    };
    let cases: Map<String, Value> = comparison
        .cases
        .iter()
        .map(|(name, of)| (name.clone(), Value::Object(of.iter().map(figure).collect())))
        .collect();
    let document = json!({ "schema": 1, "answer": answer(comparison), "flips": comparison.flips, "old": head(old),
                           "new": head(new), "cases": cases, "only_old": comparison.only_old,
                           "only_new": comparison.only_new });
    format!("{document:#}\n")
}
