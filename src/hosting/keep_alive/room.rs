//! Making room: idle instances are evicted, in one order for the whole fleet, until another one
//! has room. Where even that would not do, none goes.

use super::eviction::{Cache, Eviction, LastUse, PriorityOf, Standing};
use crate::fleet::{Demand, ServerId};
use crate::hosting::deployment::{Deployment, WhenFull};
use crate::hosting::keep_alive::KeepAlive;
use crate::hosting::lane::{Lane, Stack};
use crate::hosting::slab::NONE;
use crate::hosting::world::World;
use crate::units::{Bytes, Time};
use std::collections::BTreeSet;

/// What is known for evictions; there is one where the fleet's rule is to evict.
pub(crate) struct MakingRoom {
    order: Eviction,
    priority_of: PriorityOf,
    last_use: LastUse,
    /// The highest priority that has been evicted.
    clock: f64,
    /// Idle instances, or lanes that have one, the first to go first: by priority, then by last use.
    queue: BTreeSet<(u64, Time, u32)>,
    ranks: Vec<Rank>,
    /// Per server: what its idle instances hold.
    held: Vec<Demand>,
}

/// A lane among those that may be evicted.
struct Rank {
    standing: Standing,
    priority: f64,
    used: Time,
}

impl Rank {
    /// Its place in the queue.
    fn key(&self, lane: u32) -> (u64, Time, u32) {
        key(self.priority, self.used, lane)
    }
}

/// A place in the queue. Priorities are not negative, so their bits are in their order.
fn key(priority: f64, used: Time, whose: u32) -> (u64, Time, u32) {
    (priority.to_bits(), used, whose)
}

impl MakingRoom {
    /// For a case whose idle instances may be evicted; `None` where none is.
    pub(crate) fn of(deployments: &[Deployment], lanes: &[Lane]) -> Option<Box<MakingRoom>> {
        if deployments.iter().all(|plan| plan.when_full != WhenFull::Evict) {
            return None;
        }
        let rule = deployments.iter().find_map(|plan| plan.keep_alive.cache()).unwrap_or_default();
        let Cache { order, priority: priority_of, last_use, .. } = rule;
        let rank = |lane: &Lane| {
            let plan = &deployments[lane.deployment as usize];
            let size = plan.reserve_of(lane.tenant).memory.max(1) as f64 / Bytes::MIB.0 as f64;
            Rank { standing: Standing { uses: 0, cost: cost(plan), size }, priority: 0.0, used: Time(0) }
        };
        let ranks = if order == Eviction::Lru { Vec::new() } else { lanes.iter().map(rank).collect() };
        let queue = BTreeSet::new();
        Some(Box::new(MakingRoom { order, priority_of, last_use, clock: 0.0, queue, ranks, held: Vec::new() }))
    }

    /// Whether uses have to be counted.
    pub(crate) fn counts_uses(&self) -> bool {
        self.order != Eviction::Lru || self.last_use == LastUse::Arrival
    }

    /// Whether the queue is of lanes.
    fn is_by_function(&self) -> bool {
        self.priority_of == PriorityOf::Function
    }

    fn hold(&mut self, server: ServerId) -> &mut Demand {
        let server = server.0 as usize;
        if self.held.len() <= server {
            self.held.resize(server + 1, Demand::NONE);
        }
        &mut self.held[server]
    }
}

/// What a cold start costs, in seconds: where it takes no time, each counts the same.
fn cost(plan: &Deployment) -> f64 {
    let stated = match &plan.keep_alive {
        KeepAlive::Cache(cache) => cache.cost.map(|cost| cost.0 as f64),
        _ => None,
    };
    let mean: f64 = plan.start.iter().map(|phase| phase.time.mean()).sum();
    let cost = stated.unwrap_or(mean) / 1e9;
    if cost > 0.0 && cost.is_finite() { cost } else { 1.0 }
}

impl World {
    /// A request that came at a moment comes inside an instance: its priority, or its lane's, is set anew.
    pub(crate) fn note_use(&mut self, lane: u32, instance: u32, arrival: Time) {
        let is_queued = self.lanes[lane as usize].tops[Stack::Idle as usize] != NONE;
        let used = &mut self.instances[instance];
        used.used = used.used.max(arrival);
        let Some(making) = &mut self.making_room else { return };
        used.uses += 1;
        if !making.is_by_function() {
            if let Some(rank) = making.ranks.get(lane as usize) {
                let standing = Standing { uses: u64::from(used.uses), ..rank.standing };
                used.priority = making.order.priority(making.clock, &standing);
            }
            return;
        }
        let rank = &mut making.ranks[lane as usize];
        let before = rank.key(lane);
        rank.standing.uses += 1;
        rank.used = self.now;
        rank.priority = making.order.priority(making.clock, &rank.standing);
        let after = rank.key(lane);
        if is_queued {
            making.queue.remove(&before);
            making.queue.insert(after);
        }
    }

