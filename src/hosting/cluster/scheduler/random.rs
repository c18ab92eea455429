//! Any node with room (Swarm's and ECS's `random`).

use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};
use crate::engine::Stream;

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "random", build: |stream| Box::new(Random { stream }) };

#[derive(Debug)]
struct Random {
    stream: Stream,
}

impl Scheduler for Random {
    fn choose(&mut self, _: &Task, candidates: &[NodeId], _: &Lookup<'_>) -> Option<NodeId> {
        let chosen = self.stream.below(candidates.len().max(1) as u64) as usize;
        candidates.get(chosen).copied()
    }
}
