//! AWS target tracking: EC2 Auto Scaling's (July 2017 on) and Application Auto Scaling's.
//! (awsdocs/amazon-ec2-auto-scaling-user-guide; the alarms as users' accounts show them)

use super::whole_up;

/// Whose alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// A group of EC2 instances.
    Ec2Asg,
    /// The same in 2017: the lower alarm stood nearer (unverified).
    Ec2Asg2017,
    /// Application Auto Scaling: ECS, Lambda's provisioned concurrency, Aurora.
    Application,
    /// Application Auto Scaling for DynamoDB.
    DynamoDb,
    /// Capacity providers of ECS.
    EcsCapacityProvider,
}

/// The two alarms of a policy: what the metric must be above or below, and for how many
/// one-minute datapoints in a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Above this the high alarm counts.
    pub high_above: f64,
    /// Below this the low alarm counts.
    pub low_below: f64,
    /// For so many datapoints.
    pub high_datapoints: u32,
    /// For so many datapoints.
    pub low_datapoints: u32,
}

/// The alarms that a service sets for a target.
pub fn thresholds(service: Service, target: f64) -> Thresholds {
    let low_share = if service == Service::Ec2Asg { 0.7 } else { 0.9 };
    let high_datapoints = match service {
        Service::DynamoDb => 2,
        Service::EcsCapacityProvider => 1,
        _ => 3,
    };
    Thresholds { high_above: target, low_below: target * low_share, high_datapoints, low_datapoints: 15 }
}

/// What a policy wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// More.
    Out,
    /// Fewer.
    In,
    /// Nothing.
    Nothing,
}

/// Datapoints in a row above and below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alarms {
    above: u32,
    below: u32,
}

impl Alarms {
    /// One minute's datapoint; a missing one starts both again.
    pub fn minute(&mut self, thresholds: &Thresholds, metric: Option<f64>) -> Wants {
        let count = |counts: bool, so_far: u32| if counts { so_far.saturating_add(1) } else { 0 };
        self.above = count(metric.is_some_and(|metric| metric > thresholds.high_above), self.above);
        self.below = count(metric.is_some_and(|metric| metric < thresholds.low_below), self.below);
        if self.above >= thresholds.high_datapoints {
            Wants::Out
        } else if self.below >= thresholds.low_datapoints {
            Wants::In
        } else {
            Wants::Nothing
        }
    }
}

/// The capacity at which the metric would meet the target: what is added is rounded up, and so is
/// what is left after removing.
pub fn capacity(current: u32, metric: f64, target: f64, min: u32, max: u32) -> u32 {
    whole_up(f64::from(current) * metric / target).max(min).min(max)
}

/// What several policies decide together: out if any wants to, in only if all do; the largest
/// capacity of those that count.
pub fn together(current: u32, policies: &[(Wants, u32)]) -> u32 {
    let largest = |wants: Wants| policies.iter().filter(|policy| policy.0 == wants).map(|policy| policy.1).max();
    match largest(Wants::Out) {
        Some(capacity) => capacity,
        None if policies.iter().all(|policy| policy.0 == Wants::In) => largest(Wants::In).unwrap_or(current),
        None => current,
    }
}
