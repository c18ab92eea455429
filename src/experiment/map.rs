//! The cheapest case over two axes. Cells that differ in prices and wages alone share their
//! simulations, and all cells see the same random numbers.

use super::curve::{METRICS, at_traffic, base_rate};
use super::point::Point;
use super::run::RunError;
use super::served;
use super::simulations::{Runs, Simulations, Tally};
use super::warm_up;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Value};
use crate::metrics::{Estimate, share_of};
use crate::scenario::map::{MapAxis, MapPlan};
use crate::scenario::{Scenario, Source, WarmUp};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// One cell: what each case costs there.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Per case: the cost, or why there is none.
    pub costs: Vec<Result<Estimate, String>>,
    /// The cases that cost the same as the cheapest, or whose difference to it the noise covers, replication
    /// by replication.
    pub ties: Vec<usize>,
    /// The cheapest with all hours of labour at the low, and at the high end of their ranges.
    pub at_ends: [Option<usize>; 2],
    /// Per case that has a cost: the share of its requests that was served.
    pub served: Vec<Option<f64>>,
    /// The warm-up in seconds, where it was found.
    pub warm_up_s: Option<f64>,
}

impl Cell {
    /// Whether the ranges of the hours cover which case is the cheapest.
    pub fn rests_on_hours(&self) -> bool {
        let own = self.cheapest().map(|(case, _)| case);
        self.at_ends.iter().any(|end| end.is_some() && *end != own)
    }

    /// The cheapest case, and by which share of its cost the second cheapest is dearer: infinite
    /// where there is no other, not a number where a share of that cost (of nothing) says nothing.
    pub fn cheapest(&self) -> Option<(usize, f64)> {
        let sorted = self.sorted();
        let (case, least) = *sorted.first()?;
        let margin =
            sorted.get(1).map_or(f64::INFINITY, |second| share_of(second.1 - least, least).unwrap_or(f64::NAN));
        Some((case, margin))
    }

    /// By how many dollars a month the second cheapest is dearer; `None` where there is no other.
    pub fn second_is_dearer_by(&self) -> Option<f64> {
        let sorted = self.sorted();
        Some(sorted.get(1)?.1 - sorted[0].1)
    }

    /// What a case serves, where that is less than another one here.
    pub fn serves_less(&self, case: usize) -> Option<f64> {
        served::less(&self.served, case)
    }

    fn sorted(&self) -> Vec<(usize, f64)> {
        let defined = self.costs.iter().enumerate().filter_map(|(case, cost)| Some((case, cost.as_ref().ok()?.mean?)));
        let mut sorted: Vec<(usize, f64)> = defined.collect();
        sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
        sorted
    }
}

/// The places of a cell along x and y, and what each case came to there.
pub type Standing = ((usize, usize), Vec<(String, Result<Point, String>)>);

/// A map.
#[derive(Clone, Debug)]
pub struct Map {
    /// The plan.
    pub plan: MapPlan,
    /// The cases' names.
    pub cases: Vec<String>,
    /// For every value of y, and then of x.
    pub cells: Vec<Vec<Cell>>,
    /// The places along x and y of the cell nearest to the scenario as it stands (of an axis that is not the traffic: in
    /// its middle), and what each case came to there.
    pub standing: Standing,
    /// How many simulations that took.
    pub simulated: u64,
    /// How many were shared with another cell or case.
    pub shared: u64,
    /// The prices that are not sure: "MODEL: CHARGE".
    pub unverified: Vec<String>,
}

