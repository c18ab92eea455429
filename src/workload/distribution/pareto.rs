//! A power law between two bounds: `pareto = { shape = 1.1, min = "10 ms", max = "60 s" }`.

use super::Unit;
use super::read::{Parameter, SHAPE, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The bounded Pareto distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Pareto {
    /// The exponent of the tail, above 0.
    pub shape: f64,
    /// The least value, above 0.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// 1 - (min / max)^shape: the share of the unbounded distribution that is kept.
    kept: f64,
}

pub(super) const WAYS: Ways = &[&[
    SHAPE,
    Parameter::positive_value("min", "The least value."),
    Parameter::positive_value("max", "The greatest value."),
]];

impl Pareto {
    /// With that exponent, between `min` (above 0) and `max` (not below it).
    pub fn new(shape: f64, min: f64, max: f64) -> Pareto {
        let kept = -libm::expm1(shape * libm::log(min / max));
        Pareto { shape, min, max, kept }
    }

    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Pareto> {
        let (_, [shape, min, max]) = parameters(node, diagnostics, unit, WAYS)?;
        if min > max {
            diagnostics.error(node.at, "`min` is above `max`", "exchange them");
            return None;
        }
        Some(Pareto::new(shape, min, max))
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        self.quantile(stream.uniform())
    }

    /// By inversion: min (1 - p (1 - (min/max)^shape))^(-1/shape).
    pub(super) fn quantile(&self, p: f64) -> f64 {
        (self.min * libm::exp(-libm::log1p(-p * self.kept) / self.shape)).clamp(self.min, self.max)
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        if x >= self.max {
            return 1.0;
        }
        -libm::expm1(self.shape * libm::log(self.min / x.max(self.min))) / self.kept
    }

    /// The integral of the quantile function; where the shape is 1, its limit.
    pub(super) fn mean(&self) -> f64 {
        if self.min == self.max {
            return self.min;
        }
        let log_ratio = libm::log(self.max / self.min);
        let slope = 1.0 - self.shape;
        // (e^(slope L) - 1) / slope, which tends to L.
        let grown = if slope == 0.0 { log_ratio } else { libm::expm1(slope * log_ratio) / slope };
        self.shape * self.min * grown / self.kept
    }
}
