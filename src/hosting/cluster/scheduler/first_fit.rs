//! The first node with room: Mesos offers its machines to a framework, and Marathon takes the
//! first offer that fits. (One framework: dominant-resource fairness has nobody to be fair between.)

use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "first-fit", build: |_| Box::new(FirstFit) };

#[derive(Debug)]
struct FirstFit;

impl Scheduler for FirstFit {
    fn choose(&mut self, _: &Task, candidates: &[NodeId], _: &Lookup<'_>) -> Option<NodeId> {
        candidates.first().copied()
    }
}
