//! A quota that is looked at by a clock's ticks, as Linux's scheduler does: a thread runs on until the first tick at
//! which its quota is used up, and what it ran beyond that is taken from the next periods.
//!
//! The ticks stand at whole multiples of their length, the same for all instances; the phase of an instance's periods is
//! random. Whether it is used up is also looked at when a request begins to compute. Where periods are whole numbers of
//! ticks, what is overrun at the end of the n-th of them in a row follows from the first (a rotation), so that long work
//! costs no step for each period.

use super::{Quota, ROUNDING};

/// So many periods are skipped at once at most, so that no rounding adds up to a nanosecond.
const AT_ONCE: f64 = 1e6;

impl Quota {
    /// Brings it forward by so many nanoseconds from a moment on, `first` before its period ends.
    pub(super) fn advance_by_ticks(&mut self, since: u64, passed: u64, first: u64) -> f64 {
        if passed < first {
            return self.run_stretch(since, passed);
        }
        let mut ran = self.run_stretch(since, first);
        self.refill();
        let (mut start, mut left) = (since + first, passed - first);
        while left >= self.period {
            let skipped = self.skip(start, (left / self.period) as f64);
            let whole = match skipped {
                Some((whole, skipped)) => {
                    ran += skipped;
                    whole as u64 * self.period
                }
                None => {
                    ran += self.run_period(start);
                    self.period
                }
            };
            (start, left) = (start + whole, left - whole);
        }
        ran + self.run_stretch(start, left)
    }

    /// How long it takes from `updated` on until it has run for so long, `first` before its period ends.
    pub(super) fn time_by_ticks(mut self, run: f64, first: u64) -> f64 {
        let ran = self.run_stretch(self.updated.0, first);
        if run <= ran + ROUNDING {
            return run;
        }
        self.refill();
        let (mut rest, mut waited) = (run - ran, first);
        loop {
            let start = self.updated.0 + waited;
            // What is overrun is less than a tick: so many periods are surely needed.
            let sure = (rest - self.tick as f64) * self.rate / self.budget - 1.0;
            if let Some((whole, skipped)) = self.skip(start, sure) {
                rest -= skipped;
                waited += whole as u64 * self.period;
                continue;
            }
            let ran = self.run_stretch(start, self.period);
            if rest <= ran + ROUNDING {
                return waited as f64 + rest;
            }
            self.refill();
            rest -= ran;
            waited += self.period;
        }
    }

    /// Runs through a period that begins at a moment, into the next.
    fn run_period(&mut self, start: u64) -> f64 {
        let ran = self.run_stretch(start, self.period);
        self.refill();
        ran
    }

    /// A period begins: what was overrun is paid first.
    fn refill(&mut self) {
        self.left = self.budget + self.left.min(0.0);
        self.throttled &= self.is_used_up();
    }

    /// Whether nothing is left; what rounding left of nothing is nothing.
    fn is_used_up(&self) -> bool {
        self.left <= ROUNDING
    }

    /// For how long of the next nanoseconds, none of which is in another period, it runs.
    fn run_stretch(&mut self, start: u64, nanoseconds: u64) -> f64 {
        if self.rate <= 0.0 || self.throttled {
            // Who comes when all is used up is not let in.
            self.throttled |= self.is_used_up();
            return 0.0;
        }
        let (length, tick) = (nanoseconds as f64, self.tick as f64);
        let exact = self.left.max(0.0) / self.rate;
        let first = self.until_tick(start);
        let stop =
            if exact <= first + ROUNDING { first } else { first + ((exact - first - ROUNDING) / tick).ceil() * tick };
        let ran = stop.min(length);
        self.left -= ran * self.rate;
        self.throttled = stop < length;
        ran
    }

    /// How long after a moment the next tick is: none after a tick itself.
    fn until_tick(&self, start: u64) -> f64 {
        ((self.tick - start % self.tick) % self.tick) as f64
    }

    /// Skips up to so many whole periods from a moment on, in which it runs without a pause but its own: how many, and
    /// for how long it ran. `None` where they must be looked at one by one.
    fn skip(&mut self, start: u64, periods: f64) -> Option<(f64, f64)> {
        let tick = self.tick as f64;
        let each = self.budget / self.rate;
        let is_regular = self.period.is_multiple_of(self.tick) && each >= tick && each + tick <= self.period as f64;
        if self.rate <= 0.0 || !is_regular || self.throttled || periods < 3.0 {
            return None;
        }
        let periods = periods.min(AT_ONCE).floor();
        let overrun = (self.budget - self.left) / self.rate;
        let turn = (self.until_tick(start) - each).rem_euclid(tick);
        let after = ((overrun + periods * turn + ROUNDING).rem_euclid(tick) - ROUNDING).max(0.0);
        self.left = self.budget - after * self.rate;
        Some((periods, periods * each + after - overrun))
    }
}

#[cfg(test)]
mod tests {
    use super::super::QuotaRule;
    use super::*;
    use crate::units::{Span, Time};
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    /// A share of 100 ms whose first period begins at a phase, by ticks of 4 ms.
    fn of(share: f64, phase: u64) -> Quota {
        let rule = QuotaRule { period: Span(100 * MS), share, threads: 4.0, tick: Span(4 * MS) };
        Quota { rate: 1.0, ..Quota::new(&rule, phase * MS, Time(0)) }
    }

