//! At random, between two times of the day:
//! `on-off = { on = "86 /s", from = "08:00", to = "20:00" }`; `from` may be later than `to`.

use super::quantities::{RATE, TIME_OF_DAY};
use super::{DAY, Intensity};
use crate::document::{Declared, Diagnostics, Key, Node, Shape, Table};
use crate::units::{Span, Time};

/// Poisson between two times of the day, nothing outside.
#[derive(Clone, Debug, PartialEq)]
pub struct OnOff {
    /// Arrivals per second while on.
    pub on: f64,
    /// When it goes on.
    pub from: Span,
    /// When it goes off.
    pub to: Span,
}

const ON: Key<f64> = Key::required("on", RATE, "The rate.");
const FROM: Key<Span> = Key::required("from", TIME_OF_DAY, "When it goes on.");
const TO: Key<Span> = Key::required("to", TIME_OF_DAY, "When it goes off; it may be earlier in the day.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "on-off",
    doc: "Poisson between two times of day, nothing otherwise.",
    shape: Shape::Keys(&[ON.field, FROM.field, TO.field]),
};

impl OnOff {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<OnOff> {
        let mut table = Table::of(node, diagnostics)?;
        let on = table.take(&ON, diagnostics);
        let from = table.take(&FROM, diagnostics);
        let to = table.take(&TO, diagnostics);
        table.finish(diagnostics);
        let (on, from, to) = (on?, from?, to?);
        if from.0 % DAY.0 == to.0 % DAY.0 && to.0 - from.0.min(to.0) != DAY.0 {
            let help = "use `poisson` for a rate that never goes off";
            diagnostics.error(node.at, "`from` and `to` are the same time of day", help);
            return None;
        }
        Some(OnOff { on, from, to })
    }

    /// Nanoseconds on in each day.
    fn length(&self) -> u64 {
        if self.to > self.from { self.to.0 - self.from.0 } else { self.to.0 + DAY.0 - self.from.0 }
    }

    /// How long ago, at a moment, it last went on.
    fn since_on(&self, at: Time) -> u64 {
        (at.0 % DAY.0 + DAY.0 - self.from.0 % DAY.0) % DAY.0
    }
}

impl Intensity for OnOff {
    fn delay(&self, from: Time, mass: f64, end: Time) -> Option<f64> {
        // Time that is on, needed from now; then the time that is off laid between.
        let needed = mass * (1e9 / self.on);
        let limit = end.since(from).0 as f64;
        if needed.is_nan() || needed >= limit {
            return None;
        }
        let (length, since) = (self.length(), self.since_on(from));
        let off = (DAY.0 - length) as f64;
        let left = length.saturating_sub(since) as f64;
        let delay = if needed < left {
            needed
        } else {
            let until_on = (DAY.0 - since) as f64;
            let days = libm::floor((needed - left) / length as f64);
            until_on + (needed - left) + days * off
        };
        (delay < limit).then_some(delay)
    }

    fn rate(&self, at: Time) -> f64 {
        if self.since_on(at) < self.length() { self.on } else { 0.0 }
    }
}
