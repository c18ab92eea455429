//! `hostsim import`.

use super::options::{Directory, Format, FormatOption};
use super::{Execute, Failure, terminal};
use clap::Args;
use hostsim::import::{Drops, Found, ImportOptions, WriteOptions, import, moment, traffic_file, write};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Make a scenario of logs, metrics exports and bills
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim import access.log.1.gz access.log
  hostsim import /var/log/nginx/ --output shop --cpu-share 30%
  zcat *.gz | hostsim import - --format json

The format is found from the content. Files may be compressed (gz, xz, zst), globs, directories of
rotated files or - for the standard input; they are read in the order of their time. Intervals that
metrics lack are filled in up to 600,000; a row of 16 MiB, or 256 MiB without an end of a line, is refused.")]
pub struct Import {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The format [default: found from the content]
    #[arg(long = "as", value_name = "NAME")]
    format_of_files: Option<String>,
    /// The zone of times that have no offset, as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    zone: Option<jiff::tz::TimeZone>,
    /// Leave out what is kept otherwise, if it is marked so: health-checks, websockets, aborts, blocked
    #[arg(long, value_name = "WORD", value_delimiter = ',', value_parser = ["health-checks", "websockets", "aborts", "blocked"])]
    leave_out: Vec<String>,
    /// The share of the service time that is CPU time, which no log tells
    #[arg(long, value_name = "PCT", default_value = "0%", value_parser = share)]
    cpu_share: f64,
    /// So many routes become apps of their own, ids folded, the others together
    #[arg(long, value_name = "N", default_value_t = 1)]
    apps: usize,
    /// Where the scenario goes
    #[arg(long, value_name = "DIR", default_value = "imported")]
    output: PathBuf,
    /// Write no files
    #[arg(long)]
    no_files: bool,
    /// Overwrite files of the same names that hostsim did not write
    #[arg(long, conflicts_with = "no_files")]
    force: bool,
    #[command(flatten)]
    format: FormatOption,
}

/// Reads a zone's name.
pub fn zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZone::get(name).map_err(|_| "expected a zone's name, as Europe/Berlin or UTC".into())
}

fn share(text: &str) -> Result<f64, String> {
    let number = text
        .trim()
        .strip_suffix('%')
        .map_or_else(|| text.parse::<f64>().ok(), |p| Some(p.trim().parse::<f64>().ok()? / 100.0));
    number.filter(|s| (0.0..=1.0).contains(s)).ok_or_else(|| "expected a share, as 30% or 0.3".into())
}

/// The reasons that a word stands for.
fn reasons(word: &str) -> &'static [&'static str] {
    match word {
        "health-checks" => &["health check"],
        "websockets" => &["websocket: the time is the connection's"],
        "aborts" => &[
            "client gave up",
            "client gave up (499)",
            "client gave up (460)",
            "stream cut by the client (DC)",
            "viewer closed the connection, status 000",
        ],
        _ => &["blocked at the edge", "answered by the balancer itself"],
    }
}

impl Execute for Import {
    fn execute(self) -> Result<(), Failure> {
        let without = self.leave_out.iter().flat_map(|word| reasons(word)).copied().collect();
        let options = ImportOptions { format: self.format_of_files.clone(), zone: self.zone.clone(), without };
        let found = import(&self.files, &options).map_err(|error| Failure::Input(error.to_string()))?;
        if self.format.format == Format::Json {
            let text = serde_json::to_string_pretty(&found.document()).map_err(|e| Failure::Running(e.to_string()))?;
            return terminal::print(&format!("{text}\n"));
        }
        terminal::print(&terminal::fitted(&summary(&found)))?;
        if self.no_files || found.requests.is_none() {
            return Ok(());
        }
        let names = ["scenario.toml", &traffic_file()];
        let _claim = Directory::claim(self.output.clone(), "import", &names, self.force)?;
        let options = WriteOptions { cpu_share: self.cpu_share, apps: self.apps };
        let files = write(&found, &options, &self.output)
            .map_err(|error| Failure::Running(format!("{}: {error}", self.output.display())))?;
        terminal::print(&told(&files))
    }
}

