//! Who comes: arrival processes, demands, traces, and the generator that turns them into
//! requests in the order of their arrival.

pub mod arrivals;
mod choose;
mod demand;
pub mod distribution;
mod feed;
mod generator;
mod merged;
mod rate;
mod read;
mod rhythm;
mod source;
mod superposed;
pub mod trace;
mod window;

pub use arrivals::Arrivals;
pub use demand::Demand;
pub use distribution::{Distribution, Unit};
pub use feed::{Feed, Tape};
pub use generator::Generator;
pub use read::{Context, alone, read_traces};
pub use rhythm::Rhythm;
pub use trace::{Trace, TraceError};

use crate::units::{Bytes, Time};
use std::fmt;

/// The most tenants of an app, and the most users of a closed one: each takes some memory.
pub const MOST_TENANTS: u64 = 10_000_000;

/// What an app's requests are: when they arrive, and what each needs.
#[derive(Clone, Debug)]
pub struct AppWorkload {
    /// The app's name, which names its streams of random numbers.
    pub name: String,
    /// Independent copies, each with its own arrivals.
    pub tenants: u32,
    /// How requests arrive at one tenant.
    pub arrivals: Arrivals,
    /// CPU time of a request on one reference core.
    pub cpu: Demand,
    /// Blocked time of a request.
    pub wait: Demand,
    /// One factor per tenant, which multiplies its arrivals.
    pub activity: Option<Distribution>,
    /// What the arrivals of all tenants are multiplied by (`--traffic`).
    pub traffic: f64,
    /// What a request sends out.
    pub response: Bytes,
}

impl AppWorkload {
    /// An app to which nobody comes.
    pub fn silent(name: &str) -> AppWorkload {
        AppWorkload {
            name: name.to_string(),
            tenants: 1,
            arrivals: Arrivals::None,
            cpu: Demand::None,
            wait: Demand::None,
            activity: None,
            traffic: 1.0,
            response: Bytes(0),
        }
    }
}

/// A request that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub time: Time,
    /// At which app: its place in the list that the generator was made from.
    pub app: u32,
    /// At which tenant of it, from 0.
    pub tenant: u32,
    /// CPU time on one reference core, in nanoseconds.
    pub cpu: u64,
    /// Blocked time, in nanoseconds.
    pub wait: u64,
}

/// Why requests cannot be generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkloadError {
    /// A trace cannot be read (any more).
    Trace(TraceError),
    /// A closed app has more users, in all its tenants, than [`MOST_TENANTS`].
    TooManyUsers(String),
}

impl From<TraceError> for WorkloadError {
    fn from(error: TraceError) -> WorkloadError {
        WorkloadError::Trace(error)
    }
}

impl fmt::Display for WorkloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkloadError::Trace(error) => error.fmt(f),
            WorkloadError::TooManyUsers(app) => {
                write!(f, "the app `{app}` has more than {MOST_TENANTS} users in all: take fewer users or tenants")
            }
        }
    }
}

impl std::error::Error for WorkloadError {}

#[cfg(test)]
mod tests;
