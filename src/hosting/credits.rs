//! CPU credits: an instance that may use its whole processor only for as long as it has saved up.
//!
//! One credit is a whole virtual CPU for a minute. An instance earns credits all the time, up to
//! a day's worth, and spends what its requests compute. Without credits it gets its baseline (what
//! it earns), or, where it is unlimited, borrows, and pays for what it cannot pay back. The
//! rules are those of Amazon's user guide for burstable instances (2023); that its throttling is
//! immediate, and not gradual, is a simplification.

use super::world::{Event, World};
use crate::units::{Cores, MINUTE, Span, Time};

/// The rule of a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CreditRule {
    /// Credits earned an hour.
    pub per_hour: f64,
    /// The most that is saved.
    pub most: f64,
    /// Credits that an instance has when it starts: spent first, not earned again.
    pub at_launch: f64,
    /// Whether it may borrow.
    pub unlimited: bool,
    /// How often the baseline is given anew to an instance that has nothing saved: it runs at full speed until
    /// that is used up. Of no length: it is so much slower.
    pub period: Span,
    /// Of the clock by which it is looked at whether that baseline is used up; of no length: at every moment.
    pub tick: Span,
    /// Credits that those instances have which stand ready when the simulation begins.
    pub at_beginning: f64,
}

/// A credit in core-nanoseconds.
const CREDIT: f64 = MINUTE.0 as f64;

impl CreditRule {
    /// The baseline: the cores that are paid for by what is earned.
    pub fn baseline(&self) -> f64 {
        self.per_hour / 60.0
    }
}

/// The credits of one instance, in core-nanoseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Credits {
    launch: f64,
    balance: f64,
    /// Borrowed and not paid back.
    surplus: f64,
    /// Borrowed and to be paid for.
    pub charged: f64,
    /// The cores in use since `updated`.
    pub used: f64,
    /// Whether it has the baseline alone.
    pub throttled: bool,
    /// When the account is looked at next: at the latest when it is spent.
    timer: Option<Time>,
    /// Which of the scheduled looks is the valid one.
    pub generation: u32,
    updated: Time,
}

impl Credits {
    /// Of an instance that starts now.
    pub fn launched(rule: &CreditRule, now: Time) -> Credits {
        let launch = if rule.unlimited { 0.0 } else { rule.at_launch * CREDIT };
        Credits { launch, updated: now, ..Credits::default() }
    }

    /// Of an instance that has been there for long.
    pub fn standing(rule: &CreditRule, now: Time) -> Credits {
        Credits { balance: rule.at_beginning.min(rule.most) * CREDIT, updated: now, ..Credits::default() }
    }

    /// What is left to be spent, in credits.
    #[cfg(test)]
    fn left(&self) -> f64 {
        (self.launch + self.balance) / CREDIT
    }

    /// Brings the account forward to a moment: what was earned and spent since the last.
    pub fn advance(&mut self, rule: &CreditRule, now: Time) {
        let mut time = (now - self.updated).0 as f64;
        self.updated = now;
        // While launch credits last they pay for everything, and what is earned is saved.
        if self.launch > 0.0 && self.used > 0.0 {
            let paid = (self.launch / self.used).min(time);
            self.launch = (self.launch - paid * self.used).max(0.0);
            self.save(rule, rule.baseline() * paid);
            time -= paid;
        }
        let net = (rule.baseline() - self.used) * time;
        if net >= 0.0 {
            self.save(rule, net);
        } else if self.balance + net >= 0.0 {
            self.balance += net;
        } else {
            self.borrow(rule, -net - self.balance);
        }
    }

    /// Pays back what was borrowed, and saves the rest.
    fn save(&mut self, rule: &CreditRule, credits: f64) {
        let back = credits.min(self.surplus);
        self.surplus -= back;
        self.balance = (self.balance + credits - back).min(rule.most * CREDIT);
    }

    /// Borrows a day's worth; what goes beyond is charged.
    fn borrow(&mut self, rule: &CreditRule, credits: f64) {
        self.balance = 0.0;
        if rule.unlimited {
            self.surplus += credits;
            let beyond = (self.surplus - rule.most * CREDIT).max(0.0);
            self.surplus -= beyond;
            self.charged += beyond;
        }
    }

