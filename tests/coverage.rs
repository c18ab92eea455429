//! How often intervals hold the truth that theory knows, over 1,000 seeds; and right-sizing against simulations
//! ten times as long.

use crate::common::{read, root};
use hostsim::experiment::curve::{CurveProgress, curve};
use hostsim::experiment::sizing::find;
use hostsim::experiment::{self, Order, Progress, RunOptions, Trial};
use hostsim::metrics::{QUANTILES, too_few_beyond};
use hostsim::report::{CaseResult, ResultDocument};
use hostsim::scenario::Scenario;
use rayon::prelude::*;
use std::sync::atomic::AtomicBool;

const SEEDS: u64 = 1_000;
/// Shares of 1,000 that are within noise of 95 %: three standard errors are 2.1 %.
const COVERS: std::ops::RangeInclusive<f64> = 0.93..=0.97;

/// Requests of 30 ms in the mean, exponential, come at random to an idle core that serves one at a time; each
/// costs a tenth of a cent.
fn machine(rate: f64, duration: &str) -> Scenario {
    let text = format!(
        "schema = 1\n[run]\nduration = \"{duration}\"\n[app.a]\narrivals.poisson = {{ rate = \"{rate} /h\" }}\n\
         cpu.exponential = {{ mean = \"30 ms\" }}\nmemory = \"64 MiB\"\n[case.c]\nhosting = \"textbook-vps\"\n\
         size = \"1-core\"\ninstances = 1\ndiscipline = \"fifo\"\n[[case.c.charge]]\nname = \"use\"\n\
         meter = \"requests\"\nprice = \"0.001\"\n"
    );
    read(&text, &root()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn seeded(scenario: &Scenario, seed: u64) -> Scenario {
    let mut seeded = scenario.clone();
    seeded.run.seed = seed;
    seeded
}

fn run(scenario: &Scenario) -> ResultDocument {
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    experiment::run(scenario, &RunOptions::default(), &progress).unwrap_or_else(|error| panic!("{error}"))
}

/// Whether the interval of a figure holds the truth, to the 256th part of a latency's bucket.
fn holds(case: &CaseResult, path: &[&str], truth: f64, grain: f64) -> bool {
    let (low, high) = case.estimate(path).interval().expect("an interval");
    low - grain <= truth && truth <= high + grain
}

/// The shares of the seeds whose interval holds the truth: of mean, p50, p99, p99.9 and invoice; whether each
/// is said to rest on too few requests; and how many requests of a replication came.
fn coverage(rate: f64, duration: &str) -> Vec<(String, f64, bool)> {
    let scenario = machine(rate, duration);
    // M/M/1: sojourn times are exponential at the rate μ − λ.
    let mean = 1.0 / (1.0 / 0.03 - rate / 3_600.0);
    let mut asked: Vec<(Vec<&str>, f64)> = vec![(vec!["latency_s", "mean"], mean)];
    for (name, share) in QUANTILES.iter().filter(|(name, _)| ["p50", "p99", "p999"].contains(name)) {
        asked.push((vec!["latency_s", name], -mean * libm::log(1.0 - share)));
    }
    asked.push((vec!["invoice_usd", "total"], rate * 730.0 * 0.001));
    let one = |seed: u64| -> Vec<bool> {
        let result = run(&seeded(&scenario, seed));
        let case = result.case("c").expect("a case");
        // A cent, and a hundredth of a per cent.
        asked
            .iter()
            .map(|(path, truth)| holds(case, path, *truth, if path[0] == "invoice_usd" { 0.005 } else { 0.0 }))
            .collect()
    };
    let all: Vec<Vec<bool>> = (1..=SEEDS).into_par_iter().map(one).collect();
    let result = run(&seeded(&scenario, 1));
    let arrived = result.case("c").and_then(|case| case.estimate(&["requests", "arrived"]).mean).expect("requests");
    let count = |place: usize| all.iter().filter(|held| held[place]).count() as f64 / SEEDS as f64;
    let few = |name: &str| {
        let share = QUANTILES.iter().find(|(known, _)| *known == name);
        share.is_some_and(|(_, share)| too_few_beyond(*share, arrived, 5).is_some())
    };
    let shares = asked.iter().enumerate();
    shares.map(|(place, (path, _))| (path.join("."), count(place), few(path[1]))).collect()
}

/// Coverage of means, quantiles and invoices at an hour and at a day, five replications each: within 93 to 97 %,
/// or the quantile is said to rest on too few requests.
#[test]
#[ignore = "ci: 4,000 runs"]
fn ci_intervals_hold_the_truth_as_often_as_they_say_or_say_that_they_do_not() {
    let mut wrong = Vec::new();
    for (rate, duration) in [(50.0, "1 h"), (2_000.0, "1 h"), (50.0, "1 day"), (1_000.0, "1 day")] {
        for (name, share, few) in coverage(rate, duration) {
            println!("{rate} /h, {duration}: {name} {share}{}", if few { " (rests on few)" } else { "" });
            if !few && !COVERS.contains(&share) {
                wrong.push(format!("{rate} /h, {duration}: {name} is covered in {share}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A flat fee against a price per request, which cost the same at the scenario's own traffic: the interval of
/// the crossover holds that as often as it says.
#[test]
#[ignore = "ci: 1,000 curves"]
fn ci_intervals_of_crossovers_hold_the_truth() {
    let fee = 1_000.0 * 730.0 * 0.001;
    let text = format!(
        "schema = 1\n[run]\nduration = \"1 h\"\n[app.a]\narrivals.poisson = {{ rate = \"1000 /h\" }}\n\
         cpu.constant = \"1 ms\"\nmemory = \"64 MiB\"\n[curve]\ntraffic = {{ from = 0.4, to = 2.3, points = 3 }}\n\
         requests = 400\n[case.by-request]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n\
         [[case.by-request.charge]]\nname = \"use\"\nmeter = \"requests\"\nprice = \"0.001\"\n[case.flat]\n\
         hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n[[case.flat.charge]]\nname = \"fee\"\n\
         meter = \"months\"\nprice = \"{fee}\"\n"
    );
    let scenario = read(&text, &root()).unwrap_or_else(|errors| panic!("{errors}"));
    let held = |seed: u64| {
        let progress = CurveProgress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
        let found = curve(&seeded(&scenario, seed), &progress).unwrap_or_else(|error| panic!("{error}"));
        let crossover = found.crossovers.iter().find(|crossover| crossover.metric == "tco_usd");
        let crossover = crossover.unwrap_or_else(|| panic!("seed {seed} has no crossover"));
        assert_eq!((crossover.below.as_str(), crossover.above.as_str()), ("by-request", "flat"));
        (crossover.low..=crossover.high).contains(&1.0)
    };
    let share = (1..=SEEDS).into_par_iter().filter(|seed| held(*seed)).count() as f64 / SEEDS as f64;
    println!("crossover: {share}");
    assert!((0.93..=0.98).contains(&share), "{share}");
}

/// Scenarios whose numbers are hard to trust: what they are, `[run]`, the app's arrivals and needs.
const HARD: [(&str, &str, &str); 12] = [
    (
        "transient: long waits",
        "duration = \"3 h\"\nwarm-up = \"auto\"",
        "arrivals.poisson = { rate = \"20 /h\" }\ncpu.exponential = { mean = \"30 min\" }\nslo = { p90 = \"2 h\" }",
    ),
    (
        "transient: an empty start",
        "duration = \"2 h\"",
        "arrivals.poisson = { rate = \"30 /h\" }\ncpu.constant = \"20 min\"\nslo = { p95 = \"40 min\" }",
    ),
    (
        "transient: storms",
        "duration = \"6 h\"",
        "arrivals.bursty = { calm = \"1 /s\", storm = \"6 /s\", mean-calm = \"20 min\", mean-storm = \"10 min\" }\ncpu.exponential = { mean = \"500 ms\" }\nslo = { p95 = \"3 s\" }",
    ),
    (
        "unstable: a fifth too much",
        "duration = \"1 h\"",
        "arrivals.poisson = { rate = \"12 /s\" }\ncpu.exponential = { mean = \"100 ms\" }\nslo = { p99 = \"2 h\" }",
    ),
    (
        "unstable: four cores of work",
        "duration = \"20 min\"",
        "arrivals.poisson = { rate = \"40 /s\" }\ncpu.exponential = { mean = \"100 ms\" }\nslo = { p99 = \"30 s\" }",
    ),
    (
        "unstable: nearly",
        "duration = \"2 h\"",
        "arrivals.poisson = { rate = \"9.7 /s\" }\ncpu.exponential = { mean = \"100 ms\" }\nslo = { p99 = \"5 s\" }",
    ),
    (
        "heavy tail: a bounded Pareto",
        "duration = \"4 h\"",
        "arrivals.poisson = { rate = \"2 /s\" }\ncpu.pareto = { shape = 1.5, min = \"100 ms\", max = \"10 min\" }\nslo = { p95 = \"2 s\" }",
    ),
    (
        "heavy tail: cv 4",
        "duration = \"3 h\"",
        "arrivals.poisson = { rate = \"3 /s\" }\ncpu.hyper-exponential = { mean = \"500 ms\", cv = 4.0 }\nslo = { p95 = \"5 s\" }",
    ),
    (
        "heavy tail: one in a hundred takes a minute",
        "duration = \"2 h\"",
        "arrivals.poisson = { rate = \"2 /s\" }\ncpu.empirical = [[\"10 ms\", 0.0], [\"11 ms\", 0.99], [\"50 s\", 0.9900001], [\"60 s\", 1.0]]\nslo = { p95 = \"2 s\", availability = 0.99 }",
    ),
    (
        "nearly idle: ten an hour",
        "duration = \"1 day\"",
        "arrivals.poisson = { rate = \"10 /h\" }\ncpu.exponential = { mean = \"1 s\" }\nslo = { p90 = \"5 s\" }",
    ),
    (
        "nearly idle: three a day",
        "duration = \"2 days\"",
        "arrivals.poisson = { rate = \"3 /day\" }\ncpu.constant = \"1 min\"\nslo = { max = \"90 s\" }",
    ),
    (
        "nearly idle: on the bound",
        "duration = \"1 day\"",
        "arrivals.poisson = { rate = \"60 /h\" }\ncpu.exponential = { mean = \"2 s\" }\nslo = { p95 = \"6.1 s\" }",
    ),
];

fn hard(run: &str, app: &str, instances: &str) -> Scenario {
    let text = format!(
        "schema = 1\n[run]\n{run}\n[app.a]\nmemory = \"64 MiB\"\n{app}\n[case.c]\nhosting = \"textbook-vps\"\n\
         size = \"1-core\"\ndiscipline = \"fifo\"\ninstances = {instances}\n"
    );
    read(&text, &root()).unwrap_or_else(|errors| panic!("{errors}"))
}

/// What right-sizing orders, or why it orders nothing; and whether the noise leaves no doubt of it.
fn sized(scenario: &Scenario) -> Result<(u32, bool), String> {
    let warmed = experiment::warm_up::found_alone(scenario);
    let found = find(&warmed, &warmed.cases[0], 1.0)?;
    Ok((found.orders[0].instances, found.tried.iter().all(|attempt| attempt.sure)))
}

/// Whether so many instances meet the objective in a run ten times as long, of other requests.
fn meets_for_long(scenario: &Scenario, instances: u32) -> bool {
    let mut long = experiment::warm_up::found_alone(scenario).into_owned();
    (long.run.duration.0, long.run.seed) = (long.run.duration.0 * 10, 77);
    let found = find(&long, &long.cases[0], 1.0);
    let orders: Vec<Order> = match found {
        Ok(found) => found.orders.into_iter().map(|order| Order { instances, ..order }).collect(),
        Err(_) => return false,
    };
    let parts = |replication| {
        let trial = Trial { scenario: &long, case: &long.cases[0], orders: &orders, traffic: 1.0, replication };
        trial.run().unwrap_or_else(|error| panic!("{error}")).objectives[0].clone()
    };
    let all: Vec<_> = (0..u64::from(long.run.replications)).into_par_iter().map(parts).collect();
    let parts: Vec<&[experiment::objective::Judged]> = all.iter().map(Vec::as_slice).collect();
    experiment::objective::verdicts(&parts).iter().all(|verdict| verdict.met)
}

/// What right-sizing orders does in a run ten times as long too, and one fewer does not (or it was said that the
/// noise leaves that open, or why nothing is ordered).
#[test]
#[ignore = "ci: runs ten times as long"]
fn ci_right_sizing_holds_in_runs_ten_times_as_long() {
    let judge = |(name, run, app): &(&str, &str, &str)| {
        let scenario = hard(run, app, "\"right-size\"");
        match sized(&scenario) {
            Err(why) => format!("{name}: nothing is ordered, as {why}"),
            Ok((instances, sure)) => {
                let does = meets_for_long(&scenario, instances);
                let fewer = instances > 1 && meets_for_long(&scenario, instances - 1);
                let verdict = match (does, fewer, sure) {
                    (true, false, _) => "the same",
                    (_, _, false) => "within the noise, as it says",
                    (false, ..) => "WRONG: too few",
                    (true, true, true) => "WRONG: too many",
                };
                format!("{name}: {instances}, ten times as long: {verdict}")
            }
        }
    };
    let found: Vec<String> = HARD.par_iter().map(judge).collect();
    println!("{}", found.join("\n"));
    assert!(!found.iter().any(|line| line.contains("WRONG")), "{}", found.join("\n"));
}

/// How often a run of five replications of an hour (3,600 requests at full load) on one machine is said not to be
/// settled, by the share of the machine that is asked for: alarms below one, and the power above it.
#[test]
#[ignore = "ci: 1,400 runs"]
fn ci_the_power_of_settled_is_what_the_documentation_says() {
    let unsettled = |load: f64| {
        let text = format!(
            "schema = 1\n[run]\nduration = \"1 h\"\n[app.a]\narrivals.poisson = {{ rate = \"{} /h\" }}\n\
             cpu.exponential = {{ mean = \"1 s\" }}\nmemory = \"64 MiB\"\n[case.c]\nhosting = \"textbook-vps\"\n\
             size = \"1-core\"\ninstances = 1\ndiscipline = \"fifo\"\n",
            3_600.0 * load
        );
        let scenario = read(&text, &root()).unwrap_or_else(|errors| panic!("{errors}"));
        let alarm = |seed: u64| !run(&seeded(&scenario, seed)).case("c").expect("a case").is_settled();
        (1..=200).into_par_iter().filter(|seed| alarm(*seed)).count() as f64 / 200.0
    };
    let found: Vec<(f64, f64)> = [0.5, 0.8, 0.9, 0.95, 1.02, 1.05, 1.1].map(|load| (load, unsettled(load))).into();
    println!("{found:?}");
    let at = |load: f64| found.iter().find(|(known, _)| *known == load).map_or(f64::NAN, |(_, share)| *share);
    assert!(at(0.5) <= 0.02 && at(0.8) <= 0.02, "{found:?}");
    assert!(at(1.05) >= 0.95 && at(1.1) >= 0.99, "{found:?}");
}
