//! Measured traffic: files that say how many requests came in each interval, or when each came.
//!
//! A file is read twice: once when the scenario is read, which finds every mistake in it and
//! what it holds ([`Trace::open`]), and once per simulation, a row at a time. It is never held
//! whole. Plain, gzip and xz files are told apart by their first bytes.

mod azure_2019;
mod clock;
mod column;
mod counts;
mod describe;
mod file;
mod grid;
mod list;
pub mod moment;
mod options;
mod requests;
mod rows;
mod timestamp;

pub use azure_2019::{AzureFiles, TenantTrace, TraceTenant};
pub use clock::unit_of;
pub use column::{Column, read_numbers};
pub use counts::{CountsReader, Interval};
pub use describe::{Description, Durations, describe, guess_format};
pub use options::{Format, Gaps, TraceOptions};
pub use requests::{RequestsReader, TracedRequest};

use crate::units::Span;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a trace, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1, where the mistake has one.
    pub line: Option<u64>,
    /// What was expected and what was found.
    pub message: String,
}

impl TraceError {
    pub(crate) fn new(file: &Path, line: impl Into<Option<u64>>, message: impl Into<String>) -> TraceError {
        TraceError { file: file.to_path_buf(), line: line.into(), message: message.into() }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file.display(), self.message),
            None => write!(f, "{}: {}", self.file.display(), self.message),
        }
    }
}

impl std::error::Error for TraceError {}

/// A trace file that has been read through once and found good.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The file.
    pub path: PathBuf,
    /// How it is to be read.
    pub options: TraceOptions,
    /// What it holds.
    pub summary: Summary,
}

/// What a trace holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Rows (or numbers of a list).
    pub rows: u64,
    /// Requests in all rows.
    pub total: u64,
    /// Nanoseconds of the file's own clock at which the trace begins.
    pub zero: i64,
    /// Length of the trace in nanoseconds, after which `repeat` starts again.
    pub span: u64,
    /// Length of an interval, in nanoseconds (`counts`; 0 for `requests`).
    pub interval: u64,
    /// How far, in nanoseconds, a request may stand behind one that arrived after it (`requests`).
    pub disorder: u64,
    /// How far the wall clock at the beginning is ahead of UTC, in seconds; `None` where the file has no dates.
    pub ahead: Option<i64>,
    /// Intervals that the file leaves out (`counts`).
    pub missing: u64,
    /// Whether the first and the last interval look as if they were not measured whole (`counts`).
    pub partial: (bool, bool),
    /// The resolution of the stamps in nanoseconds, where requests are spread over it (`requests`); else 0.
    pub resolution: u64,
    /// Whether rows have durations (`requests`), and their sum in nanoseconds.
    pub durations: Option<u64>,
}

impl Trace {
    /// Reads a file through, and says what it holds.
    ///
    /// # Errors
    /// The first mistake: no such file, a truncated archive, an empty file, a row that is not
    /// what the format says.
    pub fn open(path: &Path, options: TraceOptions) -> Result<Trace, TraceError> {
        let summary = match options.format {
            Format::Counts => counts::scan(path, &options)?,
            Format::Requests | Format::Azure2021 => requests::scan(path, &options)?,
        };
        Ok(Trace { path: path.to_path_buf(), options, summary })
    }

    /// What a reader of results must know of how it was read.
    pub fn notes(&self) -> Vec<String> {
        let summary = &self.summary;
        let mut notes = Vec::new();
        if summary.resolution > 0 {
            let length = Span(summary.resolution);
            notes.push(format!("its times are whole multiples of {length}: requests are spread over it"));
        }
        if summary.missing > 0 {
            let filled = match self.options.gaps {
                Gaps::Interpolate => "filled by straight lines",
                _ => "taken for empty ones (`gaps` may say otherwise)",
            };
            notes.push(format!("{} intervals are missing in it, {filled}", summary.missing));
        }
        match summary.partial {
            (true, true) => notes.push("its first and last intervals look unfinished".into()),
            (true, false) => notes.push("its first interval looks unfinished".into()),
            (false, true) => notes.push("its last interval looks unfinished".into()),
            (false, false) => {}
        }
        if let Some(sum) = summary.durations
            && summary.total > 1
            && sum / summary.total > summary.span
        {
            let mean = Span(sum / summary.total);
            notes.push(format!(
                "its durations (mean {mean}) are longer than all of it ({}): is their `unit` right?",
                Span(summary.span)
            ));
        }
        notes
    }

    /// Whether rows are single requests.
    pub fn is_requests(&self) -> bool {
        self.options.format != Format::Counts
    }
}

#[cfg(test)]
mod tests;
