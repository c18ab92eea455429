//! Sweeps through the program: the same bytes whatever happens on the way, and what is refused.

use crate::program::{Done, SMALL, program, run};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// 42 points × 2 cases × 24 replications: 2,016 runs.
const GRID: &str = r#"
[sweep.grid]
"app.api.memory" = { from = "16 MiB", to = "112 MiB", points = 7 }
"app.api.arrivals.poisson.rate" = ["1 /s", "2 /s", "4 /s"]
"case.functions.keep-alive" = ["none", { fixed = "10 min" }]
"#;

fn with(sweep: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let scenario = SMALL.replace("replications = 2", "replications = 24");
    std::fs::write(directory.path().join("s.toml"), format!("{scenario}{sweep}")).unwrap();
    directory
}

fn table(directory: &Path, output: &str) -> String {
    std::fs::read_to_string(directory.join(output).join("points.csv")).unwrap()
}

fn succeeds(done: &Done) {
    assert_eq!(done.status, Some(0), "{}", done.err);
}

fn started(directory: &Path, arguments: &[&str]) -> Child {
    let quiet = program(directory, arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    quiet.unwrap()
}

/// The store's length is how far a sweep has come.
fn wait_for(store: &Path, bytes: u64) {
    for _ in 0..6_000 {
        if std::fs::metadata(store).is_ok_and(|found| found.len() >= bytes) {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("{} does not grow to {bytes} bytes", store.display());
}

/// Killed at ten moments spread over the whole sweep and resumed, in shards, on one thread and on
/// two: every table is the same to the byte.
#[test]
fn a_killed_a_sharded_and_a_whole_sweep_give_the_same_bytes() {
    let directory = with(GRID);
    let at = directory.path();
    succeeds(&run(at, &["sweep", "s.toml", "--threads", "2"]));
    let whole = table(at, "output/s");
    assert_eq!(whole.split("\r\n").count(), 1 + 2_016 + 1);
    assert!(whole.starts_with(
        "point,app.api.memory,app.api.arrivals.poisson.rate,case.functions.keep-alive,case,replication,seed,requests_arrived,"
    ));
    let length = std::fs::metadata(at.join("output/s/runs.log")).unwrap().len();

    succeeds(&run(at, &["sweep", "s.toml", "--threads", "1", "--output", "one"]));
    assert!(table(at, "one") == whole, "one thread");

    let mut moments = moments(10);
    moments.sort_unstable();
    let mut kills = 0;
    for share in moments {
        let store = at.join("killed/runs.log");
        let mut child = started(at, &["sweep", "s.toml", "--resume", "--output", "killed"]);
        wait_for(&store, length * share / 1_000);
        child.kill().unwrap();
        kills += u32::from(!child.wait().unwrap().success());
        assert!(!at.join("killed/points.csv").exists());
    }
    assert_eq!(kills, 10);
    // A torn record at the end, as a power cut leaves it.
    let mut torn = std::fs::read(at.join("killed/runs.log")).unwrap();
    torn.extend([200, 0, 0, 0, 1, 2, 3]);
    std::fs::write(at.join("killed/runs.log"), torn).unwrap();
    let resumed = run(at, &["sweep", "s.toml", "--resume", "--output", "killed"]);
    succeeds(&resumed);
    assert!(resumed.err.contains("torn record"), "{}", resumed.err);
    assert!(table(at, "killed") == whole, "killed and resumed");

    for of in [1, 2, 7] {
        let output = format!("of-{of}");
        for number in 1..=of {
            let shard = format!("{number}/{of}");
            succeeds(&run(at, &["sweep", "s.toml", "--shard", &shard, "--output", &output]));
        }
        // One shard is the whole, and writes the table itself.
        let _ = std::fs::remove_file(at.join(&output).join("points.csv"));
        succeeds(&run(at, &["merge", &output]));
        assert!(table(at, &output) == whole, "{of} shards");
        let about = |name: &str| std::fs::read_to_string(at.join(name).join("sweep.json")).unwrap();
        assert_eq!(about(&output), about("output/s"));
    }
}

/// Moments in thousandths of the whole, below 900 so that a kill always comes before the end.
fn moments(count: usize) -> Vec<u64> {
    let mut stream = hostsim::engine::random::Stream::named(5, 0, "tests", "kill");
    (0..count).map(|_| 5 + stream.below(895)).collect()
}

#[cfg(unix)]
#[test]
fn a_sweep_that_is_told_to_stop_says_how_it_goes_on() {
    let directory = with(GRID);
    let at = directory.path();
    let child = started(at, &["sweep", "s.toml", "--output", "there"]);
    wait_for(&at.join("there/runs.log"), 100_000);
    let told = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let done = child.wait_with_output().unwrap();
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{error}");
    assert!(error.contains("sweep s.toml --output there --resume"), "{error}");
    let unfinished = run(at, &["sweep", "s.toml", "--output", "there"]);
    assert_eq!(unfinished.status, Some(2));
    assert!(unfinished.err.contains("--resume goes on"), "{}", unfinished.err);
    succeeds(&run(at, &["sweep", "s.toml", "--output", "there", "--resume"]));
    // All is there: nothing is simulated, with or without --resume.
    let again = run(at, &["sweep", "s.toml", "--output", "there"]);
    succeeds(&again);
    assert!(again.out.contains("2016 runs, 0 failed; 0 simulations"), "{}", again.out);
}

/// Wages and the provider's prices as axes: as many simulations as without them, and the rows
/// of a sweep that simulates each by itself.
#[test]
fn axes_of_prices_and_wages_simulate_nothing_again() {
    let grid = "[sweep.grid]\n\"labour.wage\" = { from = \"0 USD/h\", to = \"100 USD/h\", points = 5 }\n\
                \"provider.energy\" = [\"0.05 USD/kWh\", \"0.10 USD/kWh\"]\n\"app.api.slo.p99\" = [\"1 ms\", \"5 s\"]\n";
    let directory = with(grid);
    let at = directory.path();
    let done = run(at, &["sweep", "s.toml", "--replications", "3"]);
    succeeds(&done);
    // An objective says how long requests are followed past the window's end: two of them are two sets of simulations.
    assert!(done.out.contains("20 points, 120 runs, 0 failed; 12 simulations"), "{}", done.out);
    let together = table(at, "output/s");
    let mut reader = csv::Reader::from_reader(together.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    for row in reader.records().map(Result::unwrap).step_by(7) {
        let alone = SMALL
            .replace("slo = { p99 = \"5 s\" }", &format!("slo = {{ p99 = \"{}\" }}", &row[column("app.api.slo.p99")]))
            .replace("replications = 2", "replications = 3")
            + &format!(
                "[labour]\nwage = \"{}\"\n[provider]\nenergy = \"{}\"\n[sweep.grid]\n\"run.seed\" = [1]\n",
                &row[column("labour.wage")],
                &row[column("provider.energy")]
            );
        std::fs::write(at.join("alone.toml"), alone).unwrap();
        let _ = std::fs::remove_dir_all(at.join("alone"));
        succeeds(&run(at, &["sweep", "alone.toml", "--output", "alone"]));
        let table = table(at, "alone");
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let own = reader.headers().unwrap().clone();
        let same = reader.records().map(Result::unwrap).find(|other| {
            let of = |name: &str| &other[own.iter().position(|known| known == name).unwrap()];
            of("case") == &row[column("case")] && of("replication") == &row[column("replication")]
        });
        let same = same.unwrap();
        for (name, value) in own.iter().zip(&same).skip(5) {
            assert_eq!(value, &row[column(name)], "{name}");
        }
    }
}

#[test]
fn what_cannot_be_is_a_recorded_failure_and_the_rest_goes_on() {
    let scenario = SMALL.replace("textbook-vps", "digitalocean-2017").replace("\"1-core\"", "\"512mb\"");
    let sweep = "[sweep.grid]\n\"app.api.memory\" = [\"64 MiB\", \"1 GiB\"]\n";
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("s.toml"), format!("{scenario}{sweep}")).unwrap();
    let done = run(at, &["sweep", "s.toml"]);
    assert_eq!(done.status, Some(1), "{}", done.err);
    assert!(done.err.contains("2 of 8 runs failed"), "{}", done.err);
    let failures = std::fs::read_to_string(at.join("output/s/failures.csv")).unwrap();
    assert!(failures.contains("1,1 GiB,machine,0,\"the app `api` needs 1 GiB"), "{failures}");
    let rows = table(at, "output/s");
    assert_eq!(rows.lines().count(), 9, "a row for each run, also where it failed");
    assert!(rows.lines().any(|row| row.starts_with("1,1 GiB,machine,0,1,,,")));
}

#[test]
fn precision_adds_replications_point_by_point_and_survives_interruptions() {
    let directory = with("[sweep.grid]\n\"app.api.arrivals.poisson.rate\" = [\"0.05 /s\", \"10 /s\"]\n");
    let at = directory.path();
    let arguments = ["sweep", "s.toml", "--replications", "4", "--precision", "5%", "--output"];
    succeeds(&run(at, &[&arguments[..], &["whole"]].concat()));
    let whole = table(at, "whole");
    let runs = |point: &str| whole.lines().filter(|line| line.starts_with(point)).count();
    assert!(runs("0,") > 40 && runs("1,") < runs("0,"), "{} and {}", runs("0,"), runs("1,"));
    let mut child = started(at, &[&arguments[..], &["killed", "--resume"]].concat());
    let length = std::fs::metadata(at.join("whole/runs.log")).unwrap().len();
    wait_for(&at.join("killed/runs.log"), length / 2);
    child.kill().unwrap();
    child.wait().unwrap();
    succeeds(&run(at, &[&arguments[..], &["killed", "--resume"]].concat()));
    assert!(table(at, "killed") == whole);
    for shard in ["1/2", "2/2"] {
        succeeds(&run(at, &[&arguments[..], &["parts", "--shard", shard]].concat()));
    }
    succeeds(&run(at, &["merge", "parts"]));
    assert!(table(at, "parts") == whole);
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    let directory = with(GRID);
    let done = run(directory.path(), &["sweep", "s.toml", "--dry-run"]);
    succeeds(&done);
    assert!(done.out.starts_with("42 points, 2016 runs"), "{}", done.out);
    assert!(!directory.path().join("output").exists());
}

/// Each file of `tests/bad/sweep` is a table of a sweep; its first line says what its error says.
#[test]
fn bad_sweeps_are_refused_before_anything_runs() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/sweep");
    let mut files: Vec<_> = std::fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 12, "the corpus is there");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let directory = with(&text);
        let done = run(directory.path(), &["sweep", "s.toml"]);
        assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{}: {}", file.display(), done.err);
        let expected = text.lines().next().unwrap().trim_start_matches("# ");
        for part in expected.split(" & ") {
            assert!(done.err.contains(part), "{}: {part} is not in\n{}", file.display(), done.err);
        }
        // The error names the line of the axis.
        assert!(done.err.contains("s.toml:"), "{}", done.err);
        assert!(!directory.path().join("output").exists());
    }
}

