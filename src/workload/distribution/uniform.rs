//! Every value of an interval alike: `uniform = { min = "10 ms", max = "30 ms" }`.

use super::Unit;
use crate::document::{Diagnostics, Node, Table};
use crate::engine::Stream;

/// The uniform distribution between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Uniform {
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
}

impl Uniform {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Uniform> {
        let table = Table::of(node, diagnostics)?;
        let value = |n: &Node, d: &mut Diagnostics| unit.value(n, d);
        let (min, max) = super::read::pair(table, diagnostics, ("min", &value), ("max", &value))?;
        if min > max {
            diagnostics.error(node.at, "`min` is above `max`", "exchange them");
            return None;
        }
        Some(Uniform { min, max })
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        self.min + (self.max - self.min) * stream.uniform()
    }
}
