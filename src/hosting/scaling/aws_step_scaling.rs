//! EC2 Auto Scaling's step and simple scaling, and its scheduled actions.
//! (awsdocs/amazon-ec2-auto-scaling-user-guide, as-scaling-simple-step, cooldowns, scheduled)

use super::controller::{Controller, Look, Sample, Unit};
use super::read::{count32, limits};
use crate::document::{Diagnostics, Node, Table, count, list, named, number, positive, positive_count, span};
use crate::units::{Span, Time};

/// How an adjustment is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdjustmentType {
    /// So many more (or fewer).
    ChangeInCapacity,
    /// So many per cent of the desired capacity.
    PercentChangeInCapacity,
    /// Exactly so many.
    ExactCapacity,
}

/// The capacity after an adjustment, before the group's limits. Per cent are rounded towards
/// zero, but to no less than one instance; `min_magnitude` raises a change by per cent.
pub fn adjust(current: u32, adjustment: f64, kind: AdjustmentType, min_magnitude: u32) -> u32 {
    let capacity = match kind {
        AdjustmentType::ExactCapacity => adjustment.round() as i64,
        AdjustmentType::ChangeInCapacity => i64::from(current) + adjustment.trunc() as i64,
        AdjustmentType::PercentChangeInCapacity => {
            let change = of_percent(f64::from(current) * adjustment / 100.0);
            i64::from(current) + change.signum() * change.abs().max(i64::from(min_magnitude))
        }
    };
    capacity.clamp(0, i64::from(u32::MAX)) as u32
}

fn of_percent(change: f64) -> i64 {
    let near = change.round();
    // A product such as 70 × 0.1 may miss its whole number by a rounding of binary fractions.
    let exact = if (change - near).abs() < 1e-9 { near } else { change };
    if exact == 0.0 { 0 } else { exact.signum() as i64 * (exact.abs().trunc() as i64).max(1) }
}

/// One step: from and to which difference to the threshold, and the adjustment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The lower bound; none: without end.
    pub lower: Option<f64>,
    /// The upper bound.
    pub upper: Option<f64>,
    /// The adjustment.
    pub adjustment: f64,
}

/// The step for a metric's difference to its alarm's threshold. The bound nearer to the threshold
/// belongs to the step.
pub fn step(steps: &[Step], difference: f64, high: bool) -> Option<&Step> {
    let (low, up) = (f64::NEG_INFINITY, f64::INFINITY);
    steps.iter().find(|step| {
        let (lower, upper) = (step.lower.unwrap_or(low), step.upper.unwrap_or(up));
        if high { lower <= difference && difference < upper } else { lower < difference && difference <= upper }
    })
}

/// Simple scaling: one adjustment, and then none until the last instance of it is there (or gone)
/// and the cool-down has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Simple {
    held_until: Time,
}

impl Simple {
    /// Whether an alarm is heeded now.
    pub fn is_free(&self, now: Time) -> bool {
        now >= self.held_until
    }

    /// The last instance of an adjustment is there (or gone) at a moment.
    pub fn hold(&mut self, done: Time, cool_down: Span) {
        self.held_until = self.held_until.max(done + cool_down);
    }

    /// A breach: the capacity after it. `takes`: how long the change takes.
    pub fn breach(&mut self, now: Time, current: u32, wanted: u32, takes: Span, cool_down: Span) -> u32 {
        if !self.is_free(now) || wanted == current {
            return current;
        }
        self.hold(now + takes, cool_down);
        wanted
    }
}

/// The sizes of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// How many are wanted.
    pub desired: u32,
}

/// A scheduled action: what it does not name stays. One that would leave the fewest above the
/// most is refused.
pub fn scheduled(group: Sizes, min: Option<u32>, max: Option<u32>, desired: Option<u32>) -> Sizes {
    let (min, max) = (min.unwrap_or(group.min), max.unwrap_or(group.max));
    if min > max {
        return group;
    }
    Sizes { min, max, desired: desired.unwrap_or(group.desired).clamp(min, max) }
}

/// One alarm and the policy that it sets off.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// The threshold of the average CPU utilisation, in per cent.
    pub threshold: f64,
    /// For how many one-minute datapoints in a row it must be passed.
    pub evaluation_periods: u32,
    /// `AdjustmentType`.
    pub adjustment_type: AdjustmentType,
    /// `MinAdjustmentMagnitude`.
    pub min_adjustment_magnitude: u32,
    /// `StepAdjustments`; bounds are differences to the threshold.
    pub steps: Vec<Step>,
}

impl Alarm {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Alarm> {
        let mut table = Table::of(node, d)?;
        let threshold = table.required("threshold", d, positive);
        let evaluation_periods = count32(table.default("evaluation-periods", 1, d, positive_count));
        let types = [
            ("ChangeInCapacity", AdjustmentType::ChangeInCapacity),
            ("PercentChangeInCapacity", AdjustmentType::PercentChangeInCapacity),
            ("ExactCapacity", AdjustmentType::ExactCapacity),
        ];
        let read_type = |node: &Node, d: &mut Diagnostics| named(node, d, "adjustment", &types);
        let adjustment_type = table.default("adjustment-type", AdjustmentType::ChangeInCapacity, d, read_type);
        let min_adjustment_magnitude = count32(table.default("min-adjustment-magnitude", 0, d, count));
        let steps = table.required("steps", d, |node, d| list(node, d, Step::read));
        table.finish(d);
        Some(Alarm {
            threshold: threshold?,
            evaluation_periods,
            adjustment_type,
            min_adjustment_magnitude,
            steps: steps?,
        })
    }