/// Maps the cheapest case of a scenario over the axes of a plan.
///
/// # Errors
/// Notes in `diagnostics` an axis that is no key of the scenario, or a value that is refused.
pub fn map(
    source: &Source,
    catalogue: &Catalogue,
    plan: MapPlan,
    replications: Option<u32>,
    diagnostics: &mut Diagnostics,
    done: &(dyn Fn(u64, u64) + Sync),
) -> Result<Map, RunError> {
    check(source, catalogue, &plan, diagnostics)?;
    let mut variants = Vec::new();
    for y in &plan.y.values {
        for x in &plan.x.values {
            let (mut scenario, traffic) = variant(source, catalogue, &plan, (&x.0, &y.0), diagnostics)?;
            scenario.run.replications = replications.unwrap_or(scenario.run.replications);
            variants.push((scenario, traffic));
        }
    }
    let (simulations, tally) = (Simulations::default(), Tally::default());
    let runs = Runs { simulations: &simulations, tally: &tally };
    let metric = METRICS.iter().find(|(name, _)| *name == plan.metric).map_or(METRICS[0].1, |(_, path)| *path);
    let count = AtomicU64::new(0);
    let of = variants.len() as u64;
    let nearest = (nearest(&plan.x, &source.root), nearest(&plan.y, &source.root));
    let at_nearest = nearest.1 * plan.x.values.len() + nearest.0;
    let found: Vec<(Cell, Vec<Result<Point, String>>)> = variants
        .par_iter()
        .enumerate()
        .with_max_len(1)
        .map(|(index, (scenario, traffic))| {
            let (cell, points) = evaluate(runs, scenario, *traffic, metric);
            done(count.fetch_add(1, Ordering::Relaxed) + 1, of);
            (cell, if index == at_nearest { points } else { Vec::new() })
        })
        .collect();
    let (cells, mut points): (Vec<Cell>, Vec<_>) = found.into_iter().unzip();
    let cases = variants.first().map(|(s, _)| s.cases.iter().map(|case| case.name.clone()).collect());
    let columns = plan.x.values.len().max(1);
    let cells = cells.chunks(columns).map(<[Cell]>::to_vec).collect();
    let (simulated, shared) = (tally.simulated(), tally.shared());
    let unverified = super::unverified(variants.first().map(|(scenario, _)| &scenario.cases).into_iter().flatten());
    let cases: Vec<String> = cases.unwrap_or_default();
    let standing = points.get_mut(at_nearest).map(std::mem::take).unwrap_or_default();
    let standing = (nearest, cases.iter().cloned().zip(standing).collect());
    Ok(Map { plan, cases, cells, standing, simulated, shared, unverified })
}

/// Reads the scenario with every value of either axis, so that all mistakes are found at once.
///
/// # Errors
/// Where there is one; `diagnostics` say which.
pub fn check(source: &Source, catalogue: &Catalogue, plan: &MapPlan, d: &mut Diagnostics) -> Result<(), RunError> {
    let (Some(x), Some(y)) = (plan.x.values.first(), plan.y.values.first()) else { return Err(invalid()) };
    let row = plan.x.values.iter().map(|x| (&x.0, &y.0));
    let column = plan.y.values.iter().skip(1).map(|y| (&x.0, &y.0));
    let found = row.chain(column).map(|cell| variant(source, catalogue, plan, cell, d).map(|_| ()));
    // All are read, whatever the first ones were.
    found.collect::<Vec<_>>().into_iter().collect()
}

fn invalid() -> RunError {
    RunError::Input("an axis of the map is not valid here".into())
}

/// The scenario of one cell, and its traffic.
fn variant(
    source: &Source,
    catalogue: &Catalogue,
    plan: &MapPlan,
    (x, y): (&Node, &Node),
    d: &mut Diagnostics,
) -> Result<(Scenario, f64), RunError> {
    let mut root = source.root.clone();
    let mut traffic = 1.0;
    for (axis, value) in [(&plan.x, x), (&plan.y, y)] {
        put(&mut root, &mut traffic, axis, value, catalogue, d)?;
    }
    let mut found = d.beside();
    let scenario = Scenario::read(&root, &source.directory, catalogue, &mut found);
    found.errors().for_each(|(at, message, help)| d.error(at, message, help));
    Ok((scenario.filter(|_| found.is_empty()).ok_or_else(invalid)?, traffic))
}

