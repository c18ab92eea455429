//! Nodes whose containers share the processor: one that has no limit (or one above what it asks for) uses what
//! its node has free.
//!
//! It is generalised processor sharing (Parekh and Gallager, 1993): while the containers of a node want no more
//! cores than it has, each has what it wants; else they are divided by weights, the cores that each asked for, and
//! what one leaves goes to the others by theirs. Linux's scheduler does so by `cpu.weight` (`cpu.shares`), which
//! Kubernetes and Docker set from what a container asks for. Nothing is computed while a node is not crowded but a
//! sum, and nothing at all in a simulation without such containers.

use super::cluster::{Cluster, ClusterPlan};
use super::deployment::Deployment;
use super::slab::NONE;
use super::world::World;
use crate::units::Cores;

/// The clusters whose nodes are shared so.
pub(crate) struct Sharing {
    /// By cluster: its nodes, by number; `None` where nothing is shared.
    clusters: Vec<Option<Vec<Host>>>,
}

/// What the containers on a node want.
#[derive(Default)]
struct Host {
    wanted: Cores,
    computing: Vec<u32>,
}

/// What each container on a node has, and what its threads leave of a core's speed.
struct Divided {
    granted: Vec<f64>,
    factor: f64,
}

/// Divides a processor by weights: of each its demand and its weight, in any units. What each has goes into `granted`.
pub(crate) fn divide(capacity: f64, wants: &[(f64, f64)], granted: &mut Vec<f64>) {
    granted.clear();
    granted.extend(wants.iter().map(|(demand, _)| *demand));
    if granted.iter().sum::<f64>() <= capacity {
        return;
    }
    let mut satisfied = vec![false; wants.len()];
    loop {
        let (mut left, mut weights) = (capacity, 0.0);
        for ((demand, weight), satisfied) in wants.iter().zip(&satisfied) {
            if *satisfied { left -= demand } else { weights += weight }
        }
        let (level, mut more) = (left.max(0.0) / weights, false);
        for (index, (demand, weight)) in wants.iter().enumerate() {
            if !satisfied[index] && *demand <= level * weight {
                (satisfied[index], more) = (true, true);
            }
        }
        if !more || satisfied.iter().all(|satisfied| *satisfied) {
            for (index, (demand, weight)) in wants.iter().enumerate() {
                granted[index] = if satisfied[index] { *demand } else { level * weight };
            }
            return;
        }
    }
}

/// Whether the instances of a deployment share their nodes' processors: where one of the cluster has more than it asks for.
pub(crate) fn shares(plan: &Deployment, all: &[Deployment]) -> bool {
    let number = |plan: &Deployment| plan.cluster.as_ref().map(|cluster| cluster.number);
    let bursts = |other: &Deployment| other.cluster.as_ref().is_some_and(|cluster| cluster.bursts(other.cores));
    number(plan).is_some() && all.iter().any(|other| number(other) == number(plan) && bursts(other))
}

impl Sharing {
    /// Of the clusters of a case, where any is shared.
    pub fn of(deployments: &[Deployment], clusters: &[Cluster]) -> Option<Box<Sharing>> {
        let shared = |cluster: &Cluster| {
            let of_it = |plan: &&Deployment| plan.cluster.as_ref().is_some_and(|c| c.number == cluster.plan.number);
            deployments.iter().find(of_it).is_some_and(|plan| shares(plan, deployments))
        };
        let clusters: Vec<_> = clusters.iter().map(|cluster| shared(cluster).then(Vec::new)).collect();
        clusters.iter().any(Option::is_some).then(|| Box::new(Sharing { clusters }))
    }

    fn host(&mut self, cluster: usize, node: u32) -> Option<&mut Host> {
        let hosts = self.clusters.get_mut(cluster)?.as_mut()?;
        if hosts.len() <= node as usize {
            hosts.resize_with(node as usize + 1, Host::default);
        }
        hosts.get_mut(node as usize)
    }
}

impl World {
    /// Whether the instances of a deployment share their nodes' processors.
    pub(crate) fn shares_nodes(&self, deployment: u32) -> bool {
        self.sharing.is_some() && shares(&self.deployments[deployment as usize], &self.deployments)
    }