fn told(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let scenario = files.first().map_or(Path::new("scenario.toml"), PathBuf::as_path).display();
    format!("\nWritten: {}\nNext:    hostsim run {scenario}    or    hostsim advise {scenario}\n", names.join(", "))
}

/// The most routes, reasons and notes that are shown.
const SHOWN: usize = 12;

fn summary(found: &Found) -> String {
    let mut text = format!("{} in {} file(s)\n", found.format, found.files.len());
    let time = |at: Option<i64>| at.map_or("unknown".into(), moment);
    match found.requests {
        Some(requests) => {
            let _ = writeln!(text, "  requests  {requests}, {} to {}", time(found.first), time(found.last));
        }
        None => {
            let _ = writeln!(text, "  no traffic: {} to {}", time(found.first), time(found.last));
        }
    }
    if let Some(stamp) = found.stamp {
        let _ =
            writeln!(text, "  stamps    {} (UTC){}", stamp.words(), if found.in_order { "" } else { ", out of order" });
    }
    statuses(&mut text, found);
    service(&mut text, found);
    routes(&mut text, found);
    for (key, value) in found.more.iter().filter(|(_, v)| v.is_number() || v.is_string()) {
        let _ = writeln!(text, "  {key}  {value}");
    }
    drops(&mut text, found, "left out", &found.dropped);
    drops(&mut text, found, "kept, though not a plain request (--leave-out)", &found.optional);
    for (word, all) in [("careful", &found.warnings), ("note", &found.notes)] {
        all.iter().take(SHOWN).for_each(|sentence| {
            let _ = writeln!(text, "  {word}: {sentence}");
        });
    }
    text
}

fn statuses(text: &mut String, found: &Found) {
    let kinds = found.statuses.iter().enumerate().filter(|(kind, count)| *kind > 0 && **count > 0);
    let all: Vec<String> = kinds.map(|(kind, count)| format!("{kind}xx {count}")).collect();
    if !all.is_empty() {
        let _ = writeln!(text, "  statuses  {}", all.join(", "));
    }
}

fn service(text: &mut String, found: &Found) {
    let Some(mean) = found.mean_service() else { return };
    let _ = write!(text, "  service   mean {:.3} ms", mean * 1e3);
    for (name, value) in ["p50", "p90", "p99"].iter().zip(found.traffic.quantiles(&[0.5, 0.9, 0.99])) {
        let _ = write!(text, ", {name} {:.3} ms", value * 1e3);
    }
    if let Some(field) = found.service_field {
        let _ = write!(text, " of {} requests: {field}", found.service_known);
    }
    if found.censored > 0 {
        let _ = write!(
            text,
            "; {} censored (given up, timed out) are in the mean and not in the quantiles",
            found.censored
        );
    }
    text.push('\n');
}

fn routes(text: &mut String, found: &Found) {
    let mut routes = found.routes.sorted();
    routes.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (route, count) in routes.iter().take(SHOWN) {
        let plain: String = route.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        let _ = writeln!(text, "  {count:>10}  {plain}");
    }
    if routes.len() > SHOWN {
        let _ = writeln!(text, "  {:>10}  more routes", routes.len() - SHOWN);
    }
}

fn drops(text: &mut String, found: &Found, what: &str, drops: &Drops) {
    if drops.total() == 0 {
        return;
    }
    let _ = writeln!(text, "  {what}: {}", drops.total());
    for (why, (count, first)) in drops.reasons.iter().take(SHOWN) {
        let file = found.files.get(first.file).map_or("", String::as_str);
        let plain: String = why.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        let _ = writeln!(text, "  {count:>10}  {plain} (first: {file}:{})", first.number);
    }
}
