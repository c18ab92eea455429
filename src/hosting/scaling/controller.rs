//! Controllers in a simulation: what each of them measures, and when it looks and decides.

use super::aws_step_scaling::AwsStepScaling;
use super::aws_target_tracking::AwsTargetTracking;
use super::azure_vmss::AzureVmss;
use super::cloud_run::CloudRun;
use super::elastic_beanstalk::ElasticBeanstalk;
use super::heroku::Heroku;
use super::keda::Keda;
use super::knative::Knative;
use super::kubernetes_hpa::KubernetesHpa;
use crate::units::{Span, Time};
use std::fmt::Debug;

/// What was measured of one tenant's instances over a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// When the stretch began.
    pub from: Time,
    /// When it ended.
    pub at: Time,
    /// Cores that requests kept busy, on average.
    pub cores: f64,
    /// Requests inside instances, on average, and those that waited at the end.
    pub concurrency: f64,
    /// Ready instances, on average; 0 where nothing can be measured.
    pub ready: f64,
    /// Requests that arrived.
    pub requests: f64,
    /// Of the requests that ended, those that took longer than the rule's bound, and all.
    pub slow: (u64, u64),
}

impl Sample {
    /// Its length.
    pub fn length(&self) -> Span {
        self.at - self.from
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        self.requests / self.length().seconds().max(f64::MIN_POSITIVE)
    }

    /// The share of the ready instances' cores that was busy, where any was ready.
    pub fn utilisation(&self, cores: f64) -> Option<f64> {
        (self.ready > 0.0).then(|| self.cores / (self.ready * cores))
    }
}

/// An instance as a controller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it was ordered.
    pub ordered: Time,
    /// Since when it is ready, if it is.
    pub ready: Option<Time>,
}

/// What a controller looks at besides its measurements.
#[derive(Clone, Copy, Debug)]
pub struct Look<'l> {
    /// The present moment.
    pub now: Time,
    /// How many instances there are to be so far.
    pub current: u32,
    /// Those there are.
    pub instances: &'l [Seen],
}

impl Look<'_> {
    /// How many are ready.
    pub fn ready(&self) -> u32 {
        self.instances.iter().filter(|seen| seen.ready.is_some()).count() as u32
    }

    /// How many have been ready for so long.
    pub fn warm(&self, warm_up: Span) -> u32 {
        self.instances.iter().filter(|seen| seen.ready.is_some_and(|ready| ready + warm_up <= self.now)).count() as u32
    }
}

/// An instance's size, as far as controllers go by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// Its cores.
    pub cores: f64,
    /// The most requests inside at once, where there is a limit.
    pub places: Option<f64>,
}

/// When a controller measures and looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How long a sample is.
    pub sample: Span,
    /// After how many further samples one is seen.
    pub delay: u32,
    /// How often it looks.
    pub look: Span,
}

impl Rhythm {
    /// So many seconds of a sample, samples of delay, and seconds between looks.
    pub(super) fn new(sample: u64, delay: u32, look: u64) -> Rhythm {
        Rhythm { sample: Span(sample * 1_000_000_000), delay, look: Span(look * 1_000_000_000) }
    }
}

/// One controller at work.
pub trait Controller: Debug + Send {
    /// A sample has become visible.
    fn measure(&mut self, sample: &Sample);
    /// A look: how many instances there are to be.
    fn decide(&mut self, look: &Look<'_>) -> u32;
}

/// A controller's rule, by its system.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Kubernetes' horizontal pod autoscaler.
    KubernetesHpa(KubernetesHpa),
    /// KEDA.
    Keda(Keda),
    /// Knative's pod autoscaler.
    Knative(Knative),
    /// AWS target tracking.
    AwsTargetTracking(AwsTargetTracking),
    /// EC2's step and simple scaling.
    AwsStepScaling(AwsStepScaling),
    /// Elastic Beanstalk's trigger.
    ElasticBeanstalk(ElasticBeanstalk),
    /// Heroku's.
    Heroku(Heroku),
    /// Cloud Run's.
    CloudRun(CloudRun),
    /// Azure Monitor's.
    AzureVmss(AzureVmss),
}

