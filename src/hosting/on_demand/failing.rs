//! Instances on demand whose server fails: they are gone at once, and requests find others.

use super::OnDemand;
use crate::hosting::instance::State;
use crate::hosting::lane::Stack;
use crate::hosting::slab::NONE;
use crate::hosting::world::World;

impl OnDemand {
    /// Takes an instance off its stack, empties and stops it.
    pub(super) fn give_up_instance(&mut self, world: &mut World, instance: u32) {
        let places = world.briefs[self.deployment as usize].places;
        let place = &world.instances[instance];
        let (lane, inside, provisioned) = (place.lane, place.inside, place.provisioned);
        match place.state {
            State::Ready if inside == 0 && provisioned => world.unstack(instance, Stack::Kept),
            State::Ready if inside == 0 => world.leave_idle(instance),
            State::Ready if inside < places => world.unstack(instance, Stack::Partial),
            _ => {}
        }
        if world.lanes[lane as usize].filling == instance {
            world.lanes[lane as usize].filling = NONE;
        }
        self.has_started(lane, instance);
        if world.briefs[self.deployment as usize].learns && inside > 0 {
            self.note_finish(world.now, lane);
        }
        world.crash(instance);
        world.stop(instance);
        if provisioned {
            self.replaced.push(lane);
        }
    }

    /// The requests that were displaced begin anew, before any that waits.
    pub(super) fn go_on(&mut self, world: &mut World, lanes: &[u32], requests: &[u32]) {
        for lane in std::mem::take(&mut self.replaced) {
            self.provision(world, lane);
        }
        for request in requests {
            let lane = world.request(*request).lane;
            self.admit(world, lane, *request);
        }
        for lane in lanes {
            self.serve_queue(world, *lane);
        }
    }

    /// Orders an instance that is kept ready, in the place of one that is gone.
    fn provision(&mut self, world: &mut World, lane: u32) {
        let Some(instance) = world.order(lane) else { return };
        world.instances[instance].provisioned = true;
        if world.instances[instance].state == State::Ready {
            world.stack(instance, Stack::Kept);
        }
    }
}
