//! Sweeps in trouble: a full disk, signals, engines' variables, and what is refused at once.

use crate::program::{SMALL, program, run};
use std::path::Path;

fn with(sweep: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.toml"), format!("{SMALL}{sweep}")).unwrap();
    directory
}

/// 40 points × 2 cases × 2 replications.
const SEEDS: &str = "[sweep.grid]\n\"run.seed\" = { from = 1, to = 40, points = 40 }\n";

fn table(directory: &Path, output: &str) -> String {
    std::fs::read_to_string(directory.join(output).join("points.csv")).unwrap()
}

/// A file that may not grow, as on a full disk (the signal that comes with it ends nothing): the error says so and how to go on, what was done is kept, and the table that
/// comes out in the end is the uninterrupted one.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_nothing() {
    let directory = with(SEEDS);
    let at = directory.path();
    assert_eq!(run(at, &["sweep", "s.toml", "--output", "whole"]).status, Some(0));
    let blocks = std::fs::metadata(at.join("whole/runs.log")).unwrap().len() / 512;
    let go = |output: &str, limit: u64| {
        let limited = format!("ulimit -f {limit}; exec \"$0\" sweep s.toml --output {output} --resume");
        let mut command = std::process::Command::new("sh");
        let done = command.arg("-c").arg(limited).arg(env!("CARGO_BIN_EXE_hostsim")).current_dir(at).output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{limit}: {error}");
        let expected = format!("sweep s.toml --output {output} --resume");
        assert!(error.contains("File too large") && error.contains(&expected), "{limit}: {error}");
        assert!(!at.join(output).join("points.csv").exists());
    };
    let ends_well = |output: &str, simulates: bool| {
        let resumed = run(at, &["sweep", "s.toml", "--output", output, "--resume"]);
        assert_eq!(resumed.status, Some(0), "{}", resumed.err);
        assert!(!resumed.err.contains("torn"), "what did not fit was cut off: {}", resumed.err);
        assert_eq!(resumed.out.contains("; 0 simulations"), !simulates, "{}", resumed.out);
        assert!(table(at, output) == table(at, "whole"));
    };
    [0, 20, 75].into_iter().for_each(|share| go("full", blocks * share / 100));
    ends_well("full", true);
    // The store is whole, and the table does not fit.
    std::fs::create_dir(at.join("late")).unwrap();
    std::fs::copy(at.join("whole/runs.log"), at.join("late/runs.log")).unwrap();
    go("late", blocks / 4);
    ends_well("late", false);
}

/// One bit in each of several places of a complete store: only the runs that it hits are done again, without being
/// asked for, how many is said, and the table is the undamaged one; `merge` refuses the store before that.
#[test]
fn one_wrong_bit_costs_one_run() {
    let directory = with(SEEDS);
    let at = directory.path();
    assert_eq!(run(at, &["sweep", "s.toml", "--output", "whole"]).status, Some(0));
    let whole = std::fs::read(at.join("whole/runs.log")).unwrap();
    std::fs::create_dir(at.join("hit")).unwrap();
    for share in [30, 50, 80, 95] {
        let mut bytes = whole.clone();
        let place = bytes.len() * share / 100;
        bytes[place] ^= 4;
        std::fs::write(at.join("hit/runs.log"), &bytes).unwrap();
        let merged = run(at, &["merge", "hit", "--output", "merged"]);
        assert_eq!(merged.status, Some(2), "{}", merged.err);
        assert!(merged.err.contains("159 runs") && merged.err.contains("is damaged"), "{}", merged.err);
        let again = run(at, &["sweep", "s.toml", "--output", "hit"]);
        assert_eq!(again.status, Some(0), "{share}: {}", again.err);
        assert!(again.err.contains("1 of its runs were lost"), "{share}: {}", again.err);
        assert!(again.out.contains("160 runs") && again.out.contains("; 1 simulation"), "{share}: {}", again.out);
        assert!(table(at, "hit") == table(at, "whole"), "{share}");
    }
}

