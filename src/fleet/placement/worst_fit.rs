//! Worst fit: the server that has most free, by the sum of its free shares of cores and memory.

use super::index::Index;
use super::score::free_shares;
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};
use std::cmp::Reverse;

/// Worst fit: the opposite of best fit, among the servers with room.
pub const POLICY: Policy =
    Policy { name: "worst-fit", build: |capacity, _| Box::new(WorstFit { capacity, index: Index::new() }) };

#[derive(Debug)]
struct WorstFit {
    capacity: Demand,
    index: Index<(Reverse<u128>, ServerId)>,
}

impl Placement for WorstFit {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        let key = |free| (Reverse(free_shares(free, self.capacity)), server);
        let (before, after) = (before.map(key), after.map(|free| (key(free), free)));
        self.index.changed(before, after);
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        self.index.first(demand).map(|(_, server)| server)
    }
}
