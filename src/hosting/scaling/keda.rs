//! KEDA's own loop: between none and one. (From one up it makes a horizontal pod autoscaler; see
//! [`super::kubernetes_hpa::metric::by_average_value`].)
//! (kedacore/keda, pkg/scaling/executor/scale_scaledobjects.go, pkg/scalers/cron_scaler.go)

use super::controller::{Controller, Look, Sample};
use super::kubernetes_hpa::metric::by_average_value;
use super::kubernetes_hpa::{Era, KubernetesHpa, Memory};
use super::read::limits;
use crate::document::{Diagnostics, Node, Table, count, named, non_negative, positive, positive_span, span};
use crate::units::{Span, Time};

/// What a trigger measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Requests a second.
    Requests,
    /// Requests inside and waiting: a queue's length.
    QueueLength,
}

/// A scaled object's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Keda {
    /// `minReplicaCount`.
    pub min_replica_count: u32,
    /// `maxReplicaCount`.
    pub max_replica_count: u32,
    /// `idleReplicaCount`: how many there are where no trigger is active.
    pub idle_replica_count: Option<u32>,
    /// `pollingInterval`.
    pub polling_interval: Span,
    /// `cooldownPeriod`.
    pub cooldown_period: Span,
    /// `initialCooldownPeriod`.
    pub initial_cooldown_period: Span,
    /// What its trigger measures.
    pub metric: Metric,
    /// `threshold`: the metric that a replica is to have.
    pub threshold: f64,
    /// `activationThreshold`: above it the trigger is active.
    pub activation_threshold: f64,
}

impl Default for Keda {
    fn default() -> Keda {
        Keda {
            min_replica_count: 0,
            max_replica_count: 100,
            idle_replica_count: None,
            polling_interval: Span(30_000_000_000),
            cooldown_period: Span(300_000_000_000),
            initial_cooldown_period: Span(0),
            metric: Metric::Requests,
            threshold: 5.0,
            activation_threshold: 0.0,
        }
    }
}

/// What it remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Activity {
    /// When a trigger was last active.
    pub last: Option<Time>,
    /// When the scaled object was made.
    pub created: Time,
}

impl Activity {
    /// One poll: the replicas that there are to be.
    pub fn poll(&mut self, rule: &Keda, now: Time, current: u32, active: bool) -> u32 {
        let (min, idle) = (rule.min_replica_count, rule.idle_replica_count);
        if active {
            self.last = Some(now);
            let wakes = current == 0 || (idle.is_some() && current < min);
            return if wakes { min.max(1) } else { current };
        }
        if idle.is_some_and(|idle| current > idle) || (current > 0 && min == 0) {
            return if self.has_cooled(rule, now) { idle.unwrap_or(min) } else { current };
        }
        if idle.is_none() && current < min { min } else { current }
    }

    fn has_cooled(&self, rule: &Keda, now: Time) -> bool {
        match self.last {
            Some(last) => last + rule.cooldown_period < now,
            None => rule.initial_cooldown_period == Span(0) || self.created + rule.initial_cooldown_period < now,
        }
    }
}

/// The cron trigger: active where its next end comes no later than its next start.
pub fn cron_is_active<T: PartialOrd>(next_start: T, next_end: T) -> bool {
    next_end <= next_start
}

impl Keda {
    /// Reads `{ metric = "requests", threshold = 5, min-replica-count = 0, … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Keda> {
        let mut table = Table::of(node, d)?;
        let default = Keda::default();
        let metrics = [("requests", Metric::Requests), ("queue-length", Metric::QueueLength)];
        let metric = table.default("metric", default.metric, d, |node, d| named(node, d, "metric", &metrics));
        let threshold = table.default("threshold", default.threshold, d, positive);
        let activation_threshold = table.default("activation-threshold", 0.0, d, non_negative);
        let keys = ("min-replica-count", "max-replica-count");
        let (min, max) = limits(&mut table, d, keys, (default.min_replica_count, default.max_replica_count));
        let idle = table.optional("idle-replica-count", d, count).map(|idle| u32::try_from(idle).unwrap_or(u32::MAX));
        if idle.is_some_and(|idle| idle >= min) {
            d.error(table.origin(), "`idle-replica-count` is not below `min-replica-count`", "");
        }
        let polling_interval = table.default("polling-interval", default.polling_interval, d, positive_span);
        let cooldown_period = table.default("cooldown-period", default.cooldown_period, d, span);
        let initial_cooldown_period = table.default("initial-cooldown-period", Span(0), d, span);
        table.finish(d);
        Some(Keda {
            min_replica_count: min,
            max_replica_count: max,
            idle_replica_count: idle,
            polling_interval,
            cooldown_period,
            initial_cooldown_period,
            metric,
            threshold,
            activation_threshold,
        })
    }

    pub(super) fn controller(&self, now: Time, current: u32) -> Watch {
        // The autoscaler that KEDA makes has one replica at least.
        let hpa = KubernetesHpa::new(Era::Now, 100, self.min_replica_count.max(1), self.max_replica_count);
        Watch {
            rule: self.clone(),
            hpa,
            memory: Memory::begin(now, current),
            activity: Activity { last: None, created: now },
            next_poll: now,
            value: 0.0,
        }
    }
}

/// KEDA at work, with the autoscaler that it made.
#[derive(Debug)]
pub(super) struct Watch {
    rule: Keda,
    hpa: KubernetesHpa,
    memory: Memory,
    activity: Activity,
    next_poll: Time,
    value: f64,
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        self.value = match self.rule.metric {
            Metric::Requests => sample.rate(),
            Metric::QueueLength => sample.concurrency,
        };
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let (rule, value) = (&self.rule, self.value);
        let is_idle = rule.idle_replica_count.is_some_and(|idle| look.current <= idle);
        if look.now >= self.next_poll {
            self.next_poll = look.now + rule.polling_interval;
            let wanted = self.activity.poll(rule, look.now, look.current, value > rule.activation_threshold);
            if wanted != look.current {
                return wanted;
            }
        }
        if look.current == 0 || is_idle {
            return look.current;
        }
        let propose = || Some(by_average_value(look.current, value, rule.threshold, self.hpa.tolerance));
        self.memory.look(&self.hpa, look.now, look.current, propose)
    }
}
