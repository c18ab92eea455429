//! From a point of the design to a scenario: the values put into the tree, and the tree read.

use super::design::{Design, cell};
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, Value};
use crate::experiment::{Fingerprint, Runs, Simulations, Tally, warm_up};
use crate::files::open_plain;
use crate::scenario::{Scenario, Source, WarmUp};
use std::collections::{HashMap, VecDeque};
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// A point's scenario.
#[derive(Debug)]
pub struct Resolved {
    /// The scenario.
    pub scenario: Scenario,
    /// The hash of all that decides the point's results.
    pub key: u128,
}

/// Makes points' scenarios.
pub struct Resolver<'a> {
    root: Node,
    directory: &'a Path,
    catalogue: &'a Catalogue,
    design: &'a Design,
    environment: Fingerprint,
    known: Mutex<VecDeque<(u64, Arc<Resolved>)>>,
    /// The scenarios whose warm-up was to be found, with it, by their points.
    warmed: Mutex<HashMap<u64, Arc<OnceLock<Arc<Resolved>>>>>,
    simulations: Simulations,
}

/// How many scenarios are kept: the runs of a point follow each other.
const KEPT: usize = 16;

impl<'a> Resolver<'a> {
    /// A resolver of the points of a scenario. `overrides` (paths and values from the command
    /// line) are put into the scenario first.
    pub fn new(
        source: &'a Source,
        catalogue: &'a Catalogue,
        design: &'a Design,
        overrides: &[(&[&str], i64)],
    ) -> Resolver<'a> {
        let mut root = source.root.clone();
        for (path, value) in overrides {
            let path: Vec<String> = path.iter().map(|key| key.to_string()).collect();
            root.set_path(&path, Node::synthetic(Value::Integer(Some(*value)), root.at));
        }
        let mut environment = Fingerprint::default();
        environment.text(env!("CARGO_PKG_VERSION"));
        add_models(catalogue, &mut environment);
        add_files(&root, &source.directory, &mut environment);
        // The table of the sweep itself is no part of a point's scenario.
        if let Value::Table(entries) = &mut root.value {
            entries.shift_remove("sweep");
        }
        let (known, warmed, simulations) = Default::default();
        Resolver { root, directory: &source.directory, catalogue, design, environment, known, warmed, simulations }
    }

    /// The hash of the whole sweep: the scenario and what it reads, the axes with their values,
    /// and options that decide which runs there are.
    pub fn identity(&self, options: &str) -> u128 {
        let mut hash = self.environment;
        hash.text(&self.root.to_toml());
        hash.text(options);
        for axis in &self.design.axes {
            hash.text(&axis.name);
        }
        for block in &self.design.blocks {
            hash.value(&block.axes);
            for value in block.rows.iter().flatten() {
                hash.text(&cell(value.as_ref()));
            }
        }
        hash.finish()
    }

    /// The hash of a point's own values, which says what shard it is in: other points, and other
    /// values of its axes, do not move it. Axes of prices, wages and objectives are left out, so
    /// that points which one simulation does for are in one shard.
    pub fn point_hash(&self, index: u64) -> u128 {
        let mut hash = Fingerprint::default();
        let values = self.design.axes.iter().zip(self.design.point(index));
        for (axis, value) in values.filter(|(axis, _)| !axis.is_of_accounts()) {
            hash.text(&axis.name);
            hash.text(&cell(value));
        }
        hash.finish()
    }

    /// The cells of a point, by axis.
    pub fn cells(&self, index: u64) -> Vec<String> {
        self.design.point(index).into_iter().map(cell).collect()
    }

    /// The tree of a point.
    fn tree(&self, index: u64, d: &mut Diagnostics) -> Node {
        let mut root = self.root.clone();
        for (axis, value) in self.design.axes.iter().zip(self.design.point(index)) {
            if let Some(value) = value
                && let Err((message, help)) = axis.put(&mut root, value)
            {
                d.error(axis.key, format!("`{}`: {message}", axis.name), help);
            }
        }
        root
    }

    /// Reads a point's scenario. Every error is noted.
    pub fn read(&self, index: u64, d: &mut Diagnostics) -> Option<Resolved> {
        let before = d.count();
        let tree = self.tree(index, d);
        if d.count() > before {
            return None;
        }
        let mut key = self.environment;
        key.text(&tree.to_toml());
        let scenario = Scenario::read(&tree, self.directory, self.catalogue, d)?;
        Some(Resolved { scenario, key: key.finish() })
    }

    /// A point's scenario, kept while it is in use; `None` where it has errors, which a check of
    /// all points finds first.
    pub fn get(&self, index: u64) -> Option<Arc<Resolved>> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = lock().iter().find(|(point, _)| *point == index) {
            return Some(known.clone());
        }
        let resolved = Arc::new(self.read(index, &mut Diagnostics::default())?);
        let mut known = lock();
        if known.len() == KEPT {
            known.pop_front();
        }
        known.push_back((index, resolved.clone()));
        Some(resolved)
    }

    /// A point's scenario as it is run: with its warm-up, where that is to be found. Points that differ in
    /// prices alone share what is simulated for it.
    pub fn warmed(&self, index: u64) -> Option<Arc<Resolved>> {
        let plain = self.get(index)?;
        if plain.scenario.run.warm_up_rule != WarmUp::ToFind {
            return Some(plain);
        }
        let slot = self.warmed.lock().unwrap_or_else(PoisonError::into_inner).entry(index).or_default().clone();
        let tally = Tally::default();
        let find = || {
            let runs = Runs { simulations: &self.simulations, tally: &tally };
            let scenario = warm_up::found(runs, &plain.scenario, 1.0).into_owned();
            Arc::new(Resolved { scenario, key: plain.key })
        };
        Some(slot.get_or_init(find).clone())
    }

    /// Notes the errors of a point so that each says which axes it comes from: those that stand
    /// in the sweep's own words as they are, others at the place of the first axis.
    pub fn explain(&self, index: u64, d: &mut Diagnostics) {
        let mut charges = self
            .design
            .axes
            .iter()
            .filter_map(|axis| Some((axis.key, axis.unknown_charge(&self.root, self.catalogue)?)));
        if let Some((at, (message, help))) = charges.next() {
            return d.error(at, message, help);
        }
        let mut found = d.beside();
        self.read(index, &mut found);
        let mut base = d.beside();
        Scenario::read(&self.root, self.directory, self.catalogue, &mut base);
        let values: Vec<(Origin, Origin)> = self.places(index);
        let settings = self.settings(index);
        for (at, message, help) in found.errors() {
            let own = values.iter().any(|(key, value)| within(at, *key) || within(at, *value));
            let old = base.errors().any(|error| error == (at, message, help));
            match values.first() {
                Some((key, _)) if !own && !old => {
                    d.error(*key, format!("with {settings}: {message}"), format!("{}{help}", shown_at(d, at)));
                }
                _ => d.error(at, message, help),
            }
        }
    }

    fn places(&self, index: u64) -> Vec<(Origin, Origin)> {
        let values = self.design.axes.iter().zip(self.design.point(index));
        values.filter_map(|(axis, value)| Some((axis.key, value?.at))).collect()
    }

    fn settings(&self, index: u64) -> String {
        let values = self.design.axes.iter().zip(self.design.point(index));
        let shown = values.filter_map(|(axis, value)| Some(format!("`{}` = {}", axis.name, value?.to_toml())));
        shown.collect::<Vec<_>>().join(" and ")
    }
}

