//! Memoryless: `exponential = { mean = "20 ms" }`.

use super::Unit;
use super::read::{Parameter, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The exponential distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Exponential {
    /// Its mean.
    pub mean: f64,
}

pub(super) const WAYS: Ways = &[&[Parameter::value("mean", "The mean.")]];

impl Exponential {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Exponential> {
        let (_, [mean]) = parameters(node, diagnostics, unit, WAYS)?;
        Some(Exponential { mean })
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        self.mean * stream.exponential()
    }
}
