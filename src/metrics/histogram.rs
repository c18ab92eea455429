//! A histogram of lengths of time in nanoseconds, with a relative error of at most 1/256.
//!
//! Log-linear buckets, as in HdrHistogram: every octave (from one power of two to the next) is
//! cut into 256 buckets of equal width; below 512 ns every bucket is one nanosecond wide. The
//! counts of an octave stand in a chunk that is allocated when the octave is first touched, so
//! that an app without requests costs nothing.
//!
//! Recording touches a bucket at random, and with a hundred apps that is where a simulation waits
//! for memory. So the counts are of 8 bits, which the processor's cache holds, and carry into wide
//! ones once in 256 times.

use std::iter;

/// Buckets of an octave.
const BUCKETS: usize = 256;
/// log2 of [`BUCKETS`].
const BUCKET_BITS: u32 = BUCKETS.trailing_zeros();

/// Chunks that there can be: one per octave, and one for what is below 256 ns.
const CHUNKS: usize = 65 - BUCKET_BITS as usize;
/// Stands for a chunk that is not there: no list of counts is long enough to have it.
const NOWHERE: u8 = u8::MAX;

/// Counts of lengths of time, with their exact number, sum, least and greatest.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// The counts modulo 2^8, chunk by chunk in the order in which chunks were first touched.
    counts: Vec<u8>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
    /// Where each octave's chunk stands in `counts`.
    places: [u8; CHUNKS],
    /// What was carried from `counts`, in units of 2^8; as long as those from the first carry on.
    carried: Vec<u64>,
}

impl Default for Histogram {
    fn default() -> Histogram {
        let (counts, carried) = (Vec::new(), Vec::new());
        Histogram { counts, count: 0, sum: 0, min: u64::MAX, max: 0, places: [NOWHERE; CHUNKS], carried }
    }
}

impl PartialEq for Histogram {
    /// Whether both counted the same, in whatever order.
    fn eq(&self, other: &Histogram) -> bool {
        let figures = |h: &Histogram| (h.count, h.sum, h.min, h.max);
        figures(self) == figures(other) && self.buckets().eq(other.buckets())
    }
}

impl Eq for Histogram {}

/// The chunk and the bucket within it that hold a value.
#[inline]
fn place(value: u64) -> (usize, usize) {
    let octave = (value | (BUCKETS as u64 - 1)).ilog2() + 1 - BUCKET_BITS;
    let shift = octave.saturating_sub(1);
    (octave as usize, (value >> shift) as usize & (BUCKETS - 1))
}

/// The least value of a bucket, and how many values fall into it.
fn bounds(chunk: usize, bucket: usize) -> (u64, u64) {
    match chunk {
        0 => (bucket as u64, 1),
        _ => (((BUCKETS + bucket) as u64) << (chunk - 1), 1 << (chunk - 1)),
    }
}

impl Histogram {
    /// A histogram of nothing; allocates nothing.
    pub fn new() -> Histogram {
        Histogram::default()
    }

