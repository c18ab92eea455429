//! Usage files that must be refused, each with the exact text of its errors beside it.
//! `UPDATE_EXPECT=1` rewrites those texts.

use crate::usage::Directory;
use hostsim::billing::usage::bill;
use std::path::PathBuf;

#[test]
fn every_wrong_usage_file_is_refused_with_its_own_words() {
    let mut paths: Vec<PathBuf> = std::fs::read_dir("tests/bad/usage")
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 25, "{} files", paths.len());
    let differing: Vec<String> = paths.iter().filter_map(difference).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// The good ones use every key of a usage file and every rule of a price list.
#[test]
fn good_usage_files_are_priced() {
    let paths = crate::corpora::files("tests/good/usage");
    assert!(paths.len() >= 3);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let priced = bill(&text, "good.toml", &Directory);
        priced.unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    }
}

/// What is not as it should be about one file.
fn difference(path: &PathBuf) -> Option<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    let found = match bill(&text, &name, &Directory) {
        Ok(_) => return Some(format!("{name} was accepted")),
        Err(errors) => errors.render(false),
    };
    let beside = path.with_extension("error");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&beside, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&beside).unwrap_or_default();
    (found != expected).then(|| format!("{name}: expected\n{expected}\nfound\n{found}"))
}
