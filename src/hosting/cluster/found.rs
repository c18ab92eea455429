//! Founding the clusters of a case when its simulation begins.

use super::cluster::Cluster;
use crate::engine::Stream;
use crate::hosting::deployment::Deployment;
use crate::hosting::lane::Lane;

/// The clusters of all plans and tenants, and the first of each plan's. Deployments of one plan
/// share the clusters; the first of them bills the nodes. `stream` gives the scheduler's random
/// numbers for an app's name and a tenant.
pub(crate) fn found(
    deployments: &[Deployment],
    lanes: &[Lane],
    stream: impl Fn(&str, u32) -> Stream,
) -> (Vec<Cluster>, Vec<u32>) {
    let plan_of = |lane: &Lane| deployments[lane.deployment as usize].cluster.as_ref();
    let plans = deployments.iter().filter_map(|d| d.cluster.as_ref());
    let (mut clusters, mut first) = (Vec::new(), Vec::new());
    for number in 0..plans.map(|plan| plan.number + 1).max().unwrap_or(0) {
        first.push(clusters.len() as u32);
        let begun = clusters.len();
        for (index, lane) in lanes.iter().enumerate() {
            let Some(plan) = plan_of(lane).filter(|plan| plan.number == number) else { continue };
            // Lanes stand by deployment, then tenant: the first of a tenant's is its cluster's home.
            if lane.tenant as usize == clusters.len() - begun {
                let app = &deployments[lane.deployment as usize].app;
                clusters.push(Cluster::new(plan.clone(), index as u32, stream(app, lane.tenant)));
            }
        }
    }
    (clusters, first)
}