fn put(
    root: &mut Node,
    traffic: &mut f64,
    axis: &MapAxis,
    value: &Node,
    catalogue: &Catalogue,
    d: &mut Diagnostics,
) -> Result<(), RunError> {
    let Some(of_keys) = &axis.axis else {
        *traffic = crate::document::positive(value, d).ok_or_else(invalid)?;
        return Ok(());
    };
    let put = match of_keys.unknown_charge(root, catalogue) {
        Some(unknown) => Err(unknown),
        None => of_keys.put(root, value),
    };
    put.map_err(|(message, help)| {
        d.error(of_keys.key, message, help);
        invalid()
    })
}

/// The TCO with all hours at the low, and at the high end of their ranges.
fn at_ends(point: &Point) -> [Option<f64>; 2] {
    let mean = |path: &[&str]| point.estimate(path).mean;
    ["low", "high"].map(|end| Some(mean(&["tco_usd"])? - mean(&["labour_usd", "total"])? + mean(&["labour_usd", end])?))
}

/// The text that a scenario has at an axis' keys.
fn as_it_stands<'s>(axis: &MapAxis, root: &'s Node) -> Option<&'s str> {
    let node = axis.axis.as_ref()?.path.iter().try_fold(root, |node, key| node.get(key))?;
    match &node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The place of an axis' value nearest to the scenario as it stands; the middle where that is not among them.
fn nearest(axis: &MapAxis, root: &Node) -> usize {
    let count = axis.values.len();
    let away = |index: &usize| {
        let factor = axis.values[*index].1.parse::<f64>().ok().filter(|factor| *factor > 0.0);
        factor.map_or(f64::INFINITY, |factor| libm::log(factor).abs())
    };
    match axis.is_traffic() {
        true => (0..count).min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(0),
        false => {
            let own = as_it_stands(axis, root);
            axis.values.iter().position(|value| own == Some(value.1.as_str())).unwrap_or(count / 2)
        }
    }
}

fn evaluate(runs: Runs<'_>, scenario: &Scenario, traffic: f64, metric: &[&str]) -> (Cell, Vec<Result<Point, String>>) {
    let scenario = at_traffic(scenario, base_rate(scenario), traffic);
    let scenario = warm_up::found(runs, &scenario, traffic).into_owned();
    let found = scenario.run.warm_up_rule == WarmUp::Found;
    let warm_up_s = found.then(|| scenario.run.warm_up.seconds());
    let cost = |case| {
        let mut point = Point::sized(runs, &scenario, case, traffic, &Vec::new())?;
        point.replicate(runs, &scenario, case, u64::from(scenario.run.replications))?;
        if !point.is_able() {
            return Err(point.missed(&scenario).unwrap_or_else(|| "the objective is missed".into()));
        }
        Ok(point)
    };
    let points: Vec<Result<Point, String>> = scenario.cases.iter().map(cost).collect();
    let served = points.iter().map(|point| point.as_ref().ok().and_then(served::share)).collect();
    let values: Vec<Result<Vec<Option<f64>>, String>> =
        points.iter().map(|point| point.as_ref().map(|point| point.values(metric)).map_err(Clone::clone)).collect();
    let at_ends = [0, 1].map(|end| {
        let cost = |(case, point): (usize, &Result<Point, String>)| Some((case, at_ends(point.as_ref().ok()?)[end]?));
        let costs = points.iter().enumerate().filter_map(cost).filter(|_| metric == ["tco_usd"]);
        costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(case, _)| case)
    });
    let estimate = |values: &Result<Vec<Option<f64>>, String>| match values {
        Ok(values) => Ok(Estimate::of(values)),
        Err(why) => Err(why.clone()),
    };
    let mut cell = Cell { costs: values.iter().map(estimate).collect(), ties: Vec::new(), at_ends, served, warm_up_s };
    if let Some((best, _)) = cell.cheapest() {
        let tied = |case: &usize| {
            let (Ok(a), Ok(b)) = (&values[*case], &values[best]) else { return false };
            let more = Estimate::paired_difference(a, b);
            *case != best && more.is_no_difference(Estimate::of(b).mean.unwrap_or(0.0))
        };
        cell.ties = (0..values.len()).filter(tied).collect();
    }
    (cell, points)
}
