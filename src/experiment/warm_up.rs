//! `warm-up = "auto"`: how long it takes until the cases of a scenario have settled.
//!
//! A pilot of each case (as it is ordered without a warm-up, simulated from nothing for the run's duration,
//! all replications) gives the number of instances and of requests in the system over 240 stretches, which
//! are averaged over the replications. MSER-5 ([`crate::metrics::truncation`]) says how much of each is to be
//! left off; the longest of all levels and cases is the warm-up of the scenario, so that all cases are
//! measured over the same window, on the same requests. Where a level has none in the first half of its
//! pilot, pilots of twice, four and eight times the duration are looked at.

use super::load::loads;
use super::replicate::Trial;
use super::simulations::{Runs, Simulations, Tally};
use super::sizing::find_in;
use crate::metrics::truncation;
use crate::scenario::{Case, Scenario, WarmUp};
use crate::units::Span;
use rayon::prelude::*;
use std::borrow::Cow;

/// How many times the duration pilots are simulated.
const TIMES: [u64; 4] = [1, 2, 4, 8];

/// What a pilot of a case showed.
enum Pilot {
    /// It has settled after so long.
    Settles(Span),
    /// It never does: more is offered than can be done, or requests pile up.
    Overloaded,
    /// It had not when the longest pilot ended.
    Drifts,
    /// It cannot be ordered, and says so when it is run.
    Unordered,
}

/// The levels of a case over a pilot, in one replication; whether its load holds, and whether more is offered
/// than can be done.
struct Levels {
    levels: [Vec<f64>; 2],
    holds: bool,
    is_over: bool,
}

/// A scenario with its warm-up found, where it is to be found; else as it is. Where it cannot be found the
/// scenario says why, and so does whatever simulates it.
pub fn found<'s>(runs: Runs<'_>, scenario: &'s Scenario, traffic: f64) -> Cow<'s, Scenario> {
    if scenario.run.warm_up_rule != WarmUp::ToFind {
        return Cow::Borrowed(scenario);
    }
    Cow::Owned(with(scenario, find(runs, scenario, traffic)))
}

/// As [`found`], with simulations of its own.
pub fn found_alone(scenario: &Scenario) -> Cow<'_, Scenario> {
    let (simulations, tally) = (Simulations::default(), Tally::default());
    found(Runs { simulations: &simulations, tally: &tally }, scenario, 1.0)
}

/// A scenario with a warm-up that was found, or with why it was not.
pub fn with(scenario: &Scenario, warm_up: Result<Span, String>) -> Scenario {
    let mut scenario = scenario.clone();
    match warm_up {
        Ok(span) => (scenario.run.warm_up, scenario.run.warm_up_rule) = (span, WarmUp::Found),
        Err(why) => scenario.run.warm_up_rule = WarmUp::NotFound(why),
    }
    scenario
}

/// The warm-up of a scenario at some traffic.
///
/// # Errors
/// Where a case has not settled after eight times the duration, or none can settle.
pub fn find(runs: Runs<'_>, scenario: &Scenario, traffic: f64) -> Result<Span, String> {
    let pilots: Vec<Pilot> = scenario.cases.par_iter().map(|case| pilot(runs, scenario, case, traffic)).collect();
    let names = |of: fn(&Pilot) -> bool| -> Vec<&str> {
        let named = scenario.cases.iter().zip(&pilots).filter(|(_, pilot)| of(pilot));
        named.map(|(case, _)| case.name.as_str()).collect()
    };
    let drifting = names(|pilot| matches!(pilot, Pilot::Drifts));
    if !drifting.is_empty() {
        let longest = scenario.run.duration.0.saturating_mul(TIMES[TIMES.len() - 1]);
        return Err(format!(
            "the warm-up of {} cannot be found: MSER-5 finds no level that lasts in {} from the beginning; simulate \
             longer (`duration`), or state a `warm-up`",
            drifting.join(", "),
            Span(longest)
        ));
    }
    let settled = pilots.iter().filter_map(|pilot| match pilot {
        Pilot::Settles(after) => Some(*after),
        _ => None,
    });
    if let Some(longest) = settled.max() {
        return Ok(longest);
    }
    let overloaded = names(|pilot| matches!(pilot, Pilot::Overloaded));
    // What cannot be ordered has an error of its own.
    if overloaded.is_empty() {
        return Ok(Span(0));
    }
    Err(format!(
        "the warm-up cannot be found: {} never settles, as more is asked of it than it can do; state a `warm-up`, or \
         order more",
        overloaded.join(", ")
    ))
}

fn pilot(runs: Runs<'_>, scenario: &Scenario, case: &Case, traffic: f64) -> Pilot {
    let plain = cold(scenario);
    let Ok(found) = find_in(runs, &plain, case, traffic, &Vec::new()) else { return Pilot::Unordered };
    let mut holds = true;
    for times in TIMES {
        let mut longer = plain.clone();
        longer.run.duration = Span(scenario.run.duration.0.saturating_mul(times).min(Span::MAX.0 / 4));
        longer.run.drain = Some(Span(0));
        let simulated = |replication| {
            let trial = Trial { scenario: &longer, case, orders: &found.orders, traffic, replication };
            runs.with(&trial, |simulation| {
                let series = simulation.series();
                let loads = loads(&longer, simulation);
                Levels {
                    levels: [series.instances.clone(), series.present.clone()],
                    holds: loads.iter().all(|load| load.holds()),
                    is_over: loads.iter().any(|load| load.is_over()),
                }
            })
        };
        let all: Result<Vec<Levels>, String> =
            (0..u64::from(scenario.run.replications)).into_par_iter().map(simulated).collect();
        let Ok(all) = all else { return Pilot::Unordered };
        holds = all.iter().all(|levels| levels.holds);
        if all.iter().all(|levels| levels.is_over) {
            return Pilot::Overloaded;
        }
        let cuts: Option<Vec<usize>> = (0..2).map(|level| truncation(&mean(&all, level))).collect();
        if let Some(cut) = cuts.and_then(|cuts| cuts.into_iter().max()).filter(|_| holds) {
            let stretches = all.first().map_or(1, |levels| levels.levels[0].len()).max(1) as u128;
            let length = u128::from(longer.run.duration.0) * cut as u128 / stretches;
            return Pilot::Settles(Span(length as u64));
        }
    }
    if holds { Pilot::Drifts } else { Pilot::Overloaded }
}

/// The scenario without a warm-up.
fn cold(scenario: &Scenario) -> Scenario {
    let mut cold = scenario.clone();
    (cold.run.warm_up, cold.run.warm_up_rule) = (Span(0), WarmUp::Given);
    cold
}

/// A level's mean over replications, stretch by stretch.
fn mean(all: &[Levels], level: usize) -> Vec<f64> {
    let stretches = all.iter().map(|levels| levels.levels[level].len()).min().unwrap_or(0);
    let at = |stretch: usize| all.iter().map(|levels| levels.levels[level][stretch]).sum::<f64>() / all.len() as f64;
    (0..stretches).map(at).collect()
}
