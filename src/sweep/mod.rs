//! Sweeps: a scenario at many points, in parallel, durable, resumable and in shards.
//!
//! [`design`] says which points there are, [`resolve`] makes each one's scenario, [`plan`] reads
//! them all and puts together what one simulation does for, [`runner`] runs what the [`store`]
//! lacks, and [`table`] writes what it holds.

pub mod design;
pub mod estimate;
pub mod merge;
pub mod parquet;
pub mod plan;
pub mod precision;
pub mod resolve;
pub mod runner;
pub mod scale;
pub mod sensitivity;
pub mod shard;
pub mod store;
pub mod submit;
#[expect(clippy::module_inception, reason = "it is the sweep itself")]
mod sweep;
pub mod table;

pub use crate::scenario::axis;
pub use design::Design;
pub use runner::Status;
pub use shard::{Shard, WHOLE, is_of_engine};
pub use sweep::{MANY_RUNS, Options, Outcome, Sweep, SweepError};
