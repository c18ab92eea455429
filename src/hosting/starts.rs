//! Starts and stops of instances.

use super::cluster::Berth;
use super::deployment::draw_start;
use super::instance::{Instance, State};
use super::lane::Lane;
use super::request::Stage;
use super::slab::NONE;
use super::world::{Event, Notice, World};
use crate::fleet::Demand;
use crate::units::{Span, Time};

impl World {
    /// Orders an instance for a lane: places it and begins its start. `None` where no server has
    /// room (counted, and an idle instance evicted first where the case says so). An instance
    /// whose start takes no time is ready at once.
    pub fn order(&mut self, lane: u32) -> Option<u32> {
        let (instance, ready) = self.place(lane, false, true)?;
        Some(self.begin_start(instance, ready))
    }

    /// The same for an instance that no request waits for: nothing is evicted for it.
    pub(crate) fn order_spare(&mut self, lane: u32) -> Option<u32> {
        let (instance, ready) = self.place(lane, false, false)?;
        Some(self.begin_start(instance, ready))
    }

    /// Begins the start of an instance whose place can be used from `ready` on.
    fn begin_start(&mut self, instance: u32, ready: Time) -> u32 {
        self.open_credits(instance, false);
        let deployment = self.instances[instance].deployment as usize;
        let phases = &self.deployments[deployment].start;
        let (mut length, unbilled) = draw_start(phases, &mut self.start_streams[deployment]);
        length += ready.max(self.now) - self.now;
        let placed = &mut self.instances[instance];
        placed.metered_from = self.now + unbilled;
        placed.billed_start = Span(length.0 - unbilled.0);
        if self.now >= self.measured_from {
            self.facts[deployment].started += 1;
        }
        if length.0 == 0 {
            placed.state = State::Ready;
            placed.metered_from = self.now;
        } else {
            self.facts[deployment].starting.add(self.now, 1);
            let key = self.instances.key(instance);
            self.agenda.schedule(self.now + length, Event::Started(key));
        }
        instance
    }

    /// Orders an instance that is ready at once, whatever the model's start phases: one of those
    /// that stand ready when the simulation begins.
    pub fn order_ready(&mut self, lane: u32) -> Option<u32> {
        let (instance, _) = self.place(lane, true, true)?;
        self.open_credits(instance, true);
        self.instances[instance].state = State::Ready;
        Some(instance)
    }

    /// Places an instance, and says when its place can be used. `at_once`: the simulation begins;
    /// `may_evict`: idle instances may make room for it.
    fn place(&mut self, lane: u32, at_once: bool, may_evict: bool) -> Option<(u32, Time)> {
        let deployment = self.lanes[lane as usize].deployment;
        let reserve = self.reserve_of(lane);
        let berth = match self.cluster_of(lane) {
            Some(cluster) => self.berth(lane, cluster, reserve, at_once),
            None => self.berth_on_a_server(reserve, may_evict),
        };
        self.watch_new_servers();
        let Some(Berth { server, node, ready }) = berth else {
            self.case.refused += 1;
            return None;
        };
        let mut instance = Instance::new(lane, deployment, server, self.now);
        instance.node = node;
        instance.position = self.lanes[lane as usize].take_position();
        let key = self.instances.insert(instance);
        self.count_instance(deployment, lane, 1);
        self.open_quota(key.slot);
        Some((key.slot, ready))
    }

    /// Room on a server.
    #[inline]
    fn berth_on_a_server(&mut self, reserve: Demand, may_evict: bool) -> Option<Berth> {
        let mut server = self.fleet.place(reserve);
        if server.is_none() && may_evict {
            server = self.make_room(reserve);
        }
        server.map(|server| Berth { server, node: NONE, ready: self.now })
    }

    /// What an instance of a lane reserves of its server.
    pub(crate) fn reserve_of(&self, lane: u32) -> Demand {
        let Lane { deployment, tenant, .. } = self.lanes[lane as usize];
        self.deployments[deployment as usize].reserve_of(tenant)
    }

    fn count_instance(&mut self, deployment: u32, lane: u32, change: i64) {
        let now = self.now;
        let tenant = self.lanes[lane as usize].tenant;
        let memory = self.deployments[deployment as usize].memory_used_of(tenant) as i64;
        self.facts[deployment as usize].instances.add(now, change);
        self.lanes[lane as usize].instances = self.lanes[lane as usize].instances.wrapping_add_signed(change as i32);
        self.case.instances.add(now, change);
        self.case.memory_used.add(now, change * memory);
        self.note_reserved();
    }

    /// Notes what the fleet's servers now have reserved, and how many of them are powered.
    pub(crate) fn note_reserved(&mut self) {
        let now = self.now;
        let Demand { cores, memory: reserved, .. } = self.fleet.reserved();
        self.case.servers.set(now, i64::from(self.fleet.powered()));
        self.case.cores_reserved.set(now, cores as i64);
        self.case.memory_reserved.set(now, reserved as i64);
    }

