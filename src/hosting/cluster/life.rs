//! Nodes come, hold instances and go: what the world does with its clusters.

use super::node::{Node, NodeId};
use crate::fleet::{Demand, ServerId};
use crate::hosting::deployment::draw_start;
use crate::hosting::slab::NONE;
use crate::hosting::world::{Event, World};
use crate::units::Time;

/// Where an instance was put.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Berth {
    /// The server.
    pub server: ServerId,
    /// The node on it, or `NONE`.
    pub node: NodeId,
    /// When the place can be used.
    pub ready: Time,
}

impl World {
    /// The cluster of a lane, if its instances are packed on one.
    #[inline]
    pub(crate) fn cluster_of(&self, lane: u32) -> Option<usize> {
        let line = &self.lanes[lane as usize];
        let plan = self.deployments[line.deployment as usize].cluster.as_ref()?;
        Some(self.first_cluster[plan.number as usize] as usize + line.tenant as usize)
    }

    /// Begins every cluster: its fewest nodes stand ready.
    pub(crate) fn begin_clusters(&mut self) {
        for cluster in 0..self.clusters.len() {
            while self.clusters[cluster].count() < self.clusters[cluster].plan.nodes.0 {
                if self.add_node(cluster, true).is_none() {
                    self.case.refused += 1;
                    break;
                }
            }
        }
    }

    /// Finds an instance a place on its cluster: on the node that the scheduler chooses, or on
    /// one more. `at_once`: a new node stands ready, as at the simulation's beginning.
    pub(crate) fn berth(&mut self, lane: u32, cluster: usize, demand: Demand, at_once: bool) -> Option<Berth> {
        let deployment = self.lanes[lane as usize].deployment;
        let node = match self.clusters[cluster].choose(deployment, demand) {
            Some(node) => node,
            None if self.clusters[cluster].may_grow(demand) => self.add_node(cluster, at_once)?,
            None => return None,
        };
        self.clusters[cluster].take(node, deployment, demand);
        let Node { server, ready, .. } = *self.clusters[cluster].node(node)?;
        Some(Berth { server, node, ready })
    }

    fn add_node(&mut self, cluster: usize, at_once: bool) -> Option<NodeId> {
        let plan = self.clusters[cluster].plan.clone();
        let server = self.fleet.place(plan.reserve)?;
        let deployment = self.lanes[self.clusters[cluster].lane as usize].deployment as usize;
        let now = self.now;
        let (ready, metered_from) = if at_once {
            (now, now)
        } else {
            let (length, unbilled) = draw_start(&plan.start, &mut self.start_streams[deployment]);
            (now + length, now + unbilled)
        };
        self.case.nodes.add(now, 1);
        self.case.memory_used.add(now, plan.memory_used as i64);
        self.note_reserved();
        Some(self.clusters[cluster].join(server, now, ready, metered_from))
    }

    /// An instance has left its node.
    pub(crate) fn leave_berth(&mut self, lane: u32, node: NodeId, demand: Demand) {
        let Some(cluster) = self.cluster_of(lane).filter(|_| node != NONE) else { return };
        let deployment = self.lanes[lane as usize].deployment;
        self.clusters[cluster].give_back(node, deployment, demand, self.now);
        self.watch_empty_nodes(cluster);
    }

    /// Sees to it that an event follows when the next empty node is due to go.
    fn watch_empty_nodes(&mut self, cluster: usize) {
        if self.clusters[cluster].armed {
            return;
        }
        let (due, next) = self.clusters[cluster].due(self.now);
        let at = if due.is_empty() { next } else { Some(self.now) };
        if let Some(at) = at {
            self.clusters[cluster].armed = true;
            self.agenda.schedule(at, Event::EmptyNodes { cluster: cluster as u32 });
        }
    }

    /// Removes the nodes that have been empty for as long as they stay.
    pub(crate) fn remove_empty_nodes(&mut self, cluster: usize) {
        self.clusters[cluster].armed = false;
        let (due, _) = self.clusters[cluster].due(self.now);
        for number in due {
            self.remove_node(cluster, number);
        }
        self.watch_empty_nodes(cluster);
    }

    fn remove_node(&mut self, cluster: usize, number: NodeId) {
        let Some(node) = self.clusters[cluster].leave(number) else { return };
        let (lane, reserve) = (self.clusters[cluster].lane, self.clusters[cluster].plan.reserve);
        let memory = self.clusters[cluster].plan.memory_used as i64;
        self.meter_stretch(lane, number, node.metered_from, false, true);
        self.fleet.release(node.server, reserve);
        self.case.nodes.add(self.now, -1);
        self.case.memory_used.add(self.now, -memory);
        self.note_reserved();
        self.room_freed = true;
    }

    /// The window is over: the nodes that there are were used up to now.
    pub(crate) fn meter_nodes(&mut self) {
        for cluster in 0..self.clusters.len() {
            let lane = self.clusters[cluster].lane;
            let lives: Vec<(NodeId, Time)> =
                self.clusters[cluster].nodes().map(|(number, node)| (number, node.metered_from)).collect();
            for (number, metered_from) in lives {
                self.meter_stretch(lane, number, metered_from, false, false);
            }
        }
    }
}
