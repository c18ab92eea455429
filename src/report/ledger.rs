//! The provider's ledger: what each case earns it, and what that costs it.

use super::ResultDocument;
use super::comparison::{Cell, money};
use super::format::printable;

/// The lines of a ledger before those of its costs.
const HEAD: [(&str, &str); 1] = [("revenue", "Revenue")];
/// And after them.
const FOOT: [(&str, &str); 2] = [("cost", "Cost"), ("margin", "Margin")];
/// The most letters of a case's name in its heading.
const NAME: usize = 18;

/// One line: its name, and a cell for each case.
pub struct Line {
    /// What it is of.
    pub name: String,
    /// The amount in each case.
    pub cells: Vec<Cell>,
    /// Whether it is a sum of lines above it.
    pub is_sum: bool,
}

/// The ledger's lines, each over all cases.
pub fn lines(result: &ResultDocument) -> Vec<Line> {
    let mut costs: Vec<&str> = Vec::new();
    for name in result.cases.iter().flat_map(|case| case.figures.names_under(&["provider_usd", "lines"])) {
        if !costs.contains(&name) {
            costs.push(name);
        }
    }
    let line = |name: &str, path: &[&str], is_sum: bool| Line {
        name: name.to_string(),
        cells: result.cases.iter().map(|case| money(case.estimate(path))).collect(),
        is_sum,
    };
    let head = HEAD.iter().map(|(key, name)| line(name, &["provider_usd", key], false));
    let middle = costs.iter().map(|name| line(name, &["provider_usd", "lines", name], false));
    let foot = FOOT.iter().map(|(key, name)| line(name, &["provider_usd", key], true));
    head.chain(middle).chain(foot).collect()
}

/// The ledger as text: a line for each kind of cost, a column for each case.
pub fn to_ledger(result: &ResultDocument) -> String {
    let lines = lines(result);
    let shown = |cell: &Cell| match &cell.half {
        Some(half) => format!("{} {half}", cell.mean),
        None => cell.mean.clone(),
    };
    let names: Vec<String> =
        result.cases.iter().map(|case| printable(&case.name).chars().take(NAME).collect()).collect();
    let first = lines.iter().map(|line| line.name.chars().count()).max().unwrap_or(0).max(8);
    let width = |column: usize| {
        let cells = lines.iter().map(|line| shown(&line.cells[column]).chars().count());
        cells.chain([names[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let row = |name: &str, cells: &[String]| {
        let cells: String = cells.iter().zip(&widths).map(|(cell, width)| format!("  {cell:>width$}")).collect();
        format!("{name:<first$}{cells}\n")
    };
    let rule = "─".repeat(first + widths.iter().map(|width| width + 2).sum::<usize>());
    let mut out = format!("\nThe provider's ledger, per month\n{}{rule}\n", row("", &names));
    for (index, line) in lines.iter().enumerate() {
        if line.is_sum && index > 0 && !lines[index - 1].is_sum {
            out += &format!("{rule}\n");
        }
        let cells: Vec<String> = line.cells.iter().map(shown).collect();
        out += &row(&printable(&line.name), &cells);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn every_case_has_a_column_and_every_cost_a_line() {
        let text = to_ledger(&example());
        assert!(text.contains("lambda") && text.contains("droplet") && text.contains("Revenue"), "{text}");
        let lines = lines(&example());
        assert!(lines.iter().all(|line| line.cells.len() == 2));
        assert_eq!(lines.iter().filter(|line| line.is_sum).count(), 2);
    }
}
