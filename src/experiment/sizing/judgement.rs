//! What an order came to.

use crate::experiment::load::{BACKLOG, GROWTH, LOAD, at_rest};
use crate::experiment::objective::{Judged, means, verdicts};
use crate::experiment::replicate::Replication;
use std::sync::Arc;

/// A part of an objective that is beyond its bound by less than this factor, or within it by less,
/// is too close to be told from one replication.
const CLOSE: f64 = 1.4;

/// What an order came to.
pub struct Judgement {
    /// Whether the objective is met, on the mean.
    pub met: bool,
    /// Whether no part is near its bound, and no interval holds it.
    pub clear: bool,
    /// Whether no interval holds a bound (of one replication: whether it is clear).
    pub sure: bool,
    /// The mean TCO of the replications.
    pub tco_usd: f64,
    /// The replications.
    pub replications: Vec<Arc<Replication>>,
    /// The means of the objective's parts.
    pub parts: Vec<Judged>,
}

impl Judgement {
    /// Judges the first app of some replications; where it is `to_rest`, also on whether it has settled: on
    /// all replications, of arrivals at one rate.
    pub fn of(replications: Vec<Arc<Replication>>, to_rest: bool) -> Judgement {
        let judged: Vec<&[Judged]> = replications.iter().map(|r| r.objectives[0].as_slice()).collect();
        let verdicts = verdicts(&judged);
        // What a price list does not sell (a pool's hours used up) cannot be ordered.
        let sold = replications.iter().all(|replication| replication.billed.errors.is_empty());
        let rest = to_rest.then(|| at_rest(&replications));
        let rests = rest.as_ref().is_none_or(Judged::holds);
        let parts: Vec<Judged> = means(&judged).into_iter().chain(rest).collect();
        // What is offered is counted, and no matter of luck.
        let told = |part: &Judged| part.name == LOAD || part.name == BACKLOG;
        let near = |part: &Judged| !told(part) && (1.0 / CLOSE..CLOSE).contains(&part.excess());
        let clear = !judged.iter().flat_map(|parts| parts.iter()).any(near);
        let sure = if replications.len() > 1 { !verdicts.iter().any(|verdict| verdict.straddles) } else { clear };
        Judgement {
            met: sold && rests && verdicts.iter().all(|verdict| verdict.met),
            clear: clear && sure,
            sure,
            tco_usd: replications.iter().map(|replication| super::tco(replication)).sum::<f64>()
                / replications.len() as f64,
            parts,
            replications,
        }
    }

    /// The part that is nearest to its bound, or furthest beyond it.
    pub fn worst(&self) -> Option<&Judged> {
        let asked = |part: &&Judged| !matches!(part.name.as_ref(), LOAD | BACKLOG | GROWTH) || !part.holds();
        self.parts.iter().filter(asked).max_by(|a, b| a.excess().total_cmp(&b.excess()))
    }

    /// How far the worst part is beyond its bound, as a factor.
    pub fn excess(&self) -> f64 {
        self.worst().map_or(0.0, Judged::excess)
    }

    /// Whether some part of the objective came out better by more than a thousandth.
    pub fn is_better_than(&self, other: &Judgement) -> bool {
        self.parts.iter().zip(&other.parts).any(|(now, before)| {
            let gain = if now.at_least { now.found - before.found } else { before.found - now.found };
            gain > 1e-3 * before.found.abs() || (before.found.is_infinite() && now.found.is_finite())
        })
    }
}
