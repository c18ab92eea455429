//! What the tests of usage files share: models read from `tests/models`, and short calls.

use hostsim::billing::usage::{Bill, Models, bill};
use hostsim::billing::{Line, render};
use hostsim::document::{Diagnostics, Node};
use hostsim::units::decimal_text;

/// The models of `tests/models`.
pub struct Directory;

impl Models for Directory {
    fn names(&self) -> Vec<String> {
        let stem = |entry: std::io::Result<std::fs::DirEntry>| {
            Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned())
        };
        let mut names: Vec<String> = std::fs::read_dir("tests/models").unwrap().filter_map(stem).collect();
        names.sort();
        names
    }

    fn model(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
        let path = format!("tests/models/{name}.toml");
        let text = std::fs::read_to_string(&path).ok()?;
        let source = diagnostics.sources.add(path, text);
        Some(Node::parse(source, diagnostics))
    }
}

/// Prices a usage file, which must be right.
pub fn priced(text: &str) -> Bill {
    bill(&format!("schema = 1\n{text}"), "usage.toml", &Directory)
        .unwrap_or_else(|errors| panic!("{}", errors.render(false)))
}

/// Its total, as the JSON has it.
pub fn total(text: &str) -> String {
    let bill = priced(text);
    render::amount_text(&bill.invoice, &bill.invoice.total)
}

/// A line of it.
pub fn line(text: &str, name: &str) -> Line {
    let bill = priced(text);
    bill.invoice.lines.into_iter().find(|line| line.name == name).unwrap_or_else(|| panic!("no line {name}"))
}

/// A line's quantity, free and billable quantity, and amount.
pub fn figures(text: &str, name: &str) -> [String; 4] {
    let line = line(text, name);
    [line.quantity, line.free, line.billable, line.amount].map(|value| decimal_text(&value, 6))
}

/// The errors of a usage file that must be wrong.
pub fn refused(text: &str) -> String {
    let errors = bill(&format!("schema = 1\n{text}"), "usage.toml", &Directory);
    errors.expect_err("it was accepted").render(false)
}

/// Prices a usage file by the models of the catalogue; its errors where it is wrong.
pub fn by_catalogue(text: &str) -> Result<Bill, String> {
    let (mut diagnostics, catalogue) = crate::common::catalogue();
    let source = diagnostics.sources.add("usage.toml", format!("schema = 1\n{text}"));
    match hostsim::billing::usage::read(source, catalogue, &mut diagnostics) {
        Some(bill) if diagnostics.is_empty() => Ok(bill),
        _ => Err(diagnostics.render(false)),
    }
}

/// The total by the catalogue, as the JSON has it, of a month's rows: `rows` may begin with keys of the file.
pub fn catalogue_total(hosting: &str, month: &str, rows: &str) -> String {
    let bill = by_catalogue(&format!("hosting = \"{hosting}\"\nmonth = \"{month}\"\n{rows}"));
    let invoice = bill.unwrap_or_else(|errors| panic!("{errors}")).invoice;
    render::amount_text(&invoice, &invoice.total)
}
