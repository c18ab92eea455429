//! Finding models by name: the embedded files, a directory's, a scenario's own; and `extends`.

use super::known::Known;
use crate::billing::usage::Models;
use crate::document::{Diagnostics, Node, Origin as Place, SourceId, Value, suggest, suggest_model};
use crate::fleet::ServerKind;
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/models");

/// The most files and directories that are looked at in a directory of models: links may lead round in it.
const MOST_ENTRIES: usize = 10_000;

/// Where a model comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Embedded in the binary.
    BuiltIn,
    /// A file of a directory given with `--models`.
    Directory,
    /// The scenario or usage file itself.
    Inline,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Shared: every scenario with models of its own has a catalogue of its own.
    node: Arc<Node>,
    origin: Origin,
}

/// All models and server kinds that can be named.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    models: BTreeMap<String, Entry>,
    servers: BTreeMap<String, Entry>,
    pub(super) known: Known,
}

impl Catalogue {
    /// The embedded catalogue, and the files of a directory where one is given. Files of
    /// `servers/` are server kinds, those of other directories are models; the file's stem is
    /// the name.
    pub fn load(directory: Option<&Path>, diagnostics: &mut Diagnostics) -> Catalogue {
        let mut catalogue = Catalogue::default();
        catalogue.add_embedded(&EMBEDDED, diagnostics);
        if let Some(directory) = directory {
            catalogue.add_directory(directory, directory, &mut { MOST_ENTRIES }, diagnostics);
        }
        catalogue
    }

    /// Adds the models of a scenario's `[model.NAME]` tables.
    pub fn add_inline(&mut self, models: &Node) {
        for (name, node) in models.as_table().into_iter().flatten() {
            self.models.insert(name.clone(), Entry { node: Arc::new(node.clone()), origin: Origin::Inline });
        }
    }

    /// The names of all models, in alphabetical order, with their origins.
    pub fn models(&self) -> impl Iterator<Item = (&str, Origin)> {
        self.models.iter().map(|(name, entry)| (name.as_str(), entry.origin))
    }

