//! Amounts of memory and of data.

use std::fmt;

/// A number of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

impl Bytes {
    /// 2^20 bytes.
    pub const MIB: Bytes = Bytes(1 << 20);
    /// 2^30 bytes.
    pub const GIB: Bytes = Bytes(1 << 30);

    /// The number of GiB (2^30 bytes).
    pub fn gib(self) -> f64 {
        self.0 as f64 / Bytes::GIB.0 as f64
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (shift, name) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if self.0 >= 1 << shift {
                let value = (self.0 as f64 / (1u64 << shift) as f64 * 1e3).round() / 1e3;
                return write!(f, "{value} {name}");
            }
        }
        write!(f, "{} B", self.0)
    }
}
