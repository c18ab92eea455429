//! As measured: `trace = { file = "requests.csv", interval = "1 min", scale = 0.1 }`, or
//! `trace = { from = "azure" }` for a row of a `[trace.azure]` per tenant.

use crate::document::{Diagnostics, Node, Table, boolean, named, positive, positive_span, text};
use crate::engine::Stream;
use crate::units::Time;
use crate::workload::Context;
use crate::workload::choose::Urn;
use crate::workload::trace::{
    Column, CountsReader, Format, RequestsReader, TenantTrace, Trace, TraceError, TraceOptions, TracedRequest,
};
use std::sync::Arc;

/// How requests lie within their interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inside {
    /// As many as the file says, each uniformly at random.
    #[default]
    Uniform,
    /// As many as a Poisson process of the interval's rate has.
    Poisson,
}

/// What the durations of a trace of requests are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DurationIs {
    /// Blocked time of the request.
    #[default]
    Wait,
    /// CPU time of the request.
    Cpu,
    /// Nothing: the app has distributions of its own.
    Ignored,
}

/// Where the numbers come from.
#[derive(Clone, Debug)]
pub enum TraceSource {
    /// A file; each tenant repeats it with draws of its own.
    File(Arc<Trace>),
    /// A data set with a row per tenant.
    Tenants(Arc<TenantTrace>),
}

/// Arrivals as measured.
#[derive(Clone, Debug)]
pub struct FromTrace {
    /// Where the numbers come from.
    pub source: TraceSource,
    /// Requests simulated for each in the file, by independent draws.
    pub scale: f64,
    /// Whether it starts again at its end.
    pub repeat: bool,
    /// How requests lie within their interval.
    pub inside: Inside,
    /// What the durations of single requests are.
    pub duration_is: DurationIs,
}

const INSIDES: [(&str, Inside); 2] = [("uniform", Inside::Uniform), ("poisson", Inside::Poisson)];
const DURATIONS: [(&str, DurationIs); 3] =
    [("wait", DurationIs::Wait), ("cpu", DurationIs::Cpu), ("ignored", DurationIs::Ignored)];

impl FromTrace {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<FromTrace> {
        let mut table = Table::of(node, diagnostics)?;
        let scale = table.default("scale", 1.0, diagnostics, positive);
        let repeat = table.default("repeat", false, diagnostics, boolean);
        let inside = table.default("inside", Inside::Uniform, diagnostics, |n, d| named(n, d, "placement", &INSIDES));
        let (source, duration_is) = if table.node("from").is_some() {
            let source = table.required("from", diagnostics, |n, d| context.tenant_trace(n, d));
            (source.map(TraceSource::Tenants), DurationIs::Ignored)
        } else {
            let read = |n: &Node, d: &mut Diagnostics| named(n, d, "use of durations", &DURATIONS);
            let duration_is = table.default("duration-is", DurationIs::Wait, diagnostics, read);
            (read_file(&mut table, diagnostics, context).map(TraceSource::File), duration_is)
        };
        table.finish(diagnostics);
        Some(FromTrace { source: source?, scale, repeat, inside, duration_is })
    }

    /// Whether a request's duration becomes that part of its demand.
    pub fn fills(&self, part: DurationIs) -> bool {
        matches!(&self.source, TraceSource::File(trace) if trace.is_requests()) && self.duration_is == part
    }
}

fn read_file(table: &mut Table<'_>, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Arc<Trace>> {
    let before = diagnostics.count();
    let file = table.required("file", diagnostics, text);
    let options = TraceOptions {
        format: table.default("format", Format::Counts, diagnostics, |n, d| {
            if n.as_str() == Some("azure-2019") {
                let help = "give its files in a [trace.NAME], and write `arrivals.trace = { from = \"NAME\" }`";
                d.error(n.at, "azure-2019 is a data set of several files", help);
                return None;
            }
            named(n, d, "format of traces", &Format::NAMES)
        }),
        column: table.default("column", Column::Only, diagnostics, Column::read),
        interval: table.optional("interval", diagnostics, positive_span),
        arrival: table.optional("arrival", diagnostics, text),
        end: table.optional("end", diagnostics, text),
        duration: table.optional("duration", diagnostics, text),
    };
    let file = file?;
    if diagnostics.count() > before {
        return None;
    }
    match Trace::open(&context.directory.join(&file), options) {
        Ok(trace) => Some(Arc::new(trace)),
        Err(error) => {
            let at = table.node("file").map_or(table.origin(), |n| n.at);
            diagnostics.error(at, error.to_string(), "");
            None
        }
    }
}

/// Draws how many requests are simulated for one in the file: copies for the whole part of a
/// factor, independent draws for the rest (by the geometric number of requests passed over).
struct Thinner {
    whole: u64,
    /// -ln(1 - p) of the part p; 0 for none.
    hazard: f64,
    skip: u64,
}

impl Thinner {
    fn new(factor: f64, stream: &mut Stream) -> Thinner {
        let whole = libm::floor(factor);
        let hazard = -libm::log1p(-(factor - whole));
        let mut thinner = Thinner { whole: whole as u64, hazard, skip: 0 };
        thinner.skip = thinner.draw(stream);
        thinner
    }

    fn draw(&self, stream: &mut Stream) -> u64 {
        if self.hazard == 0.0 { u64::MAX } else { (stream.exponential() / self.hazard) as u64 }
    }

    fn copies(&mut self, count: u64, stream: &mut Stream) -> u64 {
        let mut copies = count.saturating_mul(self.whole);
        let mut left = count;
        while self.hazard > 0.0 {
            if self.skip >= left {
                self.skip -= left;
                break;
            }
            left -= self.skip + 1;
            copies += 1;
            self.skip = self.draw(stream);
        }
        copies.min(MOST_COPIES)
    }
}

/// The most copies of an interval for one tenant: sums over ten million tenants fit 64 bits.
const MOST_COPIES: u64 = 1 << 40;

/// A thinner for each tenant.
fn thinners(factors: &[f64], tenants: u32, stream: &mut Stream) -> Vec<Thinner> {
    (0..tenants as usize).map(|tenant| Thinner::new(factor_of(factors, tenant), stream)).collect()
}

fn factor_of(factors: &[f64], tenant: usize) -> f64 {
    if factors.len() == 1 { factors[0] } else { factors[tenant] }
}

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

/// Arrivals of all tenants from a trace of single requests.
pub(in crate::workload) struct RequestArrivals {
    trace: Arc<Trace>,
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
        trace: &Arc<Trace>,
        tenants: u32,
        factors: Vec<f64>,
        start: Time,
        mut thinning: Stream,
    ) -> Result<RequestArrivals, TraceError> {
        let factors: Vec<f64> = factors.iter().map(|f| f * from.scale).collect();
        Ok(RequestArrivals {
            trace: trace.clone(),
            reader: RequestsReader::open(trace)?,
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
                self.reader = RequestsReader::open(&self.trace)?;
                self.request = self.reader.next_request()?;
            }
        }
        Ok(self.request.is_some())
    }
}
