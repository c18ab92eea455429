//! The formats `requests` and `azure-2021`: one request in a row.

use super::clock::Clock;
use super::counts::moment;
use super::describe::is_list_of_times;
use super::moment::decimal;
use super::rows::Rows;
use super::timestamp::ABSOLUTE;
use super::{Format, Summary, Trace, TraceError, TraceOptions, unit_of};
use crate::units::{NANOS_PER_SECOND, Span};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::path::Path;

/// A request of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TracedRequest {
    /// When it arrived, in nanoseconds from the beginning of the trace.
    pub arrival: u64,
    /// Its row, from 0: the order of those that arrive at once.
    pub row: u64,
    /// How long it took, in nanoseconds; 0 where the file does not say.
    pub duration: u64,
}

/// Reads the requests of a trace in the order of their arrivals, whatever the order of the rows:
/// it holds back as many as the scan has found to be out of order, and no more.
pub struct RequestsReader {
    rows: Columns,
    zero: i64,
    disorder: u64,
    held: BinaryHeap<Reverse<TracedRequest>>,
    latest: u64,
    row: u64,
    ended: bool,
    /// Requests are spread over so many nanoseconds, by draws from this seed and their row.
    spread: (u64, u64),
}

impl RequestsReader {
    /// Starts at the beginning of a trace.
    ///
    /// # Errors
    /// Where the file is no longer what it was when the trace was opened.
    pub fn open(trace: &Trace) -> Result<RequestsReader, TraceError> {
        RequestsReader::spread(trace, 0)
    }

    /// The same, where requests are spread over the resolution of their stamps: by draws from this seed.
    ///
    /// # Errors
    /// Where the file is no longer what it was when the trace was opened.
    pub fn spread(trace: &Trace, seed: u64) -> Result<RequestsReader, TraceError> {
        Ok(RequestsReader {
            rows: Columns::open(&trace.path, &trace.options)?,
            zero: trace.summary.zero,
            disorder: trace.summary.disorder.saturating_add(trace.summary.resolution),
            held: BinaryHeap::new(),
            latest: 0,
            row: 0,
            ended: false,
            spread: (trace.summary.resolution, seed),
        })
    }

    /// The next request; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read on, or is no longer what it was.
    pub fn next_request(&mut self) -> Result<Option<TracedRequest>, TraceError> {
        while !self.ended
            && self.held.peek().is_none_or(|first| first.0.arrival.saturating_add(self.disorder) > self.latest)
        {
            match self.rows.next()? {
                Some((arrival, duration)) => self.hold(arrival, duration),
                None => self.ended = true,
            }
        }
        Ok(self.held.pop().map(|first| first.0))
    }

    fn hold(&mut self, arrival: i64, duration: u64) {
        let arrival = arrival.saturating_sub(self.zero).max(0) as u64;
        let arrival = arrival.saturating_add(self.place());
        self.latest = self.latest.max(arrival);
        self.held.push(Reverse(TracedRequest { arrival, row: self.row, duration }));
        self.row += 1;
    }
}

impl RequestsReader {
    /// Where within the resolution of its stamp the next request lies: uniform, and the same for the same seed and
    /// row, whatever the order of reading.
    fn place(&self) -> u64 {
        let (length, seed) = self.spread;
        if length == 0 {
            return 0;
        }
        // SplitMix64 (Steele, Lea and Flood, 2014).
        let mut bits = seed.wrapping_add(self.row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((u128::from(bits) * u128::from(length)) >> 64) as u64
    }
}

/// How stamps lie: whether they are whole seconds or minutes, and how many are like the one before.
#[derive(Default)]
struct Stamps {
    rows: u64,
    again: u64,
    dated: bool,
    last: Option<i64>,
    /// The greatest common divisor of all.
    divisor: u64,
}

impl Stamps {
    fn take(&mut self, stamp: i64) {
        self.rows += 1;
        self.again += u64::from(self.last == Some(stamp));
        self.last = Some(stamp);
        self.dated |= stamp >= ABSOLUTE;
        if self.divisor != 1 {
            self.divisor = num_integer::gcd(self.divisor, stamp.unsigned_abs());
        }
    }

