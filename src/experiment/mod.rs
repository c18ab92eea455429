//! Experiments: cases × replications, in parallel, summed up with their uncertainty.

pub mod advise;
pub mod claim;
mod cluster;
mod commitment;
pub mod curve;
pub mod demand;
mod deploy;
#[cfg(test)]
mod events;
pub mod expect;
mod fingerprint;
pub mod invoices;
mod labour;
pub mod load;
pub mod map;
mod notes;
pub mod objective;
mod outcome;
mod point;
mod replicate;
pub mod result;
mod run;
pub mod served;
pub mod simulations;
pub mod sizing;
mod tapes;
mod tenants;
pub mod trade;
mod validate;
pub mod warm_up;

pub use deploy::{Commit, Order};
pub use fingerprint::Fingerprint;
use notes::shipped_rates;
pub use notes::{of_case as case_notes, of_scenario as scenario_notes, unverified};
pub use point::Point;
pub use replicate::{Replication, Trial};
pub use result::{AppResult, CaseResult, ResultDocument, Timeline};
pub use run::{Progress, RunError, RunOptions, run};
pub use simulations::{Runs, Simulations, Tally};
pub use tenants::{TenantResult, TenantRow};
pub use validate::validate;
