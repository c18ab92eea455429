//! Packs: the node with the most asked for, ⌊R × 10 / C⌋ averaged over CPU and memory, the lowest
//! number among equals (Kubernetes' `MostRequested`, with which its clusters scale down well).

use super::score::{asked, best, most};
use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "most-allocated", build: |_| Box::new(MostAllocated) };

#[derive(Debug)]
struct MostAllocated;

impl Scheduler for MostAllocated {
    fn choose(&mut self, task: &Task, candidates: &[NodeId], nodes: &Lookup<'_>) -> Option<NodeId> {
        let best = best(candidates, nodes, |node| {
            let (asked, capacity) = (asked(task, node), task.allocatable);
            u64::midpoint(most(asked.cores, capacity.cores, 10), most(asked.memory, capacity.memory, 10))
        });
        best.first().copied()
    }
}
