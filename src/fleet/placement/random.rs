//! Random: any of the powered servers with room, all equally likely.

use super::index::Index;
use super::{Placement, Policy};
use crate::engine::Stream;
use crate::fleet::{Demand, Server, ServerId};

/// How many servers are drawn before those with room are counted.
pub const DRAWS: usize = 32;

/// Random.
pub const POLICY: Policy =
    Policy { name: "random", build: |_, stream| Box::new(Random { index: Index::new(), stream }) };

#[derive(Debug)]
struct Random {
    index: Index<ServerId>,
    stream: Stream,
}

impl Placement for Random {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        self.index.changed(before.map(|_| server), after.map(|free| (server, free)));
    }

    /// Draws servers until one has room, [`DRAWS`] times at most: whichever is found is any of
    /// them with equal chance. Failing that few have room, and one of these is drawn.
    fn choose(&mut self, demand: Demand, servers: &[Server]) -> Option<ServerId> {
        if servers.is_empty() {
            return None;
        }
        for _ in 0..DRAWS {
            let drawn = self.stream.below(servers.len() as u64) as u32;
            if servers[drawn as usize].has_room(demand) {
                return Some(ServerId(drawn));
            }
        }
        self.choose_among_few(demand)
    }
}

impl Random {
    fn choose_among_few(&mut self, demand: Demand) -> Option<ServerId> {
        let with_room = || self.index.blocks().iter().filter(|block| block.fits(demand)).flat_map(|b| b.entries.iter());
        let count = with_room().filter(|(_, free)| demand.fits(*free)).count();
        if count == 0 {
            return None;
        }
        let drawn = self.stream.below(count as u64) as usize;
        with_room().filter(|(_, free)| demand.fits(*free)).nth(drawn).map(|(server, _)| *server)
    }
}
