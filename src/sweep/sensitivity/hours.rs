//! The hours of labour as an axis that every sweep has, as they are assumptions: from the fewest to the most of their ranges.
//!
//! Nothing that is simulated depends on them, and a result has its labour at both ends; so the points of the design that
//! would have the axis too are computed from those of the one that has not.

use super::cheapest::cheapest_cases;
use super::data::{Data, Runs};
use crate::billing::{Position, Spread};
use crate::engine::random::Stream;

/// The axis's name: the key that a scenario has for it.
pub const AXIS: &str = "labour.hours";
const TCO: &str = "tco_usd";

/// The same sweep with the hours as one axis more, for the TCO alone; nothing where the sweep varies hours by itself, has no
/// wage, or is of a design to which no axis can be added.
pub fn with_hours(data: &Data) -> Option<Data> {
    let metric = data.metrics.iter().position(|name| name == TCO)?;
    let varied = data.axes.iter().any(|axis| axis == AXIS || axis.starts_with("labour.hours."));
    let differ = |ends: &[Option<f64>; 3]| matches!(ends, [Some(low), _, Some(high)] if low < high);
    if varied || !data.labour.iter().flatten().flatten().any(differ) {
        return None;
    }
    let plan = match data.design.as_str() {
        "saltelli" => of_saltelli(data)?,
        "grid" => of_grid(data),
        _ => of_sample(data),
    };
    Some(expanded(data, metric, &plan))
}

/// The cheapest case at each point with all hours at the low, and at the high end of their ranges; nothing where that is not
/// known, or the sweep varies hours by itself.
pub fn cheapest_at_ends(data: &Data) -> Option<[Vec<Option<usize>>; 2]> {
    with_hours(data)?;
    let metric = data.metrics.iter().position(|name| name == TCO)?;
    let at = |position: f64| -> Vec<Place> { (0..data.points.len()).map(|point| (point, position)).collect() };
    Some([0.0, 1.0].map(|position| cheapest_cases(&expanded(data, metric, &at(position)))))
}

/// A point of the wider design: the point of the narrower one, and where in the ranges its hours are.
type Place = (usize, f64);

/// Every point at the low end, in the middle, and at the high end.
fn of_grid(data: &Data) -> Vec<Place> {
    (0..data.points.len()).flat_map(|point| [0.0, 0.5, 1.0].map(|position| (point, position))).collect()
}

/// Every point of a sample at a place of its own, drawn evenly.
fn of_sample(data: &Data) -> Vec<Place> {
    let places = stratified(data.points.len());
    places.into_iter().enumerate().collect()
}

/// Of each base point A, B, and A with a column from B: with hours drawn for A and for B; then A with B's hours.
fn of_saltelli(data: &Data) -> Option<Vec<Place>> {
    let block = data.axes.len() + 2;
    if data.sample_points == 0 || data.points.len() != data.sample_points * block {
        return None;
    }
    let drawn = stratified(2 * data.sample_points);
    let of_base = |base: usize| {
        let (a, b) = (drawn[2 * base], drawn[2 * base + 1]);
        let first = base * block;
        let mixed = (0..data.axes.len()).map(move |axis| (first + 2 + axis, a));
        [(first, a), (first + 1, b)].into_iter().chain(mixed).chain([(first, b)])
    };
    Some((0..data.sample_points).flat_map(of_base).collect())
}

/// One place in each of `count` equal parts of the range from 0 to 1, in a random order.
fn stratified(count: usize) -> Vec<f64> {
    let mut stream = Stream::named(1, 0, "sensitivity", "hours");
    let mut places: Vec<f64> = (0..count).map(|part| (part as f64 + stream.uniform()) / count as f64).collect();
    for last in (1..count).rev() {
        places.swap(last, stream.below(last as u64 + 1) as usize);
    }
    places
}

fn expanded(data: &Data, metric: usize, plan: &[Place]) -> Data {
    let runs = |case: usize, (point, position): Place| -> Runs {
        let ends = &data.labour[case][point];
        let run = |(run, tco): (usize, &Option<f64>)| {
            let [low, middle, high] = *ends.get(run)?;
            let spread = Spread { low: low?, middle: middle?, high: high? };
            Some((*tco)? - spread.middle + spread.at(Position::of(position)))
        };
        data.runs(metric, case, point).iter().enumerate().map(run).collect()
    };
    let of_case = |case: usize| plan.iter().map(|place| runs(case, *place)).collect();
    let cells = |(point, position): &Place| {
        let mut cells = data.points[*point].clone();
        cells.push(match *position {
            0.0 => "0".into(),
            0.5 => "0.5".into(),
            1.0 => "1".into(),
            other => format!("{other:.4}"),
        });
        cells
    };
    let met = |case: usize| plan.iter().map(|(point, _)| data.met[case].get(*point) == Some(&true)).collect();
    let served = |case: usize, point: usize| -> Runs {
        data.served.get(case).and_then(|points| points.get(point)).cloned().unwrap_or_default()
    };
    let values = (0..data.cases.len()).map(of_case).collect();
    let axes = data.axes.iter().cloned().chain([AXIS.to_string()]).collect();
    let mut wide = data.clone().of_one_metric(TCO, values);
    wide.axes = axes;
    wide.points = plan.iter().map(cells).collect();
    wide.met = (0..data.cases.len()).map(met).collect();
    wide.served =
        (0..data.cases.len()).map(|case| plan.iter().map(|(point, _)| served(case, *point)).collect()).collect();
    wide.labour = Vec::new();
    wide
}

