//! How long a sweep will take: a few of its runs, cut short, are timed.

use super::plan::Plan;
use super::resolve::Resolver;
use crate::experiment::sizing::is_open;
use crate::experiment::{Order, Trial};
use crate::scenario::{Scenario, WarmUp};
use crate::units::Span;
use std::time::Instant;

/// A run is simulated this much longer at each try, until it takes long enough to be timed.
const GROWTH: u64 = 8;
/// Long enough, in seconds.
const ENOUGH: f64 = 0.02;
/// Seconds after which no further run is timed.
const PATIENCE: f64 = 3.0;
/// How many simulations finding an order takes, roughly.
const SIZING: f64 = 10.0;

/// Seconds of one processor that a plan's simulations take, by its first, middle and last group.
pub fn seconds(resolver: &Resolver<'_>, plan: &Plan) -> f64 {
    let began = Instant::now();
    let last = plan.groups.len().saturating_sub(1);
    let mut timed = Vec::new();
    for place in [0, last / 2, last, last / 4, last * 3 / 4] {
        if began.elapsed().as_secs_f64() > PATIENCE {
            break;
        }
        let Some(group) = plan.groups.get(place) else { break };
        let (point, case) = group.members[0];
        if let Some(resolved) = resolver.get(plan.points[point as usize].index) {
            timed.push(of_one(&resolved.scenario, case as usize));
        }
    }
    if timed.is_empty() {
        return 0.0;
    }
    timed.iter().sum::<f64>() / timed.len() as f64 * plan.simulations() as f64
}

/// Seconds that one simulation takes: ever longer beginnings of it are timed, and the last two say
/// what the rest takes.
fn of_one(scenario: &Scenario, case: usize) -> f64 {
    let whole = scenario.run.duration.0.saturating_add(scenario.run.warm_up.0).max(1);
    let factor = if is_open(&scenario.cases[case]) { SIZING } else { 1.0 };
    let (mut part, mut before) = ((whole / 4096).max(1), (0, 0.0));
    loop {
        let Some((seconds, failed)) = timed(scenario, case, part) else {
            // What is to be found is not timed: a millisecond each is no more than a guess.
            return SIZING * 1e-3;
        };
        if failed || seconds >= ENOUGH || part >= whole {
            let slope = (seconds - before.1).max(0.0) / (part - before.0) as f64;
            return factor * (seconds + slope * (whole - part) as f64);
        }
        before = (part, seconds);
        part = part.saturating_mul(GROWTH).min(whole);
    }
}

/// Seconds that the first `part` nanoseconds of a simulation take, and whether it failed; the
/// better of two goes, of which one may have been put aside for other work. `None` where its
/// orders are to be found first.
fn timed(scenario: &Scenario, case: usize, part: u64) -> Option<(f64, bool)> {
    let mut short = scenario.clone();
    (short.run.warm_up, short.run.warm_up_rule) = (Span(0), WarmUp::Given);
    short.run.duration = Span(part);
    let case = &short.cases[case];
    let orders: Vec<Order> = case.deployments.iter().map(Order::stated).collect::<Option<_>>()?;
    let go = || {
        let began = Instant::now();
        let trial = Trial { scenario: &short, case, orders: &orders, traffic: 1.0, replication: 0 };
        let failed = trial.run().is_err();
        (began.elapsed().as_secs_f64(), failed)
    };
    let (first, second) = (go(), go());
    Some((first.0.min(second.0), first.1))
}
