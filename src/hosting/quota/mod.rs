//! A share of a core as a quota: full speed until share × period is used up, then nothing until the
//! next period begins.
//!
//! It is how Linux limits a container, and how providers sell less than a core: a request of 30 ms on half
//! a core (50 ms in each 100 ms) takes 30 ms, and not 60. What is used and when a piece of work is done
//! are closed forms over whole periods, so that a quota costs no event per period.
//!
//! Where a clock tick is given, what is used is looked at only then, as Linux does: see `tick.rs`.

mod tick;

use super::world::World;
use crate::units::{Cores, Span, Time};

/// The rule of a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuotaRule {
    /// How often the quota is given anew.
    pub period: Span,
    /// The cores that may be used on average: the quota is so much of a period.
    pub share: f64,
    /// The cores that requests may use at once while the quota lasts.
    pub threads: f64,
    /// How often it is looked at whether the quota is used up; of no length: at every moment.
    pub tick: Span,
}

impl QuotaRule {
    /// The longest, in nanoseconds, that work takes beyond its length at the mean rate: it may come where its period's
    /// quota is spent, and where a tick's overrun is to be paid.
    pub(crate) fn most_paused(&self) -> u64 {
        let overrun = (self.tick.0 as f64 * self.threads / self.share) as u64;
        2 * self.period.0 + overrun
    }
}

/// A rest of work below this many nanoseconds is rounding, and begins no period of its own.
const ROUNDING: f64 = 0.5;

/// The quota of one instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quota {
    /// In nanoseconds; 0 where the instance is not held to a quota now.
    period: u64,
    /// Of the clock by which it is looked at, in nanoseconds; 0: at every moment.
    tick: u64,
    /// Whether a tick has found it used up.
    throttled: bool,
    /// What is given in each period, in core-nanoseconds.
    budget: f64,
    /// A moment at which a period begins.
    phase: u64,
    /// What is left of the present period's, in core-nanoseconds.
    left: f64,
    /// The cores in use while it runs; 0 while nothing computes.
    pub rate: f64,
    /// By how much a crowded server slows it down: 1 where it does not.
    pub slowdown: f64,
    /// Which share of its cores it has of a node that is shared: 1 where it has all.
    pub of_node: f64,
    updated: Time,
}

impl Quota {
    /// Of an instance whose periods begin at a phase drawn from 0 up to the period.
    pub fn new(rule: &QuotaRule, phase: u64, now: Time) -> Quota {
        let mut quota = Quota { phase, slowdown: 1.0, of_node: 1.0, updated: now, ..Quota::default() };
        quota.hold_to(rule);
        quota
    }

    /// Holds the instance to a rule from now on; a new one begins with a whole quota.
    pub fn hold_to(&mut self, rule: &QuotaRule) {
        self.period = rule.period.0.max(1);
        (self.tick, self.throttled) = (rule.tick.0, false);
        self.budget = rule.share * self.period as f64;
        self.left = self.budget;
    }

    /// Lets the instance run as it likes from now on.
    pub fn let_go(&mut self) {
        self.period = 0;
    }

    /// Whether the instance is held to a quota now.
    pub fn holds(&self) -> bool {
        self.period > 0
    }

    /// How long after a moment the next period begins.
    fn until_next(&self, moment: Time) -> u64 {
        self.period - (moment.0 + (self.period - self.phase % self.period)) % self.period
    }

    /// How long it can run in each whole period.
    fn running_time(&self) -> f64 {
        (self.budget / self.rate).min(self.period as f64)
    }

    /// Brings it forward to a moment: for how many nanoseconds since the last it has run.
    pub fn advance(&mut self, now: Time) -> f64 {
        let since = std::mem::replace(&mut self.updated, now);
        let passed = (now - since).0;
        if self.period == 0 {
            return if self.rate > 0.0 { passed as f64 } else { 0.0 };
        }
        let first = self.until_next(since);
        if self.tick > 0 {
            return self.advance_by_ticks(since.0, passed, first);
        }
        if passed < first {
            let ran = self.runs_for(passed);
            self.left -= ran * self.rate;
            return ran;
        }
        let mut ran = self.runs_for(first);
        let (whole, into) = ((passed - first) / self.period, (passed - first) % self.period);
        self.left = self.budget;
        if self.rate > 0.0 {
            ran += whole as f64 * self.running_time();
        }
        let last = self.runs_for(into);
        self.left -= last * self.rate;
        ran + last
    }

    /// For how long of the next nanoseconds, none of which is in another period, it runs.
    fn runs_for(&self, nanoseconds: u64) -> f64 {
        if self.rate > 0.0 { (self.left.max(0.0) / self.rate).min(nanoseconds as f64) } else { 0.0 }
    }

