//! What a result is keyed by: the scenario, its axes, the files and models that it names, the
//! options, the seed and the version. Where any was changed, a directory is refused, and nothing
//! is mixed in.

use crate::program::{SMALL, run};
use std::path::Path;

/// A scenario with a model of its own directory, a trace, and points from a file.
const SCENARIO: &str = "[case.own]\nhosting = \"own\"\nsize = \"small\"\ninstances = 1\n\
                        [app.traced]\narrivals.trace = { file = \"t.csv\", format = \"counts\", interval = \"1 min\" }\n\
                        cpu.constant = \"1 ms\"\nmemory = \"1 MiB\"\n\
                        [sweep.points]\nfile = \"p.csv\"\n[sweep.grid]\n\"app.api.memory\" = [\"1 MiB\", \"2 MiB\"]\n";

const MODEL: &str = "schema = 1\nextends = \"textbook-vps\"\n[size.small]\ncpu = 1\nmemory = \"1 GiB\"\n";

/// Writes all files.
fn write(at: &Path) {
    std::fs::create_dir_all(at.join("models")).unwrap();
    std::fs::write(at.join("models/own.toml"), MODEL).unwrap();
    std::fs::write(at.join("s.toml"), format!("{SMALL}{SCENARIO}")).unwrap();
    std::fs::write(at.join("t.csv"), "3\n4\n").unwrap();
    std::fs::write(at.join("p.csv"), "run.seed\n1\n2\n").unwrap();
}

#[test]
fn whatever_was_changed_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    write(at);
    let sweep = |more: &[&str]| run(at, &[&["sweep", "s.toml", "--models", "models", "--resume"], more].concat());
    let first = sweep(&[]);
    assert_eq!(first.status, Some(0), "{}", first.err);
    let goes_on = sweep(&[]);
    assert!(goes_on.status == Some(0) && goes_on.out.contains("; 0 simulations"), "{}", goes_on.err);
    let refused = |what: &str, more: &[&str]| {
        let done = sweep(more);
        assert_eq!(done.status, Some(2), "{what}: {}", done.out);
        assert!(done.err.contains("were changed: choose another --output, or remove it"), "{what}: {}", done.err);
    };
    for (file, old, new) in [
        ("s.toml", "20 ms", "21 ms"),
        ("s.toml", "\"2 MiB\"]", "\"3 MiB\"]"),
        ("s.toml", "\"2 MiB\"]", "\"2 MiB\", \"3 MiB\"]"),
        ("s.toml", "\"app.api.memory\" =", "\"app.traced.memory\" ="),
        ("p.csv", "2\n", "3\n"),
        ("p.csv", "run.seed", "case.machine.instances"),
        ("t.csv", "4\n", "5\n"),
        ("models/own.toml", "1 GiB", "2 GiB"),
    ] {
        let text = std::fs::read_to_string(at.join(file)).unwrap();
        let changed = text.replace(old, new);
        assert_ne!(text, changed, "{file}: {old}");
        std::fs::write(at.join(file), changed).unwrap();
        refused(&format!("{file}: {new}"), &[]);
        write(at);
    }
    for option in [["--seed", "2"], ["--replications", "3"], ["--precision", "5%"]] {
        refused(option[0], &option);
    }
    assert!(sweep(&[]).out.contains("; 0 simulations"), "as it was, it goes on");
}

/// A store of another version of the program is refused by its number.
#[test]
fn a_sweep_of_another_version_is_refused() {
    use hostsim::sweep::store::{Header, Log, Record, file_in};
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    std::fs::write(at.join("s.toml"), format!("{SMALL}[sweep.grid]\n\"run.seed\" = [1]\n")).unwrap();
    assert_eq!(run(at, &["sweep", "s.toml", "--output", "o"]).status, Some(0));
    let store = file_in(&at.join("o"));
    let mut found = None;
    Log::open(&store, |record| {
        if let Record::Header(header) = record {
            found = Some(header);
        }
    })
    .unwrap();
    Log::create(&store, &Header { version: "0.0.1".into(), ..found.unwrap() }).unwrap();
    let refused = run(at, &["sweep", "s.toml", "--output", "o", "--resume"]);
    assert_eq!(refused.status, Some(2));
    assert!(
        refused.err.contains("`o` holds a sweep made by version 0.0.1: choose another --output"),
        "{}",
        refused.err
    );
}
