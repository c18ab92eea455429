//! Which axes a figure is over: those that do most.

use crate::metrics::Estimate;
use crate::report::sweep::Swept;
use crate::report::sweep::grouping::Grouping;
use crate::sweep::sensitivity::Data;

/// The axes with more than one value, the one that does most to a metric first.
pub fn chosen(swept: &Swept, metric: usize) -> Vec<Grouping> {
    let data = &swept.data;
    let varied = (0..data.axes.len()).filter(|axis| data.levels(*axis).len() > 1);
    let mut ranked: Vec<(f64, Grouping)> =
        varied.map(|axis| Grouping::of(data, axis)).map(|group| (influence(data, metric, &group), group)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|(_, group)| group).collect()
}

/// The share of a metric's variance that lies between an axis's groups, summed over the cases.
fn influence(data: &Data, metric: usize, group: &Grouping) -> f64 {
    let of_case = |case: usize| {
        let values: Vec<(usize, f64)> = (0..data.points.len())
            .filter_map(|point| Some((group.of[point], data.mean(metric, case, point)?)))
            .collect();
        let mean = values.iter().map(|(_, value)| value).sum::<f64>() / values.len().max(1) as f64;
        let mut sums = vec![(0.0, 0.0); group.labels.len()];
        for (place, value) in &values {
            sums[*place] = (sums[*place].0 + value, sums[*place].1 + 1.0);
        }
        let total: f64 = values.iter().map(|(_, value)| (value - mean).powi(2)).sum();
        let between: f64 = sums.iter().filter(|(_, n)| *n > 0.0).map(|(sum, n)| n * (sum / n - mean).powi(2)).sum();
        if total > mean * mean * 1e-20 { between / total } else { 0.0 }
    };
    (0..data.cases.len()).map(of_case).sum()
}

/// The points of each pair of groups: for every group of `b` and then of `a`.
pub fn pairs(a: &Grouping, b: &Grouping) -> Vec<Vec<Vec<usize>>> {
    let mut cells = vec![vec![Vec::new(); a.labels.len()]; b.labels.len()];
    for (point, (column, row)) in a.of.iter().zip(&b.of).enumerate() {
        cells[*row][*column].push(point);
    }
    cells
}

/// Whether at least half of the pairs of groups hold a point.
pub fn filled(a: &Grouping, b: &Grouping) -> bool {
    let cells = pairs(a, b);
    let empty = cells.iter().flatten().filter(|points| points.is_empty()).count();
    2 * empty <= a.labels.len() * b.labels.len()
}

/// A metric's mean over some points, from the replications; points at which it is undefined are
/// left out. Nothing where it is undefined at all of them.
pub fn over(data: &Data, metric: usize, case: usize, points: &[usize]) -> Option<Estimate> {
    let defined: Vec<usize> =
        points.iter().copied().filter(|point| data.mean(metric, case, *point).is_some()).collect();
    let replications = defined.iter().map(|point| data.runs(metric, case, *point).len()).min()?;
    let of = |replication: usize| {
        let sum: f64 = defined.iter().filter_map(|point| data.runs(metric, case, *point)[replication]).sum();
        Some(sum / defined.len() as f64)
    };
    Some(Estimate::of(&(0..replications).map(of).collect::<Vec<_>>()))
}