    /// A start is over: the instance is ready, and the requests bound to it come inside.
    pub(crate) fn become_ready(&mut self, instance: u32) -> Notice {
        let deployment = self.instances[instance].deployment as usize;
        self.facts[deployment].starting.add(self.now, -1);
        self.instances[instance].state = State::Ready;
        loop {
            let first = self.instances[instance].first_bound;
            if first == NONE {
                return Notice::Ready { instance };
            }
            self.enter(first, instance);
            self.release_bound(first, instance);
        }
    }

    /// Binds a request to an instance that is starting for it.
    pub fn bind(&mut self, request: u32, instance: u32) {
        let place = &mut self.instances[instance];
        place.bound += 1;
        self.lanes[place.lane as usize].engaged += 1;
        self.take_share(instance);
        let place = &mut self.instances[instance];
        let last = std::mem::replace(&mut place.last_bound, request);
        if last == NONE {
            place.first_bound = request
        } else {
            self.requests[last].next = request
        }
        let bound = &mut self.requests[request];
        bound.stage = Stage::Bound;
        bound.instance = instance;
        bound.previous = last;
        bound.next = NONE;
    }

    /// Notes that an instance had to be started for a request.
    pub fn mark_cold(&mut self, request: u32) {
        let marked = &mut self.requests[request];
        let again = std::mem::replace(&mut marked.cold, true) || marked.was_cold;
        // Counted here and not at its end, so that those in flight at the window's end are among
        // the cold as they are among the arrived.
        let (arrival, deployment) = (marked.arrival, marked.deployment as usize);
        // Of one that was tried again since its caller left, that attempt is counted.
        if !again && !self.was_tried_again(request) && self.counts(&self.requests[request]) {
            let lane = self.requests[request].lane as usize;
            let facts = &mut self.facts[deployment];
            facts.cold += 1;
            if !facts.tenants.is_empty() {
                facts.tenants[self.lanes[lane].tenant as usize].cold += 1;
            }
            self.note_cold(arrival);
        }
    }

    /// A bound request is given up; the start goes on.
    pub(crate) fn unbind(&mut self, request: u32) {
        let instance = self.requests[request].instance;
        self.release_bound(request, instance);
    }

    fn release_bound(&mut self, request: u32, instance: u32) {
        self.lanes[self.instances[instance].lane as usize].engaged -= 1;
        self.unlink_bound(request, instance);
        if self.instances[instance].bound == 0 && self.instances[instance].inside == 0 {
            self.give_share(instance);
        }
    }

    /// Takes a request out of the list of those that wait for an instance.
    pub(super) fn unlink_bound(&mut self, request: u32, instance: u32) {
        let (previous, next) = (self.requests[request].previous, self.requests[request].next);
        let place = &mut self.instances[instance];
        place.bound -= 1;
        if previous == NONE {
            place.first_bound = next
        }
        if next == NONE {
            place.last_bound = previous
        }
        if previous != NONE {
            self.requests[previous].next = next
        }
        if next != NONE {
            self.requests[next].previous = previous
        }
        let released = &mut self.requests[request];
        released.previous = NONE;
        released.next = NONE;
    }

    /// Stops an instance in which no request is.
    pub fn stop(&mut self, instance: u32) {
        let (lane, deployment, server, position) = {
            let stopping = &self.instances[instance];
            debug_assert!(stopping.inside == 0 && stopping.bound == 0, "a stopping instance is empty");
            (stopping.lane, stopping.deployment, stopping.server, stopping.position)
        };
        if self.instances[instance].state == State::Starting {
            self.facts[deployment as usize].starting.add(self.now, -1);
        }
        self.give_share(instance);
        self.has_shrunk(lane);
        self.meter_life(instance, true);
        self.meter_credits(instance);
        let (reserve, uses) = (self.reserve_of(lane), self.instances[instance].uses);
        match self.instances[instance].node {
            NONE => self.fleet.release(server, reserve),
            node => self.leave_berth(lane, node, reserve),
        }
        self.forget_uses(lane, uses);
        self.lanes[lane as usize].free_position(position);
        self.count_instance(deployment, lane, -1);
        self.instances.remove(instance);
        self.room_freed = true;
    }

    /// Stops an instance as soon as it is empty; it takes no more requests.
    pub fn drain(&mut self, instance: u32) {
        if self.instances[instance].inside == 0 && self.instances[instance].bound == 0 {
            return self.stop(instance);
        }
        self.instances[instance].state = State::Draining;
    }

    /// The least moment at which something metered before now still counts.
    pub(crate) fn cut(&self, moment: Time) -> Time {
        moment.max(self.measured_from)
    }
}
