//! Everything that reads a file, fed with the good and bad corpora after random damage: it must
//! neither panic nor take long, and what it notes must be showable.

use crate::common::{catalogue, config};
use crate::corpora::files;
use crate::usage::Directory;
use hostsim::billing::usage::bill;
use hostsim::catalogue::Model;
use hostsim::document::{Diagnostics, Node, Value};
use hostsim::experiment::validate;
use hostsim::scenario::{Scenario, expect};
use hostsim::units::{
    parse_bytes, parse_energy_price, parse_money, parse_money_rate, parse_percent, parse_power, parse_rate, parse_span,
};
use hostsim::workload::trace::{Format, Trace, TraceOptions, describe, guess_format};
use indexmap::IndexMap;
use proptest::prelude::*;
use proptest::sample::Index;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The longest that reading one file of a few kilobytes may take, on a busy machine.
const BOUND: Duration = Duration::from_secs(10);

/// One act of damage.
#[derive(Clone, Debug)]
enum Damage {
    Delete(Index, u8),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index, u8),
    Swap(Index, Index),
    Flip(Index, u8),
}

/// What is likely to matter to a reader of TOML, quantities, dates and rows.
pub const WORDS: &[&str] = &[
    "\"",
    "'",
    "[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\n",
    "#",
    "-",
    "0",
    "9999999999999999999999",
    "1e308",
    "nan",
    "inf",
    "-1",
    "0.0000000001",
    "\"1000000 years\"",
    "\" /s\"",
    "%",
    " USD",
    "schema",
    "extends = \"x\"",
    "\u{feff}",
    "\u{0}",
    "é",
    "\r\n",
    "null",
    "25:00",
    "1970-01-01T00:00:00Z",
    "18446744073709551615",
    "340282366920938463463374",
];

