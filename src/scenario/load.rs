//! Loading a scenario from a file.

use super::Scenario;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, SourceId};
use std::path::{Path, PathBuf};

/// A scenario's file: its tree, from which variants can be made, and where it stands.
#[derive(Clone, Debug)]
pub struct Source {
    /// The tree.
    pub root: Node,
    /// The directory that paths in it start from.
    pub directory: PathBuf,
    /// The file's name without its ending.
    pub stem: String,
    /// The file's text.
    pub text: String,
}

/// Reads a scenario file; `-` is standard input. Every error is noted in `diagnostics`.
pub fn load_file(path: &Path, catalogue: &Catalogue, diagnostics: &mut Diagnostics) -> Option<(Source, Scenario)> {
    let before = diagnostics.count();
    let source = read_source(path, diagnostics)?;
    if diagnostics.count() > before {
        return None;
    }
    let scenario = Scenario::read(&source.root, &source.directory, catalogue, diagnostics)?;
    Some((source, scenario))
}

/// Reads a file's text into a tree.
pub fn read_source(path: &Path, diagnostics: &mut Diagnostics) -> Option<Source> {
    let text = match read_text(path) {
        Ok(text) => text,
        Err(error) => {
            let id = diagnostics.sources.add(path.display().to_string(), "");
            diagnostics.error(Origin::new(id, 0..0), format!("this file cannot be read: {error}"), "");
            return None;
        }
    };
    let id: SourceId = diagnostics.sources.add(path.display().to_string(), text.clone());
    let root = Node::parse(id, diagnostics);
    let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("scenario").to_string();
    Some(Source { root, directory, stem, text })
}

fn read_text(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        return std::io::read_to_string(std::io::stdin());
    }
    let bytes = std::fs::read(path)?;
    let text = String::from_utf8(bytes);
    text.map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}
