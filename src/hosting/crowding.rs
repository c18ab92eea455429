//! Crowded servers: when the instances on a server want more cores than it has, all slow down
//! together, in proportion. Nothing is computed while no server is crowded but a sum per server.

use super::slab::NONE;
use super::world::World;
use crate::units::Cores;

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
    computing: Vec<u32>,
}

impl Crowding {
    fn slowdown(&self, server: usize) -> f64 {
        match self.servers.get(server) {
            Some(crowd) if crowd.wanted > self.capacity => self.capacity.as_f64() / crowd.wanted.as_f64(),
            _ => 1.0,
        }
    }
}

impl World {
    /// By how much an instance is slowed down: 1 where its server is not crowded.
    pub(crate) fn slowdown_of(&self, instance: u32) -> f64 {
        let server = self.instances[instance].server.0 as usize;
        self.crowding.as_ref().map_or(1.0, |crowding| crowding.slowdown(server))
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
        let server = self.instances[instance].server.0 as usize;
        if crowding.servers.len() <= server {
            crowding.servers.resize_with(server + 1, CrowdedServer::default);
        }
        let slow_before = crowding.slowdown(server);
        let crowd = &mut crowding.servers[server];
        crowd.wanted = Cores(crowd.wanted.0 + after.0 - before.0);
        if before.0 == 0 {
            self.join(&mut crowd.computing, instance);
        } else if after.0 == 0 {
            self.part(&mut crowd.computing, instance);
        }
        let slow_after = crowding.slowdown(server);
        self.work_changed(instance, before, after, slow_before, slow_after);
        let neighbours = std::mem::take(&mut crowding.servers[server].computing);
        self.crowding = Some(crowding);
        if slow_before != slow_after {
            self.slow_down(&neighbours, instance, slow_before, slow_after);
        }
        if let Some(crowding) = &mut self.crowding {
            crowding.servers[server].computing = neighbours;
        }
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
        let deployment = self.instances[instance].deployment as usize;
        let useful = self.deployments[deployment].useful;
        // Rounded by hand: `round` would be a call, as in `stretched`.
        let work = |cores: Cores, slow: f64| (cores.as_f64() * slow * useful * 1e9 + 0.5) as i64;
        let change = work(after, slow_after) - work(before, slow_before);
        self.facts[deployment].work.add(self.now, change);
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