    /// How long it takes from `updated` on until it has run for so many nanoseconds.
    pub fn time_to_run(&self, run: f64) -> f64 {
        if self.period == 0 {
            return run;
        }
        let until_next = self.until_next(self.updated);
        if self.tick > 0 {
            return self.clone().time_by_ticks(run, until_next);
        }
        let first = self.runs_for(until_next);
        if run <= first + ROUNDING {
            return run;
        }
        let (rest, each) = (run - first, self.running_time());
        let whole = ((rest - ROUNDING) / each).ceil() - 1.0;
        until_next as f64 + whole * self.period as f64 + (rest - whole * each)
    }
}

impl World {
    /// Gives an instance its quota, where its size is held to one.
    pub(crate) fn open_quota(&mut self, instance: u32) {
        let deployment = self.instances[instance].deployment as usize;
        let Some(rule) = &self.deployments[deployment].quota else { return };
        let phase = self.quota_streams[deployment].below(rule.period.0.max(1));
        let mut quota = Quota::new(rule, phase, self.now);
        if self.deployments[deployment].credits.is_some() {
            quota.let_go();
        }
        self.instances[instance].quota = Some(Box::new(quota));
    }

    /// The cores that an instance's computing requests use at once: those that it keeps busy on average
    /// are fewer where it is held to a quota.
    pub(crate) fn cores_at_once(&self, instance: u32) -> f64 {
        let place = &self.instances[instance];
        match &self.deployments[place.deployment as usize].quota {
            Some(rule) if place.quota.as_deref().is_some_and(Quota::holds) => rule.threads,
            _ => self.usable_cores(instance).as_f64(),
        }
    }

    /// Brings an instance's quota forward to now; for how many nanoseconds it has run since the last time. What
    /// it is noted to have done meanwhile is set right.
    pub(crate) fn settle_quota(&mut self, instance: u32) -> f64 {
        let (now, wanted) = (self.now, self.demand_of(instance));
        let place = &mut self.instances[instance];
        let Some(quota) = place.quota.as_deref_mut() else { return 0.0 };
        let passed = (now - quota.updated).0;
        let (rate, slowdown, holds) = (quota.rate, quota.slowdown, quota.holds());
        let of_node = quota.of_node;
        let ran = quota.advance(now);
        if holds && passed > 0 && rate > 0.0 {
            let beyond = (ran * rate - passed as f64 * wanted.as_f64()) * of_node;
            self.correct_work(instance, beyond, slowdown);
        }
        ran
    }

    /// A request begins to compute alone on an instance; how long that takes if it runs for so long.
    pub(crate) fn run_alone(&mut self, instance: u32, run: f64) -> f64 {
        self.settle_quota(instance);
        let Some(quota) = self.instances[instance].quota.as_deref_mut() else { return run };
        quota.rate = 1.0;
        quota.time_to_run(run)
    }

    /// It has ended, or is given up.
    pub(crate) fn stop_alone(&mut self, instance: u32) {
        self.settle_quota(instance);
        if let Some(quota) = self.instances[instance].quota.as_deref_mut() {
            quota.rate = 0.0;
        }
    }

    /// The measured window begins or ends: what every instance has used by now is noted.
    pub(crate) fn settle_quotas(&mut self) {
        if self.deployments.iter().all(|plan| plan.quota.is_none()) {
            return;
        }
        let instances: Vec<u32> = self.instances.used().collect();
        for instance in instances {
            if self.instances[instance].processor.is_some() {
                self.bring_forward(instance);
            } else {
                self.settle_quota(instance);
            }
        }
    }

