//! At random, at one rate: `poisson = { rate = "2 /s" }`.

use super::Intensity;
use crate::document::{Diagnostics, Node, Table, rate};
use crate::units::Time;

/// A Poisson process of one rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    /// Arrivals per second.
    pub rate: f64,
}

impl Poisson {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Poisson> {
        let mut table = Table::of(node, diagnostics)?;
        let rate = table.required("rate", diagnostics, rate);
        table.finish(diagnostics);
        Some(Poisson { rate: rate? })
    }
}

impl Intensity for Poisson {
    #[inline]
    fn delay(&self, from: Time, mass: f64, end: Time) -> Option<f64> {
        let delay = mass * (1e9 / self.rate);
        // At a rate of 0 the delay is infinite (or not a number).
        (delay < end.since(from).0 as f64).then_some(delay)
    }

    fn rate(&self, _at: Time) -> f64 {
        self.rate
    }
}
