//! Kubernetes' horizontal pod autoscaler: that of 2017 (1.6 to 1.9) and today's.
//!
//! One look: proposals by metrics ([`metric`]), held back by windows and rates ([`behaviour`]).

pub mod behaviour;
mod controller;
pub mod metric;
mod read;

use crate::units::{Span, Time};
use behaviour::{Behaviour, Entry, Past};
use metric::Tolerance;

/// Which generation of the autoscaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Versions 1.6 to 1.9: waits after every change.
    In2017,
    /// Since 1.12: the highest recommendation of a window.
    Now,
}

/// The autoscaler's parameters, by its flags' and fields' names.
#[derive(Clone, Debug, PartialEq)]
pub struct KubernetesHpa {
    /// The generation.
    pub era: Era,
    /// `minReplicas`.
    pub min_replicas: u32,
    /// `maxReplicas`.
    pub max_replicas: u32,
    /// `averageUtilization`: the target, in per cent of the CPU that was requested.
    pub average_utilization: u32,
    /// How often it looks.
    pub sync_period: Span,
    /// The tolerance.
    pub tolerance: Tolerance,
    /// For how long after its start a pod's CPU may be that of its initialisation.
    pub cpu_initialization_period: Span,
    /// The window of recommendations.
    pub downscale_stabilization: Span,
    /// `behavior`.
    pub behavior: Option<Behaviour>,
}

/// How long after any change the autoscaler of 2017 waited.
const UP_FORBIDDEN: Span = Span(180_000_000_000);
const DOWN_FORBIDDEN: Span = Span(300_000_000_000);

impl KubernetesHpa {
    /// The rule with a generation's defaults, for a target and limits.
    pub fn new(era: Era, average_utilization: u32, min_replicas: u32, max_replicas: u32) -> KubernetesHpa {
        let second = 1_000_000_000;
        let now = era == Era::Now;
        KubernetesHpa {
            era,
            min_replicas,
            max_replicas,
            average_utilization,
            sync_period: Span(if now { 15 } else { 30 } * second),
            tolerance: Tolerance { by_difference: !now, ..Tolerance::default() },
            cpu_initialization_period: Span(300 * second),
            downscale_stabilization: Span(300 * second),
            behavior: None,
        }
    }

    /// Step 1: what is decided without any metric.
    fn without_metrics(&self, current: u32) -> Option<u32> {
        match current {
            0 if self.min_replicas != 0 => Some(0),
            _ if current > self.max_replicas => Some(self.max_replicas),
            _ if current < self.min_replicas => Some(self.min_replicas),
            _ => None,
        }
    }
}

/// What one autoscaler remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// What it recommended, and when.
    pub recommendations: Vec<Entry>,
    /// What it changed.
    pub past: Past,
    /// When it last changed anything.
    pub last_scale: Option<Time>,
}

impl Memory {
    /// That of an autoscaler that begins to look.
    pub fn begin(now: Time, current: u32) -> Memory {
        Memory { recommendations: vec![(now, current)], past: Past::default(), last_scale: None }
    }

    /// One look: the replicas that there are to be, where `propose` puts the metrics' proposals
    /// together (nothing where all have failed).
    pub fn look(
        &mut self,
        rule: &KubernetesHpa,
        now: Time,
        current: u32,
        propose: impl FnOnce() -> Option<u32>,
    ) -> u32 {
        let wanted = match rule.without_metrics(current) {
            Some(wanted) => wanted,
            None => match propose() {
                Some(desired) => self.hold_back(rule, now, current, desired),
                None => return current,
            },
        };
        if wanted != current {
            self.last_scale = Some(now);
            self.past.now = now;
            if let Some(behaviour) = &rule.behavior {
                self.past.note(current, wanted, behaviour);
            }
        }
        wanted
    }

    /// Step 4: a recommendation, held back by those before it and by the limits.
    fn hold_back(&mut self, rule: &KubernetesHpa, now: Time, current: u32, desired: u32) -> u32 {
        let (min, max) = (rule.min_replicas, rule.max_replicas);
        if rule.era == Era::In2017 {
            let wanted = behaviour::clamp(current, desired, min, max);
            return if self.may_scale(now, current, wanted) { wanted } else { current };
        }
        let wanted = match &rule.behavior {
            None => {
                let held = behaviour::stabilise(&self.recommendations, desired, rule.downscale_stabilization, now);
                behaviour::clamp(current, held, min, max)
            }
            Some(behaviour) => {
                let held = behaviour::stabilise_by(behaviour, &self.recommendations, current, desired, now);
                self.past.now = now;
                behaviour::limit(behaviour, &self.past, current, held, (min, max))
            }
        };
        self.record(rule, now, desired);
        wanted
    }

    fn record(&mut self, rule: &KubernetesHpa, now: Time, desired: u32) {
        let window = match &rule.behavior {
            Some(behaviour) => behaviour.up.window.max(behaviour.down.window),
            None => rule.downscale_stabilization,
        };
        self.recommendations.retain(|entry| entry.0 + window >= now);
        self.recommendations.push((now, desired));
    }

    /// 2017: whether enough time has passed since the last change in either direction.
    fn may_scale(&self, now: Time, current: u32, wanted: u32) -> bool {
        let Some(last) = self.last_scale else { return true };
        let forbidden = if wanted < current { DOWN_FORBIDDEN } else { UP_FORBIDDEN };
        last + forbidden < now
    }
}
