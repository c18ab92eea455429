//! Processor cores, in integer millionths, so that sums over a server are exact.

use std::fmt;

/// A number of cores in millionths of a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cores(pub u64);

impl Cores {
    /// One core.
    pub const ONE: Cores = Cores(1_000_000);

    /// As a fraction of one core.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The nearest millionth of a core; negative counts as none.
    pub fn from_f64(cores: f64) -> Cores {
        Cores((cores * 1e6).round() as u64)
    }
}

impl fmt::Display for Cores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}
