//! Cutting nodes from servers, and instances from nodes.

use super::deploy::{Order, Slice};
use crate::catalogue::{ClusterTerms, Size};
use crate::fleet::{Demand, Isolation};
use crate::hosting::Deployment;
use crate::hosting::cluster::ClusterPlan;
use crate::scenario::{App, Case, CpuLimit, DeploymentPlan};
use crate::units::{Bytes, Cores};

/// Cuts an instance from a node: the instance's slice, and the plan of the cluster. `node` is the
/// node's own slice of a server.
///
/// # Errors
/// Says what is too large for what.
pub fn pack(
    plan: &DeploymentPlan,
    terms: &ClusterTerms,
    size: &Size,
    app: &App,
    node: Slice,
) -> Result<(Slice, ClusterPlan), String> {
    let (outer, inner) = plan.model.isolation.around_containers();
    let most = terms.most(&size.name);
    let kept_back = terms.kept_back.of(node.cores, node.memory, most);
    let all = Demand::new(node.cores, node.memory);
    let Some(allocatable) = all.checked_sub(kept_back) else {
        return Err(format!("a node of size `{}` has less than the node itself keeps back", size.name));
    };
    let slice = container(plan, &inner, size, app, allocatable)?;
    let cluster = ClusterPlan {
        number: 0,
        reserve: node.reserve,
        cores: node.cores,
        allocatable,
        request: requested(plan, allocatable),
        memory_used: outer.around_size().0 + kept_back.memory,
        most,
        scheduler: terms.scheduler,
        nodes: plan.cluster.nodes.unwrap_or((0, u32::MAX)),
        empty_stays: Some(terms.empty_stays),
        start: plan.start.iter().filter(|phase| phase.of_node && phase.applies_to(&size.name)).cloned().collect(),
    };
    Ok((slice, cluster))
}

/// The cores that an instance asks of a node that has so much for its instances: rounded down, so that parts fit.
fn requested(plan: &DeploymentPlan, allocatable: Demand) -> Cores {
    let whole = Cores(allocatable.cores);
    let Some(asked) = plan.cluster.container else { return whole };
    let part = asked.part.map(|part| Cores(((part * whole.0 as f64) as u64).max(1)));
    asked.cpu.or(part).unwrap_or(whole)
}

/// What an instance has of a node, and asks of it.
fn container(
    plan: &DeploymentPlan,
    inner: &Isolation,
    size: &Size,
    app: &App,
    allocatable: Demand,
) -> Result<Slice, String> {
    let left = Bytes(allocatable.memory.saturating_sub(inner.around_app().0));
    let asked = plan.cluster.container;
    let cores = requested(plan, allocatable);
    let memory = match asked {
        Some(asked) => asked.memory.unwrap_or(app.memory),
        None => left,
    };
    if app.memory > memory {
        return Err(format!(
            "the app `{}` needs {}, and its container on `{}` has {memory}",
            app.name, app.memory, size.name
        ));
    }
    if cores.0 > allocatable.cores || memory > left || cores.0 == 0 {
        return Err(format!(
            "a container of {cores} cores and {memory} does not fit a node of size `{}`, which has {} cores and {left} for it",
            size.name,
            Cores(allocatable.cores)
        ));
    }
    let may_use = match asked.and_then(|asked| asked.cpu_limit) {
        None => cores,
        Some(CpuLimit::Free) => Cores(allocatable.cores),
        Some(CpuLimit::Cores(limit)) => Cores(limit.0.min(allocatable.cores)),
    };
    Ok(Slice { cores: may_use, memory, reserve: inner.demand(cores, memory, inner.around_app()) })
}

/// Numbers the clusters of a case: apps that are hosted on the same model and size share one, and those that stand
/// together have one of their own.
pub fn number(case: &Case, orders: &[Order], deployments: &mut [Deployment]) {
    let mut known: Vec<(&str, &str, Option<u32>)> = Vec::new();
    let plans = case.deployments.iter().zip(orders);
    for ((plan, order), deployment) in plans.zip(deployments) {
        let Some(cluster) = &mut deployment.cluster else { continue };
        let key = (plan.model.name.as_str(), order.size.name.as_str(), plan.together);
        let place = known.iter().position(|each| *each == key).unwrap_or_else(|| {
            known.push(key);
            known.len() - 1
        });
        cluster.number = place as u32;
    }
}
