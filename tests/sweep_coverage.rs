//! Over a thousand sweeps of a queue whose mean is known, the 95 % interval covers it in 93–97 %.

use crate::common::{catalogue, mean_and_error};
use hostsim::document::Node;
use hostsim::metrics::Estimate;
use hostsim::scenario::Source;
use hostsim::sweep::sensitivity::Data;
use hostsim::sweep::{Design, Options, Status, Sweep, WHOLE};
use rayon::prelude::*;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// M/M/2, first in first out, at half its capacity. The queue begins empty; the warm-up of 60 s is
/// ten times its time of relaxation, 1/(cμ(1 − √ρ)²) = 5.8 s (Newell, Applications of Queueing
/// Theory, chapter 2), after which e⁻¹⁰ of the beginning is left. Requests under way at the end
/// are not in the mean: there are 1.3 of 1,000, whose effect (two thousandths at most) is a tenth
/// of the interval's half-width.
const QUEUE: &str = r#"schema = 1
[run]
duration = "1000 s"
warm-up = "60 s"
replications = 10
[app.api]
arrivals.poisson = { rate = "1 /s" }
cpu.exponential = { mean = "1 s" }
memory = "64 MiB"
[case.queue]
hosting = "textbook-vps"
size = "2-core"
instances = 1
discipline = "fifo"
[sweep.grid]
"app.api.arrivals.poisson.rate" = ["1 /s"]
"#;

/// Its mean latency: 1/(μ(1 − ρ²)) with ρ = 1/2 (any text on queues).
const MEAN: f64 = 4.0 / 3.0;
const SWEEPS: u64 = 1_000;

/// The interval of one sweep: planned, run, written and read again as the program does.
fn estimate(source: &Source, design: &Design, seed: u64) -> Estimate {
    let (mut d, catalogue) = catalogue();
    let options = Options { seed: Some(seed), replications: None, precision: None, shard: WHOLE, many: false };
    let sweep =
        Sweep::plan(source, catalogue, design, &options, &mut d).unwrap_or_else(|| panic!("{}", d.render(false)));
    let directory = tempfile::tempdir().unwrap();
    let outcome = sweep.run(directory.path(), false, &Status::default(), &AtomicBool::new(false)).unwrap();
    assert!(outcome.complete && outcome.failed == 0);
    let data = Data::read(directory.path(), &["latency_mean_s".into()]).unwrap();
    Estimate::of(data.runs(0, 0, 0))
}

#[test]
fn a_thousand_intervals_cover_the_known_mean_as_often_as_they_say() {
    let mut d = catalogue().0;
    let id = d.sources.add("queue.toml", QUEUE);
    let root = Node::parse(id, &mut d);
    let design = Design::read(&root, Path::new(""), &mut d).unwrap();
    let source = Source { root, directory: Path::new("").into(), stem: "queue".into(), text: QUEUE.into() };
    let estimates: Vec<Estimate> = (1..=SWEEPS).into_par_iter().map(|seed| estimate(&source, &design, seed)).collect();
    let covers = |estimate: &&Estimate| estimate.interval().is_some_and(|(low, high)| low <= MEAN && MEAN <= high);
    let covered = estimates.iter().filter(covers).count();
    assert!((930..=970).contains(&covered), "{covered} of {SWEEPS}");
    // The intervals are no wider than they need be: the means scatter as their half-widths say
    // (t with 9 degrees of freedom is 2.262, and c₄(10) = 0.9727 the bias of a deviation).
    let means: Vec<f64> = estimates.iter().map(|estimate| estimate.mean.unwrap()).collect();
    let (mean, error) = mean_and_error(&means);
    assert!((mean - MEAN).abs() < 4.0 * error + 0.002 * MEAN, "{mean} ± {error}");
    let half_widths: Vec<f64> =
        estimates.iter().map(|e| e.interval().map(|(low, high)| (high - low) / 2.0).unwrap()).collect();
    let (half_width, _) = mean_and_error(&half_widths);
    let ratio = half_width / 2.262 / 0.9727 / (error * (SWEEPS as f64).sqrt());
    assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
}
