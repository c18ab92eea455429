//! Every point as a line over the axes.

use super::{axis_title, words};
use crate::report::figure::axis::Scale;
use crate::report::figure::measure::Measure;
use crate::report::figure::parallel::{MOST_LINES, ParallelAxis, ParallelFigure, ParallelLine};
use crate::report::sweep::{Swept, short_value};
use crate::sweep::scale::magnitude;
use crate::sweep::sensitivity::{Data, cheapest_cases};

/// From this ratio of the greatest to the least on, an axis is logarithmic.
const WIDE: f64 = 50.0;
/// So many values are written at most beside an axis.
const MOST_VALUES: usize = 12;

/// An axis, and where each point lies on it.
type Placed = (ParallelAxis, Vec<Option<f64>>);

/// The figure; nothing where fewer than two axes are varied.
pub fn parallel(swept: &Swept) -> Option<ParallelFigure> {
    let data = &swept.data;
    let varied: Vec<usize> = (0..data.axes.len()).filter(|axis| data.levels(*axis).len() > 1).collect();
    if varied.len() < 2 {
        return None;
    }
    let cheapest = cheapest_cases(data);
    let mut axes: Vec<Placed> = varied.iter().map(|axis| placed(data, *axis)).collect();
    axes.push(cost(data, &cheapest));
    let drawn = data.points.len().min(MOST_LINES);
    let line = |index: usize| {
        let point = index * data.points.len() / drawn.max(1);
        ParallelLine {
            cheapest: cheapest[point],
            places: axes.iter().map(|(_, places)| places[point]).collect(),
            text: in_words(data, point, cheapest[point]),
        }
    };
    Some(ParallelFigure {
        title: data.title.clone(),
        subtitle: "Every point of the sweep, and the least total cost of ownership there, US dollars per month".into(),
        cases: data.cases.clone(),
        lines: (0..drawn).map(line).collect(),
        points: data.points.len(),
        axes: axes.into_iter().map(|(axis, _)| axis).collect(),
    })
}

/// "point 7: memory 128 MiB, rate 2 /s; lambda, $47.84".
fn in_words(data: &Data, point: usize, cheapest: Option<usize>) -> String {
    let values = data.axes.iter().zip(&data.points[point]).map(|(axis, cell)| format!("{axis} {}", short_value(cell)));
    let said = match cheapest.and_then(|case| Some((case, data.mean(cost_metric(data), case, point)?))) {
        Some((case, cost)) => format!("{}, {}", data.cases[case], Measure::Money.tell(cost)),
        None => "no case meets its objective".into(),
    };
    format!("point {point}: {said}; {}", values.collect::<Vec<_>>().join(", "))
}

fn cost_metric(data: &Data) -> usize {
    data.metrics.iter().position(|name| name == "tco_usd").unwrap_or(0)
}

/// The axis of the least cost.
fn cost(data: &Data, cheapest: &[Option<usize>]) -> Placed {
    let metric = cost_metric(data);
    let values: Vec<Option<f64>> =
        cheapest.iter().enumerate().map(|(point, case)| data.mean(metric, (*case)?, point)).collect();
    let scale = scale(values.iter().flatten().copied());
    let ticks = scale.map_or(Vec::new(), |scale| {
        scale.ticks(6).into_iter().map(|t| (scale.place(t), Measure::Money.show(t))).collect()
    });
    let name =
        if data.metrics[metric] == "tco_usd" { "least TCO".into() } else { axis_title(words(&data.metrics[metric])) };
    let place = |value: Option<f64>| Some(scale?.place(value?));
    (ParallelAxis { name, values: ticks }, values.into_iter().map(place).collect())
}

/// From the least to the greatest value, logarithmic where these are far apart and half of the
/// values lie in the lower part.
fn scale(values: impl Iterator<Item = f64>) -> Option<Scale> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, middle, high) = (*values.first()?, values[values.len() / 2], *values.last()?);
    let linear = Scale::linear((low, high), (0.0, 1.0));
    if low <= 0.0 || high / low < WIDE {
        return Some(linear);
    }
    let logarithmic = Scale::logarithmic((low, high), (0.0, 1.0));
    let off = |scale: &Scale| (scale.place(middle) - 0.5).abs();
    Some(if off(&logarithmic) < off(&linear) { logarithmic } else { linear })
}

/// The values nearest to the quarters of an axis.
fn spaced(marked: &[(f64, String)]) -> Vec<(f64, String)> {
    let nearest = |wanted: f64| {
        let off = |mark: &&(f64, String)| (mark.0 - wanted).abs();
        marked.iter().min_by(|a, b| off(a).total_cmp(&off(b))).cloned()
    };
    [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().filter_map(nearest).collect()
}

/// Numbers at their places; words evenly, in their order.
fn placed(data: &Data, axis: usize) -> Placed {
    let levels: Vec<&str> = data.levels(axis).into_iter().collect();
    let name = data.axes[axis].clone();
    if let Some(numbers) = data.numbers(axis)
        && let Some(scale) = scale(numbers.iter().copied())
    {
        let mut marked: Vec<(f64, String)> =
            levels.iter().filter_map(|level| Some((scale.place(magnitude(level)?), short_value(level)))).collect();
        marked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let values = if marked.len() > MOST_VALUES { spaced(&marked) } else { marked };
        return (ParallelAxis { name, values }, numbers.iter().map(|number| Some(scale.place(*number))).collect());
    }
    let place = |level: usize| level as f64 / (levels.len().max(2) - 1) as f64;
    let every = levels.len().div_ceil(MOST_VALUES).max(1);
    let values = levels.iter().enumerate().step_by(every).map(|(i, level)| (place(i), short_value(level))).collect();
    let of = |cells: &Vec<String>| levels.iter().position(|level| *level == cells[axis]).map(place);
    (ParallelAxis { name, values }, data.points.iter().map(of).collect())
}
