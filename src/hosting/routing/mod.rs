//! Which of a pool's instances a request goes to, and where it waits.

mod bits;
mod least_loaded;

pub(crate) use bits::Bits;
pub(crate) use least_loaded::LeastLoaded;

use crate::document::{Diagnostics, Node, named};

/// A rule of routing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routing {
    /// The instance with the fewest requests inside (and in its line); of several, the one of the lowest position.
    #[default]
    LeastLoaded,
    /// The next in turn.
    RoundRobin,
    /// One of them, uniformly at random.
    Random,
}

/// The rules by their words.
const ROUTINGS: [(&str, Routing); 3] =
    [("least-loaded", Routing::LeastLoaded), ("round-robin", Routing::RoundRobin), ("random", Routing::Random)];

impl Routing {
    /// Its word.
    pub fn name(self) -> &'static str {
        ROUTINGS.iter().find(|(_, rule)| *rule == self).map_or("", |(name, _)| name)
    }

    /// Reads a rule.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Routing> {
        named(node, diagnostics, "routing", &ROUTINGS)
    }
}

/// Where requests wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueAt {
    /// In one line before all instances, for the first that has a place.
    Pool,
    /// In a line at each instance: the router sends before it knows who will be free first.
    Instance,
}

impl QueueAt {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            QueueAt::Pool => "pool",
            QueueAt::Instance => "instance",
        }
    }

    /// Reads a place.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<QueueAt> {
        named(node, diagnostics, "place to wait", &[("pool", QueueAt::Pool), ("instance", QueueAt::Instance)])
    }

    /// Where requests wait under a rule of routing, where nothing else is said: who looks for a free place keeps a
    /// line until there is one; who sends by chance or by turns does not look.
    pub fn under(routing: Routing) -> QueueAt {
        match routing {
            Routing::LeastLoaded => QueueAt::Pool,
            Routing::RoundRobin | Routing::Random => QueueAt::Instance,
        }
    }
}