    /// So many core-nanoseconds more were used than the levels say, which have the mean of a period.
    fn correct_work(&mut self, instance: u32, beyond: f64, slowdown: f64) {
        let (lane, deployment) = (self.instances[instance].lane as usize, self.instances[instance].deployment as usize);
        let work = beyond * slowdown * self.deployments[deployment].useful * super::brief::WORK_PER_CORE;
        self.facts[deployment].work.add_area(work as i128);
        if let Some(demand) = &mut self.lanes[lane].demand {
            demand.add_area((beyond * Cores::ONE.0 as f64) as i128);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    fn half_a_core(phase: u64, threads: f64) -> Quota {
        let rule = QuotaRule { period: Span(100 * MS), share: 0.5, threads, tick: Span(0) };
        Quota { rate: threads, ..Quota::new(&rule, phase * MS, Time(0)) }
    }

    fn takes(quota: &Quota, ms: u64) -> f64 {
        quota.time_to_run((ms * MS) as f64) / MS as f64
    }

    /// 30 ms on half a core: at once, except where the period ends before the quota. 200 ms: 50 in each period.
    #[test]
    fn by_hand() {
        assert_eq!(takes(&half_a_core(0, 1.0), 30), 30.0);
        assert_eq!(takes(&half_a_core(0, 1.0), 50), 50.0);
        assert_eq!(takes(&half_a_core(0, 1.0), 60), 110.0);
        assert_eq!(takes(&half_a_core(0, 1.0), 200), 350.0);
        // 10 ms before a period's end there are 50 to spend, and then 50 more: 60 without a pause.
        assert_eq!(takes(&half_a_core(10, 1.0), 60), 60.0);
        assert_eq!(takes(&half_a_core(10, 1.0), 200), 10.0 + 300.0 + 40.0);
        assert_eq!(takes(&half_a_core(50, 1.0), 200), 300.0);
        // Two at once spend it in 25 ms.
        assert_eq!(takes(&half_a_core(0, 2.0), 30), 105.0);
    }

    /// What was spent in a period is not there for the next request in it.
    #[test]
    fn requests_of_one_period_share_it() {
        let mut quota = half_a_core(0, 1.0);
        assert_eq!(quota.advance(Time(30 * MS)), 30.0 * MS as f64);
        quota.rate = 0.0;
        assert_eq!(quota.advance(Time(60 * MS)), 0.0);
        quota.rate = 1.0;
        assert_eq!(takes(&quota, 20), 20.0);
        assert_eq!(takes(&quota, 30), 40.0 + 10.0);
        assert_eq!(quota.advance(Time(100 * MS)), 20.0 * MS as f64);
        assert_eq!(takes(&quota, 50), 50.0);
    }

    /// One nanosecond after the other, as a list has it.
    fn slowly(share: f64, period: u64, phase: u64, steps: &[(u64, f64)]) -> Vec<f64> {
        let (mut now, mut left, mut found) = (0u64, share * period as f64, Vec::new());
        for (length, rate) in steps {
            let mut ran = 0.0;
            for _ in 0..*length {
                if (now + period - phase).is_multiple_of(period) {
                    left = share * period as f64;
                }
                let runs = if *rate > 0.0 { (left / rate).min(1.0) } else { 0.0 };
                left -= runs * rate;
                ran += runs;
                now += 1;
            }
            found.push(ran);
        }
        found
    }

    proptest! {
        /// The closed form is what a walk through every nanosecond gives, whatever is used when.
        #[test]
        fn as_step_by_step(
            share in 0.01f64..3.0,
            period in 1u64..60,
            phase in 0u64..60,
            steps in prop::collection::vec((0u64..200, 0u32..4), 1..12),
        ) {
            let steps: Vec<(u64, f64)> = steps.into_iter().map(|(length, rate)| (length, f64::from(rate))).collect();
            let phase = phase % period;
            let rule = QuotaRule { period: Span(period), share, threads: 4.0, tick: Span(0) };
            let mut quota = Quota::new(&rule, phase, Time(0));
            let mut now = 0;
            for ((length, rate), expected) in steps.iter().zip(slowly(share, period, phase, &steps)) {
                quota.rate = *rate;
                now += length;
                let ran = quota.advance(Time(now));
                prop_assert!((ran - expected).abs() < 1e-6, "{ran}, not {expected}");
            }
        }

        /// When a piece of work is done, just that much of it has been done.
        #[test]
        fn done_when_it_says(share in 0.01f64..2.0, rate in 1u32..4, phase in 0u64..100_000, run in 1u64..1_000_000) {
            let rule = QuotaRule { period: Span(100_000), share, threads: 4.0, tick: Span(0) };
            let mut quota = Quota { rate: f64::from(rate), ..Quota::new(&rule, phase, Time(0)) };
            let time = quota.time_to_run(run as f64);
            let ran = quota.advance(Time(time.ceil() as u64));
            prop_assert!((ran - run as f64).abs() <= 1.0, "{ran} of {run} in {time}");
        }

        /// In the long run it has its share, or what it asks for.
        #[test]
        fn long_run(share in 0.01f64..2.0, rate in 1u32..4) {
            let rule = QuotaRule { period: Span(20 * MS), share, threads: 4.0, tick: Span(0) };
            let mut quota = Quota { rate: f64::from(rate), ..Quota::new(&rule, 7, Time(0)) };
            let hour = 3_600_000 * MS;
            let cores = quota.advance(Time(hour)) * f64::from(rate) / hour as f64;
            prop_assert!((cores - share.min(f64::from(rate))).abs() < 1e-5);
        }
    }
}
