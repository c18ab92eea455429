//! How the service was over time: what became of the requests that came in each stretch of the window.
//!
//! The counters of an app's facts are looked at where a stretch ends. What a request that came in an earlier
//! stretch adds to them is taken out of the present one and put where it belongs; most end in the stretch in which
//! they came, and cost a comparison.

use super::facts::AppFacts;
use super::world::{Outcome, World};
use crate::units::{Span, Time};

/// What became of the requests that came in one stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// How many came.
    pub arrived: i64,
    /// Of those, for how many an instance was started.
    pub cold: i64,
    /// Of those, how many found no place.
    pub rejected: i64,
    /// Of those, how many were served.
    pub served: i64,
    /// Their latencies' sum, in nanoseconds.
    pub latency: i128,
}

impl Stretch {
    fn of(facts: &[AppFacts]) -> Stretch {
        let mut all = Stretch::default();
        for facts in facts {
            all.arrived += facts.arrived as i64;
            all.cold += facts.cold as i64;
            all.rejected += facts.rejected as i64;
            all.served += facts.served as i64;
            all.latency += facts.latency.sum() as i128;
        }
        all
    }

    /// Adds another one.
    pub fn add(&mut self, other: &Stretch) {
        self.arrived += other.arrived;
        self.cold += other.cold;
        self.rejected += other.rejected;
        self.served += other.served;
        self.latency += other.latency;
    }

    fn less(&self, other: &Stretch) -> Stretch {
        Stretch {
            arrived: self.arrived - other.arrived,
            cold: self.cold - other.cold,
            rejected: self.rejected - other.rejected,
            served: self.served - other.served,
            latency: self.latency - other.latency,
        }
    }
}

/// The stretches of the measured window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Course {
    /// When the present one began: who came before belongs to another.
    pub since: Time,
    from: Time,
    length: u64,
    stretches: Vec<Stretch>,
    /// What the counters were when the last stretch ended, with what has been put elsewhere since.
    seen: Stretch,
}

impl Course {
    pub fn new(from: Time, length: Span, count: usize) -> Course {
        let stretches = vec![Stretch::default(); count.max(1)];
        Course { since: Time(0), from, length: length.0.max(1), stretches, seen: Stretch::default() }
    }

    /// When the `index`-th stretch begins.
    pub fn boundary(&self, index: usize) -> Time {
        let part = u128::from(self.length) * index as u128 / self.stretches.len() as u128;
        self.from + Span(part as u64)
    }

    /// The stretch that holds a moment of the window.
    fn stretch_of(&self, moment: Time) -> usize {
        let into = u128::from(moment.since(self.from).0);
        let near = (into * self.stretches.len() as u128 / u128::from(self.length)) as usize;
        // Boundaries are whole nanoseconds; of a window of a few, some stretches have no length.
        let later = (near..self.stretches.len() - 1).find(|index| moment < self.boundary(index + 1));
        later.unwrap_or(self.stretches.len() - 1)
    }

    #[cold]
    fn put_back(&mut self, arrival: Time, what: &Stretch) {
        let index = self.stretch_of(arrival);
        self.stretches[index].add(what);
        self.seen.add(what);
    }
}

impl World {
    /// The measured window begins, or the stretch before this one is over.
    pub(crate) fn end_stretch(&mut self, ended: Option<usize>) {
        let now = Stretch::of(&self.facts);
        if let Some(index) = ended {
            let grown = now.less(&self.course.seen);
            if let Some(stretch) = self.course.stretches.get_mut(index) {
                stretch.add(&grown);
            }
        }
        (self.course.seen, self.course.since) = (now, self.now);
    }

    /// A request has ended that came in an earlier stretch.
    #[inline]
    pub(crate) fn note_end(&mut self, arrival: Time, outcome: Outcome) {
        if arrival < self.course.since {
            let served = i64::from(outcome == Outcome::Served);
            let what = Stretch {
                rejected: i64::from(outcome == Outcome::Rejected),
                served,
                latency: i128::from(served) * i128::from((self.now - arrival).0),
                ..Stretch::default()
            };
            self.course.put_back(arrival, &what);
        }
    }

    /// An instance has been started for a request that came in an earlier stretch.
    #[inline]
    pub(crate) fn note_cold(&mut self, arrival: Time) {
        if arrival < self.course.since {
            self.course.put_back(arrival, &Stretch { cold: 1, ..Stretch::default() });
        }
    }

    /// What became of those who came in each stretch of the window.
    pub fn course(&self) -> &[Stretch] {
        &self.course.stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_is_in_one_stretch() {
        for length in [1u64, 7, 240, 241, 1000] {
            let course = Course::new(Time(100), Span(length), 240);
            for moment in 0..length {
                let (moment, index) = (Time(100 + moment), course.stretch_of(Time(100 + moment)));
                assert!(
                    course.boundary(index) <= moment && moment < course.boundary(index + 1),
                    "{moment:?} in {index}"
                );
            }
        }
    }
}
