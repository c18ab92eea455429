//! Distributions of times and of numbers, one kind in one file.
//!
//! Values are `f64`: nanoseconds where the unit is time, plain where it is a number. Every
//! logarithm, power and exponential is `libm`'s, so that a draw has the same bits everywhere.

mod constant;
mod empirical;
mod exp;
mod exponential;
mod gamma;
mod hyper_exponential;
mod log_normal;
mod pareto;
mod read;
mod uniform;
mod weibull;

pub use constant::Constant;
pub use empirical::Empirical;
pub use exponential::Exponential;
pub use gamma::Gamma;
pub use hyper_exponential::HyperExponential;
pub use log_normal::LogNormal;
pub use pareto::Pareto;
pub use read::{Parameter, Unit, Ways};
pub use uniform::Uniform;
pub use weibull::Weibull;

use crate::document::{Diagnostics, Kind, Node, kind};
use crate::engine::Stream;
use crate::units::Span;
use std::path::Path;

/// A distribution of values of zero or more.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(Constant),
    /// Memoryless.
    Exponential(Exponential),
    /// Every value of an interval alike.
    Uniform(Uniform),
    /// Its logarithm is normal.
    LogNormal(LogNormal),
    /// A sum of exponential phases, and what lies between.
    Gamma(Gamma),
    /// A power of an exponential.
    Weibull(Weibull),
    /// One of two exponentials.
    HyperExponential(HyperExponential),
    /// A power law between two bounds.
    Pareto(Pareto),
    /// What was measured.
    Empirical(Empirical),
}

/// How a kind is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A value alone.
    Value,
    /// A table, in one of some ways.
    Ways(Ways),
    /// A list, or a file.
    Measured,
}

/// A kind of distribution: what users write, and how it is read.
#[derive(Clone, Copy)]
pub struct DistributionKind {
    /// Its word.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// How it is written.
    pub form: Form,
    read: fn(&Node, &mut Diagnostics, Unit, &Path) -> Option<Distribution>,
}

/// All kinds. One more is a file beside these, a variant above and an entry here.
pub const KINDS: [DistributionKind; 9] = {
    use Distribution as D;
    [
        DistributionKind {
            name: "constant",
            doc: "Always the same.",
            form: Form::Value,
            read: |n, d, unit, _| Constant::read(n, d, unit).map(D::Constant),
        },
        DistributionKind {
            name: "exponential",
            doc: "Memoryless.",
            form: Form::Ways(exponential::WAYS),
            read: |n, d, unit, _| Exponential::read(n, d, unit).map(D::Exponential),
        },
        DistributionKind {
            name: "uniform",
            doc: "Every value between two bounds alike.",
            form: Form::Ways(uniform::WAYS),
            read: |n, d, unit, _| Uniform::read(n, d, unit).map(D::Uniform),
        },
        DistributionKind {
            name: "log-normal",
            doc: "Its logarithm is normal.",
            form: Form::Ways(log_normal::WAYS),
            read: |n, d, unit, _| LogNormal::read(n, d, unit).map(D::LogNormal),
        },
        DistributionKind {
            name: "gamma",
            doc: "A sum of exponential phases, and what lies between.",
            form: Form::Ways(gamma::WAYS),
            read: |n, d, unit, _| Gamma::read(n, d, unit).map(D::Gamma),
        },
        DistributionKind {
            name: "weibull",
            doc: "A power of an exponential.",
            form: Form::Ways(weibull::WAYS),
            read: |n, d, unit, _| Weibull::read(n, d, unit).map(D::Weibull),
        },
        DistributionKind {
            name: "hyper-exponential",
            doc: "One of two exponentials, with balanced means; the coefficient of variation is at least 1.",
            form: Form::Ways(hyper_exponential::WAYS),
            read: |n, d, unit, _| HyperExponential::read(n, d, unit).map(D::HyperExponential),
        },
        DistributionKind {
            name: "pareto",
            doc: "A power law between two bounds.",
            form: Form::Ways(pareto::WAYS),
            read: |n, d, unit, _| Pareto::read(n, d, unit).map(D::Pareto),
        },
        DistributionKind {
            name: "empirical",
            doc: "What was measured.",
            form: Form::Measured,
            read: |n, d, unit, directory| Empirical::read(n, d, unit, directory).map(D::Empirical),
        },
    ]
};

impl Distribution {
    /// Always `value`.
    pub fn constant(value: f64) -> Distribution {
        Distribution::Constant(Constant { value })
    }

    /// Exponential with that mean.
    pub fn exponential(mean: f64) -> Distribution {
        Distribution::Exponential(Exponential { mean })
    }

    /// Log-normal with that mean (above 0) and coefficient of variation.
    pub fn log_normal(mean: f64, cv: f64) -> Distribution {
        Distribution::LogNormal(LogNormal::of_mean_and_cv(mean, cv))
    }

