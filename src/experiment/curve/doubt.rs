//! How far noise leaves it open where two cases change places: beyond the points of the curve at
//! which neither is surely the cheaper.

use super::{CaseCurve, Crossover, METRICS, Metric, feasible};
use crate::metrics::Estimate;

/// A crossover whose interval reaches over all the points beside it at which the difference of
/// costs is within its noise, to the first at which it is not (or as far as both cases go). None where
/// neither case is surely the cheaper at any point: lines that lie upon each other, but for noise, cross
/// nowhere.
pub fn widened(found: Crossover, traffic: &[f64], cases: &[CaseCurve]) -> Option<Crossover> {
    let case = |name: &str| cases.iter().find(|case| case.name == name);
    let (Some(below), Some(above)) = (case(&found.below), case(&found.above)) else { return Some(found) };
    let metric = METRICS.iter().find(|(name, _)| *name == found.metric).map_or(METRICS[0].1, |(_, metric)| metric);
    if (0..traffic.len()).all(|point| doubt(below, above, metric, point) != Some(false)) {
        return None;
    }
    let next = traffic.partition_point(|at| *at <= found.traffic);
    let low = reach((0..next).rev(), |point| doubt(below, above, metric, point));
    let high = reach(next..traffic.len(), |point| doubt(below, above, metric, point));
    Some(Crossover {
        low: low.map_or(found.low, |point| found.low.min(traffic[point])),
        high: high.map_or(found.high, |point| found.high.max(traffic[point])),
        ..found
    })
}

/// The first point that is not doubtful, or the last there is; none where the first of all is not.
fn reach(points: impl Iterator<Item = usize>, doubt: impl Fn(usize) -> Option<bool>) -> Option<usize> {
    let mut reached = None;
    for point in points {
        match doubt(point) {
            Some(true) => reached = Some(point),
            Some(false) => return reached.map(|_| point),
            None => break,
        }
    }
    reached
}

/// Whether either may be the cheaper at a point; nothing where not both can be ordered.
fn doubt(below: &CaseCurve, above: &CaseCurve, metric: Metric, point: usize) -> Option<bool> {
    let values = |case: &CaseCurve| match &case.points[point] {
        Ok(found) if feasible(&case.points[point]) => Some(found.values(metric)),
        _ => None,
    };
    let (below, above) = (values(below)?, values(above)?);
    let of = Estimate::of(&above).mean.unwrap_or(0.0);
    Some(Estimate::paired_difference(&below, &above).is_no_difference(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_reaches_over_doubtful_points_to_the_first_that_is_sure() {
        let doubts = [Some(false), Some(true), Some(true), Some(false), None];
        let of = |point: usize| doubts[point];
        assert_eq!(reach((0..3).rev(), of), Some(0));
        assert_eq!(reach(1..5, of), Some(3));
        assert_eq!(reach(3..5, of), None, "the nearest is sure");
        assert_eq!(reach(4..5, of), None);
        assert_eq!(reach(1..3, of), Some(2), "as far as there are points");
    }
}
