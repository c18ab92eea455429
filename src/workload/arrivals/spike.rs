//! At random, at a rate that has one peak:
//! `spike = { base = "5 /s", peak = "500 /s", at = "3 h", ramp = "2 min", length = "10 min" }`.

use super::quantities::{DURATION, RATE};
use super::{Intensity, parse_time_of_day};
use crate::document::{Declared, Diagnostics, Key, Literal, Node, Quantity, Shape, Table, quantity};
use crate::units::{Span, Time, parse_span};

/// One peak: up in a straight line, held, and down again.
#[derive(Clone, Debug, PartialEq)]
pub struct Spike {
    /// Arrivals per second before and after.
    pub base: f64,
    /// Arrivals per second while it holds.
    pub peak: f64,
    /// When it begins to rise, from the start of simulated time.
    pub at: Span,
    /// How long it rises, and how long it falls.
    pub ramp: Span,
    /// How long it holds.
    pub length: Span,
}

/// A stretch of time in which the rate is a straight line.
struct Piece {
    /// Its length in nanoseconds; infinite for the last.
    length: f64,
    /// Arrivals per nanosecond at its beginning.
    from: f64,
    /// How much that grows per nanosecond.
    slope: f64,
}

const BASE: Key<f64> = Key::required("base", RATE, "The rate outside the spike.");
const PEAK: Key<f64> = Key::required("peak", RATE, "The rate in it.");
const AT: Key<Span> = Key::required(
    "at",
    Quantity { schema: "moment", read: |node, diagnostics| quantity(node, diagnostics, "3 h", moment) },
    "When the rise begins: a time since the start, or a time of the first day.",
);
const RAMP: Key<Span> = Key::default("ramp", DURATION, Literal::Text("0 s"), "How long the rise takes, and the fall.");
const LENGTH: Key<Span> = Key::required("length", DURATION, "How long the peak lasts.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "spike",
    doc: "Poisson at a base rate, once rising to a peak.",
    shape: Shape::Keys(&[BASE.field, PEAK.field, AT.field, RAMP.field, LENGTH.field]),
};

impl Spike {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Spike> {
        let mut table = Table::of(node, diagnostics)?;
        let base = table.take(&BASE, diagnostics);
        let peak = table.take(&PEAK, diagnostics);
        let at = table.take(&AT, diagnostics);
        let ramp = table.take(&RAMP, diagnostics);
        let length = table.take(&LENGTH, diagnostics);
        table.finish(diagnostics);
        Some(Spike { base: base?, peak: peak?, at: at?, ramp: ramp?, length: length? })
    }

    /// Expected arrivals from the start of simulated time to a moment.
    pub fn mass(&self, until: Time) -> f64 {
        let (mut at, mut mass) = (0, 0.0);
        while at < until.0 {
            let piece = self.piece(at);
            let length = piece.length.min((until.0 - at) as f64);
            mass += Piece { length, ..piece }.mass();
            at = at.saturating_add(piece.length as u64);
        }
        mass
    }

    /// The piece at a moment, from there on.
    fn piece(&self, at: u64) -> Piece {
        let (base, peak) = (self.base * 1e-9, self.peak * 1e-9);
        let slope = (peak - base) / self.ramp.0 as f64;
        let rising = self.at.0;
        let held = rising.saturating_add(self.ramp.0);
        let falling = held.saturating_add(self.length.0);
        let over = falling.saturating_add(self.ramp.0);
        let left = |end: u64| (end - at) as f64;
        match at {
            _ if at < rising => Piece { length: left(rising), from: base, slope: 0.0 },
            _ if at < held => Piece { length: left(held), from: base + slope * (at - rising) as f64, slope },
            _ if at < falling => Piece { length: left(falling), from: peak, slope: 0.0 },
            _ if at < over => Piece { length: left(over), from: base + slope * left(over), slope: -slope },
            _ => Piece { length: f64::INFINITY, from: base, slope: 0.0 },
        }
    }
}

impl Piece {
    /// Expected arrivals in all of it.
    fn mass(&self) -> f64 {
        match (self.from, self.slope) {
            // The last piece is endless: no infinity times nothing.
            (0.0, 0.0) => 0.0,
            (from, 0.0) => self.length * from,
            (from, slope) => self.length * (from + 0.5 * slope * self.length),
        }
    }

    /// When so many are expected: the root of slope/2 t^2 + from t = mass, without cancellation.
    fn when(&self, mass: f64) -> f64 {
        let root = libm::sqrt((self.from * self.from + 2.0 * self.slope * mass).max(0.0));
        (2.0 * mass / (self.from + root)).min(self.length)
    }
}

/// A length of time since the start, or a time of the first day.
fn moment(text: &str) -> Result<Span, String> {
    if text.contains(':') { parse_time_of_day(text) } else { parse_span(text) }
}

impl Intensity for Spike {
    fn delay(&self, from: Time, mut mass: f64, end: Time) -> Option<f64> {
        let mut at = from.0;
        while at < end.0 {
            let piece = self.piece(at);
            let all = piece.mass();
            if mass < all {
                let delay = (at - from.0) as f64 + piece.when(mass);
                return (delay < end.since(from).0 as f64).then_some(delay);
            }
            mass -= all;
            // A cast of infinity gives the greatest integer: past the end.
            at = at.saturating_add(piece.length as u64);
        }
        None
    }

    fn rate(&self, at: Time) -> f64 {
        self.piece(at.0).from * 1e9
    }
}
