//! KEDA's own loop: between none and one. (From one up it makes a horizontal pod autoscaler; see
//! [`super::kubernetes_hpa::metric::by_average_value`].)
//! (kedacore/keda, pkg/scaling/executor/scale_scaledobjects.go, pkg/scalers/cron_scaler.go)

use crate::units::{Span, Time};

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
