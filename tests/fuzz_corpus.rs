//! A small corpus of everything that is read, damaged by a plain loop with a fixed seed: no panic, bounded time, bounded
//! words. `HOSTSIM_FUZZ_SECONDS=3600 HOSTSIM_SEED=7 cargo test -- --ignored ci_fuzz` goes on for an hour with other damage.
//!
//! An input that does harm is left in the temporary directory and named; it belongs into `tests/fuzz/KIND/`.

use crate::common::{catalogue, root};
use crate::fuzz::{WORDS, read_model, read_scenario, read_trace};
use crate::usage::Directory;
use hostsim::billing::usage::bill;
use hostsim::document::{Diagnostics, Node};
use hostsim::import::{ImportOptions, WriteOptions, import, write};
use hostsim::report::compare::Document;
use hostsim::scenario::{Source, expect, read_source};
use hostsim::sweep::store::Log;
use hostsim::sweep::{Design, Options, Status, Sweep, WHOLE};
use hostsim::units::{
    parse_bytes, parse_energy_price, parse_money, parse_money_rate, parse_percent, parse_power, parse_rate, parse_span,
};
use rand::rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// The longest that one input of some kilobytes may take, on a busy machine.
const BOUND: Duration = Duration::from_secs(10);
/// The most bytes that are said of one.
const WORDS_OF_ONE: usize = 100_000;

struct Kind {
    name: &'static str,
    /// Where its corpus is, from the project's root.
    folders: &'static [&'static str],
    /// Reads one, and says how long what it said is.
    read: fn(&Input) -> usize,
}

struct Input {
    /// The name of the file that it comes from, without its ending.
    stem: String,
    bytes: Vec<u8>,
    /// Where files may be made.
    scratch: PathBuf,
}

impl Input {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn file(&self, name: &str) -> PathBuf {
        let path = self.scratch.join(name);
        std::fs::write(&path, &self.bytes).unwrap();
        path
    }
}

const KINDS: [Kind; 9] = [
    Kind {
        name: "scenario",
        folders: &[
            "tests/fuzz/scenario",
            "tests/good/scenario",
            "tests/bad/scenario",
            "tests/bad/sweep",
            "tests/bad/map",
        ],
        read: |input| {
            read_scenario(&input.text());
            of_a_sweep(&input.text())
        },
    },
    Kind {
        name: "model",
        folders: &["tests/fuzz/model", "tests/good/model", "tests/bad/model", "models/vps", "models/serverless"],
        read: |input| {
            read_model(&input.text());
            0
        },
    },
    Kind {
        name: "usage",
        folders: &["tests/fuzz/usage", "tests/good/usage", "tests/bad/usage"],
        read: |input| bill(&input.text(), "f.toml", &Directory).map_or_else(|errors| errors.render(false).len(), |_| 0),
    },
    Kind {
        name: "trace",
        folders: &["tests/fuzz/trace", "tests/good/scenario/data", "tests/bad/scenario/data"],
        read: |input| {
            read_trace(&input.file("fuzzed.csv"));
            0
        },
    },
    Kind { name: "log", folders: &["tests/fuzz/log"], read: read_log },
    Kind { name: "store", folders: &[], read: |input| Log::open(&input.file("runs.log"), |_| {}).map_or(0, |_| 1) },
    Kind {
        name: "result",
        folders: &[],
        read: |input| Document::parse(&input.text()).map_or_else(|error| error.to_string().len(), |_| 0),
    },
    Kind { name: "expect", folders: &["tests/fuzz/expect"], read: read_claims },
    Kind { name: "quantity", folders: &["tests/fuzz/quantity"], read: read_quantities },
];

/// The design of a sweep in a scenario.
fn of_a_sweep(text: &str) -> usize {
    let (mut diagnostics, _) = catalogue();
    let source = diagnostics.sources.add("fuzzed.toml", text);
    let tree = Node::parse(source, &mut diagnostics);
    let _ = Design::read(&tree, Path::new("tests/good/scenario"), &mut diagnostics);
    diagnostics.render(false).len()
}

/// As what it is recognised as, and as what it was before it was damaged; what is found is written.
fn read_log(input: &Input) -> usize {
    let path = input.file("fuzzed.log");
    let of_name = ImportOptions { format: Some(input.stem.clone()), ..ImportOptions::default() };
    let said = [ImportOptions::default(), of_name].map(|options| match import(&[&path].map(PathBuf::from), &options) {
        Ok(found) => {
            if found.requests.is_some() {
                let _ = write(&found, &WriteOptions { cpu_share: 0.5, apps: 3 }, &input.scratch.join("imported"));
            }
            // Every interval is listed, up to the stated number of them; what else is said is short.
            let mut document = found.document();
            document.as_object_mut().map(|entries| entries.remove("intervals"));
            document.to_string().len()
        }
        Err(error) => error.to_string().len(),
    });
    said.into_iter().max().unwrap_or_default()
}