#[test]
fn directories_of_other_sweeps_and_other_processes_are_refused() {
    let directory = with(GRID);
    let at = directory.path();
    let small = SMALL.to_string() + "[sweep.grid]\n\"run.seed\" = [1, 2]\n";
    std::fs::write(at.join("small.toml"), &small).unwrap();
    succeeds(&run(at, &["sweep", "small.toml"]));
    let refused = |arguments: &[&str], expected: &str| {
        let done = run(at, arguments);
        assert_eq!(done.status, Some(2), "{arguments:?}: {}", done.err);
        assert!(done.err.contains(expected), "{expected} is not in\n{}", done.err);
    };
    for more in [&[][..], &["--resume"]] {
        refused(&[&["sweep", "s.toml", "--output", "output/small"], more].concat(), "holds another sweep");
        refused(&[&["sweep", "small.toml", "--seed", "4"], more].concat(), "holds another sweep");
    }
    std::fs::write(at.join("small.toml"), small.replace("20 ms", "21 ms")).unwrap();
    refused(&["sweep", "small.toml", "--resume"], "were changed");
    std::fs::write(at.join("small.toml"), &small).unwrap();
    std::fs::create_dir(at.join("odd")).unwrap();
    std::fs::write(at.join("odd/runs.log"), "something else").unwrap();
    refused(&["sweep", "small.toml", "--output", "odd"], "not the store of a sweep");

    let mut child = started(at, &["sweep", "s.toml", "--output", "busy"]);
    wait_for(&at.join("busy/runs.log"), 50_000);
    refused(&["sweep", "s.toml", "--output", "busy", "--resume"], "is working in");
    refused(&["merge", "busy"], "is working in");
    child.kill().unwrap();
    child.wait().unwrap();
    refused(&["merge", "busy"], "not complete");

    for (shard, output) in [("1/2", "a"), ("2/2", "b")] {
        succeeds(&run(at, &["sweep", "small.toml", "--shard", shard, "--output", output]));
    }
    succeeds(&run(at, &["sweep", "small.toml", "--shard", "2/2", "--seed", "5", "--output", "c"]));
    succeeds(&run(at, &["sweep", "small.toml", "--shard", "3/3", "--output", "d"]));
    refused(&["merge", "a"], "shards are missing: 2 of 2");
    refused(&["merge", "a", "a"], "is given twice");
    refused(&["merge", "a", "c"], "of different sweeps");
    refused(&["merge", "a", "d"], "shards");
    refused(&["merge", "odd/.."], "store of a sweep");
    succeeds(&run(at, &["merge", "a", "b", "--output", "ab"]));
    assert_eq!(table(at, "ab"), table(at, "output/small"));
    let copied = at.join("copy");
    std::fs::create_dir(&copied).unwrap();
    std::fs::copy(at.join("a/shard-1-of-2/runs.log"), copied.join("runs.log")).unwrap();
    refused(&["merge", "a", "b", "copy"], "shard 1 is doubled");
}

