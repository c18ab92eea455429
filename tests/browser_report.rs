//! Reports in a real browser: Chromium, driven by `tests/browser/report.mjs`.

use hostsim::catalogue::Catalogue;
use hostsim::document::Diagnostics;
use hostsim::experiment::curve::{CurveProgress, curve};
use hostsim::experiment::{Progress, RunOptions, run};
use hostsim::report::html::{Reproduction, assumptions, curve_report, run_report, write_report};
use hostsim::scenario::load_file;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

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
"#;

/// Whether a program answers when it is asked for its version.
fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Writes the report of a run and of a curve.
fn write_pages(directory: &Path) -> Vec<PathBuf> {
    let file = directory.join("scenario.toml");
    std::fs::write(&file, SCENARIO).unwrap();
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    let loaded = load_file(&file, &catalogue, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    let scenario = loaded.unwrap().1;
    let stop = AtomicBool::new(false);
    let result = run(&scenario, &RunOptions::default(), &Progress { done: &|_, _| {}, stop: &stop }).unwrap();
    let curve = curve(&scenario, &CurveProgress { done: &|_, _| {}, stop: &stop }).unwrap();
    let told = |command: &str| Reproduction {
        scenario_text: SCENARIO.trim_start().into(),
        command: command.into(),
        version: env!("CARGO_PKG_VERSION").into(),
    };
    let (assumed, notes) = (assumptions(&scenario), ["No instance fails.".to_string()]);
    let pages = [
        ("run.html", run_report(&result, &told("hostsim run scenario.toml"), &assumed)),
        ("curve.html", curve_report(&scenario, &curve, &notes, &told("hostsim curve scenario.toml"), &assumed)),
    ];
    let write = |(name, html): (&str, String)| {
        let path = directory.join(name);
        write_report(&path, &html).unwrap();
        path
    };
    pages.map(write).to_vec()
}

/// Pages and screenshots stay in `target/tmp/report-in-a-browser`.
#[test]
#[ignore = "needs Chromium, Node.js and the npm registry"]
fn ci_browser_report() {
    let chromium = std::env::var("CHROMIUM").unwrap_or("/usr/bin/chromium".into());
    for program in [chromium.as_str(), "node", "npm"] {
        if !is_there(program) {
            eprintln!("SKIPPED: {program} is not there; the report was not opened in a browser");
            return;
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(directory.path());
    let installed = npm.args(["playwright-core@1", "axe-core@4"]).output().unwrap();
    if !installed.status.success() {
        eprintln!("SKIPPED: npm could not install what drives the browser");
        return;
    }
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
