//! Apps that share servers: what was found for each alone must do for all together.

use super::{Attempt, Found};
use crate::catalogue::Allotment;
use crate::experiment::deploy::Order;
use crate::experiment::objective::{Judged, means};
use crate::experiment::replicate::{Replication, Trial};
use crate::experiment::simulations::Runs;
use crate::scenario::{Case, InstancesChoice, Scenario};
use rayon::prelude::*;

/// So often instances are added to apps that miss their objectives beside the others.
const ROUNDS: u32 = 12;

/// Adds instances to the apps that miss their objective beside the others, where these can be in
/// each other's way: on servers of a fixed number, or where more cores are sold than there are.
///
/// # Errors
/// Says what is missed where that does not help.
pub fn fit(runs: Runs<'_>, scenario: &Scenario, case: &Case, traffic: f64, found: &mut Found) -> Result<(), String> {
    if case.deployments.len() < 2 || !meet(case, &found.orders) {
        return Ok(());
    }
    let mut step = 1;
    for _ in 0..ROUNDS {
        let missed = judge(runs, scenario, case, traffic, found)?;
        if missed.is_empty() {
            return Ok(());
        }
        for (app, why) in &missed {
            let order = &found.orders[*app];
            let sold_out = order.size.most.is_some_and(|most| order.instances + step > most);
            if sold_out || case.deployments[*app].instances != Some(InstancesChoice::RightSize) {
                return Err(format!("beside the other apps, {} of `{}`", why.said(), scenario.apps[*app].name));
            }
            found.orders[*app].instances += step;
        }
        step *= 2;
    }
    let missed = judge(runs, scenario, case, traffic, found)?;
    let Some((app, why)) = missed.first() else { return Ok(()) };
    Err(format!(
        "beside the other apps, {} of `{}` even with {}",
        why.said(),
        scenario.apps[*app].name,
        found.orders[*app].words()
    ))
}

/// Whether the apps can be in each other's way.
fn meet(case: &Case, orders: &[Order]) -> bool {
    let sells_more = |order: &Order| match (&order.size.reserve_cpu, &order.size.cpu) {
        (Some(reserved), Allotment::Fixed(cores)) => reserved < cores,
        (reserved, _) => reserved.is_some(),
    };
    case.fleet.count.is_some() || case.fleet.overcommit_cpu > 1.0 || orders.iter().any(sells_more)
}

/// The apps that miss their objective together, each with the part that it misses most.
fn judge(
    runs: Runs<'_>,
    scenario: &Scenario,
    case: &Case,
    traffic: f64,
    found: &mut Found,
) -> Result<Vec<(usize, Judged)>, String> {
    let orders = &found.orders;
    let run = |replication| runs.run(&Trial { scenario, case, orders, traffic, replication });
    let all = u64::from(scenario.run.replications);
    let done: Vec<Replication> = (0..all).into_par_iter().map(run).collect::<Result<_, _>>()?;
    let worst = |app: usize| {
        let judged: Vec<&[Judged]> = done.iter().map(|r| r.objectives[app].as_slice()).collect();
        let parts = means(&judged);
        parts.into_iter().max_by(|a, b| a.excess().total_cmp(&b.excess()))
    };
    let parts: Vec<(usize, Judged)> = (0..scenario.apps.len()).filter_map(|app| Some((app, worst(app)?))).collect();
    let missed: Vec<(usize, Judged)> = parts.iter().filter(|(_, part)| !part.holds()).cloned().collect();
    found.tried.push(Attempt {
        app: "all together".into(),
        size: String::new(),
        order: orders.iter().map(Order::words).collect::<Vec<_>>().join("; "),
        met: missed.is_empty(),
        found: missed.first().map_or_else(String::new, |(_, part)| part.said()),
        replications: all,
        sure: true,
        tco_usd: done.iter().map(super::tco).sum::<f64>() / all as f64,
    });
    Ok(missed)
}
