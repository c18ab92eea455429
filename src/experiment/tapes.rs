//! Requests that several simulations meet: drawn once, and played to every case and every order
//! that is tried at the same traffic.

use super::fingerprint::Fingerprint;
use super::replicate::Trial;
use crate::units::Time;
use crate::workload::{AppWorkload, Feed, Generator, Tape};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most requests (of 32 bytes) that are kept in all.
const MOST: usize = 4_000_000;
/// The most of one tape: longer ones are drawn anew each time.
const MOST_EACH: usize = 500_000;

/// The latest tapes, by what they were drawn from.
#[derive(Default)]
pub struct Tapes {
    kept: Mutex<VecDeque<(u128, Tape)>>,
}

/// What requests are drawn from.
pub struct Requests<'a> {
    /// The apps.
    pub apps: Vec<&'a AppWorkload>,
    /// The seed.
    pub seed: u64,
    /// The replication.
    pub replication: u64,
    /// What every app's arrivals are multiplied by.
    pub traffic: f64,
    /// When no more come: that of the window, and what is followed beyond it.
    pub end: Time,
}

impl Requests<'_> {
    /// What draws them.
    ///
    /// # Errors
    /// Where a trace cannot be read.
    pub fn generator(&self) -> Result<Generator, String> {
        let apps: Vec<AppWorkload> = self.apps.iter().map(|app| (*app).clone()).collect();
        Generator::new(&apps, self.seed, self.replication, self.traffic, Time(0)..self.end)
            .map_err(|error| error.to_string())
    }

    fn key(&self) -> u128 {
        let mut hash = Fingerprint::default();
        hash.value(&(&self.apps, self.seed, self.replication, self.traffic, self.end));
        hash.finish()
    }
}

impl Tapes {
    /// A source of requests: a tape where there is one, else a generator that records one.
    ///
    /// # Errors
    /// As [`Requests::generator`].
    pub fn feed(&self, requests: &Requests<'_>) -> Result<Feed, String> {
        let key = requests.key();
        let found = self.locked().iter().find(|(known, _)| *known == key).map(|(_, tape)| tape.clone());
        match found {
            Some(tape) => Ok(tape.into()),
            None => Ok(Feed::recorded(requests.generator()?, MOST_EACH)),
        }
    }

    /// Keeps what a source recorded, and lets go of the oldest where there are too many.
    pub fn keep(&self, requests: &Requests<'_>, tape: Option<Tape>) {
        let Some(tape) = tape else { return };
        let (key, mut kept) = (requests.key(), self.locked());
        if kept.iter().all(|(known, _)| *known != key) {
            kept.push_back((key, tape));
        }
        while kept.iter().map(|(_, tape)| tape.requests()).sum::<usize>() > MOST {
            kept.pop_front();
        }
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<(u128, Tape)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Trial<'a> {
    /// What this trial's requests are drawn from.
    pub fn requests(&self) -> Requests<'a> {
        let run = &self.scenario.run;
        Requests {
            apps: self.scenario.apps.iter().map(|app| &app.workload).collect(),
            seed: run.seed,
            replication: self.replication,
            traffic: self.traffic,
            end: self.scenario.window().horizon(),
        }
    }
}
