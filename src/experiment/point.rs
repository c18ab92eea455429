//! One case at one traffic: sized as its user would size it, and replicated.

use super::deploy::Order;
use super::objective::{Judged, verdicts};
use super::replicate::{Replication, Trial};
use super::sizing::{Attempt, find_between};
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
}

impl Point {
    /// Sizes and replicates a case.
    ///
    /// # Errors
    /// Says why the case cannot be ordered at this traffic: the point is infeasible.
    pub fn evaluate(scenario: &Scenario, case: &Case, traffic: f64) -> Result<Point, String> {
        Point::evaluate_between(scenario, case, traffic, &[], u64::from(scenario.run.replications))
    }

    /// As [`Point::evaluate`], with other numbers of replications, and where the orders of
    /// neighbouring traffics are known.
    ///
    /// # Errors
    /// As [`Point::evaluate`].
    pub fn evaluate_between(
        scenario: &Scenario,
        case: &Case,
        traffic: f64,
        between: &[Option<(Order, Order)>],
        replications: u64,
    ) -> Result<Point, String> {
        let found = find_between(scenario, case, traffic, between)?;
        let mut point =
            Point { traffic, orders: found.orders, tried: found.tried, replications: Vec::new(), slo_met: None };
        point.replicate(scenario, case, replications)?;
        Ok(point)
    }

    /// Adds replications up to a number, under the same order.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn replicate(&mut self, scenario: &Scenario, case: &Case, wanted: u64) -> Result<(), String> {
        let (orders, traffic) = (&self.orders, self.traffic);
        let run = |replication| Trial { scenario, case, orders, traffic, replication }.run();
        let done = self.replications.len() as u64;
        let more: Vec<Replication> = (done..wanted).into_par_iter().map(run).collect::<Result<_, _>>()?;
        if let Some(beyond) = more.iter().flat_map(|replication| &replication.billed.errors).next() {
            return Err(beyond.clone());
        }
        self.replications.extend(more);
        self.slo_met = self.judge(scenario.apps.len());
        Ok(())
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
