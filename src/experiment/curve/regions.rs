//! The cheapest case by region of traffic: from one point to the next, everything that is known
//! to change between them (two cases changing places, a case beginning or ceasing to meet its
//! objective) is gone through in its order.

use super::{Curve, METRICS, Metric};

/// A stretch of traffic and the case that is cheapest in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The case.
    pub case: String,
    /// From this multiple of the scenario's traffic …
    pub from: f64,
    /// … to this one.
    pub to: f64,
}

/// What changes at some traffic.
enum Change {
    /// The first of two cases is dearer from here on.
    Places(usize, usize),
    /// A case meets its objective from here on, or does not.
    Meets(usize, bool),
}

/// Which case is cheaper than which, and which can be had at all.
struct Ranking {
    cheaper: Vec<Vec<bool>>,
    feasible: Vec<bool>,
}

/// The regions, from the least traffic to the greatest; where no case meets its objective there is
/// none.
pub fn cheapest(curve: &Curve, metric: Metric) -> Vec<Region> {
    let costs: Vec<Vec<Option<f64>>> = curve
        .cases
        .iter()
        .map(|case| case.estimates(metric).into_iter().map(|cost| cost.and_then(|cost| cost.mean)).collect())
        .collect();
    let mut regions: Vec<Region> = Vec::new();
    for (point, traffic) in curve.traffic.iter().enumerate() {
        let mut ranking = Ranking::between(&costs, point);
        extend(curve, &mut regions, ranking.best(), *traffic, *traffic);
        let Some(next) = curve.traffic.get(point + 1) else { continue };
        let mut from = *traffic;
        for (at, change) in changes(curve, metric, (*traffic, *next)) {
            extend(curve, &mut regions, ranking.best(), from, at);
            ranking.apply(&change);
            from = at;
        }
        // What the ranking says of the rest must agree with the next point; where a change was
        // missed, that point begins its own region.
        extend(curve, &mut regions, ranking.best(), from, *next);
    }
    regions.retain(|region| region.to > region.from || curve.traffic.len() == 1);
    regions.dedup_by(|next, last| {
        let same = next.case == last.case && next.from <= last.to;
        last.to = if same { last.to.max(next.to) } else { last.to };
        same
    });
    regions
}

fn extend(curve: &Curve, regions: &mut Vec<Region>, best: Option<usize>, from: f64, to: f64) {
    let Some(best) = best else { return };
    let name = &curve.cases[best].name;
    match regions.last_mut() {
        Some(last) if last.case == *name && last.to >= from => last.to = last.to.max(to),
        _ => regions.push(Region { case: name.clone(), from, to }),
    }
}

/// Everything that changes between two traffics, in its order.
fn changes(curve: &Curve, metric: Metric, (low, high): (f64, f64)) -> Vec<(f64, Change)> {
    let index = |name: &str| curve.cases.iter().position(|case| case.name == name);
    let named = METRICS.iter().find(|(_, path)| *path == metric).map_or("", |(name, _)| *name);
    let inside = |traffic: f64| traffic > low && traffic <= high;
    let crossings = curve.crossovers.iter().filter(|c| c.metric == named && inside(c.traffic));
    let crossings = crossings.filter_map(|c| Some((c.traffic, Change::Places(index(&c.below)?, index(&c.above)?))));
    let edges = curve.cases.iter().enumerate().flat_map(|(index, case)| {
        let inside = case.edges.iter().filter(move |edge| inside(edge.at()));
        inside.map(move |edge| (edge.at(), Change::Meets(index, !edge.met_below)))
    });
    let mut changes: Vec<(f64, Change)> = crossings.chain(edges).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    changes
}

impl Ranking {
    /// The ranking at a point; of a case that meets its objective at the next point alone, by what
    /// it costs there.
    fn between(costs: &[Vec<Option<f64>>], point: usize) -> Ranking {
        let next = |case: usize| costs[case].get(point + 1).copied().flatten();
        let cost = |case: usize| costs[case][point].or_else(|| next(case)).unwrap_or(f64::INFINITY);
        let cheaper = |a: usize| (0..costs.len()).map(|b| cost(a) < cost(b)).collect();
        Ranking {
            cheaper: (0..costs.len()).map(cheaper).collect(),
            feasible: costs.iter().map(|costs| costs[point].is_some()).collect(),
        }
    }

    fn apply(&mut self, change: &Change) {
        match *change {
            Change::Places(below, above) => {
                self.cheaper[below][above] = false;
                self.cheaper[above][below] = true;
            }
            Change::Meets(case, meets) => self.feasible[case] = meets,
        }
    }

    /// The case than which no other is cheaper.
    fn best(&self) -> Option<usize> {
        let cases = 0..self.feasible.len();
        let beaten = |case: usize| cases.clone().any(|other| self.feasible[other] && self.cheaper[other][case]);
        cases.clone().find(|case| self.feasible[*case] && !beaten(*case))
    }
}
