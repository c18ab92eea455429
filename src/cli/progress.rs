//! How far a run has come, for the person who waits.

use super::terminal;
use hostsim::experiment::Order;
use hostsim::scenario::{Case, Scenario};
use hostsim::units::{NANOS_PER_SECOND, Time};
use hostsim::workload::{AppWorkload, Arrivals, Demand, Generator};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use std::io::{self, Write};

/// What a request takes to simulate, with all that is measured of it: about 200 ns on the machines
/// of 2017 to 2025.
const SECONDS_PER_REQUEST: f64 = 200e-9;
/// So many arrivals are drawn to see how many there will be.
const LOOKED_AT: u64 = 100_000;
/// A run that takes longer says so first.
const LONG: f64 = 60.0;

/// The variable that asks for progress in lines, `progress 3 of 40 replications`, for a program that shows it.
const LINES: &str = "HOSTSIM_PROGRESS";

/// A place where each state of a bar is a line of its own.
#[derive(Debug)]
struct Lines;

impl Lines {
    fn say(text: &str) -> io::Result<()> {
        let text = text.trim();
        if text.is_empty() { Ok(()) } else { writeln!(io::stderr(), "{text}") }
    }
}

impl TermLike for Lines {
    fn width(&self) -> u16 {
        200
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        Lines::say(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        Lines::say(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A bar on the standard error, where a person watches and silence is not asked for.
pub fn bar(quiet: bool) -> ProgressBar {
    bar_of("replications", quiet)
}

/// A bar that counts something; its message stands at its end.
pub fn bar_of(what: &str, quiet: bool) -> ProgressBar {
    if std::env::var_os(LINES).is_some_and(|value| value == "lines") {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::term_like_with_hz(Box::new(Lines), 10));
        let template = format!("progress {{pos}} of {{len}} {what}");
        return bar
            .with_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    }
    if quiet || !terminal::watched() {
        return ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    }
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colour = if plain { "" } else { ".cyan" };
    let template = format!("{{wide_bar{colour}}} {{pos}} of {{len}} {what}, {{eta}} left {{msg}}");
    bar.with_style(ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Says so where a run will probably take over a minute.
pub fn announce(scenario: &Scenario, threads: usize, quiet: bool) {
    let all = requests_in_all(scenario);
    let is_open = |case: &&Case| Order::of_case(case).is_none();
    let tried = scenario.cases.iter().filter(is_open).count() as f64 * TRIED / f64::from(scenario.run.replications);
    announce_requests(all * (1.0 + tried / scenario.cases.len().max(1) as f64), threads, quiet);
}

/// As [`announce`], of so many runs of the scenario's cases, each of as many requests as its curve
/// asks for (where it does not say, as come in the scenario's own duration at that multiple of its
/// traffic).
pub fn announce_points(scenario: &Scenario, traffic: &[f64], threads: usize, quiet: bool) {
    let all = f64::from(scenario.run.replications) * scenario.cases.len() as f64;
    let requests = match scenario.curve.requests {
        Some(requests) => requests as f64 * all * traffic.len() as f64,
        None => requests_in_all(scenario) * traffic.iter().sum::<f64>(),
    };
    announce_requests(SIZED * requests, threads, quiet);
}

/// Simulations by which the order of a case is found that leaves it open, about.
const TRIED: f64 = 12.0;
/// Orders that are tried, and what is looked at between points, beside the points themselves.
const SIZED: f64 = 1.7;

fn announce_requests(requests: f64, threads: usize, quiet: bool) {
    let seconds = requests * SECONDS_PER_REQUEST / threads.max(1) as f64;
    if seconds > LONG && !quiet {
        let minutes = (seconds / 60.0).ceil();
        let millions = requests / 1e6;
        terminal::say(&format!(
            "about {millions:.0} million requests are to be simulated: this takes some {minutes:.0} min"
        ));
    }
}

/// A length of time in words, to be read rather than computed with.
pub fn length(seconds: f64) -> String {
    match seconds {
        s if s < 0.95 => "a second or less".into(),
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5_400.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3_600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

/// The requests of all cases and replications, roughly.
fn requests_in_all(scenario: &Scenario) -> f64 {
    let during = scenario.run.warm_up.seconds() + scenario.run.duration.seconds();
    let (closed, open): (Vec<_>, Vec<_>) =
        scenario.apps.iter().map(|app| app.workload.clone()).partition(|app| app.arrivals.is_closed());
    let of_open = open_requests(&open, scenario.run.seed, during);
    let of_closed: f64 = closed.iter().map(|app| closed_rate(app) * during).sum();
    (of_open + of_closed) * scenario.cases.len() as f64 * f64::from(scenario.run.replications)
}

/// The first arrivals are drawn; the rest is taken to go on at their rate.
fn open_requests(apps: &[AppWorkload], seed: u64, during: f64) -> f64 {
    let end = Time((during * NANOS_PER_SECOND as f64) as u64);
    let Ok(mut generator) = Generator::new(apps, seed, 0, 1.0, Time(0)..end) else { return 0.0 };
    let mut window = Vec::new();
    let (mut seen, mut until) = (0, 0.0);
    while let Ok(true) = generator.next_window(&mut window) {
        seen += window.len() as u64;
        until = window.last().map_or(until, |arrival| arrival.time.seconds());
        if seen >= LOOKED_AT {
            return seen as f64 * (during / f64::max(until, 1e-9)).max(1.0);
        }
    }
    seen as f64
}

/// Requests per second of a closed app, were each answered at once after its own work.
fn closed_rate(app: &AppWorkload) -> f64 {
    let Arrivals::Closed(closed) = &app.arrivals else { return 0.0 };
    let mean = |demand: &Demand| match demand {
        Demand::Drawn(distribution) => distribution.mean(),
        _ => 0.0,
    };
    let cycle = (closed.think.mean() + mean(&app.cpu) + mean(&app.wait)) / NANOS_PER_SECOND as f64;
    f64::from(app.tenants) * closed.users as f64 / cycle.max(1e-6)
}
