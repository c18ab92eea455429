//! Scores of a node after the task is on it, in whole numbers as the schedulers compute them.

use super::super::node::{Node, NodeId};
use super::{Lookup, Task};
use crate::fleet::Demand;

/// What a task without a memory request counts as when nodes are scored: 200 MiB (Kubernetes,
/// `non_zero.go`). Its CPU is never nothing here.
const MEMORY_IF_NONE: u64 = 200 << 20;

/// What would be asked for on the node, the task among it.
pub(super) fn asked(task: &Task, node: &Node) -> Demand {
    let memory = if task.demand.memory == 0 { MEMORY_IF_NONE } else { task.demand.memory };
    Demand {
        cores: task.allocatable.cores - node.free.cores + task.demand.cores,
        memory: (task.allocatable.memory - node.free.memory).saturating_add(memory),
    }
}

/// ⌊(C − R) × top / C⌋ of one resource; 0 where more is asked for than there is.
pub(super) fn least(asked: u64, capacity: u64, top: u64) -> u64 {
    if asked > capacity || capacity == 0 {
        return 0;
    }
    (u128::from(capacity - asked) * u128::from(top) / u128::from(capacity)) as u64
}

/// ⌊R × top / C⌋ of one resource; 0 where more is asked for than there is.
pub(super) fn most(asked: u64, capacity: u64, top: u64) -> u64 {
    if asked > capacity || capacity == 0 {
        return 0;
    }
    (u128::from(asked) * u128::from(top) / u128::from(capacity)) as u64
}

/// ⌊top × (1 − |a/A − b/B| / part)⌋ of both resources' shares, 0 where one is past the capacity.
/// Exact: the difference of the shares is a fraction of whole numbers.
pub(super) fn balanced(asked: Demand, capacity: Demand, top: u64, part: u64) -> u64 {
    if !asked.fits(capacity) || capacity.cores == 0 || capacity.memory == 0 {
        return 0;
    }
    let (a, b) = (u128::from(asked.cores), u128::from(asked.memory));
    let (c, m) = (u128::from(capacity.cores), u128::from(capacity.memory));
    let whole = c * m * u128::from(part);
    let apart = (a * m).abs_diff(b * c);
    // Capacities are below 2^62, `part` and `top` small: the product fits where they are as large
    // as machines are.
    (u128::from(top) * (whole - apart) / whole) as u64
}

/// The candidates with the highest score, in order of their numbers.
pub(super) fn best(candidates: &[NodeId], nodes: &Lookup<'_>, score: impl Fn(&Node) -> u64) -> Vec<NodeId> {
    let scored: Vec<(u64, NodeId)> =
        candidates.iter().filter_map(|number| Some((score(nodes(*number)?), *number))).collect();
    let highest = scored.iter().map(|(score, _)| *score).max();
    scored.into_iter().filter(|(score, _)| Some(*score) == highest).map(|(_, number)| number).collect()
}
