//! The search for one app's order: what all its parts use.

use super::judgement::Judgement;
use super::{Attempt, commitment_is_open};
use crate::catalogue::Size;
use crate::experiment::deploy::Order;
use crate::experiment::load::is_steady;
use crate::experiment::replicate::{Replication, Trial};
use crate::experiment::simulations::Runs;
use crate::scenario::{Case, DeploymentPlan, Scenario};
use rayon::prelude::*;

/// Replications that a close order is screened by, before all are asked.
const SCREENING: u64 = 3;

/// How thoroughly an order is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// By the first replication, and by three where that is close.
    Screen,
    /// By all replications.
    All,
}

/// The search for one app's order.
pub struct Search<'a> {
    /// Where trials are run.
    pub runs: Runs<'a>,
    /// The scenario, with this app alone.
    pub scenario: &'a Scenario,
    /// The case, with this app alone.
    pub case: &'a Case,
    /// What arrivals are multiplied by.
    pub traffic: f64,
    /// The orders of a lesser and of a greater traffic.
    pub between: Option<(Order, Order)>,
    /// What was tried.
    pub tried: Vec<Attempt>,
}

impl Search<'_> {
    /// The app's plan.
    pub fn plan(&self) -> &DeploymentPlan {
        &self.case.deployments[0]
    }

    /// Searches; what was tried is added to a list.
    ///
    /// # Errors
    /// Says why no order meets the objective.
    pub fn run(mut self, tried: &mut Vec<Attempt>) -> Result<Order, String> {
        let found = self.order();
        tried.append(&mut self.tried);
        found
    }

    fn order(&mut self) -> Result<Order, String> {
        let app = &self.scenario.apps[0];
        let order = match Order::stated(self.plan()) {
            Some(order) => order,
            None if app.slo.is_empty() => {
                return Err(format!(
                    "the app `{}` states no `slo` that an order could be sized to: add one, such as \
                     slo = {{ p99 = \"500 ms\" }}, or state the size and the number of instances",
                    app.name
                ));
            }
            None => self.cheapest()?,
        };
        if !commitment_is_open(self.plan()) {
            return Ok(order);
        }
        crate::experiment::commitment::choose(self.runs, self.scenario, self.case, order, self.traffic)
    }

    /// An order of a size that stands for itself.
    pub fn plain(&self, size: &Size, instances: u32) -> Order {
        Order { size: size.clone(), instances, target: None, limits: None, committed: None }
    }

    /// All replications that there are.
    pub fn all(&self) -> u64 {
        u64::from(self.scenario.run.replications)
    }

    /// Judges an order, and remembers that it was tried.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn judge(&mut self, order: &Order, level: Level) -> Result<Judgement, String> {
        let judgement = match level {
            Level::All => self.judged_by(order, self.all())?,
            Level::Screen => match self.judged_by(order, 1)? {
                close if !close.clear && self.all() > 1 => self.judged_by(order, SCREENING.min(self.all()))?,
                clear => clear,
            },
        };
        self.note(order, &judgement);
        Ok(judgement)
    }

    fn judged_by(&self, order: &Order, replications: u64) -> Result<Judgement, String> {
        self.judged_in(self.scenario, order, replications)
    }

    /// As [`Search::judge`], of another (shorter) scenario, and not remembered.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn judged_in(&self, scenario: &Scenario, order: &Order, replications: u64) -> Result<Judgement, String> {
        let (case, orders, traffic) = (self.case, std::slice::from_ref(order), self.traffic);
        let run = |replication| self.runs.run(&Trial { scenario, case, orders, traffic, replication });
        let done: Vec<Replication> = (0..replications).into_par_iter().map(run).collect::<Result<_, _>>()?;
        let to_rest = is_steady(scenario) && replications == self.all();
        Ok(Judgement::of(done, to_rest))
    }

    /// Notes an attempt, in the place of one of the same order that was judged on fewer replications.
    fn note(&mut self, order: &Order, judgement: &Judgement) {
        let attempt = Attempt {
            app: self.scenario.apps[0].name.clone(),
            size: order.size.name.clone(),
            order: order.words(),
            met: judgement.met,
            found: judgement.worst().map_or_else(String::new, |part| part.said()),
            replications: judgement.replications.len() as u64,
            sure: judgement.sure,
            tco_usd: judgement.tco_usd,
        };
        match self.tried.iter_mut().find(|known| known.order == attempt.order) {
            Some(known) if known.replications <= attempt.replications => *known = attempt,
            Some(_) => {}
            None => self.tried.push(attempt),
        }
    }

    /// Why an order does not do, where nothing greater does either.
    pub fn refusal(&self, order: &Order, judgement: &Judgement) -> Refusal {
        let part = judgement.worst().map_or_else(String::new, |part| part.said());
        let many = if order.instances > 1 { " even" } else { "" };
        Refusal { excess: judgement.excess(), why: format!("{part}{many} with {}", order.words()) }
    }
}

/// Why a size does not do, and by how much it falls short.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// By which factor the objective is missed.
    pub excess: f64,
    /// In words.
    pub why: String,
}

impl From<String> for Refusal {
    fn from(why: String) -> Refusal {
        Refusal { excess: f64::INFINITY, why }
    }
}
