//! The result as Markdown: a title, a table (GitHub's dialect) and the notes as a list.

use super::by_app;
use super::comparison::{Cell, Column, columns, hosting, subtitle};
use super::{format, notes, tenants, waiting};
use crate::experiment::{CaseResult, ResultDocument};

/// The result as Markdown; what users wrote is escaped, so that it shows as it was written.
pub fn to_markdown(result: &ResultDocument) -> String {
    let columns = columns(result);
    let headings = columns.iter().map(|c| c.heading.join(" ").trim_end().to_string());
    let head = line(["Case".to_string(), "Hosting".to_string()].into_iter().chain(headings));
    let rule = line((0..columns.len() + 2).map(|i| if i < 2 { "---".to_string() } else { "---:".to_string() }));
    let rows: String = result.cases.iter().map(|case| row(case, &columns)).collect();
    let notes: String = notes(result).iter().map(|note| format!("- {}\n", escape(note))).collect();
    let apps = by_app(result) + &further(result);
    let gap = if notes.is_empty() { "" } else { "\n" };
    format!(
        "{}\n\n# {}\n\n{}\n\n{head}{rule}{rows}{apps}{gap}{notes}",
        escape(&super::answer::of_run(result)),
        escape(&result.title),
        subtitle(result)
    )
}

/// What latency is made of, and figures over tenants, where there is something to tell.
fn further(result: &ResultDocument) -> String {
    let mut grids = vec![(waiting::TITLE, waiting::grid(result)), (tenants::TITLE, tenants::grid(result))];
    if result.details {
        grids.push(("Every tenant", tenants::each(result)));
    }
    let shown = grids.iter().filter(|(_, grid)| !grid.is_empty());
    shown.map(|(title, grid)| format!("\n## {}\n\n{}", escape(title), grid.to_markdown())).collect()
}

/// The apps compared, where there are several.
fn by_app(result: &ResultDocument) -> String {
    let rows = by_app::rows(result);
    if rows.is_empty() {
        return String::new();
    }
    let headings = by_app::COLUMNS.iter().map(|c| c.heading.join(" ").trim_end().to_string());
    let head = line(["App".to_string(), "Case".to_string()].into_iter().chain(headings));
    let rule = line((0..by_app::COLUMNS.len() + 2).map(|i| if i < 2 { "---".into() } else { "---:".into() }));
    let row = |row: &by_app::Row<'_>| {
        let cells = by_app::COLUMNS.iter().map(|column| shown((column.cell)(row)));
        line([escape(&row.app.name), escape(&row.case.name)].into_iter().chain(cells))
    };
    format!("\n{head}{rule}{}", rows.iter().map(row).collect::<String>())
}

fn row(case: &CaseResult, columns: &[&Column]) -> String {
    let cells = columns.iter().map(|column| shown((column.cell)(case)));
    line([escape(&case.name), escape(&hosting(case))].into_iter().chain(cells))
}

fn shown(cell: Cell) -> String {
    let half = cell.half.map(|half| format!(" {half}")).unwrap_or_default();
    format!("{}{half}", cell.mean)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

/// The text with every sign that Markdown or HTML would read escaped, on one line.
pub fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in format::printable(text).chars() {
        if "\\`*_[]<>|#&~".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn every_row_has_as_many_cells_as_the_head() {
        let mut result = example();
        result.cases[0].name = "a|b <script>\n*x*".into();
        let text = to_markdown(&result);
        let pipes = |line: &str| line.replace("\\|", "").matches('|').count();
        let rows: Vec<&str> = text.lines().filter(|l| l.starts_with('|')).collect();
        assert_eq!(rows.len(), 4);
        assert!(rows.iter().all(|row| pipes(row) == columns(&result).len() + 3), "{text}");
        assert!(text.contains(r"a\|b \<script\>") && text.contains("$0.43 ±0.055"), "{text}");
    }
}
