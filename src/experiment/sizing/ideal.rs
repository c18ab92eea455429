//! The best that a size can give, however many instances there are: no request ever waits. What that
//! misses, no number meets; and more instances than requests would then be there at once help nobody.

use super::bounds::MOST_INSTANCES;
use super::search::{Refusal, Search};
use crate::catalogue::Size;
use crate::experiment::deploy::deployment;
use crate::experiment::objective::Judged;
use crate::hosting::routing::Routing;
use crate::metrics::Histogram;
use crate::scenario::Statistic;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The best of one replication must miss a bound by more than this factor: others have luck of their own.
const SURELY: f64 = 1.1;
/// The peak of one replication's requests is another's times less than this.
const SPARE: f64 = 2.0;
/// A router that does not look needs more than so many would do with one that does.
const BLIND: f64 = 8.0;

/// What a size comes to where no request waits.
#[derive(Clone, Debug)]
pub struct Ideal {
    /// More instances than this help nobody.
    pub most: u32,
    /// Why none do, where none do.
    pub refusal: Option<Refusal>,
}

const UNKNOWN: Ideal = Ideal { most: MOST_INSTANCES, refusal: None };

impl Search<'_> {
    /// Plays the first replication's requests to so many instances that none waits: once for all sizes that
    /// work at one pace. Where users wait for answers, nothing is known beforehand.
    pub fn ideal(&mut self, size: &Size) -> Ideal {
        let app = &self.scenario.apps[0];
        let Ok(plan) = deployment(self.case, self.plan(), app, &self.plain(size, 1)) else { return UNKNOWN };
        // What is held to a quota has full speed until it is used up.
        let pace = plan.speed * if plan.quota.is_some() { 1.0 } else { plan.cores.as_f64().min(1.0) };
        let known = self.ideals.iter().find(|(known, _)| *known == pace.to_bits());
        if let Some((_, ideal)) = known {
            return ideal.clone();
        }
        let ideal = self.ideal_at(pace);
        self.ideals.push((pace.to_bits(), ideal.clone()));
        ideal
    }

    fn ideal_at(&self, pace: f64) -> Ideal {
        let window = self.scenario.window();
        let (begin, end) = (window.warm_up.0, window.end().0);
        let mut latency = Histogram::default();
        let mut inside: BinaryHeap<Reverse<u64>> = BinaryHeap::new();
        let mut most = 1;
        let played = self.each_arrival(|arrival| {
            let time = (arrival.cpu as f64 / pace) as u64 + arrival.wait;
            let now = arrival.time.0;
            while inside.peek().is_some_and(|done| done.0 <= now) {
                inside.pop();
            }
            inside.push(Reverse(now.saturating_add(time)));
            most = most.max(inside.len());
            if (begin..end).contains(&now) {
                latency.record(time);
            }
        });
        if !played || latency.count() == 0 {
            return UNKNOWN;
        }
        let sees = matches!(self.plan().terms.routing.unwrap_or_default(), Routing::LeastLoaded);
        let spare = if sees { SPARE } else { SPARE * BLIND };
        let most = (most as f64 * spare).ceil().min(f64::from(MOST_INSTANCES)) as u32;
        Ideal { most, refusal: self.refused_by(&latency) }
    }

    fn refused_by(&self, latency: &Histogram) -> Option<Refusal> {
        let seconds = |nanoseconds: Option<f64>| nanoseconds.map_or(0.0, |ns| ns / 1e9);
        let parts = self.scenario.apps[0].slo.latency.iter().map(|bound| {
            let found = match bound.statistic {
                Statistic::Mean => seconds(latency.mean()),
                Statistic::Quantile(share) => seconds(latency.quantile(share)),
                // The longest is another in every replication.
                Statistic::Max => 0.0,
            };
            Judged { name: bound.name.clone().into(), found, bound: bound.most.seconds(), at_least: false }
        });
        let worst = parts.max_by(|a, b| a.excess().total_cmp(&b.excess()))?;
        let why = format!("{} even where no request waits", worst.said());
        (worst.excess() > SURELY).then(|| Refusal { excess: worst.excess(), why })
    }
}
