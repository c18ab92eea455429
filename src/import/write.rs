//! What was found, written as a scenario that runs as it is: `scenario.toml` and its traffic beside it.

use super::document::moment;
use super::fit::best_fit;
use super::found::{Found, Stamp};
use super::routes::folded;
use crate::files::{ENDING, in_place_of, pack, write_atomically};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How a scenario is to be written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The share of the service time that is CPU time.
    pub cpu_share: f64,
    /// How many of the routes become apps of their own.
    pub apps: usize,
}

/// The most requests that are simulated in a replication: a scenario should run in seconds.
const SIMULATED: f64 = 2_000_000.0;
const DAY: f64 = 86_400.0;

/// Writes a scenario into a directory; gives the files.
///
/// # Errors
/// What cannot be written; nothing that a scenario could be made of.
pub fn write(found: &Found, options: &WriteOptions, directory: &Path) -> io::Result<Vec<PathBuf>> {
    let traffic =
        Traffic::of(found).ok_or_else(|| io::Error::other("no times of requests: no scenario can be made of it"))?;
    std::fs::create_dir_all(directory)?;
    let (file, scenario) = (directory.join(traffic_file()), directory.join("scenario.toml"));
    in_place_of(&file, |temporary| pack(std::fs::File::create(temporary)?, |to| traffic.rows(found, to)))?;
    write_atomically(&scenario, text(found, options, &traffic).as_bytes())?;
    Ok(vec![scenario, file])
}

/// The name of the traffic's file.
#[must_use]
pub fn traffic_file() -> String {
    format!("traffic.csv.{ENDING}")
}

/// What of the traffic is written.
enum Traffic {
    /// Each request.
    List { first: i64, last: i64 },
    /// Requests by interval, of so many seconds.
    Counts { length: f64, rows: Vec<(i64, f64)> },
}

impl Traffic {
    fn of(found: &Found) -> Option<Traffic> {
        if let Some(intervals) = &found.intervals {
            let length = found.interval.or_else(|| least(intervals)).filter(|l| *l > 0.0)?;
            let back = if found.stamp == Some(Stamp::IntervalEnd) { (length * 1e9) as i64 } else { 0 };
            let known = intervals.iter().filter_map(|(at, count)| Some((at - back, (*count)?)));
            return Some(Traffic::Counts { length, rows: known.collect() });
        }
        match &found.traffic.list {
            Some(list) if !list.is_empty() => {
                let times = || list.iter().map(|(at, _)| *at);
                Some(Traffic::List { first: times().min()?, last: times().max()? })
            }
            Some(_) => None,
            None => {
                let (length, counts) = found.traffic.counts();
                let rows = counts.into_iter().map(|(at, count)| (at * 1_000_000_000, count as f64)).collect();
                Some(Traffic::Counts { length: length as f64, rows })
            }
        }
    }

    /// Seconds from its beginning to its end.
    fn span(&self) -> f64 {
        match self {
            Traffic::List { first, last } => ((last - first) as f64 / 1e9).ceil() + 1.0,
            Traffic::Counts { length, rows } => {
                let ends = rows.first().zip(rows.last());
                ends.map_or(0.0, |(first, last)| (last.0 - first.0) as f64 / 1e9) + length
            }
        }
    }

    fn rows(&self, found: &Found, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Traffic::List { .. } => {
                writeln!(to, "arrival")?;
                let mut times: Vec<i64> = found.traffic.list.iter().flatten().map(|(at, _)| *at).collect();
                times.sort_unstable();
                times.iter().try_for_each(|at| writeln!(to, "{}", moment(*at)))
            }
            Traffic::Counts { rows, .. } => {
                writeln!(to, "time,requests")?;
                rows.iter().try_for_each(|(at, count)| writeln!(to, "{},{count}", moment(*at)))
            }
        }
    }
}

