//! `hostsim sensitivity`.

use super::options::{Directory, Format, FormatOption};
use super::{Execute, Failure, interrupt, terminal};
use clap::Args;
use hostsim::files::write_atomically;
use hostsim::report::sweep::Swept;
use std::path::PathBuf;

/// Show what the results of a sweep depend on, and what each axis does to the cheapest case
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim sensitivity output/study
  hostsim sensitivity output/study --metric tco_usd --metric latency_p99_s --format csv

Main effects and interactions of a [sweep.grid]; first-order and total Sobol' indices, with 95 %
bootstrap intervals, of a [sweep.sample] with method = \"saltelli\"; standardised regression
coefficients of any. Writes sensitivity.json, sensitivity.csv, sweep.html and the figures (SVG and
PNG) that fit the design beside the sweep's table: effects, the cheapest case by axis, small
multiples, heat maps, parallel coordinates.")]
pub struct Sensitivity {
    /// The directory of a finished sweep
    #[arg(value_name = "DIR")]
    directory: PathBuf,
    /// A figure to be analysed, by its name in points.csv [default: invoice_usd, tco_usd, latency_p99_s]
    #[arg(long = "metric", value_name = "NAME")]
    metrics: Vec<String>,
    /// Write no files
    #[arg(long)]
    no_files: bool,
    #[command(flatten)]
    format: FormatOption,
}

impl Execute for Sensitivity {
    fn execute(self) -> Result<(), Failure> {
        let swept = Swept::read(&self.directory, &self.metrics).map_err(Failure::Input)?;
        let report = &swept.report;
        if !self.no_files {
            let _claim = Directory::claim(self.directory.clone(), "sensitivity", &[], true)?;
            interrupt::after_writing(|| swept.write(&self.directory))?;
            write_atomically(&self.directory.join("sensitivity.json"), report.to_json(&swept.answer()).as_bytes())?;
            write_atomically(&self.directory.join("sensitivity.csv"), report.to_csv().as_bytes())?;
        }
        terminal::print(&match self.format.format {
            Format::Table => {
                super::sweep::first(&swept.answer()) + &hostsim::report::sweep::findings(report, terminal::screen())
            }
            Format::Markdown => format!("{}\n\n{}", swept.answer(), report.to_markdown()),
            Format::Json => report.to_json(&swept.answer()),
            Format::Csv => report.to_csv(),
        })
    }
}
