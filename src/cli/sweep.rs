//! `hostsim sweep`.

use super::load::{self, stem};
use super::options::{CatalogueOption, ComputeOptions};
use super::run::parse_precision;
use super::{Execute, Failure, interrupt, progress, terminal};
use clap::{Args, ValueEnum};
use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::report::sweep::{MANY_RUNS, Origin, Swept};
use hostsim::scenario::{Source, read_source};
use hostsim::sweep::{
    Design, Options, Outcome, Shard, Status, Sweep as Planned, SweepError, WHOLE, estimate, is_of_engine, parquet,
    submit,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What goes to the standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What was done, in words
    #[default]
    Table,
    /// What the sweep is, as in sweep.json
    Json,
    /// Every run, as in points.csv
    Csv,
    /// As `table`; and points.parquet is written beside points.csv (a build with the cargo feature
    /// `parquet` can)
    Parquet,
}

impl Format {
    /// Refuses what this build cannot write.
    pub fn check(self) -> Result<(), Failure> {
        if self == Format::Parquet && !parquet::AVAILABLE {
            return Err(Failure::Input(parquet::HOW_TO_BUILD.into()));
        }
        Ok(())
    }

    /// Prints what was asked for of a finished sweep: its own words for a table.
    pub fn print(self, directory: &Path, words: &str) -> Result<(), Failure> {
        let file = |name: &str| std::fs::read_to_string(directory.join(name)).map_err(Failure::from);
        match self {
            Format::Csv => terminal::print(&file("points.csv")?),
            Format::Json => terminal::print(&file("sweep.json")?),
            Format::Table | Format::Parquet => terminal::print(words),
        }
    }
}

/// Run a scenario at many points: every case and replication of each, in parallel
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim sweep study.toml --dry-run                  how many runs there are, and how long they take
  hostsim sweep study.toml --resume                   run them; after an interruption, what is missing
  hostsim sweep study.toml --shard 3/8                one part of eight; `hostsim merge` joins them
  hostsim sweep study.toml --submit slurm --shards 40 --submit-options '--partition=short'

Reads [sweep.grid], [sweep.zip], [[sweep.points]] and [sweep.sample] of the scenario. Writes
points.csv (one row per point, case and replication), failures.csv, sweep.json, report.html and the
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

/// An engine of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// An array job and a merge job that depends on it, submitted with sbatch
    Slurm,
    /// Manifests of an indexed Job and of a merge Job, written to files
    Kubernetes,
}