/// The least distance of two intervals, in seconds.
fn least(intervals: &[(i64, Option<f64>)]) -> Option<f64> {
    intervals.windows(2).map(|pair| (pair[1].0 - pair[0].0) as f64 / 1e9).filter(|gap| *gap > 0.0).reduce(f64::min)
}

fn text(found: &Found, options: &WriteOptions, traffic: &Traffic) -> String {
    let requests = found.requests.unwrap_or(0.0);
    let span = traffic.span();
    let share = (SIMULATED / requests.max(1.0)).min(1.0);
    let duration = (span * share).clamp(60.0, 31.0 * DAY).ceil();
    let mut text = String::new();
    let _ = writeln!(text, "# Made by `hostsim import` of {} ({}).", found.files.join(", "), found.format);
    let _ = writeln!(
        text,
        "# {requests} requests from {} to {}; {} lines left out.",
        time(found.first),
        time(found.last),
        found.dropped.total()
    );
    found.warnings.iter().for_each(|warning| {
        let _ = writeln!(text, "# Careful: {}.", line(warning));
    });
    found.notes.iter().for_each(|note| {
        let _ = writeln!(text, "# {}.", line(note));
    });
    let _ = writeln!(
        text,
        "\nschema = 1\ntitle = \"What is the cheapest hosting for the traffic of {}?\"\n",
        line(found.files.first().map_or("this log", |f| name_of(f)))
    );
    let _ = writeln!(text, "[run]\nduration = \"{duration} s\"    # the file covers {span:.0} s");
    let _ = writeln!(text, "replications = 3\n");
    for (name, share, route) in apps(found, options.apps) {
        app(&mut text, found, options, traffic, (&name, share, &route));
    }
    text.push_str(CASES);
    text
}

/// The apps: their names, their share of all requests, their route.
fn apps(found: &Found, most: usize) -> Vec<(String, f64, String)> {
    let mut routes: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    found.routes.sorted().into_iter().for_each(|(route, count)| *routes.entry(folded(&route)).or_default() += count);
    let total: f64 = routes.values().sum::<f64>() + found.routes.together as f64;
    let mut routes: Vec<(String, f64)> = routes.into_iter().collect();
    if most < 2 || routes.len() < 2 || total <= 0.0 {
        return vec![("all".into(), 1.0, "all routes".into())];
    }
    routes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let own = routes.len().min(most - usize::from(routes.len() > most));
    let mut apps: Vec<(String, f64, String)> = (1..)
        .zip(&routes[..own])
        .map(|(i, (route, count))| (format!("route-{i}"), count / total, route.clone()))
        .collect();
    let rest = 1.0 - apps.iter().map(|(_, share, _)| share).sum::<f64>();
    if rest > 1e-9 {
        apps.push(("others".into(), rest, "the other routes".into()));
    }
    apps
}

fn app(
    text: &mut String,
    found: &Found,
    options: &WriteOptions,
    traffic: &Traffic,
    (name, share, route): (&str, f64, &str),
) {
    let _ = writeln!(text, "[app.{name}]    # {}", line(route));
    let scale = if share < 1.0 { format!(", scale = {share:.9}") } else { String::new() };
    let _ = match traffic {
        Traffic::List { .. } => {
            writeln!(text, "arrivals.trace = {{ file = \"{}\", format = \"requests\"{scale} }}", traffic_file())
        }
        Traffic::Counts { length, .. } => writeln!(
            text,
            "arrivals.trace = {{ file = \"{}\", format = \"counts\", column = \"requests\", interval = \"{length} s\"{scale} }}",
            traffic_file()
        ),
    };
    if share < 1.0 {
        text.push_str("# A share of all traffic by independent draws: by time, all routes are taken for alike.\n");
    }
    service(text, found, options);
    let memory = found.more.get("max_memory_used_MB").and_then(serde_json::Value::as_f64);
    let _ = match memory {
        Some(memory) => writeln!(text, "memory = \"{memory} MiB\"    # the most used that the file tells of"),
        None => writeln!(text, "memory = \"256 MiB\"    # assumed: the file does not say what a copy needs"),
    };
    if let (Some(bytes), Some(requests)) = (found.bytes, found.requests.filter(|r| *r > 0.0)) {
        let _ = writeln!(text, "response = \"{:.0} B\"    # the mean of the file", bytes as f64 / requests);
    }
    let _ = writeln!(
        text,
        "slo = {{ p99 = \"{:.3} s\", availability = 0.99 }}    # assumed: twice the p99 of the service time, at least 1 s\n",
        objective(found)
    );
}

