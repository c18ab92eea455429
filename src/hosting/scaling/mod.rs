//! How the number of instances is decided.

mod schedule;
mod target;

pub use schedule::{Schedule, Shift};
pub use target::TargetUtilisation;

/// A scaling rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Scaling {
    /// The number that was ordered.
    Fixed,
    /// As many as keep their use near a target.
    TargetUtilisation(TargetUtilisation),
    /// By the time of day.
    Schedule(Schedule),
    /// An instance for every request that finds none with a place: on demand.
    PerRequest,
}

impl Scaling {
    /// Whether instances come and go with single requests.
    pub fn is_on_demand(&self) -> bool {
        matches!(self, Scaling::PerRequest)
    }
}
