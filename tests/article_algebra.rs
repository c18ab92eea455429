//! The numbers of claims that come out of a simulation, beside what algebra says of the same inputs.

use crate::common::catalogue;
use hostsim::document::Diagnostics;
use hostsim::experiment::{Progress, RunOptions, run};
use hostsim::scenario::{Scenario, shipped};
use std::sync::atomic::AtomicBool;

/// The number that decides the claim of a shipped scenario, of all of its replications.
fn number(stem: &str) -> f64 {
    let mut diagnostics = Diagnostics::default();
    let source = shipped::named(stem, &mut diagnostics).unwrap();
    let scenario = Scenario::read(&source.root, &source.directory, catalogue().1, &mut diagnostics).unwrap();
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    let result = run(&scenario, &RunOptions::default(), &progress).unwrap();
    scenario.claim.unwrap().decides.estimate(&result).unwrap().mean.unwrap()
}

/// The mean of a log-normal of which the median and the 95th percentile are known.
fn log_normal_mean(median: f64, p95: f64) -> f64 {
    let sigma = (p95 / median).ln() / 1.644_853_6;
    median * (sigma * sigma / 2.0).exp()
}

/// What a server costs in a month: its price over four years, space, network, staff, and its energy at 0.08 USD a kWh
/// and a PUE of 1.5.
fn server(price: f64, watts: f64) -> f64 {
    price / 48.0 + 60.0 + 20.0 + 25.0 + watts / 1000.0 * 730.0 * 1.5 * 0.08
}

/// Claim 4: each of two servers works on 12 of its 16 cores for half of the day; one that does both wastes 5 % more.
#[test]
#[ignore = "ci: four days of two servers"]
fn ci_the_cost_of_one_server_over_two() {
    let watts = |load: f64| 55.0 + (450.0 - 55.0) * load;
    let expected = server(10_000.0, watts(0.75 / 0.95)) / (2.0 * server(10_000.0, watts(0.375)));
    let found = number("consolidation");
    assert!((found - expected).abs() < 0.002 * expected, "{found} and {expected}");
}

/// Claim 6: twenty servers of 20 to 65 W for 8 cores of work, or one of 55 to 450 W.
#[test]
#[ignore = "ci: an hour of twenty servers"]
fn ci_the_cost_of_twenty_small_servers() {
    let small = 20.0 * server(500.0, 20.0 + 45.0 * 8.0 / 80.0);
    let expected = small / server(10_000.0, 55.0 + 395.0 * 8.0 / 0.95 / 48.0);
    let found = number("small-servers");
    assert!((found - expected).abs() < 0.01 * expected, "{found} and {expected}");
}

/// Claim 16: a container of each request's own adds a whole start to 50 ms of work. Of those that are kept hardly any
/// is cold, so that the quotient is a little less.
#[test]
#[ignore = "ci: a day of fifty functions"]
fn ci_the_latency_of_containers_that_are_destroyed() {
    let bound = 1.0 + log_normal_mean(0.160, 0.450) / 0.050;
    let found = number("created-for-each-request");
    assert!(0.98 * bound < found && found < bound, "{found} and {bound}");
}

/// Claim 17: 2,000 containers of 0.167 core are 287 on a server of 48. An app's function is there while somebody came
/// within ten minutes, 1 − exp(−a) of the time where a is one a ten minutes in the mean (log-normal, cv 4); of those 166,
/// each with 0.289 core of its own, fit. The most at once is some 50 above the mean.
#[test]
#[ignore = "ci: six hours of 2,000 apps"]
fn ci_the_servers_of_functions_over_those_of_containers() {
    let sigma = 17f64.ln().sqrt();
    // By the midpoints of ten thousand slices of the standard normal distribution.
    let density = |z: f64| (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let there = |z: f64| 1.0 - (-(sigma * z - sigma * sigma / 2.0).exp()).exp();
    let step = 16.0 / 10_000.0;
    let mean: f64 = (0..10_000).map(|k| -8.0 + step * (f64::from(k) + 0.5)).map(|z| density(z) * there(z) * step).sum();
    let containers = (2_000.0 / (48.0_f64 / 0.167).floor()).ceil();
    let functions = ((2_000.0 * mean + 50.0) / (48.0_f64 / 0.289).floor()).ceil();
    let (found, expected) = (number("idle-tenants-on-a-fleet"), functions / containers);
    assert!((found - expected).abs() < 1e-9, "{found} and {expected}: {} at once", 2_000.0 * mean);
}

/// The share that is lost where so much work (in erlang) meets so many servers, and nothing waits: Erlang's formula.
fn erlang(work: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |lost, k| work * lost / (f64::from(k) + work * lost))
}

/// How long a request of the Superbowl runs in the mean: exponential work of 20 ms on a core of speed 1.1 less 5.5 %, by a
/// quota of 0.579 of each 20 ms, whose periods go on whether anybody is there or not; and 80 ms of waiting.
fn mean_run() -> f64 {
    let (mean, period, quota) = (0.020 / (1.1 * 0.945), 0.020, 0.579 * 0.020);
    let run = |work: f64, left: f64| {
        let first = left.min(quota);
        if work <= first { work } else { left + ((work - first) / quota).floor() * period + (work - first) % quota }
    };
    let steps = 400;
    let middle = |k: i32| (f64::from(k) + 0.5) / f64::from(steps);
    let all = (0..steps).flat_map(|w| (0..steps).map(move |p| (w, p)));
    let sum: f64 = all.map(|(w, p)| run(-mean * (1.0 - middle(w)).ln(), period * middle(p))).sum();
    sum / f64::from(steps * steps) + 0.080
}

/// Claim 18 at the size of the Superbowl: Erlang's formula with a thousand instances, at the rate of each moment.
#[test]
#[ignore = "ci: a million requests"]
fn ci_the_share_of_the_superbowl_that_is_served() {
    let run = mean_run();
    let rate = |k: i32| 10.0 + 11_990.0 * (f64::from(k) + 0.5) / 500.0;
    let ramps: f64 = (0..500).map(|k| 2.0 * 20.0 / 500.0 * rate(k) * erlang(rate(k) * run, 1000)).sum();
    let lost = ramps + 60.0 * 12_000.0 * erlang(12_000.0 * run, 1000);
    let expected = 1.0 - lost / (60.0 * 12_000.0 + 20.0 * 12_010.0 + 80.0 * 10.0);
    let found = number("superbowl-spike-at-its-size");
    assert!((found - expected).abs() < 0.01 * expected, "{found} and {expected}");
}
