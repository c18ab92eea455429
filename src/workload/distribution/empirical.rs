//! What was measured: `empirical = ["12 ms", "15 ms", "80 ms"]` (each as likely as the others),
//! `empirical = [["10 ms", 0.0], ["20 ms", 0.5], ["90 ms", 1.0]]` (values and the share of draws
//! that do not exceed them, straight lines between), or `empirical = "times.csv"`, or
//! `empirical = { file = "times.csv", column = "seconds", unit = "s" }`.

use super::Unit;
use crate::document::{Diagnostics, Node, Table, Value, fraction, list, named, text};
use crate::engine::Stream;
use crate::workload::trace::{Column, read_numbers};
use std::path::Path;
use std::sync::Arc;

/// A distribution given by its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Empirical {
    /// Each value as likely as the others; sorted.
    Values(Arc<[f64]>),
    /// Points (value, share of draws that do not exceed it) in growing order, the last share 1.
    /// Between two points the share grows in a straight line; the first share is that of the
    /// first value itself.
    Points(Arc<[(f64, f64)]>),
}

/// What a file's plain numbers are, in nanoseconds.
const FILE_UNITS: [(&str, f64); 6] = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 60e9), ("h", 3_600e9)];

impl Empirical {
    /// The distribution of so many times the value.
    pub(super) fn scaled(&self, factor: f64) -> Empirical {
        match self {
            Empirical::Values(values) => Empirical::Values(values.iter().map(|value| value * factor).collect()),
            Empirical::Points(points) => {
                Empirical::Points(points.iter().map(|(value, share)| (value * factor, *share)).collect())
            }
        }
    }

    /// Of values that are as likely as each other; `None` where there are none.
    pub fn of_values(mut values: Vec<f64>) -> Option<Empirical> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then(|| Empirical::Values(values.into()))
    }

    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, unit: Unit, directory: &Path) -> Option<Empirical> {
        match &node.value {
            Value::String(file) => read_file(node, diagnostics, directory, file, &Column::Only, 1e9, unit),
            Value::Table(_) => read_table(node, diagnostics, unit, directory),
            Value::Array(items) if items.first().is_some_and(|i| matches!(i.value, Value::Array(_))) => {
                read_points(node, diagnostics, unit)
            }
            _ => {
                let values = list(node, diagnostics, |n, d| unit.value(n, d))?;
                let found = Empirical::of_values(values);
                if found.is_none() {
                    diagnostics.error(node.at, "the list is empty", "give at least one value");
                }
                found
            }
        }
    }

    pub(super) fn sample(&self, stream: &mut Stream) -> f64 {
        match self {
            Empirical::Values(values) => values[stream.below(values.len() as u64) as usize],
            Empirical::Points(_) => self.quantile(stream.uniform()),
        }
    }

    pub(super) fn mean(&self) -> f64 {
        match self {
            Empirical::Values(values) => values.iter().sum::<f64>() / values.len() as f64,
            Empirical::Points(points) => {
                let atom = points[0].0 * points[0].1;
                let piece = |pair: &[(f64, f64)]| 0.5 * (pair[0].0 + pair[1].0) * (pair[1].1 - pair[0].1);
                atom + points.windows(2).map(piece).sum::<f64>()
            }
        }
    }

    pub(super) fn quantile(&self, p: f64) -> f64 {
        match self {
            Empirical::Values(values) => {
                let rank = libm::ceil(p * values.len() as f64) as usize;
                values[rank.clamp(1, values.len()) - 1]
            }
            Empirical::Points(points) => {
                let upper = points.partition_point(|(_, share)| *share < p).min(points.len() - 1);
                let Some(lower) = upper.checked_sub(1) else { return points[0].0 };
                let ((x0, p0), (x1, p1)) = (points[lower], points[upper]);
                x0 + (x1 - x0) * (p - p0) / (p1 - p0)
            }
        }
    }

    pub(super) fn cdf(&self, x: f64) -> f64 {
        match self {
            Empirical::Values(values) => values.partition_point(|v| *v <= x) as f64 / values.len() as f64,
            Empirical::Points(points) => {
                let upper = points.partition_point(|(value, _)| *value <= x);
                let Some(lower) = upper.checked_sub(1) else { return 0.0 };
                let Some(&(x1, p1)) = points.get(upper) else { return 1.0 };
                let (x0, p0) = points[lower];
                p0 + (p1 - p0) * (x - x0) / (x1 - x0)
            }
        }
    }
}

fn read_table(node: &Node, diagnostics: &mut Diagnostics, unit: Unit, directory: &Path) -> Option<Empirical> {
    let mut table = Table::of(node, diagnostics)?;
    let file = table.required("file", diagnostics, text);
    let column = table.default("column", Some(Column::Only), diagnostics, |n, d| Some(Column::read(n, d)));
    let scale = match unit {
        Unit::Time => table.default("unit", 1e9, diagnostics, |n, d| named(n, d, "unit of time", &FILE_UNITS)),
        Unit::Number => 1.0,
    };
    table.finish(diagnostics);
    let node = node.get("file").unwrap_or(node);
    read_file(node, diagnostics, directory, &file?, &column?, scale, unit)
}

fn read_file(
    node: &Node,
    diagnostics: &mut Diagnostics,
    directory: &Path,
    file: &str,
    column: &Column,
    scale: f64,
    unit: Unit,
) -> Option<Empirical> {
    let scale = if unit == Unit::Number { 1.0 } else { scale };
    match read_numbers(&directory.join(file), column) {
        Ok(values) => Empirical::of_values(values.into_iter().map(|v| v * scale).collect()),
        Err(error) => {
            diagnostics.error(node.at, error.to_string(), "");
            None
        }
    }
}

fn read_points(node: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<Empirical> {
    let points = list(node, diagnostics, |item, d| read_point(item, d, unit))?;
    let grows = points.windows(2).all(|p| p[0].0 <= p[1].0 && p[0].1 < p[1].1);
    if !grows || points.last().is_none_or(|p| p.1 != 1.0) {
        let help = "values and shares must grow, and the last share must be 1.0";
        diagnostics.error(node.at, "this is not a distribution", help);
        return None;
    }
    Some(Empirical::Points(points.into()))
}

fn read_point(item: &Node, diagnostics: &mut Diagnostics, unit: Unit) -> Option<(f64, f64)> {
    let Value::Array(parts) = &item.value else {
        diagnostics.error(item.at, format!("expected [value, share], found {}", item.value.describe()), "");
        return None;
    };
    let [value, share] = parts.as_slice() else {
        diagnostics.error(item.at, "expected [value, share]: two entries", "");
        return None;
    };
    let value = unit.value(value, diagnostics);
    let share = fraction(share, diagnostics);
    Some((value?, share?))
}
