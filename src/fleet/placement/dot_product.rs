//! Dot product: the server whose free capacity points most the way that the demand does.
//!
//! The greatest Σ_r (A_r/C_r)(d_r/C_r) over both resources r among the servers with room
//! (Panigrahy et al. 2011; also in the placement algorithms of dslab). Servers stand in the order
//! of a curve through the plane of free cores and free memory (Morton 1966), so that the servers
//! of a block lie near each other, and the best that a block could hold bounds what it holds:
//! branch and bound.

use super::block::Block;
use super::index::Index;
use super::score::{Weights, Wide};
use super::{Placement, Policy};
use crate::fleet::{Demand, Server, ServerId};

/// Dot product.
pub const POLICY: Policy = Policy {
    name: "dot-product",
    build: |capacity, _| Box::new(DotProduct { capacity, index: Index::new(), bounds: Vec::new() }),
};

type Place = (u64, ServerId);

#[derive(Debug)]
struct DotProduct {
    capacity: Demand,
    index: Index<Place>,
    /// Of one choice: the blocks with room, with the best score that each could hold.
    bounds: Vec<(Wide, usize)>,
}

/// The best server so far: its score, and its number.
type Best = (Wide, ServerId);

impl Placement for DotProduct {
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>) {
        let key = |free| (place_on_curve(free, self.capacity), server);
        let (before, after) = (before.map(key), after.map(|free| (key(free), free)));
        self.index.changed(before, after);
    }

    fn choose(&mut self, demand: Demand, _servers: &[Server]) -> Option<ServerId> {
        let weights = Weights::of(demand, self.capacity);
        let blocks = self.index.blocks();
        let with_room = blocks.iter().enumerate().filter(|(_, block)| block.fits(demand));
        self.bounds.clear();
        self.bounds.extend(with_room.map(|(at, block)| (weights.score(block.most), at)));
        // The most promising block first, so that its best prunes the others.
        let promising = self.bounds.iter().max_by_key(|(bound, at)| (*bound, std::cmp::Reverse(*at)))?.1;
        let mut best = improve(&blocks[promising], demand, &weights, None);
        for (bound, at) in &self.bounds {
            let block = &blocks[*at];
            if *at != promising && best.is_none_or(|best| could_improve(*bound, block.lowest, best)) {
                best = improve(block, demand, &weights, best);
            }
        }
        best.map(|(_, server)| server)
    }
}

fn could_improve(bound: Wide, lowest: ServerId, best: Best) -> bool {
    bound > best.0 || (bound == best.0 && lowest < best.1)
}

/// The better of `best` and the best server with room in the block.
fn improve(block: &Block<Place>, demand: Demand, weights: &Weights, mut best: Option<Best>) -> Option<Best> {
    for ((_, server), free) in &block.entries {
        if demand.fits(*free) {
            let score = weights.score(*free);
            if best.is_none_or(|best| could_improve(score, *server, best)) {
                best = Some((score, *server));
            }
        }
    }
    best
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
