//! A sweep from its scenario to its table.

use super::design::{Design, Method};
use super::plan::Plan;
use super::precision::Watch;
use super::resolve::Resolver;
use super::runner::{RunId, Runner, Status};
use super::shard::Shard;
use super::store::{Damage, Header, Lock, Log, LogReader, Record, RunRecord, file_in};
use super::table::Table;
use crate::catalogue::Catalogue;
use crate::document::Diagnostics;
use crate::scenario::Source;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// More runs than this are only begun when that is confirmed.
pub const MANY_RUNS: u64 = 10_000_000;

/// More points than this are never begun: a plan holds every point of its shard in memory, and numbers
/// them with 32 bits.
pub const MOST_POINTS: u64 = 100_000_000;

/// What the command line decides of a sweep.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Replaces the scenario's seed.
    pub seed: Option<u64>,
    /// Replaces the scenario's replications.
    pub replications: Option<u32>,
    /// Adds replications until figures are known to this share.
    pub precision: Option<f64>,
    /// Which part of it.
    pub shard: Shard,
    /// Whether more than [`MANY_RUNS`] runs are meant.
    pub many: bool,
}

/// Why a sweep did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SweepError {
    /// It must not begin: the directory holds something else, or is in use.
    Refused(String),
    /// Reading or writing failed.
    Failed(String),
}

/// A sweep, read and planned.
pub struct Sweep<'a> {
    /// Makes the points' scenarios.
    pub resolver: Resolver<'a>,
    /// What is to be run.
    pub plan: Plan,
    header: Header,
    precision: Option<f64>,
}

/// What came of running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Runs in the store.
    pub runs: u64,
    /// Runs that failed.
    pub failed: u64,
    /// Simulations done in this go.
    pub simulated: u64,
    /// Bytes of a torn record that was dropped.
    pub torn: u64,
    /// What was damaged in the store and passed over.
    pub damage: Damage,
    /// Runs that a store which says that it is complete had lost.
    pub lost: u64,
    /// Whether all runs are there.
    pub complete: bool,
}

