//! The format `counts`: how many requests came in each interval.

use super::column::parse_count;
use super::file::{Opened, open};
use super::list::List;
use super::rows::Rows;
use super::timestamp::{is_absolute, parse_moment};
use super::{Summary, Trace, TraceError, TraceOptions};
use std::path::Path;

/// Requests of one interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Where it begins, in nanoseconds from the beginning of the trace.
    pub start: u64,
    /// Its length in nanoseconds.
    pub length: u64,
    /// Requests in it.
    pub count: u64,
}

/// Reads the intervals of a trace, one at a time.
pub struct CountsReader {
    rows: Source,
    zero: i64,
    interval: u64,
    next: u64,
}

/// One row: its time, where the file has times; its number; its line.
struct Row {
    time: Option<i64>,
    count: u64,
    line: u64,
}

enum Source {
    List(List),
    Table { rows: Rows, time: Option<usize>, count: usize },
}

impl CountsReader {
    /// Starts at the beginning of a trace.
    ///
    /// # Errors
    /// Where the file is no longer what it was when the trace was opened.
    pub fn open(trace: &Trace) -> Result<CountsReader, TraceError> {
        let rows = Source::open(&trace.path, &trace.options)?;
        Ok(CountsReader { rows, zero: trace.summary.zero, interval: trace.summary.interval, next: 0 })
    }

    /// The next interval (empty ones too); `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read on, or is no longer what it was.
    pub fn next_interval(&mut self) -> Result<Option<Interval>, TraceError> {
        let Some(row) = self.rows.next()? else { return Ok(None) };
        let start = match row.time {
            Some(time) => time.saturating_sub(self.zero).max(0) as u64,
            None => self.next,
        };
        self.next = start.saturating_add(self.interval);
        Ok(Some(Interval { start, length: self.interval, count: row.count }))
    }
}

impl Source {
    fn open(path: &Path, options: &TraceOptions) -> Result<Source, TraceError> {
        let Opened { head, reader } = open(path)?;
        if List::is_list(&head) {
            return Ok(Source::List(List::new(path, reader)));
        }
        drop(reader);
        let mut rows = Rows::open(path)?;
        let count = rows.choose(&options.column, |text| !is_absolute(text) && parse_moment(text).is_some())?;
        let time = rows.texts().iter().enumerate().position(|(i, text)| i != count && is_absolute(text));
        Ok(Source::Table { rows, time, count })
    }

    fn next(&mut self) -> Result<Option<Row>, TraceError> {
        match self {
            Source::List(list) => Ok(list.next()?.map(|(count, line)| Row { time: None, count, line })),
            Source::Table { rows, time, count } => {
                if !rows.next()? {
                    return Ok(None);
                }
                let time = time.map(|column| moment(rows, column)).transpose()?;
                let count = parse_count(rows.field(*count)?).map_err(|message| rows.wrong(message))?;
                Ok(Some(Row { time, count, line: rows.number }))
            }
        }
    }
}

pub(super) fn moment(rows: &Rows, column: usize) -> Result<i64, TraceError> {
    let text = rows.field(column)?;
    parse_moment(text).ok_or_else(|| {
        let expected = "a time such as 1998-04-30 21:30:00, or in seconds";
        rows.wrong(format!("expected {expected}, found \"{text}\""))
    })
}

/// What a scan has seen so far.
#[derive(Default)]
struct Scan {
    rows: u64,
    total: u64,
    first: Option<i64>,
    last: Option<i64>,
    /// The least distance of two rows, and the line of the second.
    least: Option<(u64, u64)>,
}

impl Scan {
    fn take(&mut self, row: &Row, path: &Path) -> Result<(), TraceError> {
        self.rows += 1;
        let wrong = |message: String| TraceError::new(path, row.line, message);
        self.total = self.total.checked_add(row.count).ok_or_else(|| wrong("more than 2^64 requests".into()))?;
        let Some(time) = row.time else { return Ok(()) };
        if let Some(last) = self.last {
            let apart = time.checked_sub(last).filter(|apart| *apart >= 0);
            match apart {
                Some(0) => return Err(wrong("the same time as the row before: expected each interval once".into())),
                None => return Err(wrong("this time is before that of the row before: expected growing times".into())),
                Some(apart) if self.least.is_none_or(|(least, _)| (apart as u64) < least) => {
                    self.least = Some((apart as u64, row.line));
                }
                Some(_) => {}
            }
        }
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        Ok(())
    }

    /// The length of an interval: as given, or the least distance of two rows.
    fn interval(&self, path: &Path, options: &TraceOptions) -> Result<u64, TraceError> {
        match (options.interval, self.least) {
            (Some(given), Some((least, line))) if least < given.0 => {
                let message = format!("this row is nearer to the one before than the interval of {given}");
                Err(TraceError::new(path, line, message))
            }
            (Some(given), _) => Ok(given.0),
            (None, Some((least, _))) => Ok(least),
            (None, None) => {
                let message = "the length of an interval is not known: say `interval = \"1 min\"`";
                Err(TraceError::new(path, None, message))
            }
        }
    }
}

/// Reads a file through.
pub(super) fn scan(path: &Path, options: &TraceOptions) -> Result<Summary, TraceError> {
    let mut source = Source::open(path, options)?;
    let mut scan = Scan::default();
    while let Some(row) = source.next()? {
        scan.take(&row, path)?;
    }
    if scan.rows == 0 {
        return Err(TraceError::new(path, None, "the file holds no rows of numbers"));
    }
    let interval = scan.interval(path, options)?;
    let zero = scan.first.unwrap_or(0);
    let span = match scan.last {
        Some(last) => last.abs_diff(zero).saturating_add(interval),
        None => scan.rows.saturating_mul(interval),
    };
    Ok(Summary { rows: scan.rows, total: scan.total, zero, span, interval, disorder: 0 })
}
