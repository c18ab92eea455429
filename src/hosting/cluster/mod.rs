//! Clusters: nodes that a developer rents, and on which a scheduler packs instances (containers).
//!
//! A cluster belongs to one account: tenant k of all apps that a case hosts on the same model and
//! size share its nodes. An instance asks a node, not a server, for room; a node asks the fleet. What the
//! provider bills is the nodes' lives; they are metered in the lane of the cluster's first app.

#[allow(clippy::module_inception)]
mod cluster;
pub mod cluster_autoscaler;
mod found;
pub mod karpenter;
mod life;
mod node;
pub mod reservation;
pub mod scheduler;

pub use cluster::{Cluster, ClusterPlan};
pub(crate) use found::found;
pub(crate) use life::Berth;
pub use node::{Node, NodeId};
pub use reservation::Reservation;
pub use scheduler::{Scheduler, SchedulerKind};
