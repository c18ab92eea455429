//! On demand: an instance for every request (or for every few) that finds none with a place.

mod failing;
mod late;
mod prewarm;
mod rest;

use super::HostingModel;
use super::brief::Brief;
use super::deployment::WhenFull;
use super::instance::State;
use super::lane::Stack;
use super::slab::NONE;
use super::world::World;
use crate::units::Time;
use late::Late;
use prewarm::Learnt;

/// The token of the timer that lets a queue try again when more instances are allowed.
const GROWTH: u32 = 0;
/// The token of the timer that loads an instance before it is needed.
const PREWARM: u32 = 1;

/// Where a request may be served.
enum Place {
    /// In this instance.
    In(u32),
    /// In one that starts.
    Starting,
    /// Nowhere: as many are in use as may be.
    None,
}

/// What became of an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ordered {
    /// The request has its instance, or one has been ordered for it.
    Made,
    /// No server has room.
    NoRoom,
    /// The account may not grow yet.
    NotYet,
}

/// The on-demand behaviour of one deployment.
#[derive(Default)]
pub struct OnDemand {
    deployment: u32,
    first_lane: u32,
    /// Per lane: when its growth timer is due. However many wait, one timer is enough.
    growth_at: Vec<Option<Time>>,
    /// Per lane: what its idle times teach, where the keep-alive asks for that.
    learnt: Vec<Learnt>,
    /// Per lane: the starts that its line waits for, where whoever is free first serves that.
    late: Vec<Late>,
    /// Lanes that have lost a provisioned instance, which is to be replaced.
    replaced: Vec<u32>,
}

impl HostingModel for OnDemand {
    fn begin(&mut self, world: &mut World, deployment: u32) {
        self.deployment = deployment;
        let lanes = world.lanes_of(deployment);
        self.first_lane = lanes.start;
        if world.briefs[deployment as usize].binds_late {
            self.late.resize_with(lanes.len(), Late::default);
        }
        self.growth_at = vec![None; lanes.len()];
        if world.briefs[deployment as usize].learns {
            self.learnt.resize_with(lanes.len(), Learnt::default);
        }
        let provisioned = world.deployment(deployment).provisioned;
        for lane in lanes {
            for _ in 0..provisioned {
                if let Some(instance) = world.order_ready(lane) {
                    world.instances[instance].provisioned = true;
                    world.stack(instance, Stack::Kept);
                }
            }
            self.begin_with(world, lane);
        }
    }

    #[inline]
    fn arrived(&mut self, world: &mut World, request: u32) {
        let lane = world.requests[request].lane;
        if world.briefs[self.deployment as usize].learns {
            self.learn(world, lane);
        }
        self.admit(world, lane, request);
    }

    #[inline]
    fn freed(&mut self, world: &mut World, instance: u32) {
        let Brief { places, learns, .. } = world.briefs[self.deployment as usize];
        let place = &world.instances[instance];
        let (lane, inside) = (place.lane, place.inside);
        if learns {
            self.note_finish(world.now, lane);
        }
        if world.lanes[lane as usize].queued > 0
            && let Some(request) = world.dequeue(lane)
        {
            world.enter(request, instance);
            return self.call_off(world, lane);
        }
        match inside {
            0 => {
                if places > 1 && self.was_partial(world, instance) {
                    world.unstack(instance, Stack::Partial);
                }
                self.rest(world, instance);
            }
            inside if inside + 1 == places => world.stack(instance, Stack::Partial),
            _ => {}
        }
    }

    fn ready(&mut self, world: &mut World, instance: u32) {
        let lane = world.instances[instance].lane;
        if world.lanes[lane as usize].filling == instance {
            world.lanes[lane as usize].filling = NONE;
        }
        let for_the_line = self.has_started(lane, instance);
        let places = world.deployments[self.deployment as usize].places;
        while world.instances[instance].inside < places {
            match world.dequeue(lane) {
                Some(request) => {
                    if for_the_line {
                        world.mark_cold(request);
                    }
                    world.enter(request, instance)
                }
                None => break,
            }
        }
        match world.instances[instance].inside {
            0 => {
                world.give_share(instance);
                self.rest_unused(world, instance)
            }
            inside if inside < places => world.stack(instance, Stack::Partial),
            _ => {}
        }
    }

