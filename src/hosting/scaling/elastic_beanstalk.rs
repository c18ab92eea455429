//! Elastic Beanstalk's default trigger: the average of bytes sent by an instance in five minutes.
//! (awsdocs/aws-elastic-beanstalk-developer-guide, environments-cfg-autoscaling-triggers)

use super::aws_step_scaling::Simple;
use crate::units::{Span, Time};

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
