//! Azure Monitor's autoscaling of virtual machine scale sets and App Service plans.
//! (MicrosoftDocs/azure-docs, articles/azure-monitor/autoscale)

use super::controller::{Controller, Look, Sample, Unit};
use super::read::{count32, limits};
use crate::document::{Diagnostics, Node, Table, count, named, non_negative, positive_count, positive_span, span};
use crate::units::{Span, Time};
use std::collections::VecDeque;

/// How a metric is compared with a rule's threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Above.
    GreaterThan,
    /// Above or equal.
    GreaterThanOrEqual,
    /// Below.
    LessThan,
    /// Below or equal.
    LessThanOrEqual,
    /// Equal.
    Equals,
    /// Different.
    NotEquals,
}

impl Operator {
    /// Whether it holds.
    pub fn holds(self, metric: f64, value: f64) -> bool {
        match self {
            Operator::GreaterThan => metric > value,
            Operator::GreaterThanOrEqual => metric >= value,
            Operator::LessThan => metric < value,
            Operator::LessThanOrEqual => metric <= value,
            Operator::Equals => metric == value,
            Operator::NotEquals => metric != value,
        }
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// So many more or fewer (`ChangeCount`).
    Count(u32),
    /// So many per cent more or fewer (`PercentChangeCount`).
    Percent(f64),
    /// Exactly so many (`ExactCount`).
    Exact(u32),
}

/// A rule: the average of a metric over instances, compared with a threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The metric's average over instances and the rule's window.
    pub metric: f64,
    /// The comparison.
    pub operator: Operator,
    /// The threshold.
    pub value: f64,
    /// What it does.
    pub change: Change,
}

impl Rule {
    fn holds(&self) -> bool {
        self.operator.holds(self.metric, self.value)
    }

    /// Whether it would hold with the same load on other instances.
    fn would_hold(&self, instances: u32, then: u32) -> bool {
        let metric = self.metric * f64::from(instances) / f64::from(then);
        self.operator.holds(metric, self.value)
    }

    fn up(&self, instances: u32) -> u32 {
        match self.change {
            Change::Count(count) => instances.saturating_add(count),
            Change::Percent(percent) => instances.saturating_add(share(instances, percent)),
            Change::Exact(count) => count,
        }
    }

    fn down(&self, instances: u32) -> u32 {
        match self.change {
            Change::Count(count) => instances.saturating_sub(count),
            Change::Percent(percent) => instances.saturating_sub(share(instances, percent)),
            Change::Exact(count) => count,
        }
    }
}

/// Per cent of instances, at least one.
fn share(instances: u32, percent: f64) -> u32 {
    ((f64::from(instances) * percent / 100.0) as u32).max(1)
}

/// A profile's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The fewest.
    pub minimum: u32,
    /// The most.
    pub maximum: u32,
}

/// The instances after one look. Out if any rule says so, to the largest result; in if all rules
/// say so, by the least removal that would set off no rule for more: else nothing, as it would flap.
pub fn step(limits: Limits, instances: u32, out: &[Rule], inward: &[Rule]) -> u32 {
    let within = instances.max(limits.minimum).min(limits.maximum);
    if within != instances {
        return within;
    }
    if let Some(up) = out.iter().filter(|rule| rule.holds()).map(|rule| rule.up(instances)).max() {
        return up.max(limits.minimum).min(limits.maximum);
    }
    if inward.is_empty() || !inward.iter().all(Rule::holds) {
        return instances;
    }
    let down = inward.iter().map(|rule| rule.down(instances)).max().unwrap_or(instances);
    let flaps = |then: u32| out.iter().any(|rule| rule.would_hold(instances, then));
    (down.max(limits.minimum)..instances).find(|then| !flaps(*then)).unwrap_or(instances)
}

/// The instances where the metrics are missing: up to the profile's default, and never down.
pub fn without_metrics(limits: Limits, instances: u32, default: u32) -> u32 {
    instances.max(default).max(limits.minimum).min(limits.maximum)
}

/// A rule of a setting: the average CPU of all instances over a time window, in per cent.
#[derive(Clone, Debug, PartialEq)]
pub struct CpuRule {
    /// `operator`.
    pub operator: Operator,
    /// `threshold`.
    pub threshold: f64,
    /// `scaleAction`.
    pub change: Change,
}

