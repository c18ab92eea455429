//! Azure Monitor's autoscaling of virtual machine scale sets and App Service plans.
//! (MicrosoftDocs/azure-docs, articles/azure-monitor/autoscale)

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
