//! A level over time: how many instances there are, how many requests wait.

use crate::units::{Span, Time};

/// A number that changes at moments, with its exact integral over time and its peak.
///
/// Kept is the sum of change × moment: the integral up to a moment is level × moment less that
/// sum, so a change needs no memory of the one before. (A step on the way may wrap around 2^128;
/// the difference is right all the same.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    value: i64,
    peak: i64,
    /// Changes times their moments.
    moments: i128,
    begun: Time,
}

impl Level {
    /// A level of `value` from `now` on.
    pub fn new(now: Time, value: i64) -> Level {
        Level { value, peak: value, moments: product(value, now), begun: now }
    }

    /// Changes the level by `delta`.
    #[inline]
    pub fn add(&mut self, now: Time, delta: i64) {
        self.moments = self.moments.wrapping_add(product(delta, now));
        self.value += delta;
        self.peak = self.peak.max(self.value);
    }

    /// Adds to the integral what the level alone does not say: level × nanoseconds.
    #[inline]
    pub fn add_area(&mut self, area: i128) {
        self.moments = self.moments.wrapping_sub(area);
    }

    /// Changes the level to `value`.
    #[inline]
    pub fn set(&mut self, now: Time, value: i64) {
        self.add(now, value - self.value);
    }

    /// Starts measuring anew (at the end of the warm-up): the level stays, the integral and the
    /// peak begin again.
    pub fn reset(&mut self, now: Time) {
        *self = Level::new(now, self.value);
    }

    /// The level now.
    #[inline]
    pub fn value(&self) -> i64 {
        self.value
    }

    /// The greatest level since the measuring began.
    pub fn peak(&self) -> i64 {
        self.peak
    }

    /// Level × nanoseconds from the beginning of the measuring to `now`, exactly.
    #[inline]
    pub fn integral(&self, now: Time) -> i128 {
        product(self.value, now).wrapping_sub(self.moments)
    }

    /// The time average of the level up to `now`; `None` where no time has gone by.
    pub fn mean(&self, now: Time) -> Option<f64> {
        let Span(length) = now.since(self.begun);
        (length > 0).then(|| self.integral(now) as f64 / length as f64)
    }
}

#[inline]
fn product(value: i64, moment: Time) -> i128 {
    i128::from(value) * i128::from(moment.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn weighs_by_time_and_resets_without_losing_the_level() {
        let mut level = Level::new(Time(0), 0);
        level.add(Time(10), 3);
        level.add(Time(30), -1);
        assert_eq!((level.value(), level.peak(), level.integral(Time(40))), (2, 3, 80));
        assert_eq!(level.mean(Time(40)), Some(2.0));
        level.reset(Time(40));
        assert_eq!((level.value(), level.peak(), level.integral(Time(40))), (2, 2, 0));
        assert_eq!(level.mean(Time(40)), None);
        level.set(Time(50), 5);
        assert_eq!((level.integral(Time(60)), level.mean(Time(60))), (70, Some(3.5)));
    }

    proptest! {
        #[test]
        fn the_integral_is_the_sum_of_the_rectangles(steps in prop::collection::vec((0..1u64 << 40, -1000..1000i64), 1..50)) {
            let mut level = Level::default();
            let (mut now, mut value, mut sum) = (0u64, 0i64, 0i128);
            for (wait, delta) in steps {
                sum += i128::from(value) * i128::from(wait);
                now += wait;
                value += delta;
                level.add(Time(now), delta);
                prop_assert_eq!(level.integral(Time(now)), sum);
                prop_assert_eq!(level.value(), value);
            }
        }
    }
}
