//! On demand: an instance for every request (or for every few) that finds none with a place.

mod prewarm;
mod rest;

use super::HostingModel;
use super::brief::Brief;
use super::deployment::WhenFull;
use super::instance::State;
use super::lane::Stack;
use super::slab::NONE;
use super::world::World;
use crate::units::{Span, Time};
use prewarm::Learnt;

/// The token of the timer that lets a queue try again when more instances are allowed.
const GROWTH: u32 = 0;
/// The token of the timer that loads an instance before it is needed.
const PREWARM: u32 = 1;

/// The on-demand behaviour of one deployment.
#[derive(Default)]
pub struct OnDemand {
    deployment: u32,
    first_lane: u32,
    /// Per lane: since when its growth has been held back.
    limited_since: Vec<Option<Time>>,
    /// Per lane: when its growth timer is due. However many wait, one timer is enough.
    growth_at: Vec<Option<Time>>,
    /// Per lane: what its idle times teach, where the keep-alive asks for that.
    learnt: Vec<Learnt>,
}

impl HostingModel for OnDemand {
    fn begin(&mut self, world: &mut World, deployment: u32) {
        self.deployment = deployment;
        let lanes = world.lanes_of(deployment);
        self.first_lane = lanes.start;
        self.limited_since = vec![None; lanes.len()];
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
        }
    }

    #[inline]
    fn arrived(&mut self, world: &mut World, request: u32) {
        let lane = world.requests[request].lane;
        if world.briefs[self.deployment as usize].learns {
            self.learn(world, lane);
        }
        if !self.may_begin(world, lane) {
            let waits = world.deployments[self.deployment as usize].queue_at_limit;
            return self.turn_away(world, request, waits);
        }
        match self.find_place(world, lane) {
            Some(instance) => world.enter(request, instance),
            None => self.order_for(world, lane, request),
        }
    }

    #[inline]
    fn freed(&mut self, world: &mut World, instance: u32) {
        let Brief { places, keeps, learns, .. } = world.briefs[self.deployment as usize];
        let place = &world.instances[instance];
        let (lane, inside) = (place.lane, place.inside);
        if learns {
            self.note_finish(world.now, lane);
        }
        let ends = inside == 0 && !keeps && !place.provisioned;
        if !ends
            && world.lanes[lane as usize].queued > 0
            && let Some(request) = world.dequeue(lane)
        {
            return world.enter(request, instance);
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
        if ends {
            self.serve_queue(world, lane);
        }
    }

    fn ready(&mut self, world: &mut World, instance: u32) {
        let lane = world.instances[instance].lane;
        if world.lanes[lane as usize].filling == instance {
            world.lanes[lane as usize].filling = NONE;
        }
        let places = world.deployments[self.deployment as usize].places;
        while world.instances[instance].inside < places {
            match world.dequeue(lane) {
                Some(request) => world.enter(request, instance),
                None => break,
            }
        }
        match world.instances[instance].inside {
            0 => self.rest_unused(world, instance),
            inside if inside < places => world.stack(instance, Stack::Partial),
            _ => {}
        }
    }

    fn abandoned(&mut self, world: &mut World, lane: u32) {
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
}

impl OnDemand {
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
        if !self.try_order(world, lane, request) {
            let waits = world.deployments[self.deployment as usize].when_full == WhenFull::Queue;
            self.turn_away(world, request, waits);
        }
    }

    fn turn_away(&self, world: &mut World, request: u32, waits: bool) {
        if !(waits && world.enqueue(request)) {
            world.reject(request);
        }
    }

    /// Gives a request a starting instance, or one that starts in no time; false where there is
    /// no room for one.
    fn try_order(&mut self, world: &mut World, lane: u32, request: u32) -> bool {
        let plan = &world.deployments[self.deployment as usize];
        let (places, when_full) = (plan.places, plan.when_full);
        let filling = world.lanes[lane as usize].filling;
        if filling != NONE {
            world.mark_cold(request);
            self.bind(world, request, filling, places);
            return true;
        }
        let Some(instance) = world.order(lane) else {
            if when_full == WhenFull::Queue {
                world.await_room(lane);
            }
            return false;
        };
        world.mark_cold(request);
        if world.instances[instance].state == State::Starting {
            self.bind(world, request, instance, places);
            return true;
        }
        world.enter(request, instance);
        if places > 1 {
            world.stack(instance, Stack::Partial);
        }
        true
    }

    fn bind(&self, world: &mut World, request: u32, instance: u32, places: u32) {
        world.bind(request, instance);
        let full = world.instances[instance].bound >= places;
        let lane = world.instances[instance].lane as usize;
        world.lanes[lane].filling = if full { NONE } else { instance };
    }

    /// Whether one more of the lane's requests may begin.
    #[inline]
    fn may_begin(&mut self, world: &mut World, lane: u32) -> bool {
        let Brief { concurrency_limit, has_growth, .. } = world.briefs[self.deployment as usize];
        let engaged = world.lanes[lane as usize].engaged;
        if engaged >= concurrency_limit || !has_growth {
            return engaged < concurrency_limit;
        }
        let plan = &world.deployments[self.deployment as usize];
        let Some(growth) = plan.growth else { return true };
        let limited_since = &mut self.limited_since[(lane - self.first_lane) as usize];
        if engaged < growth.burst {
            *limited_since = None;
            return true;
        }
        let since = *limited_since.get_or_insert(world.now);
        let steps = (world.now - since).0 / growth.every.0.max(1);
        let allowed = u64::from(growth.burst).saturating_add(steps.saturating_mul(u64::from(growth.step)));
        if u64::from(engaged) < allowed {
            return true;
        }
        if plan.queue_at_limit {
            let at = since + Span((steps + 1).saturating_mul(growth.every.0));
            let armed = &mut self.growth_at[(lane - self.first_lane) as usize];
            if armed.is_none_or(|armed| armed > at) {
                *armed = Some(at);
                world.set_timer(at, lane, GROWTH);
            }
        }
        false
    }

    /// Lets waiting requests have instances, as far as that is allowed and there is room.
    fn serve_queue(&mut self, world: &mut World, lane: u32) {
        while self.may_begin(world, lane) {
            let Some(request) = world.dequeue(lane) else { return };
            if let Some(instance) = self.find_place(world, lane) {
                world.enter(request, instance);
            } else if !self.try_order(world, lane, request) {
                return world.enqueue_first(request);
            }
        }
    }
}
