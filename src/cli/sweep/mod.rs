//! `hostsim sweep`.

mod format;
mod go;
mod progress;
mod resume;
mod submit;

pub use format::Format;
pub use go::{first, report};

use super::load::stem;
use super::options::{CatalogueOption, ComputeOptions};
use super::run::parse_precision;
use super::{Execute, Failure, interrupt};
use clap::Args;
use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::scenario::{Source, read_source};
use hostsim::sweep::{Design, Options, Shard, Sweep as Planned, WHOLE};
use std::path::PathBuf;
use submit::Engine;

/// Run a scenario at many points: every case and replication of each, in parallel
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim sweep study.toml --dry-run                  how many runs there are, and how long they take
  hostsim sweep study.toml --resume                   run them; after an interruption, what is missing
  hostsim sweep study.toml --shard 3/8                one part of eight; `hostsim merge` joins them
  hostsim sweep study.toml --submit slurm --shards 40 --submit-options '--partition=short'

Reads [sweep.grid], [sweep.zip], [[sweep.points]] and [sweep.sample] of the scenario. Writes
points.csv (one row per point, case and replication), axes.csv (the axes as numbers), failures.csv, sweep.json, sweep.html and the
figures (SVG and PNG) that fit the design; what is done is kept in runs.log from second to second.")]
pub struct Sweep {
    /// The scenario file
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// Replace the scenario's seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// Replace the scenario's number of replications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    replications: Option<u32>,
    /// Add replications to each point until its invoices, mean latencies and p99 are known to this share
    #[arg(long, value_name = "PCT", value_parser = parse_precision)]
    precision: Option<f64>,
    /// Run one part only: I/N (from 1), or slurm, kubernetes or aws-batch for what the environment says
    #[arg(long, value_name = "I/N", conflicts_with = "submit")]
    shard: Option<String>,
    /// How many shards there are, for --submit and where the environment does not say
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    shards: Option<u32>,
    /// Write the jobs for a batch engine (and, for Slurm, submit them)
    #[arg(long, value_enum, value_name = "ENGINE", requires = "shards")]
    submit: Option<Engine>,
    /// Passed on verbatim to sbatch; for Kubernetes, image=NAME and claim=NAME
    #[arg(long, value_name = "TEXT", requires = "submit", allow_hyphen_values = true, default_value = "")]
    submit_options: String,
    /// Go on where an earlier go was interrupted
    #[arg(long)]
    resume: bool,
    /// Say how many runs there are and how long they take, and stop there
    #[arg(long)]
    dry_run: bool,
    /// Run more than ten million runs without asking
    #[arg(long)]
    yes: bool,
    /// Where the files go [default: output/<the scenario's name>]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// What goes to the standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
    #[command(flatten)]
    catalogue: CatalogueOption,
    #[command(flatten)]
    compute: ComputeOptions,
}

impl Execute for Sweep {
    fn execute(self) -> Result<(), Failure> {
        if !self.dry_run && self.submit.is_none() {
            interrupt::say_at_the_end(format!("error: interrupted; go on with:\n  {}\n", resume::command()));
        }
        self.format.check()?;
        if self.format == Format::Parquet && (self.shard.is_some() || self.submit.is_some()) {
            let message = "a shard writes no points of its own: `hostsim merge DIR --format parquet` does";
            return Err(Failure::Input(message.into()));
        }
        let mut d = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut d);
        let read = read_source(&self.scenario, &mut d).filter(|_| d.is_empty());
        let design = read.as_ref().and_then(|source| Design::read(&source.root, &source.directory, &mut d));
        match (read, design) {
            (Some(source), Some(design)) => self.plan(&source, &catalogue, &design, d),
            _ => Err(Failure::Files(Box::new(d))),
        }
    }
}

impl Sweep {
    fn plan(&self, source: &Source, catalogue: &Catalogue, design: &Design, mut d: Diagnostics) -> Result<(), Failure> {
        let shard = match &self.shard {
            Some(text) => Shard::read(text, self.shards, |name| std::env::var(name).ok()).map_err(Failure::Input)?,
            None => WHOLE,
        };
        let options = Options {
            seed: self.seed,
            replications: self.replications,
            precision: self.precision,
            shard,
            many: self.yes,
        };
        self.compute.compute(|| {
            let planned = Planned::plan(source, catalogue, design, &options, &mut d);
            let Some(planned) = planned else { return Err(Failure::Files(Box::new(std::mem::take(&mut d)))) };
            let whole = self.output.clone().unwrap_or_else(|| PathBuf::from("output").join(stem(source)));
            match self.submit {
                Some(engine) => self.submit(engine, source, &planned, &whole),
                None => {
                    let directory = if shard.of > 1 { whole.join(shard.directory()) } else { whole };
                    self.run(source, &planned, shard, directory)
                }
            }
        })?
    }
}
