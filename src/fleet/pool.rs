//! The servers of a case: what is reserved on each, and which are powered on.

use super::{Demand, Placement, Policy, ServerId};
use crate::engine::Stream;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The most servers that a fixed fleet may have: each is held in memory from the start.
pub const MOST_SERVERS: u32 = 1_000_000;

/// The most of one resource that a server may have, so that scores of policies fit their integers.
const MOST_CAPACITY: u64 = 1 << 62;

/// One server: what is free on it, and who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Server {
    /// What is not reserved.
    pub free: Demand,
    /// How many instances it holds.
    pub instances: u32,
    /// Whether it is powered on.
    pub powered: bool,
    /// Whether it has failed and is not repaired yet.
    pub failed: bool,
}

impl Server {
    /// Whether it is powered on and has room for this.
    #[inline]
    pub fn has_room(&self, demand: Demand) -> bool {
        self.powered && !self.failed && demand.fits(self.free)
    }

    /// What is free on it, where instances can be placed on it at all.
    pub fn usable(&self) -> Option<Demand> {
        (self.powered && !self.failed).then_some(self.free)
    }
}

/// A number of equal servers, placing instances by a policy.
///
/// A fleet of a fixed count has all its servers powered on. An elastic one powers a server on at
/// once when no powered server has room, the lowest number that is off first, and powers it off
/// when its last instance leaves. At all times, and on every server, the sum of what is reserved
/// is at most the capacity.
#[derive(Debug)]
pub struct Fleet {
    capacity: Demand,
    elastic: bool,
    /// The most servers that an elastic fleet has.
    most: usize,
    servers: Vec<Server>,
    /// Servers that are off and were once on, lowest first.
    off: BinaryHeap<Reverse<u32>>,
    powered: u32,
    reserved: Demand,
    placement: Box<dyn Placement>,
}

impl Fleet {
    /// What a server takes in memory at the most, with its place in a policy's index: 35 to 150 bytes were measured.
    pub const BYTES_A_SERVER: usize = 160;

    /// A fleet of `count` servers (at most [`MOST_SERVERS`]; `None`: elastic), each with room for
    /// `capacity` (at most 2^62 of each resource; more is cut to it). `stream` is drawn from by
    /// random placement alone.
    pub fn new(count: Option<u32>, capacity: Demand, policy: Policy, stream: Stream) -> Fleet {
        let capacity = Demand { cores: capacity.cores.min(MOST_CAPACITY), memory: capacity.memory.min(MOST_CAPACITY) };
        let mut fleet = Fleet {
            capacity,
            elastic: count.is_none(),
            most: u32::MAX as usize,
            servers: Vec::new(),
            off: BinaryHeap::new(),
            powered: 0,
            reserved: Demand::NONE,
            placement: policy.build(capacity, stream),
        };
        for _ in 0..count.unwrap_or(0).min(MOST_SERVERS) {
            fleet.power_on();
        }
        fleet
    }

    /// The same fleet, of which no more than so many servers exist: past them an elastic fleet has no room.
    pub fn owning(mut self, servers: Option<u32>) -> Fleet {
        self.most = servers.map_or(self.most, |servers| servers as usize);
        self
    }

    /// Reserves room for an instance and says where; `None` where there is no room (in an elastic
    /// fleet: where it would not fit an empty server). A demand of nothing fits everywhere, also
    /// beside a whole-server instance.
    pub fn place(&mut self, demand: Demand) -> Option<ServerId> {
        let demand = self.amount(demand);
        let reserved = self.reserved.checked_add(demand)?;
        if !demand.fits(self.capacity) {
            return None;
        }
        let server = self.placement.choose(demand, &self.servers).or_else(|| self.one_more())?;
        self.placement.placed(server);
        self.reserved = reserved;
        let before = self.servers[server.0 as usize].free;
        let after = before.checked_sub(demand)?;
        self.servers[server.0 as usize].instances += 1;
        self.set_free(server, after);
        Some(server)
    }

    /// Reserves room on one server, past the policy: where a measurement begins from.
    #[cfg(test)]
    pub(super) fn occupy(&mut self, server: ServerId, demand: Demand) {
        let after = self.servers[server.0 as usize].free.checked_sub(demand).unwrap();
        self.servers[server.0 as usize].instances += 1;
        self.reserved = self.reserved.checked_add(demand).unwrap();
        self.set_free(server, after);
    }