    /// An instance stops: its uses are forgotten.
    pub(crate) fn forget_uses(&mut self, lane: u32, uses: u32) {
        let Some(making) = self.making_room.as_deref_mut().filter(|making| making.is_by_function()) else { return };
        if let Some(rank) = making.ranks.get_mut(lane as usize) {
            rank.standing.uses -= u64::from(uses);
        }
    }

    /// An instance has become idle and may be evicted; `first`: no other of its lane was.
    pub(crate) fn may_evict(&mut self, instance: u32, first: bool) {
        let (lane, server) = (self.instances[instance].lane, self.instances[instance].server);
        let demand = self.fleet.amount(self.reserve_of(lane));
        let place = self.place_in_queue(instance, first);
        let Some(making) = &mut self.making_room else { return };
        let held = making.hold(server);
        *held = held.checked_add(demand).unwrap_or(*held);
        making.queue.extend(place);
    }

    /// An instance is no longer idle; `last`: no other of its lane is.
    pub(crate) fn may_not_evict(&mut self, instance: u32, last: bool) {
        let (lane, server) = (self.instances[instance].lane, self.instances[instance].server);
        let demand = self.fleet.amount(self.reserve_of(lane));
        let place = self.place_in_queue(instance, last);
        let Some(making) = &mut self.making_room else { return };
        let held = making.hold(server);
        *held = held.checked_sub(demand).unwrap_or(Demand::NONE);
        if let Some(place) = place {
            making.queue.remove(&place);
        }
    }

    /// An idle instance's place in the queue, or its lane's where it is its `only` one.
    fn place_in_queue(&self, instance: u32, only: bool) -> Option<(u64, Time, u32)> {
        let making = self.making_room.as_deref().filter(|making| making.counts_uses())?;
        let idle = &self.instances[instance];
        if !making.is_by_function() {
            return Some(key(idle.priority, idle.used, instance));
        }
        only.then(|| making.ranks[idle.lane as usize].key(idle.lane))
    }

    /// Evicts idle instances until there is room for this, and takes it; `None` (and none is
    /// evicted) where all of them together would not make it.
    pub(crate) fn make_room(&mut self, demand: Demand) -> Option<ServerId> {
        let wanted = self.fleet.amount(demand);
        let making = self.making_room.as_ref()?;
        let fits = |(server, held): (usize, &Demand)| {
            let free = self.fleet.servers()[server].usable();
            free.and_then(|free| free.checked_add(*held)).is_some_and(|room| wanted.fits(room))
        };
        if !making.held.iter().enumerate().any(fits) {
            return None;
        }
        while self.evict() {
            let server = self.fleet.place(demand);
            if server.is_some() {
                return server;
            }
        }
        None
    }

    /// Evicts what goes first; false where nothing is idle.
    fn evict(&mut self) -> bool {
        match self.making_room.as_ref().map(|making| making.order) {
            Some(Eviction::Lru) if !self.counts_uses() => self.evict_least_recent(),
            Some(Eviction::Landlord) => self.evict_whoever_cannot_pay(),
            Some(_) => self.evict_least_priority().is_some(),
            None => false,
        }
    }

    /// Stops the least recently used idle instance of all.
    fn evict_least_recent(&mut self) -> bool {
        let oldest = self.idle.iter().map(|list| list.oldest()).filter(|slot| *slot != NONE);
        let Some(slot) = oldest.min_by_key(|slot| (self.instances[*slot].idle_since, *slot)) else { return false };
        self.leave_idle(slot);
        self.stop(slot);
        true
    }

    fn counts_uses(&self) -> bool {
        self.making_room.as_deref().is_some_and(MakingRoom::counts_uses)
    }

    /// Stops the idle instance of the least priority (of a lane: the one idle for longest), and
    /// sets the clock by it.
    fn evict_least_priority(&mut self) -> Option<f64> {
        let making = self.making_room.as_mut()?;
        let (bits, _, whose) = *making.queue.first()?;
        let priority = f64::from_bits(bits);
        making.clock = making.clock.max(priority);
        let slot = if making.is_by_function() { self.longest_idle(whose) } else { whose };
        self.leave_idle(slot);
        self.stop(slot);
        Some(priority)
    }

    /// The instance of a lane that has been idle for longest.
    fn longest_idle(&self, lane: u32) -> u32 {
        let mut slot = self.lanes[lane as usize].tops[Stack::Idle as usize];
        while self.instances[slot].below != NONE {
            slot = self.instances[slot].below;
        }
        slot
    }

    /// All that stay pay the same rent by MiB, so much that one has no credit left; stops every
    /// idle instance that has none.
    fn evict_whoever_cannot_pay(&mut self) -> bool {
        let Some(rent) = self.evict_least_priority() else { return false };
        let rent = rent.to_bits();
        let cannot_pay = |making: &MakingRoom| making.queue.first().is_some_and(|(bits, ..)| *bits <= rent);
        while self.making_room.as_deref().is_some_and(cannot_pay) {
            self.evict_least_priority();
        }
        true
    }
}