/// A Saltelli sample of two wages' effects on labour, end to end.
#[test]
fn sensitivity_of_a_sample() {
    let sample = "[labour]\nwage = \"1 USD/h\"\n[sweep.sample]\nmethod = \"saltelli\"\npoints = 64\n\
                  \"labour.wage\".uniform = { min = \"0 USD/h\", max = \"90 USD/h\" }\n\
                  \"labour.salaries\".uniform = { min = \"0 USD/month\", max = \"10 USD/month\" }\n";
    let directory = with(sample);
    let at = directory.path();
    succeeds(&run(at, &["sweep", "s.toml", "--replications", "1"]));
    let done = run(at, &["sensitivity", "output/s", "--metric", "labour_usd", "--format", "json"]);
    succeeds(&done);
    let report: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(done.out, std::fs::read_to_string(at.join("output/s/sensitivity.json")).unwrap());
    let index = |axis: &str| {
        let same = |f: &&serde_json::Value| {
            f["analysis"] == "sobol-total" && f["axis"] == axis && f["case"] == "machine" && f["metric"] == "labour_usd"
        };
        report["findings"].as_array().unwrap().iter().find(same).unwrap()["value"].as_f64().unwrap()
    };
    assert!(index("labour.wage") > 0.9 && index("labour.salaries") < 0.2, "{}", done.out);
}

