//! Kubernetes as it is now: scores of 0 to 100, least allocated (weight 1), balanced (1) and
//! spread of one app's instances (2). Among equals by chance.
//!
//! Source: `pkg/scheduler/framework/plugins` and its default weights. The spread is normalised as
//! that of topology constraints is, from the most and fewest instances on a node; zones are left out.

use super::score::{asked, balanced, best, least};
use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};
use crate::engine::Stream;
use crate::hosting::cluster::Node;

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "kubernetes", build: |stream| Box::new(Chance { stream }) };

const TOP: u64 = 100;

#[derive(Debug)]
struct Chance {
    stream: Stream,
}

/// Least allocated and balanced. Of two resources the standard deviation of the shares is half
/// their difference.
pub(super) fn resources(task: &Task, node: &Node) -> (u64, u64) {
    let (asked, capacity) = (asked(task, node), task.allocatable);
    let cores = least(asked.cores, capacity.cores, TOP);
    let memory = least(asked.memory, capacity.memory, TOP);
    (u64::midpoint(cores, memory), balanced(asked, capacity, TOP, 2))
}

impl Scheduler for Chance {
    fn choose(&mut self, task: &Task, candidates: &[NodeId], nodes: &Lookup<'_>) -> Option<NodeId> {
        let counts = || candidates.iter().filter_map(|number| Some(u64::from(nodes(*number)?.count(task.deployment))));
        let (most, fewest) = (counts().max().unwrap_or(0), counts().min().unwrap_or(0));
        let spread = |node: &Node| match most {
            0 => TOP,
            most => TOP * (most + fewest - u64::from(node.count(task.deployment))) / most,
        };
        let best = best(candidates, nodes, |node| {
            let (least, balanced) = resources(task, node);
            least + balanced + 2 * spread(node)
        });
        match best.len() {
            0 | 1 => best.first().copied(),
            several => best.get(self.stream.below(several as u64) as usize).copied(),
        }
    }
}
