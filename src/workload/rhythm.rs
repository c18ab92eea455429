//! After which time arrivals repeat themselves: how much must be simulated whole, so that what is
//! scaled to a month is the month's.

use super::arrivals::{DAY, TraceSource};
use super::{AppWorkload, Arrivals, Generator, Trace};
use crate::units::{Span, Time};
use std::ops::Range;

/// Of a trace, so many arrivals are counted.
const MOST_COUNTED: usize = 20_000_000;

/// Of calm and storm by turns, at least so many are to be simulated.
const TURNS: u64 = 5;

/// How arrivals repeat themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rhythm {
    /// Every stretch of time is as good as another.
    Any,
    /// Whole multiples of this length are alike.
    Every(Span),
    /// Something comes once and not again: how much of it a month holds is for the scenario's
    /// duration to say.
    Once,
}

impl AppWorkload {
    /// How the arrivals repeat themselves: daily, weekly where weekends differ, with each turn of a
    /// repeated trace; a spike and the end of a trace come once.
    pub fn rhythm(&self) -> Rhythm {
        match &self.arrivals {
            Arrivals::None
            | Arrivals::Poisson(_)
            | Arrivals::Constant(_)
            | Arrivals::Bursty(_)
            | Arrivals::Closed(_) => Rhythm::Any,
            Arrivals::Diurnal(diurnal) if diurnal.weekend != 1.0 => Rhythm::Every(Span(7 * DAY.0)),
            Arrivals::Diurnal(_) | Arrivals::OnOff(_) | Arrivals::Batch(_) => Rhythm::Every(Span(DAY.0)),
            Arrivals::Trace(trace) if trace.repeat => match &trace.source {
                TraceSource::File(file) => Rhythm::Every(Span(file.summary.span.max(1))),
                TraceSource::Tenants(rows) => Rhythm::Every(rows.length()),
            },
            Arrivals::Spike(_) | Arrivals::Trace(_) => Rhythm::Once,
        }
    }

    /// The least that is to be simulated: of arrivals that leap between calm and storm some of each,
    /// since a window in one calm says nothing of the storms.
    pub fn least_duration(&self) -> Span {
        let Arrivals::Bursty(bursty) = &self.arrivals else { return Span(0) };
        Span((bursty.mean_calm.0.saturating_add(bursty.mean_storm.0)).saturating_mul(TURNS))
    }

    /// Requests per second in what is measured: over a long time where the arrivals repeat
    /// themselves, else in that very window of simulated time.
    pub fn measured_rate(&self, measured: Range<Time>) -> f64 {
        let seconds = measured.end.since(measured.start).seconds().max(1e-9);
        match &self.arrivals {
            Arrivals::Spike(spike) => {
                let mass = spike.mass(measured.end) - spike.mass(measured.start);
                mass / seconds * f64::from(self.tenants) * self.factor()
            }
            Arrivals::Trace(trace) => match (&trace.source, self.rhythm()) {
                (TraceSource::File(file), Rhythm::Every(turn)) => self.of_file(file, trace.scale) / turn.seconds(),
                (TraceSource::File(file), _)
                    if measured.start == Time(0)
                        && measured.end.0 > file.summary.span.saturating_add(trace.shift.0) =>
                {
                    self.of_file(file, trace.scale) / seconds
                }
                (_, Rhythm::Every(turn)) => self.counted(Time(0)..Time(turn.0)),
                _ => self.counted(measured),
            },
            _ => self.mean_rate(),
        }
    }

    /// Requests of a whole file, all tenants together.
    fn of_file(&self, file: &Trace, scale: f64) -> f64 {
        file.summary.total as f64 * scale * f64::from(self.tenants) * self.factor()
    }

    /// Arrivals per second within a window: of a very long one in its beginning.
    fn counted(&self, within: Range<Time>) -> f64 {
        let apps = std::slice::from_ref(self);
        let Ok(mut generator) = Generator::new(apps, 1, 0, 1.0, within.clone()) else { return 0.0 };
        let (mut count, mut last, mut window) = (0usize, within.start, Vec::new());
        while count < MOST_COUNTED && generator.next_window(&mut window).unwrap_or(false) {
            count += window.len();
            last = window.last().map_or(last, |arrival| arrival.time);
        }
        let end = if count < MOST_COUNTED { within.end } else { last };
        count as f64 / end.since(within.start).seconds().max(1e-9)
    }
}
