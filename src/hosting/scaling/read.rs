//! Reading what the controllers' tables have in common.

use crate::document::{Diagnostics, Node, Table, count, fraction, positive_count};

/// A number as a count of instances.
pub(super) fn count32(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The fewest and most instances, under a system's own names; the most may be left out: none.
pub(super) fn limits(
    table: &mut Table<'_>,
    d: &mut Diagnostics,
    keys: (&'static str, &'static str),
    default: (u32, u32),
) -> (u32, u32) {
    let min = table.default(keys.0, u64::from(default.0), d, count);
    let max = table.default(keys.1, u64::from(default.1), d, positive_count);
    if max < min {
        d.error(table.origin(), format!("`{}` ({max}) is below `{}` ({min})", keys.1, keys.0), "");
    }
    (count32(min), count32(max))
}

/// A whole percentage of one or more.
pub(super) fn percentage(node: &Node, d: &mut Diagnostics) -> Option<u32> {
    positive_count(node, d).map(count32)
}

/// A share above 0.
pub(super) fn share(node: &Node, d: &mut Diagnostics) -> Option<f64> {
    let share = fraction(node, d)?;
    if share > 0.0 {
        return Some(share);
    }
    d.error(node.at, "a target of 0 would need infinitely many instances", "expected a number above 0, at most 1");
    None
}
