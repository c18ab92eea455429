//! How many instances to commit to: the number, and the plan, that makes the invoice least.
//!
//! A commitment changes the bill and nothing that happens, so one simulation serves all choices.
//! The invoice is convex in the number: each further instance covers hours that fewer others run.

use super::deploy::{Commit, Order};
use super::invoices::Books;
use super::replicate::Trial;
use super::simulated::Simulated;
use crate::scenario::{Case, CommitmentChoice, Scenario};
use crate::simulation::Simulation;

/// Completes an order with the cheapest commitment that the case leaves open.
///
/// # Errors
/// As [`Trial::run`].
pub fn choose(
    scenario: &Scenario,
    case: &Case,
    order: Order,
    traffic: f64,
    simulated: &Simulated,
) -> Result<Order, String> {
    let orders = [order.clone()];
    let trial = Trial { scenario, case, orders: &orders, traffic, replication: 0 };
    simulated.with(&trial, |simulation| cheapest(&trial, simulation, &order))
}

fn cheapest(trial: &Trial<'_>, simulation: &Simulation, order: &Order) -> Order {
    let plan = &trial.case.deployments[0];
    let size = plan.model.prices.sizes.iter().position(|name| *name == order.size.name);
    let offered = plan.model.prices.commitments.iter().filter(|commitment| commitment.offers(size));
    let named = |name: &str| match &plan.commitment {
        CommitmentChoice::Plan { plan, .. } => plan == name,
        _ => true,
    };
    let world = &simulation.world;
    let rented = if world.clusters.is_empty() { &world.facts[0].instances } else { &world.case.nodes };
    let peak = rented.peak().clamp(0, i64::from(u32::MAX)) as u32;
    let mut best = (bill(trial, simulation, order), order.clone());
    for commitment in offered.filter(|commitment| named(&commitment.name)) {
        let with =
            |instances| Order { committed: Some(Commit { plan: commitment.name.clone(), instances }), ..order.clone() };
        let cost = |instances| bill(trial, simulation, &with(instances));
        let instances = least_of_convex(peak, cost);
        let found = (cost(instances), with(instances));
        if found.0 < best.0 {
            best = found;
        }
    }
    best.1
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
