//! `hostsim map`.

use super::load::{self, Replace, stem};
use super::options::{CatalogueOption, ComputeOptions, FilesOptions, Format, FormatOption};
use super::{Execute, Failure, interrupt, progress, terminal};
use clap::Args;
use hostsim::document::Diagnostics;
use hostsim::experiment::map::{self, Map as Mapped};
use hostsim::files::write_atomically;
use hostsim::report::{self, figure};
use hostsim::scenario::map::MapPlan;
use hostsim::scenario::{self, Scenario, Source};
use std::path::{Path, PathBuf};

/// The cheapest case over two axes, as a coloured map
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim map scenarios/one-developer-or-a-team.toml
  hostsim map scenarios/five-dollar-vps.toml --replications 3 --format csv --no-files

The scenario's [map] names two axes, each a dotted path of keys or `traffic`; without it, traffic
against wage. Writes map.html, map.json, map.csv, map.md and the figure (SVG and PNG).")]
pub struct Map {
    /// The scenario file; - reads the standard input
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Replace the scenario's number of replications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replications: Option<u32>,
    #[command(flatten)]
    format: FormatOption,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    catalogue: CatalogueOption,
    #[command(flatten)]
    compute: ComputeOptions,
}

impl Execute for Map {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        let loaded = scenario::load_file(&self.scenario, &catalogue, &mut diagnostics);
        let Some((source, scenario)) = loaded.filter(|_| diagnostics.is_empty()) else {
            return Err(Failure::Files(Box::new(diagnostics)));
        };
        let directory = self.files.claim(&stem(&source), "map", &["map.html", "map.json", "map.csv", "map.md"])?;
        let plan = scenario.map.clone().unwrap_or_else(|| MapPlan::usual(source.root.at));
        let bar = progress::bar_of("cells", self.compute.quiet);
        let done = |done: u64, of: u64| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let mapped = self.compute.compute(|| {
            let cells = plan.x.values.len() * plan.y.values.len();
            let simulated = if plan.x.simulates() && plan.y.simulates() { cells } else { cells.isqrt() };
            let threads = rayon::current_num_threads();
            progress::announce_points(&scenario, &vec![1.0; simulated], threads, self.compute.quiet);
            map::map(&source, &catalogue, plan, self.replications, &mut diagnostics, &done)
        })?;
        bar.finish_and_clear();
        if !diagnostics.is_empty() {
            return Err(Failure::Files(Box::new(diagnostics)));
        }
        let mapped = mapped.map_err(|error| Failure::Input(error.to_string()))?;
        if let Some(directory) = &directory {
            let html = report_of(&mapped, &scenario, &source, self.replications);
            interrupt::after_writing(|| write_files(&directory.path, &mapped, &scenario, &html))?;
        }
        terminal::print(&match self.format.format {
            Format::Table => report::map::to_table(&mapped, &scenario.title, terminal::screen()),
            Format::Markdown => report::map::to_markdown(&mapped, &scenario.title),
            Format::Json => report::map::to_json(&mapped),
            Format::Csv => report::map::to_csv(&mapped),
        })
    }
}

/// The report as HTML.
fn report_of(map: &Mapped, scenario: &Scenario, source: &Source, replications: Option<u32>) -> String {
    let replaced = Replace { replications, ..Replace::default() };
    let notes = hostsim::experiment::scenario_notes(scenario);
    let assumptions = report::html::assumptions(scenario);
    report::html::map_report(scenario, map, &notes, &load::reproduction(source, "map", &replaced), &assumptions)
}

fn write_files(directory: &Path, map: &Mapped, scenario: &Scenario, html: &str) -> std::io::Result<()> {
    report::html::write_report(&directory.join("map.html"), html)?;
    write_atomically(&directory.join("map.json"), report::map::to_json(map).as_bytes())?;
    write_atomically(&directory.join("map.csv"), report::map::to_csv(map).as_bytes())?;
    write_atomically(&directory.join("map.md"), report::map::to_markdown(map, &scenario.title).as_bytes())?;
    let drawing = figure::map::draw(&report::map::figure(map, &scenario.title));
    figure::write_figure(directory, "map", &drawing).map(|_| ())
}
