//! A power of an exponential: `weibull = { mean, cv }` or `{ shape, scale }`.

use super::Unit;
use super::read::{CV, MEAN, SCALE, SHAPE, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The Weibull distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Weibull {
    /// Its shape, above 0: below 1 for heavy tails.
    pub shape: f64,
    /// Its scale: the value that 63.2 % of draws do not exceed.
    pub scale: f64,
}

/// The shapes that a coefficient of variation is looked for among.
const SHAPES: (f64, f64) = (0.1, 1_000.0);

pub(super) const WAYS: Ways = &[&[MEAN, CV], &[SHAPE, SCALE]];

impl Weibull {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Weibull> {
        let cv = match parameters(node, diagnostics, unit, WAYS)? {
            (0, [mean, cv]) => match Weibull::of_mean_and_cv(mean, cv) {
                Some(weibull) => return Some(weibull),
                None => cv,
            },
            (_, [shape, scale]) => return Some(Weibull { shape, scale }),
        };
        let (least, most) = (cv_of(SHAPES.1), cv_of(SHAPES.0));
        let message = format!("no Weibull distribution is known here with a `cv` of {cv}");
        diagnostics.error(node.at, message, format!("it must lie between {least:.4} and {most:.0}"));
        None
    }

    /// The one with that mean and coefficient of variation, its shape found by bisection (the
    /// coefficient falls as the shape grows); `None` where the shape would not lie in 0.1 … 1,000.
    pub fn of_mean_and_cv(mean: f64, cv: f64) -> Option<Weibull> {
        let (mut low, mut high) = SHAPES;
        if cv > cv_of(low) || cv < cv_of(high) {
            return None;
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if cv_of(middle) > cv {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(Weibull { shape: low, scale: mean / libm::tgamma(1.0 + 1.0 / low) })
    }

    #[inline]
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        self.scale * libm::pow(stream.exponential(), 1.0 / self.shape)
    }

    pub(super) fn mean(&self) -> f64 {
        self.scale * libm::tgamma(1.0 + 1.0 / self.shape)
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        self.scale * libm::pow(-libm::log1p(-p), 1.0 / self.shape)
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        -libm::expm1(-libm::pow(x.max(0.0) / self.scale, self.shape))
    }
}

/// The coefficient of variation of a Weibull distribution: sqrt(G(1 + 2/k) / G(1 + 1/k)^2 - 1).
pub(super) fn cv_of(shape: f64) -> f64 {
    let log_ratio = libm::lgamma(1.0 + 2.0 / shape) - 2.0 * libm::lgamma(1.0 + 1.0 / shape);
    libm::sqrt(libm::expm1(log_ratio).max(0.0))
}
