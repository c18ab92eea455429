//! Rotating first fit: the search begins at the server that was used last and goes round.

use super::index::Index;
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};

/// Rotating first fit (allocators of memory call it next fit, which in packing closes what it leaves). The first
/// search begins at the server with the lowest number; the server that was used last is tried again before the one
/// after it.
pub const POLICY: Policy = Policy {
    name: "rotating-first-fit",
    build: |_, _| Box::new(RotatingFirstFit { index: Index::new(), last: ServerId(0) }),
};

#[derive(Debug)]
struct RotatingFirstFit {
    index: Index<ServerId>,
    last: ServerId,
}

impl Placement for RotatingFirstFit {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        self.index.changed(before.map(|_| server), after.map(|free| (server, free)));
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        self.index.first_from(&self.last, demand).or_else(|| self.index.first(demand))
    }

    fn placed(&mut self, server: ServerId) {
        self.last = server;
    }
}