fn within(inner: Origin, outer: Origin) -> bool {
    inner.source == outer.source && outer.start <= inner.start && inner.end <= outer.end
}

/// Where an error stands besides the axis: "at a.toml:3; ".
fn shown_at(d: &Diagnostics, at: Origin) -> String {
    let text = d.sources.text(at.source);
    let line = text.bytes().take(at.start as usize).filter(|byte| *byte == b'\n').count() + 1;
    format!("at {}:{line}; ", d.sources.name(at.source))
}

/// Every model and kind of server that could be named.
fn add_models(catalogue: &Catalogue, hash: &mut Fingerprint) {
    for (name, _) in catalogue.models() {
        hash.text(name);
        hash.text(&catalogue.written(name).map(Node::to_toml).unwrap_or_default());
    }
    for name in catalogue.servers() {
        hash.text(name);
        let word = Node::synthetic(Value::String(name.into()), Origin::new(crate::document::SourceId(0), 0..0));
        let kind = catalogue.read_server(&word, &mut Diagnostics::default());
        hash.value(&kind.map(|kind| crate::fleet::ServerKind { repair: None, ..kind }));
    }
}

/// The contents of every file that a string of the scenario names.
fn add_files(node: &Node, directory: &Path, hash: &mut Fingerprint) {
    match &node.value {
        Value::String(name) if !name.is_empty() => {
            let path = directory.join(name);
            // What cannot be read on is found where it is read for its own sake.
            if let Ok(mut file) = open_plain(&path) {
                let mut piece = vec![0; 1 << 16];
                while let Ok(read @ 1..) = file.read(&mut piece) {
                    hash.bytes(&piece[..read]);
                }
            }
        }
        Value::Table(entries) => entries.values().for_each(|inner| add_files(inner, directory, hash)),
        Value::Array(items) => items.iter().for_each(|inner| add_files(inner, directory, hash)),
        _ => {}
    }
}
