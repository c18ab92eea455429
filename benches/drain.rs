//! What following requests to their end costs: the simulated time beyond the measured windows of all scenarios, as a share
//! of those windows, by requests. Counted, not timed, so that it says the same on any machine.
//!
//! `cargo bench --bench drain` looks at the first replication of every stated order of `scenarios/`; `-- --most 100000` only
//! at those of at most so many requests.

use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::experiment::{Order, Trial};
use hostsim::scenario::{Scenario, load_file};
use hostsim::units::Time;
use std::path::PathBuf;

/// The requests of a window, and about those that come while it is followed.
fn followed(scenario: &Scenario, most: f64) -> Option<(f64, f64)> {
    let window = scenario.run.duration.seconds() + scenario.run.warm_up.seconds();
    let requests: f64 = scenario.apps.iter().map(|app| app.workload.mean_rate() * window).sum();
    if requests > most {
        return None;
    }
    let (mut within, mut beyond) = (0.0, 0.0);
    for case in &scenario.cases {
        let orders: Option<Vec<Order>> = case.deployments.iter().map(Order::stated).collect();
        let Some(orders) = orders else { continue };
        let trial = Trial { scenario, case, orders: &orders, traffic: 1.0, replication: 0 };
        let Ok(simulation) = trial.simulate() else { continue };
        let world = &simulation.world;
        let arrived: u64 = world.facts().iter().map(|facts| facts.arrived).sum();
        let share = simulation.followed().seconds() / world.end().since(Time(0)).seconds();
        within += arrived as f64;
        beyond += arrived as f64 * share;
    }
    Some((within, beyond))
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let most = words.iter().position(|word| word == "--most").and_then(|at| words.get(at + 1)?.parse().ok());
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(root).expect("the scenarios").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    let (mut within, mut beyond, mut left_out) = (0.0, 0.0, 0);
    for file in files {
        let Some((source, scenario)) = load_file(&file, &catalogue, &mut diagnostics) else { continue };
        match followed(&scenario, most.unwrap_or(f64::INFINITY)) {
            Some((requests, more)) => {
                println!(
                    "{:<32} {requests:>12.0} requests {:>8.3} %",
                    source.stem,
                    100.0 * more / f64::max(requests, 1.0)
                );
                within += requests;
                beyond += more;
            }
            None => left_out += 1,
        }
    }
    println!(
        "all: {within:.0} requests, {:.3} % more to follow them to their end; {left_out} scenarios left out",
        100.0 * beyond / within
    );
}
