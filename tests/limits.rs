//! What never ends, or is too large, is refused in words: nothing ends by a signal.

use crate::program::{Done, run, with_small};
use std::io::Write;

/// Whether it ended by itself, with words and without a panic.
fn refused(done: &Done, statuses: &[i32], words: &str) {
    assert!(done.status.is_some_and(|status| statuses.contains(&status)), "{:?}: {}", done.status, done.err);
    assert!(done.err.contains(words), "{words} is not in\n{}", done.err);
    assert!(!done.err.contains("panicked") && done.err.len() < 20_000, "{}", done.err.len());
}

fn scenario(app: &str, case: &str, more: &str) -> String {
    format!(
        "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 1\n[app.api]\nmemory = \"50 MiB\"\n{app}\n\
         [case.d]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\n{case}\n{more}\n"
    )
}

#[test]
fn a_queue_without_end_is_refused_beforehand_or_stopped() {
    let directory = tempfile::tempdir().unwrap();
    let poisson = "cpu.constant = \"20 ms\"\narrivals.poisson";
    let tried = [
        // Known beforehand: twice what two cores can do.
        (format!("{poisson} = {{ rate = \"200 /s\" }}"), "instances = 2", "would take about"),
        (format!("tenants = 10_000_000\n{poisson} = {{ rate = \"1 /h\" }}"), "instances = 1", "would take about"),
        // Known only when it happens: the machine sleeps no request away, a spike is no steady rate.
        ("cpu.constant = \"20 ms\"\narrivals.spike = { base = \"1 /s\", peak = \"2000 /s\", at = \"1 min\", ramp = \"1 s\", length = \"8 min\" }".into(),
         "instances = 1", "of memory"),
        // A fleet is held in memory from the start.
        (format!("{poisson} = {{ rate = \"1 /h\" }}"), "instances = 1\n[fleet]\ncount = 200000", "for 200000 servers"),
    ];
    for (app, case, words) in tried {
        std::fs::write(directory.path().join("it.toml"), scenario(&app, case, "")).unwrap();
        let done = run(directory.path(), &["run", "it.toml", "--no-files", "--memory", "4 MiB"]);
        refused(&done, &[1], words);
        assert!(done.out.is_empty() && done.err.contains("--memory"), "{}", done.err);
    }
}

#[test]
fn what_would_never_end_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let write = |text: String| std::fs::write(directory.path().join("it.toml"), text).unwrap();
    write(scenario(
        "cpu.constant = \"20 ms\"\narrivals.poisson = { rate = \"1000000000000 /s\" }",
        "instances = 1",
        "",
    ));
    for command in ["run", "check"] {
        refused(&run(directory.path(), &[command, "it.toml"]), &[2], "requests a replication");
    }
    let curve = "[curve]\ntraffic = { from = 1e-300, to = 1e300, points = 5 }";
    write(scenario("cpu.constant = \"20 ms\"\narrivals.poisson = { rate = \"2 /s\" }", "instances = 1", curve));
    for command in ["curve", "check"] {
        refused(&run(directory.path(), &[command, "it.toml"]), &[2], "beyond what is simulated");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn files_without_an_end_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [["check", "/dev/zero"], ["run", "/dev/zero"], ["bill", "/dev/zero"], ["trace", "/dev/zero"]] {
        refused(&run(directory.path(), &arguments), &[2], "/dev/zero");
    }
    refused(&run(directory.path(), &["check", "small.toml", "--models", "/dev/zero"]), &[2], "");
    let trace = "arrivals.trace = { file = \"/dev/zero\", interval = \"1 min\" }";
    std::fs::write(directory.path().join("it.toml"), scenario(trace, "instances = 1", "")).unwrap();
    refused(&run(directory.path(), &["run", "it.toml"]), &[2], "/dev/zero");
}

