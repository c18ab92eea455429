//! How long a request of 16 ms runs on functions of every size: as measured, and as hostsim has it, with the share
//! of a core as a quota of each period, as one that is looked at by a clock's ticks, and as a slower core. Prints the
//! table and writes the figure of the docs:
//! `cargo run --release --example run_time_by_size docs/images/run-time-by-size.svg`.

#[path = "run_time_by_size/figure.rs"]
mod figure;
#[path = "run_time_by_size/measured.rs"]
mod measured;

use hostsim::experiment::{Progress, RunOptions, run};
use hostsim::scenario::Scenario;
use measured::{MEASURED, Measured};
use std::error::Error;
use std::sync::atomic::AtomicBool;

/// So many requests for each size.
const REQUESTS: u32 = 5_000;

/// Mean run times in milliseconds by size: with a quota, on a slower core, and with one that ticks look at.
fn simulate(platform: &Measured) -> Result<[Vec<f64>; 3], Box<dyn Error>> {
    let scenario = Scenario::from_text(&platform.scenario(REQUESTS))?;
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    let result = run(&scenario, &RunOptions::default(), &progress).map_err(|error| error.to_string())?;
    let of = |model: &str| -> Result<Vec<f64>, Box<dyn Error>> {
        let sizes = 0..platform.sizes.len();
        let mean = |index: usize| {
            let figures = &result.case(&format!("{model}-{index}"))?.figures;
            figures.values_of_flat("latency_mean_s")?.first().copied()?.map(|seconds| seconds * 1e3)
        };
        sizes.map(|index| mean(index).ok_or_else(|| "a size has no run time".into())).collect()
    };
    Ok([of("quota")?, of("slow")?, of("ticks")?])
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut panels = Vec::new();
    for platform in &MEASURED {
        let [quota, slow, ticks] = simulate(platform)?;
        println!(
            "{}\n{:>8} {:>10} {:>10} {:>10} {:>10}",
            platform.model, "cores", "measured", "quota", "ticks", "slow core"
        );
        for (index, (cores, measured)) in platform.sizes.iter().enumerate() {
            let [quota, ticks, slow] = [&quota, &ticks, &slow].map(|times| times[index]);
            println!("{cores:>8.4} {measured:>10.1} {quota:>10.1} {ticks:>10.1} {slow:>10.1}");
        }
        let error = |found: &[f64]| 100.0 * platform.mean_error(found);
        let errors = [&quota, &ticks, &slow].map(|times| error(times));
        println!(
            "mean error: {:.1} % as a quota, {:.1} % by ticks, {:.1} % as a slower core\n",
            errors[0], errors[1], errors[2]
        );
        panels.push(figure::Panel { platform, quota, slow });
    }
    if let Some(path) = std::env::args().nth(1) {
        std::fs::write(path, figure::draw(&panels))?;
    }
    Ok(())
}
