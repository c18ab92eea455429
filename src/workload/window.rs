//! Sorting a window of arrivals.

use super::Arrival;

/// Buckets beyond this size are sorted by comparisons.
const LARGE: u32 = 24;

/// Sorts arrivals by (time, app), those of one app and time in the order in which they stand.
///
/// Times within a window are spread nearly evenly, so one pass into twice as many buckets as
/// there are arrivals leaves almost nothing to do; the worst case stays n log n.
#[derive(Debug, Default)]
pub(super) struct Sorter {
    ends: Vec<u32>,
}

impl Sorter {
    /// Sorts `from` into `to`.
    pub(super) fn sort(&mut self, from: &[Arrival], to: &mut Vec<Arrival>) {
        to.clear();
        let Some(first) = from.iter().map(|a| a.time.0).min() else { return };
        let last = from.iter().map(|a| a.time.0).max().unwrap_or(first);
        let buckets = 2 * from.len().next_power_of_two();
        let scale = buckets as f64 / ((last - first) as f64 + 1.0);
        // Monotone in time, so buckets stand in order.
        let bucket = |a: &Arrival| (((a.time.0 - first) as f64 * scale) as usize).min(buckets - 1);
        self.ends.clear();
        self.ends.resize(buckets, 0);
        from.iter().for_each(|a| self.ends[bucket(a)] += 1);
        let mut sum = 0;
        let mut large = Vec::new();
        for end in &mut self.ends {
            let size = std::mem::replace(end, sum);
            if size > LARGE {
                large.push((sum as usize, (sum + size) as usize));
            }
            sum += size;
        }
        to.extend_from_slice(from);
        for arrival in from {
            let place = &mut self.ends[bucket(arrival)];
            to[*place as usize] = *arrival;
            *place += 1;
        }
        large.into_iter().for_each(|(begin, end)| to[begin..end].sort_by_key(key));
        insert(to);
    }
}

/// What arrivals are ordered by.
pub(super) fn key(arrival: &Arrival) -> (u64, u32) {
    (arrival.time.0, arrival.app)
}

/// Insertion sort, for what is nearly sorted.
fn insert(arrivals: &mut [Arrival]) {
    for i in 1..arrivals.len() {
        let arrival = arrivals[i];
        let mut place = i;
        while place > 0 && key(&arrivals[place - 1]) > key(&arrival) {
            arrivals[place] = arrivals[place - 1];
            place -= 1;
        }
        arrivals[place] = arrival;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Time;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_come_out_sorted_and_stable(
            times in prop::collection::vec(prop_oneof![0u64..50, 0u64..1_000_000, Just(7u64)], 0..300),
        ) {
            let arrival = |(i, time): (usize, &u64)| {
                Arrival { time: Time(*time), app: (i % 3) as u32, tenant: 0, cpu: i as u64, wait: 0 }
            };
            let from: Vec<Arrival> = times.iter().enumerate().map(arrival).collect();
            let mut expected = from.clone();
            expected.sort_by_key(key);
            let mut to = Vec::new();
            Sorter::default().sort(&from, &mut to);
            prop_assert_eq!(to, expected);
        }
    }
}