impl<'a> Sweep<'a> {
    /// Reads every point of a shard. Every error is noted; `None` where there is any.
    pub fn plan(
        source: &'a Source,
        catalogue: &'a Catalogue,
        design: &'a Design,
        options: &Options,
        d: &mut Diagnostics,
    ) -> Option<Sweep<'a>> {
        let mut overrides: Vec<(&[&str], i64)> = Vec::new();
        if let Some(seed) = options.seed {
            overrides.push((&["run", "seed"], seed as i64));
        }
        if let Some(replications) = options.replications {
            overrides.push((&["run", "replications"], i64::from(replications)));
        }
        let resolver = Resolver::new(source, catalogue, design, &overrides);
        let title = refuse_many(&resolver, design, options, source, d)?;
        let plan = Plan::make(&resolver, design, options.shard, d)?;
        let header = Header {
            version: env!("CARGO_PKG_VERSION").into(),
            identity: resolver.identity(&format!("precision {:?}", options.precision)),
            title,
            axes: design.axes.iter().map(|axis| axis.name.clone()).collect(),
            design: kind_of(design).into(),
            sample_points: design.sample.map_or(0, |sample| sample.points),
            points: design.points(),
            shard: options.shard.number,
            shards: options.shard.of,
        };
        Some(Sweep { resolver, plan, header, precision: options.precision })
    }

    /// Runs what a directory does not have yet, and writes its tables where all is there and this
    /// is the whole. `resume` goes on where an earlier go stopped.
    ///
    /// # Errors
    /// Where the directory holds another sweep, or an unfinished one that is not resumed, or is in
    /// use; where reading or writing fails.
    pub fn run(
        &self,
        directory: &Path,
        resume: bool,
        status: &Status,
        stop: &AtomicBool,
    ) -> Result<Outcome, SweepError> {
        let failed = |error: std::io::Error| SweepError::Failed(format!("{}: {error}", directory.display()));
        let unmade = |error: std::io::Error| {
            let message = format!("the directory `{}` cannot be made: {error}", directory.display());
            SweepError::Refused(format!("{message}: choose another --output"))
        };
        std::fs::create_dir_all(directory).map_err(unmade)?;
        let _lock = Lock::take(directory).map_err(SweepError::Refused)?;
        let own = directory.join("points.csv");
        if own.exists() && !directory.join("sweep.json").exists() && !file_in(directory).exists() {
            let message = format!("{} was not written by a sweep: choose another --output, or move it", own.display());
            return Err(SweepError::Refused(message));
        }
        let (log, known) = self.open(directory, resume)?;
        status.before.store(known.done.len() as u64, Ordering::Relaxed);
        status.done.store(known.done.len() as u64, Ordering::Relaxed);
        status.failed.store(known.failed, Ordering::Relaxed);
        status.of.store(self.plan.runs(), Ordering::Relaxed);
        let runner = Runner {
            resolver: &self.resolver,
            plan: &self.plan,
            done: known.done,
            log: Mutex::new(log),
            watch: known.watch,
            status,
            stop,
            broken: Mutex::default(),
        };
        let complete = known.complete || runner.run().map_err(SweepError::Failed)?;
        let runs = status.done.load(Ordering::Relaxed);
        let log = runner.log.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        if complete {
            self.finish(log, runs, known.complete, directory).map_err(failed)?;
        }
        Ok(Outcome {
            runs,
            failed: status.failed.load(Ordering::Relaxed),
            simulated: status.simulated.load(Ordering::Relaxed),
            torn: known.torn,
            damage: known.damage,
            lost: known.lost,
            complete,
        })
    }

    fn finish(&self, mut log: Log, runs: u64, marked: bool, directory: &Path) -> std::io::Result<()> {
        if !marked {
            log.append(&Record::Complete { points: self.plan.points.len() as u64, runs })?;
            log.sync()?;
        }
        if self.header.shards == 1 {
            Table::read(&[file_in(directory)])?.write(directory)?;
        }
        Ok(())
    }

    /// Opens the store of a directory, or begins one.
    fn open(&self, directory: &Path, resume: bool) -> Result<(Log, Known), SweepError> {
        let path = file_in(directory);
        let failed = |error: std::io::Error| SweepError::Failed(format!("{}: {error}", path.display()));
        let mut known = Known { watch: self.precision.map(Watch::new), ..Known::default() };
        if !path.exists() {
            return Ok((Log::create(&path, &self.header).map_err(failed)?, known));
        }
        refuse_other(&path, &self.header)?;
        let places: HashMap<u64, u32> =
            self.plan.points.iter().enumerate().map(|(place, point)| (point.index, place as u32)).collect();
        let (mut columns, mut stated) = (HashMap::new(), None);
        let (log, torn, damage) = Log::open(&path, |record| match record {
            Record::Columns { number, paths } => {
                columns.insert(number, paths);
            }
            Record::Complete { runs, .. } => stated = Some(runs),
            Record::Run(run) => {
                let paths = columns.get(&run.columns);
                // A run whose columns were lost has values without names: it is done again.
                if let Some(place) = places.get(&run.point).filter(|_| run.error.is_some() || paths.is_some()) {
                    known.add(*place, run, paths.map_or(&[], Vec::as_slice));
                }
            }
            Record::Header(_) => {}
        })
        .map_err(failed)?;
        (known.torn, known.damage) = (torn, damage);
        known.complete = stated == Some(known.done.len() as u64);
        known.lost = stated.map_or(0, |runs| runs.saturating_sub(known.done.len() as u64));
        known.resumable = stated.is_some();
        if !resume && !known.resumable {
            let message = format!("`{}` holds this sweep, unfinished: --resume goes on with it", directory.display());
            return Err(SweepError::Refused(message));
        }
        Ok((log, known))
    }

    /// Refuses directories in which shards of another sweep, or of another number, have begun.
    ///
    /// # Errors
    /// Says which, and what to do.
    pub fn fits_shards(&self, whole: &Path, shards: u32) -> Result<(), SweepError> {
        (1..=shards).try_for_each(|number| {
            let path = file_in(&whole.join(Shard { number, of: shards }.directory()));
            let header = Header { shard: number, shards, ..self.header.clone() };
            if path.exists() { refuse_other(&path, &header) } else { Ok(()) }
        })
    }
}

