//! Knative's pod autoscaler (KPA), since 2018.
//! (knative/serving, pkg/autoscaler/scaling, pkg/reconciler/autoscaling)

mod controller;
mod to_zero;
pub mod window;

pub use controller::Knative;
pub use to_zero::{ToZero, scale_to_zero};

use crate::units::{Span, Time};

/// What an autoscaler of one revision decides by.
#[derive(Clone, Debug, PartialEq)]
pub struct Decider {
    /// The metric that a pod is to have.
    pub target: f64,
    /// The metric that a pod can have.
    pub total: f64,
    /// `target-burst-capacity`: -1 for without end.
    pub target_burst_capacity: f64,
    /// `max-scale-up-rate`.
    pub max_scale_up_rate: f64,
    /// `max-scale-down-rate`.
    pub max_scale_down_rate: f64,
    /// `panic-threshold-percentage` as a ratio.
    pub panic_threshold: f64,
    /// `stable-window`.
    pub stable_window: Span,
    /// `activation-scale`.
    pub activation_scale: u32,
    /// Whether traffic can reach the revision.
    pub reachable: bool,
}

impl Default for Decider {
    fn default() -> Decider {
        let (target, total) = target(Metric::Concurrency, Targets::default());
        Decider {
            target,
            total,
            target_burst_capacity: 211.0,
            max_scale_up_rate: 1000.0,
            max_scale_down_rate: 2.0,
            panic_threshold: 2.0,
            stable_window: Span(60_000_000_000),
            activation_scale: 1,
            reachable: true,
        }
    }
}

/// Whether it panics, since when, and the most pods it wanted since.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Panic {
    /// When it last had reason to.
    pub since: Option<Time>,
    /// The most pods wanted since it began.
    pub most: u32,
}

/// One decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// The pods wanted.
    pub pods: u32,
    /// What burst there is room for above the wanted one; below 0 requests go by the activator.
    pub excess_burst: f64,
}

impl Panic {
    /// One tick, with the averages of the stable and the panic window over all pods.
    pub fn tick(&mut self, rule: &Decider, now: Time, ready_pods: u32, stable: f64, panic: f64) -> Decision {
        let ready = f64::from(ready_pods.max(1));
        let up = (rule.max_scale_up_rate * ready).ceil();
        let down = if rule.reachable { (ready / rule.max_scale_down_rate).floor() } else { 0.0 };
        let (by_stable, by_panic) = ((stable / rule.target).ceil(), (panic / rule.target).ceil());
        let bounded = |wanted: f64| {
            let pods = wanted.max(down).min(up) as u32;
            if wanted > 0.0 {
                pods.max(if rule.activation_scale > 1 { rule.activation_scale } else { 0 })
            } else {
                pods
            }
        };
        let (calm, hectic) = (bounded(by_stable), bounded(by_panic));
        self.enter_or_leave(rule, now, by_panic / ready >= rule.panic_threshold);
        let mut pods = calm;
        if self.since.is_some() {
            self.most = self.most.max(calm.max(hectic));
            pods = self.most;
        }
        Decision { pods, excess_burst: excess_burst(rule, ready_pods, panic) }
    }

    fn enter_or_leave(&mut self, rule: &Decider, now: Time, over: bool) {
        if over {
            self.since = Some(now);
        } else if self.since.is_some_and(|since| since + rule.stable_window < now) {
            *self = Panic::default();
        }
    }
}

fn excess_burst(rule: &Decider, ready: u32, panic: f64) -> f64 {
    let wanted = rule.target_burst_capacity;
    if wanted == 0.0 {
        0.0
    } else if wanted < 0.0 {
        -1.0
    } else {
        (f64::from(ready) * rule.total - wanted - panic).floor()
    }
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Requests inside at once.
    Concurrency,
    /// Requests a second.
    Rps,
}

/// What a revision and the cluster's settings say about the target.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Targets {
    /// `containerConcurrency`: how many requests a pod takes at most.
    pub container_concurrency: Option<f64>,
    /// The annotation `target`.
    pub target: Option<f64>,
    /// The annotation `target-utilization-percentage`, as a ratio; the cluster's is 0.7.
    pub utilization: Option<f64>,
}

/// What a pod is to have of the metric, and what it can have.
pub fn target(metric: Metric, of: Targets) -> (f64, f64) {
    let (default, most) = match metric {
        Metric::Concurrency => (100.0, of.container_concurrency.filter(|most| *most > 0.0)),
        Metric::Rps => (200.0, None),
    };
    let total = match (of.target, most) {
        (Some(target), Some(most)) => target.min(most),
        (Some(target), None) => target,
        (None, most) => most.unwrap_or(default),
    };
    ((total * of.utilization.unwrap_or(0.7)).max(0.01), total)
}

/// How many of so many pods are asked for their metrics each second.
pub fn sample_size(pods: u32) -> u32 {
    if pods <= 3 {
        return pods;
    }
    // 95 % of confidence, a standard deviation of 100 and an error of 5 (squared: 25).
    let wanted = 1.96 * 1.96 * 100.0 / 25.0;
    let pods = f64::from(pods);
    (pods * wanted / (pods + wanted - 1.0)).ceil() as u32
}

/// How many activators stand in a revision's path.
pub fn activators(rule: &Decider, ready: u32) -> u32 {
    ((f64::from(ready) * rule.total + rule.target_burst_capacity) / 100.0).ceil().max(2.0) as u32
}
