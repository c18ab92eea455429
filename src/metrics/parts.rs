//! What the latency of requests is made of: of all of them, and of the slowest percent.
//!
//! A request's latency is the sum of four parts, so their shares add up to 1:
//!
//! - *service*: what it takes alone on its instance, CPU time at the instance's pace and blocked time;
//! - *crowding*: how much longer it was inside, as it shared the processor with other requests or the server with
//!   other instances (on a processor that requests share, a quota and spent CPU credits are among it);
//! - *cold start*: how long it waited while the instance that was started for it was starting;
//! - *queueing*: the rest of the time before it came to be inside (earlier attempts among it).
//!
//! To know the slowest without keeping them, the sums stand by length of latency: eight buckets an octave. The
//! bucket in which the slowest percent begins counts by its share.

/// log2 of the buckets of an octave.
const BITS: u32 = 3;

/// The parts' names, in their order.
pub const PARTS: [&str; 4] = ["service", "crowding", "queueing", "cold_start"];

/// Sums of latencies of one bucket, in nanoseconds: whole numbers, which add up exactly and without a conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bucket {
    count: u64,
    latency: u128,
    service: u128,
    queueing: u128,
    cold_start: u128,
}

impl Bucket {
    /// Its parts in the order of [`PARTS`].
    fn parts(&self) -> [f64; 4] {
        let crowding = self.latency - self.service - self.queueing - self.cold_start;
        [self.service, crowding, self.queueing, self.cold_start].map(|part| part as f64)
    }
}

/// One request's times, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// From arrival to answer.
    pub latency: u64,
    /// From arrival to being inside.
    pub before: u64,
    /// What of that was an instance's start.
    pub cold_start: u64,
    /// What it would have taken inside alone.
    pub alone: u64,
}

/// The parts of many requests' latencies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LatencyParts {
    buckets: Vec<Bucket>,
}

/// The bucket of a latency.
#[inline]
fn place(latency: u64) -> usize {
    if latency < 1 << BITS {
        return latency as usize;
    }
    let octave = latency.ilog2() - BITS;
    ((octave as usize + 1) << BITS) + ((latency >> octave) as usize & ((1 << BITS) - 1))
}

impl LatencyParts {
    /// Takes in one request.
    #[inline]
    pub fn record(&mut self, times: Times) {
        let place = place(times.latency);
        if self.buckets.len() <= place {
            self.grow(place);
        }
        let bucket = &mut self.buckets[place];
        let cold_start = times.cold_start.min(times.before);
        bucket.count += 1;
        bucket.latency += u128::from(times.latency);
        // What is rounded at an instance's pace is no crowding, and no less than none.
        bucket.service += u128::from(times.alone.min(times.latency - times.before));
        bucket.queueing += u128::from(times.before - cold_start);
        bucket.cold_start += u128::from(cold_start);
    }

    #[cold]
    fn grow(&mut self, place: usize) {
        self.buckets.resize(place + 1, Bucket::default());
    }

    /// Adds what others came to.
    pub fn merge(&mut self, other: &LatencyParts) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), Bucket::default());
        }
        for (own, other) in self.buckets.iter_mut().zip(&other.buckets) {
            own.count += other.count;
            own.latency += other.latency;
            own.service += other.service;
            own.queueing += other.queueing;
            own.cold_start += other.cold_start;
        }
    }

    /// The share of each part ([`PARTS`]) in the latencies of the slowest requests, `slowest` being the share of all
    /// that these are (1: all). `None` where no time passed.
    pub fn shares(&self, slowest: f64) -> Option<[f64; 4]> {
        let count: u64 = self.buckets.iter().map(|bucket| bucket.count).sum();
        let mut wanted = count as f64 * slowest;
        let mut sums = [0.0; 4];
        for bucket in self.buckets.iter().rev().filter(|bucket| bucket.count > 0) {
            let share = (wanted / bucket.count as f64).min(1.0);
            for (sum, part) in sums.iter_mut().zip(bucket.parts()) {
                *sum += part * share;
            }
            wanted -= bucket.count as f64 * share;
            if wanted <= 0.0 {
                break;
            }
        }
        let whole: f64 = sums.iter().sum();
        (whole > 0.0).then(|| sums.map(|sum| sum / whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_and_the_slowest_are_told_apart() {
        let mut parts = LatencyParts::default();
        let quick = Times { latency: 1_000_000, before: 0, cold_start: 0, alone: 900_000 };
        let slow = Times { latency: 100_000_000, before: 90_000_000, cold_start: 60_000_000, alone: 5_000_000 };
        (0..99).for_each(|_| parts.record(quick));
        parts.record(slow);
        assert_eq!(parts.shares(0.01), Some([0.05, 0.05, 0.3, 0.6]));
        let all = parts.shares(1.0).unwrap();
        assert!((all.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((all[0] - (99.0 * 0.9 + 5.0) / 199.0).abs() < 1e-12, "{all:?}");
        // Two percent are the slow one and one of the quick ones.
        let two = parts.shares(0.02).unwrap();
        assert!((two[3] - 60.0 / 101.0).abs() < 1e-12, "{two:?}");
    }

    #[test]
    fn what_others_saw_is_added_and_nothing_has_no_shares() {
        let times = |latency| Times { latency, before: latency / 2, cold_start: 0, alone: latency / 4 };
        let (mut one, mut other, mut both) =
            (LatencyParts::default(), LatencyParts::default(), LatencyParts::default());
        for latency in [0, 3, 8, 1_000, 5_000_000, u64::MAX / 4] {
            one.record(times(latency));
            both.record(times(latency));
        }
        other.record(times(77));
        both.record(times(77));
        one.merge(&other);
        assert_eq!(one, both);
        assert_eq!(LatencyParts::default().shares(1.0), None);
    }

    #[test]
    fn buckets_are_in_the_order_of_latencies() {
        let places: Vec<usize> = (0..64).map(|bit| place(1u64 << bit)).collect();
        assert!(places.windows(2).all(|pair| pair[0] <= pair[1]) && places[63] < 512, "{places:?}");
        assert!(place(9) > place(8) && place(u64::MAX) == 495 && place(7) == 7);
    }
}
