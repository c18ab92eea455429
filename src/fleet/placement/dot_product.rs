//! Dot product: the server whose free capacity points most the way that the demand does.
//!
//! The greatest Σ_r (A_r/C_r)(d_r/C_r) over both resources r among the servers with room
//! (Panigrahy et al. 2011; also in the placement algorithms of dslab). Servers stand in the order
//! of a curve through the plane of free cores and free memory (Morton 1966), so that the servers
//! of a block lie near each other, and the corners of a block's convex hull bound what its servers
//! score: branch and bound.

use super::block::{Block, Key};
use super::index::Index;
use super::score::{Weights, Wide};
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};

/// Dot product.
pub const POLICY: Policy = Policy {
    name: "dot-product",
    build: |capacity, _| Box::new(DotProduct { capacity, index: Index::new(), bounds: Vec::new() }),
};

/// Where a server stands on the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    on_curve: u64,
    server: ServerId,
}

impl Key for Place {
    fn server(&self) -> ServerId {
        self.server
    }

    const CORNERS: bool = true;
}

#[derive(Debug)]
struct DotProduct {
    capacity: Demand,
    index: Index<Place>,
    /// Of one choice: the blocks that may have room, with nearly the best score that each could hold.
    bounds: Vec<(f64, usize)>,
}

/// What is a part in 10^12 less than the best so far cannot be better (its error is below 10^-14).
const CLEARLY_LESS: f64 = 1.0 - 1e-12;

impl Placement for DotProduct {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        let key = |free| Place { on_curve: place_on_curve(free, self.capacity), server };
        let (before, after) = (before.map(key), after.map(|free| (key(free), free)));
        self.index.changed(before, after);
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        let mut search = Search { demand, weights: Weights::of(demand, self.capacity), best: None };
        let blocks = self.index.blocks();
        let may_fit = blocks.iter().enumerate().filter(|(_, block)| demand.fits(block.most));
        self.bounds.clear();
        self.bounds.extend(may_fit.map(|(at, block)| (search.nearly_bound(block), at)));
        // The most promising block first, so that its best prunes the others.
        let promising = self.bounds.iter().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))?.1;
        search.look_into(&blocks[promising]);
        for (bound, at) in &self.bounds {
            if *at != promising && search.is_promising(*bound, &blocks[*at]) {
                search.look_into(&blocks[*at]);
            }
        }
        search.best.map(|best| best.server)
    }
}

/// The best server found so far.
#[derive(Clone, Copy)]
struct Best {
    score: Wide,
    nearly: f64,
    server: ServerId,
}

struct Search {
    demand: Demand,
    weights: Weights,
    best: Option<Best>,
}

impl Search {
    /// Nearly the best score of any server of the block, whether it has room or not.
    fn nearly_bound(&self, block: &Block<Place>) -> f64 {
        block.corners.iter().map(|corner| self.weights.nearly(*corner)).fold(0.0, f64::max)
    }

    /// Whether the block has room and might hold a better server.
    fn is_promising(&self, nearly_bound: f64, block: &Block<Place>) -> bool {
        let Some(best) = self.best else { return block.fits(self.demand) };
        if nearly_bound < best.nearly * CLEARLY_LESS || !block.fits(self.demand) {
            return false;
        }
        let bound = block.corners.iter().map(|corner| self.weights.score(*corner)).max();
        bound.is_some_and(|bound| is_better(bound, block.lowest, &best))
    }

    /// Takes the best server with room in the block, where it is better.
    fn look_into(&mut self, block: &Block<Place>) {
        let mut least = self.best.map_or(0.0, |best| best.nearly * CLEARLY_LESS);
        for (Place { server, .. }, free) in &block.entries {
            let nearly = self.weights.nearly(*free);
            if nearly < least || !self.demand.fits(*free) {
                continue;
            }
            let score = self.weights.score(*free);
            if self.best.is_none_or(|best| is_better(score, *server, &best)) {
                self.best = Some(Best { score, nearly, server: *server });
                least = nearly * CLEARLY_LESS;
            }
        }
    }
}

fn is_better(score: Wide, server: ServerId, best: &Best) -> bool {
    score > best.score || (score == best.score && server < best.server)
}

/// The place on the curve: the bits of the free shares of cores and memory, interleaved. It says
/// only who stands near whom, so that it may be rounded.
fn place_on_curve(free: Demand, capacity: Demand) -> u64 {
    spread(share(free.cores, capacity.cores)) << 1 | spread(share(free.memory, capacity.memory))
}

/// The share of a capacity in 2^32 parts, less a little, so that the whole still fits.
fn share(free: u64, capacity: u64) -> u32 {
    ((u128::from(free) * u128::from(u32::MAX)) / u128::from(capacity.max(1))) as u32
}

/// Puts a zero between all bits.
fn spread(value: u32) -> u64 {
    let mut v = u64::from(value);
    for (shift, mask) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        v = (v | (v << shift)) & mask;
    }
    v
}