    /// Gives back what [`Fleet::place`] reserved on this server for this demand.
    pub fn release(&mut self, server: ServerId, demand: Demand) {
        let demand = self.amount(demand);
        let Some(held) = self.servers.get_mut(server.0 as usize).filter(|held| held.instances > 0) else {
            debug_assert!(false, "{server:?} holds no instance");
            return;
        };
        let free = held.free.checked_add(demand).filter(|free| free.fits(self.capacity));
        debug_assert!(free.is_some(), "{server:?} is given back more than it has");
        held.instances -= 1;
        let empty = held.instances == 0;
        self.reserved = self.reserved.checked_sub(demand).unwrap_or(Demand::NONE);
        self.set_free(server, free.unwrap_or(self.capacity));
        if self.elastic && empty {
            self.power_off(server);
        }
    }

    /// A server fails: nothing is placed on it until it is repaired, and what is reserved stays
    /// until it is given back. False where it is off, or has failed already.
    pub fn fail(&mut self, server: ServerId) -> bool {
        let Some(held) = self.servers.get_mut(server.0 as usize).filter(|held| held.powered && !held.failed) else {
            return false;
        };
        held.failed = true;
        let free = held.free;
        self.placement.changed(server, Some(free), None);
        true
    }

    /// A server is repaired.
    pub fn repair(&mut self, server: ServerId) {
        let Some(held) = self.servers.get_mut(server.0 as usize).filter(|held| held.failed) else { return };
        held.failed = false;
        let free = held.free;
        if held.powered {
            self.placement.changed(server, None, Some(free));
        } else {
            self.off.push(Reverse(server.0));
        }
    }

    /// How many servers are powered on.
    pub fn powered(&self) -> u32 {
        self.powered
    }

    /// What all instances together have reserved.
    pub fn reserved(&self) -> Demand {
        self.reserved
    }

    /// What one server has.
    pub fn capacity(&self) -> Demand {
        self.capacity
    }

    /// How many instances a server holds.
    pub fn instances(&self, server: ServerId) -> u32 {
        self.servers.get(server.0 as usize).map_or(0, |server| server.instances)
    }

    /// All servers that ever were on, by number.
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// A whole server in figures.
    pub(crate) fn amount(&self, demand: Demand) -> Demand {
        if demand.is_whole() { self.capacity } else { demand }
    }

    fn one_more(&mut self) -> Option<ServerId> {
        let room = self.servers.len() < self.most || !self.off.is_empty();
        (self.elastic && room).then(|| self.power_on())
    }

    fn power_on(&mut self) -> ServerId {
        let server = Server { free: self.capacity, instances: 0, powered: true, failed: false };
        let number = match self.off.pop() {
            Some(Reverse(number)) => {
                self.servers[number as usize] = server;
                number
            }
            None => {
                self.servers.push(server);
                self.servers.len() as u32 - 1
            }
        };
        self.powered += 1;
        self.placement.changed(ServerId(number), None, Some(self.capacity));
        ServerId(number)
    }

    fn power_off(&mut self, server: ServerId) {
        let held = &mut self.servers[server.0 as usize];
        held.powered = false;
        let (free, failed) = (held.free, held.failed);
        self.powered -= 1;
        // One that has failed is in no index, and comes on again after its repair.
        if !failed {
            self.off.push(Reverse(server.0));
            self.placement.changed(server, Some(free), None);
        }
    }

