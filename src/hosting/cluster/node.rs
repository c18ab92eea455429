//! A node: a machine of a cluster.

use crate::fleet::{Demand, ServerId};
use crate::units::Time;

/// A node of a cluster, by number; the number of one that was removed is given out again.
pub type NodeId = u32;

/// A machine that instances are packed on.
#[derive(Clone, Debug)]
pub struct Node {
    /// The server that it is on.
    pub server: ServerId,
    /// What its instances have not asked for.
    pub free: Demand,
    /// How many instances it holds.
    pub instances: u32,
    /// How many of each deployment, by deployment; shorter where the last have none.
    pub by_deployment: Vec<u32>,
    /// When it can run instances.
    pub ready: Time,
    /// When the provider's meter for it started.
    pub metered_from: Time,
    /// Since when it has held none.
    pub empty_since: Time,
}

impl Node {
    /// How many instances of a deployment it holds.
    pub fn count(&self, deployment: u32) -> u32 {
        self.by_deployment.get(deployment as usize).copied().unwrap_or(0)
    }

    /// Whether it has room for one more of this demand.
    pub fn has_room(&self, demand: Demand, most: u32) -> bool {
        self.instances < most && demand.fits(self.free)
    }

    /// Takes in an instance.
    pub(super) fn take(&mut self, deployment: u32, demand: Demand) {
        self.free = self.free.checked_sub(demand).unwrap_or(Demand::NONE);
        self.instances += 1;
        if self.by_deployment.len() <= deployment as usize {
            self.by_deployment.resize(deployment as usize + 1, 0);
        }
        self.by_deployment[deployment as usize] += 1;
    }

    /// Lets an instance go.
    pub(super) fn give_back(&mut self, deployment: u32, demand: Demand, now: Time) {
        self.free = self.free.checked_add(demand).unwrap_or(self.free);
        self.instances -= 1;
        self.by_deployment[deployment as usize] -= 1;
        if self.instances == 0 {
            self.empty_since = now;
        }
    }
}