    /// The capacity that a metric asks for of so many instances.
    fn wanted(&self, of: u32, metric: f64, high: bool) -> u32 {
        let step = step(&self.steps, metric - self.threshold, high);
        step.map_or(of, |step| adjust(of, step.adjustment, self.adjustment_type, self.min_adjustment_magnitude))
    }
}

impl Step {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Step> {
        let mut table = Table::of(node, d)?;
        let lower = table.optional("lower", d, number);
        let upper = table.optional("upper", d, number);
        let adjustment = table.required("adjustment", d, number);
        table.finish(d);
        Some(Step { lower, upper, adjustment: adjustment? })
    }
}

/// Whether a policy may act again while instances of the last action start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyType {
    /// It may, by the difference (2015 on).
    StepScaling,
    /// Only after the last instance and a cool-down.
    SimpleScaling,
}

/// A group with an alarm for more and one for fewer.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsStepScaling {
    /// `PolicyType`.
    pub policy_type: PolicyType,
    /// `MinSize`.
    pub min_size: u32,
    /// `MaxSize`.
    pub max_size: u32,
    /// The high alarm.
    pub scale_out: Option<Alarm>,
    /// The low alarm.
    pub scale_in: Option<Alarm>,
    /// `EstimatedInstanceWarmup`.
    pub estimated_instance_warmup: Span,
    /// `Cooldown` of simple scaling.
    pub cooldown: Span,
}

impl AwsStepScaling {
    /// Reads `{ scale-out = { threshold = 70, steps = [{ lower = 0, adjustment = 1 }] }, scale-in = … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<AwsStepScaling> {
        let mut table = Table::of(node, d)?;
        let types = [("StepScaling", PolicyType::StepScaling), ("SimpleScaling", PolicyType::SimpleScaling)];
        let read_type = |node: &Node, d: &mut Diagnostics| named(node, d, "policy", &types);
        let policy_type = table.default("policy-type", PolicyType::StepScaling, d, read_type);
        let (min_size, max_size) = limits(&mut table, d, ("min-size", "max-size"), (1, u32::MAX));
        let scale_out = table.optional("scale-out", d, Alarm::read);
        let scale_in = table.optional("scale-in", d, Alarm::read);
        if node.get("scale-out").is_none() && node.get("scale-in").is_none() {
            d.error(table.origin(), "without `scale-out` or `scale-in` nothing is ever changed", "");
        }
        let five = Span(300_000_000_000);
        let estimated_instance_warmup = table.default("estimated-instance-warmup", five, d, span);
        let cooldown = table.default("cooldown", five, d, span);
        table.finish(d);
        Some(AwsStepScaling {
            policy_type,
            min_size,
            max_size,
            scale_out,
            scale_in,
            estimated_instance_warmup,
            cooldown,
        })
    }

    pub(super) fn controller(&self, unit: Unit) -> Watch {
        Watch { rule: self.clone(), unit, metric: None, above: 0, below: 0, simple: Simple::default(), acting: false }
    }
}

/// The policies at work.
#[derive(Debug)]
pub(super) struct Watch {
    rule: AwsStepScaling,
    unit: Unit,
    metric: Option<f64>,
    above: u32,
    below: u32,
    simple: Simple,
    /// Whether instances of a simple policy's last action are still to come.
    acting: bool,
}

impl Watch {
    /// Simple scaling waits for its last instance, and then for the cool-down.
    fn waits(&mut self, look: &Look<'_>) -> bool {
        if self.rule.policy_type == PolicyType::StepScaling {
            return false;
        }
        if self.acting && look.ready() >= look.current {
            self.acting = false;
            let last = look.instances.iter().filter_map(|seen| seen.ready).max();
            self.simple.hold(last.unwrap_or(look.now), self.rule.cooldown);
        }
        self.acting || !self.simple.is_free(look.now)
    }

    fn wanted(&self, look: &Look<'_>) -> u32 {
        let Some(metric) = self.metric else { return look.current };
        let is_step = self.rule.policy_type == PolicyType::StepScaling;
        let warm = look.warm(self.rule.estimated_instance_warmup);
        let breached =
            |alarm: &Option<Alarm>, minutes: u32| alarm.clone().filter(|alarm| minutes >= alarm.evaluation_periods);
        if let Some(alarm) = breached(&self.rule.scale_out, self.above) {
            let of = if is_step && warm > 0 { warm.min(look.current) } else { look.current };
            return alarm.wanted(of, metric, true).max(look.current);
        }
        match breached(&self.rule.scale_in, self.below) {
            Some(alarm) if !is_step || warm >= look.current => {
                alarm.wanted(look.current, metric, false).min(look.current)
            }
            _ => look.current,
        }
    }
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.metric = sample.utilisation(self.unit.cores).map(|share| 100.0 * share);
        let passes = |alarm: &Option<Alarm>, high: bool| {
            self.metric
                .zip(alarm.as_ref())
                .is_some_and(|(metric, alarm)| if high { metric >= alarm.threshold } else { metric <= alarm.threshold })
        };
        let (high, low) = (passes(&self.rule.scale_out, true), passes(&self.rule.scale_in, false));
        self.above = if high { self.above.saturating_add(1) } else { 0 };
        self.below = if low { self.below.saturating_add(1) } else { 0 };
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        if self.waits(look) {
            return look.current;
        }
        let wanted = self.wanted(look).max(self.rule.min_size).min(self.rule.max_size);
        self.acting = wanted != look.current;
        wanted
    }
}
