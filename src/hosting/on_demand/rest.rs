//! Instances without a request: how long they are kept, and how expiry is noticed.

use super::OnDemand;
use crate::hosting::keep_alive::KeepAlive;
use crate::hosting::lane::Stack;
use crate::hosting::slab::NONE;
use crate::hosting::world::{Event, World};
use crate::units::Time;

impl OnDemand {
    /// An instance without a request: kept, or stopped.
    #[inline]
    pub(super) fn rest(&mut self, world: &mut World, instance: u32) {
        if world.instances[instance].provisioned {
            return world.stack(instance, Stack::Kept);
        }
        let deployment = self.deployment as usize;
        match &world.deployments[deployment].keep_alive {
            KeepAlive::None => world.stop(instance),
            KeepAlive::Forever | KeepAlive::Cache(_) => world.push_idle(instance),
            KeepAlive::Fixed(length) => {
                let expires = world.now + *length;
                world.instances[instance].expires = expires;
                world.push_idle(instance);
                if !world.idle[deployment].armed {
                    self.arm(world);
                }
            }
            KeepAlive::SinceArrival(length) => {
                let expires = world.instances[instance].used + *length;
                self.keep_until(world, instance, expires);
            }
            KeepAlive::Curve(curve) => {
                let length = curve.draw(&mut world.choice_streams[deployment]);
                world.instances[instance].expires = world.now + length;
                world.push_idle(instance);
                self.arm_instance(world, instance);
            }
            KeepAlive::Histogram(rule) => {
                let rule = *rule;
                self.rest_as_learnt(world, instance, &rule);
            }
        }
    }

    /// The same for an instance that has become ready and that no request has used: one loaded
    /// before it is needed stays until the moment that was foreseen.
    pub(super) fn rest_unused(&mut self, world: &mut World, instance: u32) {
        let expires = world.instances[instance].expires;
        if world.instances[instance].provisioned || expires == Time(u64::MAX) {
            self.rest(world, instance);
        } else {
            self.keep_until(world, instance, expires);
        }
    }

    /// Keeps an idle instance until a moment of its own.
    pub(super) fn keep_until(&self, world: &mut World, instance: u32, expires: Time) {
        if expires <= world.now {
            return world.stop(instance);
        }
        world.instances[instance].expires = expires;
        world.push_idle(instance);
        self.arm_instance(world, instance);
    }

    /// Stops the idle instances that have expired.
    pub(super) fn expire(&self, world: &mut World) {
        loop {
            let oldest = world.idle[self.deployment as usize].oldest();
            if oldest == NONE || world.instances[oldest].expires > world.now {
                return;
            }
            world.leave_idle(oldest);
            world.stop(oldest);
        }
    }

    /// Sets the deployment's timer on the instance that expires first.
    pub(super) fn arm(&self, world: &mut World) {
        let oldest = world.idle[self.deployment as usize].oldest();
        if oldest != NONE && matches!(world.deployments[self.deployment as usize].keep_alive, KeepAlive::Fixed(_)) {
            let at = world.instances[oldest].expires;
            world.agenda.schedule_first(at, Event::Expiry { deployment: self.deployment });
            world.idle[self.deployment as usize].armed = true;
        }
    }

    /// Sets an instance's own timer, unless one comes early enough and will set itself again.
    pub(super) fn arm_instance(&self, world: &mut World, instance: u32) {
        let expires = world.instances[instance].expires;
        if world.instances[instance].timer > expires {
            let key = world.instances.key(instance);
            world.instances[instance].timer = expires;
            world.agenda.schedule_first(expires, Event::InstanceExpiry(key));
        }
    }
}
