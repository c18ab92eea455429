//! What is wrong with a file, whatever kind of file it is, before anything runs: all that `run`,
//! `curve`, `map`, `sweep`, `advise` or `bill` would refuse of it.

mod by_name;
mod scenario;

pub use by_name::ByName;

use crate::billing::{LabourTable, usage};
use crate::catalogue::{Catalogue, Model};
use crate::document::{Diagnostics, Node, Origin, Value};
use crate::scenario::{Source, currency};
use indexmap::IndexMap;

/// A kind of file: a key that no other kind has at its top, and how such a file is read.
type Kind = (&'static str, fn(&Source, &Catalogue, &mut Diagnostics));

/// The kinds, in the order in which they are tried.
const KINDS: [Kind; 10] = [
    ("app", scenario::check),
    ("case", scenario::check),
    ("usage", usage_file),
    ("hosting", usage_file),
    ("family", model),
    ("extends", model),
    ("charge", model),
    ("cores", server),
    ("application", labour),
    ("EUR", rates),
];

/// Notes all that is wrong with a file; it is told by what it holds what kind of file it is.
pub fn check(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    match KINDS.iter().find(|(key, _)| source.root.get(key).is_some()) {
        Some((_, read)) => read(source, catalogue, d),
        None => {
            let help = "a scenario has [app.NAME] and [case.NAME], a model `family` or `extends`, a usage file \
                        `hosting` or [[usage]], a server `cores`";
            d.error(source.root.at, "this is no scenario, model, usage or server file", help);
        }
    }
}

fn usage_file(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    usage::read_tree(&source.root, &ByName(catalogue), d);
    if let Some(node) = source.root.get("model") {
        how_it_hosts(node, catalogue, d);
    }
}

/// A usage file's own model may say how it hosts, which no bill looks at: what is wrong with that.
fn how_it_hosts(node: &Node, catalogue: &Catalogue, d: &mut Diagnostics) {
    let parts: Vec<&Node> = usage::HOSTING_KEYS.iter().filter_map(|key| node.get(key)).collect();
    if parts.is_empty() {
        return;
    }
    let mut catalogue = catalogue.clone();
    let named = IndexMap::from([("model".to_string(), node.clone())]);
    catalogue.add_inline(&Node::synthetic(Value::Table(named), node.at));
    let mut found = d.beside();
    if let Some(whole) = catalogue.resolve("model", node.at, &mut found) {
        Model::read("model", &whole, &mut found);
    }
    for (at, message, help) in found.errors() {
        if parts.iter().any(|part| stands_in(at, part)) {
            d.error(at, message, help);
        }
    }
}

/// Whether a place is that of a key, or within what stands there.
fn stands_in(at: Origin, node: &Node) -> bool {
    let inner = match &node.value {
        Value::Table(entries) => entries.values().any(|inner| stands_in(at, inner)),
        Value::Array(items) => items.iter().any(|inner| stands_in(at, inner)),
        _ => false,
    };
    at == node.key || at == node.at || inner
}

/// Notes all that is wrong with the file of one model.
pub fn model(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    let mut catalogue = catalogue.clone();
    let named = IndexMap::from([(source.stem.clone(), source.root.clone())]);
    catalogue.add_inline(&Node::synthetic(Value::Table(named), source.root.at));
    if let Some(node) = catalogue.resolve(&source.stem, source.root.at, d) {
        Model::read(&source.stem, &node, d);
    }
}

fn server(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    catalogue.read_server(&source.root, d);
}

fn labour(source: &Source, _: &Catalogue, d: &mut Diagnostics) {
    LabourTable::read(&source.root, d);
}

/// The catalogue's dated rates of exchange.
fn rates(source: &Source, _: &Catalogue, d: &mut Diagnostics) {
    currency::read_rates(&source.root, d);
}
