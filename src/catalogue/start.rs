//! The phases from order to ready.

use crate::document::{Diagnostics, Node, Table, boolean, list, text};
use crate::hosting::deployment::StartPhase;
use crate::workload::{Distribution, Unit};
use std::path::Path;

/// Reads a model's `[[start]]` list.
pub fn read_phases(node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<StartPhase>> {
    list(node, diagnostics, phase)
}

fn phase(node: &Node, diagnostics: &mut Diagnostics) -> Option<StartPhase> {
    let mut table = Table::of(node, diagnostics)?;
    let name = table.required("phase", diagnostics, text);
    let time = table.required("time", diagnostics, |node, diagnostics| {
        Distribution::read(node, diagnostics, Unit::Time, Path::new(""))
    });
    let billed = table.default("billed", false, diagnostics, boolean);
    for described in ["source", "confidence"] {
        table.node(described);
    }
    table.finish(diagnostics);
    Some(StartPhase { name: name?, time: time?, billed })
}
