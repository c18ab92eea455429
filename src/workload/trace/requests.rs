//! The formats `requests` and `azure-2021`: one request in a row.

use super::counts::moment;
use super::rows::Rows;
use super::timestamp::{ABSOLUTE, parse_seconds};
use super::{Format, Summary, Trace, TraceError, TraceOptions};
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
}

impl RequestsReader {
    /// Starts at the beginning of a trace.
    ///
    /// # Errors
    /// Where the file is no longer what it was when the trace was opened.
    pub fn open(trace: &Trace) -> Result<RequestsReader, TraceError> {
        Ok(RequestsReader {
            rows: Columns::open(&trace.path, &trace.options)?,
            zero: trace.summary.zero,
            disorder: trace.summary.disorder,
            held: BinaryHeap::new(),
            latest: 0,
            row: 0,
            ended: false,
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
        self.latest = self.latest.max(arrival);
        self.held.push(Reverse(TracedRequest { arrival, row: self.row, duration }));
        self.row += 1;
    }
}

/// The columns that say when.
struct Columns {
    rows: Rows,
    arrival: usize,
    is_end: bool,
    duration: Option<usize>,
}

impl Columns {
    fn open(path: &Path, options: &TraceOptions) -> Result<Columns, TraceError> {
        let rows = Rows::open(path)?;
        if options.format == Format::Azure2021 {
            let (arrival, duration) = (rows.column("end_timestamp")?, rows.column("duration")?);
            return Ok(Columns { rows, arrival, is_end: true, duration: Some(duration) });
        }
        let duration = match &options.duration {
            Some(name) => Some(rows.column(name)?),
            None => rows.column("duration").ok(),
        };
        let (arrival, is_end) = match (&options.arrival, &options.end) {
            (Some(name), _) => (rows.column(name)?, false),
            (None, Some(name)) => (rows.column(name)?, true),
            (None, None) => match rows.column("arrival") {
                Ok(column) => (column, false),
                Err(error) => (rows.column("end").map_err(|_| error)?, true),
            },
        };
        if is_end && duration.is_none() {
            rows.column("duration")?;
        }
        Ok(Columns { rows, arrival, is_end, duration })
    }

    /// The next row's arrival on the file's clock, and its duration.
    fn next(&mut self) -> Result<Option<(i64, u64)>, TraceError> {
        if !self.rows.next()? {
            return Ok(None);
        }
        let moment = moment(&self.rows, self.arrival)?;
        let duration = self.duration.map_or(Ok(0), |column| self.duration_in(column))?;
        let begun = if self.is_end { moment.saturating_sub(duration as i64) } else { moment };
        Ok(Some((begun, duration)))
    }

    fn duration_in(&self, column: usize) -> Result<u64, TraceError> {
        let text = self.rows.field(column)?;
        let longest = Span::MAX.0 as i64;
        match parse_seconds(text) {
            Some(value) if (0..=longest).contains(&value) => Ok(value as u64),
            _ => Err(self.rows.wrong(format!("expected a duration in seconds, zero or more, found \"{text}\""))),
        }
    }
}

/// Reads a file through. Its clock begins at its first arrival where it counts from 1970 or from
/// before 0, and at 0 otherwise.
pub(super) fn scan(path: &Path, options: &TraceOptions) -> Result<Summary, TraceError> {
    let mut columns = Columns::open(path, options)?;
    let (mut rows, mut disorder) = (0, 0);
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    while let Some((arrival, _)) = columns.next()? {
        rows += 1;
        first = first.min(arrival);
        last = last.max(arrival);
        disorder = disorder.max(last.abs_diff(arrival));
    }
    if rows == 0 {
        return Err(TraceError::new(path, None, "the file holds no requests"));
    }
    let zero = if (0..ABSOLUTE).contains(&first) { 0 } else { first };
    let length = last.abs_diff(zero);
    // A repeated trace goes on after one more mean gap; one whose requests all come at once, after a second.
    let gap = last.abs_diff(first) / (rows - 1).max(1);
    let span = length.saturating_add(if gap == 0 { NANOS_PER_SECOND } else { gap }).min(Span::MAX.0);
    Ok(Summary { rows, total: rows, zero, span, interval: 0, disorder })
}