/// Both signals finish what is in flight and say how to go on.
#[cfg(unix)]
#[test]
fn signals_end_a_sweep_with_the_command_that_goes_on() {
    let directory = with(&SEEDS.replace("40", "2000"));
    let at = directory.path();
    for signal in ["-INT", "-TERM"] {
        let output = format!("stopped{signal}");
        let mut command = program(at, &["sweep", "s.toml", "--threads", "2", "--output", &output]);
        let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let store = at.join(&output).join("runs.log");
        while std::fs::metadata(&store).map_or(0, |found| found.len()) < 50_000 {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert!(std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let done = child.wait_with_output().unwrap();
        let error = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{error}");
        assert!(
            error.contains("interrupted after") && error.contains(&format!("--output {output} --resume")),
            "{error}"
        );
        // No record is torn: everything in flight was finished.
        let bytes = std::fs::read(&store).unwrap();
        let (_, torn, _) = hostsim::sweep::store::Log::open(&store, |_| {}).unwrap();
        assert_eq!((torn, std::fs::read(&store).unwrap() == bytes), (0, true));
    }
}

/// An engine's word, options beside it, and its variables.
type Engine<'e> = (&'e str, &'e [&'e str], &'e [(&'e str, &'e str)]);

/// What an engine says in its environment is the shard that `--shard I/N` names.
#[test]
fn engines_variables_say_which_shard_it_is() {
    let directory = with(SEEDS);
    let at = directory.path();
    assert_eq!(run(at, &["sweep", "s.toml", "--shard", "2/3", "--output", "stated"]).status, Some(0));
    let engines: [Engine<'_>; 4] = [
        ("slurm", &[], &[("SLURM_ARRAY_TASK_ID", "6"), ("SLURM_ARRAY_TASK_MIN", "5"), ("SLURM_ARRAY_TASK_COUNT", "3")]),
        ("slurm", &["--shards", "3"], &[("SLURM_ARRAY_TASK_ID", "2"), ("SLURM_ARRAY_TASK_MIN", "2")]),
        ("kubernetes", &["--shards", "3"], &[("JOB_COMPLETION_INDEX", "1")]),
        ("aws-batch", &["--shards", "3"], &[("AWS_BATCH_JOB_ARRAY_INDEX", "1")]),
    ];
    for (number, (engine, more, variables)) in engines.into_iter().enumerate() {
        let output = format!("by-{engine}-{number}");
        let arguments = [&["sweep", "s.toml", "--shard", engine, "--output", &output], more].concat();
        let done = program(at, &arguments).envs(variables.iter().copied()).output().unwrap();
        assert!(done.status.success(), "{engine}: {}", String::from_utf8_lossy(&done.stderr));
        let store = |output: &str| {
            let mut points = Vec::new();
            let file = at.join(output).join("shard-2-of-3/runs.log");
            hostsim::sweep::store::Log::open(&file, |record| {
                if let hostsim::sweep::store::Record::Run(run) = record {
                    points.push((run.point, run.case, run.replication));
                }
            })
            .unwrap();
            points.sort_unstable();
            points
        };
        assert!(!store("stated").is_empty() && store("stated") == store(&output), "{engine}");
    }
    for (engine, expected) in [
        ("slurm", "SLURM_ARRAY_TASK_ID"),
        ("kubernetes", "JOB_COMPLETION_INDEX"),
        ("aws-batch", "AWS_BATCH_JOB_ARRAY_INDEX"),
        ("4/3", "no shard 4 of 3"),
        ("pbs", "not a shard"),
    ] {
        let done = run(at, &["sweep", "s.toml", "--shard", engine, "--output", "none"]);
        assert_eq!(done.status, Some(2), "{engine}");
        assert!(done.err.contains(expected), "{engine}: {}", done.err);
    }
    assert!(!at.join("none").exists());
}

/// Longer axes and further axes' values leave every old point in its shard.
#[test]
fn a_longer_axis_moves_no_old_point() {
    let shard_of = |seeds: u32| {
        let directory = with(&format!("[sweep.grid]\n\"run.seed\" = {{ from = 1, to = {seeds}, points = {seeds} }}\n"));
        let mut shards = std::collections::BTreeMap::new();
        for number in 1..=3u32 {
            let shard = format!("{number}/3");
            assert_eq!(run(directory.path(), &["sweep", "s.toml", "--shard", &shard, "--output", "o"]).status, Some(0));
            let file = directory.path().join(format!("o/shard-{number}-of-3/runs.log"));
            hostsim::sweep::store::Log::open(&file, |record| {
                if let hostsim::sweep::store::Record::Run(run) = record {
                    assert_eq!(*shards.entry(run.cells[0].clone()).or_insert(number), number);
                }
            })
            .unwrap();
        }
        shards
    };
    let (short, long) = (shard_of(12), shard_of(31));
    assert_eq!((short.len(), long.len()), (12, 31));
    assert!(short.iter().all(|(seed, shard)| long[seed] == *shard), "{short:?} {long:?}");
}

/// More than 10⁷ runs are begun only with --yes; a dry run of them counts with it.
#[test]
fn very_many_runs_are_confirmed() {
    let directory = with(
        "[sweep.grid]\n\"run.seed\" = { from = 1, to = 2000, points = 2000 }\n\
                          \"labour.wage\" = { from = \"1 USD/h\", to = \"2 USD/h\", points = 2 }\n",
    );
    let at = directory.path();
    let many = ["sweep", "s.toml", "--replications", "1251", "--dry-run"];
    let refused = run(at, &many);
    assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("4000 points, 10008000 runs") && refused.err.contains("--yes"), "{}", refused.err);
    let meant = run(at, &[&many[..], &["--yes"]].concat());
    assert_eq!(meant.status, Some(0), "{}", meant.err);
    assert!(meant.out.starts_with("4000 points, 10008000 runs (5004000 simulations"), "{}", meant.out);
}

