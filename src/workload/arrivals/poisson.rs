//! At random, at one rate: `poisson = { rate = "2 /s" }`.

use super::Intensity;
use super::quantities::RATE;
use crate::document::{Declared, Diagnostics, Key, Node, Shape, Table};
use crate::units::Time;

/// A Poisson process of one rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    /// Arrivals per second.
    pub rate: f64,
}

const HOW_OFTEN: Key<f64> = Key::required("rate", RATE, "How many come over time.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "poisson",
    doc: "Independent of each other, at one rate.",
    shape: Shape::Keys(&[HOW_OFTEN.field]),
};

impl Poisson {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Poisson> {
        let mut table = Table::of(node, diagnostics)?;
        let rate = table.take(&HOW_OFTEN, diagnostics);
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
