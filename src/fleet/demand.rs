//! What an instance asks of a server.

use crate::units::{Bytes, Cores};

/// A server of a fleet: the lowest number is that of the first server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerId(pub u32);

/// An amount of both resources of a server: of an instance, what it reserves; of a server, what
/// it has, or has free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Demand {
    /// Millionths of a core.
    pub cores: u64,
    /// Bytes of memory.
    pub memory: u64,
}

impl Demand {
    /// Neither cores nor memory.
    pub const NONE: Demand = Demand { cores: 0, memory: 0 };

    /// An amount of both.
    pub fn new(cores: Cores, memory: Bytes) -> Demand {
        Demand { cores: cores.0, memory: memory.0 }
    }

    /// A whole server, whatever its size: bare metal. It fits an empty server alone.
    pub fn whole() -> Demand {
        Demand { cores: u64::MAX, memory: u64::MAX }
    }

    /// Whether a whole server is asked for.
    pub fn is_whole(self) -> bool {
        self == Demand::whole()
    }

    /// Whether both resources of this are within those of `free`.
    #[inline]
    pub fn fits(self, free: Demand) -> bool {
        self.cores <= free.cores && self.memory <= free.memory
    }

    /// The sum, where it can be counted in 64 bits.
    pub fn checked_add(self, other: Demand) -> Option<Demand> {
        let cores = self.cores.checked_add(other.cores)?;
        Some(Demand { cores, memory: self.memory.checked_add(other.memory)? })
    }

    /// The difference, where `other` is within this.
    pub fn checked_sub(self, other: Demand) -> Option<Demand> {
        let cores = self.cores.checked_sub(other.cores)?;
        Some(Demand { cores, memory: self.memory.checked_sub(other.memory)? })
    }
}
