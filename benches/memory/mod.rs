//! The peak of resident memory, which must not depend on the number of requests.

use super::{Load, subject};
use std::process::Command;

/// Mebibytes that a run may take, however long it is.
const LIMIT: f64 = 64.0;
/// By how much the peak of the longer run may exceed the shorter's: pages, not requests.
const SAME: f64 = 1.10;
const CHILD: &str = "--requests-in-child";

/// The number of requests, where this process is the child that is to simulate them.
pub fn asked_of_child(arguments: &[String]) -> Option<f64> {
    match arguments {
        [word, requests] if word == CHILD => requests.parse().ok(),
        _ => None,
    }
}

/// Simulates, and prints the peak of this process's memory in mebibytes.
pub fn child(requests: f64) {
    subject::run(&Load::new(100, 1_000.0, requests));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    match peak.and_then(|kibibytes| kibibytes.trim().parse::<f64>().ok()) {
        Some(kibibytes) => println!("{}", kibibytes / 1024.0),
        None => println!("unknown"),
    }
}

/// Measures 10 and 100 million requests; whether both peaks are the same and within the limit.
pub fn measure() -> bool {
    let (short, long) = (peak(10e6), peak(100e6));
    let (Some(short), Some(long)) = (short, long) else {
        println!("peak memory: not known on this system");
        return true;
    };
    println!("peak memory: {short:.1} MiB for 10 million requests, {long:.1} MiB for 100 million");
    short <= LIMIT && long <= LIMIT && long <= short * SAME
}

fn peak(requests: f64) -> Option<f64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args([CHILD, &requests.to_string()]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
