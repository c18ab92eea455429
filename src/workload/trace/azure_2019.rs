//! The Azure Functions data set of 2019 (Shahrad et al., Serverless in the Wild, USENIX ATC
//! 2020): invocations of each function in each minute of a day, percentiles of its durations,
//! the memory of its app. Each function is a tenant.

use super::TraceError;
use super::column::parse_count;
use super::rows::Rows;
use crate::engine::Stream;
use crate::units::{Bytes, Span};
use crate::workload::distribution::{Distribution, Empirical};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The files of a day of the data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureFiles {
    /// `invocations_per_function_md.anon.d01.csv`
    pub invocations: PathBuf,
    /// `function_durations_percentiles.anon.d01.csv`; functions that it does not have are left out.
    pub durations: Option<PathBuf>,
    /// `app_memory_percentiles.anon.d01.csv`
    pub memory: Option<PathBuf>,
    /// How many functions are kept, chosen at random; all where it is not given.
    pub sample: Option<u64>,
}

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceTenant {
    /// Its name: `HashFunction`.
    pub name: String,
    /// Its invocations in the file.
    pub total: u64,
    /// How long it runs, in nanoseconds: straight lines between the percentiles.
    pub duration: Option<Distribution>,
    /// What its app allocates on average.
    pub memory: Option<Bytes>,
}

/// Requests of one tenant in one minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    minute: u32,
    /// Whose.
    pub tenant: u32,
    /// How many.
    pub count: u32,
}

/// A data set with a row per tenant, held in memory: what it takes grows with the minutes in
/// which a tenant has requests at all.
#[derive(Clone, Debug, PartialEq)]
pub struct TenantTrace {
    /// The tenants, in the order of the file.
    pub tenants: Vec<TraceTenant>,
    /// Requests in all.
    pub total: u64,
    /// Its length in nanoseconds.
    pub span: u64,
    cells: Vec<Cell>,
}

/// The most functions that are held.
const MOST_FUNCTIONS: usize = 1_000_000;

/// The percentiles of durations, in milliseconds, that a file has.
const PERCENTILES: [(&str, f64); 7] = [
    ("percentile_Average_0", 0.0),
    ("percentile_Average_1", 0.01),
    ("percentile_Average_25", 0.25),
    ("percentile_Average_50", 0.5),
    ("percentile_Average_75", 0.75),
    ("percentile_Average_99", 0.99),
    ("percentile_Average_100", 1.0),
];

impl TenantTrace {
    /// Nanoseconds of a minute.
    pub const MINUTE: u64 = 60_000_000_000;

    /// Reads the files. `name` names the stream of random numbers that a sample is drawn by, so
    /// that a scenario always has the same sample.
    ///
    /// # Errors
    /// The first mistake.
    pub fn open(files: &AzureFiles, name: &str) -> Result<TenantTrace, TraceError> {
        let durations = files.durations.as_deref().map(read_durations).transpose()?;
        let memory = files.memory.as_deref().map(read_memory).transpose()?;
        let (kept, minutes) = sample(files, name, durations.as_ref())?;
        let mut trace = TenantTrace { tenants: Vec::new(), total: 0, span: minutes * Self::MINUTE, cells: Vec::new() };
        for (place, function) in kept.into_iter().enumerate() {
            let total = function.counts.iter().map(|(_, count)| u64::from(*count)).sum();
            let cell = |&(minute, count): &(u32, u32)| Cell { minute, tenant: place as u32, count };
            trace.cells.extend(function.counts.iter().map(cell));
            trace.total += total;
            let duration = durations.as_ref().and_then(|d| d.get(&function.name)).cloned();
            let memory = memory.as_ref().and_then(|m| m.get(&function.app)).copied();
            trace.tenants.push(TraceTenant { name: function.name, total, duration, memory });
        }
        trace.cells.sort_unstable();
        Ok(trace)
    }

    /// What the app of each tenant allocates: where the file does not say, the median of those of
    /// which it does. `None` where it says it of none.
    pub fn memory(&self) -> Option<Vec<Bytes>> {
        let mut known: Vec<Bytes> = self.tenants.iter().filter_map(|tenant| tenant.memory).collect();
        known.sort_unstable();
        let median = *known.get(known.len() / 2)?;
        Some(self.tenants.iter().map(|tenant| tenant.memory.unwrap_or(median)).collect())
    }

    /// How long the trace is.
    pub fn length(&self) -> Span {
        Span(self.span)
    }

    /// The next minute in which there are requests, and those; `place` counts cells from 0.
    pub(in crate::workload) fn next_minute(&self, place: &mut usize) -> Option<(u32, &[Cell])> {
        let rest = &self.cells[*place..];
        let minute = rest.first()?.minute;
        let cells = &rest[..rest.partition_point(|cell| cell.minute == minute)];
        *place += cells.len();
        Some((minute, cells))
    }
}

