//! Faults made on purpose: wrong bits in everything that is stored and read again, and processes that are killed.
//! Nothing may be lost or wrong in silence.
//!
//! `HOSTSIM_FAULTS=200 cargo test -- --ignored ci_faults` makes so many of each kind, `HOSTSIM_SEED=n` others.

use crate::program::{SMALL, program, run};
use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SWEEP: &str = "[sweep.grid]\n\"run.seed\" = { from = 1, to = 6, points = 6 }\n";

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn chance() -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(number("HOSTSIM_SEED", 1))
}

fn below(chance: &mut Xoshiro256PlusPlus, most: usize) -> usize {
    (chance.next_u64() % most as u64) as usize
}

fn start(directory: &Path, arguments: &[&str]) -> Child {
    program(directory, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn with_sweep() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.toml"), format!("{SMALL}{SWEEP}")).unwrap();
    assert_eq!(run(directory.path(), &["sweep", "s.toml", "--output", "whole"]).status, Some(0));
    directory
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// One wrong bit anywhere in a file of a sweep: it ends as if it had not been, or in words.
#[test]
#[ignore = "ci: each fault is a process"]
fn ci_faults_one_wrong_bit_in_what_a_sweep_stores() {
    let directory = with_sweep();
    let at = directory.path();
    let table = |output: &str| std::fs::read_to_string(at.join(output).join("points.csv")).unwrap();
    let mut chance = chance();
    for file in ["runs.log", "points.csv", "sweep.json", "axes.csv"] {
        let bytes = std::fs::read(at.join("whole").join(file)).unwrap();
        for _ in 0..number("HOSTSIM_FAULTS", 6) {
            copy(&at.join("whole"), &at.join("hit"));
            let bit = below(&mut chance, bytes.len() * 8);
            let mut hit = bytes.clone();
            hit[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(at.join("hit").join(file), hit).unwrap();
            let again = run(at, &["sweep", "s.toml", "--output", "hit"]);
            match again.status {
                Some(0) => assert!(table("hit") == table("whole"), "{file}, bit {bit}"),
                Some(1 | 2) => assert!(again.err.contains("error: "), "{file}, bit {bit}: {}", again.err),
                _ => panic!("{file}, bit {bit}: {:?} {}", again.status, again.err),
            }
            assert!(!again.err.contains("panicked"), "{}", again.err);
        }
    }
}

/// A sweep that is killed at any moment goes on to the table of one that was not.
#[test]
#[ignore = "ci: each fault is a process"]
fn ci_faults_a_sweep_that_is_killed_goes_on() {
    let directory = with_sweep();
    let at = directory.path();
    let begun = Instant::now();
    assert_eq!(run(at, &["sweep", "s.toml", "--output", "timed"]).status, Some(0));
    let whole = begun.elapsed();
    let mut chance = chance();
    for i in 0..number("HOSTSIM_FAULTS", 6) {
        let output = format!("killed-{i}");
        let mut child = start(at, &["sweep", "s.toml", "--output", &output]);
        std::thread::sleep(whole.mul_f64(below(&mut chance, 1_000) as f64 / 1_000.0));
        let _ = child.kill();
        child.wait().unwrap();
        let again = run(at, &["sweep", "s.toml", "--output", &output]);
        assert_eq!(again.status, Some(0), "{}", again.err);
        let table = |output: &str| std::fs::read_to_string(at.join(output).join("points.csv")).unwrap();
        assert!(table(&output) == table("whole"), "killed in the {i}th of {whole:?}");
    }
}

/// A run that is killed leaves each file whole or not at all, and can be run again in the same directory.
#[test]
#[ignore = "ci: each fault is a process"]
fn ci_faults_a_run_that_is_killed_leaves_no_half_file() {
    let directory = tempfile::tempdir().unwrap();
    // Each in a place of its own under the same name, which the pages hold.
    let place = |name: String| {
        let at = directory.path().join(name);
        std::fs::create_dir(&at).unwrap();
        std::fs::write(at.join("s.toml"), SMALL).unwrap();
        at
    };
    let arguments = ["run", "s.toml", "--output", "out"];
    let undisturbed = place("undisturbed".into());
    let begun = Instant::now();
    assert_eq!(run(&undisturbed, &arguments).status, Some(0));
    let whole = begun.elapsed() + Duration::from_millis(1);
    let files = |at: &Path| {
        let mut names: Vec<_> =
            std::fs::read_dir(at.join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let mut chance = chance();
    for i in 0..number("HOSTSIM_FAULTS", 6) {
        let at = place(format!("killed-{i}"));
        let mut child = start(&at, &arguments);
        std::thread::sleep(whole.mul_f64(below(&mut chance, 1_000) as f64 / 1_000.0));
        let _ = child.kill();
        child.wait().unwrap();
        for file in files(&undisturbed).iter().filter(|file| *file != "written-by-hostsim.txt") {
            if let Ok(left) = std::fs::read(at.join("out").join(file)) {
                assert!(left == std::fs::read(undisturbed.join("out").join(file)).unwrap(), "{}", file.display());
            }
        }
        let again = run(&at, &arguments);
        assert_eq!(again.status, Some(0), "{}", again.err);
        assert_eq!(files(&at), files(&undisturbed));
    }
}

/// A document by its value; nothing where it is no JSON.
fn value(text: &[u8]) -> Option<serde_json::Value> {
    serde_json::from_slice(text).ok()
}

/// A result with a wrong bit is refused; where the bit hits the name of its checksum, that it has none is said; where it
/// makes another white space of one, it says the same.
#[test]
#[ignore = "ci: each fault is a process"]
fn ci_faults_one_wrong_bit_in_a_result() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("s.toml"), SMALL).unwrap();
    assert_eq!(run(at, &["run", "s.toml", "--output", "whole"]).status, Some(0));
    let bytes = std::fs::read(at.join("whole/result.json")).unwrap();
    let mut chance = chance();
    for _ in 0..4 * number("HOSTSIM_FAULTS", 6) {
        let bit = below(&mut chance, bytes.len() * 8);
        let mut hit = bytes.clone();
        hit[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(at.join("hit.json"), &hit).unwrap();
        let done = run(at, &["compare", "whole/result.json", "hit.json"]);
        match done.status {
            Some(2) => assert!(done.err.contains("error: "), "bit {bit}: {}", done.err),
            Some(0) => assert!(done.err.contains("it has no checksum") || value(&hit) == value(&bytes), "bit {bit}"),
            _ => panic!("bit {bit}: {:?} {}", done.status, done.err),
        }
    }
}

/// Nor is a wrong bit in what `sensitivity` reads taken for a result.
#[test]
#[ignore = "ci: each fault is a process"]
fn ci_faults_one_wrong_bit_in_the_table_of_a_sweep() {
    let directory = with_sweep();
    let at = directory.path();
    let arguments = ["sensitivity", "hit", "--no-files", "--format", "json"];
    copy(&at.join("whole"), &at.join("hit"));
    let whole = run(at, &arguments).out;
    assert!(!whole.is_empty());
    let mut chance = chance();
    for file in ["points.csv", "sweep.json"] {
        let bytes = std::fs::read(at.join("whole").join(file)).unwrap();
        for _ in 0..number("HOSTSIM_FAULTS", 6) {
            let bit = below(&mut chance, bytes.len() * 8);
            let mut hit = bytes.clone();
            hit[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(at.join("hit").join(file), &hit).unwrap();
            let done = run(at, &arguments);
            match done.status {
                Some(2) => assert!(done.err.contains("error: "), "{file}, bit {bit}: {}", done.err),
                Some(0) => assert!(done.out == whole, "{file}, bit {bit}"),
                _ => panic!("{file}, bit {bit}: {:?} {}", done.status, done.err),
            }
        }
        std::fs::write(at.join("hit").join(file), &bytes).unwrap();
    }
}
