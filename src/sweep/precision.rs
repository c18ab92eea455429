//! `--precision`: replications are added to a point until its figures are known well enough.

use super::plan::Plan;
use crate::metrics::{Estimate, Path as FigurePath};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The figures that are watched, of every case.
const WATCHED: [[&str; 2]; 3] = [["invoice_usd", "total"], ["latency_s", "mean"], ["latency_s", "p99"]];
/// The most replications that are added up to.
const MOST: u32 = 1_000;

/// The watched figures of each replication, by its number.
type Seen = Vec<Option<[Option<f64>; 3]>>;

/// What has been seen of the watched figures.
#[derive(Debug)]
pub struct Watch {
    /// The half-width that is enough, as a share of the mean.
    pub precision: f64,
    seen: Mutex<HashMap<(u32, u32), Seen>>,
}

impl Watch {
    /// A watch that has seen nothing.
    pub fn new(precision: f64) -> Watch {
        Watch { precision, seen: Mutex::default() }
    }

    /// Takes in a run: its point's place in the plan, its case, its figures.
    pub fn saw(&self, point: u32, case: u32, replication: u32, figures: &[(FigurePath, f64)]) {
        let value = |path: &[&str; 2]| {
            figures.iter().find(|(known, _)| known == path).map(|(_, value)| *value).filter(|v| v.is_finite())
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let values = seen.entry((point, case)).or_default();
        let place = replication as usize;
        if values.len() <= place {
            values.resize(place + 1, None);
        }
        values[place] = Some([value(&WATCHED[0]), value(&WATCHED[1]), value(&WATCHED[2])]);
    }

    /// The next range of replications of each point; empty where no more are needed. A point's
    /// own results decide, so that shards, threads and interruptions change nothing.
    pub fn more(&self, plan: &Plan, wanted: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let next = |(place, (from, to)): (usize, &(u32, u32))| {
            if from == to || *to >= MOST || self.is_precise(place as u32, plan.points[place].cases, *to) {
                return (*to, *to);
            }
            (*to, (to + (to / 2).max(5)).min(MOST))
        };
        wanted.iter().enumerate().map(next).collect()
    }

    /// Judges by the first replications alone: the store may have more of them already.
    fn is_precise(&self, point: u32, cases: u32, replications: u32) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let of_case = |case: u32| seen.get(&(point, case));
        (0..cases).filter_map(of_case).all(|runs| {
            (0..WATCHED.len()).all(|figure| {
                let runs = runs.iter().take(replications as usize);
                let values: Vec<Option<f64>> = runs.map(|run| run.and_then(|values| values[figure])).collect();
                values.iter().all(Option::is_none)
                    || Estimate::of(&values).relative_half_width().is_none_or(|half| half <= self.precision)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judged by the half-width that the table shows, of each watched figure and each case: enough
    /// at just above its share of the mean, and not at just below.
    #[test]
    fn the_widest_interval_decides() {
        let values = [1.0, 1.2, 0.9, 1.1, 1.05];
        let share = Estimate::of(&values.map(Some)).relative_half_width().unwrap();
        for (figure, path) in WATCHED.iter().enumerate() {
            for wide_case in 0..2 {
                let judged = |precision: f64| {
                    let watch = Watch::new(precision);
                    for (case, k) in (0..2).flat_map(|case| (0..5).map(move |k| (case, k))) {
                        let narrow = |at: usize| at != figure || case != wide_case;
                        let value = |at: usize| if narrow(at) { 1.0 } else { values[k as usize] };
                        let own = WATCHED.iter().enumerate();
                        let figures: Vec<(FigurePath, f64)> =
                            own.map(|(at, path)| (path.map(String::from).to_vec(), value(at))).collect();
                        watch.saw(3, case, k, &figures);
                    }
                    watch.is_precise(3, 2, 5)
                };
                assert!(judged(share * 1.001) && !judged(share * 0.999), "{path:?} of case {wide_case}");
            }
        }
    }
}
