//! One case at one traffic: sized as its user would size it, and replicated.

use super::deploy::Order;
use super::load::{overload, unsettled};
use super::objective::{Judged, means, verdicts};
use super::replicate::{Replication, Trial};
use super::simulations::{Runs, Simulations, Tally};
use super::sizing::{Attempt, Between, find_in};
use crate::metrics::Estimate;
use crate::scenario::{Case, Scenario};
use rayon::prelude::*;

/// What a case came to at one traffic.
#[derive(Clone, Debug)]
pub struct Point {
    /// What every app's arrivals were multiplied by.
    pub traffic: f64,
    /// What was ordered, per app.
    pub orders: Vec<Order>,
    /// What was tried before that.
    pub tried: Vec<Attempt>,
    /// The replications.
    pub replications: Vec<Replication>,
    /// Whether every objective was met; `None` where none is stated.
    pub slo_met: Option<bool>,
    /// Why it cannot do what is offered; whoever states no objective does not ask for that either.
    pub overload: Option<String>,
    /// Whether its numbers stay what they are, however long it is simulated.
    pub is_settled: bool,
}

impl Point {
    /// Sizes and replicates a case.
    ///
    /// # Errors
    /// Says why the case cannot be ordered at this traffic: the point is infeasible.
    pub fn evaluate(scenario: &Scenario, case: &Case, traffic: f64) -> Result<Point, String> {
        let (simulations, tally) = (Simulations::default(), Tally::default());
        let runs = Runs { simulations: &simulations, tally: &tally };
        let scenario = &*super::warm_up::found(runs, scenario, traffic);
        let mut point = Point::sized(runs, scenario, case, traffic, &Vec::new())?;
        point.replicate(runs, scenario, case, u64::from(scenario.run.replications))?;
        Ok(point)
    }

    /// Sizes a case, with simulations at hand and where the orders of neighbouring traffics may be
    /// known; replicates nothing yet.
    ///
    /// # Errors
    /// As [`Point::evaluate`].
    pub fn sized(
        runs: Runs<'_>,
        scenario: &Scenario,
        case: &Case,
        traffic: f64,
        between: &Between,
    ) -> Result<Point, String> {
        let found = find_in(runs, scenario, case, traffic, between)?;
        Ok(Point { tried: found.tried, ..Point::placed(traffic, found.orders) })
    }

    /// A case under an order that is known; replicates nothing yet.
    pub fn placed(traffic: f64, orders: Vec<Order>) -> Point {
        Point {
            traffic,
            orders,
            tried: Vec::new(),
            replications: Vec::new(),
            slo_met: None,
            overload: None,
            is_settled: true,
        }
    }

    /// Adds replications up to a number, under the same order.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn replicate(&mut self, runs: Runs<'_>, scenario: &Scenario, case: &Case, wanted: u64) -> Result<(), String> {
        let (orders, traffic) = (&self.orders, self.traffic);
        let run = |replication| runs.run(&Trial { scenario, case, orders, traffic, replication });
        let done = self.replications.len() as u64;
        let more: Vec<Replication> = (done..wanted).into_par_iter().map(run).collect::<Result<_, _>>()?;
        if let Some(beyond) = more.iter().flat_map(|replication| &replication.billed.errors).next() {
            return Err(beyond.clone());
        }
        self.replications.extend(more);
        self.slo_met = self.judge(scenario.apps.len());
        let all: Vec<&Replication> = self.replications.iter().collect();
        (self.overload, self.is_settled) = (overload(scenario, &all), unsettled(scenario, &all).is_empty());
        Ok(())
    }

    /// What of the objectives is missed, of every app that misses its own; nothing where all are
    /// met. Apps are named where there are several.
    pub fn missed(&self, scenario: &Scenario) -> Option<String> {
        let one = |(app, named): (usize, &crate::scenario::App)| {
            let judged: Vec<&[Judged]> = self.replications.iter().map(|r| r.objectives[app].as_slice()).collect();
            let parts: Vec<String> = means(&judged).iter().filter(|part| !part.holds()).map(Judged::said).collect();
            let of = if scenario.apps.len() > 1 { format!(" of `{}`", named.name) } else { String::new() };
            (!parts.is_empty()).then(|| format!("{}{of}", parts.join(", ")))
        };
        let missed: Vec<String> = scenario.apps.iter().enumerate().filter_map(one).collect();
        let orders = self.orders.iter().map(Order::words).collect::<Vec<_>>().join("; ");
        if missed.is_empty() {
            return self.overload.as_ref().map(|why| format!("{} with {orders}", why.trim_end_matches('.')));
        }
        Some(format!("{} with {orders}", missed.join(", ")))
    }

    /// Whether it does what is asked: its objectives are met, and what is offered can be done.
    pub fn is_able(&self) -> bool {
        self.slo_met != Some(false) && self.overload.is_none()
    }

    /// Whether no interval holds the bound of an objective, of the orders tried or of this one.
    pub fn is_sure(&self) -> bool {
        let doubtful = |app: usize| {
            let judged: Vec<&[Judged]> = self.replications.iter().map(|r| r.objectives[app].as_slice()).collect();
            verdicts(&judged).iter().any(|verdict| verdict.straddles)
        };
        let apps = self.replications.first().map_or(0, |first| first.objectives.len());
        self.tried.iter().all(|attempt| attempt.sure) && !(0..apps).any(doubtful)
    }

    /// How many requests a replication the p99 rests on, where these are too few for its interval to hold.
    pub fn p99_rests_on(&self) -> Option<f64> {
        self.estimate(&["latency_s", "p99"]).mean?;
        let count = |name: &str| self.estimate(&["requests", name]).mean;
        let followed = count("served")? + count("in_flight").unwrap_or(0.0);
        crate::metrics::too_few_beyond(0.99, followed, self.replications.len())
    }

    fn judge(&self, apps: usize) -> Option<bool> {
        let mut stated = false;
        let mut met = true;
        for app in 0..apps {
            let judged: Vec<&[Judged]> = self.replications.iter().map(|r| r.objectives[app].as_slice()).collect();
            let verdicts = verdicts(&judged);
            stated |= !verdicts.is_empty();
            met &= verdicts.iter().all(|verdict| verdict.met);
        }
        stated.then_some(met)
    }

    /// A figure, replication by replication.
    pub fn values(&self, path: &[&str]) -> Vec<Option<f64>> {
        let value = |r: &Replication| r.figures.iter().find(|(known, _)| known == path).and_then(|(_, value)| *value);
        self.replications.iter().map(value).collect()
    }

    /// A figure's estimate.
    pub fn estimate(&self, path: &[&str]) -> Estimate {
        Estimate::of(&self.values(path))
    }
}
