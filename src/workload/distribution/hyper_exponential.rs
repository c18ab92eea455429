//! One of two exponentials: `hyper-exponential = { mean, cv }`, `cv` of 1 or more, with balanced
//! means (each branch carries half of the total; Whitt, Approximating a Point Process by a
//! Renewal Process, Operations Research 30(1), 1982).

use super::Unit;
use super::read::{CV, MEAN, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// A mixture of two exponential distributions.
#[derive(Clone, Debug, PartialEq)]
pub struct HyperExponential {
    /// The probability of the first.
    pub first: f64,
    /// The means of both.
    pub means: [f64; 2],
}

pub(super) const WAYS: Ways = &[&[MEAN, CV]];

impl HyperExponential {
    /// With that mean and coefficient of variation (at least 1).
    pub fn of_mean_and_cv(mean: f64, cv: f64) -> HyperExponential {
        let squared = cv * cv;
        let first = 0.5 * (1.0 + libm::sqrt((squared - 1.0) / (squared + 1.0)));
        // 1 - first without cancellation, for a large cv.
        let second = 1.0 / (squared + 1.0) / (2.0 * first);
        HyperExponential { first, means: [mean / (2.0 * first), mean / (2.0 * second)] }
    }

    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<HyperExponential> {
        let (_, [mean, cv]) = parameters(node, diagnostics, unit, WAYS)?;
        if cv < 1.0 {
            let at = node.get("cv").map_or(node.at, |n| n.at);
            let message = format!("a hyper-exponential distribution has a `cv` of 1 or more, not {cv}");
            diagnostics.error(at, message, "use `gamma` for less variable times");
            return None;
        }
        Some(HyperExponential::of_mean_and_cv(mean, cv))
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        let branch = usize::from(stream.uniform() > self.first);
        self.means[branch] * stream.exponential()
    }

    pub(super) fn mean(&self) -> f64 {
        self.first * self.means[0] + (1.0 - self.first) * self.means[1]
    }

    pub(super) fn cv(&self) -> f64 {
        let square = 2.0 * (self.first * self.means[0].powi(2) + (1.0 - self.first) * self.means[1].powi(2));
        libm::sqrt((square / self.mean().powi(2) - 1.0).max(0.0))
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        let below = |mean: f64| -libm::expm1(-x.max(0.0) / mean);
        self.first * below(self.means[0]) + (1.0 - self.first) * below(self.means[1])
    }
}
