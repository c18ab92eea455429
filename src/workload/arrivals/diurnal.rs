//! At random, at a rate that follows the hour of the day:
//! `diurnal = { trough = "5 /s", peak = "200 /s", peak-at = "15:00", weekend = 0.5 }`.

use super::quantities::{FACTOR, RATE, TIME_OF_DAY};
use super::{DAY, Intensity};
use crate::document::{Declared, Diagnostics, Key, Literal, Node, Shape, Table};
use crate::units::{Span, Time};
use std::f64::consts::TAU;

/// A sinusoid of the day; simulated time begins on a Monday at 00:00.
#[derive(Clone, Debug, PartialEq)]
pub struct Diurnal {
    /// Arrivals per second at the quietest moment, 12 hours from the peak.
    pub trough: f64,
    /// Arrivals per second at the peak.
    pub peak: f64,
    /// The peak's time of day.
    pub peak_at: Span,
    /// What the rate is multiplied by on Saturday and Sunday.
    pub weekend: f64,
}

/// Nanoseconds of a day.
const LENGTH: f64 = DAY.0 as f64;

const TROUGH: Key<f64> = Key::required("trough", RATE, "The lowest rate.");
const PEAK: Key<f64> = Key::required("peak", RATE, "The highest rate.");
const PEAK_AT: Key<Span> = Key::required("peak-at", TIME_OF_DAY, "When the rate is highest.");
const WEEKEND: Key<f64> =
    Key::default("weekend", FACTOR, Literal::Number(1.0), "A factor of the rate on Saturdays and Sundays.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "diurnal",
    doc: "Poisson, the rate a sinusoid of the day.",
    shape: Shape::Keys(&[TROUGH.field, PEAK.field, PEAK_AT.field, WEEKEND.field]),
};

impl Diurnal {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Diurnal> {
        let mut table = Table::of(node, diagnostics)?;
        let trough = table.take(&TROUGH, diagnostics);
        let peak = table.take(&PEAK, diagnostics);
        let peak_at = table.take(&PEAK_AT, diagnostics);
        let weekend = table.take(&WEEKEND, diagnostics);
        table.finish(diagnostics);
        let (trough, peak) = (trough?, peak?);
        if peak < trough {
            diagnostics.error(node.at, "`peak` is below `trough`", "exchange them, and move `peak-at` by 12 hours");
            return None;
        }
        Some(Diurnal { trough, peak, peak_at: peak_at?, weekend: weekend? })
    }

    /// Monday is day 0.
    fn factor(&self, day: u64) -> f64 {
        if day % 7 >= 5 { self.weekend } else { 1.0 }
    }

    /// Per nanosecond: the rate in the middle between trough and peak, and how far it swings.
    fn swing(&self) -> (f64, f64) {
        (0.5e-9 * (self.peak + self.trough), 0.5e-9 * (self.peak - self.trough))
    }

    fn near(&self, time: f64) -> Near {
        let (middle, half) = self.swing();
        let (sin, cos) = libm::sincos(angle(time - self.peak_at.0 as f64));
        Near { middle, sin: half * sin, cos: half * cos }
    }

    /// Expected arrivals (per unit of the weekend's factor) up to a time of the day, less those of
    /// some fixed time, and the rate there per nanosecond: the integral of
    /// m + a cos(w (t - peak)) is m t + a/w sin(w (t - peak)).
    fn until(&self, time: f64) -> (f64, f64) {
        let (middle, half) = self.swing();
        let (sin, cos) = libm::sincos(angle(time - self.peak_at.0 as f64));
        (middle * time + half * (LENGTH / TAU) * sin, middle + half * cos)
    }

    /// The time of day, after `low`, until which `mass` is expected: Newton's method, kept
    /// between bounds by bisection.
    fn when(&self, mass: f64, mut low: f64, (below, rate): (f64, f64)) -> f64 {
        let curve = self.swing().1 * (TAU / LENGTH);
        let mut high = LENGTH;
        let mut time = low + (mass - below) / rate;
        for _ in 0..100 {
            if !(time > low && time < high) {
                time = 0.5 * (low + high);
            }
            let (reached, rate) = self.until(time);
            if reached < mass {
                low = time
            } else {
                high = time
            }
            let step = (mass - reached) / rate;
            time += step;
            // What a step leaves is at most step^2 / 2 × the rate's slope / the rate; a
            // hundredth of a nanosecond will do.
            if step * step * curve < 0.02 * rate || high - low < 0.02 {
                break;
            }
        }
        time.clamp(0.0, LENGTH)
    }
}

/// The rate near a moment, as far as the first terms of sine and cosine go.
struct Near {
    middle: f64,
    /// The swing times the sine and the cosine at that moment.
    sin: f64,
    cos: f64,
}

/// Radians for which terms up to the sixth power are exact to a part in 10^16: 2 minutes.
const NEAR: f64 = 0.01;

impl Near {
    /// Nanoseconds until `mass` is expected, by Newton's method; `None` where that is not near.
    fn delay(&self, mass: f64) -> Option<f64> {
        let w = TAU / LENGTH;
        let curve = w * (self.sin.abs() + self.cos.abs());
        let mut delay = mass / (self.middle + self.cos);
        for _ in 0..6 {
            let angle = delay * w;
            if !(0.0..NEAR).contains(&angle) {
                return None;
            }
            let square = angle * angle;
            let sin = angle * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0)));
            let cos_less_one = -square * (0.5 - square * (1.0 / 24.0 - square * (1.0 / 720.0)));
            // sin(a + d) - sin(a) = sin(a) (cos(d) - 1) + cos(a) sin(d)
            let reached = self.middle * delay + (self.sin * cos_less_one + self.cos * sin) / w;
            let rate = self.middle + self.cos * (1.0 + cos_less_one) - self.sin * sin;
            let step = (mass - reached) / rate;
            delay += step;
            if step * step * curve < 0.02 * rate {
                return Some(delay);
            }
        }
        None
    }
}

/// An angle of the day within -pi .. pi, where sine and cosine are quick.
fn angle(time: f64) -> f64 {
    let turns = time / LENGTH;
    TAU * (turns - libm::rint(turns))
}

impl Intensity for Diurnal {
    fn delay(&self, from: Time, mut mass: f64, end: Time) -> Option<f64> {
        let mut day = from.0 / DAY.0;
        let mut start = (from.0 % DAY.0) as f64;
        // Nearly all arrivals are near: one sine and cosine instead of four.
        let near = self.near(start).delay(mass / self.factor(day));
        if let Some(delay) = near.filter(|delay| start + delay < LENGTH) {
            return Some(delay);
        }
        let whole = self.swing().0 * LENGTH;
        // The sine is the same at both ends of a day.
        let midnight = self.until(0.0);
        while day * DAY.0 < end.0 {
            let factor = self.factor(day);
            let here = if start > 0.0 { self.until(start) } else { midnight };
            let left = factor * (midnight.0 + whole - here.0);
            if mass < left {
                let time = self.when(here.0 + mass / factor, start, here);
                let passed = (day * DAY.0) as f64 - from.0 as f64;
                return Some((time + passed).max(0.0));
            }
            mass -= left;
            day += 1;
            start = 0.0;
        }
        None
    }

    fn rate(&self, at: Time) -> f64 {
        self.factor(at.0 / DAY.0) * self.until((at.0 % DAY.0) as f64).1 * 1e9
    }
}
