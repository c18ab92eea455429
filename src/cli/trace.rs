//! `hostsim trace`.

use super::grid::{Cell, Grid};
use super::options::FormatOption;
use super::{Execute, Failure, terminal};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use hostsim::report::format::{duration, significant};
use hostsim::units::{Span, parse_span};
use hostsim::workload::trace::{Column, Description, Durations, Format, Gaps, TraceOptions, describe, guess_format};
use std::path::{Path, PathBuf};

/// Say what a trace holds (rows, span, rates, burstiness) before it is used
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim trace requests.csv.gz
  hostsim trace counts.csv --as counts --column hits --interval '1 min'
  hostsim trace *.csv --format csv

Plain, gzip and xz files are read. The dispersion is the variance over the mean of the requests in
an interval: 1 for a Poisson process, more for bursts.")]
pub struct Trace {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// What the rows are [default: as the header looks]
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats())]
    format_of_rows: Option<Format>,
    /// The column of the numbers, by name or by number from 1 (counts)
    #[arg(long, value_name = "COLUMN", value_parser = parse_column)]
    column: Option<Column>,
    /// The length of an interval, where the file's own times do not give it; of requests, the
    /// intervals that peak and dispersion are of [default for requests: 1 min]
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    interval: Option<Span>,
    /// The column of the arrivals (requests)
    #[arg(long, value_name = "NAME")]
    arrival: Option<String>,
    /// The column of the ends (requests)
    #[arg(long, value_name = "NAME")]
    end: Option<String>,
    /// The column of the durations (requests)
    #[arg(long, value_name = "NAME")]
    duration: Option<String>,
    /// The unit of the durations: ns, us, ms or s [default: as the column's name says, else s]
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    unit: Option<i64>,
    /// What is in missing intervals: zero, interpolate or error (counts)
    #[arg(long, value_name = "WORD", default_value = "zero", value_parser = gaps)]
    gaps: Gaps,
    /// The zone of times that have no offset, as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = super::import::zone)]
    zone: Option<jiff::tz::TimeZone>,
    #[command(flatten)]
    format: FormatOption,
}

impl Execute for Trace {
    fn execute(self) -> Result<(), Failure> {
        let mut grid = Grid::new(&[
            ("file", "File"),
            ("format", "Format"),
            ("rows", ">Rows"),
            ("requests", ">Requests"),
            ("span_s", ">Span"),
            ("interval_s", ">Interval"),
            ("mean_rps", ">Mean /s"),
            ("peak_rps", ">Peak /s"),
            ("dispersion", ">Dispersion"),
            ("duration_p50_s", ">Duration p50"),
            ("duration_p99_s", ">p99"),
            ("offered", ">Offered load"),
        ]);
        let mut mistakes = Vec::new();
        for file in &self.files {
            match self.describe(file) {
                Ok(description) => {
                    grid.push(row(file, &description));
                    let notes = description.notes.iter();
                    notes.for_each(|note| terminal::say(&format!("{}: {note}", file.display())));
                }
                Err(message) => mistakes.push(message),
            }
        }
        if !grid.is_empty() {
            terminal::print(&grid.render(self.format.format, "traces"))?;
        }
        if mistakes.is_empty() { Ok(()) } else { Err(Failure::Input(mistakes.join("\n"))) }
    }
}

impl Trace {
    fn describe(&self, file: &Path) -> Result<Description, String> {
        let guessed = || guess_format(file).map_err(|error| as_typed(&error.to_string()));
        let options = TraceOptions {
            format: self.format_of_rows.map_or_else(guessed, Ok)?,
            column: self.column.clone().unwrap_or_default(),
            interval: self.interval,
            arrival: self.arrival.clone(),
            end: self.end.clone(),
            duration: self.duration.clone(),
            unit: self.unit,
            gaps: self.gaps,
            zone: self.zone.clone(),
        };
        describe(file, options).map_err(|error| as_typed(&error.to_string()))
    }
}

/// A message that names keys of a scenario, with the options that are typed for them.
fn as_typed(message: &str) -> String {
    let typed =
        message.replace("`column`", "`--column NAME`").replace("`interval = \"1 min\"`", "`--interval '1 min'`");
    typed.replace(" (paths are relative to the scenario's directory)", "")
}

fn row(file: &Path, description: &Description) -> Vec<Cell> {
    let format = Format::NAMES.iter().find(|(_, format)| *format == description.format).map_or("", |(name, _)| name);
    let time = |span: Span| Cell::of(span.seconds(), duration(span.seconds()));
    let number = |value: f64| Cell::of(value, significant(value, 4));
    vec![
        Cell::text(file.display().to_string()),
        Cell::text(format),
        Cell::of(description.rows, description.rows.to_string()),
        Cell::of(description.total, description.total.to_string()),
        time(description.span),
        time(description.interval),
        number(description.mean_rate),
        number(description.peak_rate),
        description.dispersion.map_or(Cell::of(serde_json::Value::Null, "–"), number),
        of_durations(description, |d| d.p50),
        of_durations(description, |d| d.p99),
        description
            .durations
            .map_or(Cell::of(serde_json::Value::Null, "–"), |d| number(d.mean * description.mean_rate)),
    ]
}

fn of_durations(description: &Description, which: impl Fn(&Durations) -> f64) -> Cell {
    let seconds = description.durations.as_ref().map(which);
    seconds.map_or(Cell::of(serde_json::Value::Null, "–"), |s| Cell::of(s, duration(s)))
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::NAMES.map(|(name, _)| name)).map(|word| {
        Format::NAMES.iter().find(|(name, _)| *name == word).map_or(Format::default(), |(_, format)| *format)
    })
}

fn unit(word: &str) -> Result<i64, String> {
    match word {
        "ns" => Ok(1),
        "us" => Ok(1_000),
        "ms" => Ok(1_000_000),
        "s" => Ok(1_000_000_000),
        _ => Err("expected ns, us, ms or s".into()),
    }
}

fn gaps(word: &str) -> Result<Gaps, String> {
    let found = Gaps::NAMES.iter().find(|(name, _)| *name == word);
    found.map(|(_, gaps)| *gaps).ok_or_else(|| "expected zero, interpolate or error".into())
}

fn parse_column(text: &str) -> Result<Column, String> {
    match text.parse::<usize>() {
        Ok(0) => Err("columns are counted from 1".into()),
        Ok(number) => Ok(Column::Number(number - 1)),
        Err(_) => Ok(Column::Named(text.to_string())),
    }
}