    /// How long the credits last at the present use; `None` where they do not run out, or need not.
    pub fn lasts(&self, rule: &CreditRule) -> Option<Span> {
        let net = self.used - rule.baseline();
        if rule.unlimited || self.throttled || net <= 0.0 {
            return None;
        }
        let first = self.launch / self.used;
        let saved = (self.balance + rule.baseline() * first).min(rule.most * CREDIT);
        Some(Span((first + saved / net).ceil() as u64))
    }

    /// Whether nothing is left.
    fn is_spent(&self) -> bool {
        self.launch <= 0.0 && self.balance <= 0.0
    }

    /// The instance is over: what it borrowed is charged.
    pub fn close(&mut self) -> f64 {
        self.charged += std::mem::take(&mut self.surplus);
        std::mem::take(&mut self.charged)
    }
}

impl World {
    /// Gives an instance its credits, where its size has them. `standing`: it stands ready when the
    /// simulation begins.
    pub(crate) fn open_credits(&mut self, instance: u32, standing: bool) {
        let now = self.now;
        let place = &mut self.instances[instance];
        let Some(rule) = &self.deployments[place.deployment as usize].credits else { return };
        let credits = if standing { Credits::standing(rule, now) } else { Credits::launched(rule, now) };
        place.credits = Some(Box::new(credits));
    }

    /// Brings an instance's credits forward to now.
    pub(crate) fn settle_credits(&mut self, instance: u32) {
        let now = self.now;
        let place = &mut self.instances[instance];
        if let Some(credits) = place.credits.as_deref_mut()
            && let Some(rule) = &self.deployments[place.deployment as usize].credits
        {
            credits.advance(rule, now);
        }
    }

    /// The cores that an instance may use now: its own, or its baseline where its credits are spent.
    pub(crate) fn usable_cores(&self, instance: u32) -> Cores {
        let place = &self.instances[instance];
        let plan = &self.deployments[place.deployment as usize];
        match (&place.credits, &plan.credits) {
            (Some(credits), Some(rule)) if credits.throttled => {
                Cores(plan.cores.0.min(Cores::from_f64(rule.baseline()).0))
            }
            _ => plan.cores,
        }
    }

    /// Decides whether an instance is throttled, when the number of its computing requests has
    /// changed: it is where it wants more than its baseline and has nothing saved.
    pub(crate) fn throttle(&mut self, instance: u32) {
        let place = &mut self.instances[instance];
        let plan = &self.deployments[place.deployment as usize];
        let (Some(credits), Some(rule)) = (place.credits.as_deref_mut(), &plan.credits) else { return };
        let wanted = plan.cores.as_f64().min(f64::from(place.computing));
        credits.throttled = !rule.unlimited && wanted > rule.baseline() && credits.is_spent();
        let (throttled, quota) = (credits.throttled, plan.quota);
        if let (Some(quota), Some(rule)) = (place.quota.as_deref_mut(), &quota) {
            match (throttled, quota.holds()) {
                (true, false) => quota.hold_to(rule),
                (false, true) => quota.let_go(),
                _ => {}
            }
        }
    }

    /// Notes what an instance uses from now on, and sees to it that its account is looked at when it
    /// is spent. A look that comes too early arms itself anew, so that there is one pending event
    /// for an instance and not one for each of its requests.
    pub(crate) fn watch_credits(&mut self, instance: u32, used: f64) {
        let now = self.now;
        let place = &mut self.instances[instance];
        let Some(rule) = &self.deployments[place.deployment as usize].credits else { return };
        let Some(credits) = place.credits.as_deref_mut() else { return };
        credits.used = used;
        let Some(spent) = credits.lasts(rule).map(|time| now + time) else { return };
        if credits.timer.is_some_and(|timer| timer <= spent) {
            return;
        }
        credits.timer = Some(spent);
        // Counted over all instances, as completions are: a slot may be another instance's by then.
        self.completions = self.completions.wrapping_add(1);
        credits.generation = self.completions;
        self.agenda.schedule(spent, Event::CreditsSpent { slot: instance, generation: credits.generation });
    }

