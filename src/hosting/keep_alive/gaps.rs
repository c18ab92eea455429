//! The idle times of one app and tenant, in bins: what the histogram policy learns from.

use super::histogram::Histogram;
use crate::units::Span;

/// Idle times by length.
#[derive(Clone, Debug)]
pub struct Gaps {
    bins: Vec<u32>,
    within: u64,
    /// Idle times beyond the last bin.
    pub(super) beyond: u64,
    /// The sum of the squares of the bins' counts.
    squares: u128,
    /// Of the idle times within, in whole bins: their sum and that of their squares.
    bin_sum: u128,
    bin_squares: u128,
    /// Of all idle times, in nanoseconds.
    sum: u128,
}

/// What becomes of an instance whose last request has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// It is unloaded, and loaded again after so long; 0: it stays.
    pub prewarm: Span,
    /// It is given up so long after the end of its last request, if none has come.
    pub until: Span,
}

impl Gaps {
    /// No idle time yet.
    pub fn new(rule: &Histogram) -> Gaps {
        let bins = vec![0; rule.bins()];
        Gaps { bins, within: 0, beyond: 0, squares: 0, bin_sum: 0, bin_squares: 0, sum: 0 }
    }

    /// Notes an idle time.
    pub fn record(&mut self, rule: &Histogram, idle: Span) {
        self.sum += u128::from(idle.0);
        let bin = (idle.0 / rule.bin.0) as usize;
        let Some(count) = self.bins.get_mut(bin) else {
            self.beyond += 1;
            return;
        };
        // (c + 1)² − c² = 2 c + 1.
        self.squares += 2 * u128::from(*count) + 1;
        *count = count.saturating_add(1);
        self.within += 1;
        self.bin_sum += bin as u128;
        self.bin_squares += (bin * bin) as u128;
    }

    /// The share of idle times beyond the last bin.
    pub(super) fn share_beyond(&self) -> f64 {
        let all = self.beyond + self.within;
        if all == 0 { 0.0 } else { self.beyond as f64 / all as f64 }
    }

    /// The mean of all idle times, in nanoseconds.
    pub(super) fn mean(&self) -> f64 {
        self.sum as f64 / (self.beyond + self.within).max(1) as f64
    }

    /// The standard deviation of the bins' counts (over n − 1) by their mean; 0 without any.
    pub(super) fn variation_of_counts(&self) -> f64 {
        let n = self.bins.len() as f64;
        if self.within == 0 || self.bins.len() < 2 {
            return 0.0;
        }
        let mean = self.within as f64 / n;
        let variance = (self.squares as f64 - mean * self.within as f64).max(0.0) / (n - 1.0);
        libm::sqrt(variance) / mean
    }

    /// The variance of the idle times within by their mean, both in bins; `None` of fewer than two.
    pub(super) fn dispersion(&self) -> Option<f64> {
        let n = self.within as f64;
        let mean = self.bin_sum as f64 / n;
        let variance = self.bin_squares as f64 / n - mean * mean;
        (self.within >= 2).then(|| if mean == 0.0 { 0.0 } else { variance.max(0.0) / mean })
    }

    /// The first bin up to which there is this share of the idle times within.
    pub(super) fn percentile(&self, share: f64) -> usize {
        let mut count = 0u64;
        let reached = self.bins.iter().position(|bin| {
            count += u64::from(*bin);
            count as f64 / self.within as f64 >= share
        });
        reached.unwrap_or(self.bins.len() - 1)
    }
}
