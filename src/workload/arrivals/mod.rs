//! Arrival processes, one kind in one file.
//!
//! Each file holds what users write about a kind, and the process itself. Those whose intensity
//! is a function of time alone (poisson, diurnal, spike, on-off) are an [`Intensity`]: the
//! streams of all tenants are one superposed Poisson stream, drawn by the change of time, so
//! that the k-th gap of an app takes the k-th unit exponential whatever the traffic.

mod batch;
mod bursty;
mod closed;
mod constant;
mod counted;
mod diurnal;
mod on_off;
mod poisson;
mod quantities;
mod requested;
mod spike;
mod thinner;
mod time_of_day;
mod trace;

pub use batch::Batch;
pub use bursty::Bursty;
pub use closed::Closed;
pub use constant::Constant;
pub use diurnal::Diurnal;
pub use on_off::OnOff;
pub use poisson::Poisson;
pub use spike::Spike;
pub use time_of_day::{DAY, parse_time_of_day, time_of_day};
pub use trace::{Align, DurationIs, FromTrace, Inside, TraceSource, align};

pub(super) use batch::Batches;
pub(super) use bursty::BurstyProcess;
pub(super) use closed::ClosedApp;
pub(super) use constant::ConstantProcess;
pub(super) use counted::{CountedArrivals, TraceStreams};
pub(super) use requested::RequestArrivals;

use super::Context;
use crate::document::{Declared, Diagnostics, Kind, Node, Shape, kind};
use crate::units::Time;

/// How the requests of an app arrive.
#[derive(Clone, Debug, Default)]
pub enum Arrivals {
    /// Not at all.
    #[default]
    None,
    /// At random, at one rate.
    Poisson(Poisson),
    /// At equal distances.
    Constant(Constant),
    /// At random, at a rate that leaps between two.
    Bursty(Bursty),
    /// At random, at a rate that follows the hour of the day.
    Diurnal(Diurnal),
    /// At random, at a rate that has one peak.
    Spike(Spike),
    /// At random, between two times of the day.
    OnOff(OnOff),
    /// Many at once, daily.
    Batch(Batch),
    /// From users who think, ask, and wait for the answer.
    Closed(Closed),
    /// As measured.
    Trace(FromTrace),
}

/// A rate of arrivals that is a function of time alone.
pub trait Intensity {
    /// Nanoseconds from `from` until the expected number of arrivals since then is `mass`;
    /// `None` where that is not before `end`.
    fn delay(&self, from: Time, mass: f64, end: Time) -> Option<f64>;

    /// Arrivals per second at a moment.
    fn rate(&self, at: Time) -> f64;
}

/// How a kind is read.
type Reader = fn(&Node, &mut Diagnostics, &Context<'_>) -> Option<Arrivals>;

/// The kinds: what users write, and how it is read. One more is a file beside these, a variant above and a line here.
const KINDS: [(Declared, Reader); 9] = [
    (poisson::DECLARED, |n, d, _| Poisson::read(n, d).map(Arrivals::Poisson)),
    (constant::DECLARED, |n, d, _| Constant::read(n, d).map(Arrivals::Constant)),
    (bursty::DECLARED, |n, d, _| Bursty::read(n, d).map(Arrivals::Bursty)),
    (diurnal::DECLARED, |n, d, _| Diurnal::read(n, d).map(Arrivals::Diurnal)),
    (spike::DECLARED, |n, d, _| Spike::read(n, d).map(Arrivals::Spike)),
    (on_off::DECLARED, |n, d, _| OnOff::read(n, d).map(Arrivals::OnOff)),
    (batch::DECLARED, |n, d, _| Batch::read(n, d).map(Arrivals::Batch)),
    (closed::DECLARED, |n, d, context| Closed::read(n, d, context).map(Arrivals::Closed)),
    (TRACE, |n, d, context| FromTrace::read(n, d, context).map(Arrivals::Trace)),
];

const TRACE: Declared = Declared {
    name: "trace",
    doc: "As measured: from a file, or from a [trace.NAME] with a row for each tenant.",
    shape: Shape::Defined("arrivals-trace"),
};

impl Arrivals {
    /// The kinds that users can write.
    pub fn declared() -> impl Iterator<Item = Declared> {
        KINDS.into_iter().map(|(declared, _)| declared)
    }

    /// Reads a kind of arrivals. Notes every error, and then gives `None`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Arrivals> {
        let readers = KINDS.map(|(_, read)| move |n: &Node, d: &mut Diagnostics| read(n, d, context));
        let kinds: Vec<Kind<'_, Arrivals>> =
            Arrivals::declared().zip(&readers).map(|(declared, read)| Kind { name: declared.name, read }).collect();
        kind(node, diagnostics, "arrivals", &kinds)
    }

    /// Whether what arrives depends on what has been served.
    pub fn is_closed(&self) -> bool {
        matches!(self, Arrivals::Closed(_))
    }

    /// Whether they go on for ever at one mean rate (or there are none), so that there is a level to come to.
    pub fn is_steady(&self) -> bool {
        matches!(
            self,
            Arrivals::None | Arrivals::Poisson(_) | Arrivals::Constant(_) | Arrivals::Bursty(_) | Arrivals::Closed(_)
        )
    }
}

#[cfg(test)]
mod tests;