/// More points than a machine can hold are refused at once, also where they are confirmed.
#[test]
fn more_points_than_can_be_held_are_refused() {
    let axis = "{ from = 1, to = 1000000, points = 1000000 }";
    let directory = with(&format!("[sweep.grid]\n\"run.seed\" = {axis}\n\"case.machine.instances\" = {axis}\n"));
    for more in [&["--yes"][..], &["--yes", "--dry-run"], &["--yes", "--shard", "1/8"]] {
        let refused = run(directory.path(), &[&["sweep", "s.toml"], more].concat());
        assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""), "{}", refused.err);
        assert!(refused.err.contains("these are 1000000000000 points") && refused.err.contains("at most"));
    }
}

/// Told to stop before the first run, while the scenario is still read: status 1, and the command
/// that goes on, here too.
#[cfg(unix)]
#[test]
fn a_signal_before_the_first_run_says_how_it_goes_on() {
    use std::io::Write;
    use std::process::Stdio;
    let directory = tempfile::tempdir().unwrap();
    let mut command = program(directory.path(), &["sweep", "-", "--output", "there"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: when it has been written, the program is reading it.
    let mut input = child.stdin.take().unwrap();
    input.write_all(&vec![b'#'; 1 << 20]).unwrap();
    assert!(std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let done = child.wait_with_output().unwrap();
    let error = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{error}");
    assert!(
        error.starts_with("error: interrupted; go on with:\n") && error.ends_with(" sweep - --output there --resume\n")
    );
    drop(input);
}

/// A shard run by an engine ends with 0 where all of its runs are recorded, also those that failed:
/// an engine would try it again in vain, and hold back the merge, whose status says it. A shard
/// run by hand, and the merge, end with 1.
#[test]
fn failed_runs_are_the_status_of_merge_and_not_of_an_engines_shard() {
    let scenario = SMALL.replace("textbook-vps", "digitalocean-2017").replace("\"1-core\"", "\"512mb\"");
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let grid =
        "[sweep.grid]\n\"run.seed\" = { from = 1, to = 6, points = 6 }\n\"app.api.memory\" = [\"64 MiB\", \"1 GiB\"]\n";
    std::fs::write(at.join("s.toml"), format!("{scenario}{grid}")).unwrap();
    for (engine, variable, first) in [
        ("slurm", "SLURM_ARRAY_TASK_ID", 1),
        ("kubernetes", "JOB_COMPLETION_INDEX", 0),
        ("aws-batch", "AWS_BATCH_JOB_ARRAY_INDEX", 0),
    ] {
        // Tried again, a complete shard simulates nothing and still ends well.
        for simulated in [true, false] {
            for shard in 0..2 {
                let arguments = ["sweep", "s.toml", "--shard", engine, "--shards", "2", "--output", engine, "--resume"];
                let mut command = program(at, &arguments);
                command.env("SLURM_ARRAY_TASK_MIN", "1").env(variable, (first + shard).to_string());
                let done = command.output().unwrap();
                let (out, error) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
                assert_eq!(done.status.code(), Some(0), "{engine}: {error}");
                assert!(error.contains("runs failed: `hostsim merge` names them"), "{engine}: {error}");
                assert_eq!(!out.contains(" 0 simulations"), simulated, "{engine}: {out}");
            }
        }
        let merged = run(at, &["merge", engine]);
        assert_eq!(merged.status, Some(1), "{}", merged.err);
        assert!(
            merged.err.contains("12 of 48 runs failed: see ") && merged.err.contains("failures.csv"),
            "{}",
            merged.err
        );
    }
    let by_hand = run(at, &["sweep", "s.toml", "--shard", "1/2", "--output", "slurm"]);
    assert_eq!(by_hand.status, Some(1), "{}", by_hand.err);
    assert!(by_hand.err.contains("runs failed: `hostsim merge` names them"), "{}", by_hand.err);
}

#[test]
fn parquet_needs_a_build_that_has_it() {
    if hostsim::sweep::parquet::AVAILABLE {
        return;
    }
    let directory = with(SEEDS);
    for command in [&["sweep", "s.toml"][..], &["merge", "output/s"]] {
        let done = run(directory.path(), &[command, &["--format", "parquet"]].concat());
        assert_eq!(done.status, Some(2));
        assert!(done.err.contains("cargo build --release --features parquet"), "{}", done.err);
    }
    assert!(!directory.path().join("output").exists());
}

/// A file where the directory should be; errors say the place and what to do, and promise nothing.
#[test]
fn an_output_that_cannot_be_is_refused() {
    let directory = with(SEEDS);
    let done = run(directory.path(), &["sweep", "s.toml", "--output", "s.toml/there"]);
    assert_eq!(done.status, Some(2));
    assert!(done.err.contains("`s.toml/there` cannot be made") && !done.err.contains("is kept"), "{}", done.err);
}

/// A `sweep.json` that has lost its axes and has no checksum, as those of earlier versions: the table is not taken for
/// another one.
#[test]
fn a_table_with_other_columns_than_its_sweep_is_refused() {
    let directory = with(SEEDS.replace("40", "4").as_str());
    let at = directory.path();
    assert_eq!(run(at, &["sweep", "s.toml", "--output", "out"]).status, Some(0));
    let path = at.join("out/sweep.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut about: serde_json::Value = serde_json::from_str(&text).unwrap();
    about.as_object_mut().unwrap().remove("checksum");
    for axes in [serde_json::Value::Null, serde_json::json!([]), serde_json::json!(["run.seed", "run.seed"])] {
        about["axes"] = axes;
        std::fs::write(&path, about.to_string()).unwrap();
        let done = run(at, &["sensitivity", "out"]);
        assert!(done.status == Some(2) && done.err.contains("is not the table of this sweep"), "{}", done.err);
    }
}