fn read_claims(input: &Input) -> usize {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add("fuzzed.toml", input.text());
    let tree = Node::parse(source, &mut diagnostics);
    expect::Expectation::read_all(&tree, &["a", "droplet"], &mut diagnostics);
    diagnostics.render(false).len()
}

fn read_quantities(input: &Input) -> usize {
    let text = input.text();
    let said = text.lines().flat_map(|line| {
        let errors = [
            parse_span(line).err(),
            parse_bytes(line).err(),
            parse_rate(line).err(),
            parse_power(line).err(),
            parse_percent(line).err(),
            parse_money(line).err(),
            parse_money_rate(line).err(),
            parse_energy_price(line).err(),
        ];
        errors.into_iter().flatten().map(|error| error.len())
    });
    said.max().unwrap_or_default()
}

/// What two points of a small scenario come to: the store of a sweep of it, and a result.
struct Made {
    scratch: tempfile::TempDir,
    source: Source,
    design: Design,
}

impl Made {
    fn new(seeds: u32) -> Made {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("s.toml");
        let text = crate::program::SMALL.replace("\"1 h\"", "\"2 min\"");
        std::fs::write(
            &path,
            format!("{text}[sweep.grid]\n\"run.seed\" = {{ from = 1, to = {seeds}, points = {seeds} }}\n"),
        )
        .unwrap();
        let mut diagnostics = Diagnostics::default();
        let source = read_source(&path, &mut diagnostics).unwrap();
        let design = Design::read(&source.root, &source.directory, &mut diagnostics).unwrap();
        Made { scratch, source, design }
    }

    /// Sweeps into a directory, going on with what is there; its table.
    fn sweep(&self, to: &Path) -> Vec<u8> {
        let (mut diagnostics, catalogue) = catalogue();
        let options = Options { seed: None, replications: None, precision: None, shard: WHOLE, many: false };
        let sweep = Sweep::plan(&self.source, catalogue, &self.design, &options, &mut diagnostics).unwrap();
        let done = sweep.run(to, true, &Status::default(), &AtomicBool::new(false));
        assert!(done.as_ref().is_ok_and(|outcome| outcome.complete && outcome.failed == 0), "{done:?}");
        std::fs::read(to.join("points.csv")).unwrap()
    }
}

