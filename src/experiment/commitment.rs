//! How many instances to commit to: the number, and the plan, that makes the invoice least.
//!
//! A commitment changes the bill and nothing that happens, so one simulation serves all choices.
//! The invoice is convex in the number: each further instance covers hours that fewer others run.
//! The mean of a few replications' invoices decides.

use super::deploy::{Commit, Order};
use super::invoices::Books;
use super::replicate::Trial;
use super::simulations::Runs;
use crate::metrics::Level;
use crate::scenario::{Case, CommitmentChoice, Scenario};
use crate::simulation::Simulation;

/// So many replications' invoices are looked at.
const REPLICATIONS: u64 = 5;

/// Completes an order with the cheapest commitment that the case leaves open.
///
/// # Errors
/// As [`Trial::run`].
pub fn choose(runs: Runs<'_>, scenario: &Scenario, case: &Case, order: Order, traffic: f64) -> Result<Order, String> {
    let orders = [order.clone()];
    let trial = |replication| Trial { scenario, case, orders: &orders, traffic, replication };
    let some = 0..u64::from(scenario.run.replications).min(REPLICATIONS);
    let mean = |order: &Order| -> Result<f64, String> {
        let bill = |k| runs.with(&trial(k), |simulation| bill(&trial(k), simulation, order));
        let bills = some.clone().map(bill).collect::<Result<Vec<f64>, String>>()?;
        Ok(bills.iter().sum::<f64>() / bills.len() as f64)
    };
    let mut peak = 0;
    for k in some.clone() {
        let of = runs.with(&trial(k), |simulation| rented(simulation).peak())?;
        peak = peak.max(of.clamp(0, i64::from(u32::MAX)) as u32);
    }
    let plan = &case.deployments[0];
    let size = plan.model.prices.sizes.iter().position(|name| *name == order.size.name);
    let offered = plan.model.prices.commitments.iter().filter(|commitment| commitment.offers(size));
    let named = |name: &str| match &plan.commitment {
        CommitmentChoice::Plan { plan, .. } => plan == name,
        _ => true,
    };
    let mut best = (mean(&order)?, order.clone());
    for commitment in offered.filter(|commitment| named(&commitment.name)) {
        let with =
            |instances| Order { committed: Some(Commit { plan: commitment.name.clone(), instances }), ..order.clone() };
        let cost = |instances| mean(&with(instances)).unwrap_or(f64::INFINITY);
        let instances = least_of_convex(peak, cost);
        let found = (cost(instances), with(instances));
        if found.0 < best.0 {
            best = found;
        }
    }
    Ok(best.1)
}

/// What is rented: instances, or on a cluster its nodes.
fn rented(simulation: &Simulation) -> &Level {
    let world = &simulation.world;
    if world.clusters.is_empty() { &world.facts[0].instances } else { &world.case.nodes }
}

fn bill(trial: &Trial<'_>, simulation: &Simulation, order: &Order) -> f64 {
    let orders = std::slice::from_ref(order);
    Books { scenario: trial.scenario, case: trial.case, orders, world: &simulation.world }.bill().total
}

/// Where a convex function of 0 ..= `most` is least, by halving the range on its slope.
fn least_of_convex(most: u32, cost: impl Fn(u32) -> f64) -> u32 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if cost(middle + 1) < cost(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::least_of_convex;

    #[test]
    fn finds_the_least_of_convex_functions() {
        for least in [0u32, 1, 7, 99, 100] {
            let cost = |n: u32| (f64::from(n) - f64::from(least)).abs();
            assert_eq!(least_of_convex(100, cost), least);
        }
        assert_eq!(least_of_convex(0, |_| 1.0), 0);
    }
}
