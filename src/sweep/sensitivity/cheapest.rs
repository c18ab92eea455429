//! What each axis does to the cheapest case: the one with the least mean TCO among those that meet
//! their objectives.

use super::data::Data;
use super::{Finding, Report};
use crate::experiment::served::less;
use crate::metrics::is_equal;
use indexmap::IndexMap;
use std::collections::HashMap;

/// Axes with more values than this are shown by quarters of their range.
const MOST_LEVELS: usize = 12;
/// So many parts are made of a longer axis.
const PARTS: usize = 4;

/// Adds, for each value of each axis, the share of its points at which each case is the cheapest;
/// for a grid also the share of steps along the axis at which the cheapest changes.
pub(super) fn analyse(data: &Data, report: &mut Report) {
    if data.cases.len() < 2 {
        return;
    }
    let cheapest = cheapest_cases(data);
    let (tied, short) = tied_and_short(data);
    let none = cheapest.iter().filter(|case| case.is_none()).count() - tied;
    if tied > 0 {
        report
            .notes
            .push(format!("at {tied} points several cases cost the same, the least: none is the cheapest there"));
    }
    if short > 0 {
        report.notes.push(format!(
            "at {short} points a case would cost less and serves less of its requests than another: it is not called \
             the cheapest there"
        ));
    }
    if none > 0 {
        report.notes.push(format!("at {none} points no case meets its objectives: they have no cheapest case"));
    }
    for axis in (0..data.axes.len()).filter(|axis| data.levels(*axis).len() > 1) {
        let finding = |analysis, case: String, level: String, value| Finding {
            analysis,
            metric: "tco_usd".into(),
            case,
            axis: data.axes[axis].clone(),
            level,
            value: Some(value),
            interval: None,
        };
        for (level, points) in levels(data, axis) {
            for (case, name) in data.cases.iter().enumerate() {
                let own = points.iter().filter(|point| cheapest[**point] == Some(case)).count();
                let share = own as f64 / points.len() as f64;
                report.findings.push(finding("cheapest", name.clone(), level.clone(), share));
            }
        }
        if let Some(share) = (data.design == "grid").then(|| flips(data, axis, &cheapest)).flatten() {
            report.findings.push(finding("flips", String::new(), String::new(), share));
        }
    }
}

/// The cheapest case of each point, of those that serve as much as any; nothing where no case meets its
/// objectives, and of several that cost the same.
pub fn cheapest_cases(data: &Data) -> Vec<Option<usize>> {
    let metric = data.metrics.iter().position(|name| name == "tco_usd");
    (0..data.points.len()).map(|point| cheapest_at(data, metric?, point)).collect()
}

fn cheapest_at(data: &Data, metric: usize, point: usize) -> Option<usize> {
    let mut costs = costs_at(data, metric, point);
    let shares = data.served_at(point);
    costs.retain(|(case, _)| less(&shares, *case).is_none());
    costs.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (case, cost) = *costs.first()?;
    costs.get(1).is_none_or(|next| !is_equal(cost, next.1)).then_some(case)
}

/// The cases that meet their objectives at a point, with their costs.
fn costs_at(data: &Data, metric: usize, point: usize) -> Vec<(usize, f64)> {
    let meets = |case: &usize| data.met[*case].get(point).copied().unwrap_or(false);
    let cost = |case: usize| Some((case, data.mean(metric, case, point)?));
    (0..data.cases.len()).filter(meets).filter_map(cost).collect()
}

/// At how many points several cases cost the same, the least; and at how many a case would cost less than
/// all others and serves less than another.
pub fn tied_and_short(data: &Data) -> (usize, usize) {
    let Some(metric) = data.metrics.iter().position(|name| name == "tco_usd") else { return (0, 0) };
    let (mut tied, mut short) = (0, 0);
    for (point, cheapest) in cheapest_cases(data).into_iter().enumerate() {
        let (costs, shares) = (costs_at(data, metric, point), data.served_at(point));
        let (able, unable): (Vec<_>, Vec<_>) = costs.into_iter().partition(|(case, _)| less(&shares, *case).is_none());
        let least = |of: &[(usize, f64)]| of.iter().map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
        tied += usize::from(cheapest.is_none() && !able.is_empty());
        short += usize::from(least(&unable) < least(&able));
    }
    (tied, short)
}

/// The points at each value of an axis, or in each quarter of a long axis of numbers.
fn levels(data: &Data, axis: usize) -> IndexMap<String, Vec<usize>> {
    let mut levels: IndexMap<String, Vec<usize>> = IndexMap::new();
    let numbers = data.numbers(axis).filter(|_| data.levels(axis).len() > MOST_LEVELS);
    let Some(numbers) = numbers else {
        for (point, cells) in data.points.iter().enumerate() {
            levels.entry(cells[axis].clone()).or_default().push(point);
        }
        return levels;
    };
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
    for points in order.chunks(order.len().div_ceil(PARTS)) {
        let [first, last] = [points[0], points[points.len() - 1]].map(|point| data.points[point][axis].as_str());
        levels.insert(format!("{first} … {last}"), points.to_vec());
    }
    levels
}

/// The share of neighbours along an axis, all else equal, between which the cheapest changes.
fn flips(data: &Data, axis: usize, cheapest: &[Option<usize>]) -> Option<f64> {
    let mut lines: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
    for (point, cells) in data.points.iter().enumerate() {
        let others = cells.iter().enumerate().filter(|(place, _)| *place != axis).map(|(_, cell)| cell.as_str());
        lines.entry(others.collect()).or_default().push(point);
    }
    let steps: Vec<bool> = lines
        .values()
        .flat_map(|points| points.windows(2).map(|pair| cheapest[pair[0]] != cheapest[pair[1]]))
        .collect();
    (!steps.is_empty()).then(|| steps.iter().filter(|changes| **changes).count() as f64 / steps.len() as f64)
}