/// A setting with one rule for more and one for fewer.
#[derive(Clone, Debug, PartialEq)]
pub struct AzureVmss {
    /// `minimum` and `maximum`.
    pub limits: Limits,
    /// `default`: how many there are where nothing is measured.
    pub default: u32,
    /// The rule for more.
    pub scale_out: Option<CpuRule>,
    /// The rule for fewer.
    pub scale_in: Option<CpuRule>,
    /// `timeWindow`.
    pub time_window: Span,
    /// `cooldown`, after any change.
    pub cooldown: Span,
}

impl AzureVmss {
    /// Reads `{ minimum = 1, maximum = 10, scale-out = { threshold = 70, change = 1 }, scale-in = … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<AzureVmss> {
        let mut table = Table::of(node, d)?;
        let (minimum, maximum) = limits(&mut table, d, ("minimum", "maximum"), (1, u32::MAX));
        let default = count32(table.default("default", u64::from(minimum), d, count));
        let read = |greater: bool| move |node: &Node, d: &mut Diagnostics| CpuRule::read(node, greater, d);
        let scale_out = table.optional("scale-out", d, read(true));
        let scale_in = table.optional("scale-in", d, read(false));
        if node.get("scale-out").is_none() && node.get("scale-in").is_none() {
            d.error(table.origin(), "without `scale-out` or `scale-in` nothing is ever changed", "");
        }
        let time_window = table.default("time-window", Span(600_000_000_000), d, positive_span);
        let cooldown = table.default("cooldown", Span(300_000_000_000), d, span);
        table.finish(d);
        Some(AzureVmss { limits: Limits { minimum, maximum }, default, scale_out, scale_in, time_window, cooldown })
    }

    pub(super) fn controller(&self, unit: Unit) -> Watch {
        Watch { rule: self.clone(), unit, samples: VecDeque::new(), changed: None }
    }
}

impl CpuRule {
    fn read(node: &Node, greater: bool, d: &mut Diagnostics) -> Option<CpuRule> {
        let mut table = Table::of(node, d)?;
        let operators = [
            ("GreaterThan", Operator::GreaterThan),
            ("GreaterThanOrEqual", Operator::GreaterThanOrEqual),
            ("LessThan", Operator::LessThan),
            ("LessThanOrEqual", Operator::LessThanOrEqual),
        ];
        let default = if greater { Operator::GreaterThan } else { Operator::LessThan };
        let operator = table.default("operator", default, d, |node, d| named(node, d, "operator", &operators));
        let threshold = table.required("threshold", d, non_negative);
        let change = count32(table.default("change", 1, d, positive_count));
        let types = [("ChangeCount", 0), ("PercentChangeCount", 1), ("ExactCount", 2)];
        let kind = table.default("type", 0, d, |node, d| named(node, d, "change", &types));
        table.finish(d);
        let change = match kind {
            0 => Change::Count(change),
            1 => Change::Percent(f64::from(change)),
            _ => Change::Exact(change),
        };
        Some(CpuRule { operator, threshold: threshold?, change })
    }

    fn with(&self, metric: f64) -> Rule {
        Rule { metric, operator: self.operator, value: self.threshold, change: self.change }
    }
}

/// The setting at work.
#[derive(Debug)]
pub(super) struct Watch {
    rule: AzureVmss,
    unit: Unit,
    samples: VecDeque<Sample>,
    changed: Option<Time>,
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.samples.push_back(*sample);
        while self.samples.front().is_some_and(|first| first.from + self.rule.time_window < sample.at) {
            self.samples.pop_front();
        }
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let rule = &self.rule;
        if self.changed.is_some_and(|at| look.now < at + rule.cooldown) {
            return look.current;
        }
        let minutes: Vec<f64> = self.samples.iter().filter_map(|sample| sample.utilisation(self.unit.cores)).collect();
        let wanted = if self.samples.is_empty() {
            look.current
        } else if minutes.is_empty() {
            without_metrics(rule.limits, look.current, rule.default)
        } else {
            let metric = 100.0 * minutes.iter().sum::<f64>() / minutes.len() as f64;
            let with = |rule: &Option<CpuRule>| rule.iter().map(|rule| rule.with(metric)).collect::<Vec<_>>();
            step(rule.limits, look.current, &with(&rule.scale_out), &with(&rule.scale_in))
        };
        if wanted != look.current {
            self.changed = Some(look.now);
        }
        wanted
    }
}
