//! Crowded servers: when the instances on a server want more cores than it has, all slow down
//! together, in proportion. Nothing is computed while no server is crowded but a sum per server.
//!
//! From when it is crowded until nothing is wanted of it, a server keeps one clock, which goes as fast as its instances
//! do: by `min(1, cores / cores wanted)` of time. What an instance has done, and when its next request is done, is told
//! by that clock, so that an instance more or less changes how fast the clock goes, and nothing of any neighbour
//! (virtual time, as in generalised processor sharing). Where a quota, credits or a shared node decide what an instance
//! has, that does not go by the clock: those alone are slowed down one by one. A server that was never crowded has no
//! clock: its instances go by their own, and cost what they would without neighbours.

use super::slab::NONE;
use super::world::{Event, World};
use crate::units::{Cores, Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What each server's instances want, where they could want more than it has.
#[derive(Default)]
pub(crate) struct Crowding {
    /// A server's cores.
    pub capacity: Cores,
    /// Per server: the cores wanted, and the instances that want them.
    pub servers: Vec<CrowdedServer>,
}

#[derive(Default)]
pub(crate) struct CrowdedServer {
    wanted: Cores,
    /// The instances that want some and do not go by the clock.
    computing: Vec<u32>,
    /// Whether it keeps a clock.
    is_clocked: bool,
    /// The clock, in nanoseconds at full speed, and when it was last set. It begins at 0.
    clock: f64,
    updated: Time,
    /// The work of those that go by the clock at full speed, in thousand-millionths of a core, by deployment.
    work: Vec<(u32, i64)>,
    /// When, by the clock, instances have completed their next requests: moment, generation, instance. The clock is
    /// never negative, so that its bits are in its order. Those of an earlier generation are skipped when met.
    finishes: BinaryHeap<Reverse<(u64, u32, u32)>>,
    /// The completion that is scheduled: when, and its generation.
    due: Option<(Time, u32)>,
}

impl CrowdedServer {
    /// Nothing is wanted: the clock ends, and begins at 0 again, so that its resolution never wears out.
    fn end_clock(&mut self) {
        (self.is_clocked, self.due) = (false, None);
        self.finishes.clear();
        self.work.clear();
    }
}

impl Crowding {
    /// What it holds in memory, without what the few crowded servers hold.
    pub fn bytes(&self) -> u64 {
        (self.servers.capacity() * size_of::<CrowdedServer>()) as u64
    }

    fn slowdown(&self, server: usize) -> f64 {
        match self.servers.get(server) {
            Some(crowd) if crowd.wanted > self.capacity => self.capacity.as_f64() / crowd.wanted.as_f64(),
            _ => 1.0,
        }
    }

    fn clock(&self, server: usize, now: Time) -> f64 {
        match self.servers.get(server) {
            Some(crowd) if crowd.is_clocked => crowd.clock + (now - crowd.updated).0 as f64 * self.slowdown(server),
            _ => 0.0,
        }
    }
}

impl World {
    /// By how much an instance is slowed down: 1 where its server is not crowded.
    pub(crate) fn slowdown_of(&self, instance: u32) -> f64 {
        let server = self.instances[instance].server.0 as usize;
        self.crowding.as_ref().map_or(1.0, |crowding| crowding.slowdown(server))
    }

    /// Whether an instance goes by its server's clock.
    #[inline]
    pub(crate) fn goes_by_clock(&self, instance: u32) -> bool {
        let Some(crowding) = &self.crowding else { return false };
        let place = &self.instances[instance];
        self.briefs[place.deployment as usize].is_plainly_shared
            && crowding.servers.get(place.server.0 as usize).is_some_and(|crowd| crowd.is_clocked)
    }

    /// The clock of an instance's server, if the instance goes by it.
    #[inline]
    pub(crate) fn server_clock(&self, instance: u32) -> Option<f64> {
        let crowding = self.crowding.as_ref().filter(|_| self.goes_by_clock(instance))?;
        Some(crowding.clock(self.instances[instance].server.0 as usize, self.now))
    }

    /// Notes that an instance wants other cores than before; slows down or speeds up its
    /// neighbours where the server is, or was, crowded.
    pub(crate) fn demand_changed(&mut self, instance: u32, before: Cores, after: Cores) {
        if before == after {
            return;
        }
        let Some(mut crowding) = self.crowding.take() else {
            return self.work_changed(instance, before, after, 1.0, 1.0);
        };
        let place = &self.instances[instance];
        let (server, deployment) = (place.server.0 as usize, place.deployment);
        let is_plain = self.briefs[deployment as usize].is_plainly_shared;
        if crowding.servers.len() <= server {
            crowding.servers.resize_with(server + 1, CrowdedServer::default);
        }
        let slow_before = crowding.slowdown(server);
        let clock = crowding.clock(server, self.now);
        self.want(&mut crowding.servers[server], instance, before, after);
        let slow_after = crowding.slowdown(server);
        let crowd = &mut crowding.servers[server];
        if slow_after != 1.0 && !crowd.is_clocked {
            self.begin_clock(crowd, (instance, before));
        }
        if !crowd.is_clocked {
            self.crowding = Some(crowding);
            return self.work_changed(instance, before, after, 1.0, 1.0);
        }
        if slow_before != slow_after {
            (crowd.clock, crowd.updated) = (clock, self.now);
        }
        if is_plain {
            let change = self.work_of(deployment, after, 1.0) - self.work_of(deployment, before, 1.0);
            self.clocked_work(crowd, (slow_before, slow_after), Some((deployment, change)));
        } else {
            self.work_changed(instance, before, after, slow_before, slow_after);
            if slow_before != slow_after {
                self.clocked_work(crowd, (slow_before, slow_after), None);
            }
        }
        if crowd.wanted.0 == 0 {
            crowd.end_clock();
        }
        let neighbours = std::mem::take(&mut crowd.computing);
        self.crowding = Some(crowding);
        if slow_before != slow_after {
            self.slow_down(&neighbours, instance, slow_before, slow_after);
            if !is_plain {
                self.schedule_on_server(server);
            }
        }
        if let Some(crowding) = &mut self.crowding {
            crowding.servers[server].computing = neighbours;
        }
    }

    /// Other cores than before are wanted of a server; an instance that does not go by its clock joins those that want
    /// some, or leaves them.
    #[inline]
    fn want(&mut self, crowd: &mut CrowdedServer, instance: u32, before: Cores, after: Cores) {
        crowd.wanted = Cores(crowd.wanted.0 + after.0 - before.0);
        let deployment = self.instances[instance].deployment as usize;
        if crowd.is_clocked && self.briefs[deployment].is_plainly_shared {
            return;
        }
        if before.0 == 0 {
            self.join(&mut crowd.computing, instance);
        } else if after.0 == 0 {
            self.part(&mut crowd.computing, instance);
        }
    }

    /// A server is crowded for the first time since nothing was wanted of it: its clock begins, and instances whose
    /// processor nothing but neighbours slows down go by it from now on. One of them wants other cores than `before`.
    #[cold]
    fn begin_clock(&mut self, crowd: &mut CrowdedServer, (changed, before): (u32, Cores)) {
        (crowd.is_clocked, crowd.clock, crowd.updated) = (true, 0.0, self.now);
        for member in std::mem::take(&mut crowd.computing) {
            let deployment = self.instances[member].deployment;
            if !self.briefs[deployment as usize].is_plainly_shared {
                self.join(&mut crowd.computing, member);
                continue;
            }
            let wanted = if member == changed { before } else { self.demand_of(member) };
            let work = self.work_of(deployment, wanted, 1.0);
            match crowd.work.iter_mut().find(|(other, _)| *other == deployment) {
                Some((_, known)) => *known += work,
                None => crowd.work.push((deployment, work)),
            }
            self.bring_forward(member);
            // The one that changes is scheduled when it has done so.
            let has_next = member != changed && self.next_on(member).is_some();
            let Some(processor) = self.instances[member].processor.as_deref_mut() else { continue };
            processor.clock = 0.0;
            if let Some(length) = processor.time_to_next().filter(|_| has_next) {
                crowd.finishes.push(Reverse(((length as f64).to_bits(), processor.generation, member)));
            }
        }
    }

    /// Brings the work of the deployments that go by a server's clock to another pace; of one of them it changes too.
    fn clocked_work(&mut self, crowd: &mut CrowdedServer, (before, after): (f64, f64), change: Option<(u32, i64)>) {
        if let Some((deployment, _)) = change
            && !crowd.work.iter().any(|(other, _)| *other == deployment)
        {
            crowd.work.push((deployment, 0));
        }
        for (deployment, work) in &mut crowd.work {
            let was = slowed(*work, before);
            if let Some((changed, by)) = change
                && changed == *deployment
            {
                *work += by;
            } else if before == after {
                continue;
            }
            self.facts[*deployment as usize].work.add(self.now, slowed(*work, after) - was);
        }
    }

    /// Notes when an instance that goes by its server's clock completes its next request: after so long at full speed.
    pub(crate) fn finish_by_clock(&mut self, instance: u32, generation: u32, length: Option<u64>) {
        let server = self.instances[instance].server.0 as usize;
        let now = self.now;
        if let (Some(length), Some(crowding)) = (length, &mut self.crowding) {
            let at = crowding.clock(server, now) + length as f64;
            if let Some(crowd) = crowding.servers.get_mut(server) {
                crowd.finishes.push(Reverse((at.to_bits(), generation, instance)));
            }
        }
        self.schedule_on_server(server);
    }

    /// Schedules the next completion by a server's clock, which makes the one before void.
    fn schedule_on_server(&mut self, server: usize) {
        let Some(crowding) = &mut self.crowding else { return };
        let (clock, slowdown) = (crowding.clock(server, self.now), crowding.slowdown(server));
        let Some(crowd) = crowding.servers.get_mut(server) else { return };
        while let Some(&Reverse((at, generation, slot))) = crowd.finishes.peek() {
            let is_current = (slot as usize) < self.instances.slots()
                && self.instances[slot].processor.as_deref().is_some_and(|p| p.generation == generation);
            if !is_current {
                crowd.finishes.pop();
                continue;
            }
            let left = (f64::from_bits(at) - clock).max(0.0);
            let due = (self.now + Span(super::service::stretched(left, slowdown)), generation);
            if crowd.due != Some(due) {
                crowd.due = Some(due);
                self.agenda.schedule(due.0, Event::SharedComputed { slot, generation });
            }
            return;
        }
        crowd.due = None;
    }

    /// Whether a scheduled completion is still due now: of an instance that goes by its server's clock, it may have
    /// been put off since.
    pub(crate) fn is_due(&mut self, instance: u32, generation: u32) -> bool {
        if !self.goes_by_clock(instance) {
            return true;
        }
        let (server, now) = (self.instances[instance].server.0 as usize, self.now);
        let Some(crowding) = &mut self.crowding else { return true };
        let Some(crowd) = crowding.servers.get_mut(server) else { return false };
        let is_due = crowd.due == Some((now, generation));
        if is_due {
            crowd.due = None;
        }
        is_due
    }

    fn slow_down(&mut self, neighbours: &[u32], except: u32, before: f64, after: f64) {
        for &neighbour in neighbours {
            if neighbour != except {
                let demand = self.granted_to(neighbour);
                self.bring_forward(neighbour);
                self.set_pace(neighbour);
                self.schedule_completion(neighbour);
                self.work_changed(neighbour, demand, demand, before, after);
            }
        }
    }

    pub(super) fn work_changed(
        &mut self,
        instance: u32,
        before: Cores,
        after: Cores,
        slow_before: f64,
        slow_after: f64,
    ) {
        let of = self.instances[instance].deployment;
        let change = self.work_of(of, after, slow_after) - self.work_of(of, before, slow_before);
        self.facts[of as usize].work.add(self.now, change);
    }

    /// The work of so many cores of a deployment, in thousand-millionths of a core.
    fn work_of(&self, deployment: u32, cores: Cores, slowdown: f64) -> i64 {
        // Rounded by hand: `round` would be a call, as in `stretched`.
        (cores.as_f64() * slowdown * self.deployments[deployment as usize].useful * 1e9 + 0.5) as i64
    }

    fn join(&mut self, computing: &mut Vec<u32>, instance: u32) {
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            processor.position = computing.len() as u32;
        }
        computing.push(instance);
    }

    fn part(&mut self, computing: &mut Vec<u32>, instance: u32) {
        let position = self.instances[instance].processor.as_deref().map_or(NONE, |p| p.position) as usize;
        computing.swap_remove(position);
        if let Some(&moved) = computing.get(position)
            && let Some(processor) = self.instances[moved].processor.as_deref_mut()
        {
            processor.position = position as u32;
        }
    }
}

/// Work at full speed, slowed down; exact at full speed.
fn slowed(work: i64, slowdown: f64) -> i64 {
    if slowdown == 1.0 { work } else { (work as f64 * slowdown + 0.5) as i64 }
}
