//! The search for one app's order: what all its parts use.

use super::ideal::Ideal;
use super::judgement::Judgement;
use super::{Attempt, commitment_is_open};
use crate::catalogue::Size;
use crate::experiment::deploy::Order;
use crate::experiment::load::is_steady;
use crate::experiment::replicate::{Replication, Trial};
use crate::experiment::simulations::Runs;
use crate::scenario::{Case, DeploymentPlan, InstancesChoice, Scenario};
use rayon::prelude::*;
use std::sync::Arc;

/// Replications that a close order is screened by, before all are asked.
const SCREENING: u64 = 3;
/// What one replication finds dearer than the best by this factor is not asked for more.
const KNOWN_DEARER: f64 = 1.02;
/// So many replications of orders that were judged are kept.
const KEPT: usize = 1_000;

/// How thoroughly an order is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// By the first replication, and by three where that is close.
    Screen,
    /// By three replications.
    Few,
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
    /// What the best order that is known to do costs: what is dearer is of no use. Infinite at first.
    pub known: f64,
    /// What that is in each replication.
    known_by: Vec<f64>,
    /// What was simulated of each order, the latest last.
    judged: Vec<(Order, Vec<Arc<Replication>>)>,
    /// The best that each pace of work can give.
    pub ideals: Vec<(u64, Ideal)>,
}

impl<'a> Search<'a> {
    /// A search that knows nothing yet.
    pub fn new(
        runs: Runs<'a>,
        (scenario, case): (&'a Scenario, &'a Case),
        traffic: f64,
        between: Option<(Order, Order)>,
    ) -> Search<'a> {
        let (known, known_by) = (f64::INFINITY, Vec::new());
        let (tried, judged, ideals) = (Vec::new(), Vec::new(), Vec::new());
        Search { runs, scenario, case, traffic, between, tried, known, known_by, judged, ideals }
    }
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

    /// An order of a size whose number follows its use, within limits.
    pub fn limited(&self, size: &Size, target: Option<f64>, limits: (u32, u32)) -> Order {
        let instances = match self.plan().instances {
            Some(InstancesChoice::Count(count)) => count,
            _ => 0,
        };
        Order { target, limits: Some(limits), ..self.plain(size, instances) }
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
            // What all replications say is not judged by fewer again.
            _ if level == Level::All || self.is_judged_by_all(order) => self.judged_by(order, self.all())?,
            Level::Few => self.judged_by(order, SCREENING.min(self.all()))?,
            _ => match self.judged_by(order, 1)? {
                close if !close.clear && self.all() > 1 && !self.is_dearer(&close) => {
                    self.judged_by(order, SCREENING.min(self.all()))?
                }
                clear => clear,
            },
        };
        self.note(order, &judgement);
        Ok(judgement)
    }

    /// Takes an order to be the best that is known.
    pub fn know(&mut self, order: &Order, cost: f64) {
        let found = self.judged.iter().find(|(known, _)| known == order);
        self.known_by = found.map_or_else(Vec::new, |(_, done)| done.iter().map(|r| super::tco(r)).collect());
        self.known = cost;
    }

    /// Whether what was judged is dearer than the best that is known: in each of its replications than that in the
    /// same, which met the same requests; of a single one, by more than a little.
    pub fn is_dearer(&self, judgement: &Judgement) -> bool {
        let pairs = || judgement.replications.iter().zip(&self.known_by);
        match pairs().count() {
            0 | 1 => judgement.tco_usd > KNOWN_DEARER * self.known_by.first().unwrap_or(&self.known),
            _ => pairs().all(|(replication, known)| super::tco(replication) > *known),
        }
    }

    fn is_judged_by_all(&self, order: &Order) -> bool {
        let all = self.all() as usize;
        self.judged.iter().any(|(known, done)| done.len() == all && known == order)
    }

    /// What an order comes to by its first replications; those that were simulated before are not again.
    fn judged_by(&mut self, order: &Order, replications: u64) -> Result<Judgement, String> {
        let place = self.judged.iter().position(|(known, _)| known == order);
        let mut done = place.map_or_else(Vec::new, |place| self.judged.remove(place).1);
        let more = self.simulated(self.scenario, order, done.len() as u64..replications)?;
        done.extend(more);
        let asked = done[..replications as usize].to_vec();
        self.judged.push((order.clone(), done));
        while self.judged.len() > 1 && self.judged.iter().map(|(_, done)| done.len()).sum::<usize>() > KEPT {
            self.judged.remove(0);
        }
        Ok(Judgement::of(asked, is_steady(self.scenario) && replications == self.all()))
    }

    /// As [`Search::judge`], of the first replication of another (shorter) scenario, and not remembered.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn judged_in(&self, scenario: &Scenario, order: &Order) -> Result<Judgement, String> {
        Ok(Judgement::of(self.simulated(scenario, order, 0..1)?, false))
    }

    fn simulated(
        &self,
        scenario: &Scenario,
        order: &Order,
        replications: std::ops::Range<u64>,
    ) -> Result<Vec<Arc<Replication>>, String> {
        let (case, orders, traffic) = (self.case, std::slice::from_ref(order), self.traffic);
        let run = |replication| self.runs.run(&Trial { scenario, case, orders, traffic, replication }).map(Arc::new);
        replications.into_par_iter().map(run).collect()
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
