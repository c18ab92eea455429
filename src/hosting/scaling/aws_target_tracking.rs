//! AWS target tracking: EC2 Auto Scaling's (July 2017 on) and Application Auto Scaling's.
//! (awsdocs/amazon-ec2-auto-scaling-user-guide; the alarms as users' accounts show them)

use super::controller::{Controller, Look, Sample, Unit};
use super::read::limits;
use super::whole_up;
use crate::document::{Diagnostics, Node, Table, boolean, named, positive, span};
use crate::units::{Span, Time};

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

/// What the policy tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The average CPU utilisation, in per cent (`ASGAverageCPUUtilization`).
    Cpu,
    /// Requests a minute and instance (`ALBRequestCountPerTarget`).
    Requests,
}

/// A policy and its group, by their fields' names.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsTargetTracking {
    /// Whose alarms and waits.
    pub service: Service,
    /// What is tracked.
    pub metric: Metric,
    /// `TargetValue`.
    pub target_value: f64,
    /// `MinSize` (or `MinCapacity`).
    pub min_size: u32,
    /// `MaxSize` (or `MaxCapacity`).
    pub max_size: u32,
    /// `EstimatedInstanceWarmup` of a group of EC2 instances.
    pub estimated_instance_warmup: Span,
    /// `ScaleOutCooldown` of Application Auto Scaling.
    pub scale_out_cooldown: Span,
    /// `ScaleInCooldown` of Application Auto Scaling.
    pub scale_in_cooldown: Span,
    /// `DisableScaleIn`.
    pub disable_scale_in: bool,
}

impl AwsTargetTracking {
    /// Reads `{ service = "ec2", metric = "cpu", target-value = 50, min-size = 1, … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<AwsTargetTracking> {
        let mut table = Table::of(node, d)?;
        let services =
            [("ec2", Service::Ec2Asg), ("ec2-2017", Service::Ec2Asg2017), ("application", Service::Application)];
        let service = table.default("service", Service::Ec2Asg, d, |node, d| named(node, d, "service", &services));
        let metrics = [("cpu", Metric::Cpu), ("requests", Metric::Requests)];
        let metric = table.default("metric", Metric::Cpu, d, |node, d| named(node, d, "metric", &metrics));
        let target_value = match metric {
            Metric::Cpu => Some(table.default("target-value", 50.0, d, positive)),
            Metric::Requests => table.required("target-value", d, positive),
        };
        let (min_size, max_size) = limits(&mut table, d, ("min-size", "max-size"), (1, u32::MAX));
        let minutes = Span(300_000_000_000);
        let is_group = service != Service::Application;
        let mut wait = |key, counts: bool| {
            let given = table.default(key, minutes, d, span);
            if !counts && let Some(node) = node.get(key) {
                let whose = if is_group { "Application Auto Scaling" } else { "groups of EC2 instances" };
                d.error(node.key, format!("`{key}` is a parameter of {whose}"), "leave it out");
            }
            if counts { given } else { Span(0) }
        };
        let estimated_instance_warmup = wait("estimated-instance-warmup", is_group);
        let scale_out_cooldown = wait("scale-out-cooldown", !is_group);
        let scale_in_cooldown = wait("scale-in-cooldown", !is_group);
        let disable_scale_in = table.default("disable-scale-in", false, d, boolean);
        table.finish(d);
        Some(AwsTargetTracking {
            service,
            metric,
            target_value: target_value?,
            min_size,
            max_size,
            estimated_instance_warmup,
            scale_out_cooldown,
            scale_in_cooldown,
            disable_scale_in,
        })
    }

    pub(super) fn controller(&self, unit: Unit) -> Watch {
        Watch {
            rule: self.clone(),
            unit,
            alarms: Alarms::default(),
            wants: Wants::Nothing,
            metric: 0.0,
            out: None,
            inward: None,
        }
    }
}

/// The policy at work.
#[derive(Debug)]
pub(super) struct Watch {
    rule: AwsTargetTracking,
    unit: Unit,
    alarms: Alarms,
    wants: Wants,
    metric: f64,
    /// When it last added, and to how many.
    out: Option<(Time, u32)>,
    /// When it last removed.
    inward: Option<Time>,
}

impl Watch {
    fn add(&mut self, look: &Look<'_>) -> u32 {
        let rule = &self.rule;
        // Instances that warm up count as there, but not in the metric; so does what a cool-down
        // outward waits for.
        let measured = match self.out {
            Some((at, before)) if look.now < at + rule.scale_out_cooldown => before.min(look.ready()),
            _ => look.warm(rule.estimated_instance_warmup),
        };
        let measured = if measured == 0 { look.ready().min(look.current) } else { measured };
        let wanted = capacity(measured, self.metric, rule.target_value, rule.min_size, rule.max_size);
        if wanted > look.current {
            self.out = Some((look.now, look.current));
        }
        wanted.max(look.current)
    }

    fn remove(&mut self, look: &Look<'_>) -> u32 {
        let rule = &self.rule;
        let warms = look.warm(rule.estimated_instance_warmup) < look.current;
        let cools = self.inward.is_some_and(|at| look.now < at + rule.scale_in_cooldown)
            || self.out.is_some_and(|(at, _)| look.now < at + rule.scale_out_cooldown);
        if rule.disable_scale_in || warms || cools {
            return look.current;
        }
        let wanted = capacity(look.current, self.metric, rule.target_value, rule.min_size, rule.max_size);
        if wanted < look.current {
            self.inward = Some(look.now);
        }
        wanted.min(look.current)
    }
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        let metric = match self.rule.metric {
            Metric::Cpu => sample.utilisation(self.unit.cores).map(|share| 100.0 * share),
            Metric::Requests => (sample.ready > 0.0).then(|| 60.0 * sample.rate() / sample.ready),
        };
        self.metric = metric.unwrap_or(self.metric);
        self.wants = self.alarms.minute(&thresholds(self.rule.service, self.rule.target_value), metric);
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let wanted = match self.wants {
            Wants::Out => self.add(look),
            Wants::In => self.remove(look),
            Wants::Nothing => look.current,
        };
        wanted.max(self.rule.min_size).min(self.rule.max_size)
    }
}
