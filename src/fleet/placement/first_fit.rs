//! First fit: the server with the lowest number that has room.

use super::index::Index;
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};

/// First fit.
pub const POLICY: Policy = Policy { name: "first-fit", build: |_, _| Box::new(FirstFit(Index::new())) };

#[derive(Debug)]
struct FirstFit(Index<ServerId>);

impl Placement for FirstFit {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        self.0.changed(before.map(|_| server), after.map(|free| (server, free)));
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        self.0.first(demand)
    }
}
