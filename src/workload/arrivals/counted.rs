//! Arrivals from counts per interval.

use super::thinner::{Thinner, factor_of, thinners};
use super::trace::{FromTrace, Inside, TraceSource};
use crate::engine::Stream;
use crate::units::Time;
use crate::workload::choose::Urn;
use crate::workload::trace::{CountsReader, TenantTrace, Trace, TraceError};
use std::sync::Arc;

/// The streams that arrivals from a trace draw from.
pub(in crate::workload) struct TraceStreams {
    /// Where in an interval.
    pub(in crate::workload) places: Stream,
    /// Whose.
    pub(in crate::workload) tenants: Stream,
    /// How many.
    pub(in crate::workload) thinning: Stream,
}

/// Intervals, one after the other.
enum Feed {
    File(Arc<Trace>, Box<CountsReader>),
    Tenants(Arc<TenantTrace>, usize),
}

/// Arrivals of all tenants from counts per interval.
pub(in crate::workload) struct CountedArrivals {
    feed: Feed,
    start: Time,
    /// Where this pass through the file began, in nanoseconds from `start`.
    offset: u64,
    repeat: bool,
    inside: Inside,
    factors: Vec<f64>,
    largest: f64,
    thinners: Vec<Thinner>,
    streams: TraceStreams,
    urn: Urn,
    counts: Vec<(u32, u64)>,
    /// The current interval.
    begins: u64,
    length: u64,
    /// How far through it: a share of its length, or of its expected requests.
    passed: f64,
}

impl CountedArrivals {
    pub(in crate::workload) fn new(
        from: &FromTrace,
        tenants: u32,
        factors: Vec<f64>,
        start: Time,
        mut streams: TraceStreams,
    ) -> Result<CountedArrivals, TraceError> {
        let feed = match &from.source {
            TraceSource::File(trace) => Feed::File(trace.clone(), Box::new(CountsReader::open(trace)?)),
            TraceSource::Tenants(trace) => Feed::Tenants(trace.clone(), 0),
        };
        let factors: Vec<f64> = factors.iter().map(|f| f * from.scale).collect();
        let largest = factors.iter().copied().fold(0.0, f64::max);
        let thinners = match from.inside {
            Inside::Uniform => thinners(&factors, tenants, &mut streams.thinning),
            Inside::Poisson => Vec::new(),
        };
        let counts = (0..tenants).map(|tenant| (tenant, 0)).collect();
        Ok(CountedArrivals {
            feed,
            start,
            offset: 0,
            repeat: from.repeat,
            inside: from.inside,
            factors,
            largest,
            thinners,
            streams,
            urn: Urn::default(),
            counts,
            begins: 0,
            length: 0,
            passed: 0.0,
        })
    }

    pub(in crate::workload) fn next(&mut self, end: Time) -> Result<Option<(Time, u32)>, TraceError> {
        match self.inside {
            Inside::Uniform => self.next_uniform(end),
            Inside::Poisson => self.next_poisson(end),
        }
    }

    /// The least of n uniform places in what is left of the interval: 1 - U^(1/n) of it.
    fn next_uniform(&mut self, end: Time) -> Result<Option<(Time, u32)>, TraceError> {
        while self.urn.total() == 0 {
            if !self.load(end)? {
                return Ok(None);
            }
            self.passed = 0.0;
            let (thinners, stream) = (&mut self.thinners, &mut self.streams.thinning);
            let counts = self.counts.iter();
            self.urn.fill(counts.map(|(tenant, count)| (*tenant, thinners[*tenant as usize].copies(*count, stream))));
        }
        let least = -libm::expm1(-self.streams.places.exponential() / self.urn.total() as f64);
        self.passed += (1.0 - self.passed) * least;
        let tenant = self.urn.take(&mut self.streams.tenants);
        Ok(self.place(self.passed, end).map(|time| (time, tenant)))
    }

    /// A Poisson process whose rate is that of each interval: unit exponentials of mass.
    fn next_poisson(&mut self, end: Time) -> Result<Option<(Time, u32)>, TraceError> {
        loop {
            let mut mass = self.passed + self.streams.places.exponential();
            while mass >= self.urn.total() as f64 * self.largest {
                mass -= self.urn.total() as f64 * self.largest;
                if !self.load(end)? {
                    return Ok(None);
                }
                self.urn.fill(self.counts.iter().copied());
            }
            self.passed = mass;
            let tenant = self.urn.look(&mut self.streams.tenants);
            let factor = factor_of(&self.factors, tenant as usize);
            if factor == self.largest || self.streams.thinning.uniform() * self.largest <= factor {
                let share = mass / (self.urn.total() as f64 * self.largest);
                return Ok(self.place(share, end).map(|time| (time, tenant)));
            }
        }
    }

    fn place(&self, share: f64, end: Time) -> Option<Time> {
        let within = ((share * self.length as f64) as u64).min(self.length.saturating_sub(1));
        let time = Time(self.start.0.saturating_add(self.begins).saturating_add(within));
        (time < end).then_some(time)
    }

    /// Goes to the next interval, of which `counts` then tells; false where the trace has ended,
    /// or all that follows lies past `end`.
    fn load(&mut self, end: Time) -> Result<bool, TraceError> {
        let (total, span) = match &self.feed {
            Feed::File(trace, _) => (trace.summary.total, trace.summary.span),
            Feed::Tenants(trace, _) => (trace.total, trace.span),
        };
        if total == 0 || self.largest == 0.0 {
            return Ok(false);
        }
        loop {
            if let Some(begins) = self.advance()? {
                self.begins = self.offset.saturating_add(begins);
                return Ok(self.start.0.saturating_add(self.begins) < end.0);
            }
            self.offset = self.offset.saturating_add(span);
            if !self.repeat || self.start.0.saturating_add(self.offset) >= end.0 {
                return Ok(false);
            }
            match &mut self.feed {
                Feed::File(trace, reader) => **reader = CountsReader::open(trace)?,
                Feed::Tenants(_, place) => *place = 0,
            }
        }
    }

    /// The next interval of this pass through the file.
    fn advance(&mut self) -> Result<Option<u64>, TraceError> {
        match &mut self.feed {
            Feed::File(_, reader) => {
                let Some(interval) = reader.next_interval()? else { return Ok(None) };
                self.counts.iter_mut().for_each(|(_, count)| *count = interval.count);
                self.length = interval.length;
                Ok(Some(interval.start))
            }
            Feed::Tenants(trace, place) => {
                let Some((minute, cells)) = trace.next_minute(place) else { return Ok(None) };
                self.counts.clear();
                self.counts.extend(cells.iter().map(|cell| (cell.tenant, u64::from(cell.count))));
                self.length = TenantTrace::MINUTE;
                Ok(Some(u64::from(minute) * TenantTrace::MINUTE))
            }
        }
    }
}