fn objective(found: &Found) -> f64 {
    let p99 = found.traffic.quantiles(&[0.99]).first().copied();
    (p99.or(found.mean_service().map(|mean| 5.0 * mean)).unwrap_or(0.5) * 2.0).max(1.0)
}

/// The shares at which quantiles are written.
const SHARES: [f64; 10] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];

fn service(text: &mut String, found: &Found, options: &WriteOptions) {
    let parts = [("cpu", options.cpu_share), ("wait", 1.0 - options.cpu_share)];
    let assumed = match options.cpu_share > 0.0 {
        true => "by --cpu-share",
        false => "no log tells them apart: all of it is taken for `wait` (--cpu-share says otherwise)",
    };
    let quantiles = found.traffic.quantiles(&SHARES);
    if quantiles.is_empty() {
        let mean = found.mean_service();
        let _ = match mean {
            Some(_) => writeln!(
                text,
                "# Only the mean of the service time is known; its form is assumed. CPU and wait: {assumed}."
            ),
            None => writeln!(text, "# Assumed: the file has no service times. Put your own in their place."),
        };
        if mean.is_none() {
            text.push_str("cpu.exponential = { mean = \"5 ms\" }\nwait.log-normal = { mean = \"50 ms\", cv = 1.0 }\n");
            return;
        }
        for (part, share) in parts.into_iter().filter(|(_, share)| *share > 0.0) {
            let _ = writeln!(
                text,
                "{part}.log-normal = {{ mean = \"{:.6} ms\", cv = 1.0 }}",
                mean.unwrap_or(0.0) * share * 1e3
            );
        }
        return;
    }
    let _ = writeln!(
        text,
        "# Service time: {} ({} requests; p50 {:.3} ms).",
        found.service_field.unwrap_or("as the file says"),
        found.traffic.known(),
        quantiles[3] * 1e3
    );
    if found.censored > 0 {
        let _ = writeln!(
            text,
            "# {} given-up or timed-out requests tell only that they took at least so long, and are left out of it.",
            found.censored
        );
    }
    if let Some(fit) = best_fit(&SHARES, &quantiles) {
        let _ = writeln!(text, "# {fit}");
    }
    let _ = writeln!(text, "# CPU and wait: {assumed}.");
    for (part, share) in parts.into_iter().filter(|(_, share)| *share > 0.0) {
        let points: Vec<String> = SHARES
            .iter()
            .zip(&quantiles)
            .map(|(at, value)| format!("[\"{:.6} ms\", {at:?}]", value * share * 1e3))
            .collect();
        let _ = writeln!(text, "{part}.empirical = [{}]", points.join(", "));
    }
}

fn time(at: Option<i64>) -> String {
    at.map_or("?".into(), moment)
}

fn name_of(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

/// A text that stays in its line, and in its quotes.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '"' || c == '\\' { ' ' } else { c }).collect()
}

const CASES: &str = "\
# Three ways of hosting it, each in the fewest instances that meet the objective. `hostsim advise` tries many more.
[case.server]
hosting = \"digitalocean-now\"
size = \"cheapest\"
instances = \"right-size\"

[case.machines]
hosting = \"aws-ec2-now\"
size = \"cheapest\"
instances = \"right-size\"

[case.functions]
hosting = \"aws-lambda-now\"
size = \"cheapest\"
";
