//! Where the cheaper of two cases changes: brackets between the points, narrowed by one
//! replication, and then an interval that covers the noise, by up to four times the replications
//! of a point.
//!
//! Where both orders stay the same the difference of costs is smooth: its value at the root with
//! its confidence interval, over its slope, is the interval of the root. Where an order changes,
//! costs jump, and the interval reaches to where it is sure which order is needed (`stairs` where
//! it is one instance more; here where it is anything else).

use super::stage::Stage;
use super::stairs::Grid;
use super::{CaseCurve, Crossover, METRICS, Metric};
use crate::experiment::deploy::Order;
use crate::experiment::point::Point;
use crate::experiment::sizing::Between;
use crate::metrics::{Estimate, is_equal};
use rayon::prelude::*;

/// Steps of a refinement at the most.
const MOST_STEPS: u32 = 24;
/// A bracket whose ends differ by less than this share is narrow enough.
pub const NARROW: f64 = 0.004;
/// Replications that look for a step; all of them say how sure it is.
pub const FEW: u32 = 3;
/// Slopes are taken over at least this share of the traffic.
const SLOPE: f64 = 1.04;
/// An interval whose half is wider, as a share of the root, is asked more replications …
const WIDE: f64 = 0.5 * NARROW;
/// … up to so many times those of a point.
const MOST_TIMES: u32 = 4;
/// Between two points that might cross twice, so many parts are looked at.
pub const PARTS: u32 = 4;

/// Two traffics between which two cases change places.
pub struct Bracket {
    name: &'static str,
    /// What both cost.
    pub metric: Metric,
    /// The first case, of the scenario's.
    pub a: usize,
    /// The second.
    pub b: usize,
    /// Below and above.
    pub ends: [End; 2],
    /// What is ordered at the points of the curve around it.
    orders: (Between, Between),
    /// The places between these points.
    pub grid: Grid,
}

impl Bracket {
    /// The point of the curve on one side: as far as an interval reaches where noise leaves all
    /// that is nearer open.
    pub fn cell_end(&self, side: usize) -> f64 {
        self.grid.at(if side == 0 { 0 } else { self.grid.parts() })
    }
}

/// One end of a bracket: a traffic, the difference of costs, and what is ordered.
#[derive(Clone)]
pub struct End {
    /// The traffic.
    pub traffic: f64,
    /// What the first case costs beyond the second.
    pub difference: f64,
    /// What both order.
    pub orders: [Vec<Order>; 2],
}

impl End {
    /// Whether the same is ordered at two ends.
    pub fn orders_as(&self, other: &End) -> bool {
        let words = |end: &End| end.orders.each_ref().map(|orders| orders.iter().map(Order::words).collect::<Vec<_>>());
        words(self) == words(other)
    }
}

/// Both cases at one traffic.
pub struct Pair {
    /// The first case's and the second's.
    pub points: [Point; 2],
}

impl Pair {
    /// What the first costs beyond the second.
    pub fn difference(&self, metric: Metric) -> Estimate {
        let most = self.points.iter().map(|point| point.replications.len()).max().unwrap_or(0);
        let [a, b] = self.points.each_ref().map(|point| {
            let mut values = point.values(metric);
            if is_flat(point, metric) {
                values.resize(most, values[0]);
            }
            values
        });
        Estimate::paired_difference(&a, &b)
    }

    fn cost(&self, metric: Metric) -> Option<f64> {
        Some(0.5 * (self.points[0].estimate(metric).mean? + self.points[1].estimate(metric).mean?))
    }

    /// As an end of a bracket.
    pub fn end(&self, metric: Metric) -> Option<End> {
        let difference = self.difference(metric).mean?;
        let of = self.points[1].estimate(metric).mean.unwrap_or(0.0);
        let difference = if is_equal(of + difference, of) { 0.0 } else { difference };
        let orders = self.points.each_ref().map(|point| point.orders.clone());
        Some(End { traffic: self.points[0].traffic, difference, orders })
    }

    fn is_sure(&self, metric: Metric, sign: f64) -> bool {
        let difference = self.difference(metric);
        let right = difference.mean.is_some_and(|mean| mean.signum() == sign && mean != 0.0);
        right && !difference.straddles(0.0) && self.points.iter().all(Point::is_sure)
    }
}

