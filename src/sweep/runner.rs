//! Runs what a plan asks for and the store lacks.

use super::plan::{Group, Plan};
use super::precision::Watch;
use super::resolve::{Resolved, Resolver};
use super::store::{Log, RunRecord};
use crate::experiment::sizing::find_in;
use crate::experiment::{Order, Replication, Runs, Simulations, Tally, Trial};
use crate::metrics::{Path as FigurePath, figure};
use crate::simulation::Simulation;
use rayon::prelude::*;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How far a sweep has come.
#[derive(Debug, Default)]
pub struct Status {
    /// Runs that are in the store, those of earlier goes too.
    pub done: AtomicU64,
    /// Runs that earlier goes had done.
    pub before: AtomicU64,
    /// Runs that there will be, as far as is known.
    pub of: AtomicU64,
    /// Runs that failed.
    pub failed: AtomicU64,
    /// Simulations done in this go.
    pub simulated: AtomicU64,
}

/// A run by its point's place in the plan, its case and its replication.
pub type RunId = (u32, u32, u32);

/// What runs a plan.
pub struct Runner<'a> {
    /// Makes scenarios.
    pub resolver: &'a Resolver<'a>,
    /// The plan.
    pub plan: &'a Plan,
    /// What the store already has.
    pub done: HashSet<RunId>,
    /// Where results go.
    pub log: Mutex<Log>,
    /// Adds replications where they are needed.
    pub watch: Option<Watch>,
    /// How far it has come.
    pub status: &'a Status,
    /// Set where no new run is to be begun.
    pub stop: &'a AtomicBool,
    /// Why the store cannot be written to.
    pub broken: Mutex<Option<String>>,
}

/// What is computed in one go.
enum Task<'p> {
    /// A simulation, for every member of the group.
    Shared(&'p Group, u32),
    /// A case whose orders are found first, at points that may share simulations: all their runs.
    Open(&'p Group),
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runner<'_> {
    /// Runs all; returns whether everything is there now.
    ///
    /// # Errors
    /// Where the store cannot be written to.
    pub fn run(&self) -> Result<bool, String> {
        let finished = AtomicBool::new(false);
        std::thread::scope(|scope| {
            // Where no thread can be had, what is written waits for the disk at the end alone.
            let syncing = std::thread::Builder::new().spawn_scoped(scope, || self.keep_synced(&finished));
            self.rounds();
            finished.store(true, Ordering::Release);
            if let Ok(syncing) = syncing {
                syncing.thread().unpark();
            }
        });
        let synced = locked(&self.log).sync().map_err(|error| error.to_string());
        if let Some(message) = locked(&self.broken).take() {
            return Err(message);
        }
        synced.map(|()| !self.stop.load(Ordering::Relaxed))
    }

    /// Waits for the disk once a second.
    fn keep_synced(&self, finished: &AtomicBool) {
        while !finished.load(Ordering::Acquire) {
            std::thread::park_timeout(Duration::from_secs(1));
            let handle = locked(&self.log).unsynced();
            // The lock is not held meanwhile: runs go on.
            let synced = handle.and_then(|handle| handle.map_or(Ok(()), |file| file.sync_data()));
            if let Err(error) = synced {
                self.give_up(error.to_string());
            }
        }
    }

    fn give_up(&self, message: String) {
        locked(&self.broken).get_or_insert(message);
        self.stop.store(true, Ordering::Relaxed);
    }

    /// One round; with `--precision` more, until every point is known well enough.
    fn rounds(&self) {
        let mut wanted: Vec<(u32, u32)> = self.plan.points.iter().map(|point| (0, point.replications)).collect();
        loop {
            self.round(&wanted);
            let Some(watch) = &self.watch else { break };
            let more = watch.more(self.plan, &wanted);
            if self.stop.load(Ordering::Relaxed) || more.iter().all(|(from, to)| from == to) {
                break;
            }
            wanted = more;
            let added = |(point, (from, to)): (usize, &(u32, u32))| {
                u64::from(to - from) * u64::from(self.plan.points[point].cases)
            };
            self.status.of.fetch_add(wanted.iter().enumerate().map(added).sum(), Ordering::Relaxed);
        }
    }

    /// Runs, for each point, a range of replications.
    fn round(&self, wanted: &[(u32, u32)]) {
        let mut tasks = Vec::new();
        for group in &self.plan.groups {
            let ranges = group.members.iter().map(|(point, _)| wanted[*point as usize]);
            let (from, to) = ranges.fold((u32::MAX, 0), |(from, to), range| (from.min(range.0), to.max(range.1)));
            let mut needed = (from..to).filter(|k| self.missing(group, *k, wanted).next().is_some());
            if group.open {
                tasks.extend(needed.next().map(|_| Task::Open(group)));
            } else {
                tasks.extend(needed.map(|k| Task::Shared(group, k)));
            }
        }
        tasks.par_iter().with_max_len(1).for_each(|task| {
            if !self.stop.load(Ordering::Relaxed) {
                match task {
                    Task::Shared(group, replication) => self.shared(group, *replication, wanted),
                    Task::Open(group) => self.open(group, wanted),
                }
            }
        });
    }

    /// The members of a group that lack a replication.
    fn missing<'g>(
        &'g self,
        group: &'g Group,
        replication: u32,
        wanted: &'g [(u32, u32)],
    ) -> impl Iterator<Item = (u32, u32)> + 'g {
        group.members.iter().copied().filter(move |(point, case)| {
            let (from, to) = wanted[*point as usize];
            (from..to).contains(&replication) && !self.done.contains(&(*point, *case, replication))
        })
    }

    fn shared(&self, group: &Group, replication: u32, wanted: &[(u32, u32)]) {
        let mut simulation: Option<Result<Simulation, String>> = None;
        for (point, case) in self.missing(group, replication, wanted) {
            let index = self.plan.points[point as usize].index;
            let Some(resolved) = self.resolver.warmed(index) else { continue };
            let result = guarded(|| {
                let orders = stated(&resolved, case)?;
                let trial = trial(&resolved, case, &orders, replication);
                let simulation = simulation.get_or_insert_with(|| {
                    self.status.simulated.fetch_add(1, Ordering::Relaxed);
                    guarded(|| trial.simulate())
                });
                Ok(trial.measure(simulation.as_ref().map_err(Clone::clone)?))
            });
            self.keep((point, case, replication), &resolved, result);
        }
    }

    /// Points that differ in prices, wages and objectives alone try many of the same orders: their
    /// simulations are kept until the last of them is done.
    fn open(&self, group: &Group, wanted: &[(u32, u32)]) {
        let (simulations, tally) = (Simulations::default(), Tally::default());
        let runs = Runs { simulations: &simulations, tally: &tally };
        for (point, case) in &group.members {
            let (from, to) = wanted[*point as usize];
            let missing = (from..to).filter(|k| !self.done.contains(&(*point, *case, *k)));
            self.open_point((*point, *case), &missing.collect::<Vec<_>>(), runs);
        }
        self.status.simulated.fetch_add(tally.simulated(), Ordering::Relaxed);
    }

    fn open_point(&self, (point, case): (u32, u32), replications: &[u32], runs: Runs<'_>) {
        let Some(resolved) = self.resolver.warmed(self.plan.points[point as usize].index) else { return };
        let scenario = &resolved.scenario;
        if replications.is_empty() || self.stop.load(Ordering::Relaxed) {
            return;
        }
        let found = guarded(|| find_in(runs, scenario, &scenario.cases[case as usize], 1.0, &Vec::new()));
        for replication in replications {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let result = found
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|found| guarded(|| runs.run(&trial(&resolved, case, &found.orders, *replication))));
            self.keep((point, case, *replication), &resolved, result);
        }
    }

    fn keep(&self, (point, case, replication): RunId, resolved: &Resolved, result: Result<Replication, String>) {
        let planned = &self.plan.points[point as usize];
        let (figures, error) = match result {
            Ok(replication) => (figures(resolved, &replication), None),
            Err(error) => (Vec::new(), Some(error)),
        };
        if let Some(watch) = &self.watch {
            watch.saw(point, case, replication, &figures);
        }
        self.status.failed.fetch_add(u64::from(error.is_some()), Ordering::Relaxed);
        let (paths, values) = figures.into_iter().unzip();
        let record = RunRecord {
            point: planned.index,
            key: planned.key,
            case,
            replication,
            seed: resolved.scenario.run.seed,
            case_name: resolved.scenario.cases[case as usize].name.clone(),
            cells: self.resolver.cells(planned.index),
            error,
            columns: 0,
            values,
        };
        match locked(&self.log).append_run(record, paths) {
            Ok(()) => {
                self.status.done.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => self.give_up(error.to_string()),
        }
    }
}

