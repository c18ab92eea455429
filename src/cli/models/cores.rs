//! What a virtual CPU is, by model and size, as a table and a picture.

use super::entry::Entry;
use crate::cli::grid::{Cell, Grid};
use hostsim::catalogue::{Catalogue, CoreRule};
use hostsim::report::figure::cores::Bar;
use serde_json::Value;

/// A row for each rule of each model that states its own; one for a model of which nothing is known.
pub fn table(entries: &[Entry], catalogue: &Catalogue) -> Grid {
    let mut grid = Grid::new(&[
        ("name", "Name"),
        ("sizes", "Sizes"),
        ("processor", "Processor"),
        ("speed", ">Speed"),
        ("thread", ">Thread"),
        ("speed_all_busy", ">All busy"),
        ("confidence", "Confidence"),
        ("source", "Source"),
    ]);
    for entry in own(entries, catalogue) {
        for rule in &entry.model.cores {
            let numbers = [rule.speed, rule.thread, rounded(rule.speed * rule.thread)];
            let mut row = vec![Cell::text(&entry.model.name), Cell::text(sizes(rule)), Cell::text(&rule.processor)];
            row.extend(numbers.map(Cell::number));
            row.extend([rule.confidence.name(), rule.source.as_str()].map(Cell::text));
            grid.push(row);
        }
        if entry.model.cores.is_empty() {
            let unknown = || Cell::of(Value::Null, "–");
            let said = ["assumption", "no score was found: as fast as the fleet's server"].map(Cell::text);
            let head = [Cell::text(&entry.model.name), Cell::text("all"), Cell::text("")];
            grid.push(head.into_iter().chain([unknown(), unknown(), unknown()]).chain(said).collect());
        }
    }
    grid
}

/// The bars of the picture.
pub fn bars(entries: &[Entry], catalogue: &Catalogue) -> Vec<Bar> {
    let bar = |entry: &Entry, rule: &CoreRule| Bar {
        name: format!("{} {}", entry.model.name, sizes(rule)),
        processor: rule.processor.clone(),
        alone: rule.speed,
        all_busy: rule.speed * rule.thread,
    };
    let rules = own(entries, catalogue).flat_map(|entry| entry.model.cores.iter().map(move |rule| bar(entry, rule)));
    rules.collect()
}

/// The models that state their cores themselves, and do not take them over from another.
fn own<'e>(entries: &'e [Entry], catalogue: &'e Catalogue) -> impl Iterator<Item = &'e Entry> {
    entries.iter().filter(|entry| {
        let written = catalogue.written(&entry.model.name);
        written.is_none_or(|node| node.get("core").is_some() || node.get("extends").is_none())
    })
}

fn sizes(rule: &CoreRule) -> String {
    if rule.sizes.is_empty() { "all".into() } else { rule.sizes.join(" ") }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
