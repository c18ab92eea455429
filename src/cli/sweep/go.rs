//! One go of a sweep: what was asked for is run, and told.

use super::{Format, Sweep, progress, resume};
use crate::cli::progress::length;
use crate::cli::{Failure, interrupt, load, terminal};
use hostsim::report::sweep::{MANY_RUNS, Origin, Swept};
use hostsim::scenario::Source;
use hostsim::sweep::{Outcome, Shard, Status, Sweep as Planned, estimate, is_of_engine, parquet};
use std::path::{Path, PathBuf};

impl Sweep {
    /// Runs what a directory lacks.
    pub(super) fn run(
        &self,
        source: &Source,
        planned: &Planned<'_>,
        shard: Shard,
        directory: PathBuf,
    ) -> Result<(), Failure> {
        if self.dry_run {
            return terminal::print(&format!("{}\n", self.forecast(planned)));
        }
        if !self.compute.quiet && terminal::watched() {
            terminal::say(&self.forecast(planned));
        }
        let status = Status::default();
        let done = interrupt::while_heeding(|stop| {
            progress::watched(&status, self.compute.quiet, || planned.run(&directory, self.resume, &status, stop))
        });
        let outcome = done.map_err(|error| resume::failure(error, &directory))?;
        let mut answer = None;
        if outcome.complete {
            self.origin(source, planned)?.map_or(Ok(()), |origin| origin.write(&directory))?;
            if shard.of == 1 {
                answer = report(&directory, outcome.runs)?;
            }
        }
        self.tell(planned, shard, &directory, outcome, answer)
    }

    /// What the report says of where the sweep came from.
    fn origin(&self, source: &Source, planned: &Planned<'_>) -> Result<Option<Origin>, Failure> {
        let mut reproduction = load::reproduction(source, "sweep", &load::Replace::default());
        let decisive = self.passed_on()?;
        let decisive =
            decisive.chunks(2).filter(|pair| ["--seed", "--replications", "--precision"].contains(&pair[0].as_str()));
        decisive.for_each(|pair| reproduction.command.push_str(&format!(" {}", pair.join(" "))));
        Ok(planned.resolver.get(0).map(|first| Origin::of(&first.scenario, &reproduction)))
    }

    /// How many runs there are and how long they take.
    pub(super) fn forecast(&self, planned: &Planned<'_>) -> String {
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
            length(seconds),
            if threads == 1 { "" } else { "s" },
        )
    }

    fn tell(
        &self,
        planned: &Planned<'_>,
        shard: Shard,
        directory: &Path,
        outcome: Outcome,
        answer: Option<String>,
    ) -> Result<(), Failure> {
        if outcome.torn > 0 && !self.compute.quiet {
            terminal::say(&format!("{} bytes of a torn record were dropped, and its run done again", outcome.torn));
        }
        if outcome.damage.stretches > 0 && !self.compute.quiet {
            terminal::say(&damaged(&outcome));
        }
        if !outcome.complete {
            return Err(interrupted(planned, outcome));
        }
        if self.format == Format::Parquet {
            parquet::write(&[directory.to_path_buf()], directory)?;
        }
        // A shard has no tables of its own.
        let format = if shard.of == 1 { self.format } else { Format::Table };
        let answer = answer.map_or_else(String::new, |answer| first(&answer));
        format.print(directory, &format!("{answer}{}", words(planned, shard, directory, outcome)))?;
        if outcome.failed > 0 { self.failed(shard, directory, outcome) } else { Ok(()) }
    }

    /// That some runs failed: status 1, but where an engine of batches runs this. It would only
    /// queue again what another try cannot help, and hold back what depends on it: there they are
    /// the status of `merge`.
    fn failed(&self, shard: Shard, directory: &Path, outcome: Outcome) -> Result<(), Failure> {
        let words = format!("{} of {} runs failed", outcome.failed, outcome.runs);
        if self.shard.as_deref().is_some_and(is_of_engine) {
            terminal::say(&format!("{words}: `hostsim merge` names them, and ends with status 1"));
            return Ok(());
        }
        let place = if shard.of == 1 {
            format!("see {}", directory.join("failures.csv").display())
        } else {
            "`hostsim merge` names them".into()
        };
        Err(Failure::Running(format!("{words}: {place}")))
    }
}

/// What was damaged in the store, in words.
fn damaged(outcome: &Outcome) -> String {
    let damage = outcome.damage;
    let places = if damage.stretches == 1 { "one place" } else { "several places" };
    let lost = match outcome.lost {
        0 => String::new(),
        runs => format!(" ({runs} of its runs were lost)"),
    };
    format!("the store was damaged in {places}, {} bytes{lost}: what stood there was done again", damage.bytes)
}

/// What was done, in words.
fn words(planned: &Planned<'_>, shard: Shard, directory: &Path, outcome: Outcome) -> String {
    let part = if shard.of > 1 { format!("shard {shard} of the sweep: ") } else { String::new() };
    format!(
        "{part}{} points, {} runs, {} failed; {} simulations in this go; in {}\n",
        planned.plan.points.len(),
        outcome.runs,
        outcome.failed,
        outcome.simulated,
        directory.display()
    )
}

fn interrupted(planned: &Planned<'_>, outcome: Outcome) -> Failure {
    Failure::Running(format!(
        "interrupted after {} of {} runs ({} simulations in this go); go on with:\n  {}",
        outcome.runs,
        planned.plan.runs(),
        outcome.simulated,
        resume::command()
    ))
}

/// The answer as the first lines of what is printed.
pub fn first(answer: &str) -> String {
    format!("{}\n\n", terminal::screen().paragraph(answer))
}

/// Writes the report and the figures of a finished sweep, where it is not so large that they must
/// be asked for; gives its answer.
pub fn report(directory: &Path, runs: u64) -> Result<Option<String>, Failure> {
    if runs > MANY_RUNS {
        terminal::say(&format!("for its report and figures: hostsim sensitivity {}", directory.display()));
        return Ok(None);
    }
    let swept = Swept::read(directory, &[]).map_err(Failure::Running)?;
    interrupt::after_writing(|| swept.write(directory))?;
    Ok(Some(swept.answer()))
}