    /// The number of nodes of a plan's clusters now: of all tenants together.
    pub(crate) fn nodes_of(&self, number: u32) -> f64 {
        self.clusters
            .iter()
            .filter(|cluster| cluster.plan.number == number)
            .map(|cluster| f64::from(cluster.count()))
            .sum()
    }

    /// The cluster on whose node an instance shares the processor, if it does.
    pub(crate) fn shared_cluster(&self, instance: u32) -> Option<usize> {
        let sharing = self.sharing.as_ref()?;
        let place = &self.instances[instance];
        let cluster = self.cluster_of(place.lane).filter(|_| place.node != NONE)?;
        sharing.clusters[cluster].as_ref().map(|_| cluster)
    }

    /// The cores that an instance has of its node: what it wants, where it shares with nobody.
    pub(crate) fn granted_to(&self, instance: u32) -> Cores {
        match self.instances[instance].processor.as_deref() {
            Some(processor) if self.shared_cluster(instance).is_some() => processor.granted,
            _ => self.demand_of(instance),
        }
    }

    /// Which share of the cores that it wants an instance has of a shared node, and what its threads leave of each.
    pub(crate) fn share_of_node(&self, instance: u32) -> Option<(f64, f64)> {
        self.sharing.as_ref()?;
        let processor = self.instances[instance].processor.as_deref()?;
        self.shared_cluster(instance).map(|_| (processor.share, processor.factor))
    }

    /// An instance on a shared node wants other cores than before: they are divided anew.
    pub(crate) fn share_node(&mut self, instance: u32, cluster: usize, before: Cores, after: Cores) {
        let Some(mut sharing) = self.sharing.take() else { return };
        let capacity = self.clusters[cluster].plan.allocatable.cores;
        let is_smt = self.deployments[self.instances[instance].deployment as usize].thread < 1.0;
        let node = self.instances[instance].node;
        let mut members = Vec::new();
        if let Some(host) = sharing.host(cluster, node) {
            let was_crowded = host.wanted.0 > capacity;
            host.wanted = Cores(host.wanted.0 + after.0 - before.0);
            if before.0 == 0 {
                self.take_seat(&mut host.computing, instance);
            } else if after.0 == 0 {
                self.leave_seat(&mut host.computing, instance);
            }
            if was_crowded || host.wanted.0 > capacity || is_smt {
                members.clone_from(&host.computing);
            } else if after.0 > 0 {
                members.push(instance);
            }
        }
        self.sharing = Some(sharing);
        if after.0 == 0 {
            self.grant(instance, instance, 0.0, 1.0);
        }
        let divided = self.divide_node(cluster, &members);
        for (member, granted) in members.into_iter().zip(divided.granted) {
            self.grant(member, instance, granted, divided.factor);
        }
    }

    /// What each of a node's containers that compute has of its cores.
    fn divide_node(&self, cluster: usize, members: &[u32]) -> Divided {
        let plan = &self.clusters[cluster].plan;
        let wants = members.iter().map(|member| {
            let deployment = &self.deployments[self.instances[*member].deployment as usize];
            (self.demand_of(*member).as_f64(), deployment.requested().as_f64())
        });
        let (wants, mut granted) = (wants.collect::<Vec<_>>(), Vec::new());
        divide(Cores(plan.allocatable.cores).as_f64(), &wants, &mut granted);
        let of_node = members.first().map(|member| &self.deployments[self.instances[*member].deployment as usize]);
        let busy = granted.iter().sum();
        Divided { factor: of_node.map_or(1.0, |deployment| deployment.threads_of(plan.cores, busy)), granted }
    }

