//! `hostsim run`.

use super::failure::sound;
use super::load::{self, Replace, stem};
use super::options::{CatalogueOption, ComputeOptions, FilesOptions, Format, FormatOption};
use super::{Execute, Failure, interrupt, progress, terminal};
use clap::Args;
use hostsim::document::Diagnostics;
use hostsim::experiment::{self, Progress, RunError, RunOptions};
use hostsim::files::write_atomically;
use hostsim::report::html::{Reproduction, assumptions};
use hostsim::report::{self, ResultDocument};
use hostsim::scenario::Scenario;
use hostsim::units::parse_percent;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Simulate every case of a scenario, compare them, and write the results to a directory
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim run scenarios/five-dollar-vps.toml
  hostsim run scenarios/superbowl-spike.toml --replications 20 --threads 2
  hostsim run scenarios/steady-api.toml --precision 1% --format markdown --no-files
  cat my-scenario.toml | hostsim run - --format json --no-files | jq '.cases[].tco_usd.mean'

Writes report.html, result.json, result.csv, series.csv (what happened over time), table.md,
focus.csv (the invoices as FOCUS 1.2) and the figures (SVG and PNG). Ends with status 3 where
a claim of [expect] does not hold.")]
pub struct Run {
    /// The scenario file; - reads the standard input
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    #[command(flatten)]
    replace: Replace,
    /// Add replications until every case's invoice, mean latency and p99 are known to this share
    #[arg(long, value_name = "PCT", value_parser = parse_precision)]
    precision: Option<f64>,
    /// Keep each replication's figures, the series, the histograms of latency and every tenant in result.json, so that
    /// every figure can be drawn again, and `compare` can tell small differences
    #[arg(long)]
    details: bool,
    /// Show the provider's ledger of each case too: what it earns, and what that costs it
    #[arg(long)]
    ledger: bool,
    #[command(flatten)]
    format: FormatOption,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    catalogue: CatalogueOption,
    #[command(flatten)]
    compute: ComputeOptions,
}

/// The files that it writes besides the figures.
const FILES: [&str; 5] = ["report.html", "result.json", "result.csv", "table.md", "focus.csv"];

impl Execute for Run {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let (source, scenario) = load::to_run(&self.scenario, &self.catalogue, &self.replace, &mut diagnostics)?;
        let directory = self.files.claim(&stem(&source), "run", &FILES)?;
        let result = self.simulate(&scenario)?;
        let reproduction = load::reproduction(&source, "run", &self.replace);
        // A disk that is full does not take away what has been computed.
        let written = directory
            .as_ref()
            .map(|to| interrupt::after_writing(|| write_files(&to.path, &result, &scenario, &reproduction)));
        terminal::print(&self.rendered(&result))?;
        written.transpose()?;
        if let Some(directory) = directory.filter(|_| terminal::watched() && !self.compute.quiet) {
            terminal::say(&format!("the results are in {}", directory.path.display()));
        }
        check_expectations(&scenario, &result, diagnostics)
    }
}

impl Run {
    fn rendered(&self, result: &ResultDocument) -> String {
        let ledger = match self.format.format {
            _ if !self.ledger => String::new(),
            Format::Markdown => report::to_ledger_markdown(result),
            _ => report::to_ledger(result, terminal::screen()),
        };
        let text = match self.format.format {
            Format::Table => report::to_table_within(result, terminal::colour_out(), terminal::width()),
            Format::Json => return report::to_json(result),
            Format::Csv => return report::to_csv(result),
            Format::Markdown => report::to_markdown(result),
        };
        text + &ledger
    }

    fn simulate(&self, scenario: &Scenario) -> Result<ResultDocument, Failure> {
        let bar = progress::bar(self.compute.quiet);
        let done = |done: u64, of: u64| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let stop = AtomicBool::new(false);
        let options = RunOptions { precision: self.precision, details: self.details };
        let result = self.compute.compute(|| {
            progress::announce(scenario, rayon::current_num_threads(), self.compute.quiet);
            experiment::run(scenario, &options, &Progress { done: &done, stop: &stop })
        })?;
        bar.finish_and_clear();
        result.map_err(|error| match error {
            RunError::Input(message) => Failure::Input(message),
            RunError::Interrupted => Failure::Running(error.to_string()),
        })
    }
}

/// A share: "1%", "0.5 %" or "1" (per cent).
pub(super) fn parse_precision(text: &str) -> Result<f64, String> {
    let share = parse_percent(&format!("{} %", text.trim().trim_end_matches('%').trim_end()))?;
    if share > 0.0 { Ok(share) } else { Err("expected a percentage above zero, such as 1%".into()) }
}

/// Writes every file of a result, each whole or not at all.
fn write_files(
    directory: &Path,
    result: &ResultDocument,
    scenario: &Scenario,
    reproduction: &Reproduction,
) -> std::io::Result<()> {
    write_atomically(&directory.join("result.json"), report::to_json(result).as_bytes())?;
    write_atomically(&directory.join("result.csv"), report::to_csv(result).as_bytes())?;
    write_atomically(&directory.join("series.csv"), report::series_to_csv(result).as_bytes())?;
    if result.details && report::tenants::count(result) > 0 {
        write_atomically(&directory.join("tenants.csv"), report::tenants::to_csv(result).as_bytes())?;
    }
    write_atomically(&directory.join("table.md"), report::to_markdown(result).as_bytes())?;
    write_atomically(&directory.join("focus.csv"), &report::focus::to_focus(scenario, result))?;
    let html = report::html::run_report(result, reproduction, &assumptions(scenario));
    report::html::write_report(&directory.join("report.html"), &html)?;
    report::write_figures(directory, result).map(|_| ())
}

/// Tells what came of the claims of `[expect]`.
fn check_expectations(
    scenario: &Scenario,
    result: &ResultDocument,
    mut diagnostics: Diagnostics,
) -> Result<(), Failure> {
    let mut all_hold = true;
    for expectation in &scenario.expectations {
        match expectation.check(result) {
            Ok(outcome) if outcome.holds => {}
            Ok(outcome) => {
                all_hold = false;
                terminal::say(&outcome.text);
            }
            Err(mistake) => mistake.note(&mut diagnostics),
        }
    }
    sound(diagnostics)?;
    let unsized_cases: Vec<&str> =
        result.cases.iter().filter(|case| case.unsizable.is_some()).map(|case| case.name.as_str()).collect();
    match all_hold {
        false => Err(Failure::Expectations),
        true if unsized_cases.is_empty() => Ok(()),
        true => Err(Failure::Input(format!("no order of {} meets the objective", unsized_cases.join(", ")))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precision_is_a_share_above_zero() {
        assert_eq!(parse_precision("1%"), Ok(0.01));
        assert_eq!(parse_precision(" 0.5 % "), Ok(0.005));
        assert_eq!(parse_precision("2"), Ok(0.02));
        assert!(parse_precision("0%").is_err() && parse_precision("-1").is_err() && parse_precision("x").is_err());
    }
}
