//! Reports of every command in a real browser: Chromium, driven by `tests/browser/report.mjs`.

use crate::program::run;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const SCENARIO: &str = r#"
schema = 1
title = "Why can't I just run <this> on a $5 VPS?"
[run]
duration = "1 day"
replications = 3
[labour]
wage = "50 USD/h"
[app.api]
arrivals.poisson = { rate = "2 /s" }
cpu.exponential = { mean = "10 ms" }
wait.log-normal = { mean = "30 ms", cv = 0.8 }
memory = "100 MiB"
response = "5 KiB"
slo = { p99 = "1 s", availability = 0.999 }
[case.droplet]
hosting = "digitalocean-2017"
size = "512mb"
instances = "right-size"
[case.lambda]
hosting = "aws-lambda-2017"
size = "128mb"
[case.lambda-and-gateway]
hosting = "aws-lambda-2017"
size = "128mb"
with = ["api-gateway"]
[case.ec2]
hosting = "aws-ec2-2017"
size = "m4.large"
instances = "right-size"
[curve]
traffic = { from = 0.1, to = 100, points = 7 }
requests = 20_000
[map]
x = { path = "traffic", from = 0.1, to = 100.0, points = 6 }
y = { path = "labour.wage", from = "5 USD/h", to = "80 USD/h", points = 3 }
"#;

/// What is added for the sweeps: a grid and a sample, of short runs.
const GRID: &str = r#"
[sweep.grid]
"app.api.arrivals.poisson.rate" = ["0.5 /s", "2 /s", "8 /s"]
"labour.wage" = ["0 USD/h", "20 USD/h", "80 USD/h"]
"#;
const SAMPLE: &str = r#"
[sweep.sample]
method = "saltelli"
points = 16
"app.api.arrivals.poisson.rate".uniform = { min = "0.5 /s", max = "8 /s" }
"labour.wage".uniform = { min = "0 USD/h", max = "90 USD/h" }
"#;

/// Whether a program answers when it is asked for its version.
fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Runs every command that writes a report, as a user does; answers the reports.
fn write_pages(directory: &Path) -> Vec<PathBuf> {
    let short = SCENARIO.replace("1 day", "10 min");
    for (name, text) in [
        ("scenario", SCENARIO.to_string()),
        ("short", short.clone()),
        ("grid", format!("{}{GRID}", short.replace("\"right-size\"", "1"))),
        ("sample", format!("{}{SAMPLE}", short.replace("\"right-size\"", "1"))),
    ] {
        std::fs::write(directory.join(format!("{name}.toml")), text).unwrap();
    }
    let models = ["--era", "2017", "--word", "aws-lambda-2017", "--word", "digitalocean-2017", "--word", "heroku-2017"];
    let commands: [(&str, &str, &[&str]); 6] = [
        ("run", "scenario.toml", &[]),
        ("curve", "scenario.toml", &[]),
        ("map", "short.toml", &[]),
        ("advise", "short.toml", &models),
        ("sweep", "grid.toml", &[]),
        ("sweep", "sample.toml", &["--replications", "1"]),
    ];
    let page = |(command, scenario, more): (&str, &str, &[&str])| {
        let name = if scenario == "sample.toml" { "sample" } else { command };
        let _ = std::fs::remove_dir_all(directory.join(name));
        let done = run(directory, &[&[command, scenario, "--output", name][..], more].concat());
        assert_eq!(done.status, Some(0), "{command}: {}", done.err);
        let page = directory.join(format!("{name}.html"));
        std::fs::copy(
            directory.join(name).join(match command {
                "run" => "report.html".to_string(),
                "advise" => "advice.html".to_string(),
                other => format!("{other}.html"),
            }),
            &page,
        )
        .unwrap();
        page
    };
    commands.map(page).to_vec()
}

/// Says it past the test harness, which keeps what `eprintln!` says of tests that pass.
pub fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// What drives a browser, installed into a directory; without it, `what` is said.
pub fn driver(what: &str) -> Option<tempfile::TempDir> {
    let chromium = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".into());
    for program in [chromium.as_str(), "node", "npm"] {
        if !is_there(program) {
            skipped(&format!("{program} is not there; {what}"));
            return None;
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(directory.path());
    let installed = npm.args(["playwright-core@1", "axe-core@4"]).output().unwrap();
    if !installed.status.success() {
        skipped(&format!("npm could not install what drives the browser; {what}"));
        return None;
    }
    Some(directory)
}

/// Pages and screenshots stay in `target/tmp/report-in-a-browser`.
#[test]
#[ignore = "needs Chromium, Node.js and the npm registry"]
fn ci_browser_report() {
    let Some(directory) = driver("the reports were not opened in a browser") else { return };
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report-in-a-browser");
    std::fs::create_dir_all(&pictures).unwrap();
    let pages = write_pages(&pictures);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/report.mjs");
    let mut node = Command::new("node");
    let done = node.arg(script).arg(directory.path()).arg(&pictures).args(&pages).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    println!("{said}");
    assert!(done.status.success(), "{said}");
}
