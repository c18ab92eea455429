//! Elastic Beanstalk's default trigger: the average of bytes sent by an instance in five minutes.
//! (awsdocs/aws-elastic-beanstalk-developer-guide, environments-cfg-autoscaling-triggers)

use super::aws_step_scaling::Simple;
use super::controller::{Controller, Look, Sample};
use super::read::{count32, limits};
use crate::document::{Diagnostics, Node, Table, bytes, positive_count, positive_span, span};
use crate::units::{Bytes, Span, Time};

/// The trigger's and the group's options.
#[derive(Clone, Debug, PartialEq)]
pub struct ElasticBeanstalk {
    /// `MinSize`.
    pub min_size: u32,
    /// `MaxSize`.
    pub max_size: u32,
    /// `UpperThreshold`, in bytes.
    pub upper_threshold: f64,
    /// `LowerThreshold`, in bytes.
    pub lower_threshold: f64,
    /// `UpperBreachScaleIncrement`.
    pub upper_breach_scale_increment: u32,
    /// `LowerBreachScaleIncrement`, as a number of instances to remove.
    pub lower_breach_scale_decrement: u32,
    /// `Period`: over what the metric is averaged, and how often it is looked at.
    pub period: Span,
    /// `Cooldown`.
    pub cooldown: Span,
    /// What an instance sends for each request, in bytes: the app's response.
    pub response: f64,
}

impl Default for ElasticBeanstalk {
    fn default() -> ElasticBeanstalk {
        ElasticBeanstalk {
            min_size: 1,
            max_size: 4,
            upper_threshold: 6_000_000.0,
            lower_threshold: 2_000_000.0,
            upper_breach_scale_increment: 1,
            lower_breach_scale_decrement: 1,
            period: Span(300_000_000_000),
            cooldown: Span(360_000_000_000),
            response: 0.0,
        }
    }
}

impl ElasticBeanstalk {
    /// What the trigger asks for.
    pub fn trigger(&self, current: u32, bytes_each: f64) -> u32 {
        let wanted = if bytes_each > self.upper_threshold {
            current.saturating_add(self.upper_breach_scale_increment)
        } else if bytes_each < self.lower_threshold {
            current.saturating_sub(self.lower_breach_scale_decrement)
        } else {
            current
        };
        wanted.max(self.min_size).min(self.max_size)
    }

    /// One period's end: the capacity after it, where the activities of the past allow one.
    pub fn look(&self, past: &Simple, now: Time, current: u32, bytes_each: f64) -> u32 {
        if past.is_free(now) { self.trigger(current, bytes_each) } else { current }
    }
}

impl ElasticBeanstalk {
    /// Reads `{ min-size = 1, max-size = 4, upper-threshold = "6 MB", … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<ElasticBeanstalk> {
        let mut table = Table::of(node, d)?;
        let default = ElasticBeanstalk::default();
        let keys = ("min-size", "max-size");
        let (min_size, max_size) = limits(&mut table, d, keys, (default.min_size, default.max_size));
        let mut threshold = |key, default: f64| table.default(key, Bytes(default as u64), d, bytes).0 as f64;
        let upper_threshold = threshold("upper-threshold", default.upper_threshold);
        let lower_threshold = threshold("lower-threshold", default.lower_threshold);
        let up = table.default("upper-breach-scale-increment", 1, d, positive_count);
        let down = table.default("lower-breach-scale-decrement", 1, d, positive_count);
        let period = table.default("period", default.period, d, positive_span);
        let cooldown = table.default("cooldown", default.cooldown, d, span);
        table.finish(d);
        Some(ElasticBeanstalk {
            min_size,
            max_size,
            upper_threshold,
            lower_threshold,
            upper_breach_scale_increment: count32(up),
            lower_breach_scale_decrement: count32(down),
            period,
            cooldown,
            response: 0.0,
        })
    }

    pub(super) fn controller(&self) -> Watch {
        Watch { rule: self.clone(), past: Simple::default(), acting: false, bytes_each: None }
    }
}

/// The trigger at work.
#[derive(Debug)]
pub(super) struct Watch {
    rule: ElasticBeanstalk,
    past: Simple,
    acting: bool,
    bytes_each: Option<f64>,
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.bytes_each = (sample.ready > 0.0).then(|| sample.requests * self.rule.response / sample.ready);
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        if self.acting && look.ready() >= look.current {
            self.acting = false;
            let last = look.instances.iter().filter_map(|seen| seen.ready).max();
            self.past.hold(last.unwrap_or(look.now), self.rule.cooldown);
        }
        let Some(bytes_each) = self.bytes_each.filter(|_| !self.acting) else { return look.current };
        let wanted = self.rule.look(&self.past, look.now, look.current, bytes_each);
        if wanted < look.current {
            self.past.hold(look.now, self.rule.cooldown);
        }
        self.acting = wanted > look.current;
        wanted
    }
}
