//! `hostsim advise`.

use super::load::{self, Replace, stem};
use super::options::{CatalogueOption, ComputeOptions, FilesOptions, Format, FormatOption};
use super::{Execute, Failure, interrupt, progress, terminal};
use clap::Args;
use hostsim::catalogue::{Era, FAMILIES, Family};
use hostsim::document::Diagnostics;
use hostsim::experiment::advise::{Advice, Adviser, Filter};
use hostsim::experiment::case_notes;
use hostsim::files::write_atomically;
use hostsim::report::{self, figure, html};
use hostsim::scenario::{Scenario, Source};
use std::path::{Path, PathBuf};

/// The cheapest orders that meet the objective, over the whole catalogue, and what would change that
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim advise scenarios/steady-api.toml
  hostsim advise scenarios/io-bound-api.toml --family serverless --family vps
  hostsim advise scenarios/steady-api.toml --era 2017 --format csv --no-files

Every model is sized to the apps' `slo`; the scenario's own cases are left aside. Writes advice.html,
advice.json, advice.csv, advice.md and the figures (SVG and PNG): the Pareto front of cost against
p99, and a tornado of what each assumption does.")]
pub struct Advise {
    /// The scenario file; - reads the standard input
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Only this family (may be repeated)
    #[arg(long, value_name = "FAMILY", value_parser = parse_family)]
    family: Vec<Family>,
    /// Only models whose name holds this word (may be repeated)
    #[arg(long, value_name = "WORD", allow_hyphen_values = true)]
    word: Vec<String>,
    /// Only these terms: now (the default), 2017, or all
    #[arg(long, value_name = "ERA", default_value = "now", value_parser = Era::parse)]
    era: Era,
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

/// Contenders and assumptions make about so many points of a curve of one case.
const LOOKED_AT: usize = 40;

fn parse_family(text: &str) -> Result<Family, String> {
    let found = FAMILIES.iter().find(|(name, _)| *name == text).map(|(_, family)| *family);
    found.ok_or_else(|| format!("one of: {}", FAMILIES.map(|(name, _)| name).join(", ")))
}

/// The files that it writes besides the figures.
const FILES: [&str; 4] = ["advice.html", "advice.json", "advice.csv", "advice.md"];

impl Execute for Advise {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let (source, scenario) = load::scenario(&self.scenario, &self.catalogue, &self.replace, &mut diagnostics)?;
        let catalogue = self.catalogue.load(&mut diagnostics);
        let bar = progress::bar_of("models", self.compute.quiet);
        let directory = self.files.claim(&stem(&source), "advise", &FILES)?;
        let done = |done: u64, of: u64| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let filter = Filter { families: self.family.clone(), words: self.word.clone(), era: self.era.clone() };
        let adviser = Adviser { source: &source, scenario: &scenario, catalogue: &catalogue, filter, done: &done };
        let advice = self.compute.compute(|| {
            let looked = vec![1.0; LOOKED_AT];
            let one = scenario.cases.iter().take(1).cloned().collect();
            let of_one = Scenario { cases: one, ..scenario.clone() };
            progress::announce_points(&of_one, &looked, rayon::current_num_threads(), self.compute.quiet);
            adviser.advise(&mut diagnostics)
        })?;
        bar.finish_and_clear();
        if !diagnostics.is_empty() {
            return Err(Failure::Files(Box::new(diagnostics)));
        }
        let advice = advice.map_err(|error| Failure::Input(error.to_string()))?;
        if let Some(directory) = &directory {
            let offered = adviser.offered(&advice, &mut diagnostics).unwrap_or_else(|| scenario.clone());
            let html = self.report_of(&advice, &offered, &source);
            interrupt::after_writing(|| write_files(&directory.path, &advice, &scenario, &html))?;
        }
        terminal::print(&match self.format.format {
            Format::Table => report::advice::to_table(&advice, &scenario.title, terminal::screen()),
            Format::Markdown => report::advice::to_markdown(&advice, &scenario.title),
            Format::Json => report::advice::to_json(&advice),
            Format::Csv => report::advice::to_csv(&advice),
        })
    }
}

impl Advise {
    /// The report as HTML; `offered` has the offers as its cases.
    fn report_of(&self, advice: &Advice, offered: &Scenario, source: &Source) -> String {
        let mut notes = hostsim::experiment::scenario_notes(offered);
        for offer in &advice.offers {
            let case = offered.cases.iter().find(|case| case.name == offer.hosting);
            let of_case =
                case.map(|case| case_notes(offered, case, &offer.point.orders, &[], &offer.point.replications));
            notes.extend(of_case.into_iter().flatten());
        }
        let mut reproduction = load::reproduction(source, "advise", &self.replace);
        let families = self.family.iter().map(|family| format!(" --family {}", family.name()));
        let words = self.word.iter().map(|word| format!(" --word {word}"));
        let era = match &self.era {
            Era::Now => None,
            Era::All => Some(" --era all".to_string()),
            Era::Of(date) => Some(format!(" --era {date}")),
        };
        families.chain(words).chain(era).for_each(|option| reproduction.command.push_str(&option));
        html::advice_report(offered, advice, &notes, &reproduction, &html::assumptions(offered))
    }
}

fn write_files(directory: &Path, advice: &Advice, scenario: &Scenario, html: &str) -> std::io::Result<()> {
    let title = scenario.title.as_str();
    html::write_report(&directory.join("advice.html"), html)?;
    write_atomically(&directory.join("advice.json"), report::advice::to_json(advice).as_bytes())?;
    write_atomically(&directory.join("advice.csv"), report::advice::to_csv(advice).as_bytes())?;
    write_atomically(&directory.join("advice.md"), report::advice::to_markdown(advice, title).as_bytes())?;
    let pareto = figure::pareto::draw(&report::advice::pareto(advice, scenario));
    figure::write_figure(directory, "pareto", &pareto)?;
    let tornado = figure::tornado::draw(&report::advice::tornado(advice, title));
    figure::write_figure(directory, "tornado", &tornado).map(|_| ())
}
