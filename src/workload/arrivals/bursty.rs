//! At random, at a rate that leaps between two:
//! `bursty = { calm = "1 /s", storm = "50 /s", mean-calm = "10 min", mean-storm = "30 s" }`.
//!
//! A Markov-modulated Poisson process of two states (Fischer and Meier-Hellstern, The
//! Markov-modulated Poisson process (MMPP) cookbook, Performance Evaluation 18, 1993), begun in
//! its stationary state. Traffic and activity multiply its rates, and leave its weather alone.

use super::quantities::{LENGTH, RATE};
use crate::document::{Declared, Diagnostics, Key, Node, Shape, Table};
use crate::engine::Stream;
use crate::units::{Span, Time};
use crate::workload::merged::Process;

/// A rate that leaps between two.
#[derive(Clone, Debug, PartialEq)]
pub struct Bursty {
    /// Arrivals per second in calm.
    pub calm: f64,
    /// Arrivals per second in storm.
    pub storm: f64,
    /// Mean length of a calm (exponential).
    pub mean_calm: Span,
    /// Mean length of a storm (exponential).
    pub mean_storm: Span,
}

const CALM: Key<f64> = Key::required("calm", RATE, "The rate in calm.");
const STORM: Key<f64> = Key::required("storm", RATE, "The rate in storm.");
const MEAN_CALM: Key<Span> = Key::required("mean-calm", LENGTH, "The mean length of a calm.");
const MEAN_STORM: Key<Span> = Key::required("mean-storm", LENGTH, "The mean length of a storm.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "bursty",
    doc: "Poisson at one of two rates, by turns of exponential length.",
    shape: Shape::Keys(&[CALM.field, STORM.field, MEAN_CALM.field, MEAN_STORM.field]),
};

impl Bursty {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Bursty> {
        let mut table = Table::of(node, diagnostics)?;
        let calm = table.take(&CALM, diagnostics);
        let storm = table.take(&STORM, diagnostics);
        let mean_calm = table.take(&MEAN_CALM, diagnostics);
        let mean_storm = table.take(&MEAN_STORM, diagnostics);
        table.finish(diagnostics);
        Some(Bursty { calm: calm?, storm: storm?, mean_calm: mean_calm?, mean_storm: mean_storm? })
    }

    /// The share of time that is storm.
    pub fn storm_share(&self) -> f64 {
        let (calm, storm) = (self.mean_calm.0 as f64, self.mean_storm.0 as f64);
        storm / (calm + storm)
    }
}

/// One tenant's arrivals.
pub(in crate::workload) struct BurstyProcess {
    /// Arrivals per nanosecond in calm and in storm.
    rates: [f64; 2],
    /// Mean lengths of calm and storm, in nanoseconds.
    lengths: [f64; 2],
    state: usize,
    now: Time,
    /// What of a nanosecond `now` leaves out.
    fraction: f64,
    /// Nanoseconds until the state changes.
    left: f64,
    gaps: Stream,
    weather: Stream,
}

impl BurstyProcess {
    pub(in crate::workload) fn new(
        bursty: &Bursty,
        factor: f64,
        start: Time,
        gaps: Stream,
        mut weather: Stream,
    ) -> BurstyProcess {
        let state = usize::from(weather.uniform() <= bursty.storm_share());
        let lengths = [bursty.mean_calm.0 as f64, bursty.mean_storm.0 as f64];
        let left = lengths[state] * weather.exponential();
        let rates = [bursty.calm * factor * 1e-9, bursty.storm * factor * 1e-9];
        BurstyProcess { rates, lengths, state, now: start, fraction: 0.0, left, gaps, weather }
    }

    fn pass(&mut self, nanoseconds: f64) {
        let sum = self.fraction + nanoseconds;
        let whole = sum as u64;
        self.fraction = sum - whole as f64;
        self.now = Time(self.now.0.saturating_add(whole));
    }
}

impl Process for BurstyProcess {
    fn next(&mut self, end: Time) -> Option<Time> {
        if self.rates == [0.0; 2] {
            return None;
        }
        let mut mass = self.gaps.exponential();
        while self.now < end {
            let until_next = mass / self.rates[self.state];
            if until_next < self.left {
                self.left -= until_next;
                self.pass(until_next);
                return Some(self.now).filter(|now| *now < end);
            }
            mass -= self.left * self.rates[self.state];
            self.pass(self.left);
            self.state = 1 - self.state;
            self.left = self.lengths[self.state] * self.weather.exponential();
        }
        None
    }
}
