//! Docker Swarm mode: the node with the fewest tasks of the same service, then with the fewest in
//! all, then the lowest number (swarmkit's `nodeLess`; its order by recent failures has no use here).

use super::{Lookup, NodeId, Scheduler, SchedulerKind, Task};

/// The kind.
pub const KIND: SchedulerKind = SchedulerKind { name: "swarm", build: |_| Box::new(Swarm) };

#[derive(Debug)]
struct Swarm;

impl Scheduler for Swarm {
    fn choose(&mut self, task: &Task, candidates: &[NodeId], nodes: &Lookup<'_>) -> Option<NodeId> {
        let loads = candidates.iter().filter_map(|number| {
            let node = nodes(*number)?;
            Some((node.count(task.deployment), node.instances, *number))
        });
        loads.min().map(|(.., number)| number)
    }
}
