//! Kubernetes 1.6 to 1.8: the node with the highest sum of three scores of 0 to 10, each in whole
//! numbers: least requested, balanced, and spread of one app's instances. Among equals in turn.
//!
//! Source: `plugin/pkg/scheduler/algorithm/priorities` of those versions; zones are left out, as
//! a cluster here has one.

use super::score::{asked, balanced, best, least};
use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};
use crate::hosting::cluster::Node;

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "kubernetes-2017", build: |_| Box::new(Turns::default()) };

const TOP: u64 = 10;

#[derive(Debug, Default)]
struct Turns {
    turn: usize,
}

/// Least requested and balanced.
pub(super) fn resources(task: &Task, node: &Node) -> (u64, u64) {
    let (asked, capacity) = (asked(task, node), task.allocatable);
    let cores = least(asked.cores, capacity.cores, TOP);
    let memory = least(asked.memory, capacity.memory, TOP);
    (u64::midpoint(cores, memory), balanced(asked, capacity, TOP, 1))
}

impl Scheduler for Turns {
    fn choose(&mut self, task: &Task, candidates: &[NodeId], nodes: &Lookup<'_>) -> Option<NodeId> {
        let counts = candidates.iter().filter_map(|number| Some(nodes(*number)?.count(task.deployment)));
        let crowded = counts.max().unwrap_or(0);
        let spread = |node: &Node| match crowded {
            0 => TOP,
            most => TOP * u64::from(most - node.count(task.deployment)) / u64::from(most),
        };
        let best = best(candidates, nodes, |node| {
            let (least, balanced) = resources(task, node);
            least + balanced + spread(node)
        });
        self.turn = self.turn.wrapping_add(1);
        best.get(self.turn.wrapping_sub(1) % best.len().max(1)).copied()
    }
}
