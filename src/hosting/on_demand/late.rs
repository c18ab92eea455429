//! Late binding: what waits for a start waits in one line, and whichever instance has a place first serves it.

use super::{OnDemand, Ordered};
use crate::hosting::instance::State;
use crate::hosting::lane::Stack;
use crate::hosting::slab::NONE;
use crate::hosting::world::World;

/// The starts of one lane.
#[derive(Default)]
pub(super) struct Late {
    /// Instances that are starting for the line, the newest last.
    starting: Vec<u32>,
    /// How many requests count on the last of them.
    claims: u32,
}

impl OnDemand {
    fn late(&mut self, lane: u32) -> Option<&mut Late> {
        self.late.get_mut((lane - self.first_lane) as usize)
    }

    /// Orders an instance for the line, and lets a request that found none stand in it; a line that stands already
    /// gets no more than it has need of.
    pub(super) fn order_for_line(&mut self, world: &mut World, lane: u32, request: Option<u32>) -> Ordered {
        let places = world.deployments[self.deployment as usize].places;
        let filling = world.lanes[lane as usize].filling;
        let instance = if filling == NONE {
            match self.make(world, lane) {
                Ok(instance) => instance,
                Err(why) => return why,
            }
        } else {
            filling
        };
        if world.instances[instance].state == State::Starting {
            self.claim(world, lane, instance, places);
            if let Some(request) = request {
                world.enqueue_for_a_start(request);
            }
            return Ordered::Made;
        }
        // It has started in no time.
        if let Some(request) = request.or_else(|| world.dequeue(lane)) {
            world.mark_cold(request);
            world.enter(request, instance);
        }
        if places > 1 {
            world.stack(instance, Stack::Partial);
        }
        Ordered::Made
    }

    fn claim(&mut self, world: &mut World, lane: u32, instance: u32, places: u32) {
        world.take_share(instance);
        let Some(late) = self.late(lane) else { return };
        if late.starting.last() != Some(&instance) {
            late.starting.push(instance);
            late.claims = 0;
        }
        late.claims += 1;
        world.lanes[lane as usize].filling = if late.claims >= places { NONE } else { instance };
    }

    /// Orders for those in the line that no start is under way for.
    pub(super) fn order_for_all(&mut self, world: &mut World, lane: u32) {
        while self.unclaimed(world, lane) > 0
            && (world.lanes[lane as usize].filling != NONE || world.may_use_another(lane))
        {
            if self.order_for_line(world, lane, None) != Ordered::Made {
                return;
            }
        }
        if self.unclaimed(world, lane) > 0 {
            world.await_share(lane);
        }
    }

    /// How many in the line have no start under way.
    fn unclaimed(&mut self, world: &World, lane: u32) -> u32 {
        let places = world.deployments[self.deployment as usize].places;
        let open = world.lanes[lane as usize].filling != NONE;
        let queued = world.lanes[lane as usize].queued;
        let claimed = self.late(lane).map_or(0, |late| {
            let full =
                (late.starting.len() as u32 - u32::from(open).min(late.starting.len() as u32)).saturating_mul(places);
            full.saturating_add(if open { late.claims } else { 0 })
        });
        queued.saturating_sub(claimed)
    }

    /// Puts a request that no instance may be ordered for into the line; false where as many wait so as may.
    pub(super) fn enqueue(&mut self, world: &mut World, lane: u32, request: u32) -> bool {
        if !world.briefs[self.deployment as usize].binds_late {
            return world.enqueue(request);
        }
        let free = self.unclaimed(world, lane) < world.deployments[self.deployment as usize].queue_limit;
        if free {
            world.enqueue_for_a_start(request);
        }
        free
    }

    /// An instance is ready, or gone before that: whether it had been ordered for the line.
    pub(super) fn has_started(&mut self, lane: u32, instance: u32) -> bool {
        let Some(late) = self.late(lane) else { return false };
        match late.starting.iter().position(|other| *other == instance) {
            Some(place) => {
                late.starting.remove(place);
                true
            }
            None => false,
        }
    }

    /// Where nothing is kept, a start that nobody in the line waits for any more is called off.
    #[inline]
    pub(super) fn call_off(&mut self, world: &mut World, lane: u32) {
        let brief = &world.briefs[self.deployment as usize];
        if !brief.binds_late || brief.keeps {
            return;
        }
        let (places, queued) = (brief.places as usize, world.lanes[lane as usize].queued as usize);
        while let Some(late) = self.late(lane)
            && !late.starting.is_empty()
            && (late.starting.len() - 1).saturating_mul(places) >= queued
        {
            let Some(instance) = late.starting.pop() else { return };
            if world.lanes[lane as usize].filling == instance {
                world.lanes[lane as usize].filling = NONE;
            }
            world.stop(instance);
        }
    }
}
