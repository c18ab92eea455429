//! The catalogue: hosting models and server kinds, by name.
//!
//! The built-in ones are embedded in the binary; a directory of the user's own may add more or
//! replace some; a scenario may hold models of its own. A model may extend another.

mod basis;
mod cluster;
mod core;
mod era;
mod known;
mod lookup;
mod model;
mod range;
mod recovery;
mod size;
mod start;
mod terms;

pub use basis::Basis;
pub use cluster::ClusterTerms;
pub use core::CoreRule;
pub use era::Era;
pub use lookup::{Catalogue, Origin as ModelOrigin};
pub use model::{FAMILIES, Family, Model, schema_1};
pub use range::SizeRange;
pub use size::{Allotment, Size, read_saved};
pub(crate) use terms::count32;
pub use terms::{Discipline, Terms};