impl Rule {
    /// The fewest and most instances.
    pub fn limits(&self) -> (u32, u32) {
        match self {
            Rule::KubernetesHpa(rule) => (rule.min_replicas, rule.max_replicas),
            Rule::Keda(rule) => (rule.min_replica_count, rule.max_replica_count),
            Rule::Knative(rule) => (rule.min_scale, rule.max_scale),
            Rule::AwsTargetTracking(rule) => (rule.min_size, rule.max_size),
            Rule::AwsStepScaling(rule) => (rule.min_size, rule.max_size),
            Rule::ElasticBeanstalk(rule) => (rule.min_size, rule.max_size),
            Rule::Heroku(rule) => (rule.min, rule.max),
            Rule::CloudRun(rule) => (rule.min_instances, rule.max_instances),
            Rule::AzureVmss(rule) => (rule.limits.minimum, rule.limits.maximum),
        }
    }

    /// How many instances stand ready at the beginning, where so many were ordered (or 0).
    pub fn initial(&self, ordered: u32) -> u32 {
        let (min, max) = self.limits();
        let least = match self {
            Rule::Knative(rule) => rule.initial_scale,
            Rule::AzureVmss(rule) => rule.default,
            _ => 0,
        };
        ordered.max(least).max(min).min(max)
    }

    /// When it measures and looks.
    pub fn rhythm(&self) -> Rhythm {
        match self {
            Rule::KubernetesHpa(rule) => rule.rhythm(),
            Rule::Keda(_) => Rhythm::new(15, 0, 15),
            Rule::Knative(_) => Rhythm::new(1, 0, 2),
            Rule::AwsTargetTracking(_) | Rule::AwsStepScaling(_) => Rhythm::new(60, 1, 60),
            Rule::ElasticBeanstalk(rule) => Rhythm { sample: rule.period, delay: 0, look: rule.period },
            Rule::Heroku(_) => Rhythm::new(60, 0, 60),
            Rule::CloudRun(_) => Rhythm::new(5, 0, 5),
            Rule::AzureVmss(_) => Rhythm::new(60, 1, 60),
        }
    }

    /// Whether a request that finds no place is a reason to start an instance at once: one for each
    /// that finds no room even in those that are starting (Cloud Run), or only from none (Knative).
    pub fn wakes(&self) -> Wakes {
        match self {
            Rule::CloudRun(_) => Wakes::WhenFull,
            Rule::Knative(rule) if rule.wakes => Wakes::FromZero,
            _ => Wakes::Never,
        }
    }

    /// Past how long a request is slow, where that is counted.
    pub fn slow_after(&self) -> Option<Span> {
        match self {
            Rule::Heroku(rule) => Some(rule.p95),
            _ => None,
        }
    }

    /// The controller at the beginning, for instances of a size.
    pub fn begin(&self, now: Time, current: u32, unit: Unit) -> Box<dyn Controller> {
        match self {
            Rule::KubernetesHpa(rule) => Box::new(rule.controller(now, current, unit)),
            Rule::Keda(rule) => Box::new(rule.controller(now, current)),
            Rule::Knative(rule) => Box::new(rule.controller(now, unit)),
            Rule::AwsTargetTracking(rule) => Box::new(rule.controller(unit)),
            Rule::AwsStepScaling(rule) => Box::new(rule.controller(unit)),
            Rule::ElasticBeanstalk(rule) => Box::new(rule.controller()),
            Rule::Heroku(rule) => Box::new(rule.controller()),
            Rule::CloudRun(rule) => Box::new(rule.controller(unit)),
            Rule::AzureVmss(rule) => Box::new(rule.controller(unit)),
        }
    }
}

/// When a request by itself starts an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wakes {
    /// Never.
    Never,
    /// Where there is to be none.
    FromZero,
    /// Where it finds no room in those that are ready or starting.
    WhenFull,
}
