//! The format `counts`: how many requests came in each interval.

use super::clock::Clock;
use super::column::{looks_like_a_number, parse_count};
use super::file::{Opened, open};
use super::grid::{Gaps as Distances, Grid};
use super::list::List;
use super::rows::Rows;
use super::timestamp::is_absolute;
use super::{Gaps, Summary, Trace, TraceError, TraceOptions};
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
    grid: Grid,
    interval: u64,
}

/// One row: its time, where the file has times; its number; its line.
pub(super) struct Row {
    pub(super) time: Option<i64>,
    pub(super) count: u64,
    pub(super) line: u64,
}

enum Source {
    List(List),
    Table(Box<Counted>),
}

/// A table of counts.
struct Counted {
    rows: Rows,
    time: Option<usize>,
    count: usize,
    clock: Clock,
    /// What is left of fractional numbers: carried to the next row, so that sums agree.
    rest: f64,
    /// How far the first row's wall clock is ahead of UTC, in seconds.
    ahead: Option<i64>,
}

impl CountsReader {
    /// Starts at the beginning of a trace.
    ///
    /// # Errors
    /// Where the file is no longer what it was when the trace was opened.
    pub fn open(trace: &Trace) -> Result<CountsReader, TraceError> {
        let rows = Source::open(&trace.path, &trace.options)?;
        let (zero, interval) = (trace.summary.zero, trace.summary.interval);
        Ok(CountsReader { rows, grid: Grid::new(zero, interval, trace.options.gaps), interval })
    }

    /// The next interval; `None` at the end. Those that the file leaves out are not among them, unless they are
    /// interpolated.
    ///
    /// # Errors
    /// Where the file cannot be read on, or is no longer what it was.
    pub fn next_interval(&mut self) -> Result<Option<Interval>, TraceError> {
        loop {
            if let Some((place, count)) = self.grid.next() {
                let start = place.saturating_mul(self.interval);
                return Ok(Some(Interval { start, length: self.interval, count }));
            }
            if self.grid.ended() {
                return Ok(None);
            }
            match self.rows.next()? {
                Some(row) => self.grid.take(&row),
                None => self.grid.end(),
            }
        }
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
        let count = rows.choose(&options.column, |text| !is_absolute(text) && looks_like_a_number(text))?;
        let time = rows.dated(count);
        let clock = Clock::of(time.and_then(|column| rows.name(column)), options.zone.clone());
        Ok(Source::Table(Box::new(Counted { rows, time, count, clock, rest: 0.0, ahead: None })))
    }

    fn next(&mut self) -> Result<Option<Row>, TraceError> {
        match self {
            Source::List(list) => Ok(list.next()?.map(|(count, line)| Row { time: None, count, line })),
            Source::Table(table) => table.next(),
        }
    }

    fn ahead(&self) -> Option<i64> {
        match self {
            Source::List(_) => None,
            Source::Table(table) => table.ahead,
        }
    }
}

impl Counted {
    fn next(&mut self) -> Result<Option<Row>, TraceError> {
        if !self.rows.next()? {
            return Ok(None);
        }
        let time = self.time.map(|column| moment(&self.rows, column, &mut self.clock)).transpose()?;
        if let (None, Some(column), Some(time)) = (self.ahead, self.time, time) {
            self.ahead = Some(self.clock.ahead(self.rows.field(column)?, time));
        }
        let count = self.count()?;
        Ok(Some(Row { time, count, line: self.rows.number }))
    }

    fn count(&mut self) -> Result<u64, TraceError> {
        let text = self.rows.field(self.count)?;
        match parse_count(text) {
            Ok(count) => Ok(count),
            Err(message) => match text.parse::<f64>() {
                Ok(value) if (0.0..1e12).contains(&value) => {
                    let sum = self.rest + value;
                    self.rest = sum - libm::floor(sum);
                    Ok(libm::floor(sum) as u64)
                }
                _ => Err(self.rows.wrong_cell(self.count, message)),
            },
        }
    }
}

pub(super) fn moment(rows: &Rows, column: usize, clock: &mut Clock) -> Result<i64, TraceError> {
    let text = rows.field(column)?;
    clock.read(text).ok_or_else(|| {
        let expected = "a time such as 1998-04-30 21:30:00, or in seconds";
        rows.wrong_cell(column, format!("expected {expected}, found \"{text}\""))
    })
}

/// What a scan has seen so far.
#[derive(Default)]
struct Scan {
    rows: u64,
    total: u64,
    first: Option<i64>,
    last: Option<i64>,
    distances: Distances,
}

impl Scan {
    fn take(&mut self, row: &Row, path: &Path) -> Result<(), TraceError> {
        self.rows += 1;
        let wrong = |message: String| TraceError::new(path, row.line, message);
        self.total = self.total.checked_add(row.count).ok_or_else(|| wrong("more than 2^64 requests".into()))?;
        let Some(time) = row.time else { return Ok(()) };
        if let Some(last) = self.last {
            match time.checked_sub(last).filter(|apart| *apart >= 0) {
                Some(0) => return Err(wrong("the same time as the row before: expected each interval once".into())),
                None => {
                    let message = "this time is before that of the row before: expected growing times \
                                   (where a clock was set back, say its `zone`)";
                    return Err(wrong(message.into()));
                }
                Some(apart) => self.distances.take(apart as u64),
            }
        }
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        Ok(())
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
    let Some(interval) = options.interval.map(|given| given.0).or_else(|| scan.distances.interval()) else {
        let message = "the length of an interval is not known: say `interval = \"1 min\"`";
        return Err(TraceError::new(path, None, message));
    };
    let zero = scan.first.unwrap_or(0);
    let span = match scan.last {
        Some(last) => (last.abs_diff(zero) / interval.max(1)).saturating_add(1).saturating_mul(interval),
        None => scan.rows.saturating_mul(interval),
    };
    let mut summary = Summary {
        rows: scan.rows,
        total: scan.total,
        zero,
        span,
        interval,
        disorder: 0,
        ahead: source.ahead().filter(|_| scan.first.is_some()),
        missing: 0,
        partial: (false, false),
        resolution: 0,
        durations: None,
    };
    if scan.first.is_some() {
        fill(path, options, &mut summary)?;
    }
    Ok(summary)
}

/// Reads a file again now that its interval is known: what is missing, what looks unfinished, what is filled in.
fn fill(path: &Path, options: &TraceOptions, summary: &mut Summary) -> Result<(), TraceError> {
    let trace = Trace { path: path.to_path_buf(), options: options.clone(), summary: summary.clone() };
    let mut reader = CountsReader::open(&trace)?;
    let mut ends = super::grid::Ends::default();
    let mut total = 0_u64;
    while let Some(interval) = reader.next_interval()? {
        total = total.saturating_add(interval.count);
        ends.take(interval.count);
    }
    summary.missing = reader.grid.missing();
    summary.total = total;
    summary.partial = ends.partial();
    if options.gaps == Gaps::Error && summary.missing > 0 {
        let message = format!("{} intervals are missing: `gaps` says that none may be", summary.missing);
        return Err(TraceError::new(path, None, message));
    }
    Ok(())
}
