//! The cheapest case over two axes.

use super::curve::{METRICS, at_traffic};
use super::point::Point;
use super::run::RunError;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node};
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
    let metric = METRICS.iter().find(|(name, _)| *name == plan.metric).map_or(METRICS[0].1, |(_, path)| *path);
    let count = AtomicU64::new(0);
    let of = variants.len() as u64;
    let cells: Vec<Cell> = variants
        .par_iter()
        .with_max_len(1)
        .map(|(scenario, traffic)| {
            let cell = evaluate(scenario, *traffic, metric);
            done(count.fetch_add(1, Ordering::Relaxed) + 1, of);
            cell
        })
        .collect();
    let cases = variants.first().map(|(s, _)| s.cases.iter().map(|case| case.name.clone()).collect());
    let columns = plan.x.values.len().max(1);
    let cells = cells.chunks(columns).map(<[Cell]>::to_vec).collect();
    let unverified = super::unverified(variants.first().map(|(scenario, _)| &scenario.cases).into_iter().flatten());
    Ok(Map { plan, cases: cases.unwrap_or_default(), cells, unverified })
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
        set(&mut root, &mut traffic, axis, value)?;
    }
    let scenario = Scenario::read(&root, &source.directory, catalogue, d);
    let mut scenario = scenario.ok_or_else(|| RunError::Input("an axis of the map is not valid here".into()))?;
    scenario.run.replications = replications.unwrap_or(scenario.run.replications);
    Ok((scenario, traffic))
}

fn set(root: &mut Node, traffic: &mut f64, axis: &MapAxis, value: &Node) -> Result<(), RunError> {
    if axis.is_traffic() {
        let mut unseen = Diagnostics::default();
        *traffic = crate::document::positive(value, &mut unseen)
            .ok_or_else(|| RunError::Input("traffic is a multiple above zero, such as 0.1".into()))?;
        return Ok(());
    }
    if root.set_path(&axis.keys(), value.clone()) {
        Ok(())
    } else {
        Err(RunError::Input(format!("`{}` is not a path of keys of this scenario", axis.path)))
    }
}

fn evaluate(scenario: &Scenario, traffic: f64, metric: &[&str]) -> Cell {
    let rate: f64 = scenario.apps.iter().map(|app| app.workload.mean_rate()).sum();
    let scenario = at_traffic(scenario, rate, traffic);
    let cost = |case| {
        let point = Point::evaluate(&scenario, case, traffic)?;
        if point.slo_met == Some(false) { Err("the objective is missed".into()) } else { Ok(point.estimate(metric)) }
    };
    Cell { costs: scenario.cases.iter().map(cost).collect() }
}
