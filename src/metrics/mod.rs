//! Streaming statistics and what is learned from replications.
//!
//! Within a replication: [`Histogram`] of times, [`Level`] of what is held at a moment, [`Series`]
//! of a level over time. All are exact in integers, take constant memory and merge exactly.
//! Over replications: [`Figures`], the list of figures of a result, and their [`Estimate`]s.

mod drift;
mod estimate;
mod figures;
mod histogram;
mod level;
mod series;
mod student;

pub use drift::drifts;
pub use estimate::Estimate;
pub use figures::{Figures, Path, figure_names, flat_name, is_figure};
pub use histogram::Histogram;
pub use level::Level;
pub use series::Series;
pub use student::student_quantile;
