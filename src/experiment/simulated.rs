//! Simulations that are kept while they may serve again.

use super::replicate::{Replication, Trial};
use crate::simulation::Simulation;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// So many are kept: enough for the search of some sizes, and little memory.
const MOST: usize = 128;

/// A simulation that several trials are measured by.
type Shared = Arc<Mutex<Simulation>>;

/// Runs trials. Where it keeps their simulations, one with the same [`Trial::fingerprint`] and
/// replication as an earlier one is measured and not simulated again.
#[derive(Default)]
pub struct Simulated {
    kept: Option<Mutex<HashMap<(u128, u64), Shared>>>,
    count: AtomicU64,
}

impl Simulated {
    /// Keeps what is simulated.
    pub fn keeping() -> Simulated {
        Simulated { kept: Some(Mutex::default()), count: AtomicU64::new(0) }
    }

    /// How many simulations were run.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Simulates where that was not done before, bills and measures.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn run(&self, trial: &Trial<'_>) -> Result<Replication, String> {
        self.with(trial, |simulation| trial.measure(simulation))
    }

    /// Simulates where that was not done before, and looks at the simulation.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn with<T>(&self, trial: &Trial<'_>, look: impl FnOnce(&Simulation) -> T) -> Result<T, String> {
        let Some(kept) = &self.kept else { return self.simulate(trial).map(|simulation| look(&simulation)) };
        let lock = || kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (trial.fingerprint()?, trial.replication);
        let known = lock().get(&key).cloned();
        if let Some(known) = known {
            return Ok(look(&known.lock().unwrap_or_else(PoisonError::into_inner)));
        }
        let simulation = self.simulate(trial)?;
        let looked = look(&simulation);
        let mut kept = lock();
        if kept.len() < MOST {
            kept.insert(key, Arc::new(Mutex::new(simulation)));
        }
        Ok(looked)
    }

    fn simulate(&self, trial: &Trial<'_>) -> Result<Simulation, String> {
        self.count.fetch_add(1, Ordering::Relaxed);
        trial.simulate()
    }
}
