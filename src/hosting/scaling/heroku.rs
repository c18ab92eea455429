//! Heroku's autoscaling of web dynos: one dyno an event, events at least a minute apart.
//! (devcenter.heroku.com/articles/autoscaling, October 2024; how it finds the number that is
//! needed is not published)

use super::controller::{Controller, Look, Sample};
use super::read::{count32, limits};
use crate::document::{Diagnostics, Node, Table, positive_count, positive_span};
use crate::units::{Span, Time};
use std::collections::VecDeque;

/// The setting of an app's web dynos.
#[derive(Clone, Debug, PartialEq)]
pub struct Heroku {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// For how many minutes fewer must do before one goes. Heroku says only that it removes "less
    /// aggressively": the number is an assumption.
    pub minutes_before_down: u32,
    /// The 95th percentile of the response time that is wanted.
    pub p95: Span,
}

/// For how many minutes fewer would have done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surplus {
    minutes: u32,
}

impl Surplus {
    /// One minute: the dynos after it, where so many are needed.
    pub fn minute(&mut self, rule: &Heroku, current: u32, needed: u32) -> u32 {
        self.minutes = if needed < current { self.minutes.saturating_add(1) } else { 0 };
        let wanted = match needed {
            needed if needed > current => current + 1,
            needed if needed < current && self.minutes >= rule.minutes_before_down => current.saturating_sub(1),
            _ => current,
        };
        wanted.max(rule.min.max(1)).min(rule.max)
    }
}

impl Heroku {
    /// Reads `{ min = 1, max = 10, p95 = "500 ms" }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Heroku> {
        let mut table = Table::of(node, d)?;
        let (min, max) = limits(&mut table, d, ("min", "max"), (1, u32::MAX));
        let p95 = table.required("p95", d, positive_span);
        let minutes = table.default("minutes-before-down", 5, d, positive_count);
        table.finish(d);
        Some(Heroku { min: min.max(1), max, minutes_before_down: count32(minutes), p95: p95? })
    }

    pub(super) fn controller(&self) -> Watch {
        Watch { rule: self.clone(), surplus: Surplus::default(), hour: VecDeque::new(), last: None }
    }
}

/// The autoscaler at work. What it needs it takes from the past hour: as few dynos as carry today's
/// rate without any of them having a rate at which the percentile was missed. (Heroku's own model is
/// not published.)
#[derive(Debug)]
pub(super) struct Watch {
    rule: Heroku,
    surplus: Surplus,
    /// Minutes in which the percentile was missed: when, and how many requests a dyno had.
    hour: VecDeque<(Time, f64)>,
    /// The last minute: requests, and whether the percentile was missed in it.
    last: Option<(f64, bool)>,
}

/// One of 20 requests may be slower than the 95th percentile.
const SLOW_OF: u64 = 20;
const HOUR: Span = Span(3_600_000_000_000);

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        let (slow, all) = sample.slow;
        let missed = slow.saturating_mul(SLOW_OF) > all;
        self.last = (sample.ready > 0.0).then_some((sample.requests, missed));
        if missed && sample.ready > 0.0 {
            self.hour.push_back((sample.at, sample.requests / sample.ready));
        }
        while self.hour.front().is_some_and(|minute| minute.0 + HOUR < sample.at) {
            self.hour.pop_front();
        }
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let Some((requests, missed)) = self.last else { return look.current };
        // Dynos that are starting will help: nothing is decided by what was before them.
        if look.ready() < look.current {
            return look.current;
        }
        let too_many = self.hour.iter().map(|minute| minute.1).fold(f64::INFINITY, f64::min);
        let carries = |dynos: u32| requests / f64::from(dynos) < too_many;
        let needed = match look.current {
            current if missed => current + 1,
            current if current > 1 && carries(current - 1) => current - 1,
            current => current,
        };
        self.surplus.minute(&self.rule, look.current, needed)
    }
}