impl Stage<'_> {
    /// All brackets: neighbouring points between which the difference of two cases changes sign,
    /// and parts between points where two may have crossed twice.
    pub fn brackets(&self, traffic: &[f64], cases: &[CaseCurve]) -> Vec<Bracket> {
        let count = cases.len();
        let mut cells = Vec::new();
        for (name, metric) in METRICS {
            let costs: Vec<Vec<Option<f64>>> = cases
                .iter()
                .map(|case| case.estimates(metric).into_iter().map(|cost| cost.and_then(|cost| cost.mean)).collect())
                .collect();
            for (a, b) in (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))) {
                for point in 1..traffic.len() {
                    let of = |case: usize| Some([costs[case][point - 1]?, costs[case][point]?]);
                    if let (Some(of_a), Some(of_b)) = (of(a), of(b))
                        && overlap(of_a, of_b)
                    {
                        let end = |k: usize, of_a: f64, of_b: f64| End {
                            traffic: traffic[k],
                            difference: apart(of_a, of_b, (costs[a].get(k + 1), costs[b].get(k + 1))),
                            orders: [a, b].map(|c| match &cases[c].points[k] {
                                Ok(point) => point.orders.clone(),
                                Err(_) => Vec::new(),
                            }),
                        };
                        let ends = [end(point - 1, of_a[0], of_b[0]), end(point, of_a[1], of_b[1])];
                        let orders = (orders_between(&cases[a], point), orders_between(&cases[b], point));
                        let grid = Grid::new([traffic[point - 1], traffic[point]], NARROW, PARTS);
                        cells.push(Bracket { name, metric, a, b, ends, orders, grid });
                    }
                }
            }
        }
        cells.par_iter().flat_map_iter(|cell| self.parted(cell)).collect()
    }

    /// The brackets within one: itself, where its sign changes and orders stay; else those of its
    /// parts whose signs change.
    fn parted(&self, cell: &Bracket) -> Vec<Bracket> {
        let changes =
            |[low, high]: &[End; 2]| low.difference * high.difference.signum() < 0.0 && high.difference != 0.0;
        let mut ends = vec![cell.ends[0].clone()];
        if !changes(&cell.ends) || !cell.ends[0].orders_as(&cell.ends[1]) {
            for part in 1..PARTS {
                let traffic = cell.grid.at(cell.grid.parts() / PARTS * part);
                ends.extend(self.pair(cell, &cell.orders, traffic, 1).and_then(|pair| pair.end(cell.metric)));
            }
        }
        ends.push(cell.ends[1].clone());
        let pairs = ends.windows(2).map(|pair| [pair[0].clone(), pair[1].clone()]).filter(changes);
        let bracket = |ends| Bracket { ends, orders: cell.orders.clone(), ..*cell };
        pairs.map(bracket).collect()
    }

    /// Both cases at a traffic, each sized between the orders that are known below and above it.
    pub fn pair(&self, of: &Bracket, orders: &(Between, Between), traffic: f64, replications: u32) -> Option<Pair> {
        let a = self.between(of.a, traffic, &orders.0, replications).ok()?;
        let b = self.between(of.b, traffic, &orders.1, replications).ok()?;
        Some(Pair { points: [a, b] })
    }

    /// Narrows a bracket down, and finds the interval of its root.
    pub fn refine(&self, found: &Bracket) -> Option<Crossover> {
        if !found.ends[0].orders_as(&found.ends[1])
            && let Some(step) = self.stair(found)
        {
            return Some(step);
        }
        let (wide, narrow) = self.narrowed(found, found.ends.clone(), 1)?;
        if narrow[0].orders_as(&narrow[1])
            && let Some(smooth) = self.smooth(found, &wide, &narrow)
        {
            return Some(smooth);
        }
        self.step(found, narrow)
    }

    /// The bracket when it was last wide enough for a slope, and when it is narrow.
    fn narrowed(&self, found: &Bracket, ends: [End; 2], replications: u32) -> Option<([End; 2], [End; 2])> {
        let (mut wide, mut narrow) = (ends.clone(), ends);
        for step in 0..MOST_STEPS {
            if narrow[1].traffic / narrow[0].traffic < 1.0 + NARROW || self.stopped() {
                break;
            }
            let Some(pair) = self.pair(found, &within(&narrow), between(&narrow, step), replications) else { break };
            let middle = pair.end(found.metric)?;
            let side = usize::from(middle.difference.signum() != narrow[0].difference.signum());
            narrow[side] = middle;
            if narrow[1].traffic / narrow[0].traffic > SLOPE {
                wide = narrow.clone();
            }
        }
        Some((wide, narrow))
    }

    /// The root of a smooth difference: by Newton's step from its value over its slope, with twice
    /// and four times the replications of a point while its noise is what limits it.
    fn smooth(&self, found: &Bracket, wide: &[End; 2], narrow: &[End; 2]) -> Option<Crossover> {
        let at = root(narrow);
        let slope = self
            .slope(found, narrow, at)
            .unwrap_or_else(|| (wide[1].difference - wide[0].difference) / (wide[1].traffic - wide[0].traffic));
        let mut replications = self.scenario.run.replications.max(2);
        let mut pair = self.pair_of(found, narrow, at)?;
        self.more_of(found, &mut pair, replications)?;
        let mut difference = pair.difference(found.metric);
        while difference.ci95? > WIDE * at * slope.abs() && replications < MOST_TIMES * self.scenario.run.replications {
            replications *= 2;
            self.more_of(found, &mut pair, replications)?;
            difference = pair.difference(found.metric);
        }
        let (mean, half) = (difference.mean?, difference.ci95? / slope.abs());
        let traffic = at - mean / slope;
        let apart = wide[1].traffic / wide[0].traffic;
        if !traffic.is_finite() || !(wide[0].traffic / apart..=wide[1].traffic * apart).contains(&traffic) {
            return None;
        }
        let resolution = 0.5 * (narrow[1].traffic - narrow[0].traffic);
        let (low, high) = (traffic - half.max(resolution), traffic + half.max(resolution));
        Some(self.crossover(found, traffic, (low, high), pair.cost(found.metric)?))
    }

    /// The slope of the difference at a root, by the same few replications at both ends: the ends of a bracket may
    /// be points of the curve, with all of them, and places between these, with one, whose difference is mostly
    /// that of their noise. Nothing where another order is placed beside the root.
    fn slope(&self, found: &Bracket, narrow: &[End; 2], at: f64) -> Option<f64> {
        let beside = at * SLOPE;
        let of = |traffic: f64| self.pair(found, &within(narrow), traffic, FEW)?.end(found.metric);
        let (here, there) = (of(at)?, of(beside)?);
        let slope = (there.difference - here.difference) / (beside - at);
        (here.orders_as(&there) && slope.is_finite() && slope != 0.0).then_some(slope)
    }

    /// Both cases near a root, replicated a few times: under the order that is the same at both
    /// points of the curve around it, else under the one that all replications would place.
    fn pair_of(&self, found: &Bracket, narrow: &[End; 2], traffic: f64) -> Option<Pair> {
        let one = |case: usize, known: &Between, orders: &[Order]| {
            let is_the_same = |pair: &Option<(Order, Order)>| pair.as_ref().is_some_and(|(a, b)| a == b);
            if !known.is_empty() && known.iter().all(is_the_same) {
                return self.placed(case, orders, traffic, FEW);
            }
            self.between(case, traffic, known, self.scenario.run.replications).ok()
        };
        let a = one(found.a, &found.orders.0, &narrow[0].orders[0])?;
        Some(Pair { points: [a, one(found.b, &found.orders.1, &narrow[0].orders[1])?] })
    }

    /// More replications of both. A cost that has come out the same in every one so far is a flat
    /// price, which no other will change.
    fn more_of(&self, found: &Bracket, pair: &mut Pair, replications: u32) -> Option<()> {
        for (case, point) in [found.a, found.b].into_iter().zip(&mut pair.points) {
            if !is_flat(point, found.metric) {
                self.more(case, point, replications).ok()?;
            }
        }
        Some(())
    }

    /// The root where an order changes: the ends of its bracket moved outwards until they are on
    /// their sides by a few replications, narrowed by these, and moved until all make that sure.
    fn step(&self, found: &Bracket, narrow: [End; 2]) -> Option<Crossover> {
        let all = self.scenario.run.replications;
        let few = all.min(FEW);
        let sides = [found.ends[0].difference.signum(), found.ends[1].difference.signum()];
        let outwards = |side: usize, sure: bool, from: &End| {
            let (bound, mut known) = (found.ends[side].traffic, [from.clone(), from.clone()]);
            known[side] = found.ends[side].clone();
            for k in 0..6 {
                let factor = 1.0 + NARROW * f64::from(1 << k);
                let traffic =
                    if side == 0 { (from.traffic / factor).max(bound) } else { (from.traffic * factor).min(bound) };
                // All replications are asked where the first few, which they hold, are sure already.
                let look = self.pair(found, &within(&known), traffic, few)?;
                let promising = sure && (traffic == bound || look.is_sure(found.metric, sides[side]));
                let pair = if promising { self.pair(found, &within(&known), traffic, all)? } else { look };
                let end = pair.end(found.metric)?;
                let there = end.difference.signum() == sides[side] && end.difference != 0.0;
                let there = if sure { promising && pair.is_sure(found.metric, sides[side]) } else { there };
                if there {
                    return Some(end);
                }
                if traffic == bound {
                    return Some(End { traffic: if sure { found.cell_end(side) } else { bound }, ..end });
                }
            }
            Some(found.ends[side].clone())
        };
        let ends = [outwards(0, false, &narrow[0])?, outwards(1, false, &narrow[1])?];
        let (_, narrow) = self.narrowed(found, ends, few)?;
        let interval = (outwards(0, true, &narrow[0])?.traffic, outwards(1, true, &narrow[1])?.traffic);
        let at = (narrow[0].traffic * narrow[1].traffic).sqrt();
        let cost = self.pair(found, &within(&narrow), at, all)?.cost(found.metric)?;
        Some(self.crossover(found, at, interval, cost))
    }

    /// What is told of a crossing.
    pub fn crossover(&self, found: &Bracket, at: f64, (low, high): (f64, f64), value: f64) -> Crossover {
        let (a, b) = (&self.scenario.cases[found.a].name, &self.scenario.cases[found.b].name);
        let a_is_cheaper_below = found.ends[0].difference < 0.0;
        let (below, above) = if a_is_cheaper_below { (a, b) } else { (b, a) };
        Crossover {
            metric: found.name,
            below: below.clone(),
            above: above.clone(),
            traffic: at,
            low: low.min(at),
            high: high.max(at),
            value,
        }
    }
}