#[test]
fn a_gzip_of_zeros_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![0; 1 << 20];
    (0..64).for_each(|_| packed.write_all(&zeros).unwrap());
    std::fs::write(directory.path().join("zeros.csv.gz"), packed.finish().unwrap()).unwrap();
    refused(&run(directory.path(), &["trace", "zeros.csv.gz"]), &[2], "zeros.csv.gz");
}

#[test]
fn a_large_scenario_many_apps_and_a_long_name_are_refused() {
    let directory = with_small();
    let small = std::fs::read_to_string(directory.path().join("small.toml")).unwrap();
    let tried = |text: String, words: &str| {
        std::fs::write(directory.path().join("large.toml"), text).unwrap();
        for command in ["check", "run"] {
            refused(&run(directory.path(), &[command, "large.toml"]), &[2], words);
        }
    };
    tried(format!("{small}#{}\n", "x".repeat(10 << 20)), "longer than 4 MiB");
    tried(format!("{small}[case.{}]\nhosting = \"textbook-vps\"\n", "x".repeat(1 << 20)), "letters");
    let apps: String = (0..100_001).map(|i| format!("[app.a{i}]\n")).collect();
    tried(format!("{small}{apps}"), "are too many");
    let wrong: String = (0..5_000).map(|i| format!("wrong-{i} = {i}\n")).collect();
    tried(format!("{wrong}{small}"), "and 4960 more");
}

/// What would fill the memory, under a limit of the address space of 2 GB: it ends in words, and never by a signal.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_killed_by_memory_in_two_gigabytes() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let mut zeros = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..64).for_each(|_| zeros.write_all(&vec![0; 1 << 20]).unwrap());
    std::fs::write(at.join("zeros.csv.gz"), zeros.finish().unwrap()).unwrap();
    let poisson = |rate: &str| format!("cpu.constant = \"20 ms\"\narrivals.poisson = {{ rate = \"{rate}\" }}");
    let day = |text: String| text.replace("10 min", "1 day");
    let trace = |file: &str| format!("arrivals.trace = {{ file = \"{file}\", interval = \"1 min\" }}");
    let errors: String = (0..5_000).map(|i| format!("wrong-{i} = {i}\n")).collect();
    let curve = "[curve]\ntraffic = { from = 1e-200, to = 1e200, points = 3 }";
    let plain = scenario(&poisson("2 /s"), "instances = 1", "");
    let tried = [
        ("run", day(scenario(&poisson("3000 /s"), "instances = 2", "")), "would take about"),
        ("run", scenario(&poisson("1000000000000 /s"), "instances = 2", ""), "requests a replication"),
        ("curve", scenario(&poisson("2 /s"), "instances = 1", curve), "beyond what is simulated"),
        ("run", scenario(&poisson("2 /s"), "instances = 10_000_000", ""), "would take about"),
        (
            "run",
            scenario(&format!("tenants = 10_000_000\n{}", poisson("1 /h")), "instances = 1", ""),
            "would take about",
        ),
        ("run", scenario(&trace("zeros.csv.gz"), "instances = 1", ""), "zeros.csv.gz"),
        ("run", scenario(&trace("/dev/zero"), "instances = 1", ""), "/dev/zero"),
        ("run", format!("{errors}{plain}"), "more"),
        ("run", format!("{plain}[case.{}]\nhosting = \"textbook-vps\"\n", "y".repeat(1 << 20)), "letters"),
    ];
    for (command, text, words) in tried {
        std::fs::write(at.join("it.toml"), text).unwrap();
        let limited = format!("ulimit -v 2000000; exec \"$0\" {command} it.toml --no-files --threads 2");
        let mut shell = std::process::Command::new("sh");
        let done = shell.arg("-c").arg(limited).arg(env!("CARGO_BIN_EXE_hostsim")).current_dir(at).output().unwrap();
        let said = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        refused(&Done { status: done.status.code(), out: said(done.stdout), err: said(done.stderr) }, &[1, 2], words);
    }
}
