//! The module of `python/`, tested by `tests/python/test_module.py`; and FOCUS exports as the specification's own
//! validator reads them. Both want Python 3.

use crate::program::{program, run};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
#[ignore = "needs Python 3"]
fn ci_the_python_module_gives_what_the_program_does() {
    let mut python = Command::new("python3");
    python.arg(root().join("tests/python/test_module.py")).env("HOSTSIM", env!("CARGO_BIN_EXE_hostsim"));
    match python.env("PYTHONDONTWRITEBYTECODE", "1").output() {
        Err(_) => skipped("python3 is not there; its module was not tried"),
        Ok(done) => assert!(done.status.success(), "{}", said(&done)),
    }
}

/// The FinOps Foundation's validator, in an environment of its own that stays in `target/tmp`. It asks for Python 3.12
/// and an older numpy, and works with what there is.
fn validator() -> Option<PathBuf> {
    let at = Path::new(env!("CARGO_TARGET_TMPDIR")).join("focus-validator");
    let python = at.join("bin/python");
    if at.join("whole").exists() {
        return Some(at);
    }
    let _ = std::fs::remove_dir_all(&at);
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let pip = |words: &[&str]| done(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(words));
    let installed = done(Command::new("python3").args(["-m", "venv"]).arg(&at))
        && pip(&["--ignore-requires-python", "focus-validator==2.0.1"])
        && pip(&["numpy>=2"]);
    installed.then(|| std::fs::write(at.join("whole"), "")).and_then(Result::ok).map(|()| at)
}

/// Rules that the validator gets wrong: they ask of every row what the specification asks of some.
const ITS_OWN: [&str; 4] = [
    "CommitmentDiscountStatus-C-003",
    "CommitmentDiscountStatus-C-004",
    "InvoiceId-C-004",
    "CapacityReservationStatus-C-004",
];

const RESERVED: &str = "schema = 1\nhosting = \"aws-ec2-2017\"\nmonth = \"730 h\"\n\
    commitment = { plan = \"1-year-all-upfront\", instances = 2 }\n[[usage]]\nsize = \"m4.large\"\ncount = 3\ntime = \"365 h\"\n";

#[test]
#[ignore = "needs Python 3 and the FinOps Foundation's validator"]
fn ci_focus_exports_pass_the_official_validator() {
    let Some(validator) = validator() else { return skipped("the validator of FOCUS cannot be installed") };
    let directory = tempfile::tempdir().unwrap();
    let mut exports = Vec::new();
    for scenario in ["from-servers-to-serverless", "functions-now"] {
        let path = root().join("scenarios").join(scenario).with_extension("toml");
        let words = ["run", path.to_str().unwrap(), "--replications", "1", "--output", scenario];
        assert!(matches!(run(directory.path(), &words).status, Some(0 | 3)), "{scenario}");
        exports.push(directory.path().join(scenario).join("focus.csv"));
    }
    std::fs::write(directory.path().join("reserved.toml"), RESERVED).unwrap();
    let bill = program(directory.path(), &["bill", "reserved.toml", "--format", "focus"]).output().unwrap();
    assert!(bill.status.success(), "{}", said(&bill));
    exports.push(directory.path().join("reserved.csv"));
    std::fs::write(&exports[2], &bill.stdout).unwrap();
    // It looks for its tables from where its package stands.
    let package =
        std::fs::read_dir(validator.join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    for export in exports {
        let mut command = Command::new(validator.join("bin/focus-validator"));
        command.current_dir(&package).args([
            "--block-download",
            "--validate-version",
            "1.2",
            "--focus-dataset",
            "CostAndUsage",
        ]);
        let done = command.args(["--applicability-criteria", "ALL", "--data-file"]).arg(&export).output().unwrap();
        let text = said(&done);
        assert!(text.contains("Total: 578"), "{text}");
        let failed = text.lines().filter(|line| line.contains(": FAIL ") && !line.contains("failed child rules"));
        let real: Vec<&str> = failed.filter(|line| !ITS_OWN.iter().any(|rule| line.contains(rule))).collect();
        assert!(real.is_empty(), "{}: {real:#?}", export.display());
    }
}