impl Execute for Sweep {
    fn execute(self) -> Result<(), Failure> {
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

    fn run(&self, source: &Source, planned: &Planned<'_>, shard: Shard, directory: PathBuf) -> Result<(), Failure> {
        if self.dry_run {
            return terminal::print(&format!("{}\n", self.forecast(planned)));
        }
        if !self.compute.quiet && terminal::watched() {
            terminal::say(&self.forecast(planned));
        }
        let status = Status::default();
        let done = interrupt::while_heeding(|stop| {
            watched(&status, self.compute.quiet, || planned.run(&directory, self.resume, &status, stop))
        });
        let outcome = done.map_err(|error| self.failure(error))?;
        if outcome.complete {
            self.origin(source, planned)?.map_or(Ok(()), |origin| origin.write(&directory))?;
            if shard.of == 1 {
                report(&directory, outcome.runs)?;
            }
        }
        self.tell(planned, shard, &directory, outcome)
    }

    /// What the report says of where the sweep came from.
    fn origin(&self, source: &Source, planned: &Planned<'_>) -> Result<Option<Origin>, Failure> {
        let mut reproduction = load::reproduction(source, "sweep");
        let decisive = self.passed_on()?;
        let decisive =
            decisive.chunks(2).filter(|pair| ["--seed", "--replications", "--precision"].contains(&pair[0].as_str()));
        decisive.for_each(|pair| reproduction.command.push_str(&format!(" {}", pair.join(" "))));
        Ok(planned.resolver.get(0).map(|first| Origin::of(&first.scenario, &reproduction)))
    }

    /// How many runs there are and how long they take.
    fn forecast(&self, planned: &Planned<'_>) -> String {
        let plan = &planned.plan;
        let threads = match self.submit {
            Some(_) => self.compute.threads.map_or(1, usize::from) * self.shards.unwrap_or(1) as usize,
            None => rayon::current_num_threads(),
        };
        let seconds = estimate::seconds(&planned.resolver, plan) / threads as f64;
        let simulations = plan.simulations();
        let fewer = if simulations < plan.runs() {
            format!(" ({simulations} simulations: the others differ in prices, wages or objectives alone)")
        } else {
            String::new()
        };
        let more = if self.precision.is_some() { ", and more for the precision asked for" } else { "" };
        format!(
            "{} points, {} runs{fewer}{more}; about {} on {threads} thread{}",
            plan.points.len(),
            plan.runs(),
            progress::length(seconds),
            if threads == 1 { "" } else { "s" },
        )
    }

    fn tell(&self, planned: &Planned<'_>, shard: Shard, directory: &Path, outcome: Outcome) -> Result<(), Failure> {
        if outcome.torn > 0 && !self.compute.quiet {
            terminal::say(&format!("{} bytes of a torn record were dropped, and its run done again", outcome.torn));
        }
        if !outcome.complete {
            let (runs, of) = (outcome.runs, planned.plan.runs());
            let message = format!(
                "interrupted after {runs} of {of} runs ({} simulations in this go); go on with:\n  {}",
                outcome.simulated,
                resume_command()
            );
            return Err(Failure::Running(message));
        }
        let part = if shard.of > 1 { format!("shard {shard} of the sweep: ") } else { String::new() };
        let words = format!(
            "{part}{} points, {} runs, {} failed; {} simulations in this go; in {}\n",
            planned.plan.points.len(),
            outcome.runs,
            outcome.failed,
            outcome.simulated,
            directory.display()
        );
        if self.format == Format::Parquet {
            parquet::write(&[directory.to_path_buf()], directory)?;
        }
        // A shard has no tables of its own.
        let format = if shard.of == 1 { self.format } else { Format::Table };
        format.print(directory, &words)?;
        // An engine of batches would only queue again what failing runs cannot help: that there are
        // any is the status of `merge`.
        let told_by_merge = self.shard.as_deref().is_some_and(is_of_engine);
        if outcome.failed > 0 && !told_by_merge {
            let place = if shard.of == 1 {
                format!(": see {}", directory.join("failures.csv").display())
            } else {
                String::new()
            };
            return Err(Failure::Running(format!("{} of {} runs failed{place}", outcome.failed, outcome.runs)));
        }
        Ok(())
    }

    fn submit(&self, engine: Engine, source: &Source, planned: &Planned<'_>, whole: &Path) -> Result<(), Failure> {
        let place = submit::Place::read(&self.submit_options);
        let place = if engine == Engine::Kubernetes { Some(place.map_err(Failure::Input)?) } else { None };
        let job = submit::Job {
            name: stem(source).to_string(),
            program: std::env::current_exe()?,
            scenario: self.scenario.canonicalize()?,
            output: whole.to_path_buf(),
            options: self.passed_on()?,
            shards: self.shards.unwrap_or(1),
            threads: self.compute.threads.map_or(1, u32::from),
            seconds: estimate::seconds(&planned.resolver, &planned.plan),
            text: source.text.clone(),
        };
        std::fs::create_dir_all(whole)?;
        let job = submit::Job { output: whole.canonicalize()?, ..job };
        planned.fits_shards(&job.output, job.shards).map_err(|error| self.failure(error))?;
        let said = match place {
            None => submit::slurm(&job, &self.submit_options, self.dry_run),
            Some(place) => submit::kubernetes(&job, &place),
        };
        terminal::print(&format!("{}\n{}\n", self.forecast(planned), said.map_err(Failure::Running)?))
    }

    fn failure(&self, error: SweepError) -> Failure {
        match error {
            SweepError::Refused(message) => Failure::Input(message),
            SweepError::Failed(message) => {
                Failure::Running(format!("{message}\nwhat was done is kept; go on with:\n  {}", resume_command()))
            }
        }
    }

    /// The options that every shard is run with.
    fn passed_on(&self) -> Result<Vec<String>, Failure> {
        let mut options = Vec::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                options.extend([format!("--{name}"), value]);
            }
        };
        add("seed", self.seed.map(|value| value.to_string()));
        add("replications", self.replications.map(|value| value.to_string()));
        add("precision", self.precision.map(|share| format!("{}%", (share * 1e12).round() / 1e10)));
        if let Some(models) = &self.catalogue.models {
            add("models", Some(models.canonicalize()?.display().to_string()));
        }
        if self.yes {
            options.push("--yes".into());
        }
        Ok(options)
    }
}

/// Writes the report and the figures of a finished sweep, where it is not so large that they must
/// be asked for.
pub fn report(directory: &std::path::Path, runs: u64) -> Result<(), Failure> {
    if runs > MANY_RUNS {
        terminal::say(&format!("for its report and figures: hostsim sensitivity {}", directory.display()));
        return Ok(());
    }
    let swept = Swept::read(directory, &[]).map_err(Failure::Running)?;
    Ok(interrupt::after_writing(|| swept.write(directory))?)
}

/// Does some work while a bar shows how far it has come.
fn watched<T>(status: &Status, quiet: bool, work: impl FnOnce() -> T) -> T {
    let bar = progress::bar_of("runs", quiet);
    let finished = AtomicBool::new(false);
    let began = Instant::now();
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
            while !finished.load(Ordering::Relaxed) && !bar.is_hidden() {
                let of = count(&status.of);
                if of > 0 && bar.length() == Some(0) {
                    // What earlier goes did says nothing of how fast this one is.
                    bar.set_position(count(&status.before));
                    bar.reset_eta();
                }
                bar.set_length(of);
                bar.set_position(count(&status.done));
                let own = count(&status.done).saturating_sub(count(&status.before));
                let rate = own as f64 / began.elapsed().as_secs_f64().max(1e-3);
                bar.set_message(format!("({rate:.0} a second, {} failed)", count(&status.failed)));
                std::thread::park_timeout(Duration::from_millis(200));
            }
        });
        let done = work();
        finished.store(true, Ordering::Relaxed);
        watching.thread().unpark();
        bar.finish_and_clear();
        done
    })
}

/// The command that goes on: this one, with `--resume`.
fn resume_command() -> String {
    let mut words: Vec<String> = std::env::args().collect();
    if !words.iter().any(|word| word == "--resume") {
        words.push("--resume".into());
    }
    words.iter().map(|word| submit::quoted(word)).collect::<Vec<_>>().join(" ")
}