/// What one costs beyond another: nothing where they cost the same, unless they part at the next point, in
/// whose direction they then differ by next to nothing. So lines that touch have no crossing, those that
/// lie upon each other none, and those that cross at a point have theirs there.
fn apart(a: f64, b: f64, (next_a, next_b): (Option<&Option<f64>>, Option<&Option<f64>>)) -> f64 {
    if !is_equal(a, b) {
        return a - b;
    }
    match (next_a.copied().flatten(), next_b.copied().flatten()) {
        (Some(next_a), Some(next_b)) if !is_equal(next_a, next_b) => (next_a - next_b).signum() * f64::MIN_POSITIVE,
        _ => 0.0,
    }
}

/// Whether a cost came out the same in each of several replications.
fn is_flat(point: &Point, metric: Metric) -> bool {
    let values = point.values(metric);
    values.len() >= FEW as usize && values.iter().all(|value| value.is_some() && *value == values[0])
}

/// What is known of the orders between two ends.
pub fn within([low, high]: &[End; 2]) -> (Between, Between) {
    let of = |case: usize| -> Between {
        low.orders[case].iter().cloned().zip(high.orders[case].iter().cloned()).map(Some).collect()
    };
    (of(0), of(1))
}

/// Whether the costs of two cases come near each other between two points: that of one (which may
/// be taken to lie between what it is at both) with that of the other.
fn overlap(a: [f64; 2], b: [f64; 2]) -> bool {
    let range = |[x, y]: [f64; 2]| (x.min(y), x.max(y));
    let (a, b) = (range(a), range(b));
    a.0 <= b.1 && b.0 <= a.1 && !(a == b && a.0 == a.1)
}