    fn abandoned(&mut self, world: &mut World, lane: u32) {
        self.call_off(world, lane);
        self.serve_queue(world, lane);
    }

    fn expiry(&mut self, world: &mut World) {
        world.idle[self.deployment as usize].armed = false;
        self.expire(world);
        self.arm(world);
    }

    fn instance_expiry(&mut self, world: &mut World, instance: u32) {
        world.instances[instance].timer = Time(u64::MAX);
        if world.instances[instance].is_idle() {
            if world.instances[instance].expires <= world.now {
                world.leave_idle(instance);
                world.stop(instance);
            } else {
                self.arm_instance(world, instance);
            }
        }
    }

    fn timer(&mut self, world: &mut World, lane: u32, token: u32) {
        match token {
            GROWTH => {
                self.growth_at[(lane - self.first_lane) as usize] = None;
                self.serve_queue(world, lane);
            }
            PREWARM => self.check_prewarm(world, lane),
            _ => {}
        }
    }

    fn room(&mut self, world: &mut World, lane: u32) {
        self.serve_queue(world, lane);
    }

    fn failed(&mut self, world: &mut World, instance: u32) {
        self.give_up_instance(world, instance);
    }

    fn after_failure(&mut self, world: &mut World, lanes: &[u32], requests: &[u32]) {
        self.go_on(world, lanes, requests);
    }
}

impl OnDemand {
    /// The instances that are there to begin with, the idle ones first.
    fn begin_with(&mut self, world: &mut World, lane: u32) {
        let Some(initial) = world.deployment(self.deployment).initial.as_deref() else { return };
        let (idle, busy) = (initial.idle.unwrap_or(0), initial.busy);
        let places = world.deployment(self.deployment).places;
        for _ in 0..idle {
            if let Some(instance) = world.order_ready(lane) {
                self.rest(world, instance);
            }
        }
        for _ in 0..busy {
            if let Some(instance) = world.order_ready(lane) {
                let request = world.begin_with_request(lane);
                world.enter(request, instance);
                if places > 1 {
                    world.stack(instance, Stack::Partial);
                }
            }
        }
    }

    /// Gives a request an instance, or lets it wait, or turns it away.
    #[inline]
    fn admit(&mut self, world: &mut World, lane: u32, request: u32) {
        match self.place_for(world, lane) {
            Place::In(instance) => world.enter(request, instance),
            Place::Starting => self.order_for(world, lane, request),
            Place::None => {
                let waits = self.waits_at_limit(world);
                self.turn_away(world, request, waits);
            }
        }
    }

    /// Where a request of a lane may be served. Only an instance that is not in use yet counts against the limit.
    #[inline]
    fn place_for(&self, world: &mut World, lane: u32) -> Place {
        let line = &world.lanes[lane as usize];
        let (joins, filling) = (line.tops[Stack::Partial as usize] != NONE, line.filling != NONE);
        if !joins && !world.may_use_another(lane) {
            return if filling { Place::Starting } else { Place::None };
        }
        self.find_place(world, lane).map_or(Place::Starting, Place::In)
    }

    /// Whether a request past a limit waits.
    fn waits_at_limit(&self, world: &World) -> bool {
        world.deployments[self.deployment as usize].queue_at_limit
    }

    /// An instance with a place for a request of the lane, taken off its stack where it is full
    /// with that request: a busy one with room, a provisioned one, the most recently idle.
    #[inline]
    fn find_place(&self, world: &mut World, lane: u32) -> Option<u32> {
        let [_, kept, partial] = world.lanes[lane as usize].tops;
        let places = world.briefs[self.deployment as usize].places;
        if partial != NONE {
            if world.instances[partial].inside + 1 == places {
                world.unstack(partial, Stack::Partial);
            }
            return Some(partial);
        }
        if kept != NONE {
            world.unstack(kept, Stack::Kept);
            if places > 1 {
                world.stack(kept, Stack::Partial);
            }
            return Some(kept);
        }
        loop {
            let idle = world.lanes[lane as usize].tops[Stack::Idle as usize];
            if idle == NONE {
                return None;
            }
            world.leave_idle(idle);
            if world.instances[idle].expires > world.now {
                if places > 1 {
                    world.stack(idle, Stack::Partial);
                }
                return Some(idle);
            }
            world.stop(idle);
        }
    }

