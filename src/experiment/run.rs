//! `run`: every case, every replication.

use super::deploy::Order;
use super::load::unsettled;
use super::objective::verdicts;
use super::replicate::{Replication, Trial};
use super::result::{AppResult, CaseResult, ResultDocument, Timeline};
use super::simulations::{Runs, Simulations, Tally};
use super::sizing::{Attempt, find_in};
use super::warm_up;
use crate::hosting::course::Stretch;
use crate::hosting::facts::Digest;
use crate::metrics::{Estimate, Figures, Histogram};
use crate::scenario::{Case, Scenario, WarmUp};
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most replications that `--precision` may add up to.
pub const MOST_FOR_PRECISION: u64 = 1_000;

/// How a run is done; none of it changes a replication's numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunOptions {
    /// Replications are added until every case's invoice, mean latency and p99 are known to this
    /// share of themselves.
    pub precision: Option<f64>,
    /// What figures are made of is kept beside them: each replication's values, series, histograms, tenants.
    pub details: bool,
}

/// Told of every replication that is done, by how many there will be; may ask to stop.
pub struct Progress<'p> {
    /// Called with (done, of) after each replication.
    pub done: &'p (dyn Fn(u64, u64) + Sync),
    /// Set where the run is to be given up.
    pub stop: &'p AtomicBool,
}

/// Why a run came to no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// The input asks for something impossible: a case, and what is wrong with it.
    Input(String),
    /// It was asked to stop.
    Interrupted,
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Input(message) => f.write_str(message),
            RunError::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// A case with what is ordered in it.
struct Ordered<'a> {
    case: &'a Case,
    orders: Vec<Order>,
    tried: Vec<Attempt>,
}

