//! Streaming statistics and what is learned from replications.
//!
//! Within a replication: [`Histogram`] of times, [`Level`] of what is held at a moment. Both are exact in integers, take constant memory and merge exactly.
//! Over replications: [`FIGURES`], the list of a result's figures, the values of [`Figures`] and their [`Estimate`]s.

mod beyond;
mod drift;
mod estimate;
pub mod figure;
mod figures;
mod histogram;
mod level;
mod mser;
mod parts;
pub mod path;
mod spread;
mod student;

pub use beyond::{QUANTILES, too_few_beyond};
pub use drift::{drifts, growth};
pub use estimate::{Estimate, is_equal, share_of};
pub use figure::{FIGURES, Figure, Unit};
pub use figures::Figures;
pub use histogram::Histogram;
pub use level::Level;
pub use mser::{BATCH, truncation};
pub use parts::{LatencyParts, PARTS, Times};
pub use path::{Path, flat_name};
pub use spread::{SPREAD, spread};
pub use student::student_quantile;