    /// Reads a kind of distribution with its parameters: strings with units where `unit` is
    /// time, plain numbers where it is a number. `directory` is where a file named by
    /// `empirical` is looked for. Notes every error, and then gives `None`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit, directory: &Path) -> Option<Distribution> {
        let readers = KINDS.map(|known| move |n: &Node, d: &mut Diagnostics| (known.read)(n, d, unit, directory));
        let kinds: Vec<Kind<'_, Distribution>> =
            KINDS.iter().zip(&readers).map(|(known, read)| Kind { name: known.name, read }).collect();
        kind(node, diagnostics, "distribution", &kinds)
    }

    /// The distribution of so many times the value.
    pub fn scaled(&self, factor: f64) -> Distribution {
        use Distribution as D;
        match self {
            D::Constant(d) => D::Constant(Constant { value: d.value * factor }),
            D::Exponential(d) => D::Exponential(Exponential { mean: d.mean * factor }),
            D::Uniform(d) => D::Uniform(Uniform { min: d.min * factor, max: d.max * factor }),
            D::LogNormal(d) => D::LogNormal(LogNormal { mu: d.mu + libm::log(factor), sigma: d.sigma }),
            D::Gamma(d) => D::Gamma(Gamma { scale: d.scale * factor, ..d.clone() }),
            D::Weibull(d) => D::Weibull(Weibull { scale: d.scale * factor, ..d.clone() }),
            D::HyperExponential(d) => {
                D::HyperExponential(HyperExponential { means: d.means.map(|mean| mean * factor), ..d.clone() })
            }
            D::Pareto(d) => D::Pareto(Pareto::new(d.shape, d.min * factor, d.max * factor)),
            D::Empirical(d) => D::Empirical(d.scaled(factor)),
        }
    }

    /// The next value of the stream.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> f64 {
        match self {
            Distribution::LogNormal(d) => d.sample(stream),
            Distribution::Exponential(d) => d.sample(stream),
            Distribution::Constant(d) => d.value,
            Distribution::Uniform(d) => d.sample(stream),
            Distribution::Gamma(d) => d.sample(stream),
            Distribution::Weibull(d) => d.sample(stream),
            Distribution::HyperExponential(d) => d.sample(stream),
            Distribution::Pareto(d) => d.sample(stream),
            Distribution::Empirical(d) => d.sample(stream),
        }
    }

    /// The next value in whole nanoseconds: rounded, never negative, at most [`Span::MAX`].
    #[inline]
    pub fn sample_span(&self, stream: &mut Stream) -> Span {
        span_of(self.sample(stream))
    }

    /// The expected value.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Constant(d) => d.value,
            Distribution::Exponential(d) => d.mean,
            Distribution::Uniform(d) => 0.5 * (d.min + d.max),
            Distribution::LogNormal(d) => d.mean(),
            Distribution::Gamma(d) => d.shape * d.scale,
            Distribution::Weibull(d) => d.mean(),
            Distribution::HyperExponential(d) => d.mean(),
            Distribution::Pareto(d) => d.mean(),
            Distribution::Empirical(d) => d.mean(),
        }
    }

    /// The value that a share `p` (0 to 1) of draws does not exceed; `None` for the kinds whose
    /// quantiles have no closed form (gamma, hyper-exponential, and the log-normal away from its median and p95).
    pub fn quantile(&self, p: f64) -> Option<f64> {
        match self {
            Distribution::Constant(d) => Some(d.value),
            Distribution::Exponential(d) => Some(-d.mean * libm::log1p(-p)),
            Distribution::Uniform(d) => Some(d.min + (d.max - d.min) * p),
            Distribution::Weibull(d) => Some(d.quantile(p)),
            Distribution::Pareto(d) => Some(d.quantile(p)),
            Distribution::Empirical(d) => Some(d.quantile(p)),
            Distribution::LogNormal(_) | Distribution::Gamma(_) | Distribution::HyperExponential(_) => None,
        }
    }

    /// The share of draws that do not exceed `x`; `None` for the gamma.
    pub fn cdf(&self, x: f64) -> Option<f64> {
        let below = match self {
            Distribution::Constant(d) => f64::from(x >= d.value),
            Distribution::Exponential(d) if d.mean > 0.0 => -libm::expm1(-x.max(0.0) / d.mean),
            Distribution::Exponential(_) => f64::from(x >= 0.0),
            Distribution::Uniform(d) if d.max > d.min => ((x - d.min) / (d.max - d.min)).clamp(0.0, 1.0),
            Distribution::Uniform(d) => f64::from(x >= d.min),
            Distribution::LogNormal(d) => d.cdf(x),
            Distribution::Weibull(d) => d.cdf(x),
            Distribution::HyperExponential(d) => d.cdf(x),
            Distribution::Pareto(d) => d.cdf(x),
            Distribution::Empirical(d) => d.cdf(x),
            Distribution::Gamma(_) => return None,
        };
        Some(below)
    }

    /// The standard deviation over the mean; `None` where the mean is 0 or it has no simple form
    /// (pareto, empirical).
    pub fn cv(&self) -> Option<f64> {
        let cv = match self {
            Distribution::Constant(_) => 0.0,
            Distribution::Exponential(_) => 1.0,
            Distribution::Uniform(d) => (d.max - d.min) / libm::sqrt(12.0) / self.mean(),
            Distribution::LogNormal(d) => libm::sqrt(libm::expm1(d.sigma * d.sigma)),
            Distribution::Gamma(d) => 1.0 / libm::sqrt(d.shape),
            Distribution::Weibull(d) => weibull::cv_of(d.shape),
            Distribution::HyperExponential(d) => d.cv(),
            Distribution::Pareto(_) | Distribution::Empirical(_) => return None,
        };
        (self.mean() > 0.0).then_some(cv)
    }
}

/// Nanoseconds, rounded to whole ones, between none and [`Span::MAX`]. (A cast of a negative or
/// of a NaN gives 0.)
#[inline]
pub(crate) fn span_of(nanoseconds: f64) -> Span {
    Span(((nanoseconds + 0.5) as u64).min(Span::MAX.0))
}

#[cfg(test)]
mod tests;
