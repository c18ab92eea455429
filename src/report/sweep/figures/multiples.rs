//! A metric over two axes, by case: as lines, and as shades.

use super::axes::{filled, over, pairs};
use super::{axis_title, capital, words};
use crate::report::figure::heat::HeatFigure;
use crate::report::figure::measure::Measure;
use crate::report::figure::multiples::{MultiplesFigure, Panel};
use crate::report::sweep::Swept;
use crate::report::sweep::grouping::Grouping;
use crate::report::words as words_of;

/// The two axes of a figure: the one along it, the longer of the two that do most, and the one of
/// its panels or rows, where two are needed.
fn two(axes: &[Grouping]) -> Option<(&Grouping, Option<&Grouping>)> {
    let first = axes.first()?;
    let second = axes.get(1).filter(|second| filled(first, second));
    Some(match second {
        Some(second) if second.labels.len() > first.labels.len() => (second, Some(first)),
        second => (first, second),
    })
}

/// What is averaged over.
fn averaged(swept: &Swept, axes: &[Grouping], used: usize) -> String {
    let parts = axes.iter().take(used).any(|group| group.labels.len() < swept.data.levels(group.axis).len());
    match (axes.len() > used, parts) {
        (true, _) => "; means over all other axes".into(),
        (false, true) => "; means over each range".into(),
        (false, false) => String::new(),
    }
}

/// A panel for each value of one axis, in it a line for each case along another.
pub fn multiples(swept: &Swept, metric: usize, axes: &[Grouping]) -> Option<MultiplesFigure> {
    let data = &swept.data;
    let (along, across) = two(axes)?;
    let rows = match across {
        Some(across) => pairs(along, across),
        None => vec![along.points()],
    };
    let panel = |(row, cells): (usize, &Vec<Vec<usize>>)| Panel {
        heading: across.map_or(String::new(), |axis| words_of::at(&axis.name, &axis.labels[row])),
        x: along.labels.clone(),
        lines: (0..data.cases.len())
            .map(|case| cells.iter().map(|points| over(data, metric, case, points)).collect())
            .collect(),
    };
    let name = &data.metrics[metric];
    let by = across.map_or(String::new(), |across| format!(", by {}", across.name));
    let used = if across.is_some() { 2 } else { 1 };
    Some(MultiplesFigure {
        title: data.title.clone(),
        subtitle: format!("{} against {}{by}{}", capital(words(name)), along.name, averaged(swept, axes, used)),
        x_title: along.name.clone(),
        y_title: axis_title(name),
        measure: Measure::of_metric(name),
        about_nought: false,
        cases: data.cases.clone(),
        panels: rows.iter().enumerate().map(panel).collect(),
    })
}

/// The same as shades, a panel for each case; nothing where one axis is all there is.
pub fn heat(swept: &Swept, metric: usize, axes: &[Grouping]) -> Option<HeatFigure> {
    let data = &swept.data;
    let (along, across) = two(axes)?;
    let across = across?;
    let cells = pairs(along, across);
    let of_case = |case: usize| {
        let value = |points: &Vec<usize>| over(data, metric, case, points)?.mean;
        (data.cases[case].clone(), cells.iter().map(|row| row.iter().map(value).collect()).collect())
    };
    let missed = |case: usize| {
        let misses = |points: &Vec<usize>| points.iter().any(|point| data.met[case].get(*point) == Some(&false));
        cells.iter().map(|row| row.iter().map(misses).collect()).collect()
    };
    let name = &data.metrics[metric];
    Some(HeatFigure {
        title: data.title.clone(),
        subtitle: format!("{}, a panel for each case{}", capital(&axis_title(name)), averaged(swept, axes, 2)),
        measure: Measure::of_metric(name),
        x: (along.name.clone(), along.labels.clone()),
        y: (across.name.clone(), across.labels.clone()),
        panels: (0..data.cases.len()).map(of_case).collect(),
        missed: (0..data.cases.len()).map(missed).collect(),
    })
}
