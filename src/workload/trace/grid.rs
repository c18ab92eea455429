//! Rows with times, on a grid of equal intervals: which length it has, what is missing, what is unfinished.

use super::Gaps as Filling;
use super::counts::Row;
use crate::units::NANOS_PER_SECOND;
use std::collections::{BTreeMap, VecDeque};

/// How far rows stand apart.
#[derive(Default)]
pub(super) struct Gaps {
    counts: BTreeMap<u64, u64>,
    total: u64,
}

/// The most distances that are told apart.
const DISTANCES: usize = 4_096;

/// Lengths that people measure by, in seconds: what is within 2 % of one is meant for it.
const USUAL: [u64; 20] =
    [1, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 604_800];

impl Gaps {
    pub(super) fn take(&mut self, apart: u64) {
        self.total += 1;
        if self.counts.len() < DISTANCES || self.counts.contains_key(&apart) {
            *self.counts.entry(apart).or_default() += 1;
        }
    }

    /// The length of an interval: the distance that half of all rows have, else the middle one.
    pub(super) fn interval(&self) -> Option<u64> {
        let most = self.counts.iter().max_by_key(|(apart, count)| (**count, std::cmp::Reverse(**apart)))?;
        if most.1 * 2 >= self.total {
            return Some(*most.0);
        }
        let all: u64 = self.counts.values().sum();
        let mut passed = 0;
        let middle = self.counts.iter().find(|(_, count)| {
            passed += **count;
            passed * 2 >= all
        });
        let middle = *middle?.0;
        let near = |seconds: &u64| (seconds * NANOS_PER_SECOND).abs_diff(middle) <= seconds * NANOS_PER_SECOND / 50;
        Some(USUAL.into_iter().find(near).map_or(middle, |seconds| seconds * NANOS_PER_SECOND))
    }
}

/// Puts rows into intervals, those of one interval together.
pub(super) struct Grid {
    zero: i64,
    interval: u64,
    filling: Filling,
    /// The interval being filled.
    current: Option<(u64, u64)>,
    ready: VecDeque<(u64, u64)>,
    /// What is left to be interpolated: the next place, and both neighbours.
    between: Option<Between>,
    rows: u64,
    missing: u64,
    ended: bool,
}

#[derive(Clone, Copy)]
struct Between {
    next: u64,
    from: (u64, u64),
    to: (u64, u64),
}

impl Grid {
    pub(super) fn new(zero: i64, interval: u64, filling: Filling) -> Grid {
        let (current, ready, between) = (None, VecDeque::new(), None);
        Grid { zero, interval: interval.max(1), filling, current, ready, between, rows: 0, missing: 0, ended: false }
    }

    pub(super) fn take(&mut self, row: &Row) {
        let place = match row.time {
            Some(time) => time.saturating_sub(self.zero).max(0) as u64 / self.interval,
            None => self.rows,
        };
        self.rows += 1;
        match &mut self.current {
            Some((here, count)) if *here == place => *count += row.count,
            current => {
                let before = current.replace((place, row.count));
                self.settle(before, Some(place));
            }
        }
    }

    /// An interval is full: it goes out, with those that are missing behind it.
    fn settle(&mut self, before: Option<(u64, u64)>, next: Option<u64>) {
        let Some(before) = before else { return };
        self.ready.push_back(before);
        let missing = next.map_or(0, |next| next.saturating_sub(before.0 + 1));
        self.missing += missing;
        if missing > 0
            && self.filling == Filling::Interpolate
            && let Some(to) = self.current
        {
            // The row's own count may grow by later rows of its interval; its first tells the level.
            self.between = Some(Between { next: before.0 + 1, from: before, to });
        }
    }

    pub(super) fn end(&mut self) {
        let last = self.current.take();
        self.settle(last, None);
        self.ended = true;
    }

    /// Whether all has been given out.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Intervals between others that no row is of.
    pub(super) fn missing(&self) -> u64 {
        self.missing
    }

    /// The next interval that is full.
    pub(super) fn next(&mut self) -> Option<(u64, u64)> {
        if let Some(first) = self.ready.pop_front() {
            return Some(first);
        }
        let between = self.between.as_mut()?;
        let place = between.next;
        if place >= between.to.0 {
            self.between = None;
            return None;
        }
        between.next += 1;
        let share = (place - between.from.0) as f64 / (between.to.0 - between.from.0) as f64;
        let level = between.from.1 as f64 + (between.to.1 as f64 - between.from.1 as f64) * share;
        Some((place, libm::round(level) as u64))
    }
}

/// The first and the last intervals of a trace, to see whether they were measured whole.
#[derive(Default)]
pub(super) struct Ends {
    first: Vec<u64>,
    last: VecDeque<u64>,
}

/// Neighbours that an end is held against.
const NEIGHBOURS: usize = 10;

impl Ends {
    pub(super) fn take(&mut self, count: u64) {
        if self.first.len() <= NEIGHBOURS {
            self.first.push(count);
        }
        self.last.push_front(count);
        self.last.truncate(NEIGHBOURS + 1);
    }

    /// Whether the first and the last are so far below their neighbours as chance does not bring them.
    pub(super) fn partial(&self) -> (bool, bool) {
        let last: Vec<u64> = self.last.iter().copied().collect();
        (is_partial(&self.first), is_partial(&last))
    }
}

/// Whether the first of these is below the others: by six standard deviations of theirs (of chance, where that is
/// more), and by three tenths.
fn is_partial(counts: &[u64]) -> bool {
    let Some((end, others)) = counts.split_first().filter(|(_, others)| others.len() >= 5) else { return false };
    let n = others.len() as f64;
    let mean = others.iter().sum::<u64>() as f64 / n;
    let variance = others.iter().map(|c| (*c as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let deviation = variance.max(mean).sqrt();
    mean >= 10.0 && (*end as f64) < mean - 6.0 * deviation && (*end as f64) < 0.7 * mean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(seconds: &[u64]) -> Option<u64> {
        let mut gaps = Gaps::default();
        seconds.iter().for_each(|s| gaps.take(s * NANOS_PER_SECOND));
        gaps.interval().map(|i| i / NANOS_PER_SECOND)
    }

    #[test]
    fn an_interval_is_what_most_rows_are_apart() {
        assert_eq!(interval(&[60, 240, 60]), Some(60));
        assert_eq!(interval(&[60, 120]), Some(60));
        assert_eq!(interval(&[300, 1, 299]), Some(300));
        assert_eq!(interval(&[]), None);
        assert_eq!(interval(&[58, 61, 60, 59, 62]), Some(60));
    }

    #[test]
    fn unfinished_ends() {
        assert!(is_partial(&[168, 2996, 3020, 3001, 2950, 3040, 2999]));
        assert!(!is_partial(&[2800, 2996, 3020, 3001, 2950, 3040, 2999]));
        assert!(!is_partial(&[0, 5, 4, 6, 5, 5, 4]));
        assert!(!is_partial(&[0, 10, 20, 30, 40, 50, 60]), "what grows is not unfinished");
        assert!(!is_partial(&[0, 100]));
    }
}
