//! Simulations that several trials share. What differs in prices, wages and objectives alone is
//! simulated once and measured as often as it is asked for; what an order was judged by is not
//! simulated again when the order is placed.

use super::replicate::{Replication, Trial};
use super::tapes::Tapes;
use crate::simulation::Simulation;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// A trial's fingerprint and replication.
type Key = (u128, u64);
/// A simulation at its end, or why there is none.
type Slot = Arc<OnceLock<Result<Mutex<Simulation>, String>>>;

/// What is kept in memory at the most, in instances, requests and tenants still there at the end
/// (each some 200 bytes), a simulation as such counting for [`EACH`].
const MOST_KEPT: usize = 300_000;
/// Histograms, series and buffers of one simulation, in the same unit.
const EACH: usize = 1_000;

/// Simulations by what they depend on. The latest are kept while there is room; what has been
/// dropped is simulated anew, with the same result.
#[derive(Default)]
pub struct Simulations {
    kept: Mutex<Kept>,
    /// The requests that they met.
    pub(super) tapes: Tapes,
}

#[derive(Default)]
struct Kept {
    slots: HashMap<Key, Slot>,
    ages: VecDeque<(Key, usize)>,
    weight: usize,
}

/// The time that some work took, and what it did.
#[derive(Debug, Default)]
pub struct Tally {
    nanoseconds: AtomicU64,
    simulated: AtomicU64,
    shared: AtomicU64,
    requests: AtomicU64,
}

/// Where trials are run, and who counts their time.
#[derive(Clone, Copy)]
pub struct Runs<'a> {
    /// The simulations at hand.
    pub simulations: &'a Simulations,
    /// The tally of this work.
    pub tally: &'a Tally,
}

impl Tally {
    /// Seconds of one thread.
    pub fn seconds(&self) -> f64 {
        self.nanoseconds.load(Ordering::Relaxed) as f64 / 1e9
    }

    /// How many simulations were run.
    pub fn simulated(&self) -> u64 {
        self.simulated.load(Ordering::Relaxed)
    }

    /// How many requests came in the measured windows of those that were run.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// How many were found to have been run before.
    pub fn shared(&self) -> u64 {
        self.shared.load(Ordering::Relaxed)
    }

    fn time<T>(&self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.nanoseconds.fetch_add(begun.elapsed().as_nanos() as u64, Ordering::Relaxed);
        result
    }
}

impl Runs<'_> {
    /// Simulates (or finds what has been), bills and measures a trial.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn run(&self, trial: &Trial<'_>) -> Result<Replication, String> {
        self.with(trial, |simulation| trial.measure(simulation))
    }

    /// Looks at a trial's simulation at its end.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn with<T>(&self, trial: &Trial<'_>, look: impl FnOnce(&Simulation) -> T) -> Result<T, String> {
        let key = (trial.fingerprint()?, trial.replication);
        let slot = self.simulations.slot(key);
        let mut fresh = false;
        let simulated = slot.get_or_init(|| {
            fresh = true;
            self.tally.time(|| trial.simulate_among(&self.simulations.tapes)).map(Mutex::new)
        });
        let count = if fresh { &self.tally.simulated } else { &self.tally.shared };
        count.fetch_add(1, Ordering::Relaxed);
        let simulation = simulated.as_ref().map_err(Clone::clone)?.lock().unwrap_or_else(PoisonError::into_inner);
        if fresh {
            let requests: u64 = simulation.world.facts.iter().map(|facts| facts.arrived).sum();
            self.tally.requests.fetch_add(requests, Ordering::Relaxed);
            self.simulations.weigh(key, weight(&simulation));
        }
        Ok(self.tally.time(|| look(&simulation)))
    }
}

fn weight(simulation: &Simulation) -> usize {
    let world = &simulation.world;
    let present: i64 = world.facts.iter().map(|facts| facts.present.peak()).sum();
    EACH + world.lanes.len() + (world.case.instances.peak() + present).max(0) as usize
}

impl Simulations {
    fn locked(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, key: Key) -> Slot {
        self.locked().slots.entry(key).or_default().clone()
    }

    /// Notes how heavy a new simulation is, and drops the oldest where there are too many.
    fn weigh(&self, key: Key, weight: usize) {
        let mut kept = self.locked();
        kept.ages.push_back((key, weight));
        kept.weight += weight;
        while kept.weight > MOST_KEPT {
            let Some((oldest, weight)) = kept.ages.pop_front() else { break };
            kept.slots.remove(&oldest);
            kept.weight -= weight;
        }
    }
}
