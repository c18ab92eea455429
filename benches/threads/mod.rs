//! Two threads against one on a real scenario, taking turns: wall-clock and processor time.

use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::experiment::{self, Progress, RunOptions};
use hostsim::scenario::{Scenario, load_file};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const SCENARIO: &str = "scenarios/from-servers-to-serverless.toml";
const REPLICATIONS: u32 = 20;
const ROUNDS: usize = 3;

/// Prints the ratios. What they ought to be (at least 1.8 times the throughput, at most 5 % more
/// processor time) holds only where both cores are free, so they are told and not judged.
pub fn measure() -> bool {
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    let Some((_, mut scenario)) = load_file(Path::new(SCENARIO), &catalogue, &mut diagnostics) else { return false };
    scenario.run.replications = REPLICATIONS;
    let (mut faster, mut dearer) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (one, two) = (run(&scenario, 1), run(&scenario, 2));
        faster.push(one.0 / two.0);
        dearer.push(two.1 / one.1);
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    println!("threads, {SCENARIO}, {REPLICATIONS} replications, 2 against 1:");
    println!("  throughput {:.2} times (1.8 with both cores free)", median(faster));
    println!("  processor time {:.3} times (at most 1.05)", median(dearer));
    true
}

/// Seconds of wall-clock and of processor time.
fn run(scenario: &Scenario, threads: usize) -> (f64, f64) {
    let stop = AtomicBool::new(false);
    let progress = Progress { done: &|_, _| {}, stop: &stop };
    let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { return (0.0, 0.0) };
    let (begun, used) = (Instant::now(), processor_seconds());
    let result = pool.install(|| experiment::run(scenario, &RunOptions::default(), &progress));
    assert!(result.is_ok(), "{:?}", result.err());
    (begun.elapsed().as_secs_f64(), processor_seconds() - used)
}

/// This process' user time, from the kernel's own count in ticks of 10 ms; 0 where there is none.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().nth(11).and_then(|ticks| ticks.parse::<f64>().ok());
    ticks.unwrap_or(0.0) / 100.0
}