    /// Counts one value, in nanoseconds.
    #[inline]
    pub fn record(&mut self, value: u64) {
        let (chunk, bucket) = place(value);
        let index = usize::from(self.places[chunk]) * BUCKETS + bucket;
        match self.counts.get_mut(index) {
            Some(count) if *count < u8::MAX => *count += 1,
            _ => self.add(chunk, bucket, 1),
        }
        self.count += 1;
        self.sum += u128::from(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Adds to a count, with all that is rare: a chunk that is missing, a carry.
    #[cold]
    fn add(&mut self, chunk: usize, bucket: usize, count: u64) {
        if self.places[chunk] == NOWHERE {
            self.places[chunk] = (self.counts.len() / BUCKETS) as u8;
            self.counts.resize(self.counts.len() + BUCKETS, 0);
        }
        let index = usize::from(self.places[chunk]) * BUCKETS + bucket;
        let sum = u64::from(self.counts[index]) + count;
        self.counts[index] = sum as u8;
        if sum >> 8 > 0 {
            self.carried.resize(self.counts.len(), 0);
            self.carried[index] += sum >> 8;
        }
    }

    /// Adds what another histogram counted; the result is that of one histogram that saw both.
    pub fn merge(&mut self, other: &Histogram) {
        for (chunk, bucket, count) in other.filled() {
            self.add(chunk, bucket, count);
        }
        self.count += other.count;
        self.sum += other.sum;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Forgets everything (at the end of the warm-up), keeping what is allocated.
    pub fn clear(&mut self) {
        self.counts.fill(0);
        self.carried.clear();
        (self.count, self.sum, self.min, self.max) = (0, 0, u64::MAX, 0);
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their exact sum, in nanoseconds.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The least value; `None` where there is none.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest value; `None` where there is none.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The exact mean in nanoseconds; `None` where there is no value.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// The quantile of `share` (from 0 to 1) in nanoseconds; `None` where there is no value.
    ///
    /// By nearest rank: the value that stands at place ⌈share × count⌉ (at least 1) of all values
    /// in order. The `k` values of its bucket are taken as evenly spread over the bucket, the
    /// `j`-th at `(j − ½)/k` of its width, and never outside the values seen. Hence the answer
    /// lies within one bucket's width, 1/256, of that value; below 512 ns it is that value.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        self.quantile_among(share, self.count)
    }

    /// The quantile where `total − count` values more (requests that were never served) are
    /// greater than all that are counted here: infinite where the place falls on one of those,
    /// `None` where `total` is 0.
    pub fn quantile_among(&self, share: f64, total: u64) -> Option<f64> {
        match rank(share, total.max(self.count)) {
            0 => None,
            rank if rank > self.count => Some(f64::INFINITY),
            1 => Some(self.min as f64),
            rank if rank == self.count => Some(self.max as f64),
            rank => self.at_rank(rank),
        }
    }

    fn at_rank(&self, rank: u64) -> Option<f64> {
        let mut below = 0;
        for (least, width, count) in self.buckets() {
            if below + count >= rank {
                let part = ((rank - below) as f64 - 0.5) / count as f64;
                let value = least as f64 + (width - 1) as f64 * part;
                return Some(value.clamp(self.min as f64, self.max as f64));
            }
            below += count;
        }
        None
    }

    /// The buckets that hold something, in order: least value, width, count.
    fn buckets(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.filled().map(|(chunk, bucket, count)| {
            let (least, width) = bounds(chunk, bucket);
            (least, width, count)
        })
    }

    /// The same buckets: chunk, place in it, count.
    fn filled(&self) -> impl Iterator<Item = (usize, usize, u64)> + '_ {
        let there = self.places.iter().enumerate().filter(|(_, place)| **place != NOWHERE);
        let all = there.flat_map(move |(chunk, place)| {
            let begin = usize::from(*place) * BUCKETS;
            (0..BUCKETS).map(move |bucket| (chunk, bucket, self.counted(begin + bucket)))
        });
        all.filter(|(_, _, count)| *count > 0)
    }

    fn counted(&self, index: usize) -> u64 {
        self.carried.get(index).map_or(0, |carried| carried << 8) + u64::from(self.counts[index])
    }

    /// The distribution: for every bucket that holds something, its greatest possible value in
    /// nanoseconds (the greatest seen, for the last) and how many values are at most that.
    pub fn cumulative(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let mut buckets = self.buckets();
        let mut below = 0;
        iter::from_fn(move || {
            let (least, width, count) = buckets.next()?;
            below += count;
            Some(((least + (width - 1)).min(self.max), below))
        })
    }
}

/// ⌈share × count⌉, from 1 to count (0 where there is none). The product is first lessened by a
/// relative 10⁻¹², so that 0.07 × 100, which is 7.000000000000001 in binary, is place 7.
fn rank(share: f64, count: u64) -> u64 {
    let place = (share * count as f64 * (1.0 - 1e-12)).ceil();
    (place as u64).max(1).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn histogram(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        values.iter().for_each(|v| histogram.record(*v));
        histogram
    }

    /// Values of every magnitude: as many from each octave.
    fn values() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec((any::<u64>(), 0..64u32).prop_map(|(v, s)| v >> s), 1..200)
    }

    #[test]
    fn buckets_tile_the_integers() {
        let mut next = 0u128;
        for chunk in 0..=(64 - BUCKET_BITS as usize) {
            for bucket in 0..BUCKETS {
                let (least, width) = bounds(chunk, bucket);
                assert_eq!(u128::from(least), next);
                assert_eq!(place(least), (chunk, bucket));
                assert_eq!(place(least + (width - 1)), (chunk, bucket));
                assert!(width == 1 || width <= least / 256, "{least} {width}");
                next += u128::from(width);
            }
        }
        assert_eq!(next, 1 << 64);
    }

    #[test]
    fn nearest_rank_on_a_known_list() {
        let histogram = histogram(&(1..=100).collect::<Vec<_>>());
        for (share, expected) in [(0.0, 1.0), (0.07, 7.0), (0.5, 50.0), (0.95, 95.0), (0.951, 96.0), (1.0, 100.0)] {
            assert_eq!(histogram.quantile(share), Some(expected), "{share}");
        }
        assert_eq!(histogram.mean(), Some(50.5));
        assert_eq!((histogram.count(), histogram.sum()), (100, 5050));
        assert_eq!((histogram.min(), histogram.max()), (Some(1), Some(100)));
    }

    #[test]
    fn nothing_counted_is_undefined_and_costs_no_allocation() {
        let histogram = Histogram::new();
        assert_eq!(histogram.counts.capacity(), 0);
        assert_eq!((histogram.mean(), histogram.max(), histogram.quantile(0.5)), (None, None, None));
        assert_eq!(histogram.cumulative().count(), 0);
    }

    #[test]
    fn what_was_not_served_counts_as_infinitely_late() {
        let served = histogram(&[10; 98]);
        assert_eq!(served.quantile_among(0.98, 100), Some(10.0));
        assert_eq!(served.quantile_among(0.99, 100), Some(f64::INFINITY));
        assert_eq!(Histogram::new().quantile_among(0.5, 3), Some(f64::INFINITY));
    }

    #[test]
    fn counts_beyond_eight_bits_are_carried() {
        let mut many = histogram(&[7; 200_000]);
        many.merge(&histogram(&[7; 200_000]));
        many.record(3);
        assert_eq!(many.cumulative().collect::<Vec<_>>(), [(3, 1), (7, 400_001)]);
        many.clear();
        many.record(7);
        assert_eq!(many, histogram(&[7]));
    }

    proptest! {
        #[test]
        fn a_quantile_is_within_a_256th_of_the_nearest_rank(values in values(), share in 0.0..=1.0f64) {
            let found = histogram(&values).quantile(share).unwrap();
            let mut sorted = values;
            sorted.sort_unstable();
            let exact = sorted[rank(share, sorted.len() as u64) as usize - 1] as f64;
            prop_assert!((found - exact).abs() <= exact / 256.0, "{found} is not near {exact}");
        }

        #[test]
        fn parts_merge_into_the_whole(values in values(), cut in 0..200usize) {
            let (left, right) = values.split_at(cut.min(values.len()));
            let mut merged = histogram(left);
            merged.merge(&histogram(right));
            let whole = histogram(&values);
            prop_assert_eq!(merged.cumulative().collect::<Vec<_>>(), whole.cumulative().collect::<Vec<_>>());
            prop_assert_eq!((merged.count(), merged.sum(), merged.min(), merged.max()),
                            (whole.count(), whole.sum(), whole.min(), whole.max()));
            merged.clear();
            prop_assert_eq!((merged.count(), merged.sum(), merged.quantile(0.5)), (0, 0, None));
        }

        #[test]
        fn the_distribution_rises_to_the_greatest_value(values in values()) {
            let histogram = histogram(&values);
            let points: Vec<_> = histogram.cumulative().collect();
            prop_assert!(points.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 < w[1].1));
            prop_assert_eq!(points.last().copied(), Some((*values.iter().max().unwrap(), values.len() as u64)));
        }
    }
}
