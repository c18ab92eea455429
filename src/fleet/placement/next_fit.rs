//! Next fit: one server is open; what does not fit it closes it.

use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};
use std::collections::BTreeSet;

/// Next fit, as packing theory has it (Johnson 1973): only the server that was used last is open. What does not fit
/// it goes to an empty one, and the one that was left takes nothing more before it has become empty.
pub const POLICY: Policy = Policy {
    name: "next-fit",
    build: |capacity, _| Box::new(NextFit { capacity, open: None, empty: BTreeSet::new() }),
};

#[derive(Debug)]
struct NextFit {
    capacity: Demand,
    open: Option<ServerId>,
    empty: BTreeSet<ServerId>,
}

impl Placement for NextFit {
    fn changed(&mut self, server: ServerId, _before: Option<Demand>, after: Option<Demand>) {
        if after == Some(self.capacity) {
            self.empty.insert(server);
        } else {
            self.empty.remove(&server);
        }
    }

    fn choose(&mut self, demand: Demand, servers: &[Server]) -> Option<ServerId> {
        let room = |server: &ServerId| servers.get(server.0 as usize).is_some_and(|held| held.has_room(demand));
        self.open.filter(room).or_else(|| self.empty.first().copied().filter(room))
    }

    fn placed(&mut self, server: ServerId) {
        self.open = Some(server);
    }
}
