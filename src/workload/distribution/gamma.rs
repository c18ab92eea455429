//! Sums of exponential phases and what lies between: `gamma = { mean, cv }` or `{ shape, scale }`.

use super::Unit;
use super::read::{CV, MEAN, SCALE, SHAPE, Ways, parameters};
use crate::document::{Diagnostics, Node};
use crate::engine::Stream;

/// The gamma distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct Gamma {
    /// Its shape, above 0.
    pub shape: f64,
    /// Its scale: the mean is shape × scale.
    pub scale: f64,
}

pub(super) const WAYS: Ways = &[&[MEAN, CV], &[SHAPE, SCALE]];

impl Gamma {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Gamma> {
        match parameters(node, diagnostics, unit, WAYS)? {
            (0, [mean, cv]) => Some(Gamma { shape: 1.0 / (cv * cv), scale: mean * cv * cv }),
            (_, [shape, scale]) => Some(Gamma { shape, scale }),
        }
    }

    /// Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, ACM Transactions on
    /// Mathematical Software 26(3), 2000; a shape below 1 is one above it, cut by a power.
    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        if self.shape >= 1.0 {
            return self.scale * standard(self.shape, stream);
        }
        let cut = libm::exp(-stream.exponential() / self.shape);
        self.scale * standard(self.shape + 1.0, stream) * cut
    }
}

fn standard(shape: f64, stream: &mut Stream) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    loop {
        let x = stream.normal();
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if -stream.exponential() < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v;
        }
    }
}