    /// The names of all server kinds.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.servers.keys().map(String::as_str)
    }

    /// Reads a kind of server: a name of the catalogue's, or a table.
    pub fn read_server(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<ServerKind> {
        let Value::String(name) = &node.value else { return ServerKind::read(node, diagnostics) };
        match self.servers.get(name) {
            Some(entry) => ServerKind::read(&entry.node, diagnostics).map(|kind| ServerKind {
                name: name.clone(),
                own_speed: false,
                ..kind
            }),
            None => {
                let help = suggest(name, self.servers());
                diagnostics.error(node.at, format!("there is no kind of server `{name}`"), help);
                None
            }
        }
    }

    /// A model's table as it was written.
    pub fn written(&self, name: &str) -> Option<&Node> {
        self.models.get(name).map(|entry| &*entry.node)
    }

    /// Whether a model, and all that it extends, is the catalogue's own, so that every scenario
    /// finds the same under its name.
    pub(super) fn is_own(&self, name: &str) -> bool {
        let mut next = Some(name);
        // A chain longer than the catalogue goes round in a circle.
        for _ in 0..=self.models.len() {
            let Some(name) = next else { return true };
            match self.models.get(name) {
                Some(entry) if entry.origin != Origin::Inline => {
                    next = entry.node.get("extends").and_then(Node::as_str);
                }
                _ => return false,
            }
        }
        false
    }

    /// A model's table with all that it extends merged in. `at` is where the name stands, for
    /// errors: an unknown name, or a cycle.
    pub fn resolve(&self, name: &str, at: Place, diagnostics: &mut Diagnostics) -> Option<Node> {
        self.resolve_after(name, at, &mut Vec::new(), diagnostics)
    }

    fn resolve_after(
        &self,
        name: &str,
        at: Place,
        chain: &mut Vec<String>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        let Some(entry) = self.models.get(name) else {
            let help = suggest_model(name, self.models.keys().map(String::as_str));
            diagnostics.error(at, format!("there is no model `{name}`"), help);
            return None;
        };
        if chain.iter().any(|earlier| earlier == name) {
            let cycle = chain.join(" → ");
            diagnostics.error(at, format!("`extends` goes round in a circle: {cycle} → {name}"), "");
            return None;
        }
        chain.push(name.to_string());
        let Some(extends) = entry.node.get("extends") else { return Some(Node::clone(&entry.node)) };
        let Some(base_name) = extends.as_str() else {
            diagnostics.error(extends.at, "expected the name of a model", "");
            return None;
        };
        let mut base = self.resolve_after(base_name, extends.at, chain, diagnostics)?;
        merge(&mut base, &entry.node, &[]);
        Some(base)
    }

    fn add_embedded(&mut self, directory: &'static Dir<'static>, diagnostics: &mut Diagnostics) {
        for file in directory.files().filter(|f| f.path().extension().is_some_and(|e| e == "toml")) {
            let text = file.contents_utf8().unwrap_or_default();
            let source = diagnostics.sources.add(format!("models/{}", file.path().display()), text);
            self.add(file.path(), source, Origin::BuiltIn, diagnostics);
        }
        for inner in directory.dirs() {
            self.add_embedded(inner, diagnostics);
        }
    }

    fn add_directory(&mut self, root: &Path, directory: &Path, left: &mut usize, diagnostics: &mut Diagnostics) {
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => {
                let source = diagnostics.sources.add(directory.display().to_string(), "");
                let message = format!("the directory of models cannot be read: {error}");
                return diagnostics.error(Place::new(source, 0..0), message, "");
            }
        };
        let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|e| e.path())).take(*left).collect();
        *left -= paths.len();
        if *left == 0 {
            let source = diagnostics.sources.add(directory.display().to_string(), "");
            let message =
                format!("this is no directory of models: it holds more than {MOST_ENTRIES} files and directories");
            return diagnostics.error(Place::new(source, 0..0), message, "name the directory that holds the models");
        }
        paths.sort();
        for path in paths {
            if path.is_dir() {
                self.add_directory(root, &path, left, diagnostics);
            } else if path.extension().is_some_and(|e| e == "toml") {
                self.add_file(root, &path, diagnostics);
            }
        }
    }

    fn add_file(&mut self, root: &Path, path: &Path, diagnostics: &mut Diagnostics) {
        match crate::document::read_plain_text(path, crate::document::LONGEST_TOML) {
            Ok(text) => {
                let source = diagnostics.sources.add(path.display().to_string(), text);
                let relative = path.strip_prefix(root).unwrap_or(path).to_path_buf();
                self.add(&relative, source, Origin::Directory, diagnostics);
            }
            Err(error) => {
                let source = diagnostics.sources.add(path.display().to_string(), "");
                diagnostics.error(Place::new(source, 0..0), format!("this file cannot be read: {error}"), "");
            }
        }
    }

    fn add(&mut self, path: &Path, source: SourceId, origin: Origin, diagnostics: &mut Diagnostics) {
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) else { return };
        let is_server = path.parent().is_some_and(|parent| parent.ends_with("servers"));
        // Data files at the root of the embedded catalogue are not models.
        if origin == Origin::BuiltIn && path.parent().is_none_or(|parent| parent.as_os_str().is_empty()) {
            return;
        }
        let node = Node::parse(source, diagnostics);
        let shelf = if is_server { &mut self.servers } else { &mut self.models };
        shelf.insert(name.to_string(), Entry { node: Arc::new(node), origin });
    }
}

/// The keys under which a table holds one kind: a new kind replaces the old with its parameters.
const KINDS: &[&str] = &["isolation", "scaling", "keep-alive", "time"];

/// Merges `over` into `base`: tables merge, lists are replaced whole, charges merge by name, and
/// a new kind replaces the old.
fn merge(base: &mut Node, over: &Node, path: &[&str]) {
    base.key = over.key;
    base.at = over.at;
    let (Value::Table(entries), Value::Table(added)) = (&mut base.value, &over.value) else {
        base.value = over.value.clone();
        return;
    };
    for (key, node) in added {
        let under: Vec<&str> = path.iter().copied().chain([key.as_str()]).collect();
        match entries.get_mut(key) {
            Some(existing) if key == "charge" && path.is_empty() => merge_charges(existing, node),
            Some(existing) if replaces_kind(key, existing, node) => *existing = node.clone(),
            Some(existing) => merge(existing, node, &under),
            None => {
                entries.insert(key.clone(), node.clone());
            }
        }
    }
    if path.is_empty() {
        entries.shift_remove("extends");
    }
}

