//! Poisson streams of all tenants as one: their intensities add up, and each arrival is a
//! tenant's with the probability of its share (Kingman, Poisson Processes, 1993, chapter 2).

use super::arrivals::Intensity;
use super::choose::Chooser;
use crate::engine::Stream;
use crate::units::Time;

/// The arrivals of all tenants of an app whose intensity is a function of time.
pub(super) struct Superposed<I> {
    intensity: I,
    /// One over the sum of the tenants' factors: what a unit exponential is multiplied by.
    mass: f64,
    now: Time,
    /// What of a nanosecond `now` leaves out, so that roundings do not add up.
    fraction: f64,
    gaps: Stream,
    chooser: Chooser,
    tenants: Stream,
}

impl<I: Intensity> Superposed<I> {
    /// `factor` is the sum of the tenants' factors, above 0.
    pub(super) fn new(
        intensity: I,
        factor: f64,
        start: Time,
        gaps: Stream,
        chooser: Chooser,
        tenants: Stream,
    ) -> Superposed<I> {
        Superposed { intensity, mass: 1.0 / factor, now: start, fraction: 0.0, gaps, chooser, tenants }
    }

    /// The next arrival and its tenant; `None` for good where there is none before `end`.
    #[inline]
    pub(super) fn next(&mut self, end: Time) -> Option<(Time, u32)> {
        let mass = self.gaps.exponential() * self.mass;
        let delay = self.intensity.delay(self.now, mass, end)? + self.fraction;
        let whole = delay as u64;
        self.fraction = delay - whole as f64;
        self.now = Time(self.now.0.saturating_add(whole));
        if self.now >= end {
            return None;
        }
        Some((self.now, self.chooser.draw(&mut self.tenants)))
    }
}
