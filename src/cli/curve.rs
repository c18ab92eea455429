//! `hostsim curve`.

use super::load::{self, Replace, stem};
use super::options::{CatalogueOption, ComputeOptions, FilesOptions, Format, FormatOption};
use super::{Execute, Failure, interrupt, progress, terminal};
use clap::Args;
use hostsim::document::Diagnostics;
use hostsim::experiment::RunError;
use hostsim::experiment::curve::{self, CurveProgress};
use hostsim::files::write_atomically;
use hostsim::report::html::Reproduction;
use hostsim::report::{self, figure};
use hostsim::scenario::Scenario;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// Cost against traffic for every case, each sized anew at each point, with the crossovers
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim curve scenarios/five-dollar-vps.toml
  hostsim curve scenarios/own-or-rent.toml --replications 10 --timings
  hostsim curve scenarios/five-dollar-vps.toml --format json --no-files | jq '.crossovers'

The scenario's [curve] says which traffic. Writes curve.html, curve.json, curve.csv, curve.md and the figures
(SVG and PNG): cost, invoice, latency and utilisation against traffic.")]
pub struct Curve {
    /// The scenario file; - reads the standard input
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Say on the standard error what took the time, by case and stage
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    replace: Replace,
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
const FILES: [&str; 4] = ["curve.html", "curve.json", "curve.csv", "curve.md"];

impl Execute for Curve {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let (source, scenario) = load::scenario(&self.scenario, &self.catalogue, &self.replace, &mut diagnostics)?;
        let directory = self.files.claim(&stem(&source), "curve", &FILES)?;
        let curve = self.compute_curve(&scenario)?;
        if let Some(directory) = &directory {
            let report = report_of(&curve, &scenario, &load::reproduction(&source, "curve", &self.replace));
            interrupt::after_writing(|| write_files(&directory.path, &curve, &scenario.title, &report))?;
        }
        if self.timings {
            terminal::say(report::curve::timings(&curve).trim_end());
        }
        terminal::print(&match self.format.format {
            Format::Table => report::curve::to_table(&curve, &scenario.title, terminal::screen()),
            Format::Markdown => report::curve::to_markdown(&curve, &scenario.title),
            Format::Json => report::curve::to_json(&curve),
            Format::Csv => report::curve::to_csv(&curve),
        })
    }
}

impl Curve {
    fn compute_curve(&self, scenario: &Scenario) -> Result<curve::Curve, Failure> {
        let bar = progress::bar_of("points", self.compute.quiet);
        let done = |done: u64, of: u64| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let stop = AtomicBool::new(false);
        let curve = self.compute.compute(|| {
            let traffic = scenario.curve.traffic.values();
            progress::announce_points(scenario, &traffic, rayon::current_num_threads(), self.compute.quiet);
            curve::curve(scenario, &CurveProgress { done: &done, stop: &stop })
        })?;
        bar.finish_and_clear();
        curve.map_err(|error| match error {
            RunError::Input(message) => Failure::Input(message),
            RunError::Interrupted => Failure::Running(error.to_string()),
        })
    }
}

/// The report as HTML.
fn report_of(curve: &curve::Curve, scenario: &Scenario, reproduction: &Reproduction) -> String {
    let notes = hostsim::experiment::scenario_notes(scenario);
    let assumptions = report::html::assumptions(scenario);
    report::html::curve_report(scenario, curve, &notes, reproduction, &assumptions)
}

fn write_files(directory: &Path, curve: &curve::Curve, title: &str, html: &str) -> std::io::Result<()> {
    report::html::write_report(&directory.join("curve.html"), html)?;
    write_atomically(&directory.join("curve.json"), report::curve::to_json(curve).as_bytes())?;
    write_atomically(&directory.join("curve.csv"), report::curve::to_csv(curve).as_bytes())?;
    write_atomically(&directory.join("curve.md"), report::curve::to_markdown(curve, title).as_bytes())?;
    for (name, data) in report::curve::figures(curve, title) {
        figure::write_figure(directory, name, &figure::traffic::draw(&data))?;
    }
    Ok(())
}
