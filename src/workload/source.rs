//! The arrivals of one app, whatever their kind.

use super::arrivals::{
    Batches, BurstyProcess, ClosedApp, ConstantProcess, CountedArrivals, Diurnal, FromTrace, Intensity, OnOff, Poisson,
    RequestArrivals, Spike, TraceSource, TraceStreams,
};
use super::choose::Chooser;
use super::merged::Merged;
use super::superposed::Superposed;
use super::{AppWorkload, Arrivals, WorkloadError};
use crate::engine::Stream;
use crate::units::Time;
use std::ops::Range;

/// The next arrival of an app.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    pub(super) time: Time,
    pub(super) tenant: u32,
    /// What a trace of requests says of it.
    pub(super) duration: u64,
}

/// The arrivals of one app.
pub(super) enum Source {
    None,
    Poisson(Box<Superposed<Poisson>>),
    Diurnal(Box<Superposed<Diurnal>>),
    Spike(Box<Superposed<Spike>>),
    OnOff(Box<Superposed<OnOff>>),
    Constant(Merged<ConstantProcess>),
    Bursty(Merged<BurstyProcess>),
    Batch(Box<Batches>),
    Counted(Box<CountedArrivals>),
    Requests(Box<RequestArrivals>),
    /// The users' first requests come from a list, the others when asked for.
    Closed(ClosedApp, Vec<(Time, u32)>),
}

/// What the arrivals of an app are made from.
pub(super) struct Plan<'a> {
    pub(super) app: &'a AppWorkload,
    pub(super) seed: u64,
    pub(super) replication: u64,
    pub(super) traffic: f64,
    pub(super) during: Range<Time>,
}

impl Plan<'_> {
    fn stream(&self, purpose: &str) -> Stream {
        Stream::named(self.seed, self.replication, &self.app.name, purpose)
    }

    /// A stream of one tenant's own.
    fn stream_of(&self, purpose: &str, tenant: u32) -> Stream {
        self.stream(&format!("{purpose} {tenant}"))
    }

    /// What the arrivals of each tenant are multiplied by; one factor where all are alike.
    fn factors(&self) -> Vec<f64> {
        let traffic = self.traffic * self.app.traffic;
        let Some(activity) = &self.app.activity else { return vec![traffic] };
        let mut stream = self.stream("activity");
        (0..self.app.tenants).map(|_| activity.sample(&mut stream).max(0.0) * traffic).collect()
    }

    /// The source of the app's arrivals.
    pub(super) fn source(&self) -> Result<Source, WorkloadError> {
        if self.app.tenants == 0 {
            return Ok(Source::None);
        }
        let factors = self.factors();
        Ok(match &self.app.arrivals {
            Arrivals::None => Source::None,
            Arrivals::Poisson(kind) => self.superposed(kind, &factors, Source::Poisson),
            Arrivals::Diurnal(kind) => self.superposed(kind, &factors, Source::Diurnal),
            Arrivals::Spike(kind) => self.superposed(kind, &factors, Source::Spike),
            Arrivals::OnOff(kind) => self.superposed(kind, &factors, Source::OnOff),
            Arrivals::Constant(kind) => {
                let phase = |tenant| self.stream_of("phase", tenant);
                let one = |factor, tenant| ConstantProcess::new(kind, factor, self.during.start, phase(tenant));
                Source::Constant(self.merged(&factors, one))
            }
            Arrivals::Bursty(kind) => {
                let one = |factor, tenant| {
                    let (gaps, weather) = (self.stream_of("arrivals", tenant), self.stream_of("weather", tenant));
                    BurstyProcess::new(kind, factor, self.during.start, gaps, weather)
                };
                Source::Bursty(self.merged(&factors, one))
            }
            Arrivals::Batch(kind) => {
                let stream = self.stream("arrivals");
                Source::Batch(Box::new(Batches::new(kind, self.app.tenants, factors, self.during.start, stream)))
            }
            Arrivals::Closed(kind) => {
                let (users, think) = (self.stream("users"), self.stream("think"));
                let closed = ClosedApp::new(kind, self.app.tenants, &factors, self.during.start, users, think);
                let (app, first) = closed.ok_or_else(|| WorkloadError::TooManyUsers(self.app.name.clone()))?;
                Source::Closed(app, first)
            }
            Arrivals::Trace(from) => self.traced(from, factors)?,
        })
    }

    fn superposed<I: Intensity + Clone>(
        &self,
        kind: &I,
        factors: &[f64],
        source: fn(Box<Superposed<I>>) -> Source,
    ) -> Source {
        let alike = factors.len() == 1;
        let sum = if alike { factors[0] * f64::from(self.app.tenants) } else { factors.iter().sum() };
        if sum <= 0.0 {
            return Source::None;
        }
        let chooser = Chooser::new(self.app.tenants, (!alike).then_some(factors));
        let (gaps, tenants) = (self.stream("arrivals"), self.stream("tenant"));
        source(Box::new(Superposed::new(kind.clone(), sum, self.during.start, gaps, chooser, tenants)))
    }

    fn merged<P: super::merged::Process>(&self, factors: &[f64], one: impl Fn(f64, u32) -> P) -> Merged<P> {
        let factor = |tenant: u32| if factors.len() == 1 { factors[0] } else { factors[tenant as usize] };
        let processes = (0..self.app.tenants).map(|tenant| one(factor(tenant), tenant)).collect();
        Merged::new(processes, self.during.end)
    }

    fn traced(&self, from: &FromTrace, factors: Vec<f64>) -> Result<Source, WorkloadError> {
        let (tenants, start) = (self.app.tenants, Time(self.during.start.0.saturating_add(from.shift.0)));
        let thinning = self.stream("thinning");
        if let TraceSource::File(trace) = &from.source
            && trace.is_requests()
        {
            let spread = self.stream("arrivals").bits();
            let arrivals = RequestArrivals::new(from, (trace, spread), tenants, factors, start, thinning)?;
            return Ok(Source::Requests(Box::new(arrivals)));
        }
        let streams = TraceStreams { places: self.stream("arrivals"), tenants: self.stream("tenant"), thinning };
        Ok(Source::Counted(Box::new(CountedArrivals::new(from, tenants, factors, start, streams)?)))
    }
}

impl Source {
    /// The next arrival before `end`; `None` for good where there is none.
    pub(super) fn next(&mut self, end: Time) -> Result<Option<Coming>, WorkloadError> {
        let found = match self {
            Source::None | Source::Closed(..) => None,
            Source::Poisson(source) => source.next(end),
            Source::Diurnal(source) => source.next(end),
            Source::Spike(source) => source.next(end),
            Source::OnOff(source) => source.next(end),
            Source::Constant(source) => source.next(end),
            Source::Bursty(source) => source.next(end),
            Source::Batch(source) => source.next(end),
            Source::Counted(source) => source.next(end)?,
            Source::Requests(source) => {
                let found = source.next(end)?;
                return Ok(found.map(|(time, tenant, duration)| Coming { time, tenant, duration }));
            }
        };
        Ok(found.map(|(time, tenant)| Coming { time, tenant, duration: 0 }))
    }
}
