//! Memoryless: `exponential = { mean = "20 ms" }`.

use super::Unit;
use crate::document::{Diagnostics, Node, Table};
use crate::engine::Stream;

/// The exponential distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Exponential {
    /// Its mean.
    pub mean: f64,
}

impl Exponential {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Exponential> {
        let mut table = Table::of(node, diagnostics)?;
        let mean = table.required("mean", diagnostics, |n, d| unit.value(n, d));
        table.finish(diagnostics);
        Some(Exponential { mean: mean? })
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        self.mean * stream.exponential()
    }
}