/// Runs all cases of a scenario.
///
/// # Errors
/// Where a case asks for what cannot be, a trace cannot be read, or the run was interrupted.
pub fn run(scenario: &Scenario, options: &RunOptions, progress: &Progress<'_>) -> Result<ResultDocument, RunError> {
    let (simulations, tally) = (Simulations::default(), Tally::default());
    let runs = Runs { simulations: &simulations, tally: &tally };
    let scenario = warm_up::found(runs, scenario, 1.0);
    let scenario = &*scenario;
    if let WarmUp::NotFound(why) = &scenario.run.warm_up_rule {
        return Err(RunError::Input(why.clone()));
    }
    // A case that cannot be sized is a row that says so: the others are answered.
    let found: Vec<(&Case, Result<Ordered<'_>, String>)> =
        scenario.cases.iter().map(|case| (case, order(runs, scenario, case))).collect();
    if let [(case, Err(why)), rest @ ..] = &found[..]
        && rest.iter().all(|(_, found)| found.is_err())
    {
        return Err(RunError::Input(format!("case `{}`: {why}", case.name)));
    }
    let places: Vec<(&Case, Option<String>)> =
        found.iter().map(|(case, found)| (*case, found.as_ref().err().cloned())).collect();
    let ordered: Vec<Ordered<'_>> = found.into_iter().filter_map(|(_, found)| found.ok()).collect();
    let mut results: Vec<Vec<Replication>> = ordered.iter().map(|_| Vec::new()).collect();
    let mut wanted = u64::from(scenario.run.replications);
    loop {
        let done = results.first().map_or(0, |replications| replications.len() as u64);
        let batch = replicate(runs, scenario, &ordered, done..wanted, progress)?;
        for (index, mut replication) in batch {
            if !options.details {
                replication.latency_by_app = Vec::new();
            }
            results[index].push(replication);
        }
        match options.precision {
            Some(precision) if wanted < MOST_FOR_PRECISION && !is_precise(&results, precision) => {
                wanted = (wanted + (wanted / 2).max(5)).min(MOST_FOR_PRECISION);
            }
            _ => break,
        }
    }
    let mut document = document(scenario, &ordered, &results);
    document.details = options.details;
    if options.details {
        let by_app = results.iter().map(|replications| latency_by_app(scenario.apps.len(), replications));
        for (case, of_apps) in document.cases.iter_mut().zip(by_app) {
            case.apps.iter_mut().zip(of_apps).for_each(|(app, latency)| app.latency = Some(latency));
        }
    }
    add_unsized(&mut document, &places);
    Ok(document)
}

/// Puts the cases that could not be sized between the others, in the scenario's order, with every figure
/// undefined.
fn add_unsized(document: &mut ResultDocument, places: &[(&Case, Option<String>)]) {
    let Some(like) = document.cases.first().map(|case| case.figures.clone()) else { return };
    let apps = document.cases[0].apps.clone();
    for (place, (case, why)) in places.iter().enumerate() {
        let Some(why) = why else { continue };
        let mut figures = Figures::new();
        for _ in 0..like.replications() {
            figures.push_paths(like.iter().map(|(path, _)| (path.clone(), None)));
        }
        let plans = &case.deployments;
        let app = |(app, plan): (AppResult, &crate::scenario::DeploymentPlan)| AppResult {
            hosting: plan.model.name.clone(),
            size: None,
            slo_met: Some(false),
            latency: app.latency.map(|_| Histogram::new()),
            ..app
        };
        let row = CaseResult {
            name: case.name.clone(),
            hosting: joined(plans.iter().map(|plan| plan.model.name.as_str())),
            family: joined(plans.iter().map(|plan| plan.model.family.name())),
            slo_met: Some(false),
            unsizable: Some(why.clone()),
            notes: vec![format!("cannot be sized: {why}.")],
            apps: apps.iter().cloned().zip(plans).map(app).collect(),
            figures,
            ..CaseResult::default()
        };
        document.cases.insert(place, row);
    }
}

fn order<'a>(runs: Runs<'_>, scenario: &Scenario, case: &'a Case) -> Result<Ordered<'a>, String> {
    let found = find_in(runs, scenario, case, 1.0, &Vec::new())?;
    Ok(Ordered { case, orders: found.orders, tried: found.tried })
}

fn replicate(
    runs: Runs<'_>,
    scenario: &Scenario,
    ordered: &[Ordered<'_>],
    replications: std::ops::Range<u64>,
    progress: &Progress<'_>,
) -> Result<Vec<(usize, Replication)>, RunError> {
    let tasks: Vec<(usize, u64)> =
        replications.clone().flat_map(|k| (0..ordered.len()).map(move |case| (case, k))).collect();
    let of = replications.end * ordered.len() as u64;
    let done = std::sync::atomic::AtomicU64::new(replications.start * ordered.len() as u64);
    tasks
        .par_iter()
        .with_max_len(1)
        .map(|&(index, replication)| {
            if progress.stop.load(Ordering::Relaxed) {
                return Err(RunError::Interrupted);
            }
            let Ordered { case, orders, .. } = &ordered[index];
            let trial = Trial { scenario, case, orders, traffic: 1.0, replication };
            let result = runs.run(&trial).map_err(|error| RunError::Input(format!("case `{}`: {error}", case.name)))?;
            (progress.done)(done.fetch_add(1, Ordering::Relaxed) + 1, of);
            Ok((index, result))
        })
        .collect()
}

/// Whether invoice, mean latency and p99 of every case are known well enough.
fn is_precise(results: &[Vec<Replication>], precision: f64) -> bool {
    const WATCHED: [&[&str]; 3] = [&["invoice_usd", "total"], &["latency_s", "mean"], &["latency_s", "p99"]];
    results.iter().all(|replications| {
        WATCHED.iter().all(|path| {
            let values: Vec<Option<f64>> = replications.iter().map(|r| figure(r, path)).collect();
            // What is undefined in every replication will not become known by more of them.
            values.iter().all(Option::is_none)
                || Estimate::of(&values).relative_half_width().is_none_or(|half| half <= precision)
        })
    })
}

fn figure(replication: &Replication, path: &[&str]) -> Option<f64> {
    replication.figures.iter().find(|(known, _)| known == path).and_then(|(_, value)| *value)
}

fn document(scenario: &Scenario, ordered: &[Ordered<'_>], results: &[Vec<Replication>]) -> ResultDocument {
    let mut digest = Digest::default();
    for replications in results {
        replications.iter().for_each(|replication| digest.add(replication.digest));
    }
    ResultDocument {
        title: scenario.title.clone(),
        seed: scenario.run.seed,
        replications: results.first().map_or(0, |replications| replications.len() as u64),
        duration_s: scenario.run.duration.seconds(),
        digest: format!("{:016x}", digest.0),
        cases: ordered.iter().zip(results).map(|(ordered, reps)| case_result(scenario, ordered, reps)).collect(),
        unverified: super::unverified(&scenario.cases),
        notes: super::notes::of_scenario(scenario),
        details: false,
    }
}

fn case_result(scenario: &Scenario, ordered: &Ordered<'_>, replications: &[Replication]) -> CaseResult {
    let mut figures = Figures::new();
    let mut latency = Histogram::default();
    for replication in replications {
        figures.push_paths(replication.figures.iter().cloned());
        latency.merge(&replication.latency);
    }
    let tenants: Vec<_> = replications.iter().map(|replication| replication.tenants.as_slice()).collect();
    let judged: Vec<_> = (0..scenario.apps.len())
        .map(|app| verdicts(&replications.iter().map(|r| r.objectives[app].as_slice()).collect::<Vec<_>>()))
        .collect();
    let met = |app: usize| (!judged[app].is_empty()).then(|| judged[app].iter().all(|verdict| verdict.met));
    let all: Vec<bool> = (0..judged.len()).filter_map(met).collect();
    let straddles = judged.iter().enumerate().flat_map(|(app, verdicts)| {
        let name = &scenario.apps[app].name;
        verdicts.iter().filter(|v| v.straddles).map(move |v| format!("{} of {name}", v.name))
    });
    let plans = &ordered.case.deployments;
    let apps = plans.iter().zip(&ordered.orders).enumerate().map(|(index, (plan, order))| AppResult {
        name: scenario.apps[index].name.clone(),
        hosting: plan.model.name.clone(),
        size: Some(order.size.name.clone()),
        slo_met: met(index),
        latency: None,
    });
    let apps: Vec<AppResult> = apps.collect();
    CaseResult {
        name: ordered.case.name.clone(),
        hosting: joined(apps.iter().map(|app| app.hosting.as_str())),
        family: joined(plans.iter().map(|plan| plan.model.family.name())),
        size: Some(joined(apps.iter().filter_map(|app| app.size.as_deref()))),
        slo_met: (!all.is_empty()).then(|| all.iter().all(|met| *met)),
        unsizable: None,
        unsettled: unsettled(scenario, &replications.iter().collect::<Vec<_>>()),
        followed_s: replications.iter().filter_map(|r| r.followed_s).reduce(f64::min),
        straddles: straddles.collect(),
        timeline: timeline(scenario, replications),
        tenants: super::tenants::merged(scenario, &tenants),
        invoices: replications.first().map_or_else(Vec::new, |first| first.billed.invoices.clone()),
        notes: super::notes::of_case(scenario, ordered.case, &ordered.orders, &ordered.tried, replications),
        figures,
        apps,
        latency,
    }
}

/// Each app's latencies of all replications together. Where there is one app they are the replication's.
fn latency_by_app(apps: usize, replications: &[Replication]) -> Vec<Histogram> {
    let mut of_apps = vec![Histogram::new(); apps];
    for replication in replications {
        let one = if apps == 1 { std::slice::from_ref(&replication.latency) } else { &replication.latency_by_app };
        of_apps.iter_mut().zip(one).for_each(|(all, one)| all.merge(one));
    }
    of_apps
}

/// Names, each once, in order.
fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.join(", ")
}

/// Instances and servers over time, averaged over replications.
fn timeline(scenario: &Scenario, replications: &[Replication]) -> Timeline {
    let points = replications.first().map_or(0, |r| r.series.instances.len());
    let mean = |of: fn(&Replication) -> &Vec<f64>| -> Vec<f64> {
        let at = |point: usize| replications.iter().filter_map(|r| of(r).get(point)).sum::<f64>();
        (0..points).map(|point| at(point) / replications.len() as f64).collect()
    };
    // Of all replications' requests together: a stretch may have few.
    let mut course = vec![Stretch::default(); points];
    for replication in replications {
        course.iter_mut().zip(&replication.series.course).for_each(|(all, one)| all.add(one));
    }
    let shares = |of: fn(&Stretch) -> (f64, i64)| -> Vec<Option<f64>> {
        let share = |(part, whole): (f64, i64)| (whole > 0).then(|| part / whole as f64);
        course.iter().map(|stretch| share(of(stretch))).collect()
    };
    Timeline {
        start_s: scenario.run.warm_up.seconds(),
        length_s: scenario.run.duration.seconds(),
        instances: mean(|r| &r.series.instances),
        servers: mean(|r| &r.series.servers),
        present: mean(|r| &r.series.present),
        busy_cores: mean(|r| &r.series.busy_cores),
        arrived: course.iter().map(|stretch| stretch.arrived as f64 / replications.len() as f64).collect(),
        cold_share: shares(|stretch| (stretch.cold as f64, stretch.arrived)),
        rejected_share: shares(|stretch| (stretch.rejected as f64, stretch.arrived)),
        served_share: shares(|stretch| (stretch.served as f64, stretch.arrived)),
        latency_s: shares(|stretch| (stretch.latency as f64 / 1e9, stretch.served)),
    }
}
