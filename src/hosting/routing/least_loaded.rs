//! Instances by how many requests are inside: the least loaded without looking at all of them.

use super::Bits;

/// Positions by load.
#[derive(Clone, Debug, Default)]
pub(crate) struct LeastLoaded {
    levels: Vec<Bits>,
    lowest: usize,
}

impl LeastLoaded {
    pub fn insert(&mut self, position: u32, load: u32) {
        let load = load as usize;
        if self.levels.len() <= load {
            self.levels.resize_with(load + 1, Bits::default);
        }
        self.levels[load].insert(position);
        self.lowest = self.lowest.min(load);
    }

    pub fn remove(&mut self, position: u32, load: u32) {
        if let Some(level) = self.levels.get_mut(load as usize) {
            level.remove(position);
        }
    }

    /// The lowest position of the least load.
    pub fn least(&mut self) -> Option<u32> {
        while self.lowest < self.levels.len() {
            if self.levels[self.lowest].count() > 0 {
                return self.levels[self.lowest].next(0);
            }
            self.lowest += 1;
        }
        self.lowest = self.levels.len();
        None
    }
}
