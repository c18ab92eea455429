//! The agenda: what happens next.
//!
//! A four-ary heap of (time, rank) with a small `Copy` payload. Its size, not dispatch, decides
//! the simulator's speed, so entries are 24 bytes with a payload of at most 12, nothing is ever
//! cancelled (payloads carry generations instead), and arrivals never enter it.

use crate::units::Time;
use std::hint::select_unpredictable;

/// Ranks below this are for events that come before all others of their moment.
const FIRST_ORDINARY: u32 = 1 << 31;

#[derive(Clone, Copy)]
struct Entry<E> {
    time: u64,
    rank: u32,
    event: E,
}

impl<E> Entry<E> {
    #[inline]
    fn key(&self) -> u128 {
        u128::from(self.time) << 32 | u128::from(self.rank)
    }
}

/// Events to come, in order of time; those of one moment in the order in which they were
/// scheduled, after those scheduled to come first.
pub struct Agenda<E> {
    heap: Vec<Entry<E>>,
    scheduled: u32,
    scheduled_first: u32,
}

impl<E: Copy> Default for Agenda<E> {
    fn default() -> Self {
        Agenda { heap: Vec::new(), scheduled: FIRST_ORDINARY, scheduled_first: 0 }
    }
}

impl<E: Copy> Agenda<E> {
    /// Notes an event.
    #[inline]
    pub fn schedule(&mut self, at: Time, event: E) {
        if self.scheduled == u32::MAX {
            self.renumber();
        }
        self.scheduled += 1;
        self.push(Entry { time: at.0, rank: self.scheduled, event });
    }

    /// Notes an event that comes before all ordinary events of its moment: an idle instance that
    /// expires at some time is gone before anything else of that time is judged.
    #[inline]
    pub fn schedule_first(&mut self, at: Time, event: E) {
        if self.scheduled_first == FIRST_ORDINARY - 1 {
            self.renumber();
        }
        self.scheduled_first += 1;
        self.push(Entry { time: at.0, rank: self.scheduled_first, event });
    }

    /// How many events have been noted since the last renumbering.
    pub fn noted(&self) -> u64 {
        u64::from(self.scheduled - FIRST_ORDINARY) + u64::from(self.scheduled_first)
    }

    /// When the next event is, if there is one.
    #[inline]
    pub fn next_time(&self) -> Option<Time> {
        self.heap.first().map(|entry| Time(entry.time))
    }

    /// Takes the next event.
    #[inline]
    pub fn pop(&mut self) -> Option<(Time, E)> {
        let last = self.heap.pop()?;
        let Some(&first) = self.heap.first() else { return Some((Time(last.time), last.event)) };
        self.sink(last);
        Some((Time(first.time), first.event))
    }

    /// How many events are to come, those overtaken by a newer generation among them.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// For how many events there is room.
    pub fn capacity(&self) -> usize {
        self.heap.capacity()
    }

    /// Whether nothing is to come.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    #[inline]
    fn push(&mut self, entry: Entry<E>) {
        self.heap.push(entry);
        self.rise(self.heap.len() - 1, entry);
    }

    /// Puts `entry` in the place of the root, which has gone. It was a leaf and most likely is to
    /// be one again: the hole goes down to the leaves first, without looking at it, and then it
    /// rises from there (Wegener 1993). So no comparison has an outcome that is hard to predict.
    #[inline]
    fn sink(&mut self, entry: Entry<E>) {
        let heap = &mut self.heap[..];
        let mut hole = 0;
        while let Some(children) = heap.get(4 * hole + 1..).filter(|rest| !rest.is_empty()) {
            let least = 4 * hole + 1 + least_of(children);
            heap[hole] = heap[least];
            hole = least;
        }
        self.rise(hole, entry);
    }

    /// Puts `entry` into a hole, or higher up where it comes sooner.
    #[inline]
    fn rise(&mut self, mut hole: usize, entry: Entry<E>) {
        let key = entry.key();
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.heap[parent].key() <= key {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = entry;
    }

    /// Gives the events ranks from the beginning again, in the same order. Happens once in two
    /// thousand million events; a sorted list is a heap.
    #[cold]
    fn renumber(&mut self) {
        self.heap.sort_unstable_by_key(Entry::key);
        self.scheduled = FIRST_ORDINARY;
        self.scheduled_first = 0;
        for entry in &mut self.heap {
            let counter = if entry.rank > FIRST_ORDINARY { &mut self.scheduled } else { &mut self.scheduled_first };
            *counter += 1;
            entry.rank = *counter;
        }
    }
}

/// Which of the first four entries, or of all where there are fewer, comes first.
#[inline]
fn least_of<E: Copy>(children: &[Entry<E>]) -> usize {
    if let [a, b, c, d, ..] = children {
        let left = select_unpredictable(b.key() < a.key(), (1, b.key()), (0, a.key()));
        let right = select_unpredictable(d.key() < c.key(), (3, d.key()), (2, c.key()));
        return select_unpredictable(right.1 < left.1, right.0, left.0);
    }
    let mut least = 0;
    for child in 1..children.len() {
        if children[child].key() < children[least].key() {
            least = child;
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_by_time_then_class_then_insertion(
            events in prop::collection::vec((0u64..20, any::<bool>()), 0..300),
            pops in prop::collection::vec(any::<bool>(), 300),
        ) {
            let mut agenda = Agenda::default();
            let mut pending: Vec<(u64, bool, usize)> = Vec::new();
            for (index, (time, ordinary)) in events.iter().enumerate() {
                if *ordinary { agenda.schedule(Time(*time), index) } else { agenda.schedule_first(Time(*time), index) }
                pending.push((*time, *ordinary, index));
                if pops[index] {
                    pending.sort();
                    let expected = pending.remove(0);
                    prop_assert_eq!(agenda.pop(), Some((Time(expected.0), expected.2)));
                }
                if index == 150 { agenda.renumber(); }
            }
            pending.sort();
            for expected in pending {
                prop_assert_eq!(agenda.next_time(), Some(Time(expected.0)));
                prop_assert_eq!(agenda.pop(), Some((Time(expected.0), expected.2)));
            }
            prop_assert!(agenda.is_empty());
        }
    }
}
