//! How a trace is to be read.

use super::Column;
use crate::units::Span;

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
    /// The column of the durations in seconds (`requests`; default `duration`, where there is one).
    pub duration: Option<String>,
}
