//! Sobol' indices: the share of a result's variance that an axis explains by itself (first order),
//! and together with all others (total).
//!
//! Estimators of Saltelli et al., Computer Physics Communications 181 (2010), table 2: (b) for
//! the first order, and Jansen's (f) for the total; intervals by the bootstrap over base points.

use super::data::Data;
use super::{Finding, Report};
use crate::engine::random::Stream;

/// A value with its 95 % interval.
pub type Bounded = (f64, (f64, f64));

/// The indices of one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The first-order index.
    pub first: Bounded,
    /// The total index.
    pub total: Bounded,
}

/// Resamples of the bootstrap.
const RESAMPLES: usize = 1_000;

/// The indices of every axis, from the results of a Saltelli design: for each base point A, B,
/// and A with each column from B in turn. Nothing where the results do not vary.
pub fn indices(results: &[f64], axes: usize, seed: u64) -> Option<Vec<Index>> {
    let blocks: Vec<&[f64]> = results.chunks_exact(axes + 2).collect();
    if blocks.is_empty() {
        return None;
    }
    // The mean is taken off first: the first-order estimator is far less noisy so.
    let mean = blocks.iter().map(|block| block[0] + block[1]).sum::<f64>() / (2 * blocks.len()) as f64;
    let all: Vec<usize> = (0..blocks.len()).collect();
    let found = estimate(&blocks, &all, axes, mean)?;
    let mut stream = Stream::named(seed, 0, "sensitivity", "bootstrap");
    let mut resampled: Vec<Vec<(f64, f64)>> = vec![Vec::with_capacity(RESAMPLES); axes];
    for _ in 0..RESAMPLES {
        let drawn: Vec<usize> = all.iter().map(|_| stream.below(blocks.len() as u64) as usize).collect();
        for (axis, pair) in estimate(&blocks, &drawn, axes, mean).into_iter().flatten().enumerate() {
            resampled[axis].push(pair);
        }
    }
    let index = |(axis, (first, total)): (usize, (f64, f64))| Index {
        first: (first, interval(resampled[axis].iter().map(|pair| pair.0))),
        total: (total, interval(resampled[axis].iter().map(|pair| pair.1))),
    };
    Some(found.into_iter().enumerate().map(index).collect())
}

/// First-order and total index of each axis, from some of the base points.
fn estimate(blocks: &[&[f64]], chosen: &[usize], axes: usize, mean: f64) -> Option<Vec<(f64, f64)>> {
    let n = chosen.len() as f64;
    let (mut sum, mut square) = (0.0, 0.0);
    let mut parts = vec![(0.0, 0.0); axes];
    for block in chosen.iter().map(|place| blocks[*place]) {
        let (a, b) = (block[0] - mean, block[1] - mean);
        sum += a + b;
        square += a * a + b * b;
        for (part, mixed) in parts.iter_mut().zip(&block[2..]) {
            let mixed = mixed - mean;
            part.0 += b * (mixed - a);
            part.1 += (a - mixed) * (a - mixed) / 2.0;
        }
    }
    let own = sum / (2.0 * n);
    let variance = square / (2.0 * n) - own * own;
    let varies = variance > 0.0 && variance > 1e-24 * mean * mean;
    varies.then(|| parts.into_iter().map(|(first, total)| (first / n / variance, total / n / variance)).collect())
}

/// The range that holds the middle 95 % of the values.
fn interval(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values.get(((values.len() as f64 - 1.0) * share).round() as usize).copied();
    (at(0.025).unwrap_or(f64::NAN), at(0.975).unwrap_or(f64::NAN))
}

/// Adds the findings about a metric of a case.
pub(super) fn analyse(data: &Data, metric: usize, case: usize, report: &mut Report) {
    let name = format!("{} of {}", data.metrics[metric], data.cases[case]);
    let Some(means) = data.means(metric, case) else {
        return report.notes.push(format!("{name} is undefined at some points: it has no Sobol' indices"));
    };
    let axes = data.axes.len();
    if means.len() != data.sample_points * (axes + 2) {
        return report.notes.push("the table does not hold every point of its design".into());
    }
    let Some(found) = indices(&means, axes, 1) else {
        return report.notes.push(format!("{name} is the same everywhere: it has no Sobol' indices"));
    };
    for (axis, index) in data.axes.iter().zip(found) {
        for (analysis, (value, interval)) in [("sobol-first", index.first), ("sobol-total", index.total)] {
            report.findings.push(Finding {
                analysis,
                metric: data.metrics[metric].clone(),
                case: data.cases[case].clone(),
                axis: axis.clone(),
                level: String::new(),
                value: Some(value),
                interval: Some(interval),
            });
        }
    }
}