    fn set_free(&mut self, server: ServerId, free: Demand) {
        debug_assert!(free.fits(self.capacity), "{server:?} has more free than it has");
        let before = std::mem::replace(&mut self.servers[server.0 as usize].free, free);
        if before != free && !self.servers[server.0 as usize].failed {
            self.placement.changed(server, Some(before), Some(free));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: Demand = Demand { cores: 10, memory: 10 };

    fn fleet(count: Option<u32>, policy: &str) -> Fleet {
        Fleet::new(count, CAPACITY, Policy::named(policy).unwrap(), Stream::named(1, 0, "test", "placement"))
    }

    fn demand(cores: u64, memory: u64) -> Demand {
        Demand { cores, memory }
    }

    #[test]
    fn an_elastic_fleet_powers_on_and_off_lowest_first() {
        let mut fleet = fleet(None, "first-fit");
        let half = demand(5, 5);
        let placed: Vec<u32> = (0..6).map(|_| fleet.place(half).unwrap().0).collect();
        assert_eq!((placed, fleet.powered()), (vec![0, 0, 1, 1, 2, 2], 3));
        for number in [2, 0, 0, 2] {
            fleet.release(ServerId(number), half);
        }
        assert_eq!((fleet.powered(), fleet.reserved()), (1, demand(10, 10)));
        // Server 1 is full: the lowest that is off comes on again.
        assert_eq!(fleet.place(half), Some(ServerId(0)));
        assert_eq!(fleet.instances(ServerId(0)), 1);
        assert_eq!(fleet.place(demand(11, 1)), None);
    }

    #[test]
    fn an_elastic_fleet_turns_on_no_more_than_are_owned() {
        let mut fleet = fleet(None, "first-fit").owning(Some(2));
        let placed: Vec<_> = (0..3).map(|_| fleet.place(demand(6, 6))).collect();
        assert_eq!(placed, [Some(ServerId(0)), Some(ServerId(1)), None]);
        fleet.release(ServerId(0), demand(6, 6));
        assert_eq!((fleet.powered(), fleet.place(demand(10, 10))), (1, Some(ServerId(0))));
    }

    #[test]
    fn a_fixed_fleet_is_always_on_and_says_when_it_is_full() {
        for policy in Policy::ALL {
            let mut fleet = fleet(Some(2), policy.name);
            assert_eq!(fleet.powered(), 2);
            assert!(fleet.place(demand(6, 1)).is_some() && fleet.place(demand(6, 1)).is_some());
            assert_eq!(fleet.place(demand(6, 1)), None, "{policy:?}");
            assert_eq!((fleet.powered(), fleet.reserved()), (2, demand(12, 2)));
        }
    }

    #[test]
    fn nothing_is_placed_on_a_failed_server() {
        for policy in Policy::ALL {
            let mut fleet = fleet(Some(2), policy.name);
            let first = fleet.place(demand(3, 3)).unwrap();
            assert!(fleet.fail(first) && !fleet.fail(first));
            let others: Vec<_> = (0..2).map(|_| fleet.place(demand(5, 5)).unwrap()).collect();
            assert!(others.iter().all(|other| *other != first), "{policy:?}");
            assert_eq!(fleet.place(demand(5, 5)), None, "{policy:?}");
            fleet.release(first, demand(3, 3));
            assert_eq!((fleet.place(demand(5, 5)), fleet.powered()), (None, 2), "{policy:?}");
            fleet.repair(first);
            assert_eq!(fleet.place(Demand::whole()), Some(first), "{policy:?}");
        }
    }

    #[test]
    fn an_elastic_fleet_leaves_a_failed_server_off_until_it_is_repaired() {
        for policy in Policy::ALL {
            let mut fleet = fleet(None, policy.name);
            let first = fleet.place(demand(5, 5)).unwrap();
            assert!(fleet.fail(first));
            assert_eq!(fleet.place(demand(5, 5)), Some(ServerId(1)), "{policy:?}");
            fleet.release(first, demand(5, 5));
            assert!(!fleet.fail(ServerId(7)) && fleet.powered() == 1, "{policy:?}");
            assert_eq!(fleet.place(demand(6, 6)), Some(ServerId(2)), "{policy:?}");
            fleet.repair(first);
            assert_eq!(fleet.place(demand(7, 7)), Some(first), "{policy:?}");
        }
    }

    #[test]
    fn a_whole_server_needs_an_empty_one() {
        for policy in Policy::ALL {
            let mut fleet = fleet(Some(2), policy.name);
            let used = fleet.place(demand(1, 1)).unwrap();
            let whole = fleet.place(Demand::whole()).unwrap();
            assert_ne!(used, whole, "{policy:?}");
            assert_eq!(fleet.reserved(), demand(11, 11));
            assert_eq!(fleet.place(Demand::whole()), None, "{policy:?}");
            fleet.release(whole, Demand::whole());
            assert_eq!(fleet.place(Demand::whole()), Some(whole), "{policy:?}");
        }
    }
}