/// The orders of a case at two neighbouring points, per app.
fn orders_between(case: &CaseCurve, point: usize) -> Between {
    match (&case.points[point - 1], &case.points[point]) {
        (Ok(lesser), Ok(greater)) => {
            lesser.orders.iter().cloned().zip(greater.orders.iter().cloned()).map(Some).collect()
        }
        _ => Vec::new(),
    }
}

/// Where the line through both ends crosses zero (in traffic, as costs are mostly straight in it).
fn root([low, high]: &[End; 2]) -> f64 {
    let straight = low.traffic + (high.traffic - low.traffic) * low.difference / (low.difference - high.difference);
    if straight.is_finite() { straight } else { (low.traffic * high.traffic).sqrt() }
}

/// The next traffic to look at: where the line crosses zero, every third time the middle, so that
/// a step is found too.
fn between(ends: &[End; 2], step: u32) -> f64 {
    let (low, high) = (ends[0].traffic, ends[1].traffic);
    let middle = (low * high).sqrt();
    // Kept off the ends, so that each step narrows the bracket from both sides.
    let (near, far) = (low * (1.0 + NARROW / 3.0), high / (1.0 + NARROW / 3.0));
    if step % 3 == 2 || near >= far { middle } else { root(ends).clamp(near, far) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_touch_or_lie_upon_each_other_do_not_cross() {
        let (five, six) = (Some(5.0), Some(6.0));
        assert_eq!(apart(5.0, 6.0, (None, None)), -1.0);
        assert_eq!(apart(5.0, 5.0, (Some(&five), Some(&five))), 0.0, "they lie upon each other");
        assert_eq!(apart(5.0, 5.0 + 1e-13, (None, None)), 0.0, "the last point");
        assert_eq!(apart(5.0, 5.0, (Some(&None), Some(&five))), 0.0);
        assert!(apart(5.0, 5.0, (Some(&six), Some(&five))) > 0.0);
        assert!(apart(5.0, 5.0, (Some(&five), Some(&six))) < 0.0);
    }
}
