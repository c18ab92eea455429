//! The catalogue as a list, by family.

use super::entry::Entry;
use super::price;
use crate::cli::grid::{Cell, Grid};
use crate::cli::options::Format;
use hostsim::catalogue::FAMILIES;
use serde_json::Value;

/// The list in a format. The table has a heading for each family.
pub fn render(entries: &[Entry], format: Format) -> String {
    if format != Format::Table {
        return grid(entries.iter().collect(), true).render(format, "models");
    }
    let mut out = String::new();
    for (name, family) in FAMILIES {
        let of_family: Vec<&Entry> = entries.iter().filter(|entry| entry.model.family == family).collect();
        if !of_family.is_empty() {
            let gap = if out.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{gap}{}\n", name.to_uppercase()));
            out.push_str(&grid(of_family, false).to_text());
        }
    }
    out
}

fn grid(entries: Vec<&Entry>, whole: bool) -> Grid {
    let columns = [
        ("name", "Name"),
        ("as_of", "As of"),
        ("sizes", ">Sizes"),
        ("cheapest_price", "Cheapest price"),
        ("confidence", "Confidence"),
    ];
    let more = [("family", "Family"), ("provider", "Provider"), ("product", "Product"), ("currency", "Currency")];
    let columns: Vec<(&str, &str)> = columns.into_iter().chain(more.into_iter().filter(|_| whole)).collect();
    let mut grid = Grid::new(&columns);
    for entry in entries {
        let mut row = row(entry);
        if whole {
            let model = &entry.model;
            row.extend([model.family.name(), &model.provider, &model.product].map(Cell::text));
            row.push(Cell::text(model.prices.currency.to_string()));
        }
        grid.push(row);
    }
    grid
}

fn row(entry: &Entry) -> Vec<Cell> {
    let model = &entry.model;
    let or_nothing = |text: Option<String>| text.map_or(Cell::of(Value::Null, "–"), Cell::text);
    let range = model.size_range.as_ref().map(|_| if model.sizes.is_empty() { "any" } else { "any, or named" });
    vec![
        Cell::text(&model.name),
        or_nothing((!model.as_of.is_empty()).then(|| model.as_of.clone())),
        Cell::of(model.sizes.len(), range.map_or(model.sizes.len().to_string(), String::from)),
        or_nothing(price::cheapest(model)),
        or_nothing(entry.confidence().map(|confidence| confidence.name().to_string())),
    ]
}
