//! A word that the engine does not follow is an error: an unknown key is put into every table of
//! documents that use the whole language, and each is refused at its place.

use crate::common::catalogue;
use hostsim::catalogue::Catalogue;
use hostsim::check::check;
use hostsim::document::{Diagnostics, Node, Origin, SourceId, Value};
use hostsim::scenario::{Source, read_source};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The built-in catalogue; for usage files with the models that those of the tests name besides.
fn catalogue_for(path: &Path) -> (Diagnostics, &'static Catalogue) {
    static WITH_MODELS: OnceLock<(Diagnostics, Catalogue)> = OnceLock::new();
    if !path.starts_with("tests/good/usage") {
        return catalogue();
    }
    let (diagnostics, catalogue) = WITH_MODELS.get_or_init(|| {
        let mut diagnostics = Diagnostics::default();
        let catalogue = Catalogue::load(Some(Path::new("tests/models")), &mut diagnostics);
        (diagnostics, catalogue)
    });
    (diagnostics.clone(), catalogue)
}

const UNKNOWN: &str = "no-such-key-anywhere";

/// The documents: what is shipped, what must be accepted, and what uses the rest of the language.
fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories: Vec<PathBuf> =
        ["scenarios", "models", "tests/good", "tests/strict", "tests/schema"].iter().map(PathBuf::from).collect();
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => directories.push(path),
                Some(extension) if extension == "toml" => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// A table of a document: the keys and numbers of items that lead to it.
type Way = Vec<String>;

