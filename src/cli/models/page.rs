//! One model in full: its terms, start phases, sizes, and every price with source and confidence.

use super::entry::Entry;
use super::sizes;
use crate::cli::grid::{Cell, Grid};
use crate::cli::options::Format;
use crate::cli::terminal;
use hostsim::document::{Node, Value};
use hostsim::report::format::wrap_words;

/// Columns that texts keep within at most.
const WIDTH: usize = 100;
/// Keys that stand in the page's head, or in a part of their own.
const ELSEWHERE: [&str; 12] = [
    "basis",
    "core",
    "schema",
    "family",
    "provider",
    "product",
    "as-of",
    "start",
    "size",
    "charge",
    "commitment",
    "size-range",
];

/// The page in a format: JSON is the model as written, with all that it extends merged in; CSV
/// has a row for each price.
pub fn render(entry: &Entry, format: Format) -> String {
    match format {
        Format::Table => text(entry),
        Format::Json => format!("{:#}\n", json_page(entry)),
        Format::Csv => charges(entry).render(format, "charges"),
        Format::Markdown => markdown(entry),
    }
}

fn text(entry: &Entry) -> String {
    let mut out = terminal::fitted(&format!("{}\n{}\n", entry.model.name, head(entry)));
    out.push_str(&section("Terms", &terms(entry)));
    out.push_str(&section(
        "Starting an instance",
        &items(&entry.node, "start", "phase", &["time", "billed", "of", "sizes"]),
    ));
    if let Some(range) = entry.node.get("size-range") {
        out.push_str(&section("Sizes are picked", &[range.to_toml()]));
    }
    let table = sizes::table(entry);
    if !table.is_empty() {
        out.push_str(&format!("\nSizes\n{}", table.to_text_indented()));
    }
    out.push_str(&section("Where the service's terms come from", &basis(entry)));
    out.push_str(&section("Cores", &items(&entry.node, "core", "processor", &[])));
    out.push_str(&section("Prices", &items(&entry.node, "charge", "name", &[])));
    out.push_str(&section("Commitments", &commitments(&entry.node)));
    out
}

fn markdown(entry: &Entry) -> String {
    let list =
        |lines: &[String]| lines.iter().map(|line| format!("- {}\n", line.replace('\n', " "))).collect::<String>();
    let table = sizes::table(entry);
    let sizes =
        if table.is_empty() { String::new() } else { format!("\n## Sizes\n\n{}", table.render(Format::Markdown, "")) };
    format!(
        "# {}\n\n{}\n\n## Terms\n\n{}{sizes}\n## Prices\n\n{}",
        entry.model.name,
        head(entry),
        list(&terms(entry)),
        charges(entry).render(Format::Markdown, ""),
    )
}

/// Who offers what, since when, and how sure the prices are.
fn head(entry: &Entry) -> String {
    let model = &entry.model;
    let confidence = entry.confidence().map_or("no prices".into(), |c| format!("least sure price: {}", c.name()));
    let offered = [model.product.as_str(), model.provider.as_str()];
    let offered: Vec<&str> = offered.into_iter().filter(|text| !text.is_empty()).collect();
    let as_of = if model.as_of.is_empty() { String::new() } else { format!(", as of {}", model.as_of) };
    format!("{}{as_of}; {}; {confidence}; {}", offered.join(", "), model.family.name(), entry.origin_text())
}

/// Every key that has no part of its own, as written.
fn terms(entry: &Entry) -> Vec<String> {
    let keys = entry.node.as_table().into_iter().flatten();
    let others = keys.filter(|(key, _)| !ELSEWHERE.contains(&key.as_str()));
    others.map(|(key, node)| format!("{key}: {}", value(node))).collect()
}

/// Each term of the service that is in force: its value, source and confidence.
fn basis(entry: &Entry) -> Vec<String> {
    let told = |(term, value): (&str, String)| match entry.model.basis_of(term) {
        Some(basis) => format!("{term} {value}: {}; {}", basis.confidence.name(), basis.source),
        None => format!("{term} {value}: assumption"),
    };
    entry.model.terms_in_force().into_iter().map(told).collect()
}

/// The tables of a list, each as its name, then its keys as written, then source and confidence.
/// `only`: the keys that are shown; all, where none is named.
fn items(model: &Node, list: &str, name: &str, only: &[&str]) -> Vec<String> {
    let Some(Value::Array(items)) = model.get(list).map(|node| &node.value) else { return Vec::new() };
    items.iter().map(|item| item_text(&item.get(name).map(value).unwrap_or_default(), item, name, only)).collect()
}

