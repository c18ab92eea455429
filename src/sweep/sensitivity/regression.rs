//! Standardised regression coefficients: by how many of its standard deviations a result moves
//! when an axis moves by one of its own, by least squares over all points.

use super::data::Data;
use super::{Finding, Report};

/// Adds the findings about a metric of a case: a coefficient for each axis of numbers, and the
/// share of the variance that the straight line explains (R²).
pub(super) fn analyse(data: &Data, metric: usize, case: usize, report: &mut Report) {
    let Some(means) = data.means(metric, case) else { return };
    let numeric = |axis: &usize| data.levels(*axis).len() > 1 && data.numbers(*axis).is_some();
    let axes: Vec<usize> = (0..data.axes.len()).filter(numeric).collect();
    let columns: Vec<Vec<f64>> = axes.iter().filter_map(|axis| data.numbers(*axis)).collect();
    let Some((coefficients, explained)) = standardised(&columns, &means) else { return };
    let mut add = |axis: &str, value: f64| {
        report.findings.push(Finding {
            analysis: "regression",
            metric: data.metrics[metric].clone(),
            case: data.cases[case].clone(),
            axis: axis.into(),
            level: String::new(),
            value: Some(value),
            interval: None,
        });
    };
    axes.iter().zip(coefficients).for_each(|(axis, value)| add(&data.axes[*axis], value));
    add("R²", explained);
}

/// The coefficients and R²; nothing where the result does not vary, or the columns are not
/// independent, or there are fewer points than coefficients.
pub(super) fn standardised(columns: &[Vec<f64>], result: &[f64]) -> Option<(Vec<f64>, f64)> {
    if columns.is_empty() || result.len() < columns.len() + 2 {
        return None;
    }
    let columns: Vec<Vec<f64>> = columns.iter().map(|column| standard(column)).collect::<Option<_>>()?;
    let result = standard(result)?;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / a.len() as f64;
    let row = |column: &Vec<f64>| -> Vec<f64> {
        columns.iter().map(|other| product(column, other)).chain([product(column, &result)]).collect()
    };
    let correlations: Vec<f64> = columns.iter().map(|column| product(column, &result)).collect();
    let coefficients = solve(columns.iter().map(row).collect())?;
    // What is less than the rounding of the sums is none.
    let coefficients: Vec<f64> = coefficients.into_iter().map(|c| if c.abs() < 1e-12 { 0.0 } else { c }).collect();
    let explained = coefficients.iter().zip(&correlations).map(|(c, r)| c * r).sum();
    Some((coefficients, explained))
}

/// Values with mean 0 and standard deviation 1.
fn standard(values: &[f64]) -> Option<Vec<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let deviation = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    (deviation > 1e-12 * mean.abs() && deviation > 0.0).then(|| values.iter().map(|v| (v - mean) / deviation).collect())
}

/// Solves linear equations (the last column is the right-hand side) by elimination with pivots.
fn solve(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    for column in 0..n {
        let pivot = (column..n).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        if rows[column][column].abs() < 1e-9 {
            return None;
        }
        let head = rows[column].clone();
        for (place, row) in rows.iter_mut().enumerate() {
            if place != column {
                let factor = row[column] / head[column];
                row.iter_mut().zip(&head).for_each(|(value, own)| *value -= factor * own);
            }
        }
    }
    Some(rows.iter().enumerate().map(|(place, row)| row[n] / row[place]).collect())
}
