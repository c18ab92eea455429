//! EC2 Auto Scaling's step and simple scaling, and its scheduled actions.
//! (awsdocs/amazon-ec2-auto-scaling-user-guide, as-scaling-simple-step, cooldowns, scheduled)

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