#[cfg(test)]
mod tests {
    use super::super::analyse_data;
    use super::*;

    /// One case whose TCO is 100 x + labour, labour from 0 over 30 to 60 dollars.
    fn sweep(design: &str, xs: &[f64], sample_points: usize) -> Data {
        let points: Vec<Vec<String>> = xs.iter().map(|x| vec![x.to_string()]).collect();
        let runs: Vec<Runs> = xs.iter().map(|x| vec![Some(100.0 * x + 30.0)]).collect();
        let mut data = Data::default().of_one_metric(TCO, vec![runs]);
        data.design = design.into();
        data.sample_points = sample_points;
        data.axes = vec!["x".into()];
        data.cases = vec!["a".into()];
        data.met = vec![vec![true; xs.len()]];
        data.labour = vec![vec![vec![[Some(0.0), Some(30.0), Some(60.0)]]; xs.len()]];
        data.points = points;
        data
    }

    /// Case b is the cheaper by $10, and with the most hours the dearer by $30; at the second point it serves half.
    #[test]
    fn the_ends_of_the_hours_are_judged_as_the_middle_is() {
        let mut data = sweep("grid", &[0.0, 1.0], 0);
        data.cases.push("b".into());
        let dearer: Vec<Runs> = [0.0, 1.0].iter().map(|x| vec![Some(100.0 * x + 20.0)]).collect();
        let own = [0.0, 1.0].map(|x| vec![Some(100.0 * x + 30.0)]).to_vec();
        data = data.of_one_metric(TCO, vec![own, dearer]);
        data.met.push(vec![true; 2]);
        data.labour.push(vec![vec![[Some(0.0), Some(30.0), Some(100.0)]]; 2]);
        data.served = vec![vec![vec![Some(1.0)], vec![Some(1.0)]], vec![vec![Some(1.0)], vec![Some(0.5)]]];
        assert_eq!(cheapest_cases(&data), [Some(1), Some(0)]);
        assert_eq!(cheapest_at_ends(&data), Some([vec![Some(1), Some(0)], vec![Some(0), Some(0)]]));
        let wide = with_hours(&data).unwrap();
        assert_eq!(cheapest_cases(&wide), [Some(1), Some(1), Some(0), Some(0), Some(0), Some(0)]);
    }

    fn found(data: &Data, analysis: &str, axis: &str) -> f64 {
        let report = analyse_data(data);
        let of = report.findings.iter().find(|f| f.analysis == analysis && f.axis == axis);
        of.and_then(|f| f.value).unwrap_or_else(|| panic!("no {analysis} of {axis}: {:?}", report.findings))
    }

    /// x of 0, 1, 2 against hours of −30, 0, 30 dollars: sums of squares of 2 × 100² and 2 × 30².
    #[test]
    fn a_grid_has_the_hours_as_an_axis() {
        let data = sweep("grid", &[0.0, 1.0, 2.0], 0);
        let share = 900.0 / (10_000.0 + 900.0);
        assert!((found(&data, "variance-share", AXIS) - share).abs() < 1e-12);
        assert!((found(&data, "variance-share", "x") - (1.0 - share)).abs() < 1e-12);
    }

    /// x uniform on 0 to 1: a variance of 100²/12; hours uniform over 60 dollars: 60²/12.
    #[test]
    fn sobol_indices_have_the_hours_as_an_axis() {
        let mut stream = Stream::named(3, 0, "test", "x");
        let blocks = 2_000;
        let xs: Vec<f64> = (0..blocks)
            .flat_map(|_| {
                let (a, b) = (stream.uniform(), stream.uniform());
                [a, b, b]
            })
            .collect();
        let data = sweep("saltelli", &xs, blocks);
        let share = 3_600.0 / 13_600.0;
        assert!((found(&data, "sobol-total", AXIS) - share).abs() < 0.05);
        assert!((found(&data, "sobol-first", "x") - (1.0 - share)).abs() < 0.08);
    }

    #[test]
    fn a_sweep_that_varies_hours_or_has_no_wage_stays_as_it_is() {
        let mut varied = sweep("grid", &[0.0, 1.0], 0);
        varied.axes = vec![AXIS.into()];
        assert!(with_hours(&varied).is_none());
        let mut unpaid = sweep("grid", &[0.0, 1.0], 0);
        unpaid.labour = vec![vec![vec![[Some(0.0); 3]]; 2]];
        assert!(with_hours(&unpaid).is_none());
    }
}
