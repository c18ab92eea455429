//! Cloud Run: instances by the last minute's CPU and concurrency.
//! (docs.cloud.google.com/run/docs/about-instance-autoscaling and configuring/scaling-controls, 2026)

use super::controller::{Controller, Look, Sample, Unit};
use super::read::{limits, share};
use super::whole_up;
use crate::document::{Diagnostics, Node, Table, span};
use crate::units::{Span, Time};
use std::collections::VecDeque;

/// The targets, as shares of what an instance can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    /// Of its CPU.
    pub cpu: f64,
    /// Of its concurrency.
    pub concurrency: f64,
}

impl Default for Targets {
    fn default() -> Targets {
        Targets { cpu: 0.6, concurrency: 0.6 }
    }
}

/// What was measured over the last minute, of all instances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    /// CPU seconds a second.
    pub cpu: f64,
    /// Requests inside at once, on average.
    pub concurrency: f64,
}

/// The instances that the drivers ask for: the larger number. `cpus` and `most` are an instance's.
pub fn instances(targets: &Targets, minute: Minute, cpus: f64, most: f64) -> u32 {
    let by_cpu = whole_up(minute.cpu / cpus / targets.cpu);
    let by_concurrency = whole_up(minute.concurrency / (most * targets.concurrency));
    by_cpu.max(by_concurrency)
}

/// A service's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudRun {
    /// The targets.
    pub targets: Targets,
    /// `min-instances`.
    pub min_instances: u32,
    /// `max-instances`.
    pub max_instances: u32,
    /// For how long an instance may idle before it goes: up to 15 minutes (unverified).
    pub idle: Span,
}

impl CloudRun {
    /// Reads `{ cpu-target = 0.6, concurrency-target = 0.6, min-instances = 0, max-instances = 100 }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<CloudRun> {
        let mut table = Table::of(node, d)?;
        let default = Targets::default();
        let cpu = table.default("cpu-target", default.cpu, d, share);
        let concurrency = table.default("concurrency-target", default.concurrency, d, share);
        let keys = ("min-instances", "max-instances");
        let (min_instances, max_instances) = limits(&mut table, d, keys, (0, 100));
        let idle = table.default("idle", Span(900_000_000_000), d, span);
        table.finish(d);
        Some(CloudRun { targets: Targets { cpu, concurrency }, min_instances, max_instances, idle })
    }

    pub(super) fn controller(&self, unit: Unit) -> Watch {
        Watch { rule: self.clone(), unit, minute: VecDeque::new(), wanted: VecDeque::new(), last: 0 }
    }
}

/// The autoscaler at work.
#[derive(Debug)]
pub(super) struct Watch {
    rule: CloudRun,
    unit: Unit,
    /// The last minute's samples.
    minute: VecDeque<Sample>,
    /// What was wanted while an instance may idle: falling numbers, and when.
    wanted: VecDeque<(Time, u32)>,
    last: u32,
}

/// A limit of concurrency that stands for none.
const NO_LIMIT: f64 = 1000.0;

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.minute.push_back(*sample);
        while self.minute.front().is_some_and(|first| first.from + Span(60_000_000_000) < sample.at) {
            self.minute.pop_front();
        }
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let samples = self.minute.len().max(1) as f64;
        let mean = |of: fn(&Sample) -> f64| self.minute.iter().map(of).sum::<f64>() / samples;
        let minute = Minute { cpu: mean(|sample| sample.cores), concurrency: mean(|sample| sample.concurrency) };
        let asked = instances(&self.rule.targets, minute, self.unit.cores, self.unit.places.unwrap_or(NO_LIMIT));
        // What requests had started by themselves idles as long as any other.
        let now_wanted = if look.current > self.last { asked.max(look.current) } else { asked };
        while self.wanted.back().is_some_and(|entry| entry.1 <= now_wanted) {
            self.wanted.pop_back();
        }
        self.wanted.push_back((look.now, now_wanted));
        while self.wanted.front().is_some_and(|entry| entry.0 + self.rule.idle < look.now) {
            self.wanted.pop_front();
        }
        let highest = self.wanted.front().map_or(now_wanted, |entry| entry.1);
        self.last = highest.max(self.rule.min_instances).min(self.rule.max_instances);
        self.last
    }
}