    /// Gives an instance so many cores of its node; one other than that which changed is brought forward and goes on
    /// at its new pace.
    fn grant(&mut self, instance: u32, changed: u32, cores: f64, factor: f64) {
        let demand = self.demand_of(instance).as_f64();
        let share = if demand > 0.0 { cores / demand } else { 1.0 };
        // Whoever computes has something, however little it asked for.
        let granted = if cores > 0.0 { Cores(Cores::from_f64(cores).0.max(1)) } else { Cores(0) };
        let Some(processor) = self.instances[instance].processor.as_deref() else { return };
        if processor.granted == granted && (processor.share, processor.factor) == (share, factor) {
            return;
        }
        if instance != changed {
            self.bring_forward(instance);
        }
        let lane = self.instances[instance].lane;
        let Some(processor) = self.instances[instance].processor.as_deref_mut() else { return };
        let before = std::mem::replace(&mut processor.granted, granted);
        (processor.share, processor.factor) = (share, factor);
        self.watch_demand(lane, granted.0 as i64 - before.0 as i64);
        self.demand_changed(instance, before, granted);
        if instance != changed {
            self.set_pace(instance);
            self.schedule_completion(instance);
        }
    }

    fn take_seat(&mut self, computing: &mut Vec<u32>, instance: u32) {
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            processor.seat = computing.len() as u32;
        }
        computing.push(instance);
    }

    fn leave_seat(&mut self, computing: &mut Vec<u32>, instance: u32) {
        let seat = self.instances[instance].processor.as_deref().map_or(NONE, |p| p.seat) as usize;
        if seat >= computing.len() {
            return;
        }
        computing.swap_remove(seat);
        if let Some(&moved) = computing.get(seat)
            && let Some(processor) = self.instances[moved].processor.as_deref_mut()
        {
            processor.seat = seat as u32;
        }
    }
}

impl ClusterPlan {
    /// Whether an instance may use more cores than it asks for.
    pub fn bursts(&self, cores: Cores) -> bool {
        cores > self.request
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn divided(capacity: f64, wants: &[(f64, f64)]) -> Vec<f64> {
        let mut granted = Vec::new();
        divide(capacity, wants, &mut granted);
        granted
    }

    #[test]
    fn by_hand() {
        assert_eq!(divided(4.0, &[(1.0, 1.0), (2.0, 9.0)]), [1.0, 2.0], "all have what they want");
        assert_eq!(divided(3.0, &[(3.0, 2.0), (3.0, 1.0)]), [2.0, 1.0], "2 : 1");
        assert_eq!(divided(3.0, &[(1.0, 2.0), (3.0, 1.0), (3.0, 1.0)]), [1.0, 1.0, 1.0], "what one leaves");
        // 0.5 of 4 is less than its part; of the 3.5 left, 2 : 1 gives 2.33 where 2 is wanted; 1.5 are left.
        assert_eq!(divided(4.0, &[(0.5, 1.0), (2.0, 2.0), (4.0, 1.0)]), [0.5, 2.0, 1.5]);
        assert!(divided(1.0, &[]).is_empty());
    }

    proptest! {
        /// Progress = min(demand, capacity); nobody has more than it wants; who has less than it wants has, for its
        /// weight, as much as anybody: the definition of generalised processor sharing.
        #[test]
        fn progress_is_the_less_of_demand_and_capacity(
            capacity in 0.1f64..64.0,
            wants in proptest::collection::vec((0.01f64..8.0, 0.001f64..8.0), 1..40),
        ) {
            let granted = divided(capacity, &wants);
            let demand: f64 = wants.iter().map(|(demand, _)| demand).sum();
            let progress: f64 = granted.iter().sum();
            prop_assert!((progress - demand.min(capacity)).abs() < 1e-9 * capacity.max(demand));
            for ((demand, weight), granted) in wants.iter().zip(&granted) {
                prop_assert!(*granted <= demand * (1.0 + 1e-12) && *granted > 0.0, "{granted} of {demand}, weight {weight}");
            }
            let levels = |short: bool| {
                let each = wants.iter().zip(&granted).filter(move |((demand, _), has)| (**has < demand * (1.0 - 1e-9)) == short);
                each.map(|((_, weight), has)| has / weight).collect::<Vec<_>>()
            };
            let (short, content) = (levels(true), levels(false));
            if let Some(level) = short.first() {
                prop_assert!(short.iter().all(|other| (other - level).abs() < 1e-9 * level));
                prop_assert!(content.iter().all(|other| *other <= level * (1.0 + 1e-9)));
            }
        }
    }
}
