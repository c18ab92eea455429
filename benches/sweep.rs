//! Sweeps of small runs: two threads beside one, and what a point costs beyond its simulation.
//!
//! `cargo bench --bench sweep` measures both; `threads` or `overhead` after `--` one of them. Both
//! sides of each measurement take turns in one process, round by round, and medians are told:
//! what else the machine does slows down both.

use hostsim::catalogue::Catalogue;
use hostsim::document::{Diagnostics, Node};
use hostsim::experiment::{Order, Trial};
use hostsim::scenario::{Scenario, Source};
use hostsim::sweep::{Design, Options, Status, Sweep, WHOLE};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Rounds of one measurement.
const ROUNDS: usize = 9;
/// What a point may cost beyond its simulations, in seconds.
const LIMIT: f64 = 1e-3;

/// 300 points of runs of an hour, some 3,600 requests, about a millisecond each.
const SMALL_RUNS: Runs = Runs { duration: "1 h", replications: 4, points: 300 };
/// Runs of one request: a point is nothing but overhead.
const TINY_RUNS: Runs = Runs { duration: "1 s", replications: 1, points: 1000 };

/// How large a sweep of two cases is.
struct Runs {
    duration: &'static str,
    replications: u32,
    points: u32,
}

impl Runs {
    fn scenario(&self) -> String {
        let Runs { duration, replications, points } = self;
        format!(
            r#"schema = 1
[run]
duration = "{duration}"
replications = {replications}
[app.api]
arrivals.poisson = {{ rate = "1 /s" }}
cpu.exponential = {{ mean = "20 ms" }}
memory = "64 MiB"
slo = {{ p99 = "5 s" }}
[case.machine]
hosting = "digitalocean-2017"
size = "512mb"
instances = 1
[case.functions]
hosting = "aws-lambda-2017"
size = "128mb"
[sweep.grid]
"run.seed" = {{ from = 1, to = {points}, points = {points} }}
"#
        )
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let chosen = |word: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == word);
    let mut well = true;
    if chosen("threads") {
        threads();
    }
    if chosen("overhead") {
        well &= overhead();
    }
    if !well {
        std::process::exit(1);
    }
}

/// What a piece of work took.
#[derive(Clone, Copy)]
struct Taken {
    /// Seconds gone by.
    wall: f64,
    /// Seconds of processors in this program's own code.
    user: f64,
    /// How often its threads were put aside for others' work.
    put_aside: i64,
}

fn taken(work: impl FnOnce()) -> Taken {
    let (begun, before) = (Instant::now(), usage());
    work();
    let after = usage();
    Taken { wall: begun.elapsed().as_secs_f64(), user: after.0 - before.0, put_aside: after.1 - before.1 }
}

/// Seconds of user time of this process and its involuntary switches, by getrusage(2).
fn usage() -> (f64, i64) {
    // SAFETY: the call fills a structure of plain numbers, for which all zeros is a value.
    let found = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    (found.ru_utime.tv_sec as f64 + found.ru_utime.tv_usec as f64 * 1e-6, found.ru_nivcsw as i64)
}

/// A sweep that has been read.
struct Subject {
    catalogue: Catalogue,
    diagnostics: Diagnostics,
    source: Source,
    design: Design,
}

impl Subject {
    fn read(text: &str) -> Subject {
        let mut diagnostics = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut diagnostics);
        let id = diagnostics.sources.add("bench.toml", text);
        let root = Node::parse(id, &mut diagnostics);
        let design = Design::read(&root, Path::new(""), &mut diagnostics);
        let design = design.unwrap_or_else(|| panic!("{}", diagnostics.render(false)));
        let source = Source { root, directory: Path::new("").into(), stem: "bench".into(), text: text.into() };
        Subject { catalogue, diagnostics, source, design }
    }

    /// Plans and runs it all on so many threads, and writes its tables.
    fn run(&self, threads: usize) -> Taken {
        let directory = tempfile::tempdir().expect("a directory");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut d = self.diagnostics.clone();
        let options = Options { seed: None, replications: None, precision: None, shard: WHOLE, many: false };
        taken(|| {
            pool.install(|| {
                let planned =
                    Sweep::plan(&self.source, &self.catalogue, &self.design, &options, &mut d).expect("sound");
                let stop = AtomicBool::new(false);
                let outcome = planned.run(directory.path(), false, &Status::default(), &stop).expect("it runs");
                assert!(outcome.complete && outcome.failed == 0);
            });
        })
    }

    /// The simulations alone, each billed and measured as by `hostsim run`, on this thread.
    fn simulations(&self) -> Taken {
        let mut d = self.diagnostics.clone();
        let scenario = Scenario::read(&self.source.root, Path::new(""), &self.catalogue, &mut d).expect("sound");
        let orders: Vec<Vec<Order>> =
            scenario.cases.iter().map(|case| Order::of_case(case).expect("all is stated")).collect();
        taken(|| {
            for point in 0..self.design.points() {
                let mut scenario = scenario.clone();
                scenario.run.seed = point + 1;
                for (case, orders) in scenario.cases.iter().zip(&orders) {
                    for replication in 0..u64::from(scenario.run.replications) {
                        let trial = Trial { scenario: &scenario, case, orders, traffic: 1.0, replication };
                        std::hint::black_box(trial.run().expect("it runs"));
                    }
                }
            }
        })
    }
}

/// Tells the ratios. What they ought to be (at least 1.9 times the throughput, at most 3 % more
/// user time) holds only where both cores are free: how often the threads had to wait for
/// others says whether they were.
fn threads() {
    let subject = Subject::read(&SMALL_RUNS.scenario());
    let (mut faster, mut dearer, mut aside, mut best) = (Vec::new(), Vec::new(), 0, [f64::MAX; 2]);
    for round in 0..ROUNDS {
        // Whoever goes second finds warmer memory: they take turns at that, too.
        let first = round % 2 == 0;
        let early = subject.run(if first { 1 } else { 2 });
        let late = subject.run(if first { 2 } else { 1 });
        let (one, two) = if first { (early, late) } else { (late, early) };
        faster.push(one.wall / two.wall);
        dearer.push(two.user / one.user);
        aside += one.put_aside + two.put_aside;
        best = [best[0].min(one.wall), best[1].min(two.wall)];
    }
    let runs = subject.design.points() * 2 * 4;
    println!("threads: a sweep of {runs} runs, 2 threads against 1, {ROUNDS} rounds taking turns:");
    println!("  throughput {:.2} times (median; {:.2} by the fastest of each)", median(faster), best[0] / best[1]);
    println!("  user time {:.3} times (median)", median(dearer));
    println!(
        "  to be judged (at least 1.9, at most 1.03) where both cores are free: threads were put aside {aside} times"
    );
}

/// Whether a point costs less than a millisecond beyond its simulations, in user time of one
/// thread.
fn overhead() -> bool {
    let subject = Subject::read(&TINY_RUNS.scenario());
    let points = subject.design.points() as f64;
    let (mut beyond, mut own) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (alone, swept) = (subject.simulations().user, subject.run(1).user);
        beyond.push((swept - alone) / points);
        own.push(alone / points);
    }
    let (beyond, own) = (median(beyond), median(own));
    println!(
        "overhead of a point of 2 runs beyond its simulations: {:.0} µs (these take {:.0} µs), at most {:.0} µs",
        beyond * 1e6,
        own * 1e6,
        LIMIT * 1e6
    );
    beyond <= LIMIT
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
