//! Best fit: the server that has least free once the instance is on it.
//!
//! "Least free" is the least sum of the free share of cores and the free share of memory,
//! Σ_r (A_r − d_r)/C_r over both resources r, A free before, d the demand, C the capacity. All
//! servers of a fleet have one capacity, so it is the server with the least Σ_r A_r/C_r among
//! those with room: the first in the order of that sum, and then of the servers' numbers.

use super::index::Index;
use super::score::free_shares;
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};

/// Best fit.
pub const POLICY: Policy =
    Policy { name: "best-fit", build: |capacity, _| Box::new(BestFit { capacity, index: Index::new() }) };

#[derive(Debug)]
struct BestFit {
    capacity: Demand,
    index: Index<(u128, ServerId)>,
}

impl Placement for BestFit {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        let key = |free| (free_shares(free, self.capacity), server);
        let (before, after) = (before.map(key), after.map(|free| (key(free), free)));
        self.index.changed(before, after);
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        self.index.first(demand).map(|(_, server)| server)
    }
}
