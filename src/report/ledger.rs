//! The provider's ledger: what each case earns it, and what that costs it.

use super::ResultDocument;
use super::comparison::{Cell, money};
use super::grid::{Grid, Screen};

/// The lines of a ledger before those of its costs.
const HEAD: [(&str, &str); 1] = [("revenue", "Revenue")];
/// And after them.
const FOOT: [(&str, &str); 2] = [("cost", "Cost"), ("margin", "Margin")];

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

/// What is said of it.
pub const TITLE: &str = "The provider's ledger, per month";

/// A line for each kind of cost, a column for each case.
pub fn grid(result: &ResultDocument) -> Grid {
    let mut grid = Grid::new(1).words("Item");
    for case in &result.cases {
        grid = grid.numbers(case.name.clone());
    }
    let lines = lines(result);
    let shown = |cell: &Cell| match &cell.half {
        Some(half) => format!("{} {half}", cell.mean),
        None => cell.mean.clone(),
    };
    for (index, line) in lines.iter().enumerate() {
        if line.is_sum && index > 0 && !lines[index - 1].is_sum {
            grid.rule();
        }
        grid.row([line.name.clone()].into_iter().chain(line.cells.iter().map(shown)));
    }
    grid
}

/// The ledger as text, under its heading.
pub fn to_ledger(result: &ResultDocument, screen: Screen) -> String {
    format!("\n{TITLE}\n{}", grid(result).to_text(screen))
}

/// The ledger as Markdown, under its heading.
pub fn to_ledger_markdown(result: &ResultDocument) -> String {
    format!("\n## {TITLE}\n\n{}", grid(result).to_markdown())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn every_case_has_a_column_and_every_cost_a_line() {
        let text = to_ledger(&example(), Screen::NONE);
        assert!(text.contains("lambda") && text.contains("droplet") && text.contains("Revenue"), "{text}");
        let lines = lines(&example());
        assert!(lines.iter().all(|line| line.cells.len() == 2));
        assert_eq!(lines.iter().filter(|line| line.is_sum).count(), 2);
    }
}
