//! The scenarios that ship with the program, those of the article's claims among them.

use super::Source;
use super::claim::SECTIONS;
use crate::document::{Diagnostics, Node};
use include_dir::{Dir, include_dir};
use std::path::PathBuf;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// Every shipped scenario that makes a `[claim]`, in the article's order. What is wrong with one is noted.
pub fn claims(diagnostics: &mut Diagnostics) -> Vec<Source> {
    let mut sources: Vec<Source> =
        SHIPPED.files().filter_map(|file| source(file.path(), file.contents_utf8()?, diagnostics)).collect();
    sources.retain(|source| source.root.get("claim").is_some());
    sources.sort_by_key(|source| (section(source), number(source), source.stem.clone()));
    sources
}

/// The shipped scenario of that name.
pub fn named(stem: &str, diagnostics: &mut Diagnostics) -> Option<Source> {
    let file = SHIPPED.get_file(format!("{stem}.toml"))?;
    source(file.path(), file.contents_utf8()?, diagnostics)
}

fn source(path: &std::path::Path, text: &str, diagnostics: &mut Diagnostics) -> Option<Source> {
    if path.extension()? != "toml" {
        return None;
    }
    let id = diagnostics.sources.add(format!("scenarios/{}", path.display()), text);
    let stem = path.file_stem()?.to_str()?.to_string();
    Some(Source { root: Node::parse(id, diagnostics), directory: PathBuf::new(), stem, text: text.to_string() })
}

fn word<'s>(source: &'s Source, key: &str) -> &'s str {
    source.root.get("claim").and_then(|claim| claim.get(key)).and_then(Node::as_str).unwrap_or("")
}

fn section(source: &Source) -> usize {
    SECTIONS.iter().position(|(name, _)| *name == word(source, "section")).unwrap_or(SECTIONS.len())
}

/// The first number of "11 and 12".
fn number(source: &Source) -> u32 {
    word(source, "number").split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse().ok()).unwrap_or(0)
}
