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
use crate::document::{Diagnostics, Kind, Node, kind};
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

impl Arrivals {
    /// Reads a kind of arrivals. Notes every error, and then gives `None`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Arrivals> {
        type D<'a> = &'a mut Diagnostics;
        let kinds = [
            Kind { name: "poisson", read: &|n: &Node, d: D| Poisson::read(n, d).map(Arrivals::Poisson) },
            Kind { name: "constant", read: &|n: &Node, d: D| Constant::read(n, d).map(Arrivals::Constant) },
            Kind { name: "bursty", read: &|n: &Node, d: D| Bursty::read(n, d).map(Arrivals::Bursty) },
            Kind { name: "diurnal", read: &|n: &Node, d: D| Diurnal::read(n, d).map(Arrivals::Diurnal) },
            Kind { name: "spike", read: &|n: &Node, d: D| Spike::read(n, d).map(Arrivals::Spike) },
            Kind { name: "on-off", read: &|n: &Node, d: D| OnOff::read(n, d).map(Arrivals::OnOff) },
            Kind { name: "batch", read: &|n: &Node, d: D| Batch::read(n, d).map(Arrivals::Batch) },
            Kind { name: "closed", read: &|n: &Node, d: D| Closed::read(n, d, context).map(Arrivals::Closed) },
            Kind { name: "trace", read: &|n: &Node, d: D| FromTrace::read(n, d, context).map(Arrivals::Trace) },
        ];
        kind(node, diagnostics, "arrivals", &kinds)
    }

    /// Whether what arrives depends on what has been served.
    pub fn is_closed(&self) -> bool {
        matches!(self, Arrivals::Closed(_))
    }
}

#[cfg(test)]
mod tests;