fn tables(node: &Node, way: &mut Way, found: &mut Vec<Way>) {
    let inner: Vec<(String, &Node)> = match &node.value {
        Value::Table(entries) => {
            found.push(way.clone());
            entries.iter().map(|(key, inner)| (key.clone(), inner)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(i, inner)| (i.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    for (key, inner) in inner {
        way.push(key);
        tables(inner, way, found);
        way.pop();
    }
}

fn follow<'n>(mut node: &'n mut Node, way: &Way) -> &'n mut Node {
    for key in way {
        node = match &mut node.value {
            Value::Table(entries) => entries.get_mut(key).expect("the key"),
            Value::Array(items) => &mut items[key.parse::<usize>().expect("a number")],
            _ => panic!("nothing stands in {way:?}"),
        };
    }
    node
}

/// Puts the unknown key into a table; gives where it is said to stand.
fn put(root: &mut Node, way: &Way, source: SourceId, number: u32) -> Origin {
    let at = Origin { source, start: number, end: number + 1 };
    let Value::Table(entries) = &mut follow(root, way).value else { panic!("{way:?} is no table") };
    entries.insert(UNKNOWN.into(), Node::synthetic(Value::Integer(Some(1)), at));
    at
}

fn errors(source: &Source, root: Node, (diagnostics, catalogue): Read<'_>) -> Vec<(Origin, String)> {
    let mut found = diagnostics.clone();
    check(&Source { root, ..source.clone() }, catalogue, &mut found);
    found.errors().map(|(at, message, _)| (at, message.to_string())).collect()
}

/// What documents are read with: the texts that places point into, and the catalogue.
type Read<'r> = (&'r Diagnostics, &'r Catalogue);

/// What tells tables apart: their own keys and the two that lead to them, without users' names.
fn likeness(root: &Node, way: &Way) -> (Vec<String>, Vec<String>) {
    let mut copy = root.clone();
    let table = follow(&mut copy, way);
    let keys = table.as_table().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let words = way.iter().rev().filter(|key| key.parse::<usize>().is_err());
    (words.take(2).cloned().collect(), keys)
}

/// Whether a place is that of an axis of the sweep that the table belongs to: what the value of an axis
/// breaks elsewhere is told there, and so is a value that (as those of this test) stands in no file.
fn is_axis(text: &str, at: Origin, way: &Way) -> bool {
    let word = text.get(at.start as usize..at.end as usize).unwrap_or_default();
    way.first().is_some_and(|key| key == "sweep") && word.starts_with('"') && word.contains('.')
}

/// The tables of one document whose unknown key was not refused, or not where they stand.
fn taken(path: &Path, seen: &mut BTreeSet<(Vec<String>, Vec<String>)>, count: &mut usize) -> Vec<String> {
    let (mut diagnostics, catalogue) = catalogue_for(path);
    let source = read_source(path, &mut diagnostics).expect("a document");
    let unknown = diagnostics.sources.add("unknown", "x".repeat(100_000));
    let read: Read<'_> = (&diagnostics, catalogue);
    assert_eq!(errors(&source, source.root.clone(), read), [], "{}", path.display());
    let mut ways = Vec::new();
    tables(&source.root, &mut Vec::new(), &mut ways);
    ways.retain(|way| seen.insert(likeness(&source.root, way)));
    *count += ways.len();
    // All at once first: what is refused so is done with. The others lie behind an error, and are tried alone.
    let mut root = source.root.clone();
    let places: Vec<Origin> = ways.iter().zip(0..).map(|(way, i)| put(&mut root, way, unknown, 2 * i)).collect();
    let told: BTreeSet<Origin> = errors(&source, root, read).into_iter().map(|(at, _)| at).collect();
    let rest = ways.iter().zip(&places).filter(|(_, at)| !told.contains(at));
    let silent = rest.filter(|(way, at)| {
        let mut root = source.root.clone();
        let table = follow(&mut root, way).clone();
        put(&mut root, way, unknown, at.start);
        let told = errors(&source, root, read);
        let within = |found: &Origin| {
            found == *at
                || *found == table.key
                || (found.source == table.at.source && table.at.start <= found.start && found.end <= table.at.end)
                || is_axis(diagnostics.sources.text(found.source), *found, way)
        };
        !told.iter().any(|(found, _)| within(found))
    });
    silent.map(|(way, _)| format!("{}: {}", path.display(), way.join("."))).collect()
}

#[test]
fn an_unknown_key_is_refused_at_every_place_of_the_language() {
    let (mut seen, mut count) = (BTreeSet::new(), 0);
    let silent: Vec<String> = documents().iter().flat_map(|path| taken(path, &mut seen, &mut count)).collect();
    assert!(count > 1_000, "only {count} tables");
    assert!(silent.is_empty(), "{} of {count} tables take an unknown key:\n{}", silent.len(), silent.join("\n"));
}

/// The names of properties that a schema gives to tables.
fn properties(schema: &serde_json::Value, found: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(entries) => {
            for (key, inner) in entries {
                if let ("properties", Some(named)) = (key.as_str(), inner.as_object()) {
                    found.extend(named.keys().cloned());
                }
                properties(inner, found);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        _ => {}
    }
}

fn keys(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::Table(entries) => entries.iter().for_each(|(key, inner)| {
            found.insert(key.clone());
            // A kind may stand as a bare word, and a path of a sweep in quotes.
            found.extend(inner.as_str().map(String::from));
            keys(inner, found);
        }),
        Value::Array(items) => items.iter().for_each(|inner| {
            found.extend(inner.as_str().map(String::from));
            keys(inner, found);
        }),
        _ => {}
    }
}

#[test]
fn the_documents_use_every_key_that_the_schemas_name() {
    let mut used = BTreeSet::new();
    for path in documents() {
        let (mut diagnostics, _) = catalogue();
        keys(&read_source(&path, &mut diagnostics).expect("a document").root, &mut used);
    }
    let mut missing = BTreeMap::new();
    for name in ["scenario", "model", "usage", "server"] {
        let mut named = BTreeSet::new();
        properties(&hostsim::schema::of(name).expect("a schema"), &mut named);
        named.retain(|key| !used.contains(key));
        missing.insert(name, named);
    }
    assert!(missing.values().all(BTreeSet::is_empty), "no document uses {missing:#?}");
}
