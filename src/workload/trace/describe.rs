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
    /// How long requests took, where the file says so.
    pub durations: Option<Durations>,
    /// What was assumed, left out or is missing.
    pub notes: Vec<String>,
}

/// How long requests took, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Durations {
    /// The mean.
    pub mean: f64,
    /// What half of them do not exceed.
    pub p50: f64,
    /// What 99 % of them do not exceed.
    pub p99: f64,
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
    let has = |name: &str| rows.column_with_unit(name).is_ok();
    Ok(match () {
        () if has("app") && has("func") && has("end_timestamp") && has("duration") => Format::Azure2021,
        () if has("arrival") || (has("end") && has("duration")) => Format::Requests,
        () if is_list_of_times(&rows) => Format::Requests,
        () => Format::Counts,
    })
}

/// Whether its first column is named a time, and no other holds numbers.
pub(super) fn is_list_of_times(rows: &Rows) -> bool {
    let name = rows.name(0).unwrap_or_default().to_ascii_lowercase();
    let time = ["time", "timestamp", "arrival", "ts", "start"]
        .iter()
        .any(|word| name.strip_prefix(word).is_some_and(|rest| rest.is_empty() || super::unit_of(&name).is_some()));
    time && rows.numbers().iter().all(|column| *column == 0)
}

/// Reads a trace through and describes it.
///
/// # Errors
/// Those of [`Trace::open`].
pub fn describe(path: &Path, options: TraceOptions) -> Result<Description, TraceError> {
    let asked = options.interval;
    let trace = Trace::open(path, options)?;
    let mut notes = trace.notes();
    let (interval, counts, durations) = if trace.is_requests() {
        let minute = Span(60 * NANOS_PER_SECOND);
        let interval = asked.filter(|i| i.0 > 0).unwrap_or(minute);
        let (counts, durations) = of_requests(&trace, interval)?;
        (interval, counts, durations)
    } else {
        (Span(trace.summary.interval), of_counts(&trace)?, Vec::new())
    };
    let span = Span(trace.summary.span);
    // Without one whole interval the rates are those of all there is.
    let whole = counts.intervals > 0;
    let mean_rate = match whole {
        true => counts.sum as f64 / (counts.intervals as f64 * interval.seconds()),
        false => trace.summary.total as f64 / span.seconds(),
    };
    let peak_rate = if whole { counts.most as f64 / interval.seconds() } else { mean_rate };
    if counts.left_out > 0 {
        let what = if counts.left_out == 1 { "1 unfinished interval is" } else { "2 unfinished intervals are" };
        notes.push(format!("{what} left out of rates and dispersion"));
    }
    let durations =
        Durations::of(durations, trace.summary.durations.map(|sum| sum as f64 / 1e9 / trace.summary.total as f64));
    Ok(Description {
        format: trace.options.format,
        rows: trace.summary.rows,
        total: trace.summary.total,
        span,
        interval,
        mean_rate,
        peak_rate,
        dispersion: counts.dispersion().filter(|_| whole),
        durations,
        notes,
    })
}

/// The most durations that quantiles are taken of.
const MOST_DURATIONS: usize = 1_000_000;

impl Durations {
    fn of(mut all: Vec<u64>, mean: Option<f64>) -> Option<Durations> {
        all.sort_unstable();
        let last = all.len().checked_sub(1)?;
        let at = |share: f64| all[((share * all.len() as f64) as usize).min(last)] as f64 / 1e9;
        Some(Durations { mean: mean?, p50: at(0.5), p99: at(0.99) })
    }
}

/// Sums over intervals.
#[derive(Default)]
struct Counts {
    intervals: u64,
    sum: u64,
    squares: f64,
    most: u64,
    /// Unfinished intervals, which are in no sum.
    left_out: u64,
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
    let (first, last) = trace.summary.partial;
    let places = trace.summary.span / trace.summary.interval.max(1);
    while let Some(interval) = reader.next_interval()? {
        let place = interval.start / interval.length.max(1);
        if place == 0 && first || place + 1 == places && last {
            counts.left_out += 1;
        } else {
            counts.take(interval.count);
        }
    }
    // Intervals that the file leaves out are empty ones.
    counts.intervals = counts.intervals.max(places.saturating_sub(counts.left_out));
    Ok(counts)
}

/// Requests in whole intervals, which begin with the trace; the last, which its end cuts, is left out. The first
/// million durations too.
fn of_requests(trace: &Trace, interval: Span) -> Result<(Counts, Vec<u64>), TraceError> {
    let mut reader = RequestsReader::open(trace)?;
    let mut counts = Counts::default();
    let mut durations = Vec::new();
    let (mut place, mut count, mut last) = (0, 0, 0);
    while let Some(request) = reader.next_request()? {
        let here = request.arrival / interval.0;
        if here != place {
            counts.take(count);
            counts.intervals += here - place - 1;
            (place, count) = (here, 0);
        }
        count += 1;
        last = request.arrival;
        if trace.summary.durations.is_some() && durations.len() < MOST_DURATIONS {
            durations.push(request.duration);
        }
    }
    // The trace's end is not known better than to a mean gap.
    let gap = last / trace.summary.total.max(1);
    if (place + 1).saturating_mul(interval.0) <= last.saturating_add(gap.max(trace.summary.resolution)) {
        counts.take(count);
    } else {
        counts.left_out = 1;
    }
    Ok((counts, durations))
}