fn trial<'r>(resolved: &'r Arc<Resolved>, case: u32, orders: &'r [Order], replication: u32) -> Trial<'r> {
    let scenario = &resolved.scenario;
    Trial { scenario, case: &scenario.cases[case as usize], orders, traffic: 1.0, replication: u64::from(replication) }
}

fn stated(resolved: &Resolved, case: u32) -> Result<Vec<Order>, String> {
    let orders: Option<Vec<Order>> =
        resolved.scenario.cases[case as usize].deployments.iter().map(Order::stated).collect();
    orders.ok_or_else(|| "this case leaves something to be right-sized".into())
}

/// A run that fails in a way that nobody thought of is one failed run, and no end of the sweep.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|cause| {
        let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
        Err(format!("an error of the program: {}", text.unwrap_or("unknown")))
    })
}

/// A replication's figures, with whether objectives were met as 1 or 0; NaN where undefined.
fn figures(resolved: &Resolved, replication: &Replication) -> Vec<(FigurePath, f64)> {
    let known = |value: Option<f64>| value.filter(|v| v.is_finite()).unwrap_or(f64::NAN);
    let mut figures: Vec<(FigurePath, f64)> =
        replication.figures.iter().map(|(path, value)| (path.clone(), known(*value))).collect();
    let mut all = None;
    for (app, judged) in resolved.scenario.apps.iter().zip(&replication.objectives) {
        if !judged.is_empty() {
            let holds = judged.iter().all(|p| if p.at_least { p.found >= p.bound } else { p.found <= p.bound });
            all = Some(all.unwrap_or(true) && holds);
            figures.push((figure::SLO_MET.path_of_app(&app.name), f64::from(u8::from(holds))));
        }
    }
    let settled = replication.loads.iter().all(|load| load.holds());
    figures.push((figure::SETTLED.path(), f64::from(u8::from(settled))));
    if let Some(all) = all {
        figures.push((figure::SLO_MET.path(), f64::from(u8::from(all))));
    }
    figures
}
