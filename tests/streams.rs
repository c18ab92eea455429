//! What never ends, or is no file: pipes, devices and directories in every place that takes a path, typed or written in
//! a file. Each ends in words, with a status, and soon.

use crate::program::{Done, SMALL, program, with_small};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs it to its end, which has to come.
fn run(directory: &Path, arguments: &[&str]) -> Done {
    let spawned =
        program(directory, arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn refused(directory: &Path, arguments: &[&str], words: &str) {
    let done = run(directory, arguments);
    assert_eq!(done.status, Some(2), "{arguments:?}: {}{}", done.out, done.err);
    assert!(done.err.contains(words) && done.err.len() < 10_000, "{arguments:?}: no `{words}` in {}", done.err);
}

fn make_pipe(at: &Path) {
    assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
}

fn scenario(app: &str, more: &str) -> String {
    format!(
        "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 1\n[app.api]\nmemory = \"50 MiB\"\n{app}\n\
         [case.d]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n{more}\n"
    )
}

/// A scenario for each key that takes a path.
fn with_paths(path: &str) -> Vec<String> {
    let poisson = "arrivals.poisson = { rate = \"1 /s\" }";
    let of_tenants = |keys: &str| format!("[trace.t]\nformat = \"azure-2019\"\n{keys}\n");
    vec![
        scenario(&format!("arrivals.trace = {{ file = \"{path}\", interval = \"1 min\" }}"), ""),
        scenario(&format!("arrivals.trace = {{ file = \"{path}\", format = \"requests\" }}"), ""),
        scenario(&format!("{poisson}\ncpu.empirical = {{ file = \"{path}\", unit = \"ms\" }}"), ""),
        scenario(
            "tenants = \"trace\"\narrivals.trace = { from = \"t\" }",
            &of_tenants(&format!("invocations = \"{path}\"")),
        ),
        scenario(poisson, &format!("[sweep.points]\nfile = \"{path}\"")),
    ]
}

#[test]
fn a_pipe_that_nobody_writes_to_is_no_file_of_a_scenario() {
    let directory = with_small();
    let at = directory.path();
    make_pipe(&at.join("pipe"));
    std::fs::create_dir(at.join("folder")).unwrap();
    for (path, words) in
        [("pipe", "it is a pipe or a device"), ("/dev/zero", "it is a pipe or a device"), ("folder", "a directory")]
    {
        for (place, text) in with_paths(path).iter().enumerate() {
            std::fs::write(at.join("it.toml"), text).unwrap();
            let command = if text.contains("[sweep") { "sweep" } else { "run" };
            for command in ["check", command] {
                let done = run(at, &[command, "it.toml"]);
                assert_eq!(done.status, Some(2), "{place} {path} {command}: {}{}", done.out, done.err);
                assert!(done.err.contains(words), "{place} {path} {command}: {}", done.err);
            }
        }
    }
}

#[test]
fn a_pipe_among_models_results_and_stores_is_none_of_them() {
    let directory = with_small();
    let at = directory.path();
    for folder in ["models", "result", "swept", "shards/shard-1-of-1", "listed", "sweeping"] {
        std::fs::create_dir_all(at.join(folder)).unwrap();
    }
    let pipes = [
        "models/m.toml",
        "result/pipe",
        "swept/sweep.json",
        "swept/points.csv",
        "shards/shard-1-of-1/runs.log",
        "listed/written-by-hostsim.txt",
        "sweeping/.lock",
    ];
    pipes.iter().for_each(|pipe| make_pipe(&at.join(pipe)));
    refused(at, &["check", "small.toml", "--models", "models"], "it is a pipe");
    refused(at, &["trace", "result/pipe"], "it is a pipe");
    refused(at, &["sensitivity", "swept"], "it is a pipe");
    refused(at, &["merge", "shards"], "");
    for output in ["listed", "sweeping"] {
        refused(at, &["run", "small.toml", "--output", output], "is no plain file");
    }
}

/// What a person types may be a pipe, which is read as it comes; one that never ends is refused at the stated length.
#[test]
fn a_pipe_that_somebody_goes_on_writing_to_is_refused() {
    let directory = with_small();
    let at = directory.path();
    for command in ["check", "run", "curve", "map", "advise", "sweep", "bill"] {
        let pipe = at.join("pipe");
        let _ = std::fs::remove_file(&pipe);
        make_pipe(&pipe);
        let written = pipe.clone();
        let writer = std::thread::spawn(move || {
            use std::io::Write;
            let mut to = std::fs::OpenOptions::new().write(true).open(written).unwrap();
            while to.write_all(&[b'#'; 1 << 16]).is_ok() {}
        });
        let done = run(at, &[command, "pipe"]);
        assert_eq!(done.status, Some(2), "{command}: {}{}", done.out, done.err);
        assert!(done.err.contains("longer than 4 MiB"), "{command}: {}", done.err);
        writer.join().unwrap();
    }
}

/// A log may come through a pipe, once; a line, entry or row without an end is not waited for.
#[test]
fn a_log_comes_through_a_pipe_and_one_without_an_end_is_refused() {
    let directory = with_small();
    let at = directory.path();
    let line = "192.0.2.4 - - [26/Oct/2025:02:59:59 +0200] \"GET /a HTTP/1.1\" 200 10 \"-\" \"-\"\n";
    make_pipe(&at.join("pipe"));
    let (pipe, many) = (at.join("pipe"), line.repeat(5_000));
    let writer = std::thread::spawn(move || std::fs::write(pipe, many).unwrap());
    let done = run(at, &["import", "pipe", "--no-files"]);
    writer.join().unwrap();
    assert!(done.status == Some(0) && done.out.contains("requests  5000"), "{}{}", done.out, done.err);
    refused(at, &["import", "/dev/zero", "--no-files"], "not text");
    for (format, words) in
        [("alb", "a line has no end"), ("counts", "a row has no end"), ("cloud-run-json", "a line has no end")]
    {
        refused(at, &["import", "/dev/zero", "--as", format, "--no-files"], words);
    }
    // A quote that is never closed makes one row of all that follows.
    let open = format!("time,requests\n2026-03-02 06:00,\"3\n{}", "2026-03-02 06:01,4\n".repeat(1_000_000));
    std::fs::write(at.join("open.csv"), open).unwrap();
    refused(at, &["import", "open.csv", "--as", "counts", "--no-files"], "is a quote left open?");
}

#[test]
fn a_directory_is_none_of_the_files_that_are_typed() {
    let directory = with_small();
    let at = directory.path();
    std::fs::create_dir(at.join("folder")).unwrap();
    for command in ["run", "curve", "map", "advise", "sweep", "check", "bill", "trace", "import", "compare"] {
        let more: &[&str] = if command == "compare" { &["folder", "folder"] } else { &["folder"] };
        let done = run(at, &[&[command], more].concat());
        assert_eq!(done.status, Some(2), "{command}: {}{}", done.out, done.err);
        assert!(done.err.contains("folder") && done.err.contains("error: "), "{command}: {}", done.err);
    }
    for command in ["merge", "sensitivity"] {
        assert!(matches!(run(at, &[command, "folder"]).status, Some(1 | 2)), "{command}");
    }
    // A file in the place of a directory, and links that lead round in one.
    refused(at, &["check", "small.toml", "--models", "small.toml"], "cannot be read");
    #[cfg(unix)]
    for name in ["a", "b", "c"] {
        std::os::unix::fs::symlink(".", at.join("folder").join(name)).unwrap();
    }
    refused(at, &["check", "small.toml", "--models", "folder"], "this is no directory of models");
}

/// Metrics with one wrong date are not filled with millions of empty minutes.
#[test]
fn a_gap_of_a_million_minutes_is_not_filled() {
    let directory = with_small();
    let at = directory.path();
    let text = |last: &str| format!("time,requests\n2026-03-02 06:00,3\n2026-03-02 06:01,4\n{last},5\n");
    std::fs::write(at.join("long.csv"), text("2036-03-02 06:00")).unwrap();
    refused(at, &["import", "long.csv", "--as", "counts", "--no-files"], "more than 600000 intervals of 60 s");
    std::fs::write(at.join("year.csv"), text("2027-03-02 06:00")).unwrap();
    let year = run(at, &["import", "year.csv", "--as", "counts", "--no-files"]);
    assert!(year.status == Some(0) && year.out.contains("requests  12"), "{}{}", year.out, year.err);
}

/// Whoever comes second is told who works in the directory.
#[test]
fn a_directory_belongs_to_one_process() {
    let directory = with_small();
    let at = directory.path();
    std::fs::write(at.join("swept.toml"), format!("{SMALL}[sweep.grid]\n\"run.seed\" = [1, 2]\n")).unwrap();
    std::fs::write(at.join("t.csv"), "time,requests\n2026-03-02 06:00,3\n2026-03-02 06:01,4\n").unwrap();
    let Ok(claim) = hostsim::files::claim(&at.join("out"), "run", &[], false) else { panic!("nobody works here") };
    let who = format!("process {}", std::process::id());
    for command in [
        &["run", "small.toml"][..],
        &["curve", "small.toml"],
        &["map", "small.toml"],
        &["advise", "small.toml"],
        &["sweep", "swept.toml"],
        &["import", "t.csv", "--as", "counts"],
        &["article", "--claim", "1"],
    ] {
        refused(at, &[command, &["--output", "out"]].concat(), &who);
    }
    drop(claim);
    assert_eq!(run(at, &["run", "small.toml", "--output", "out"]).status, Some(0));
}
