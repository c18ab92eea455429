//! Right-sizing: the cheapest order that meets the objective, found by simulation with common
//! random numbers.
//!
//! More instances mostly serve the same requests no later, so the fewest are found by doubling and
//! bisection, on few replications first; the number found, and that one fewer does not do, are
//! checked by all of them. Where more may be worse (instances that sleep sooner the less each has
//! to do, routing at random or by turns, servers that are shared) smaller numbers are tried one by
//! one. Each size is first bounded from below by what it would cost idle, with the fewest instances
//! that its offered load allows, and is only simulated where that is less than the best found.

mod bounds;
mod ideal;
mod instances;
mod judgement;
mod scaling;
mod search;
mod sizes;
mod together;

use super::deploy::{Order, cut};
use super::replicate::Replication;
use super::simulations::{Runs, Simulations, Tally};
use crate::scenario::{Case, CommitmentChoice, DeploymentPlan, InstancesChoice, Scenario};
use search::Search;

pub use judgement::Judgement;

/// What was tried, and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The app.
    pub app: String,
    /// The size.
    pub size: String,
    /// The order in words.
    pub order: String,
    /// Whether the objective was met.
    pub met: bool,
    /// What of the objective came out nearest to its bound, or furthest beyond it.
    pub found: String,
    /// How many replications that was judged on.
    pub replications: u64,
    /// Whether the noise leaves no doubt of the verdict.
    pub sure: bool,
    /// What it costs a month, in dollars (TCO of this app alone).
    pub tco_usd: f64,
}

/// The orders found for a case, and what was tried.
#[derive(Clone, Debug)]
pub struct Found {
    /// Per app.
    pub orders: Vec<Order>,
    /// What was tried.
    pub tried: Vec<Attempt>,
}

/// Per app: the orders of a lesser and of a greater traffic, where both are known.
pub type Between = Vec<Option<(Order, Order)>>;

/// Whether a case leaves something to be found.
pub fn is_open(case: &Case) -> bool {
    case.deployments.iter().any(|plan| Order::stated(plan).is_none() || commitment_is_open(plan))
}

fn commitment_is_open(plan: &DeploymentPlan) -> bool {
    match &plan.commitment {
        CommitmentChoice::Cheapest => true,
        CommitmentChoice::Plan { instances, .. } => *instances == Some(InstancesChoice::RightSize),
        CommitmentChoice::None => false,
    }
}

/// Finds the orders of a case at some traffic.
///
/// # Errors
/// Says why no order meets the objective.
pub fn find(scenario: &Scenario, case: &Case, traffic: f64) -> Result<Found, String> {
    let (simulations, tally) = (Simulations::default(), Tally::default());
    find_in(Runs { simulations: &simulations, tally: &tally }, scenario, case, traffic, &Vec::new())
}

/// As [`find`], with simulations at hand, and where the numbers of instances are known to lie
/// between those of a lesser and of a greater traffic (nothing where they are not known).
///
/// # Errors
/// As [`find`].
pub fn find_in(
    runs: Runs<'_>,
    scenario: &Scenario,
    case: &Case,
    traffic: f64,
    between: &Between,
) -> Result<Found, String> {
    let mut found = Found { orders: Vec::new(), tried: Vec::new() };
    for (index, plan) in case.deployments.iter().enumerate() {
        let order = match Order::stated(plan) {
            Some(order) if !commitment_is_open(plan) => {
                cut(plan, &order.size, &scenario.apps[plan.app], &case.fleet)?;
                order
            }
            _ => {
                let (alone, only) = alone(scenario, case, index);
                let between = between.get(index).cloned().flatten();
                Search::new(runs, (&alone, &only), traffic, between).run(&mut found.tried)?
            }
        };
        found.orders.push(order);
    }
    if is_open(case) {
        together::fit(runs, scenario, case, traffic, &mut found)?;
    }
    Ok(found)
}

/// The scenario and case with one app alone.
fn alone(scenario: &Scenario, case: &Case, index: usize) -> (Scenario, Case) {
    let mut alone = scenario.clone();
    alone.apps = vec![scenario.apps[index].clone()];
    alone.cases = Vec::new();
    let mut only = case.clone();
    only.deployments = vec![DeploymentPlan { app: 0, ..case.deployments[index].clone() }];
    (alone, only)
}

/// A replication's TCO in dollars.
pub fn tco(replication: &Replication) -> f64 {
    let found = replication.figures.iter().find(|(path, _)| path == &["tco_usd"]);
    found.and_then(|(_, value)| *value).unwrap_or(f64::NAN)
}