    /// An instance's credits may be spent: if so, it is throttled from now on.
    pub(crate) fn credits_spent(&mut self, instance: u32, generation: u32) {
        if instance as usize >= self.instances.slots() {
            return;
        }
        let valid = self.instances[instance].credits.as_ref().is_some_and(|c| c.generation == generation);
        if !valid {
            return;
        }
        self.bring_forward(instance);
        let place = &mut self.instances[instance];
        let Some(rule) = &self.deployments[place.deployment as usize].credits else { return };
        let Some(credits) = place.credits.as_deref_mut() else { return };
        credits.timer = None;
        match credits.lasts(rule) {
            // The event's moment is rounded to nanoseconds; nothing may be left of the rounding.
            Some(Span(0..=1)) => (credits.launch, credits.balance) = (0.0, 0.0),
            Some(_) => {
                let used = credits.used;
                return self.watch_credits(instance, used);
            }
            None => return,
        }
        let before = self.demand_of(instance);
        self.throttle(instance);
        let after = self.demand_of(instance);
        self.change_demand(instance, before, after);
        self.set_pace(instance);
        self.schedule_completion(instance);
    }

    /// An instance stops, or the window ends: what it borrowed is billed.
    pub(crate) fn meter_credits(&mut self, instance: u32) {
        self.settle_credits(instance);
        let place = &mut self.instances[instance];
        let lane = place.lane as usize;
        if let Some(credits) = place.credits.as_deref_mut() {
            let charged = credits.close();
            if self.now >= self.measured_from {
                self.lanes[lane].record.surplus += charged.round() as u128;
            }
        }
    }

