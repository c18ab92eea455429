//! A set of small numbers, one bit each.

/// Positions of instances.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    count: usize,
}

impl Bits {
    pub fn insert(&mut self, position: u32) {
        let (word, bit) = (position as usize / 64, position % 64);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.count += usize::from(self.words[word] >> bit & 1 == 0);
        self.words[word] |= 1 << bit;
    }

    pub fn remove(&mut self, position: u32) {
        let (word, bit) = (position as usize / 64, position % 64);
        if let Some(word) = self.words.get_mut(word) {
            self.count -= usize::from(*word >> bit & 1 == 1);
            *word &= !(1 << bit);
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The least position in the set that is at least `from`.
    pub fn next(&self, from: u32) -> Option<u32> {
        let first = from as usize / 64;
        let mut mask = u64::MAX << (from % 64);
        for (index, word) in self.words.iter().enumerate().skip(first) {
            let found = word & mask;
            if found != 0 {
                return Some(index as u32 * 64 + found.trailing_zeros());
            }
            mask = u64::MAX;
        }
        None
    }

    /// The `rank`-th position in the set, counted from 0.
    pub fn nth(&self, mut rank: usize) -> Option<u32> {
        for (index, word) in self.words.iter().enumerate() {
            let here = word.count_ones() as usize;
            if rank < here {
                let mut word = *word;
                for _ in 0..rank {
                    word &= word - 1;
                }
                return Some(index as u32 * 64 + word.trailing_zeros());
            }
            rank -= here;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn behaves_as_a_set(steps in prop::collection::vec((any::<bool>(), 0u32..200), 0..200), from in 0u32..220) {
            let (mut bits, mut set) = (Bits::default(), BTreeSet::new());
            for (insert, position) in steps {
                if insert { bits.insert(position); set.insert(position); } else { bits.remove(position); set.remove(&position); }
            }
            prop_assert_eq!(bits.count(), set.len());
            prop_assert_eq!(bits.next(from), set.range(from..).next().copied());
            for (rank, position) in set.iter().enumerate() {
                prop_assert_eq!(bits.nth(rank), Some(*position));
            }
            prop_assert_eq!(bits.nth(set.len()), None);
        }
    }
}
