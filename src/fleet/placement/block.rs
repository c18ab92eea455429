//! A few dozen neighbouring servers of an index, and a test in a few steps of whether one fits.

use crate::fleet::{Demand, ServerId};

/// What servers are ordered by in an index. Keys differ from server to server.
pub trait Key: Copy + Ord + std::fmt::Debug + Send {
    /// The server that the key belongs to.
    fn server(&self) -> ServerId;

    /// Whether blocks of such keys know their corners.
    const CORNERS: bool = false;
}

impl Key for ServerId {
    fn server(&self) -> ServerId {
        *self
    }
}

/// A value to order by, and then the server.
impl<V: Copy + Ord + std::fmt::Debug + Send> Key for (V, ServerId) {
    fn server(&self) -> ServerId {
        self.1
    }
}

/// Neighbours in the order of their keys.
#[derive(Debug)]
pub struct Block<K> {
    /// Keys with the free capacity of their servers, in order.
    pub entries: Vec<(K, Demand)>,
    /// The most free cores and the most free memory of any server here (of different servers, it may be).
    pub most: Demand,
    /// The lowest server here.
    pub lowest: ServerId,
    /// The corners of the convex hull of the free capacities, on the side of more cores and more
    /// memory, most cores first: one of them has the most of any weighted sum of both. Kept only
    /// for keys that say so.
    pub corners: Vec<Demand>,
    /// The free capacities, most cores first (and then most memory).
    by_cores: Vec<Demand>,
    /// The most free memory among the servers up to each place of `by_cores`.
    most_memory: Vec<u64>,
}

impl<K: Key> Block<K> {
    /// A block of these entries, which stand in order.
    pub fn of(entries: Vec<(K, Demand)>) -> Block<K> {
        let mut by_cores: Vec<Demand> = entries.iter().map(|(_, free)| *free).collect();
        by_cores.sort_unstable_by(|a, b| descending(*b, *a));
        let most_memory = vec![0; by_cores.len()];
        let (most, lowest, corners) = (Demand::NONE, ServerId(u32::MAX), Vec::new());
        let mut block = Block { entries, most, lowest, corners, by_cores, most_memory };
        block.summarise_from(0);
        block.find_lowest();
        block
    }

    /// Whether a server here has room: exact, in about log2 of the block's size steps. Of the
    /// servers with enough cores, which stand first in `by_cores`, the one with most memory must do.
    #[inline]
    pub fn fits(&self, demand: Demand) -> bool {
        if !demand.fits(self.most) {
            return false;
        }
        let enough = self.by_cores.partition_point(|free| free.cores >= demand.cores);
        enough > 0 && self.most_memory[enough - 1] >= demand.memory
    }

    /// Adds a server.
    pub fn insert(&mut self, key: K, free: Demand) {
        let place = self.entries.partition_point(|(other, _)| *other < key);
        self.entries.insert(place, (key, free));
        self.lowest = self.lowest.min(key.server());
        let place = self.place_by_cores(free);
        self.by_cores.insert(place, free);
        self.most_memory.insert(place, 0);
        self.summarise_from(place);
    }

    /// Removes a server.
    pub fn remove(&mut self, key: &K) {
        let Ok(place) = self.entries.binary_search_by(|(other, _)| other.cmp(key)) else {
            debug_assert!(false, "{key:?} is not in its block");
            return;
        };
        let (_, free) = self.entries.remove(place);
        if key.server() == self.lowest {
            self.find_lowest();
        }
        let place = self.place_by_cores(free);
        self.by_cores.remove(place);
        self.most_memory.remove(place);
        self.summarise_from(place);
    }

    /// Changes a server's free capacity under the same key.
    pub fn replace(&mut self, key: &K, free: Demand) {
        let Ok(place) = self.entries.binary_search_by(|(other, _)| other.cmp(key)) else {
            debug_assert!(false, "{key:?} is not in its block");
            return;
        };
        let before = std::mem::replace(&mut self.entries[place].1, free);
        let from = self.place_by_cores(before);
        self.by_cores.remove(from);
        let to = self.place_by_cores(free);
        self.by_cores.insert(to, free);
        self.summarise_from(from.min(to));
    }

    /// The place in `by_cores` of this capacity, or where it would stand.
    fn place_by_cores(&self, free: Demand) -> usize {
        self.by_cores.partition_point(|other| descending(*other, free).is_gt())
    }

    /// Computes anew what depends on `by_cores` from a place on.
    fn summarise_from(&mut self, place: usize) {
        let mut most = if place == 0 { 0 } else { self.most_memory[place - 1] };
        for (memory, free) in self.most_memory[place..].iter_mut().zip(&self.by_cores[place..]) {
            most = most.max(free.memory);
            *memory = most;
        }
        self.most = Demand { cores: self.by_cores.first().map_or(0, |free| free.cores), memory: most };
        if K::CORNERS {
            self.find_corners();
        }
    }

    /// The upper right part of the convex hull, from the most cores to the most memory (the
    /// monotone chain of Andrew 1979).
    fn find_corners(&mut self) {
        self.corners.clear();
        let mut most = None;
        for free in &self.by_cores {
            if most.is_some_and(|most| free.memory <= most) {
                continue;
            }
            most = Some(free.memory);
            while let [.., a, b] = self.corners[..]
                && !turns_left(a, b, *free)
            {
                self.corners.pop();
            }
            self.corners.push(*free);
        }
    }

    fn find_lowest(&mut self) {
        self.lowest = self.entries.iter().map(|(key, _)| key.server()).min().unwrap_or(ServerId(u32::MAX));
    }
}

/// Compares by cores and then by memory: greater means more free, so further to the front.
fn descending(a: Demand, b: Demand) -> std::cmp::Ordering {
    (a.cores, a.memory).cmp(&(b.cores, b.memory))
}

/// Whether the way from `a` over `b` to `c` turns left at `b`: exact, as capacities are at most 2^62.
fn turns_left(a: Demand, b: Demand, c: Demand) -> bool {
    let step = |from: u64, to: u64| i128::from(to as i64 - from as i64);
    step(a.cores, b.cores) * step(b.memory, c.memory) > step(a.memory, b.memory) * step(b.cores, c.cores)
}
