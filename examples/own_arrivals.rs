//! An arrival process of one's own: requests that bring others after them (a Hawkes process; A. G. Hawkes, Spectra of
//! Some Self-Exciting and Mutually Exciting Point Processes, Biometrika 58, 1971), against as many that come at random.
//! What is drawn is written as a list of requests, and replayed to a machine.

use hostsim::document::{Diagnostics, Node};
use hostsim::engine::Stream;
use hostsim::experiment::{Order, Trial};
use hostsim::scenario::Scenario;
use std::fmt::Write as _;
use std::path::Path;

/// Seconds that are simulated.
const WINDOW: f64 = 7200.0;
/// Requests a second that nobody brought.
const BASE: f64 = 0.25;
/// How many each brings, directly.
const BRINGS: f64 = 0.6;
/// After how many seconds, on the mean (exponential).
const AFTER: f64 = 5.0;

/// The moments of a Hawkes process, as clusters: each request that came by itself has children, and they have theirs.
fn moments(mut draws: Stream) -> Vec<f64> {
    let (mut to_follow, mut found) = (Vec::new(), Vec::new());
    let mut at = draws.exponential() / BASE;
    while at < WINDOW {
        to_follow.push(at);
        at += draws.exponential() / BASE;
    }
    while let Some(parent) = to_follow.pop() {
        // A Poisson number of children: as many unit exponentials as fit.
        let mut left = BRINGS - draws.exponential();
        while left > 0.0 {
            to_follow.push(parent + AFTER * draws.exponential());
            left -= draws.exponential();
        }
        if parent < WINDOW {
            found.push(parent);
        }
    }
    found.sort_by(f64::total_cmp);
    found
}

fn scenario(arrivals: &str, directory: &Path) -> Result<Scenario, String> {
    let text = format!(
        "schema = 1\nrun = {{ duration = \"2 h\", replications = 1 }}\n\
         app.web = {{ {arrivals}, cpu.exponential = {{ mean = \"1 s\" }} }}\n\
         case.machine = {{ hosting = \"textbook-vps\", size = \"1-core\", instances = 1 }}\n"
    );
    let mut diagnostics = Diagnostics::default();
    let catalogue = hostsim::catalogue::Catalogue::load(None, &mut diagnostics);
    let source = diagnostics.sources.add("scenario", &text);
    let root = Node::parse(source, &mut diagnostics);
    let read = Scenario::read(&root, directory, &catalogue, &mut diagnostics);
    read.filter(|_| diagnostics.is_empty()).ok_or_else(|| diagnostics.render(false))
}

fn latency(scenario: &Scenario) -> Result<f64, String> {
    let case = &scenario.cases[0];
    let orders = Order::of_case(case).ok_or("something is left to be right-sized")?;
    let replication = Trial { scenario, case, orders: &orders, traffic: 1.0, replication: 0 }.run()?;
    replication.figure("latency_mean_s").ok_or_else(|| "no request was served".to_string())
}

/// How many requests a second came, and mean latencies in seconds: of those that bring others, and of as many that come
/// at random.
pub fn compared() -> Result<[f64; 3], String> {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    let moments = moments(Stream::named(7, 0, "web", "hawkes"));
    let mut list = String::from("arrival\n");
    for moment in &moments {
        let _ = writeln!(list, "{moment:.6}");
    }
    std::fs::write(directory.path().join("hawkes.csv"), list).map_err(|error| error.to_string())?;
    let rate = moments.len() as f64 / WINDOW;
    let replayed = "arrivals.trace = { file = \"hawkes.csv\", format = \"requests\", arrival = \"arrival\" }";
    let own = latency(&scenario(replayed, directory.path())?)?;
    let at_random = format!("arrivals.poisson = {{ rate = \"{rate:.6} /s\" }}");
    Ok([rate, own, latency(&scenario(&at_random, directory.path())?)?])
}

/// Prints the comparison.
pub fn main() -> Result<(), String> {
    let [rate, own, random] = compared()?;
    println!("at {rate:.2} requests a second, mean latency: each brings others {own:.2} s, at random {random:.2} s");
    Ok(())
}
