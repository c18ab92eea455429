//! What the kinds share in reading their parameters.

use crate::document::{Diagnostics, Node, Table, non_negative, positive, positive_span, span};

/// The unit of a distribution's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Written as strings with units; nanoseconds inside.
    Time,
    /// Plain numbers.
    Number,
}

impl Unit {
    /// Reads a value of zero or more.
    pub fn value(self, node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
        match self {
            Unit::Time => span(node, diagnostics).map(|s| s.0 as f64),
            Unit::Number => non_negative(node, diagnostics),
        }
    }

    /// Reads a value above zero.
    pub fn positive(self, node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
        match self {
            Unit::Time => positive_span(node, diagnostics).map(|s| s.0 as f64),
            Unit::Number => positive(node, diagnostics),
        }
    }
}

/// A key, and how its number is read.
type Key<'r> = (&'static str, &'r dyn Fn(&Node, &mut Diagnostics) -> Option<f64>);

/// Two parameters that must both be there, and no other.
pub(super) fn pair(
    table: Table<'_>,
    diagnostics: &mut Diagnostics,
    (first, read_first): Key<'_>,
    (second, read_second): Key<'_>,
) -> Option<(f64, f64)> {
    let mut table = table;
    let a = table.required(first, diagnostics, read_first);
    let b = table.required(second, diagnostics, read_second);
    table.finish(diagnostics);
    Some((a?, b?))
}

/// Whether the table is written with `first` (or with neither), rather than with the other pair
/// of parameters, whose first key is `other`.
pub(super) fn written_with(node: &Node, first: &str, other: &str) -> bool {
    node.get(first).is_some() || node.get(other).is_none()
}

/// Reads a mean and a coefficient of variation, both above zero.
pub(super) fn mean_and_cv(table: Table<'_>, diagnostics: &mut Diagnostics, unit: Unit) -> Option<(f64, f64)> {
    pair(table, diagnostics, ("mean", &|n, d| unit.positive(n, d)), ("cv", &positive))
}