fn damage() -> impl Strategy<Value = Damage> {
    let word = prop::sample::select(WORDS).prop_map(|word| word.as_bytes().to_vec());
    let bytes = prop_oneof![3 => word, 1 => prop::collection::vec(any::<u8>(), 1..6)];
    prop_oneof![
        (any::<Index>(), 1..40u8).prop_map(|(at, length)| Damage::Delete(at, length)),
        (any::<Index>(), bytes).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (any::<Index>(), any::<Index>(), 1..60u8).prop_map(|(from, to, length)| Damage::Repeat(from, to, length)),
        (any::<Index>(), any::<Index>()).prop_map(|(one, other)| Damage::Swap(one, other)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
    ]
}

fn damaged(bytes: &[u8], acts: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for act in acts {
        if bytes.is_empty() {
            return bytes;
        }
        let length = bytes.len();
        match act {
            Damage::Delete(at, count) => {
                let at = at.index(length);
                bytes.drain(at..(at + usize::from(*count)).min(length));
            }
            Damage::Insert(at, added) => {
                let at = at.index(length);
                bytes.splice(at..at, added.iter().copied());
            }
            Damage::Repeat(from, to, count) => {
                let (from, to) = (from.index(length), to.index(length));
                let copied = bytes[from..(from + usize::from(*count)).min(length)].to_vec();
                bytes.splice(to..to, copied);
            }
            Damage::Swap(one, other) => bytes.swap(one.index(length), other.index(length)),
            Damage::Flip(at, bits) => bytes[at.index(length)] ^= bits,
        }
    }
    bytes
}

fn in_time<T>(work: impl FnOnce() -> T) -> Result<T, TestCaseError> {
    let begun = Instant::now();
    let result = work();
    prop_assert!(begun.elapsed() < BOUND, "it took {:?}", begun.elapsed());
    Ok(result)
}

/// Reads a scenario as `run` does, and shows its errors.
pub fn read_scenario(text: &str) {
    let (mut diagnostics, catalogue) = catalogue();
    let source = diagnostics.sources.add("fuzzed.toml", text);
    let root = Node::parse(source, &mut diagnostics);
    if let Some(scenario) = Scenario::read(&root, Path::new("tests/good/scenario"), catalogue, &mut diagnostics) {
        validate(&scenario, &mut diagnostics);
    }
    diagnostics.render(false);
}

pub fn read_model(text: &str) {
    let (mut diagnostics, catalogue) = catalogue();
    let mut catalogue = catalogue.clone();
    let source = diagnostics.sources.add("fuzzed.toml", text);
    let root = Node::parse(source, &mut diagnostics);
    let at = root.at;
    catalogue.add_inline(&Node::synthetic(Value::Table(IndexMap::from([("fuzzed".to_string(), root)])), at));
    if let Some(node) = catalogue.resolve("fuzzed", at, &mut diagnostics) {
        Model::read("fuzzed", &node, &mut diagnostics);
    }
    diagnostics.render(false);
}

/// Reads a trace in every format; the first pass over a file is the one that judges it.
pub fn read_trace(path: &Path) {
    let _ = guess_format(path);
    for format in [Format::Counts, Format::Requests, Format::Azure2021] {
        let options = TraceOptions { format, ..TraceOptions::default() };
        let _ = describe(path, options.clone()).map_err(|error| error.to_string());
        let _ = Trace::open(path, options).map_err(|error| error.to_string());
    }
}

/// The files to be damaged: a path and what it holds.
fn seeds(directories: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = directories.iter().flat_map(|directory| files(directory));
    paths.map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

fn traces() -> Vec<(PathBuf, Vec<u8>)> {
    let directories = ["tests/good/scenario/data", "tests/bad/scenario/data"];
    let entries = directories.iter().flat_map(|directory| std::fs::read_dir(directory).expect("data"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn damaged_scenarios_are_read_or_refused(pick in any::<Index>(), acts in prop::collection::vec(damage(), 1..8)) {
        let seeds = seeds(&["tests/good/scenario", "tests/bad/scenario"]);
        let text = String::from_utf8_lossy(&damaged(&pick.get(&seeds).1, &acts)).into_owned();
        in_time(|| read_scenario(&text))?;
    }

    #[test]
    fn damaged_models_are_read_or_refused(pick in any::<Index>(), acts in prop::collection::vec(damage(), 1..8)) {
        let seeds = seeds(&["tests/good/model", "tests/bad/model", "models/vps", "models/serverless"]);
        let text = String::from_utf8_lossy(&damaged(&pick.get(&seeds).1, &acts)).into_owned();
        in_time(|| read_model(&text))?;
    }

    #[test]
    fn damaged_usage_files_are_priced_or_refused(pick in any::<Index>(), acts in prop::collection::vec(damage(), 1..8)) {
        let seeds = seeds(&["tests/bad/usage", "tests/good/usage"]);
        let text = String::from_utf8_lossy(&damaged(&pick.get(&seeds).1, &acts)).into_owned();
        in_time(|| bill(&text, "fuzzed.toml", &Directory).map_err(|errors| errors.render(false)).is_ok())?;
    }

    #[test]
    fn damaged_traces_are_read_or_refused(pick in any::<Index>(), acts in prop::collection::vec(damage(), 0..8)) {
        let traces = traces();
        let (path, bytes) = pick.get(&traces);
        let directory = tempfile::tempdir().expect("a directory");
        let fuzzed = directory.path().join(path.file_name().expect("a name"));
        std::fs::write(&fuzzed, damaged(bytes, &acts)).expect("a file");
        in_time(|| read_trace(&fuzzed))?;
    }

    /// Text that is no file of anything.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        in_time(|| read_scenario(&text))?;
        in_time(|| read_model(&text))?;
        in_time(|| bill(&text, "fuzzed.toml", &Directory).is_ok())?;
    }

    /// Claims of `[expect]`.
    #[test]
    fn any_claim_is_read_or_refused(key in "\\PC{0,30}", claim in "(<|<=|>|==|within)? ?[-0-9e.%* a-z_]{0,30}") {
        let mut diagnostics = Diagnostics::default();
        let text = format!("{} = {}", toml::Value::String(key), toml::Value::String(claim));
        let source = diagnostics.sources.add("fuzzed.toml", &text);
        let root = Node::parse(source, &mut diagnostics);
        expect::Expectation::read_all(&root, &["a", "droplet"], &mut diagnostics);
        diagnostics.render(false);
    }

    /// Quantities.
    #[test]
    fn any_quantity_is_read_or_refused(text in "[-+]?[0-9]{0,30}[.e]?[-0-9]{0,8} ?(\\PC{0,3}|[a-zA-Z%/$ ]{0,8})") {
        in_time(|| {
            let _ = (parse_span(&text), parse_bytes(&text), parse_rate(&text), parse_power(&text));
            let _ = (parse_percent(&text), parse_money(&text), parse_money_rate(&text), parse_energy_price(&text));
        })?;
    }
}
