//! What a trace holds, in a few figures.

use super::rows::Rows;
use super::{CountsReader, Format, RequestsReader, Trace, TraceError, TraceOptions};
use crate::units::{NANOS_PER_SECOND, Span};
use std::path::Path;

/// What a trace holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// What its rows are.
    pub format: Format,
    /// Rows (or numbers of a list).
    pub rows: u64,
    /// Requests in all.
    pub total: u64,
    /// From the beginning to the end of the last interval, or to the last request.
    pub span: Span,
    /// The intervals that peak and dispersion are of: the file's own, or one minute for single
    /// requests unless another was asked for.
    pub interval: Span,
    /// Requests per second over the span.
    pub mean_rate: f64,
    /// Requests per second in the fullest interval.
    pub peak_rate: f64,
    /// Index of dispersion: variance over mean of the requests in an interval. 1 for a Poisson
    /// process, more for bursts. `None` where there are no requests.
    pub dispersion: Option<f64>,
}

/// What a file seems to be, by its header.
///
/// # Errors
/// Where it cannot be read.
pub fn guess_format(path: &Path) -> Result<Format, TraceError> {
    let opened = super::file::open(path)?;
    if super::list::List::is_list(&opened.head) {
        return Ok(Format::Counts);
    }
    drop(opened);
    let rows = Rows::open(path)?;
    let has = |name: &str| rows.column(name).is_ok();
    Ok(match () {
        () if has("app") && has("func") && has("end_timestamp") && has("duration") => Format::Azure2021,
        () if has("arrival") || (has("end") && has("duration")) => Format::Requests,
        () => Format::Counts,
    })
}

/// Reads a trace through and describes it.
///
/// # Errors
/// Those of [`Trace::open`].
pub fn describe(path: &Path, options: TraceOptions) -> Result<Description, TraceError> {
    let asked = options.interval;
    let trace = Trace::open(path, options)?;
    let (interval, counts) = if trace.is_requests() {
        let minute = Span(60 * NANOS_PER_SECOND);
        let interval = asked.filter(|i| i.0 > 0).unwrap_or(minute);
        (interval, of_requests(&trace, interval)?)
    } else {
        (Span(trace.summary.interval), of_counts(&trace)?)
    };
    let span = Span(trace.summary.span);
    Ok(Description {
        format: trace.options.format,
        rows: trace.summary.rows,
        total: trace.summary.total,
        span,
        interval,
        mean_rate: trace.summary.total as f64 / span.seconds(),
        peak_rate: counts.most as f64 / interval.seconds(),
        dispersion: counts.dispersion(),
    })
}

/// Sums over intervals.
#[derive(Default)]
struct Counts {
    intervals: u64,
    sum: u64,
    squares: f64,
    most: u64,
}

impl Counts {
    fn take(&mut self, count: u64) {
        self.intervals += 1;
        self.sum += count;
        self.squares += count as f64 * count as f64;
        self.most = self.most.max(count);
    }

    fn dispersion(&self) -> Option<f64> {
        let mean = self.sum as f64 / self.intervals as f64;
        (self.sum > 0).then(|| (self.squares / self.intervals as f64 - mean * mean) / mean)
    }
}

fn of_counts(trace: &Trace) -> Result<Counts, TraceError> {
    let mut reader = CountsReader::open(trace)?;
    let mut counts = Counts::default();
    while let Some(interval) = reader.next_interval()? {
        counts.take(interval.count);
    }
    // Intervals that the file leaves out are empty ones.
    counts.intervals = counts.intervals.max(trace.summary.span / trace.summary.interval.max(1));
    Ok(counts)
}

fn of_requests(trace: &Trace, interval: Span) -> Result<Counts, TraceError> {
    let mut reader = RequestsReader::open(trace)?;
    let mut counts = Counts::default();
    let (mut place, mut count) = (0, 0);
    while let Some(request) = reader.next_request()? {
        let here = request.arrival / interval.0;
        if here != place {
            counts.take(count);
            counts.intervals += here - place - 1;
            (place, count) = (here, 0);
        }
        count += 1;
    }
    counts.take(count);
    Ok(counts)
}
