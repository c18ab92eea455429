//! The page of `web/`, built and opened in a real browser by `tests/browser/page.mjs`.

use crate::browser_report::driver;
use std::path::Path;
use std::process::Command;

/// Shipped scenarios that need no file but themselves, and are small.
const SAME: [&str; 12] = [
    "five-dollar-vps",
    "idle-app",
    "io-bound-api",
    "bursty-or-steady",
    "superbowl-spike",
    "night-batch",
    "machines-for-three-hours",
    "vps-now",
    "functions-now",
    "retry-storm",
    "routing-by-chance",
    "small-functions",
];

/// Whether a build for the browser can be had: rustup's target for WASI, which `web/build` installs.
fn can_be_built() -> bool {
    let asked = |arguments: &[&str]| Command::new("rustup").args(arguments).output();
    let installed = asked(&["target", "list", "--installed"]);
    let there = |text: &[u8]| String::from_utf8_lossy(text).contains("wasm32-wasip1");
    installed.is_ok_and(|output| there(&output.stdout))
        || asked(&["target", "add", "wasm32-wasip1"]).is_ok_and(|output| output.status.success())
}

/// The page and its pictures stay in `target/tmp/page`.
#[test]
#[ignore = "needs Chromium, Node.js, the npm registry and rustup's target wasm32-wasip1"]
fn ci_browser_page() {
    let what = "the page was not built and opened in a browser";
    let Some(modules) = driver(what) else { return };
    if !can_be_built() {
        return crate::browser_report::skipped(&format!("rustup has no target wasm32-wasip1; {what}"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let at = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    let page = at.join("site");
    std::fs::create_dir_all(&page).unwrap();
    let built = Command::new(root.join("web/build")).arg(&page).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    println!("{}", String::from_utf8_lossy(&built.stdout));
    let scenarios = SAME.map(|name| root.join("scenarios").join(name).with_extension("toml"));
    let mut node = Command::new("node");
    node.arg(root.join("tests/browser/page.mjs")).arg(modules.path()).arg(&at).arg(&page);
    let done = node.arg(env!("CARGO_BIN_EXE_hostsim")).args(&scenarios).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    println!("{said}");
    assert!(done.status.success(), "{said}");
}
