//! Main effects and interactions of a grid (Montgomery, Design and Analysis of Experiments,
//! chapter 5): how far the mean at each value of an axis lies from the mean of all points, and
//! what share of the variance between points each axis, and each pair, explains.

use super::data::Data;
use super::{Finding, Report};
use crate::metrics::Estimate;

/// Adds the findings about a metric of a case.
pub(super) fn analyse(data: &Data, metric: usize, case: usize, report: &mut Report) {
    let Some(means) = data.means(metric, case) else {
        report.notes.push(format!(
            "{} of {} is undefined at some points: it has no effects",
            data.metrics[metric], data.cases[case]
        ));
        return;
    };
    let finding = |analysis, axis: String, level: String, value, interval| Finding {
        analysis,
        metric: data.metrics[metric].clone(),
        case: data.cases[case].clone(),
        axis,
        level,
        value,
        interval,
    };
    let axes: Vec<usize> = (0..data.axes.len()).filter(|axis| data.levels(*axis).len() > 1).collect();
    for axis in &axes {
        for (level, name) in data.levels(*axis).iter().enumerate() {
            let effect = effect(data, metric, case, *axis, level);
            let (name, axis) = (name.to_string(), data.axes[*axis].clone());
            report.findings.push(finding("main-effect", axis, name, effect.mean, effect.interval()));
        }
    }
    let total = squares(&means, |_| 0, 1).1;
    let share = |sum: f64| if total > 0.0 { Some(sum / total) } else { None };
    let single: Vec<f64> = axes.iter().map(|axis| between(data, &means, &[*axis])).collect();
    for (axis, sum) in axes.iter().zip(&single) {
        report.findings.push(finding("variance-share", data.axes[*axis].clone(), String::new(), share(*sum), None));
    }
    for (i, a) in axes.iter().enumerate() {
        for (j, b) in axes.iter().enumerate().skip(i + 1) {
            let sum = (between(data, &means, &[*a, *b]) - single[i] - single[j]).max(0.0);
            let names = format!("{} × {}", data.axes[*a], data.axes[*b]);
            report.findings.push(finding("interaction", names, String::new(), share(sum), None));
        }
    }
}

/// How far the mean at a level lies from the mean of all, from the replications: they share their
/// random numbers, so that what is common to all points drops out.
fn effect(data: &Data, metric: usize, case: usize, axis: usize, level: usize) -> Estimate {
    let levels = data.levels(axis);
    let of = |point: usize| levels.get_index_of(data.points[point][axis].as_str());
    let points = data.points.len();
    let replications = (0..points).map(|point| data.runs(metric, case, point).len()).min().unwrap_or(0);
    let effects: Vec<Option<f64>> = (0..replications)
        .map(|k| {
            let value = |point: usize| data.runs(metric, case, point)[k];
            let all: Option<f64> = (0..points).map(value).sum();
            let own: Vec<usize> = (0..points).filter(|point| of(*point) == Some(level)).collect();
            let at: Option<f64> = own.iter().map(|point| value(*point)).sum();
            Some(at? / own.len() as f64 - all? / points as f64)
        })
        .collect();
    Estimate::of(&effects)
}

/// The sum of squares between the groups that some axes make.
fn between(data: &Data, means: &[f64], axes: &[usize]) -> f64 {
    let levels: Vec<_> = axes.iter().map(|axis| data.levels(*axis)).collect();
    let groups = levels.iter().map(|levels| levels.len()).product();
    let group = |point: usize| {
        axes.iter().zip(&levels).fold(0, |group, (axis, levels)| {
            group * levels.len() + levels.get_index_of(data.points[point][*axis].as_str()).unwrap_or(0)
        })
    };
    squares(means, group, groups).0
}

/// The sums of squares between groups, and within them.
fn squares(values: &[f64], group: impl Fn(usize) -> usize, groups: usize) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mut sums = vec![(0.0, 0.0); groups];
    for (point, value) in values.iter().enumerate() {
        let sum = &mut sums[group(point)];
        *sum = (sum.0 + value, sum.1 + 1.0);
    }
    let between = sums.iter().filter(|(_, n)| *n > 0.0).map(|(sum, n)| n * (sum / n - mean).powi(2)).sum();
    let own = |point: usize| sums[group(point)].0 / sums[group(point)].1;
    let within = values.iter().enumerate().map(|(point, value)| (value - own(point)).powi(2)).sum();
    (between, within)
}
