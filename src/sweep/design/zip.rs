//! `[sweep.zip]`: the axes go in step, the k-th value of each with the k-th of the others.

use super::range::values;
use super::{Block, Design};
use crate::document::{Diagnostics, Node, Table};
use std::path::Path;

/// Reads the axes into one block.
pub(super) fn read(node: &Node, design: &mut Design, _directory: &Path, d: &mut Diagnostics) {
    if Table::of(node, d).is_none() {
        return;
    }
    let mut block = Block::default();
    let mut first: Option<(&String, usize)> = None;
    for (name, inner) in node.as_table().into_iter().flatten() {
        let values = values(inner, d);
        let (Some(axis), Some(values)) = (design.add_axis(name, inner, d), values) else { continue };
        let (known, length) = *first.get_or_insert((name, values.len()));
        if values.len() != length {
            let message = format!("`{name}` has {} values, and `{known}` has {length}", values.len());
            d.error(inner.at, message, "axes that go in step have as many values each; [sweep.grid] multiplies them");
            continue;
        }
        block.rows.resize(length, Vec::new());
        block.rows.iter_mut().zip(values).for_each(|(row, value)| row.push(Some(value)));
        block.axes.push(axis);
    }
    if !block.axes.is_empty() {
        design.blocks.push(block);
    }
}