    /// The resolution that requests are spread over; 0 where the stamps are as fine as their arrivals. Whole seconds
    /// alone prove nothing: many must be like the one before (a twentieth where there are dates, half where times
    /// count from the trace's own beginning, which people also write by hand).
    fn resolution(&self) -> u64 {
        let least = if self.dated { 20 } else { 2 };
        if self.again * least < self.rows || self.again == 0 {
            return 0;
        }
        let coarse = [3_600, 60, 1].map(|seconds| seconds * NANOS_PER_SECOND);
        coarse.into_iter().find(|length| self.divisor.is_multiple_of(*length)).unwrap_or(0)
    }
}

/// The columns that say when.
struct Columns {
    rows: Rows,
    arrival: usize,
    is_end: bool,
    duration: Option<usize>,
    clock: Clock,
    /// Nanoseconds in one of the durations' numbers.
    unit: i64,
    stamps: Stamps,
    ahead: Option<i64>,
}

impl Columns {
    fn open(path: &Path, options: &TraceOptions) -> Result<Columns, TraceError> {
        let rows = Rows::open(path)?;
        if options.format == Format::Azure2021 {
            let (arrival, duration) = (rows.column("end_timestamp")?, rows.column("duration")?);
            return Ok(Columns::with(rows, options, (arrival, true), Some(duration)));
        }
        let duration = match &options.duration {
            Some(name) => Some(rows.column(name)?),
            None => rows.column_with_unit("duration").ok(),
        };
        let (arrival, is_end) = match (&options.arrival, &options.end) {
            (Some(name), _) => (rows.column(name)?, false),
            (None, Some(name)) => (rows.column(name)?, true),
            (None, None) => match rows.column_with_unit("arrival") {
                Ok(column) => (column, false),
                Err(_) if is_list_of_times(&rows) => (0, false),
                Err(error) => (rows.column_with_unit("end").map_err(|_| error)?, true),
            },
        };
        if is_end && duration.is_none() {
            rows.column("duration")?;
        }
        Ok(Columns::with(rows, options, (arrival, is_end), duration))
    }

    fn with(rows: Rows, options: &TraceOptions, (arrival, is_end): (usize, bool), duration: Option<usize>) -> Columns {
        let clock = Clock::of(rows.name(arrival), options.zone.clone());
        let named = duration.and_then(|column| rows.name(column)).and_then(unit_of);
        let unit = options.unit.or(named).unwrap_or(NANOS_PER_SECOND as i64);
        Columns { rows, arrival, is_end, duration, clock, unit, stamps: Stamps::default(), ahead: None }
    }

    /// The next row's arrival on the file's clock, and its duration.
    fn next(&mut self) -> Result<Option<(i64, u64)>, TraceError> {
        if !self.rows.next()? {
            return Ok(None);
        }
        let moment = moment(&self.rows, self.arrival, &mut self.clock)?;
        if self.ahead.is_none() {
            self.ahead = Some(self.clock.ahead(self.rows.field(self.arrival)?, moment));
        }
        self.stamps.take(moment);
        let duration = self.duration.map_or(Ok(0), |column| self.duration_in(column))?;
        let begun = if self.is_end { moment.saturating_sub(duration as i64) } else { moment };
        Ok(Some((begun, duration)))
    }

    fn duration_in(&self, column: usize) -> Result<u64, TraceError> {
        let text = self.rows.field(column)?;
        let longest = Span::MAX.0 as i64;
        match decimal(text, self.unit) {
            Some(value) if (0..=longest).contains(&value) => Ok(value as u64),
            _ => {
                let unit = Span(self.unit as u64);
                let unit = if unit.0 == NANOS_PER_SECOND { "seconds".to_string() } else { format!("units of {unit}") };
                let message = format!("expected a duration in {unit}, zero or more, found \"{text}\"");
                Err(self.rows.wrong_cell(column, message))
            }
        }
    }
}

/// Reads a file through. Its clock begins at its first arrival where it counts from 1970 or from
/// before 0, and at 0 otherwise.
pub(super) fn scan(path: &Path, options: &TraceOptions) -> Result<Summary, TraceError> {
    let mut columns = Columns::open(path, options)?;
    let (mut rows, mut disorder, mut durations) = (0, 0, 0_u64);
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    while let Some((arrival, duration)) = columns.next()? {
        durations = durations.saturating_add(duration);
        rows += 1;
        first = first.min(arrival);
        last = last.max(arrival);
        disorder = disorder.max(last.abs_diff(arrival));
    }
    if rows == 0 {
        return Err(TraceError::new(path, None, "the file holds no requests"));
    }
    let dated = first >= ABSOLUTE;
    let zero = if (0..ABSOLUTE).contains(&first) { 0 } else { first };
    let length = last.abs_diff(zero);
    // A repeated trace goes on after one more mean gap; one whose requests all come at once, after a second.
    let gap = last.abs_diff(first) / (rows - 1).max(1);
    let span = length.saturating_add(if gap == 0 { NANOS_PER_SECOND } else { gap }).min(Span::MAX.0);
    Ok(Summary {
        rows,
        total: rows,
        zero,
        span,
        interval: 0,
        disorder,
        ahead: columns.ahead.filter(|_| dated),
        missing: 0,
        partial: (false, false),
        resolution: columns.stamps.resolution(),
        durations: columns.duration.map(|_| durations),
    })
}
