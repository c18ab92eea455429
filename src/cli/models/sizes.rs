//! The sizes of a model, with every figure that stands by size.

use super::entry::Entry;
use crate::cli::grid::{Cell, Grid};
use hostsim::document::{Node, Value};
use indexmap::IndexSet;

/// The keys of a charge that may be tables by size.
const BY_SIZE: [&str; 3] = ["price", "free", "cap-amount"];

/// A row for each size: what it has, then what is said of it by charges and commitments.
pub fn table(entry: &Entry) -> Grid {
    let sizes = entry.node.get("size").and_then(Node::as_table);
    let keys: IndexSet<&str> = sizes.into_iter().flatten().flat_map(|(_, size)| keys(size)).collect();
    let keys: Vec<&str> = keys.into_iter().filter(|key| !["source", "confidence"].contains(key)).collect();
    let figures = figures(&entry.node);
    let mut columns: Vec<(&str, String)> = vec![("size", "Size".to_string())];
    columns.extend(keys.iter().map(|key| (*key, format!(">{key}"))));
    columns.extend(figures.iter().map(|(name, _)| (name.as_str(), format!(">{name}"))));
    let columns: Vec<(&str, &str)> = columns.iter().map(|(key, heading)| (*key, heading.as_str())).collect();
    let mut grid = Grid::new(&columns);
    for (name, size) in sizes.into_iter().flatten() {
        let own = keys.iter().map(|key| cell(size.get(key)));
        let said = figures.iter().map(|(_, by_size)| cell(by_size.get(name)));
        grid.push([Cell::text(name)].into_iter().chain(own).chain(said).collect());
    }
    grid
}

fn keys(size: &Node) -> Vec<&str> {
    size.as_table().into_iter().flat_map(|table| table.keys().map(String::as_str)).collect()
}

/// The tables by size of all charges and commitments, by the name that heads their column.
fn figures(model: &Node) -> Vec<(String, &Node)> {
    let mut found = Vec::new();
    let Some(Value::Array(charges)) = model.get("charge").map(|node| &node.value) else { return found };
    for charge in charges {
        let name = charge.get("name").and_then(Node::as_str).unwrap_or_default();
        let tables =
            BY_SIZE.iter().filter_map(|key| Some((*key, charge.get(key)?))).filter(|(_, n)| n.as_table().is_some());
        found.extend(tables.map(|(key, table)| match key {
            "price" => (name.to_string(), table),
            key => (format!("{name} {key}"), table),
        }));
    }
    found
}

fn cell(node: Option<&Node>) -> Cell {
    match node {
        Some(node) => Cell::text(node.as_str().map_or_else(|| node.to_toml(), str::to_string)),
        None => Cell::of(serde_json::Value::Null, ""),
    }
}