    fn takes(quota: &Quota, ms: u64) -> f64 {
        quota.time_to_run((ms * MS) as f64) / MS as f64
    }

    /// 10 ms of each 100: alone, a request of 12 ms runs through, since the tick at 12 ms is the first that finds the
    /// quota used up. One of 13 ms is stopped there; of the next 10 ms 2 are paid, and 8 are left.
    #[test]
    fn alone() {
        assert_eq!(takes(&of(0.1, 0), 10), 10.0);
        assert_eq!(takes(&of(0.1, 0), 12), 12.0);
        assert_eq!(takes(&of(0.1, 0), 13), 101.0);
        // 12 ms, then 8 (the tick at 108 finds nothing overrun), then 12 again.
        assert_eq!(takes(&of(0.1, 0), 20), 108.0);
        assert_eq!(takes(&of(0.1, 0), 32), 212.0);
        assert_eq!(takes(&of(0.1, 0), 33), 301.0);
        // Exactly, it is 13 and 103.
        let exact = Quota { tick: 0, ..of(0.1, 0) };
        assert_eq!(takes(&exact, 13), 103.0);
    }

    /// Two at once use 10 ms in 5: the tick at 8 ms is the first to find them used up. Of the next 10 ms 6 are paid, and the
    /// 4 that are left last for 2 ms: the tick at 104 finds that, with 4 overrun.
    #[test]
    fn shared() {
        let mut quota = Quota { rate: 2.0, ..of(0.1, 0) };
        assert_eq!(quota.advance(Time(100 * MS)), 8.0 * MS as f64);
        assert_eq!(quota.advance(Time(200 * MS)), 4.0 * MS as f64);
        // 6 are left, which last for 3 ms.
        assert_eq!(quota.advance(Time(300 * MS)), 4.0 * MS as f64);
    }

    /// Debts are paid although nothing runs, and who comes while one is there waits for the next period.
    #[test]
    fn who_comes_with_a_debt_waits() {
        let mut quota = of(0.1, 0);
        quota.advance(Time(12 * MS));
        quota.rate = 0.0;
        quota.advance(Time(50 * MS));
        quota.rate = 1.0;
        assert_eq!(takes(&quota, 8), 58.0);
        quota.rate = 0.0;
        quota.advance(Time(250 * MS));
        quota.rate = 1.0;
        assert_eq!(takes(&quota, 10), 10.0);
    }

    /// One microsecond after the other, as a list has it: period, tick, budget and steps in microseconds.
    fn slowly((period, tick, budget): (u64, u64, i64), phase: u64, steps: &[(u64, u32)]) -> Vec<u64> {
        let (mut now, mut left, mut throttled, mut found) = (0u64, budget, false, Vec::new());
        for &(length, rate) in steps {
            let mut ran = 0;
            throttled |= rate == 0 && left <= 0;
            for _ in 0..length {
                if now > 0 && (now + period - phase).is_multiple_of(period) {
                    left = budget + left.min(0);
                    throttled &= left <= 0;
                    throttled |= rate == 0 && left <= 0;
                }
                throttled |= now.is_multiple_of(tick) && left <= 0;
                if rate > 0 && !throttled {
                    left -= i64::from(rate);
                    ran += 1;
                }
                now += 1;
            }
            found.push(ran);
        }
        found
    }

    proptest! {
        /// Skipping whole periods comes to what a walk through every microsecond does.
        #[test]
        fn as_step_by_step(
            budget in 1i64..60,
            ticks in 1u64..20,
            tick in 1u64..12,
            beyond in 0u64..2,
            phase in 0u64..60,
            steps in prop::collection::vec((0u64..3000, 0u32..3), 1..8),
        ) {
            let period = ticks * tick + beyond;
            let phase = phase % period;
            let us = |count: u64| Span(1000 * count);
            let rule = QuotaRule { period: us(period), share: budget as f64 / period as f64, threads: 4.0, tick: us(tick) };
            let mut quota = Quota::new(&rule, us(phase).0, Time(0));
            let mut now = 0;
            for ((length, rate), expected) in steps.iter().zip(slowly((period, tick, budget), phase, &steps)) {
                quota.rate = f64::from(*rate);
                now += length;
                let ran = quota.advance(Time(0) + us(now));
                prop_assert!((ran - 1e3 * expected as f64).abs() < 1.0, "{ran}, not {expected} us, up to {now}");
            }
        }

        /// When a piece of work is done, just that much of it has been done; in the long run there is the share.
        #[test]
        fn done_when_it_says(share in 0.01f64..1.5, rate in 1u32..4, phase in 0u64..20, tick in 1u64..12, run in 1u64..5_000) {
            let rule = QuotaRule { period: Span(20 * MS), share, threads: 4.0, tick: Span(tick * MS) };
            let fresh = || Quota { rate: f64::from(rate), ..Quota::new(&rule, phase * MS, Time(0)) };
            let time = fresh().time_to_run((run * MS) as f64);
            let ran = fresh().advance(Time(time.ceil() as u64));
            prop_assert!((ran - (run * MS) as f64).abs() <= 2.0, "{ran} of {run} ms in {time}");
            let hour = 3_600_000 * MS;
            let cores = fresh().advance(Time(hour)) * f64::from(rate) / hour as f64;
            prop_assert!((cores - share.min(f64::from(rate))).abs() < 1e-4, "{cores} cores");
        }
    }
}
