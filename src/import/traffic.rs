//! Arrivals as a scenario needs them, in bounded memory: counts by time, a list while it is short, the
//! distribution of service times.

use std::collections::BTreeMap;

/// The most requests that are kept one by one.
const LIST: usize = 200_000;
/// The most intervals; past that they become longer.
const INTERVALS: usize = 1 << 19;
/// Lengths of an interval, in seconds.
const LENGTHS: [i64; 7] = [1, 10, 60, 600, 3_600, 21_600, 86_400];
/// Buckets an octave of the service times: 0.6 %.
const BUCKETS: f64 = 128.0;
const SECOND: i64 = 1_000_000_000;

/// Arrivals and their service times.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Arrivals and service times (-1: not known) in nanoseconds; `None` once there were too many.
    pub list: Option<Vec<(i64, i64)>>,
    counts: BTreeMap<i64, u64>,
    step: usize,
    current: (i64, u64),
    services: BTreeMap<u32, u64>,
    /// Whether every stamp was a whole second.
    pub whole_seconds: bool,
}

impl Default for Traffic {
    fn default() -> Traffic {
        Traffic {
            list: Some(Vec::new()),
            counts: BTreeMap::new(),
            step: 0,
            current: (0, 0),
            services: BTreeMap::new(),
            whole_seconds: true,
        }
    }
}

impl Traffic {
    /// Takes an arrival. `stamp` is what the line says.
    pub(super) fn take(&mut self, arrival: i64, service: Option<i64>, stamp: i64) {
        self.whole_seconds &= stamp % SECOND == 0;
        if let Some(list) = &mut self.list {
            list.push((arrival, service.unwrap_or(-1)));
            if list.len() > LIST {
                self.list = None;
            }
        }
        let place = arrival.div_euclid(LENGTHS[self.step] * SECOND);
        if place != self.current.0 {
            self.settle();
            self.current.0 = arrival.div_euclid(LENGTHS[self.step] * SECOND);
        }
        self.current.1 += 1;
        if let Some(service) = service {
            *self.services.entry(bucket(service)).or_default() += 1;
        }
    }

    /// Puts the current interval's requests to the others; coarsens where there are too many intervals.
    fn settle(&mut self) {
        let (place, count) = std::mem::take(&mut self.current);
        if count > 0 {
            *self.counts.entry(place).or_default() += count;
        }
        while self.counts.len() > INTERVALS && self.step + 1 < LENGTHS.len() {
            let ratio = LENGTHS[self.step + 1] / LENGTHS[self.step];
            self.step += 1;
            let mut coarse = BTreeMap::new();
            for (place, count) in std::mem::take(&mut self.counts) {
                *coarse.entry(place.div_euclid(ratio)).or_default() += count;
            }
            self.counts = coarse;
        }
    }

    /// The length of an interval in seconds, and the requests of each by its beginning in seconds since 1970.
    pub fn counts(&self) -> (i64, Vec<(i64, u64)>) {
        let mut all = self.clone();
        all.settle();
        let length = LENGTHS[all.step];
        (length, all.counts.into_iter().map(|(place, count)| (place * length, count)).collect())
    }

    /// Service times that so many shares of requests stay below, in seconds; none where none is known.
    pub fn quantiles(&self, shares: &[f64]) -> Vec<f64> {
        let total: u64 = self.services.values().sum();
        if total == 0 {
            return Vec::new();
        }
        let at = |share: f64| {
            let wanted = (share * total as f64).ceil().max(1.0) as u64;
            let mut passed = 0;
            let found = self.services.iter().find(|(_, count)| {
                passed += **count;
                passed >= wanted
            });
            found.map_or(0.0, |(bucket, _)| seconds(*bucket))
        };
        shares.iter().map(|share| at(*share)).collect()
    }

    /// How many service times are known and not censored.
    pub fn known(&self) -> u64 {
        self.services.values().sum()
    }
}

fn bucket(service: i64) -> u32 {
    if service <= 0 { 0 } else { 1 + (libm::log2(service as f64) * BUCKETS) as u32 }
}

/// The middle of a bucket, in seconds.
fn seconds(bucket: u32) -> f64 {
    if bucket == 0 { 0.0 } else { libm::exp2((f64::from(bucket) - 0.5) / BUCKETS) / 1e9 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_nothing_is_lost() {
        let mut traffic = Traffic::default();
        for day in 0..600_000_i64 {
            traffic.take(day * 7 * SECOND, Some(day * 1_000), 0);
        }
        assert!(traffic.list.is_none());
        let (length, counts) = traffic.counts();
        assert_eq!(length, 10);
        assert!(counts.len() <= INTERVALS);
        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 600_000);
        let median = traffic.quantiles(&[0.5])[0];
        assert!((median / 0.3 - 1.0).abs() < 0.006, "{median}");
    }
}
