//! Files that must be accepted, and files that must be refused, each with the exact text of its
//! errors beside it (`UPDATE_EXPECT=1` rewrites those texts).

use crate::common::catalogue;
use hostsim::catalogue::Catalogue;
use hostsim::check::model;
use hostsim::document::Diagnostics;
use hostsim::experiment::validate;
use hostsim::scenario::{Scenario, Source, read_source};
use std::path::{Path, PathBuf};

/// What a file is read as.
type Read = fn(&Source, &Catalogue, &mut Diagnostics);

#[test]
fn good_scenarios_are_accepted() {
    accepts("tests/good/scenario", scenario, 8);
}

#[test]
fn good_models_are_accepted() {
    accepts("tests/good/model", model, 3);
}

#[test]
fn bad_scenarios_are_refused_with_their_own_words() {
    refuses("tests/bad/scenario", scenario, 50);
}

#[test]
fn bad_maps_are_refused_with_their_own_words() {
    refuses("tests/bad/map", mapped, 10);
}

#[test]
fn bad_models_are_refused_with_their_own_words() {
    refuses("tests/bad/model", model, 20);
}

/// What is wrong with a file, as the user sees it; empty where nothing is.
fn errors(path: &Path, read: Read) -> String {
    let (mut diagnostics, catalogue) = catalogue();
    if let Some(source) = read_source(path, &mut diagnostics)
        && diagnostics.is_empty()
    {
        read(&source, catalogue, &mut diagnostics);
    }
    diagnostics.render(false)
}

/// As `run` reads it.
fn scenario(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    if let Some(scenario) = Scenario::read(&source.root, &source.directory, catalogue, d) {
        validate(&scenario, d);
    }
}

/// As `map` reads it.
fn mapped(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    if let Some(plan) = Scenario::read(&source.root, &source.directory, catalogue, d).and_then(|scenario| scenario.map)
    {
        // What is wrong is noted.
        let _ = hostsim::experiment::map::check(source, catalogue, &plan, d);
    }
}

/// The TOML files of a directory, named from the project's root.
pub fn files(directory: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{directory}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

fn accepts(directory: &str, read: Read, least: usize) {
    let files = files(directory);
    assert!(files.len() >= least, "{} files in {directory}", files.len());
    let refused: String = files.iter().map(|path| errors(path, read)).collect();
    assert!(refused.is_empty(), "{refused}");
}

fn refuses(directory: &str, read: Read, least: usize) {
    let files = files(directory);
    assert!(files.len() >= least, "{} files in {directory}", files.len());
    let differing: Vec<String> = files.iter().filter_map(|path| difference(path, read)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// What is not as it should be about one bad file.
fn difference(path: &Path, read: Read) -> Option<String> {
    let found = errors(path, read);
    if found.is_empty() {
        return Some(format!("{} was accepted", path.display()));
    }
    let beside = path.with_extension("error");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&beside, &found).expect("the expected text is written");
    }
    let expected = std::fs::read_to_string(&beside).unwrap_or_default();
    (found != expected).then(|| format!("{}: expected\n{expected}\nfound\n{found}", path.display()))
}