fn commitments(model: &Node) -> Vec<String> {
    let plans = model.get("commitment").and_then(Node::as_table).into_iter().flatten();
    plans.map(|(name, plan)| item_text(name, plan, "", &[])).collect()
}

fn item_text(title: &str, item: &Node, name: &str, only: &[&str]) -> String {
    let entries = item.as_table().into_iter().flatten();
    let shown = entries.filter(|(key, _)| {
        let key = key.as_str();
        key != name && !["source", "confidence"].contains(&key) && (only.is_empty() || only.contains(&key))
    });
    let keys: Vec<String> = shown.map(|(key, node)| format!("{key} {}", value(node))).collect();
    format!("{title}: {}\n{}", keys.join("; "), evidence(item))
}

/// A value as written, without the quotes of a text.
fn value(node: &Node) -> String {
    node.as_str().map_or_else(|| node.to_toml(), str::to_string)
}

/// The source, and how sure it is: a charge that says nothing is an assumption.
fn evidence(item: &Node) -> String {
    let confidence = item.get("confidence").map_or("assumption".to_string(), value);
    match item.get("source") {
        Some(source) => format!("{} ({confidence})", value(source)),
        None => format!("no source ({confidence})"),
    }
}

/// A heading and paragraphs below it, their later lines further in.
fn section(heading: &str, paragraphs: &[String]) -> String {
    if paragraphs.is_empty() {
        return String::new();
    }
    let width = terminal::width().map_or(WIDTH, |columns| columns.clamp(40, WIDTH));
    let mut out = format!("\n{heading}\n");
    for paragraph in paragraphs {
        for (index, part) in paragraph.lines().enumerate() {
            let lines = wrap_words(part, width - 6);
            for (line_number, line) in lines.iter().enumerate() {
                let indent = if index == 0 && line_number == 0 { "  " } else { "      " };
                out.push_str(&format!("{indent}{line}\n"));
            }
        }
    }
    out
}

/// A row for each price.
fn charges(entry: &Entry) -> Grid {
    let columns = [
        ("charge", "Charge"),
        ("meter", "Meter"),
        ("price", "Price"),
        ("per", ">Per"),
        ("free", ">Free"),
        ("rules", "Rules"),
        ("source", "Source"),
        ("confidence", "Confidence"),
    ];
    let mut grid = Grid::new(&columns);
    let Some(Value::Array(items)) = entry.node.get("charge").map(|node| &node.value) else { return grid };
    for charge in items {
        let known = |key: &str| charge.get(key).map(value);
        let price = ["price", "tiers", "volume-tiers", "spot"].iter().find_map(|key| known(key)).unwrap_or_default();
        let own = ["name", "meter", "price", "tiers", "volume-tiers", "spot", "per", "free", "source", "confidence"];
        let rest = charge.as_table().into_iter().flatten().filter(|(key, _)| !own.contains(&key.as_str()));
        let rules: Vec<String> = rest.map(|(key, node)| format!("{key} = {}", node.to_toml())).collect();
        let confidence = known("confidence").unwrap_or("assumption".into());
        let cells = [known("name"), known("meter"), Some(price), known("per").or(Some("1".into())), known("free")];
        let text = |text: Option<String>| text.map_or(Cell::of(serde_json::Value::Null, ""), Cell::text);
        let more = [Some(rules.join("; ")), known("source"), Some(confidence)];
        grid.push(cells.into_iter().chain(more).map(text).collect());
    }
    grid
}

fn json_page(entry: &Entry) -> serde_json::Value {
    serde_json::json!({
        "schema": 1,
        "name": entry.model.name,
        "origin": entry.origin_text(),
        "confidence": entry.confidence().map(|confidence| confidence.name()),
        "model": json(&entry.node),
    })
}

/// A tree as JSON; numbers that JSON cannot hold are texts.
fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Table(entries) => entries.iter().map(|(key, node)| (key.clone(), json(node))).collect(),
        Value::Array(items) => items.iter().map(json).collect(),
        Value::String(text) | Value::Datetime(text) => text.clone().into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value, text) => serde_json::Number::from_f64(*value).map_or(text.clone().into(), Into::into),
        Value::Boolean(value) => (*value).into(),
    }
}
