//! Every value of an interval alike: `uniform = { min = "10 ms", max = "30 ms" }`.

use super::Unit;
use super::read::{Parameter, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The uniform distribution between two bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Uniform {
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
}

pub(super) const WAYS: Ways =
    &[&[Parameter::value("min", "The least value."), Parameter::value("max", "The greatest value.")]];

impl Uniform {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Uniform> {
        let (_, [min, max]) = parameters(node, diagnostics, unit, WAYS)?;
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
