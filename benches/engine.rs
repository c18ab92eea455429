//! The engine beside a hand-written loop, in the same run.
//!
//! `cargo bench --bench engine` runs everything; words after `--` choose: `ratio`, `placement`,
//! `memory`, `threads`; `loop` or `hostsim` run one of the two alone, for a profiler.
//!
//! The loop and hostsim take turns in one process, round by round, and the median of the rounds'
//! ratios is what counts: a machine that is busy with something else slows down both.

mod memory;
mod placement;
mod reference;
mod subject;
mod threads;

use hostsim::fleet::Demand;
use std::time::Instant;

/// Rounds of one measurement.
const ROUNDS: usize = 31;
/// What the engine may cost, in the loop's time per request.
const LIMIT: f64 = 2.0;

/// A load that the loop and hostsim both simulate.
#[derive(Clone, Debug)]
pub struct Load {
    pub seed: u64,
    pub apps: u32,
    /// Requests per second, in all.
    pub rate: f64,
    /// Mean and coefficient of variation of a request's CPU time, in nanoseconds.
    pub service_mean: f64,
    pub service_cv: f64,
    /// How long a start takes, and how long an idle instance is kept, in nanoseconds.
    pub start: u64,
    pub keep_alive: u64,
    pub servers: u32,
    pub capacity: Demand,
    pub reserve: Demand,
    /// When it is over, in nanoseconds.
    pub end: u64,
}

impl Load {
    /// So many requests in all, of so many apps, at so many requests per second.
    pub fn new(apps: u32, rate: f64, requests: f64) -> Load {
        Load {
            seed: 1,
            apps,
            rate,
            service_mean: 100e6,
            service_cv: 1.0,
            start: 200_000_000,
            keep_alive: 600_000_000_000,
            servers: 100,
            capacity: Demand { cores: 48_000_000, memory: 192 << 30 },
            reserve: Demand { cores: 72_338, memory: 128 << 20 },
            end: (requests / rate * 1e9) as u64,
        }
    }

    pub fn rate_of_app(&self) -> f64 {
        self.rate / f64::from(self.apps)
    }

    pub fn name(&self, app: u32) -> String {
        format!("app {app}")
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(requests) = memory::asked_of_child(&arguments) {
        return memory::child(requests);
    }
    let named = |word: &str| arguments.iter().any(|argument| argument == word);
    let chosen = |word: &str| arguments.is_empty() || named(word);
    let mut well = true;
    if named("loop") {
        println!("{:?}", reference::run(&Load::new(100, 1_000.0, 1e7)));
    }
    if named("hostsim") {
        let run = subject::run(&Load::new(100, 1_000.0, 1e7));
        println!("{:?}, digest {:016x}", run.counts, run.digest);
    }
    if chosen("ratio") {
        well &= ratios();
    }
    if chosen("placement") {
        well &= placement::measure();
    }
    if chosen("memory") {
        well &= memory::measure();
    }
    if chosen("threads") {
        well &= threads::measure();
    }
    if !well {
        std::process::exit(1);
    }
}

fn ratios() -> bool {
    let loads = [(100, 1_000.0), (100, 115.0), (100, 10_000.0), (10_000, 1_000.0)];
    // Each is measured, whatever the one before showed.
    loads.map(|(apps, rate)| ratio(&Load::new(apps, rate, 1e6))).into_iter().all(|well| well)
}

/// Measures one load; whether the median ratio is within the limit.
fn ratio(load: &Load) -> bool {
    let (mut ratios, mut loops, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let load = Load { seed: round as u64 + 1, ..load.clone() };
        // Whoever goes second finds warmer memory: they take turns at that, too.
        let mut loop_counts = None;
        if round % 2 == 0 {
            loop_counts = Some(timed(&mut loops, || reference::run(&load)));
        }
        let run = timed(&mut ours, || subject::run(&load));
        let counts = loop_counts.unwrap_or_else(|| timed(&mut loops, || reference::run(&load)));
        assert_eq!(run.counts, counts, "both simulate the same");
        let requests = counts.arrived as f64;
        let (by_loop, by_us) = (loops.last_mut().expect("timed"), ours.last_mut().expect("timed"));
        *by_loop /= requests;
        *by_us /= requests;
        ratios.push(*by_us / *by_loop);
    }
    let (ratio, by_loop, by_us) = (median(&mut ratios), median(&mut loops), median(&mut ours));
    println!(
        "ratio hostsim/reference: {ratio:.2} ({:.2} to {:.2}) at {} apps, {} requests/s: {by_us:.1} ns and {by_loop:.1} ns per request",
        ratios[0],
        ratios[ROUNDS - 1],
        load.apps,
        load.rate
    );
    ratio <= LIMIT
}

/// Runs something and notes how many nanoseconds it took.
fn timed<T>(times: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let start = Clock::start();
    let result = std::hint::black_box(work());
    times.push(start.nanoseconds());
    result
}

/// Time on a processor where the system tells it (Linux does, by thread), so that what else the
/// machine does is not counted; else the time gone by.
struct Clock(Option<f64>, Instant);

impl Clock {
    fn start() -> Clock {
        Clock(Clock::on_processor(), Instant::now())
    }

    fn nanoseconds(&self) -> f64 {
        match (self.0, Clock::on_processor()) {
            (Some(before), Some(now)) => now - before,
            _ => self.1.elapsed().as_nanos() as f64,
        }
    }

    fn on_processor() -> Option<f64> {
        // Without this, the kernel's count may be as old as its last tick.
        std::thread::yield_now();
        std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
    }
}

/// The median; sorts what it is given.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