fn replaces_kind(key: &str, old: &Node, new: &Node) -> bool {
    let kind = |node: &Node| node.as_table().and_then(|table| table.keys().next().cloned());
    KINDS.contains(&key) && kind(old) != kind(new)
}

/// The keys of a charge that say its price in one way or another: a new one replaces the old.
const PRICES: &[&str] = &["price", "tiers", "volume-tiers", "spot"];

fn merge_charges(base: &mut Node, over: &Node) {
    let (Value::Array(charges), Value::Array(added)) = (&mut base.value, &over.value) else {
        base.value = over.value.clone();
        return;
    };
    for charge in added {
        let name = charge.get("name").and_then(Node::as_str);
        let same = |old: &&mut Node| name.is_some() && old.get("name").and_then(Node::as_str) == name;
        match charges.iter_mut().find(same) {
            Some(old) => {
                if let (Value::Table(old), Some(new)) = (&mut old.value, charge.as_table())
                    && new.keys().any(|key| PRICES.contains(&key.as_str()))
                {
                    old.retain(|key, _| !PRICES.contains(&key.as_str()) || new.contains_key(key));
                }
                merge(old, charge, &["charge"]);
            }
            None => charges.push(charge.clone()),
        }
    }
}

/// Usage files find their models here. Their texts are among the sources of the diagnostics with
/// which the catalogue was loaded: the usage file must be read with the same.
impl Models for Catalogue {
    fn names(&self) -> Vec<String> {
        self.models.keys().cloned().collect()
    }

    fn model(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
        let at = self.models.get(name)?.node.at;
        self.resolve(name, at, diagnostics)
    }

    fn extended(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Node> {
        let Some(extends) = node.get("extends") else { return Some(node.clone()) };
        let Some(name) = extends.as_str() else {
            diagnostics.error(extends.at, "expected the name of a model", "");
            return None;
        };
        let mut base = self.resolve(name, extends.at, diagnostics)?;
        merge(&mut base, node, &[]);
        Some(base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(text: &str) -> (Catalogue, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("models.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let mut catalogue = Catalogue::default();
        catalogue.add_inline(&node);
        (catalogue, diagnostics)
    }

    #[test]
    fn what_extends_is_merged_as_the_contract_says() {
        let (catalogue, mut diagnostics) = catalogue(
            r#"
            [base]
            manages = ["application", "runtime"]
            keep-alive.fixed = "10 min"
            size.small = { cpu = 1, memory = "1 GiB" }
            charge = [{ name = "a", price = "1", free = 5 }, { name = "b", price = "2" }]
            [more]
            extends = "base"
            manages = ["application"]
            keep-alive = "none"
            size.large = { cpu = 2, memory = "2 GiB" }
            size.small.cpu = 3
            charge = [{ name = "b", tiers = [{ price = "3" }] }, { name = "c", price = "4" }]
            "#,
        );
        let at = Place::new(SourceId(0), 0..0);
        let node = catalogue.resolve("more", at, &mut diagnostics).unwrap();
        assert_eq!(
            node.to_toml(),
            "{ manages = [\"application\"], keep-alive = \"none\", size = { small = { cpu = 3, memory = \"1 GiB\" }, \
             large = { cpu = 2, memory = \"2 GiB\" } }, charge = [{ name = \"a\", price = \"1\", free = 5 }, \
             { name = \"b\", tiers = [{ price = \"3\" }] }, { name = \"c\", price = \"4\" }] }"
        );
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn cycles_and_unknown_names_are_errors() {
        let (catalogue, mut diagnostics) = catalogue("a.extends = \"b\"\nb.extends = \"a\"\nc.extends = \"aa\"\n");
        let at = Place::new(SourceId(0), 0..1);
        assert!(catalogue.resolve("a", at, &mut diagnostics).is_none());
        assert!(catalogue.resolve("c", at, &mut diagnostics).is_none());
        let shown = diagnostics.render(false);
        assert!(shown.contains("circle: a → b → a") && shown.contains("did you mean `a`?"), "{shown}");
    }
}