    /// The measured window begins: what was charged before is not billed.
    pub(crate) fn reset_credits(&mut self) {
        let instances: Vec<u32> = self.instances.used().collect();
        for instance in instances {
            self.settle_credits(instance);
            if let Some(credits) = self.instances[instance].credits.as_deref_mut() {
                credits.charged = 0.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T2_NANO: CreditRule = CreditRule {
        per_hour: 3.0,
        most: 72.0,
        at_launch: 30.0,
        unlimited: false,
        period: Span(0),
        tick: Span(0),
        at_beginning: 0.0,
    };
    const T3_NANO: CreditRule = CreditRule {
        per_hour: 6.0,
        most: 144.0,
        at_launch: 0.0,
        unlimited: true,
        period: Span(0),
        tick: Span(0),
        at_beginning: 0.0,
    };

    /// So many hours at a share of so many virtual CPUs, throttled when nothing is left.
    fn run(credits: &mut Credits, rule: &CreditRule, hours: f64, cores: f64) {
        let end = credits.updated + Span((hours * 3.6e12) as u64);
        credits.throttled = false;
        credits.used = cores;
        if let Some(lasts) = credits.lasts(rule)
            && credits.updated + lasts < end
        {
            credits.advance(rule, credits.updated + lasts);
            (credits.launch, credits.balance) = (0.0, 0.0);
            credits.throttled = true;
            credits.used = rule.baseline();
        }
        credits.advance(rule, end);
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
    }

    /// The guide's example of an unlimited t3.nano (2 virtual CPUs, 6 an hour, at most 144): it
    /// borrows 447.6 in five hours of full use, of which 144 can be paid back and 303.6 are charged.
    #[test]
    fn an_unlimited_instance_borrows_and_pays() {
        let mut credits = Credits::launched(&T3_NANO, Time(0));
        let mut balances = Vec::new();
        for (hours, share) in
            [(24.0, 0.0), (12.0, 0.025), (24.0, 0.07), (12.0, 0.025), (5.0, 1.0), (13.0, 0.05), (24.0, 0.0)]
        {
            run(&mut credits, &T3_NANO, hours, 2.0 * share);
            balances.push(credits.left());
        }
        for (found, expected) in balances.into_iter().zip([144.0, 144.0, 86.4, 122.4, 0.0, 0.0, 0.0]) {
            near(found, expected);
        }
        near(credits.charged / CREDIT, 303.6);
        near(credits.surplus / CREDIT, 0.0);
        near(credits.charged / CREDIT / 60.0 * 0.05, 0.253);
    }

    /// The same in standard mode: after 122.4 credits two hours that want 60 % are throttled after
    /// 122.4 / (72 − 6) = 1.8545 h; a day of rest fills the account.
    #[test]
    fn a_standard_instance_is_throttled() {
        let rule = CreditRule { unlimited: false, ..T3_NANO };
        let mut credits = Credits::launched(&rule, Time(0));
        for (hours, share) in [(24.0, 0.0), (12.0, 0.025), (24.0, 0.07), (12.0, 0.025)] {
            run(&mut credits, &rule, hours, 2.0 * share);
        }
        near(credits.left(), 122.4);
        credits.used = 1.2;
        near(credits.lasts(&rule).unwrap().0 as f64 / 3.6e12, 122.4 / 66.0);
        run(&mut credits, &rule, 2.0, 1.2);
        near(credits.left(), 0.0);
        run(&mut credits, &rule, 14.0, 0.1);
        near(credits.left(), 0.0);
        run(&mut credits, &rule, 24.0, 0.0);
        near(credits.left(), 144.0);
    }

    /// The guide's t2.nano from its launch, with 30 launch credits that are spent first and do not
    /// count against the limit of 72: 102, 102, 72, 72, 45, 72, 72.
    #[test]
    fn launch_credits_are_spent_first() {
        let mut credits = Credits::launched(&T2_NANO, Time(0));
        let mut totals = Vec::new();
        for (hours, share) in
            [(24.0, 0.0), (12.0, 0.0), (25.0, 0.02), (11.0, 0.02), (3.0, 0.2), (15.0, 0.02), (6.0, 0.0)]
        {
            run(&mut credits, &T2_NANO, hours, share);
            totals.push(credits.left());
        }
        for (found, expected) in totals.into_iter().zip([102.0, 102.0, 72.0, 72.0, 45.0, 72.0, 72.0]) {
            near(found, expected);
        }
        // A t2.micro that idles for a day has 30 + 144.
        let micro = CreditRule { per_hour: 6.0, most: 144.0, ..T2_NANO };
        let mut idle = Credits::launched(&micro, Time(0));
        run(&mut idle, &micro, 24.0, 0.0);
        near(idle.left(), 174.0);
    }

    /// 30 launch credits pay for half an hour of a core, in which 1.5 are earned and saved; those last 1.5 / 0.95 minutes.
    #[test]
    fn what_is_earned_under_launch_credits_is_spent_after_them() {
        let mut credits = Credits::launched(&T2_NANO, Time(0));
        credits.used = 1.0;
        let lasts = credits.lasts(&T2_NANO).unwrap();
        near(lasts.0 as f64 / 6e10, 30.0 + 30.0 * T2_NANO.baseline() / (1.0 - T2_NANO.baseline()));
        credits.advance(&T2_NANO, Time(0) + Span(lasts.0 - 60_000_000_000));
        near(credits.left(), 1.0 - T2_NANO.baseline());
    }

    /// Azure's own example (sizes-b-series-burstable): a B16ms starts with 480; after 6 hours idle there are 1,452, after 2 hours
    /// at 1280 % of a virtual CPU 240, at 17:00 1,014, and after an hour at 1600 % 216.
    #[test]
    fn azures_example() {
        let rule = CreditRule { per_hour: 162.0, most: 3888.0, at_launch: 480.0, ..T2_NANO };
        let mut credits = Credits::launched(&rule, Time(0));
        let mut totals = Vec::new();
        for (hours, share) in [(6.0, 0.0), (2.0, 12.8), (774.0 / 162.0, 0.0), (1.0, 16.0)] {
            run(&mut credits, &rule, hours, share);
            totals.push(credits.left());
        }
        for (found, expected) in totals.into_iter().zip([1452.0, 240.0, 1014.0, 216.0]) {
            near(found, expected);
        }
    }

    /// 25 credits beyond what can be paid back, at 0.05 an hour of a virtual CPU, are 0.021.
    #[test]
    fn what_is_borrowed_is_charged_at_the_end() {
        let rule = CreditRule { per_hour: 3.0, most: 72.0, unlimited: true, ..T2_NANO };
        let mut credits = Credits { surplus: 25.0 * CREDIT, ..Credits::standing(&rule, Time(0)) };
        near(credits.close() / CREDIT / 60.0 * 0.05, 25.0 / 60.0 * 0.05);
        assert_eq!(credits.close(), 0.0);
    }
}
