//! The cheapest case by region of traffic: from one point to the next, everything that is known
//! to change between them (two cases changing places, a case beginning or ceasing to meet its
//! objective) is gone through in its order.

use super::{CaseCurve, Curve, METRICS, Metric};
use crate::experiment::served;
use crate::metrics::{Estimate, is_equal};
use crate::units::format;

/// A stretch of traffic and the case that is cheapest in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The case.
    pub case: String,
    /// The cases that cost the same, or whose difference to it the noise covers, at both ends of each
    /// stretch between points: of these none is the cheapest.
    pub ties: Vec<String>,
    /// The share of its requests that the case serves, where another serves more.
    pub served: Option<f64>,
    /// From this multiple of the scenario's traffic …
    pub from: f64,
    /// … to this one.
    pub to: f64,
}

impl Region {
    /// The case as one may call it the cheapest: "a", "a or b" where they are not told apart, "a (which serves
    /// 90.2 % alone)".
    pub fn words(&self) -> String {
        let names = std::iter::once(&self.case).chain(&self.ties).map(String::as_str).collect::<Vec<_>>().join(" or ");
        let served = self.served.map(|share| format!(" (which serves {} alone)", format::percent(share)));
        format!("{names}{}", served.unwrap_or_default())
    }
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
    /// Which case is not told from which.
    tied: Vec<Vec<bool>>,
    /// What a case serves, where another serves more.
    less: Vec<Option<f64>>,
}

/// The best at some traffic.
struct Best {
    case: usize,
    ties: Vec<usize>,
    served: Option<f64>,
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
        let mut ranking = Ranking::between(curve, metric, &costs, point);
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
        let same = next.case == last.case && next.ties == last.ties && next.from <= last.to;
        last.to = if same { last.to.max(next.to) } else { last.to };
        last.served = if same { least(last.served, next.served) } else { last.served };
        same
    });
    regions
}

/// The lesser of two shares, of which either may not be there.
fn least(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    [a, b].into_iter().flatten().reduce(f64::min)
}

fn extend(curve: &Curve, regions: &mut Vec<Region>, best: Option<Best>, from: f64, to: f64) {
    let Some(best) = best else { return };
    let name = |case: &usize| curve.cases[*case].name.clone();
    let (case, ties) = (name(&best.case), best.ties.iter().map(name).collect::<Vec<_>>());
    match regions.last_mut() {
        Some(last) if last.case == case && last.ties == ties && last.to >= from => {
            (last.to, last.served) = (last.to.max(to), least(last.served, best.served));
        }
        _ => regions.push(Region { case, ties, served: best.served, from, to }),
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

/// Which cases are not told from which at all of some points: those at which both can be had, of which
/// there is at least one.
fn ties(curve: &Curve, metric: Metric, points: &[usize]) -> Vec<Vec<bool>> {
    let values = |case: usize, point: usize| {
        let found = &curve.cases[case].points[point];
        found.as_ref().ok().filter(|_| curve.cases[case].is_feasible(point)).map(|found| found.values(metric))
    };
    let tied = |a: usize, b: usize| {
        let told = points.iter().filter_map(|point| {
            let (a, b) = (values(a, *point)?, values(b, *point)?);
            let of = Estimate::of(&b).mean.unwrap_or(0.0);
            Some(!Estimate::paired_difference(&a, &b).is_no_difference(of))
        });
        let told: Vec<bool> = told.collect();
        !told.is_empty() && !told.contains(&true)
    };
    let count = curve.cases.len();
    (0..count).map(|a| (0..count).map(|b| a != b && tied(a, b)).collect()).collect()
}

/// What each case serves at the worst of some points, where that is less than another does.
fn less(curve: &Curve, points: &[usize]) -> Vec<Option<f64>> {
    let mut found = vec![None; curve.cases.len()];
    for point in points {
        let share = |case: &CaseCurve| {
            let there = case.points[*point].as_ref().ok().filter(|_| case.is_feasible(*point))?;
            served::share(there)
        };
        let shares: Vec<Option<f64>> = curve.cases.iter().map(share).collect();
        for (case, found) in found.iter_mut().enumerate() {
            *found = least(*found, served::less(&shares, case));
        }
    }
    found
}

impl Ranking {
    /// The ranking at a point; of a case that meets its objective at the next point alone, by what
    /// it costs there.
    fn between(curve: &Curve, metric: Metric, costs: &[Vec<Option<f64>>], point: usize) -> Ranking {
        let ends: Vec<usize> = (point..curve.traffic.len()).take(2).collect();
        let next = |case: usize| costs[case].get(point + 1).copied().flatten();
        let cost = |case: usize| costs[case][point].or_else(|| next(case)).unwrap_or(f64::INFINITY);
        // Of two that cost the same here, the one that is cheaper at the next point, where they part.
        let is_cheaper = |a: usize, b: usize| match is_equal(cost(a), cost(b)) {
            true => next(a).zip(next(b)).is_some_and(|(a, b)| a < b && !is_equal(a, b)),
            false => cost(a) < cost(b),
        };
        let cheaper = |a: usize| (0..costs.len()).map(|b| is_cheaper(a, b)).collect();
        Ranking {
            cheaper: (0..costs.len()).map(cheaper).collect(),
            feasible: costs.iter().map(|costs| costs[point].is_some()).collect(),
            tied: ties(curve, metric, &ends),
            less: less(curve, &ends),
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
    fn best(&self) -> Option<Best> {
        let cases = 0..self.feasible.len();
        let beaten = |case: usize| cases.clone().any(|other| self.feasible[other] && self.cheaper[other][case]);
        let case = cases.clone().find(|case| self.feasible[*case] && !beaten(*case))?;
        let tied = |other: &usize| *other != case && self.feasible[*other] && self.tied[case][*other];
        Some(Best { case, ties: cases.clone().filter(tied).collect(), served: self.less[case] })
    }
}
