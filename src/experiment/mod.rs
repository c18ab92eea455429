//! Experiments: cases × replications, in parallel, summed up with their uncertainty.

pub mod deploy;
mod fingerprint;
pub mod invoices;
mod notes;
pub mod objective;
mod outcome;
mod replicate;
mod run;
mod validate;

pub use deploy::Order;
pub use fingerprint::Fingerprint;
pub use replicate::{Replication, Trial};
pub use run::{Progress, RunError, RunOptions, run};
pub use validate::validate;