/// Report, figures and all else that a sweep writes: the same from shards and on any number of
/// threads, and made again by `sensitivity`.
#[test]
fn a_sweeps_report_is_the_same_to_the_byte_however_it_was_run() {
    let grid = "[sweep.grid]\n\"app.api.arrivals.poisson.rate\" = [\"1 /s\", \"5 /s\"]\n\"labour.wage\" = [\"0 USD/h\", \"9 USD/h\"]\n";
    let directory = with(grid);
    let at = directory.path();
    let few = ["sweep", "s.toml", "--replications", "3"];
    succeeds(&run(at, &[&few[..], &["--output", "whole", "--threads", "1"]].concat()));
    for shard in ["1/2", "2/2"] {
        succeeds(&run(at, &[&few[..], &["--output", "parts", "--shard", shard, "--threads", "2"]].concat()));
    }
    succeeds(&run(at, &["merge", "parts"]));
    let files = |output: &str| {
        let entries = std::fs::read_dir(at.join(output)).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
        files.retain(|path| !path.ends_with("runs.log") && !path.ends_with(".lock"));
        files.sort();
        let named = |path: &std::path::PathBuf| (path.file_name().unwrap().to_owned(), std::fs::read(path).unwrap());
        files.iter().map(named).collect::<Vec<_>>()
    };
    let whole = files("whole");
    let names: Vec<&str> = whole.iter().filter_map(|(name, _)| name.to_str()).collect();
    for name in [
        "sweep.html",
        "origin.json",
        "multiples-tco_usd.svg",
        "heat-map-tco_usd.png",
        "effects-tco_usd.svg",
        "parallel.png",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
    let merged = files("parts");
    assert_eq!(names, merged.iter().filter_map(|(name, _)| name.to_str()).collect::<Vec<_>>());
    for ((name, own), (_, other)) in whole.iter().zip(&merged) {
        assert!(own == other, "{name:?} differs");
    }
    let report = String::from_utf8(whole.iter().find(|(name, _)| name == "sweep.html").unwrap().1.clone()).unwrap();
    assert!(report.contains("hostsim sweep s.toml --replications 3") && report.contains("[sweep.grid]"));

    succeeds(&run(at, &["sensitivity", "whole", "--format", "csv"]));
    let again = files("whole");
    for (name, own) in &whole {
        assert!(again.iter().any(|(known, bytes)| known == name && bytes == own), "{name:?} differs after sensitivity");
    }
    assert!(again.iter().any(|(name, _)| name == "sensitivity.csv"));
}
