//! Knative's autoscaler in a simulation.

use super::window::{Algorithm, HighestOf, Window};
use super::{Decider, Metric, Panic, Targets, ToZero, scale_to_zero, target};
use crate::document::{Diagnostics, Node, Table, boolean, count, named, number, positive, positive_count, span};
use crate::hosting::scaling::controller::{Controller, Look, Sample, Unit};
use crate::hosting::scaling::read::{count32, limits, percentage, share};
use crate::units::{Span, Time};

/// A revision's annotations and the cluster's settings, by their names.
#[derive(Clone, Debug, PartialEq)]
pub struct Knative {
    /// `metric`.
    pub metric: Metric,
    /// `target`.
    pub target: Option<f64>,
    /// `target-utilization-percentage`, as a ratio.
    pub target_utilization: f64,
    /// `min-scale`.
    pub min_scale: u32,
    /// `max-scale`.
    pub max_scale: u32,
    /// `initial-scale`.
    pub initial_scale: u32,
    /// `scale-down-delay`.
    pub scale_down_delay: Span,
    /// `panic-window-percentage`, as a ratio.
    pub panic_window: f64,
    /// How it decides; the target is put in when it begins.
    pub decider: Decider,
    /// `scale-to-zero-grace-period`.
    pub grace: Span,
    /// `scale-to-zero-pod-retention-period`.
    pub retention: Span,
    /// Whether it panics: `scaling.concurrency` is the same rule that does not.
    pub panics: bool,
    /// Whether a request to a revision without pods has one started at once.
    pub wakes: bool,
}

impl Default for Knative {
    fn default() -> Knative {
        Knative {
            metric: Metric::Concurrency,
            target: None,
            target_utilization: 0.7,
            min_scale: 0,
            max_scale: u32::MAX,
            initial_scale: 1,
            scale_down_delay: Span(0),
            panic_window: 0.1,
            decider: Decider::default(),
            grace: Span(30_000_000_000),
            retention: Span(0),
            panics: true,
            wakes: true,
        }
    }
}

impl Knative {
    /// Reads `{ target = 10, stable-window = "60 s", … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Knative> {
        let mut table = Table::of(node, d)?;
        let mut rule = Knative::default();
        let metrics = [("concurrency", Metric::Concurrency), ("rps", Metric::Rps)];
        rule.metric = table.default("metric", rule.metric, d, |node, d| named(node, d, "metric", &metrics));
        rule.target = table.optional("target", d, positive);
        let percent = table.default("target-utilization-percentage", 70, d, percentage);
        rule.target_utilization = f64::from(percent.min(100)) / 100.0;
        (rule.min_scale, rule.max_scale) = limits(&mut table, d, ("min-scale", "max-scale"), (0, u32::MAX));
        rule.initial_scale = count32(table.default("initial-scale", 1, d, count));
        rule.scale_down_delay = table.default("scale-down-delay", Span(0), d, span);
        let decider = &mut rule.decider;
        decider.stable_window = table.default("stable-window", decider.stable_window, d, window);
        let percent = table.default("panic-window-percentage", 10, d, percentage);
        rule.panic_window = f64::from(percent.min(100)) / 100.0;
        let percent = table.default("panic-threshold-percentage", 200, d, percentage);
        decider.panic_threshold = f64::from(percent) / 100.0;
        decider.max_scale_up_rate = table.default("max-scale-up-rate", 1000.0, d, rate_above_one);
        decider.max_scale_down_rate = table.default("max-scale-down-rate", 2.0, d, rate_above_one);
        decider.activation_scale = count32(table.default("activation-scale", 1, d, positive_count));
        decider.target_burst_capacity = table.default("target-burst-capacity", 211.0, d, number);
        rule.grace = table.default("scale-to-zero-grace-period", rule.grace, d, span);
        rule.retention = table.default("scale-to-zero-pod-retention-period", Span(0), d, span);
        if !table.default("enable-scale-to-zero", true, d, boolean) {
            rule.min_scale = rule.min_scale.max(1);
        }
        table.finish(d);
        Some(rule)
    }

    /// Reads `scaling.concurrency = { target = 10, … }`: requests inside and waiting, averaged over
    /// a window, by a target for each instance.
    pub fn read_concurrency(node: &Node, d: &mut Diagnostics) -> Option<Knative> {
        let mut table = Table::of(node, d)?;
        let mut rule = Knative { panics: false, ..Knative::default() };
        rule.target = table.optional("target", d, positive);
        rule.target_utilization = table.default("utilisation", if rule.target.is_some() { 1.0 } else { 0.7 }, d, share);
        (rule.min_scale, rule.max_scale) = limits(&mut table, d, ("min", "max"), (0, u32::MAX));
        rule.decider.stable_window = table.default("window", rule.decider.stable_window, d, window);
        table.finish(d);
        Some(rule)
    }

    pub(crate) fn controller(&self, now: Time, unit: Unit) -> Watch {
        let of = Targets {
            container_concurrency: unit.places,
            target: self.target,
            utilization: Some(self.target_utilization),
        };
        let mut decider = self.decider.clone();
        (decider.target, decider.total) = target(self.metric, of);
        if !self.panics {
            decider.panic_threshold = f64::INFINITY;
        }
        let seconds = |share: f64| (decider.stable_window.seconds() * share).round().max(1.0) as u32;
        Watch {
            stable: Window::new(seconds(1.0), Algorithm::Linear),
            panic_window: Window::new(seconds(self.panic_window), Algorithm::Linear),
            delayed: HighestOf::new(self.scale_down_delay.seconds().ceil() as u32),
            panic: Panic::default(),
            active_since: Some(now),
            inactive_since: now,
            decider,
            rule: self.clone(),
        }
    }
}

