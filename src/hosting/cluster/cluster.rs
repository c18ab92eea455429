//! A cluster: its plan, its nodes, and where an instance goes.

use super::node::{Node, NodeId};
use super::scheduler::{Scheduler, SchedulerKind, Task};
use crate::engine::Stream;
use crate::fleet::{Demand, ServerId};
use crate::hosting::deployment::StartPhase;
use crate::units::{Cores, Span, Time};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What a cluster is made of, in numbers.
#[derive(Clone, Debug)]
pub struct ClusterPlan {
    /// Which of the case's clusters: deployments with the same number share their nodes.
    pub number: u32,
    /// What a node reserves of a server.
    pub reserve: Demand,
    /// The node's cores, which are billed.
    pub cores: Cores,
    /// What a node has for its instances.
    pub allocatable: Demand,
    /// The cores that an instance asks for: its weight among those that share a node's processor, where it may use
    /// more than that.
    pub request: Cores,
    /// Memory that a node uses for itself, in bytes: its own isolation's and what it keeps back.
    pub memory_used: u64,
    /// The most instances on a node.
    pub most: u32,
    /// Who chooses the node.
    pub scheduler: SchedulerKind,
    /// The fewest and most nodes, for each tenant.
    pub nodes: (u32, u32),
    /// How long a node past the fewest stays when it is empty; `None`: to the end.
    pub empty_stays: Option<Span>,
    /// The phases from the order of a node to its being ready.
    pub start: Vec<StartPhase>,
}

/// One account's cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Its plan.
    pub plan: ClusterPlan,
    /// The lane in which its nodes' lives are metered.
    pub(crate) lane: u32,
    /// The nodes by number; `None` where one was removed.
    nodes: Vec<Option<Node>>,
    vacant: BinaryHeap<Reverse<NodeId>>,
    count: u32,
    scheduler: Box<dyn Scheduler>,
    /// Whether a check of empty nodes is scheduled.
    pub(super) armed: bool,
}

impl Cluster {
    /// A cluster without nodes yet.
    pub fn new(plan: ClusterPlan, lane: u32, stream: Stream) -> Cluster {
        let scheduler = plan.scheduler.build(stream);
        Cluster { plan, lane, nodes: Vec::new(), vacant: BinaryHeap::new(), count: 0, scheduler, armed: false }
    }

    /// How many nodes there are, starting ones among them.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// A node that is there.
    pub fn node(&self, node: NodeId) -> Option<&Node> {
        self.nodes.get(node as usize)?.as_ref()
    }

    /// The nodes that there are, by number.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().filter_map(|(number, node)| Some((number as NodeId, node.as_ref()?)))
    }

    /// The node that takes an instance, by the scheduler, if one has room.
    pub(super) fn choose(&mut self, deployment: u32, demand: Demand) -> Option<NodeId> {
        let task = Task { deployment, demand, allocatable: self.plan.allocatable };
        let room = |node: &Option<Node>| node.as_ref().is_some_and(|node| node.has_room(demand, self.plan.most));
        let candidates: Vec<NodeId> =
            (0..self.nodes.len() as NodeId).filter(|number| room(&self.nodes[*number as usize])).collect();
        if candidates.is_empty() {
            return None;
        }
        let of = |number: NodeId| self.nodes[number as usize].as_ref();
        self.scheduler.choose(&task, &candidates, &of)
    }

    /// Whether it may have one node more, and an empty one would hold this.
    pub(super) fn may_grow(&self, demand: Demand) -> bool {
        self.count < self.plan.nodes.1 && demand.fits(self.plan.allocatable)
    }

    /// Takes in a node that was placed on a server.
    pub(super) fn join(&mut self, server: ServerId, now: Time, ready: Time, metered_from: Time) -> NodeId {
        let node = Node {
            server,
            free: self.plan.allocatable,
            instances: 0,
            by_deployment: Vec::new(),
            ready,
            metered_from,
            empty_since: now,
        };
        self.count += 1;
        match self.vacant.pop() {
            Some(Reverse(number)) => {
                self.nodes[number as usize] = Some(node);
                number
            }
            None => {
                self.nodes.push(Some(node));
                self.nodes.len() as NodeId - 1
            }
        }
    }

    /// Removes an empty node.
    pub(super) fn leave(&mut self, number: NodeId) -> Option<Node> {
        let node = self.nodes.get_mut(number as usize)?.take()?;
        self.count -= 1;
        self.vacant.push(Reverse(number));
        Some(node)
    }

    pub(super) fn take(&mut self, number: NodeId, deployment: u32, demand: Demand) {
        if let Some(Some(node)) = self.nodes.get_mut(number as usize) {
            node.take(deployment, demand);
        }
    }

    pub(super) fn give_back(&mut self, number: NodeId, deployment: u32, demand: Demand, now: Time) {
        if let Some(Some(node)) = self.nodes.get_mut(number as usize) {
            node.give_back(deployment, demand, now);
        }
    }

    /// Empty nodes past the fewest that are due to go at a moment, longest empty first, and when
    /// the next is due after that.
    pub(super) fn due(&self, now: Time) -> (Vec<NodeId>, Option<Time>) {
        let Some(stays) = self.plan.empty_stays else { return (Vec::new(), None) };
        let mut empty: Vec<(Time, NodeId)> = self
            .nodes()
            .filter(|(_, node)| node.instances == 0)
            .map(|(number, node)| (node.empty_since.max(node.ready) + stays, number))
            .collect();
        empty.sort_unstable();
        empty.truncate(self.count.saturating_sub(self.plan.nodes.0) as usize);
        let next = empty.iter().map(|(due, _)| *due).find(|due| *due > now);
        (empty.into_iter().take_while(|(due, _)| *due <= now).map(|(_, number)| number).collect(), next)
    }
}