/// What a store already has.
#[derive(Default)]
struct Known {
    done: HashSet<RunId>,
    failed: u64,
    watch: Option<Watch>,
    /// Whether the store says that it is complete, and has all the runs that it says it has.
    complete: bool,
    /// Whether the store says that it is complete, so that what damage took from it is made again without being asked.
    resumable: bool,
    torn: u64,
    damage: Damage,
    lost: u64,
}

impl Known {
    fn add(&mut self, place: u32, run: RunRecord, paths: &[crate::metrics::Path]) {
        if let Some(watch) = &self.watch {
            let figures: Vec<_> = paths.iter().cloned().zip(run.values.iter().copied()).collect();
            watch.saw(place, run.case, run.replication, &figures);
        }
        if self.done.insert((place, run.case, run.replication)) {
            self.failed += u64::from(run.error.is_some());
        }
    }
}

/// Refuses a store whose sweep is not the one with that header.
fn refuse_other(path: &Path, wanted: &Header) -> Result<(), SweepError> {
    let failed = |error: std::io::Error| SweepError::Failed(format!("{}: {error}", path.display()));
    let first = match LogReader::open(path).map_err(failed)? {
        Some(mut reader) => reader.next_record().map_err(failed)?.filter(|_| reader.damage() == Damage::default()),
        None => None,
    };
    let directory = path.parent().unwrap_or(path).display();
    let other =
        |what: &str| Err(SweepError::Refused(format!("`{directory}` {what}: choose another --output, or remove it")));
    match first {
        Some((_, Record::Header(header))) if header == *wanted => Ok(()),
        Some((_, Record::Header(header))) if header.version != wanted.version => {
            other(&format!("holds a sweep made by version {}", header.version))
        }
        Some((_, Record::Header(header))) if header.identity == wanted.identity => {
            other(&format!("holds shard {}/{} of this sweep", header.shard, header.shards))
        }
        Some(_) => other("holds another sweep, or this one before its scenario, models or options were changed"),
        None => other("holds a file that is not the store of a sweep, or one whose beginning is damaged"),
    }
}

fn kind_of(design: &Design) -> &'static str {
    match design.sample {
        // Other axes multiplied with a sample leave it no design that indices could be taken from.
        Some(sample) if design.blocks.len() == 1 => {
            Method::ALL.iter().find(|(_, method)| *method == sample.method).map_or("", |(word, _)| word)
        }
        _ if design.is_grid => "grid",
        _ => "mixed",
    }
}

/// Reads the first point, and refuses more runs than anyone types by intention. Returns the title.
fn refuse_many(
    resolver: &Resolver<'_>,
    design: &Design,
    options: &Options,
    source: &Source,
    d: &mut Diagnostics,
) -> Option<String> {
    let Some(first) = resolver.get(0) else {
        resolver.explain(0, d);
        return None;
    };
    let scenario = &first.scenario;
    let per_point = scenario.cases.len() as u64 * u64::from(scenario.run.replications);
    let runs = design.points().saturating_mul(per_point);
    let at = source.root.get("sweep").map_or(source.root.at, |node| node.key);
    if design.points() > MOST_POINTS {
        let message = format!("these are {} points, more than can be planned", design.points());
        d.error(at, message, format!("at most {MOST_POINTS}: fewer values, or [sweep.sample] draws from them"));
        return None;
    }
    if runs > MANY_RUNS && !options.many {
        let message = format!("these are {} points, {runs} runs", design.points());
        d.error(at, message, "--yes, where that is meant");
        return None;
    }
    Some(scenario.title.clone())
}