    /// Whether an instance that has just become idle stands among the busy ones with room: it
    /// does, unless its one request had filled it.
    fn was_partial(&self, world: &World, instance: u32) -> bool {
        let place = &world.instances[instance];
        let top = world.lanes[place.lane as usize].tops[Stack::Partial as usize];
        top == instance || place.above != NONE || place.below != NONE
    }

    /// Orders an instance for a request that found none; where it may not, the request waits or
    /// is rejected.
    fn order_for(&mut self, world: &mut World, lane: u32, request: u32) {
        let waits = match self.try_order(world, lane, request) {
            Ordered::Made => return,
            Ordered::NoRoom => world.deployments[self.deployment as usize].when_full == WhenFull::Queue,
            Ordered::NotYet => self.waits_at_limit(world),
        };
        self.turn_away(world, request, waits);
    }

    fn turn_away(&mut self, world: &mut World, request: u32, waits: bool) {
        let lane = world.requests[request].lane;
        if !waits || !self.enqueue(world, lane, request) {
            return world.reject(request);
        }
        if !world.may_use_another(lane) {
            world.await_share(lane);
        }
    }

    /// Gives a request a starting instance, or one that starts in no time.
    fn try_order(&mut self, world: &mut World, lane: u32, request: u32) -> Ordered {
        if world.briefs[self.deployment as usize].binds_late {
            return self.order_for_line(world, lane, Some(request));
        }
        let places = world.deployments[self.deployment as usize].places;
        let filling = world.lanes[lane as usize].filling;
        if filling != NONE {
            world.mark_cold(request);
            self.bind(world, request, filling, places);
            return Ordered::Made;
        }
        let instance = match self.make(world, lane) {
            Ok(instance) => instance,
            Err(why) => return why,
        };
        world.mark_cold(request);
        if world.instances[instance].state == State::Starting {
            self.bind(world, request, instance, places);
            return Ordered::Made;
        }
        world.enter(request, instance);
        if places > 1 {
            world.stack(instance, Stack::Partial);
        }
        Ordered::Made
    }

    /// A new instance, as far as the account may grow and there is room.
    fn make(&mut self, world: &mut World, lane: u32) -> Result<u32, Ordered> {
        if world.briefs[self.deployment as usize].has_growth
            && let Err(at) = world.may_grow(lane)
        {
            if self.waits_at_limit(world) {
                self.wait_for_growth(world, lane, at);
            }
            return Err(Ordered::NotYet);
        }
        let Some(instance) = world.order(lane) else {
            if world.deployments[self.deployment as usize].when_full == WhenFull::Queue {
                world.await_room(lane);
            }
            return Err(Ordered::NoRoom);
        };
        world.has_grown(lane);
        Ok(instance)
    }

    fn wait_for_growth(&mut self, world: &mut World, lane: u32, at: Time) {
        world.await_share(lane);
        let armed = &mut self.growth_at[(lane - self.first_lane) as usize];
        if armed.is_none_or(|armed| armed > at) {
            *armed = Some(at);
            world.set_timer(at, lane, GROWTH);
        }
    }

    fn bind(&self, world: &mut World, request: u32, instance: u32, places: u32) {
        world.bind(request, instance);
        let full = world.instances[instance].bound >= places;
        let lane = world.instances[instance].lane as usize;
        world.lanes[lane].filling = if full { NONE } else { instance };
    }

    /// Lets waiting requests have instances, as far as that is allowed and there is room.
    fn serve_queue(&mut self, world: &mut World, lane: u32) {
        while world.lanes[lane as usize].queued > 0 {
            match self.place_for(world, lane) {
                Place::In(instance) => {
                    if let Some(request) = world.dequeue(lane) {
                        world.enter(request, instance);
                    }
                }
                Place::Starting if world.briefs[self.deployment as usize].binds_late => {
                    return self.order_for_all(world, lane);
                }
                Place::Starting => {
                    let Some(request) = world.dequeue(lane) else { return };
                    if self.try_order(world, lane, request) != Ordered::Made {
                        return world.enqueue_first(request);
                    }
                }
                Place::None => return world.await_share(lane),
            }
        }
    }
}
