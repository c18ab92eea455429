//! Who chooses the node that takes an instance. Each rule is one file and one word in
//! [`SchedulerKind::ALL`].

mod first_fit;
mod kubernetes;
mod kubernetes_2017;
mod most_allocated;
mod random;
mod score;
mod swarm;

use super::node::{Node, NodeId};
use crate::document::{Diagnostics, Kind, Node as Written, Table, kind};
use crate::engine::Stream;
use crate::fleet::Demand;
use std::fmt;

/// An instance that looks for a node.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Whose instance it is.
    pub deployment: u32,
    /// What it asks for.
    pub demand: Demand,
    /// What an empty node has.
    pub allocatable: Demand,
}

/// Looks a node up by its number.
pub type Lookup<'n> = dyn Fn(NodeId) -> Option<&'n Node> + 'n;

/// A rule that chooses among the nodes with room.
pub trait Scheduler: fmt::Debug + Send {
    /// The node that takes the task; `candidates` have room, are in order of their numbers, and
    /// are not empty.
    fn choose(&mut self, task: &Task, candidates: &[NodeId], nodes: &Lookup<'_>) -> Option<NodeId>;
}

/// A kind of scheduler.
#[derive(Clone, Copy)]
pub struct SchedulerKind {
    /// The word that users write.
    pub name: &'static str,
    build: fn(Stream) -> Box<dyn Scheduler>,
}

impl SchedulerKind {
    /// All kinds.
    pub const ALL: [SchedulerKind; 6] =
        [kubernetes::KIND, kubernetes_2017::KIND, most_allocated::KIND, first_fit::KIND, swarm::KIND, random::KIND];

    /// One that puts copies of a service on as many nodes as there are.
    pub const SPREAD: SchedulerKind = swarm::KIND;

    /// Reads the name of a scheduler.
    pub fn read(node: &Written, diagnostics: &mut Diagnostics) -> Option<SchedulerKind> {
        let readers = SchedulerKind::ALL.map(|scheduler| {
            move |node: &Written, d: &mut Diagnostics| {
                Table::of(node, d)?.finish(d);
                Some(scheduler)
            }
        });
        let kinds: Vec<Kind<'_, SchedulerKind>> = SchedulerKind::ALL
            .iter()
            .zip(&readers)
            .map(|(scheduler, read)| Kind { name: scheduler.name, read })
            .collect();
        kind(node, diagnostics, "scheduler", &kinds)
    }

    /// A scheduler of this kind; `stream` is drawn from where equals are told apart by chance.
    pub fn build(&self, stream: Stream) -> Box<dyn Scheduler> {
        (self.build)(stream)
    }
}

impl Default for SchedulerKind {
    fn default() -> SchedulerKind {
        kubernetes::KIND
    }
}

impl PartialEq for SchedulerKind {
    fn eq(&self, other: &SchedulerKind) -> bool {
        self.name == other.name
    }
}

impl fmt::Debug for SchedulerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests;
