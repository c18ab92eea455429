//! What a sweep found in short: each case over all points.

use crate::metrics::Estimate;
use crate::sweep::sensitivity::{Data, cheapest_cases};

/// A case over all points.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseSummary {
    /// At how many points it is the cheapest of those that meet their objectives.
    pub cheapest: usize,
    /// At how many points it has a result and every run met the objectives.
    pub met: usize,
    /// At how many points its metrics are undefined: it cannot be ordered there, or a run failed.
    pub undefined: usize,
    /// For each metric: the least, the middle and the greatest of the points' means.
    pub ranges: Vec<Option<[f64; 3]>>,
}

/// Every case over all points.
pub fn summaries(data: &Data) -> Vec<CaseSummary> {
    let cheapest = cheapest_cases(data);
    let points = 0..data.points.len();
    let defined = |point: usize, case: usize| data.mean(cost(data), case, point).is_some();
    let of_case = |case: usize| CaseSummary {
        cheapest: cheapest.iter().filter(|best| **best == Some(case)).count(),
        met: points.clone().filter(|point| data.met[case].get(*point) == Some(&true) && defined(*point, case)).count(),
        undefined: points.clone().filter(|point| !defined(*point, case)).count(),
        ranges: (0..data.metrics.len()).map(|metric| range(data, metric, case)).collect(),
    };
    (0..data.cases.len()).map(of_case).collect()
}

/// The place of the TCO, which is always read.
fn cost(data: &Data) -> usize {
    data.metrics.iter().position(|name| name == "tco_usd").unwrap_or(0)
}

fn range(data: &Data, metric: usize, case: usize) -> Option<[f64; 3]> {
    let mut means: Vec<f64> = (0..data.points.len()).filter_map(|point| data.mean(metric, case, point)).collect();
    means.sort_by(f64::total_cmp);
    Some([*means.first()?, means[means.len() / 2], *means.last()?])
}

/// The points at which the noise of the simulation covers the difference between the cheapest case
/// and the next one, in paired differences; nothing where there is one replication.
pub fn within_the_noise(data: &Data) -> usize {
    let (metric, cheapest) = (cost(data), cheapest_cases(data));
    let close = |(point, best): (usize, &Option<usize>)| {
        let best = (*best)?;
        let met = |case: &usize| *case != best && data.met[*case].get(point).copied().unwrap_or(false);
        let mean = |case: usize| Some((case, data.mean(metric, case, point)?));
        let (next, _) = (0..data.cases.len()).filter(met).filter_map(mean).min_by(|a, b| a.1.total_cmp(&b.1))?;
        let [best, next] = [best, next].map(|case| data.runs(metric, case, point));
        Some(Estimate::paired_difference(best, next).straddles(0.0))
    };
    cheapest.iter().enumerate().filter_map(close).filter(|close| *close).count()
}
