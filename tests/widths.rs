//! What a command prints keeps within the terminal's width.

use crate::program::{SMALL, program};
use hostsim::units::format::seen;

const USAGE: &str = "schema = 1\nhosting = \"aws-ec2-2017\"\nmonth = \"730 h\"\n\
    commitment = { plan = \"1-year-all-upfront\", instances = 2 }\n[[usage]]\nsize = \"m4.large\"\ncount = 3\ntime = \"365 h\"\n";
const LOG: &str = "10.0.0.1 - - [28/Nov/2026:10:00:00 +0000] \"GET /a/rather/long/path/that/goes/on/and/on/for/ever/and/a/day HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\n\
    10.0.0.1 - - [28/Nov/2026:10:00:01 +0000] \"GET /b HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\"\nnot a line of any log\n";

#[test]
fn a_bill_s_table_shows_every_line_and_the_total() {
    let directory = tempfile::tempdir().unwrap();
    let lambda = "schema = 1\nhosting = \"aws-lambda-2017\"\n[[usage]]\nsize = \"512mb\"\nrequests = 3_000_000\ntime = \"1 s\"\n";
    std::fs::write(directory.path().join("usage.toml"), lambda).unwrap();
    let table = crate::program::run(directory.path(), &["bill", "usage.toml"]).out;
    for text in ["requests", "compute", "0.00001667", "18.34", "18.74 USD"] {
        assert!(table.contains(text), "{text} is not in\n{table}");
    }
}

/// Mistakes of several kinds, with long lines, long names and long lists of what there is.
const WRONG: &str = "schema = 1\ntitle = \"t\"\n[app.api]\narrivals.poisson = { rate = \"2 fortnights\" }\ncpu = \"500m\"\nmemory = 512\nkeep-alive = { histogram = { range = \"4 h\", head = 0.05, tail = 0.99, margin = 0.1, representative = \"sometimes\" } }\n[case.a]\nhosting = \"aws\"\n[case.b]\nhosting = \"aws-lambda-2017\"\nsize = \"1000mb\"\n[case.c]\nhosting = \"digitalocean-2017\"\nsize = \"t3.micro\"\n";

/// A directory with a file of every kind that commands read, and two results.
fn files() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let small = SMALL.replace("\"1 h\"", "\"5 min\"");
    let swept = format!("{small}[sweep.grid]\n\"app.api.arrivals.poisson.rate\" = [\"1 /s\", \"2 /s\"]\n");
    let curved = format!("{small}[curve]\ntraffic = {{ from = 0.5, to = 2, points = 3 }}\nrequests = 500\n");
    let mapped = format!(
        "{small}[map]\nx = {{ path = \"traffic\", values = [0.5, 1.0] }}\ny = {{ path = \"labour.wage\", values = [\"20 USD/h\", \"55 USD/h\"] }}\n"
    );
    for (name, text) in [
        ("small.toml", small.as_str()),
        ("usage.toml", USAGE),
        ("access.log", LOG),
        ("counts.csv", "time,requests\n0,10\n60,20\n120,30\n180,20\n"),
        ("swept.toml", &swept),
        ("curved.toml", &curved),
        ("mapped.toml", &mapped),
        ("wrong.toml", WRONG),
        ("open.toml", "schema = 1\ntitle = [\n  \"a\",\n[run]\nduration = \"1 h\"\n"),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    for (seed, to) in [("1", "one"), ("2", "two")] {
        let done = crate::program::run(directory.path(), &["run", "small.toml", "--seed", seed, "--output", to]);
        assert_eq!(done.status, Some(0), "{}", done.err);
    }
    directory
}

/// Runs commands at several widths, and gathers the lines that are wider, of both streams and with colours.
fn too_wide(commands: &[&[&str]], widths: &[usize], status: i32) -> String {
    let directory = files();
    let mut wide = String::new();
    for &columns in widths {
        for command in commands {
            let _ = std::fs::remove_dir_all(directory.path().join("swept"));
            let mut program = program(directory.path(), command);
            program.env("COLUMNS", columns.to_string()).env("CLICOLOR_FORCE", "1");
            let done = program.output().unwrap();
            let streams = [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(done.status.code(), Some(status), "{command:?}: {streams:?}");
            for line in streams.iter().flat_map(|text| text.lines()).filter(|line| seen(line) > columns) {
                wide += &format!("{command:?} at {columns}: {line}\n");
            }
        }
    }
    wide
}

#[test]
fn tables_and_words_fit_eighty_columns() {
    let wide = too_wide(
        &[
            &["run", "small.toml", "--no-files", "--ledger"],
            &["compare", "one", "two"],
            &["compare", "one", "two", "--all"],
            &["sweep", "swept.toml", "--output", "swept"],
            &["bill", "usage.toml"],
            &["trace", "counts.csv", "--column", "requests", "--interval", "1 min"],
            &["import", "access.log", "--no-files"],
            &["init", "--list"],
            &["models"],
            &["models", "aws"],
            &["models", "aws-lambda-now"],
            &["models", "two-socket-2017"],
            &["models", "--servers"],
            &["models", "--labour"],
            &["models", "--cores", "--no-files"],
            &["models", "--service"],
            &["models", "lambda", "--serverless-test"],
            &["check", "small.toml"],
            &["run", "--help"],
            &["schema", "--help"],
            &["--help"],
        ],
        &[80, 100, 160],
        0,
    );
    assert!(wide.is_empty(), "{wide}");
}

/// Those that simulate at many points, at the least width.
#[test]
fn curves_maps_and_advice_fit_eighty_columns() {
    let wide = too_wide(
        &[
            &["curve", "curved.toml", "--no-files"],
            &["map", "mapped.toml", "--no-files"],
            &["advise", "small.toml", "--word", "linode-2017", "--era", "2017", "--no-files"],
        ],
        &[80],
        0,
    );
    assert!(wide.is_empty(), "{wide}");
}

/// What goes to the standard error: a message has its lines, and the lines of the file that it shows, within the width.
#[test]
fn messages_fit_eighty_columns() {
    let wide = too_wide(
        &[
            &["run", "wrong.toml"],
            &["check", "wrong.toml", "open.toml"],
            &["run", "small.toml", "--format", "parquet-with-a-name-that-nobody-knows-and-that-goes-on"],
            &["run", "none.toml"],
            &["run", "small.toml", "--no-such-option"],
            &["schema", "nothing"],
            &["models", "a-model-of-our-own"],
            &["models", "--family", "nothing"],
            &["bill", "small.toml"],
            &["trace", "access.log"],
            &["import", "small.toml"],
            &["import", "access.log", "--as", "nothing"],
            &["compare", "one", "nowhere"],
            &["init", "nothing"],
            &["advise", "small.toml", "--word", "nothing"],
            &["sweep", "small.toml"],
        ],
        &[80, 100, 160],
        2,
    );
    assert!(wide.is_empty(), "{wide}");
}
