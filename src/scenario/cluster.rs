//! What a case asks of a cluster: what each instance may have of a node, and how many nodes.

use crate::catalogue::{Model, count32};
use crate::document::{Diagnostics, Node, Table, bytes, count, positive};
use crate::units::{Bytes, Cores};

/// What a case asks of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClusterChoice {
    /// What each instance asks of its node; `None`: all that the node has.
    pub container: Option<Container>,
    /// The fewest and most nodes; `None`: as many as the instances need.
    pub nodes: Option<(u32, u32)>,
}

/// What each instance may have of its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Container {
    /// The cores that it asks for; `None`: all that the node has.
    pub cpu: Option<Cores>,
    /// The same as a share of what the node has: of apps that stand together on one machine.
    pub part: Option<f64>,
    /// The most that it may use; `None`: what it asks for.
    pub cpu_limit: Option<CpuLimit>,
    /// Memory; `None`: what the app needs.
    pub memory: Option<Bytes>,
}

/// The most cores that an instance may use of its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CpuLimit {
    /// What the node has free.
    Free,
    /// So many.
    Cores(Cores),
}

impl CpuLimit {
    /// Reads a number of cores, no fewer than those that are asked for, or `"none"`.
    pub fn read(node: &Node, cpu: Option<Cores>, d: &mut Diagnostics) -> Option<CpuLimit> {
        if let Some(word) = node.as_str() {
            if word == "none" {
                return Some(CpuLimit::Free);
            }
            d.error(node.at, format!("`{word}` is no limit"), "a number of cores, or \"none\": what the node has free");
            return None;
        }
        let limit = Cores::from_f64(positive(node, d)?);
        if let Some(cpu) = cpu.filter(|cpu| limit < *cpu) {
            let message = format!("the limit of {limit} cores is below the {cpu} that the container asks for");
            d.error(node.at, message, "a limit of at least what it asks for, or \"none\"");
            return None;
        }
        Some(CpuLimit::Cores(limit))
    }
}

impl ClusterChoice {
    /// Reads `container` and `nodes` among a case's keys.
    pub fn read(table: &mut Table<'_>, d: &mut Diagnostics) -> ClusterChoice {
        ClusterChoice {
            container: table.optional("container", d, read_container),
            nodes: table.optional("nodes", d, read_nodes),
        }
    }

    /// Refuses both keys where the model has no nodes.
    pub fn check(model: &Model, case: &Node, d: &mut Diagnostics) {
        for key in ["container", "nodes"] {
            if let Some(node) = case.get(key).filter(|_| model.cluster.is_none()) {
                let help = "leave the key out, or host on a model with a [cluster]";
                d.error(node.key, format!("`{}` has no nodes for containers to be packed on", model.name), help);
            }
        }
    }
}

fn read_container(node: &Node, d: &mut Diagnostics) -> Option<Container> {
    let mut table = Table::of(node, d)?;
    let cpu = table.optional("cpu", d, positive).map(Cores::from_f64);
    let memory = table.optional("memory", d, bytes);
    let limit_node = table.node("cpu-limit");
    let cpu_limit = limit_node.and_then(|limit| CpuLimit::read(limit, cpu, d));
    table.finish(d);
    if let (Some(limit), None) = (limit_node, cpu) {
        let help = "add what it asks for, such as `cpu = 0.1`: its weight where others want the node's cores too";
        d.error(limit.key, "a `cpu-limit` without `cpu`: a container that asks for nothing has the whole node", help);
    }
    Some(Container { cpu, part: None, cpu_limit, memory })
}

/// The most nodes that may stand ready from the beginning.
const MOST_NODES: u64 = 100_000;

fn read_nodes(node: &Node, d: &mut Diagnostics) -> Option<(u32, u32)> {
    let (min, max) = if node.as_table().is_some() {
        let mut table = Table::of(node, d)?;
        let min = table.default("min", 0, d, count);
        let max = table.default("max", u64::from(u32::MAX), d, count);
        table.finish(d);
        (min, max)
    } else {
        let number = count(node, d)?;
        (number, number)
    };
    if min > max {
        d.error(node.at, format!("`max` ({max}) is below `min` ({min})"), "");
        return None;
    }
    if min > MOST_NODES {
        d.error(node.at, format!("{min} nodes are too many"), format!("at most {MOST_NODES}"));
        return None;
    }
    Some((count32(min), count32(max)))
}
