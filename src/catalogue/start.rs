//! The phases from order to ready.

use crate::document::{Diagnostics, Node, Table, boolean, list, named, suggest, text};
use crate::hosting::deployment::StartPhase;
use crate::workload::{Distribution, Unit};
use std::path::Path;

/// What a phase is the start of.
const OF: &[(&str, bool)] = &[("instance", false), ("node", true)];

/// Reads the `[[start]]` list of a model with these sizes; `cluster`: its instances are packed on nodes.
pub fn read_phases(
    node: &Node,
    sizes: &[String],
    cluster: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<StartPhase>> {
    list(node, diagnostics, |node, diagnostics| phase(node, sizes, cluster, diagnostics))
}

fn phase(node: &Node, known: &[String], cluster: bool, diagnostics: &mut Diagnostics) -> Option<StartPhase> {
    let mut table = Table::of(node, diagnostics)?;
    let name = table.required("phase", diagnostics, text);
    let time = table.required("time", diagnostics, |node, diagnostics| {
        Distribution::read(node, diagnostics, Unit::Time, Path::new(""))
    });
    let billed = table.default("billed", false, diagnostics, boolean);
    let of_node = table.default("of", false, diagnostics, |node, d| {
        let of_node = named(node, d, "part whose start it is", OF)?;
        if of_node && !cluster {
            d.error(node.at, "a model without a [cluster] has no nodes", "leave `of` out");
        }
        Some(of_node)
    });
    let sizes = table.optional("sizes", diagnostics, |node, d| list(node, d, |node, d| size_of(node, known, d)));
    for described in ["source", "confidence"] {
        table.node(described);
    }
    table.finish(diagnostics);
    Some(StartPhase { name: name?, time: time?, billed, of_node, sizes })
}

fn size_of(node: &Node, known: &[String], diagnostics: &mut Diagnostics) -> Option<String> {
    let name = text(node, diagnostics)?;
    if !known.contains(&name) {
        let help = suggest(&name, known.iter().map(String::as_str));
        diagnostics.error(node.at, format!("there is no size `{name}`"), help);
        return None;
    }
    Some(name)
}