fn window(node: &Node, d: &mut Diagnostics) -> Option<Span> {
    let length = span(node, d)?;
    let (least, most) = (Span(6_000_000_000), Span(3_600_000_000_000));
    if length < least || length > most {
        d.error(node.at, "a window is from 6 s to 1 h long", "");
        return None;
    }
    Some(length)
}

fn rate_above_one(node: &Node, d: &mut Diagnostics) -> Option<f64> {
    let rate = positive(node, d)?;
    if rate <= 1.0 {
        d.error(node.at, "a rate of 1 or less would never change anything", "expected a number above 1");
        return None;
    }
    Some(rate)
}

/// The autoscaler at work.
#[derive(Debug)]
pub(crate) struct Watch {
    rule: Knative,
    decider: Decider,
    stable: Window,
    panic_window: Window,
    delayed: HighestOf,
    panic: Panic,
    active_since: Option<Time>,
    inactive_since: Time,
}

impl Watch {
    /// The last pod goes after silence only.
    fn toward_zero(&mut self, look: &Look<'_>) -> u32 {
        let now = look.now;
        let inactive_for = if self.active_since.is_some() { Span(0) } else { now - self.inactive_since };
        let state = ToZero {
            stable_window: self.decider.stable_window,
            grace: self.rule.grace,
            retention: self.rule.retention,
            active_for: self.active_since.map(|since| now - since),
            inactive_for,
            activator_in_path: true,
            proxy_for: inactive_for,
        };
        match scale_to_zero(0, &state) {
            (pods, true) => pods,
            (_, false) => {
                if self.active_since.take().is_some() {
                    self.inactive_since = now;
                }
                look.current
            }
        }
    }
}

impl Controller for Watch {
    fn measure(&mut self, sample: &Sample) {
        let second = (sample.from.0 / 1_000_000_000) as i64;
        let value = match self.rule.metric {
            Metric::Concurrency => sample.concurrency,
            Metric::Rps => sample.rate(),
        };
        self.stable.record(second, value);
        self.panic_window.record(second, value);
    }

    fn decide(&mut self, look: &Look<'_>) -> u32 {
        let second = (look.now.0 / 1_000_000_000) as i64 - 1;
        let (stable, panic) = (self.stable.average(second), self.panic_window.average(second));
        let decision = self.panic.tick(&self.decider, look.now, look.ready(), stable, panic);
        let mut pods = decision.pods;
        if self.rule.scale_down_delay > Span(0) {
            pods = self.delayed.record(second, pods);
        }
        pods = pods.max(self.rule.min_scale).min(self.rule.max_scale);
        if pods == 0 {
            return self.toward_zero(look);
        }
        if self.active_since.is_none() {
            self.active_since = Some(look.now);
        }
        pods
    }
}
