//! The cheapest case over two axes. Cells that differ in prices and wages alone share their
//! simulations, and all cells see the same random numbers.

use super::curve::{METRICS, at_traffic};
use super::point::Point;
use super::run::RunError;
use super::simulations::{Runs, Simulations, Tally};
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, suggest};
use crate::metrics::Estimate;
use crate::scenario::map::{MapAxis, MapPlan};
use crate::scenario::{Scenario, Source};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// One cell: what each case costs there.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Per case: the cost, or why there is none.
    pub costs: Vec<Result<Estimate, String>>,
    /// The cases whose difference to the cheapest the noise covers, replication by replication.
    pub ties: Vec<usize>,
}

impl Cell {
    /// The cheapest case, and by which share of its cost the second cheapest is dearer (infinite
    /// where there is no other).
    pub fn cheapest(&self) -> Option<(usize, f64)> {
        let defined = self.costs.iter().enumerate().filter_map(|(case, cost)| Some((case, cost.as_ref().ok()?.mean?)));
        let mut sorted: Vec<(usize, f64)> = defined.collect();
        sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (case, least) = *sorted.first()?;
        let margin = sorted.get(1).map_or(f64::INFINITY, |second| (second.1 - least) / least.max(1e-9));
        Some((case, margin))
    }
}

/// A map.
#[derive(Clone, Debug)]
pub struct Map {
    /// The plan.
    pub plan: MapPlan,
    /// The cases' names.
    pub cases: Vec<String>,
    /// For every value of y, and then of x.
    pub cells: Vec<Vec<Cell>>,
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
    let mut variants = Vec::new();
    for y in &plan.y.values {
        for x in &plan.x.values {
            variants.push(variant(source, catalogue, &plan, (&x.0, &y.0), replications, diagnostics)?);
        }
    }
    let (simulations, tally) = (Simulations::default(), Tally::default());
    let runs = Runs { simulations: &simulations, tally: &tally };
    let metric = METRICS.iter().find(|(name, _)| *name == plan.metric).map_or(METRICS[0].1, |(_, path)| *path);
    let count = AtomicU64::new(0);
    let of = variants.len() as u64;
    let cells: Vec<Cell> = variants
        .par_iter()
        .with_max_len(1)
        .map(|(scenario, traffic)| {
            let cell = evaluate(runs, scenario, *traffic, metric);
            done(count.fetch_add(1, Ordering::Relaxed) + 1, of);
            cell
        })
        .collect();
    let cases = variants.first().map(|(s, _)| s.cases.iter().map(|case| case.name.clone()).collect());
    let columns = plan.x.values.len().max(1);
    let cells = cells.chunks(columns).map(<[Cell]>::to_vec).collect();
    let (simulated, shared) = (tally.simulated(), tally.shared());
    let unverified = super::unverified(variants.first().map(|(scenario, _)| &scenario.cases).into_iter().flatten());
    Ok(Map { plan, cases: cases.unwrap_or_default(), cells, simulated, shared, unverified })
}

/// The scenario of one cell, and its traffic.
fn variant(
    source: &Source,
    catalogue: &Catalogue,
    plan: &MapPlan,
    (x, y): (&Node, &Node),
    replications: Option<u32>,
    d: &mut Diagnostics,
) -> Result<(Scenario, f64), RunError> {
    let mut root = source.root.clone();
    let mut traffic = 1.0;
    for (axis, value) in [(&plan.x, x), (&plan.y, y)] {
        set(&mut root, &mut traffic, axis, value, d)?;
    }
    let before = d.count();
    let scenario = Scenario::read(&root, &source.directory, catalogue, d);
    let scenario = scenario.filter(|_| d.count() == before);
    let mut scenario = scenario.ok_or_else(|| RunError::Input("an axis of the map is not valid here".into()))?;
    scenario.run.replications = replications.unwrap_or(scenario.run.replications);
    Ok((scenario, traffic))
}

fn set(root: &mut Node, traffic: &mut f64, axis: &MapAxis, value: &Node, d: &mut Diagnostics) -> Result<(), RunError> {
    if axis.is_traffic() {
        *traffic = crate::document::positive(value, d)
            .ok_or_else(|| RunError::Input("traffic is a multiple above zero, such as 0.1".into()))?;
        return Ok(());
    }
    let keys = axis.keys();
    let known = known_so_far(root, &keys);
    if let Some((place, found)) = known.filter(|_| keys.len() > 1)
        && let Some(wrong) = keys.get(found)
        && found + 1 < keys.len()
        && named_by_users(&keys[..found])
    {
        let names: Vec<&str> = place.as_table().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let message = format!("`{}` is no path of this scenario: it has no {} `{wrong}`", axis.path, keys[0]);
        d.error(axis.at, message, suggest(wrong, names.into_iter()));
        return Err(RunError::Input("an axis of the map is not valid here".into()));
    }
    if root.set_path(&keys, value.clone()) {
        return Ok(());
    }
    d.error(axis.at, format!("`{}` is not a path of keys of this scenario", axis.path), "keys joined by points");
    Err(RunError::Input("an axis of the map is not valid here".into()))
}

/// The table that the first keys lead to, and how many of them do.
fn known_so_far<'n>(root: &'n Node, keys: &[String]) -> Option<(&'n Node, usize)> {
    let (mut place, mut found) = (root, 0);
    while let Some(next) = keys.get(found).and_then(|key| place.get(key)) {
        (place, found) = (next, found + 1);
    }
    (found > 0).then_some((place, found))
}

/// Whether what follows these keys is a name that the scenario's author gave: a value put under
/// another would make a new app or case.
fn named_by_users(keys: &[String]) -> bool {
    matches!(keys, [only] if matches!(only.as_str(), "app" | "case" | "model" | "trace"))
}

fn evaluate(runs: Runs<'_>, scenario: &Scenario, traffic: f64, metric: &[&str]) -> Cell {
    let rate: f64 = scenario.apps.iter().map(|app| app.workload.mean_rate()).sum();
    let scenario = at_traffic(scenario, rate, traffic);
    let cost = |case| {
        let mut point = Point::sized(runs, &scenario, case, traffic, &Vec::new())?;
        point.replicate(runs, &scenario, case, u64::from(scenario.run.replications))?;
        if point.slo_met == Some(false) {
            return Err(point.missed(&scenario).unwrap_or_else(|| "the objective is missed".into()));
        }
        Ok(point.values(metric))
    };
    let values: Vec<Result<Vec<Option<f64>>, String>> = scenario.cases.iter().map(cost).collect();
    let estimate = |values: &Result<Vec<Option<f64>>, String>| match values {
        Ok(values) => Ok(Estimate::of(values)),
        Err(why) => Err(why.clone()),
    };
    let mut cell = Cell { costs: values.iter().map(estimate).collect(), ties: Vec::new() };
    if let Some((best, _)) = cell.cheapest() {
        let tied = |case: &usize| {
            let (Ok(a), Ok(b)) = (&values[*case], &values[best]) else { return false };
            let more = Estimate::paired_difference(a, b);
            *case != best && (more.mean == Some(0.0) || more.straddles(0.0))
        };
        cell.ties = (0..values.len()).filter(tied).collect();
    }
    cell
}
