//! Always the same value: `constant = "20 ms"`.

use super::Unit;
use crate::document::{Diagnostics, Node};

/// Always the same value.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// The value.
    pub value: f64,
}

impl Constant {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Constant> {
        unit.value(node, diagnostics).map(|value| Constant { value })
    }
}