/// What stands in the folders of a kind, or is made for it, with the names of the files.
fn corpus(kind: &Kind) -> Vec<(String, Vec<u8>)> {
    if kind.name == "store" {
        let made = Made::new(3);
        made.sweep(&made.scratch.path().join("out"));
        return vec![("runs".into(), std::fs::read(made.scratch.path().join("out/runs.log")).unwrap())];
    }
    if kind.name == "result" {
        let result = crate::common::run(&crate::program::SMALL.replace("\"1 h\"", "\"2 min\""));
        return vec![("result".into(), hostsim::report::to_json(&result).into_bytes())];
    }
    let entries = kind.folders.iter().flat_map(|folder| std::fs::read_dir(root().join(folder)).into_iter().flatten());
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    paths.sort();
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.into_iter().map(|path| (stem(&path), std::fs::read(&path).unwrap())).collect()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

struct Damage(Xoshiro256PlusPlus);

impl Damage {
    fn below(&mut self, most: usize) -> usize {
        (self.0.next_u64() % most.max(1) as u64) as usize
    }

    /// One to eight acts of damage, among them pieces of another file of the kind.
    fn of(&mut self, bytes: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..1 + self.below(8) {
            let (at, length) = (self.below(bytes.len() + 1), 1 + self.below(40));
            let end = (at + length).min(bytes.len());
            match self.below(6) {
                0 => drop(bytes.drain(at..end)),
                1 => {
                    let word = WORDS[self.below(WORDS.len())];
                    drop(bytes.splice(at..at, word.bytes()));
                }
                2 => {
                    let (copied, to) = (bytes[at..end].repeat(1 + self.below(20)), self.below(bytes.len() + 1));
                    drop(bytes.splice(to..to, copied));
                }
                3 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                4 => {
                    let from = self.below(other.len() + 1);
                    let piece = &other[from..(from + 4 * length).min(other.len())];
                    drop(bytes.splice(at..at, piece.iter().copied()));
                }
                _ => {
                    let (from, to) = (self.below(bytes.len() + 1), self.below(bytes.len() + 1));
                    let cut = bytes[from.min(to)..from.max(to)].first().copied();
                    bytes.extend(cut);
                }
            }
        }
        bytes
    }
}

/// Reads an input, and says what harm that does.
fn harm(kind: &Kind, input: &Input) -> Option<String> {
    let begun = Instant::now();
    let read = catch_unwind(AssertUnwindSafe(|| (kind.read)(input)));
    match read {
        Err(_) => Some("it panics".into()),
        Ok(_) if begun.elapsed() > BOUND => Some(format!("it takes {:?}", begun.elapsed())),
        Ok(said) if said > WORDS_OF_ONE => Some(format!("it says {said} bytes")),
        Ok(_) => None,
    }
}

fn judged(kind: &Kind, what: &str, input: &Input) {
    let Some(harm) = harm(kind, input) else { return };
    let left = std::env::temp_dir().join(format!("hostsim-fuzz-{}-{}", kind.name, std::process::id()));
    std::fs::write(&left, &input.bytes).unwrap();
    panic!("{} ({what} of {}): {harm}; it is in {}", kind.name, input.stem, left.display());
}

/// Every file of the corpus as it is, and then damaged ones, so many of each kind or for so long.
fn fuzz(rounds: u64, seconds: u64) {
    let scratch = tempfile::tempdir().unwrap();
    let mut damage = Damage(Xoshiro256PlusPlus::seed_from_u64(number("HOSTSIM_SEED").unwrap_or(1)));
    let corpora = KINDS.each_ref().map(corpus);
    for (kind, corpus) in KINDS.iter().zip(&corpora) {
        assert!(!corpus.is_empty(), "{} has no corpus", kind.name);
        for (stem, bytes) in corpus {
            let input = Input { stem: stem.clone(), bytes: bytes.clone(), scratch: scratch.path().into() };
            judged(kind, "the file", &input);
        }
    }
    let begun = Instant::now();
    let mut round = 0;
    while round < rounds || begun.elapsed() < Duration::from_secs(seconds) {
        for (kind, corpus) in KINDS.iter().zip(&corpora) {
            let (stem, bytes) = &corpus[damage.below(corpus.len())];
            let (_, other) = &corpus[damage.below(corpus.len())];
            let bytes = damage.of(bytes, other);
            let input = Input { stem: stem.clone(), bytes, scratch: scratch.path().into() };
            judged(kind, &format!("round {round}"), &input);
        }
        round += 1;
    }
    println!("{} damaged inputs in {:?}", round * KINDS.len() as u64, begun.elapsed());
}

#[test]
fn damaged_inputs_do_no_harm() {
    fuzz(20, 0);
}

#[test]
#[ignore = "ci: a plain loop over the corpus"]
fn ci_fuzz_the_corpus() {
    fuzz(0, number("HOSTSIM_FUZZ_SECONDS").unwrap_or(12));
}

/// Each format of logs has a file in the corpus, which is recognised as such.
#[test]
fn every_format_of_logs_is_in_the_corpus() {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/fuzz/log")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let document = import(&[path], &ImportOptions::default()).unwrap_or_else(|error| panic!("{error}")).document();
        assert_eq!(document["format"], name.as_str());
        found.push(name);
    }
    // Other names of formats that are there, which `--as` takes.
    let taken = |name: &str| {
        let options = ImportOptions { format: Some(name.into()), ..ImportOptions::default() };
        found.iter().any(|file| import(&[root().join("tests/fuzz/log").join(file)], &options).is_ok())
    };
    let missing: Vec<&str> = hostsim::import::names().into_iter().filter(|name| !taken(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A store cut off, or hit, anywhere: what is resumed comes to the table of what was never interrupted.
fn resumed_is_uninterrupted(times: u64) {
    let made = Made::new(4);
    let whole = made.sweep(&made.scratch.path().join("whole"));
    let store = std::fs::read(made.scratch.path().join("whole/runs.log")).unwrap();
    let mut damage = Damage(Xoshiro256PlusPlus::seed_from_u64(number("HOSTSIM_SEED").unwrap_or(1)));
    for time in 0..times {
        let to = made.scratch.path().join(format!("resumed-{time}"));
        std::fs::create_dir(&to).unwrap();
        let mut left = store[..damage.below(store.len() + 1)].to_vec();
        // Its beginning says which sweep it is of: without that it is refused.
        let header = store.len() / 4;
        if time % 2 == 1 && left.len() > header {
            let place = header + damage.below(left.len() - header);
            left[place] ^= 1 << damage.below(8);
        }
        std::fs::write(to.join("runs.log"), left).unwrap();
        assert!(made.sweep(&to) == whole, "time {time}");
    }
}

#[test]
fn a_sweep_that_is_resumed_is_as_one_that_was_not_interrupted() {
    resumed_is_uninterrupted(6);
}

#[test]
#[ignore = "ci: many goes of a sweep"]
fn ci_fuzz_sweeps_that_are_resumed() {
    resumed_is_uninterrupted(60);
}
