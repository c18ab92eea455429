//! Signals at moments at which something is being written, or takes long.

use crate::program::{SMALL, program};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// Its status and its words; it has to end in this time.
fn ended(mut child: Child, within: Duration) -> (Option<i32>, String) {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > within {
            child.kill().unwrap();
            panic!("it does not end within {within:?}");
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// While a file is written, which here would go on for ever as nobody reads the pipe in its place, one signal waits for
/// it; the second one does not.
#[test]
fn a_second_signal_ends_at_once() {
    for name in ["-INT", "-TERM"] {
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        // Long enough for the pipe to be there before the first file is written.
        std::fs::write(at.join("s.toml"), SMALL.replace("\"1 h\"", "\"60 h\"")).unwrap();
        std::fs::create_dir(at.join("out")).unwrap();
        let mut command = program(at, &["run", "s.toml", "--details", "--output", "out"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let pipe = at.join("out").join(format!(".{}-result.json", child.id()));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Its first byte says that it is being written; the rest is more than a pipe holds.
        let mut reader = std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&pipe).unwrap();
        let (mut byte, begun) = ([0], Instant::now());
        while !matches!(reader.read(&mut byte), Ok(1)) {
            assert!(begun.elapsed() < Duration::from_secs(60) && child.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(3));
        }
        signal(&child, name);
        std::thread::sleep(Duration::from_millis(1_200));
        assert!(child.try_wait().unwrap().is_none(), "what is written is written to its end");
        signal(&child, name);
        let (status, words) = ended(child, Duration::from_secs(10));
        assert!(status == Some(1) && words.contains("error: interrupted"), "{status:?} {words}");
        assert!(!at.join("out/result.json").exists());
    }
}

/// Somebody removes the directory of a sweep while it runs: that is said, and not that anything is kept.
#[test]
fn a_directory_that_is_removed_meanwhile_is_said_to_be_gone() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let sweep = "[sweep.grid]\n\"run.seed\" = { from = 1, to = 40, points = 40 }\n";
    std::fs::write(at.join("s.toml"), format!("{SMALL}{sweep}")).unwrap();
    let arguments = ["sweep", "s.toml", "--threads", "1", "--output", "out"];
    let child = program(at, &arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while std::fs::metadata(at.join("out/runs.log")).map_or(0, |found| found.len()) < 5_000 {
        std::thread::sleep(Duration::from_millis(2));
    }
    std::fs::remove_dir_all(at.join("out")).unwrap();
    let (status, words) = ended(child, Duration::from_secs(60));
    assert!(status == Some(1) && words.contains("nothing is kept"), "{status:?} {words}");
}

/// One simulation of a sweep may take hours: it is not waited for, and what was done before is kept.
#[test]
fn a_sweep_of_long_simulations_is_interrupted_within_a_second() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let long = SMALL.replace("\"1 /s\"", "\"30 /s\"").replace("replications = 2", "replications = 1");
    let sweep = "[sweep.grid]\n\"run.duration\" = [\"1 min\", \"10 years\"]\n";
    std::fs::write(at.join("s.toml"), format!("{long}{sweep}")).unwrap();
    let arguments = ["sweep", "s.toml", "--threads", "1", "--output", "out"];
    let child = program(at, &arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (store, begun) = (at.join("out/runs.log"), Instant::now());
    let runs = || {
        let mut runs = 0;
        let reader = hostsim::sweep::store::LogReader::open(&store).ok().flatten();
        let Some(mut reader) = reader else { return 0 };
        while let Ok(Some((_, record))) = reader.next_record() {
            runs += usize::from(matches!(record, hostsim::sweep::store::Record::Run(_)));
        }
        runs
    };
    while runs() < 1 {
        assert!(begun.elapsed() < Duration::from_secs(60), "no run is done");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, "-INT");
    // The years would take an hour.
    let (status, words) = ended(child, Duration::from_secs(15));
    assert!(status == Some(1) && words.contains("--output out --resume"), "{status:?} {words}");
    assert!(runs() >= 1);
}
