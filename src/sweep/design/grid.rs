//! `[sweep.grid]`: every value of each axis with every value of the others.

use super::range::values;
use super::{Block, Design};
use crate::document::{Diagnostics, Node, Table};
use std::path::Path;

/// Reads the axes, each of which is a block of its own.
pub(super) fn read(node: &Node, design: &mut Design, _directory: &Path, d: &mut Diagnostics) {
    if Table::of(node, d).is_none() {
        return;
    }
    for (name, inner) in node.as_table().into_iter().flatten() {
        let values = values(inner, d);
        if let (Some(axis), Some(values)) = (design.add_axis(name, inner, d), values) {
            let rows = values.into_iter().map(|value| vec![Some(value)]).collect();
            design.blocks.push(Block { axes: vec![axis], rows });
        }
    }
}
