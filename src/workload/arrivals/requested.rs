//! Arrivals from a trace of single requests.

use super::thinner::{Thinner, thinners};
use super::trace::FromTrace;
use crate::engine::Stream;
use crate::units::Time;
use crate::workload::trace::{RequestsReader, Trace, TraceError, TracedRequest};
use std::sync::Arc;

/// Arrivals of all tenants from a trace of single requests.
pub(in crate::workload) struct RequestArrivals {
    trace: Arc<Trace>,
    spread: u64,
    reader: RequestsReader,
    start: Time,
    offset: u64,
    repeat: bool,
    thinners: Vec<Thinner>,
    thinning: Stream,
    request: Option<TracedRequest>,
    tenant: usize,
    copies: u64,
}

impl RequestArrivals {
    pub(in crate::workload) fn new(
        from: &FromTrace,
        (trace, spread): (&Arc<Trace>, u64),
        tenants: u32,
        factors: Vec<f64>,
        start: Time,
        mut thinning: Stream,
    ) -> Result<RequestArrivals, TraceError> {
        let factors: Vec<f64> = factors.iter().map(|f| f * from.scale).collect();
        Ok(RequestArrivals {
            trace: trace.clone(),
            spread,
            reader: RequestsReader::spread(trace, spread)?,
            start,
            offset: 0,
            repeat: from.repeat,
            thinners: thinners(&factors, tenants, &mut thinning),
            thinning,
            request: None,
            tenant: 0,
            copies: 0,
        })
    }

    /// The next arrival, its tenant, and its duration in nanoseconds.
    pub(in crate::workload) fn next(&mut self, end: Time) -> Result<Option<(Time, u32, u64)>, TraceError> {
        loop {
            if let Some(request) = self.request {
                let time = Time(self.start.0.saturating_add(self.offset).saturating_add(request.arrival));
                if time >= end {
                    return Ok(None);
                }
                if self.copies > 0 {
                    self.copies -= 1;
                    return Ok(Some((time, self.tenant as u32 - 1, request.duration)));
                }
                if self.tenant < self.thinners.len() {
                    self.copies = self.thinners[self.tenant].copies(1, &mut self.thinning);
                    self.tenant += 1;
                    continue;
                }
            }
            if !self.load(end)? {
                return Ok(None);
            }
        }
    }

    fn load(&mut self, end: Time) -> Result<bool, TraceError> {
        self.tenant = 0;
        self.request = self.reader.next_request()?;
        if self.request.is_none() && self.repeat {
            self.offset = self.offset.saturating_add(self.trace.summary.span);
            if self.start.0.saturating_add(self.offset) < end.0 {
                self.reader = RequestsReader::spread(&self.trace, self.spread)?;
                self.request = self.reader.next_request()?;
            }
        }
        Ok(self.request.is_some())
    }
}
