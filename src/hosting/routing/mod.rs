//! Which of a pool's instances with a free place a request goes to.

mod bits;
mod least_loaded;

pub(crate) use bits::Bits;
pub(crate) use least_loaded::LeastLoaded;

use crate::document::{Diagnostics, Node, named};

/// A rule of routing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routing {
    /// The instance with the fewest requests inside; of several, the one of the lowest position.
    #[default]
    LeastLoaded,
    /// The next with a free place, in turn.
    RoundRobin,
    /// One of those with a free place, uniformly at random.
    Random,
}

impl Routing {
    /// Reads a rule.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Routing> {
        let names =
            [("least-loaded", Routing::LeastLoaded), ("round-robin", Routing::RoundRobin), ("random", Routing::Random)];
        named(node, diagnostics, "routing", &names)
    }
}