/// A row of the invocations.
struct Function {
    row: u64,
    name: String,
    app: String,
    counts: Vec<(u32, u32)>,
}

type Durations = HashMap<String, Distribution>;

/// The functions that are kept, in the order of the file, and how many minutes it has: a sample
/// by reservoir (Vitter's algorithm R).
fn sample(files: &AzureFiles, name: &str, durations: Option<&Durations>) -> Result<(Vec<Function>, u64), TraceError> {
    let path = files.invocations.as_path();
    let mut rows = Rows::open(path)?.with_header();
    let (app, function) = (rows.column("HashApp")?, rows.column("HashFunction")?);
    let minutes = minute_columns(&rows, path)?;
    let most = files.sample.map_or(u64::MAX, |n| n.max(1));
    let mut stream = Stream::named(0, 0, name, "sample");
    let mut kept: Vec<Function> = Vec::new();
    let mut seen = 0;
    while rows.next()? {
        if durations.is_some_and(|d| rows.field(function).is_ok_and(|name| !d.contains_key(name))) {
            continue;
        }
        seen += 1;
        let place = if seen <= most { kept.len() as u64 } else { stream.below(seen) };
        if place >= most {
            continue;
        }
        let row = read_function(&rows, app, function, &minutes, seen)?;
        let place = place as usize;
        if place < kept.len() {
            kept[place] = row;
        } else if kept.len() < MOST_FUNCTIONS {
            kept.push(row);
        } else {
            return Err(rows.wrong("there are more than a million functions: say `sample = 1000`"));
        }
    }
    if kept.is_empty() {
        return Err(TraceError::new(path, None, "the file holds no functions (that the durations have too)"));
    }
    kept.sort_by_key(|function| function.row);
    Ok((kept, minutes.iter().map(|(_, minute)| u64::from(*minute) + 1).max().unwrap_or(0)))
}

/// The places of the columns `1`, `2`, … and their minutes from 0.
fn minute_columns(rows: &Rows, path: &Path) -> Result<Vec<(usize, u32)>, TraceError> {
    let header = rows.header.as_deref().unwrap_or_default().iter().enumerate();
    let minute = |name: &str| name.parse::<u32>().ok().filter(|m| (1..=1440).contains(m));
    let found: Vec<_> = header.filter_map(|(i, name)| minute(name).map(|m| (i, m - 1))).collect();
    if found.is_empty() {
        return Err(TraceError::new(path, 1, "expected columns named 1 to 1440, one for each minute"));
    }
    Ok(found)
}

fn read_function(
    rows: &Rows,
    app: usize,
    function: usize,
    minutes: &[(usize, u32)],
    row: u64,
) -> Result<Function, TraceError> {
    let mut counts = Vec::new();
    for (column, minute) in minutes {
        let text = rows.field(*column)?;
        if text == "0" {
            continue;
        }
        let count = parse_count(text).and_then(|c| u32::try_from(c).map_err(|_| format!("{c} requests in a minute")));
        let count = count.map_err(|message| rows.wrong(message))?;
        if count > 0 {
            counts.push((*minute, count));
        }
    }
    Ok(Function { row, name: rows.field(function)?.to_string(), app: rows.field(app)?.to_string(), counts })
}

fn read_durations(path: &Path) -> Result<Durations, TraceError> {
    let mut rows = Rows::open(path)?;
    let function = rows.column("HashFunction")?;
    let columns: Result<Vec<_>, _> = PERCENTILES.iter().map(|(name, share)| Ok((rows.column(name)?, *share))).collect();
    let columns = columns?;
    let mut durations = HashMap::new();
    while rows.next()? {
        let mut points = Vec::new();
        let mut least = 0.0f64;
        for (column, share) in &columns {
            // The percentiles are averages of an unknown number of shares: they may cross a little.
            least = least.max(positive(&rows, *column)? * 1e6);
            points.push((least, *share));
        }
        let times = Distribution::Empirical(Empirical::Points(points.into()));
        durations.insert(rows.field(function)?.to_string(), times);
    }
    Ok(durations)
}

fn read_memory(path: &Path) -> Result<HashMap<String, Bytes>, TraceError> {
    let mut rows = Rows::open(path)?;
    let (app, average) = (rows.column("HashApp")?, rows.column("AverageAllocatedMb")?);
    let mut memory = HashMap::new();
    while rows.next()? {
        // Megabytes as the platform counts them: 2^20 bytes.
        let bytes = Bytes((positive(&rows, average)? * Bytes::MIB.0 as f64) as u64);
        memory.insert(rows.field(app)?.to_string(), bytes);
    }
    Ok(memory)
}

fn positive(rows: &Rows, column: usize) -> Result<f64, TraceError> {
    let text = rows.field(column)?;
    let value = text.parse().ok().filter(|v: &f64| v.is_finite() && *v >= 0.0);
    value.ok_or_else(|| rows.wrong(format!("expected a number of zero or more, found \"{text}\"")))
}
