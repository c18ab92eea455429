//! A level over time, kept as the means of equal stretches: what a figure draws.

use crate::units::{Span, Time};

/// A level whose course is kept as the integral over each of a fixed number of equal stretches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    start: Time,
    length: Span,
    integrals: Vec<i128>,
    value: i64,
    since: Time,
    stretch: usize,
    stretch_end: Time,
}

impl Series {
    /// A level of `value` from `start` on, kept for `length` in `stretches` (at least one).
    pub fn new(start: Time, length: Span, stretches: usize, value: i64) -> Series {
        let integrals = vec![0; stretches.max(1)];
        let mut series = Series { start, length, integrals, value, since: start, stretch: 0, stretch_end: start };
        series.stretch_end = series.boundary(1);
        series
    }

    /// Where the `index`-th stretch begins: the boundaries are spread as evenly as whole
    /// nanoseconds allow.
    fn boundary(&self, index: usize) -> Time {
        let offset = u128::from(self.length.0) * index as u128 / self.integrals.len() as u128;
        self.start + Span(offset as u64)
    }

    /// Changes the level by `delta`. What is before the start or after the end is not kept, and a
    /// moment before the last change counts as that.
    #[inline]
    pub fn add(&mut self, now: Time, delta: i64) {
        self.advance(now);
        self.value += delta;
    }

    /// Changes the level to `value`.
    #[inline]
    pub fn set(&mut self, now: Time, value: i64) {
        self.add(now, value - self.value);
    }

    #[inline]
    fn advance(&mut self, now: Time) {
        while now >= self.stretch_end && self.stretch < self.integrals.len() {
            self.hold(self.stretch_end);
            self.stretch += 1;
            self.stretch_end = self.boundary(self.stretch + 1);
        }
        self.hold(now);
    }

    fn hold(&mut self, until: Time) {
        if let Some(integral) = self.integrals.get_mut(self.stretch) {
            *integral += i128::from(self.value) * i128::from(until.since(self.since).0);
        }
        self.since = self.since.max(until);
    }

    /// The mean level in every stretch, in order, where the last level holds to the end; 0 in a
    /// stretch without length.
    pub fn means(&self) -> Vec<f64> {
        let mut whole = self.clone();
        whole.advance(self.boundary(self.integrals.len()));
        let mean = |(index, integral): (usize, &i128)| match self.boundary(index + 1).since(self.boundary(index)).0 {
            0 => 0.0,
            length => *integral as f64 / length as f64,
        };
        whole.integrals.iter().enumerate().map(mean).collect()
    }

    /// The stretch-by-stretch mean of several series of the same number of stretches (those of a
    /// case's replications); empty where there is none.
    pub fn mean_of(series: &[Vec<f64>]) -> Vec<f64> {
        let stretches = series.iter().map(Vec::len).min().unwrap_or(0);
        let mean = |index: usize| series.iter().map(|s| s[index]).sum::<f64>() / series.len() as f64;
        (0..stretches).map(mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Level;
    use proptest::prelude::*;

    #[test]
    fn a_change_inside_a_stretch_is_weighed_by_time() {
        let mut series = Series::new(Time(100), Span(40), 4, 2);
        series.add(Time(105), 2);
        series.add(Time(125), -4);
        assert_eq!(series.means(), [3.0, 4.0, 2.0, 0.0]);
    }

    #[test]
    fn what_lies_outside_is_left_out() {
        let mut series = Series::new(Time(100), Span(20), 2, 0);
        series.add(Time(50), 1);
        series.add(Time(110), 1);
        series.add(Time(500), 7);
        assert_eq!(series.means(), [1.0, 2.0]);
        assert_eq!(Series::new(Time(0), Span(0), 3, 5).means(), [0.0; 3]);
    }

    #[test]
    fn replications_are_averaged_stretch_by_stretch() {
        assert_eq!(Series::mean_of(&[vec![1.0, 2.0], vec![3.0, 6.0]]), [2.0, 4.0]);
        assert!(Series::mean_of(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn stretches_add_up_to_the_level(
            steps in prop::collection::vec((0..50u64, -9..10i64), 1..60), length in 1..1000u64, stretches in 1..40usize,
        ) {
            let mut level = Level::new(Time(7), 0);
            let mut series = Series::new(Time(7), Span(length), stretches, 0);
            let mut now = 7;
            for (wait, delta) in steps {
                now += wait;
                if now <= 7 + length { level.add(Time(now), delta); }
                series.add(Time(now), delta);
            }
            series.add(Time(7 + length), 0);
            prop_assert_eq!(series.integrals.iter().sum::<i128>(), level.integral(Time(7 + length)));
        }
    }
}
