//! A line at each instance: a router that sends by chance, by turns or by what it counts itself, before it knows who
//! will be free first.

use super::Pool;
use super::PoolLane;
use crate::hosting::routing::Routing;
use crate::hosting::slab::NONE;
use crate::hosting::world::World;

impl Pool {
    /// Sends a request to an instance; while none is ready, it waits before them.
    pub(super) fn send(&mut self, world: &mut World, lane: u32, request: u32) {
        match self.choose(world, lane) {
            Some(position) => self.put(world, lane, position, request),
            None if self.has_none(world, lane) || !world.enqueue(request) => world.reject(request),
            None => self.start_for(world, lane, request),
        }
    }

    /// Lets a request into an instance, or (where requests wait there) into its line; one that finds that full is
    /// rejected.
    pub(super) fn put(&mut self, world: &mut World, lane: u32, position: u32, request: u32) {
        let instance = self.pool(lane).members[position as usize];
        let places = world.deployments[self.deployment as usize].places;
        if !self.has_lines || world.instances[instance].inside < places {
            self.let_in(world, lane, position, request);
        } else if world.line_up(request, instance) {
            self.weigh(world, lane, position, instance);
        } else {
            world.reject(request);
        }
    }

    /// A place has become free in an instance: it goes to the first in its line.
    pub(super) fn serve_line(&mut self, world: &mut World, lane: u32, position: u32, instance: u32) {
        match world.next_in_line(instance) {
            Some(request) => self.let_in(world, lane, position, request),
            None => self.weigh(world, lane, position, instance),
        }
    }

    /// Who waits at an instance that goes away is sent again, as if it had just come.
    pub(super) fn send_again(&mut self, world: &mut World, lane: u32, instance: u32) {
        while let Some(request) = world.next_in_line(instance) {
            self.send(world, lane, request);
        }
    }

    /// Notes how many requests an instance has, inside and in its line, where the routing goes by that.
    pub(super) fn weigh(&mut self, world: &World, lane: u32, position: u32, instance: u32) {
        if world.deployments[self.deployment as usize].routing != Routing::LeastLoaded {
            return;
        }
        let place = &world.instances[instance];
        let weight = place.inside + place.bound;
        let pool = self.pool(lane);
        pool.unweigh(position);
        pool.weights[position as usize] = weight;
        pool.loads.insert(position, weight);
    }

    /// A request has given up waiting: the instance at which it did has one less.
    pub(super) fn weigh_left(&mut self, world: &mut World, lane: u32) {
        let instance = std::mem::replace(&mut world.left_line, NONE);
        if instance == NONE {
            return;
        }
        let position = world.instances[instance].position;
        if self.pool(lane).members.get(position as usize) == Some(&instance) {
            self.weigh(world, lane, position, instance);
        }
    }
}

impl PoolLane {
    /// Takes a position out of the loads, if it stands there.
    pub(super) fn unweigh(&mut self, position: u32) {
        if self.weights.len() <= position as usize {
            self.weights.resize(position as usize + 1, NONE);
        }
        let weight = std::mem::replace(&mut self.weights[position as usize], NONE);
        if weight != NONE {
            self.loads.remove(position, weight);
        }
    }
}
