//! What the program is made of: where it comes from, under which licences, what is there twice.
//!
//! `.ci/deny.toml` says the same to `cargo deny`; this needs neither that nor a network.

use crate::common::root;
use std::collections::BTreeMap;
use std::process::Command;

/// One of these must be enough for every crate.
const LICENCES: [&str; 10] = [
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Zlib",
    "Unicode-3.0",
    "Unlicense",
    "MIT-0",
    "0BSD",
    "BSL-1.0",
];

/// Crates that are there in several versions, as others ask for them.
const TWICE: [&str; 6] = ["bitflags", "getrandom", "miniz_oxide", "num-bigint", "r-efi", "syn"];

/// Whether an SPDX expression can be met: all that AND joins, one of what OR joins (an old form writes `/`).
fn may_be_used(expression: &str) -> bool {
    let allows = |part: &str| LICENCES.contains(&part.trim().trim_matches(['(', ')']));
    let plain = expression.replace('/', " OR ");
    plain.split(" AND ").all(|part| part.split(" OR ").any(allows))
}

#[test]
fn licences_are_read_as_they_are_meant() {
    assert!(may_be_used("MIT/Apache-2.0") && may_be_used("(MIT OR GPL-3.0) AND Unicode-3.0"));
    assert!(!may_be_used("GPL-3.0-only") && !may_be_used("MIT AND GPL-3.0") && !may_be_used(""));
}

/// Everything comes from crates.io with a checksum, and only what is known to be is there twice.
#[test]
fn dependencies_come_from_one_place_and_once() {
    let lock: toml::Table = std::fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let mut versions = BTreeMap::<&str, usize>::new();
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        *versions.entry(name).or_default() += 1;
        if name != "hostsim" {
            let source = package.get("source").and_then(|source| source.as_str());
            assert_eq!(source, Some("registry+https://github.com/rust-lang/crates.io-index"), "{name}");
            assert!(package.get("checksum").is_some(), "{name}");
        }
    }
    let twice: Vec<&str> = versions.iter().filter(|(_, count)| **count > 1).map(|(name, _)| *name).collect();
    assert_eq!(twice, TWICE);
}

/// Every crate that is built here may be used under the licence of the program.
#[test]
fn licences_of_all_crates_may_be_used() {
    let arguments = ["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform"];
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let told = Command::new(cargo).args(arguments).arg(platform).current_dir(root()).output().unwrap();
    if !told.status.success() {
        println!("skipped: cargo metadata needs crates that are not here");
        return;
    }
    let metadata: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(may_be_used(licence), "{}: {licence}", package["name"]);
    }
}

/// Each direct dependency is justified in the design.
#[test]
fn every_dependency_is_justified() {
    let design = std::fs::read_to_string(root().join("docs/design.md")).unwrap();
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let unix = manifest["target"]["cfg(unix)"]["dependencies"].as_table().unwrap().keys();
    for name in manifest["dependencies"].as_table().unwrap().keys().chain(unix) {
        assert!(design.contains(&format!("`{name}`")), "docs/design.md does not say what {name} is for");
    }
}
