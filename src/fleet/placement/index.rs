//! An order of servers that finds the first one with room, without looking at them one by one.
//!
//! The order is cut into blocks of at most [`LARGEST`] servers. A block knows exactly, in a few
//! steps, whether any of its servers has room for a demand of cores and memory, so that finding
//! the first server with room costs a short test per block and one walk through a single block,
//! however the free capacities lie (a tree of the greatest free cores and of the greatest free
//! memory would be misled by servers that have much of the one and none of the other).

use super::block::{Block, Key};
use crate::fleet::Demand;

/// The most servers of a block: a full one is cut in two.
const LARGEST: usize = 128;
/// Blocks smaller than this are joined to a neighbour, where both fill no more than three quarters of one.
const SMALLEST: usize = LARGEST / 4;

/// Servers in the order of their keys, with their free capacities.
#[derive(Debug)]
pub struct Index<K> {
    /// None of them empty.
    blocks: Vec<Block<K>>,
}

impl<K: Key> Index<K> {
    /// An index of no servers.
    pub fn new() -> Index<K> {
        Index { blocks: Vec::new() }
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[Block<K>] {
        &self.blocks
    }

    /// Moves a server from its key and free capacity before to those after, either of which may be missing.
    pub fn changed(&mut self, before: Option<K>, after: Option<(K, Demand)>) {
        match (before, after) {
            (Some(before), Some((after, free))) if before == after => self.replace(&before, free),
            (before, after) => {
                if let Some(key) = before {
                    self.remove(&key);
                }
                if let Some((key, free)) = after {
                    self.insert(key, free);
                }
            }
        }
    }

    /// The first server with room.
    pub fn first(&self, demand: Demand) -> Option<K> {
        self.blocks.iter().find(|block| block.fits(demand)).and_then(|block| first_of(block, 0, demand))
    }

    /// The first server with room that stands at or after `from`.
    pub fn first_from(&self, from: &K, demand: Demand) -> Option<K> {
        let start = self.block_of(from);
        let block = self.blocks.get(start)?;
        let skip = block.entries.partition_point(|(key, _)| key < from);
        first_of(block, skip, demand).or_else(|| {
            let next = self.blocks[start + 1..].iter().find(|block| block.fits(demand))?;
            first_of(next, 0, demand)
        })
    }

    /// The block that holds a key, or would hold it.
    fn block_of(&self, key: &K) -> usize {
        self.blocks.partition_point(|block| block.entries[0].0 <= *key).saturating_sub(1)
    }

    fn insert(&mut self, key: K, free: Demand) {
        if self.blocks.is_empty() {
            self.blocks.push(Block::of(vec![(key, free)]));
            return;
        }
        let at = self.block_of(&key);
        self.blocks[at].insert(key, free);
        if self.blocks[at].entries.len() > LARGEST {
            let mut entries = std::mem::take(&mut self.blocks[at].entries);
            let rest = entries.split_off(LARGEST / 2);
            self.blocks[at] = Block::of(entries);
            self.blocks.insert(at + 1, Block::of(rest));
        }
    }

    fn remove(&mut self, key: &K) {
        let at = self.block_of(key);
        let Some(block) = self.blocks.get_mut(at) else { return };
        block.remove(key);
        if block.entries.is_empty() {
            self.blocks.remove(at);
        } else if block.entries.len() < SMALLEST {
            self.join(at);
        }
    }

    fn replace(&mut self, key: &K, free: Demand) {
        let at = self.block_of(key);
        if let Some(block) = self.blocks.get_mut(at) {
            block.replace(key, free);
        }
    }

    /// Joins a small block to its smaller neighbour, where both together leave room to grow.
    fn join(&mut self, at: usize) {
        let size = |block: usize| self.blocks.get(block).map_or(usize::MAX, |block| block.entries.len());
        let before = at.checked_sub(1).map_or(usize::MAX, size);
        let left = if before <= size(at + 1) { at.saturating_sub(1) } else { at };
        if size(left).saturating_add(size(left + 1)) <= LARGEST * 3 / 4 {
            let rest = self.blocks.remove(left + 1);
            let mut entries = std::mem::take(&mut self.blocks[left].entries);
            entries.extend(rest.entries);
            self.blocks[left] = Block::of(entries);
        }
    }
}

fn first_of<K: Key>(block: &Block<K>, skip: usize, demand: Demand) -> Option<K> {
    block.entries[skip..].iter().find(|(_, free)| demand.fits(*free)).map(|(key, _)| *key)
}
