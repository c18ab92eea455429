//! What a command prints keeps within the terminal's width.

use crate::program::{SMALL, program};

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

#[test]
fn tables_and_words_fit_eighty_columns() {
    let directory = tempfile::tempdir().unwrap();
    let counts = "time,requests\n0,10\n60,20\n120,30\n180,20\n";
    let swept = format!("{SMALL}[sweep.grid]\n\"app.api.arrivals.poisson.rate\" = [\"1 /s\", \"2 /s\"]\n");
    let curved = format!("{SMALL}[curve]\ntraffic = {{ from = 0.5, to = 2, points = 3 }}\nrequests = 500\n");
    for (name, text) in [
        ("small.toml", SMALL),
        ("usage.toml", USAGE),
        ("access.log", LOG),
        ("counts.csv", counts),
        ("swept.toml", &swept),
        ("curved.toml", &curved),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let commands: [&[&str]; 16] = [
        &["run", "small.toml", "--no-files", "--ledger"],
        &["curve", "curved.toml", "--no-files"],
        &["sweep", "swept.toml", "--output", "swept"],
        &["bill", "usage.toml"],
        &["trace", "counts.csv", "--column", "requests", "--interval", "1 min"],
        &["import", "access.log", "--no-files"],
        &["init", "--list"],
        &["models"],
        &["models", "aws"],
        &["models", "--servers"],
        &["models", "--labour"],
        &["models", "--cores", "--no-files"],
        &["models", "--service"],
        &["check", "small.toml"],
        &["run", "--help"],
        &["--help"],
    ];
    let mut wide = String::new();
    for columns in [80, 100] {
        for command in commands {
            let _ = std::fs::remove_dir_all(directory.path().join("swept"));
            let done = program(directory.path(), command).env("COLUMNS", columns.to_string()).output().unwrap();
            assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
            for line in String::from_utf8_lossy(&done.stdout).lines().filter(|line| line.chars().count() > columns) {
                wide += &format!("{command:?} at {columns}: {line}\n");
            }
        }
    }
    assert!(wide.is_empty(), "{wide}");
}
