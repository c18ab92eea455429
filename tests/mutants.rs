//! Slips that somebody could make on the bridge from what happens to what is billed, and the tests that notice each.
//!
//! `cargo test -- --ignored mutants` makes them one after the other in a copy of the sources, and wants it to
//! build and some test to fail each time. It takes minutes for each, so that it is not part of what runs for every change.

use crate::common::root;
use std::path::Path;
use std::process::Command;

/// A slip: what it makes wrong, and where which words stand for which others.
struct Slip {
    what: &'static str,
    file: &'static str,
    right: &'static str,
    wrong: &'static str,
}

const fn slip(what: &'static str, file: &'static str, right: &'static str, wrong: &'static str) -> Slip {
    Slip { what, file, right, wrong }
}

const SLIPS: [Slip; 20] = [
    slip(
        "start-up is billed no longer",
        "src/hosting/starts.rs",
        "placed.billed_start = Span(length.0 - unbilled.0)",
        "placed.billed_start = Span(0)",
    ),
    slip("target tracking is blind to places", "src/hosting/pool/mod.rs", "busy.max(taken)", "busy"),
    slip(
        "every instance is the developer's own",
        "src/experiment/outcome.rs",
        "(0..count).filter(|index| colocated(*index))",
        "(0..count).filter(|_| true)",
    ),
    slip(
        "growth comes a step early",
        "src/hosting/account.rs",
        "(now - since).0 / every;",
        "(now - since).0 / every + 1;",
    ),
    slip("a tax makes no heat", "src/simulation/mod.rs", "/ 1e9 / 1e9 / plan.useful)", "/ 1e9 / 1e9)"),
    slip(
        "the minimum comes after the free time",
        "src/billing/charge/each.rs",
        "nanoseconds.max(self.time.minimum).saturating_sub(self.free_time)",
        "nanoseconds.saturating_sub(self.free_time).max(self.time.minimum)",
    ),
    slip(
        "an allowance is not taken off the minimum",
        "src/billing/invoice/group.rs",
        "allowance.min(raised.clone())",
        "allowance.min(quantity.clone())",
    ),
    slip(
        "busy time is rounded where it is cut off",
        "src/hosting/metering.rs",
        "*sum += u128::from(if whole {",
        "*sum += u128::from(if true {",
    ),
    slip(
        "a life is rounded where it is cut off",
        "src/hosting/metering.rs",
        "let billed = u128::from(if whole {",
        "let billed = u128::from(if true {",
    ),
    slip(
        "a pool shrinks while it grows",
        "src/hosting/pool/mod.rs",
        "wanted < present && starting == 0 &&",
        "wanted < present &&",
    ),
    slip(
        "nothing is saved while launch credits last",
        "src/hosting/credits.rs",
        "            self.save(rule, rule.baseline() * paid);\n",
        "",
    ),
    slip(
        "what is saved under launch credits is not foreseen",
        "src/hosting/credits.rs",
        "self.balance + rule.baseline() * first",
        "self.balance",
    ),
    slip("half a bucket", "src/metrics/histogram.rs", "(rank - below) as f64 - 0.5", "(rank - below) as f64"),
    slip("all CPU time of what is in flight", "src/hosting/metering.rs", "cpu: cpu.min(inside.0)", "cpu"),
    slip(
        "no start of what is in flight",
        "src/hosting/metering.rs",
        "        if request.cold {\n            time",
        "        if false {\n            time",
    ),
    slip(
        "rounded up 1 ns late",
        "src/billing/charge/each.rs",
        "{ value.div_ceil(granule)",
        "{ (value - 1).div_ceil(granule)",
    ),
    slip(
        "a nanosecond more of each work",
        "src/hosting/service.rs",
        "u64::from((whole as f64) < exact)",
        "u64::from((whole as f64) <= exact)",
    ),
    slip(
        "a sum has no minimum",
        "src/billing/charge/each.rs",
        "nanoseconds.clone().max(whole(self.minimum))",
        "nanoseconds.clone()",
    ),
    slip(
        "growth does not come back with an instance",
        "src/hosting/account.rs",
        "self.left = self.left.saturating_add(1).min(self.rule.burst);",
        "",
    ),
    slip("busy time is idle too", "src/hosting/metering.rs", "*sum = sum.wrapping_sub(u128::from(time));", ""),
];

/// The tests that are to notice them.
const TESTS: [&[&str]; 4] = [
    &["--lib", "billing::"],
    &["--lib", "hosting::"],
    &["--test", "all", "net::"],
    &["--test", "all", "bill_bridge::"],
];

/// Each slip can be made: its words stand at one place.
#[test]
fn every_slip_can_be_made() {
    for slip in &SLIPS {
        let text = std::fs::read_to_string(root().join(slip.file)).unwrap();
        let found = text.matches(slip.right).count();
        assert_eq!(
            found, 1,
            "{}: `{}` stands {found} times in {}: follow the change here",
            slip.what, slip.right, slip.file
        );
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &target),
            false => std::fs::copy(&path, &target).map(|_| ()).unwrap(),
        }
    }
}

/// Whether cargo's tests, with these arguments, build and pass in a copy of the sources.
fn tested(directory: &Path, arguments: &[&str]) -> bool {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--quiet"]).args(arguments).current_dir(directory);
    cargo.env("CARGO_TARGET_DIR", directory.join("target")).output().unwrap().status.success()
}

/// Whether all the tests pass in a copy of the sources.
fn passes(directory: &Path) -> bool {
    TESTS.iter().all(|arguments| tested(directory, arguments))
}

#[test]
#[ignore = "builds everything for each slip, which takes minutes"]
fn mutants_die() {
    let scratch = tempfile::tempdir().unwrap();
    for part in
        ["src", "tests", "models", "scenarios", "benches", "examples", "docs", "Cargo.toml", "Cargo.lock", "README.md"]
    {
        let (from, to) = (root().join(part), scratch.path().join(part));
        if from.is_dir() { copy(&from, &to) } else { std::fs::copy(from, to).map(|_| ()).unwrap() }
    }
    assert!(passes(scratch.path()), "the tests fail without any slip");
    let mut alive = Vec::new();
    for slip in &SLIPS {
        let path = scratch.path().join(slip.file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen(slip.right, slip.wrong, 1)).unwrap();
        // What does not build would be noticed by anybody, and says nothing of the tests.
        assert!(tested(scratch.path(), &["--no-run"]), "{}: does not build", slip.what);
        if passes(scratch.path()) {
            alive.push(slip.what);
        }
        std::fs::write(&path, text).unwrap();
    }
    assert!(alive.is_empty(), "no test notices: {alive:#?}");
}
