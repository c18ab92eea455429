//! Averages over a window of one-second buckets, and the highest number in a window.
//! (knative/serving, pkg/autoscaler/aggregation)

/// How a window is averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// All seconds alike.
    Linear,
    /// Later seconds weigh more.
    WeightedExponential,
}

/// Sums by second. Averaged over its age while it is younger than the window.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    algorithm: Algorithm,
    buckets: Vec<f64>,
    first: Option<i64>,
    last: i64,
    total: f64,
}

/// Of a weighted window: the smallest share of the latest second, and what the weights before the
/// window's beginning may sum to.
const LEAST_WEIGHT: f64 = 0.2;
const PRECISION: f64 = 0.0001;

impl Window {
    /// An empty window of so many seconds.
    pub fn new(seconds: u32, algorithm: Algorithm) -> Window {
        Window { algorithm, buckets: vec![0.0; seconds.max(1) as usize], first: None, last: 0, total: 0.0 }
    }

    fn length(&self) -> i64 {
        self.buckets.len() as i64
    }

    fn slot(&self, second: i64) -> usize {
        second.rem_euclid(self.length()) as usize
    }

    /// Adds to the bucket of a second; what is older than the window is ignored.
    pub fn record(&mut self, second: i64, value: f64) {
        if self.first.is_none() {
            self.first = Some(second);
            self.last = second;
        } else if second + self.length() <= self.last {
            return;
        }
        self.first = self.first.map(|first| first.min(second));
        if second - self.last >= self.length() {
            self.buckets.fill(0.0);
            (self.first, self.total) = (Some(second), 0.0);
        } else {
            for between in self.last + 1..=second {
                let slot = self.slot(between);
                self.total -= std::mem::take(&mut self.buckets[slot]);
            }
        }
        self.last = self.last.max(second);
        let slot = self.slot(second);
        self.buckets[slot] += value;
        self.total += value;
    }

    /// The average at a second; 0 where nothing was recorded for a window's length.
    pub fn average(&self, now: i64) -> f64 {
        let Some(first) = self.first else { return 0.0 };
        let silent = now - self.last;
        if silent >= self.length() {
            return 0.0;
        }
        match self.algorithm {
            Algorithm::Linear => self.linear(first, silent.max(0)),
            Algorithm::WeightedExponential => self.weighted(silent.max(0)),
        }
    }

    fn linear(&self, first: i64, silent: i64) -> f64 {
        let dropped: f64 = (self.last + 1..=self.last + silent).map(|second| self.buckets[self.slot(second)]).sum();
        let seconds = (self.last - first + 1).min(self.length() - silent);
        let average = (self.total - dropped) / seconds as f64;
        (average * 1e6).round() / 1e6
    }

    fn weighted(&self, silent: i64) -> f64 {
        let share = LEAST_WEIGHT.max(1.0 - libm::pow(PRECISION, 1.0 / self.length() as f64));
        let weight = |age: i64| share * libm::pow(1.0 - share, age as f64);
        let seconds = 0..self.length() - silent;
        seconds.map(|back| self.buckets[self.slot(self.last - back)] * weight(back + silent)).sum()
    }
}

/// The highest of what was decided within a delay, by buckets of two seconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HighestOf {
    buckets: i64,
    decided: Vec<(i64, u32)>,
}

impl HighestOf {
    /// A window of so many seconds.
    pub fn new(seconds: u32) -> HighestOf {
        HighestOf { buckets: i64::from(seconds).div_euclid(2) + i64::from(seconds % 2), decided: Vec::new() }
    }

    /// Notes a decision, and gives the highest in the window.
    pub fn record(&mut self, second: i64, pods: u32) -> u32 {
        let bucket = second.div_euclid(2);
        self.decided.retain(|entry| bucket - entry.0 < self.buckets && entry.1 > pods);
        self.decided.push((bucket, pods));
        self.decided.iter().map(|entry| entry.1).fold(pods, u32::max)
    }
}
