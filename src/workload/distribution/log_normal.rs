//! Its logarithm is normal: `log-normal = { mean, cv }` or `{ median, p95 }`.

use super::Unit;
use super::exp::exp;
use super::read::{MEAN, Parameter, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The normal distribution's 95th percentile (Abramowitz and Stegun 1964, table 26.1).
const NORMAL_P95: f64 = 1.644_853_626_951_472_7;

/// The log-normal distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct LogNormal {
    /// The mean of the logarithm.
    pub mu: f64,
    /// The standard deviation of the logarithm.
    pub sigma: f64,
}

pub(super) const WAYS: Ways = &[
    &[MEAN, Parameter::number("cv", "The standard deviation over the mean.")],
    &[Parameter::positive_value("median", "The median."), Parameter::positive_value("p95", "The 95th percentile.")],
];

impl LogNormal {
    /// From the mean (above 0) and the coefficient of variation: sigma^2 = ln(1 + cv^2),
    /// mu = ln(mean) - sigma^2 / 2.
    pub fn of_mean_and_cv(mean: f64, cv: f64) -> LogNormal {
        let variance = libm::log1p(cv * cv);
        LogNormal { mu: libm::log(mean) - 0.5 * variance, sigma: libm::sqrt(variance) }
    }

    /// From the median (above 0) and the 95th percentile (not below it).
    pub fn of_median_and_p95(median: f64, p95: f64) -> LogNormal {
        LogNormal { mu: libm::log(median), sigma: libm::log(p95 / median) / NORMAL_P95 }
    }

    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<LogNormal> {
        match parameters(node, diagnostics, unit, WAYS)? {
            (0, [mean, cv]) => Some(LogNormal::of_mean_and_cv(mean, cv)),
            (_, [median, p95]) if p95 < median => {
                diagnostics.error(node.at, "the 95th percentile is below the median", "");
                None
            }
            (_, [median, p95]) => Some(LogNormal::of_median_and_p95(median, p95)),
        }
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        exp(self.mu + self.sigma * stream.normal())
    }

    pub(super) fn mean(&self) -> f64 {
        libm::exp(self.mu + 0.5 * self.sigma * self.sigma)
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let off = libm::log(x) - self.mu;
        if self.sigma == 0.0 {
            return f64::from(off >= 0.0);
        }
        0.5 * libm::erfc(-off / (self.sigma * std::f64::consts::SQRT_2))
    }
}
