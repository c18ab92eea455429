//! Axes that change prices, wages and objectives alone simulate nothing again: counted by what the
//! program says, on grids and samples, with right-sizing, in shards and after interruptions.

use crate::program::{Done, SMALL, program, run};
use std::path::Path;
use std::process::Stdio;

/// The small scenario with prices to be varied, and two fingerprints (memories) where `memory` is
/// among the axes. Without axes of accounts: 2 cases × 3 replications = 6 simulations.
const PRICED: &str = r#"
[labour]
wage = "10 USD/h"

[provider]
energy = "0.1 USD/kWh"

[model.mine]
extends = "digitalocean-2017"

[[case.functions.charge]]
name = "database"
meter = "months"
price = "15"
"#;

/// Every kind of axis of accounts.
const ACCOUNTS: &str = r#"
"labour.wage" = ["20 USD/h", "40 USD/h"]
"provider.energy" = ["0.05 USD/kWh", "0.2 USD/kWh"]
"case.functions.labour.salaries" = ["0 USD/year", "1000 USD/year"]
"case.functions.charge.database.price" = ["15", "30"]
"model.mine.charge.droplets.price.512mb" = ["0.001", "0.002"]
"app.api.slo.p99" = ["1 ms", "5 s"]
"run.month" = ["730 h", "28 days"]
"#;

fn written(sweep: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let small = SMALL.replace("replications = 2", "replications = 3");
    let small = small.replace("\"textbook-vps\"\nsize = \"1-core\"", "\"mine\"\nsize = \"512mb\"");
    std::fs::write(directory.path().join("s.toml"), format!("{small}{PRICED}{sweep}")).unwrap();
    directory
}

/// What a go says: its runs and simulations.
fn said(done: &Done) -> (u64, u64) {
    assert_eq!(done.status, Some(0), "{}", done.err);
    (number_before(&done.out, " runs"), number_before(&done.out, " simulations"))
}

fn number_before(text: &str, word: &str) -> u64 {
    let before = text.split(word).next().unwrap();
    before.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap_or_else(|_| panic!("{word}: {text}"))
}

fn table(directory: &Path, output: &str) -> String {
    std::fs::read_to_string(directory.join(output).join("points.csv")).unwrap()
}

#[test]
fn a_grid_of_accounts_is_simulated_once() {
    let directory = written(&format!("[sweep.grid]{ACCOUNTS}"));
    let at = directory.path();
    // Two objectives follow requests past the window's end for unlike times.
    assert_eq!(said(&run(at, &["sweep", "s.toml"])), (128 * 2 * 3, 12));
    let costs = |column: &str| {
        let table = table(at, "output/s");
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let place = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
        reader.records().map(|row| row.unwrap()[place].to_string()).collect::<std::collections::BTreeSet<_>>().len()
    };
    // The axes did something: each changes the figures that it is about.
    assert!(costs("tco_usd") >= 24 && costs("invoice_usd") >= 5);
    assert!(costs("provider_energy_usd") >= 4 && costs("slo_met") == 2);
}

/// All points that one simulation does for are in one shard: the shards' simulations add up to
/// those of the whole.
#[test]
fn shards_share_no_simulation() {
    let grid = "[sweep.grid]\n\"app.api.memory\" = [\"16 MiB\", \"32 MiB\", \"48 MiB\", \"64 MiB\", \"80 MiB\"]\n\
                \"labour.wage\" = { from = \"0 USD/h\", to = \"90 USD/h\", points = 10 }\n";
    let directory = written(grid);
    let at = directory.path();
    assert_eq!(said(&run(at, &["sweep", "s.toml"])), (50 * 2 * 3, 5 * 2 * 3));
    let shard =
        |number: u32| said(&run(at, &["sweep", "s.toml", "--output", "parts", "--shard", &format!("{number}/3")]));
    let shards: Vec<(u64, u64)> = (1..=3).map(shard).collect();
    assert_eq!(shards.iter().map(|(_, simulations)| simulations).sum::<u64>(), 5 * 2 * 3, "{shards:?}");
    assert_eq!(run(at, &["merge", "parts"]).status, Some(0));
    assert!(table(at, "parts") == table(at, "output/s"));
}

/// A sample over wages and a price in a list beside one over seeds: as many simulations as seeds.
#[test]
fn a_sample_of_accounts_is_simulated_once() {
    let sample = "[sweep.sample]\npoints = 40\nmethod = \"METHOD\"\n\
                  \"labour.wage\".uniform = { min = \"0 USD/h\", max = \"90 USD/h\" }\n\
                  \"case.functions.charge.database.price\" = [\"1\", \"2.50\"]\n\
                  \"run.seed\" = [1, 2, 3]\n";
    for method in ["latin-hypercube", "sobol", "saltelli"] {
        let directory = written(&sample.replace("METHOD", method));
        let points = if method == "saltelli" { 40 * 5 } else { 40 };
        assert_eq!(said(&run(directory.path(), &["sweep", "s.toml"])), (points * 6, 3 * 6), "{method}");
    }
}

/// With something to be right-sized the orders are searched at each point; what the search
/// simulates, points with other wages and prices use again.
#[test]
fn a_right_sized_case_is_searched_by_the_same_simulations() {
    let open = "[case.sized]\nhosting = \"mine\"\nsize = \"cheapest\"\ninstances = \"right-size\"\n";
    let grid = "[sweep.grid]\n\"labour.wage\" = { from = \"1 USD/h\", to = \"90 USD/h\", points = POINTS }\n";
    let simulations = |points: u32, more: &str| {
        let directory = written(&format!("{open}{}{more}", grid.replace("POINTS", &points.to_string())));
        said(&run(directory.path(), &["sweep", "s.toml"])).1
    };
    let one = simulations(1, "");
    assert!(one >= 9, "{one}");
    assert_eq!(simulations(12, ""), one);
    assert_eq!(simulations(3, "\"model.mine.charge.droplets.price.512mb\" = [\"0.001\", \"0.002\"]\n"), one);
}

/// SIGTERM finishes what is in flight, with all that one simulation does for: what is resumed
/// simulates the rest, and nothing twice.
#[cfg(unix)]
#[test]
fn what_is_resumed_simulates_the_rest() {
    let grid = "[sweep.grid]\n\"run.seed\" = { from = 1, to = 60, points = 60 }\n\
                \"labour.wage\" = { from = \"0 USD/h\", to = \"90 USD/h\", points = 4 }\n";
    let directory = written(grid);
    let at = directory.path();
    let child = program(at, &["sweep", "s.toml"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let store = at.join("output/s/runs.log");
    while std::fs::metadata(&store).map_or(0, |found| found.len()) < 200_000 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let stopped = child.wait_with_output().unwrap();
    let error = String::from_utf8(stopped.stderr).unwrap();
    assert_eq!(stopped.status.code(), Some(1), "{error}");
    let first = number_before(&error, " simulations in this go");
    let (runs, second) = said(&run(at, &["sweep", "s.toml", "--resume"]));
    assert_eq!((runs, first + second), (240 * 6, 60 * 6), "{error}");
    assert!(first > 0 && second > 0);
}
