//! How the number of instances is decided.

pub mod app_engine;
pub mod aws_step_scaling;
pub mod aws_target_tracking;
pub mod azure_vmss;
pub mod cloud_run;
pub mod controller;
pub mod elastic_beanstalk;
pub mod heroku;
pub mod keda;
pub mod knative;
pub mod kubernetes_hpa;
pub mod openwhisk;
mod read;
mod schedule;
mod target;

use crate::units::Span;

pub use schedule::{Schedule, Shift};
pub use target::TargetUtilisation;

/// A scaling rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Scaling {
    /// The number that was ordered.
    Fixed,
    /// As many as keep their use near a target.
    TargetUtilisation(TargetUtilisation),
    /// By the time of day.
    Schedule(Schedule),
    /// By a system's own controller.
    Controlled(controller::Rule),
    /// An instance for every request that finds none with a place: on demand.
    PerRequest,
}

impl Scaling {
    /// Whether instances come and go with single requests.
    pub fn is_on_demand(&self) -> bool {
        matches!(self, Scaling::PerRequest)
    }

    /// Whether a request that finds no room starts an instance: none need be ordered.
    pub fn comes_with_requests(&self) -> bool {
        match self {
            Scaling::Controlled(rule) => rule.wakes() == controller::Wakes::WhenFull,
            _ => self.is_on_demand(),
        }
    }

    /// Past how long a request is slow, where that is counted.
    pub(crate) fn slow_after(&self) -> Option<Span> {
        if let Scaling::Controlled(rule) = self { rule.slow_after() } else { None }
    }
}

/// The whole number of instances that is at least so much. What decimal numbers make whole (4.2 /
/// 0.6) stays whole, though their binary fractions may be a little above it.
pub(crate) fn whole_up(instances: f64) -> u32 {
    let near = instances.round();
    if (instances - near).abs() <= 1e-9 * near.abs() { near as u32 } else { instances.ceil() as u32 }
}
