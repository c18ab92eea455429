//! The built program, as a user runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A scenario that takes milliseconds, with two cases.
pub const SMALL: &str = r#"schema = 1
title = "A small one"

[run]
duration = "1 h"
replications = 2

[app.api]
arrivals.poisson = { rate = "1 /s" }
cpu.exponential = { mean = "20 ms" }
memory = "64 MiB"
slo = { p99 = "5 s" }

[case.machine]
hosting = "textbook-vps"
size = "1-core"
instances = 1

[case.functions]
hosting = "textbook-serverless"
"#;

/// What the program did.
pub struct Done {
    /// Its exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// The program, to be run in a directory, without what the surroundings might say about colours
/// and widths.
pub fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hostsim"));
    command.current_dir(directory).args(arguments);
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command
}

/// Runs it to its end.
pub fn run(directory: &Path, arguments: &[&str]) -> Done {
    done(program(directory, arguments).stdin(Stdio::null()).output().unwrap())
}

/// Runs it to its end with a text on its standard input.
pub fn run_with_input(directory: &Path, arguments: &[&str], input: &str) -> Done {
    let piped =
        program(directory, arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = piped.unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    done(child.wait_with_output().unwrap())
}

/// A directory with the small scenario in it, as `small.toml`.
pub fn with_small() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("small.toml"), SMALL).unwrap();
    directory
}

fn done(output: Output) -> Done {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}
