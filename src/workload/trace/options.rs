//! How a trace is to be read.

use super::Column;
use crate::units::Span;
use jiff::tz::TimeZone;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Requests in each interval.
    #[default]
    Counts,
    /// One request in a row: `arrival`, or `end` and `duration`.
    Requests,
    /// The Azure Functions invocation trace of 2021: `app`, `func`, `end_timestamp`, `duration` (Zhang et al., SOSP 2021).
    Azure2021,
}

impl Format {
    /// The words that users write.
    pub const NAMES: [(&'static str, Format); 3] =
        [("counts", Format::Counts), ("requests", Format::Requests), ("azure-2021", Format::Azure2021)];
}

/// What is in the intervals that a file leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gaps {
    /// No requests.
    #[default]
    Zero,
    /// What a straight line between their neighbours has.
    Interpolate,
    /// They are an error.
    Error,
}

impl Gaps {
    /// The words that users write.
    pub const NAMES: [(&'static str, Gaps); 3] =
        [("zero", Gaps::Zero), ("interpolate", Gaps::Interpolate), ("error", Gaps::Error)];
}

/// How a trace is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceOptions {
    /// What its rows are.
    pub format: Format,
    /// The column of the numbers (`counts`).
    pub column: Column,
    /// Length of an interval (`counts`); left out where the file's own times give it.
    pub interval: Option<Span>,
    /// The column of the arrivals (`requests`; default `arrival`, and `end` where there is none).
    pub arrival: Option<String>,
    /// The column of the ends (`requests`): the arrival is the end less the duration.
    pub end: Option<String>,
    /// The column of the durations (`requests`; default `duration`, where there is one).
    pub duration: Option<String>,
    /// Nanoseconds in one of the durations' numbers; left out: as the column's name says, else seconds.
    pub unit: Option<i64>,
    /// What is in the intervals that the file leaves out (`counts`).
    pub gaps: Gaps,
    /// The zone of times that have no offset; left out: UTC.
    pub zone: Option<TimeZone>,
}
