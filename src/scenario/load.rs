//! Loading a scenario from a file.

use super::Scenario;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, LONGEST_TOML, Node, Origin, SourceId, read_all, read_bounded, suggest};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::string::FromUtf8Error;

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
    let text = match read_bytes(path) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|error| not_text(path, &error, diagnostics)).ok()?,
        Err(error) => {
            let (message, help) = unreadable(path, &error);
            diagnostics.unreadable(path.display().to_string(), message, help);
            return None;
        }
    };
    let id: SourceId = diagnostics.sources.add(path.display().to_string(), text.clone());
    let root = Node::parse(id, diagnostics);
    let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("scenario").to_string();
    Some(Source { root, directory, stem, text })
}

fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    if path == Path::new("-") {
        return read_all(std::io::stdin().lock(), LONGEST_TOML);
    }
    read_bounded(path, LONGEST_TOML)
}

/// Why a file cannot be read, and what to do about it.
fn unreadable(path: &Path, error: &Error) -> (String, String) {
    match error.kind() {
        ErrorKind::NotFound => {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().take(1_000);
            let beside: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
            let files = beside.iter().map(String::as_str).filter(|file| file.ends_with(".toml"));
            let near = suggest(name, files);
            ("no such file".into(), if near.starts_with("did you mean") { near } else { String::new() })
        }
        ErrorKind::IsADirectory => ("this is a directory".into(), "name a file in it".into()),
        ErrorKind::FileTooLarge => {
            let help = "points of a sweep and long lists can stand in files of their own";
            (error.to_string().replace("it is", "this file is"), help.into())
        }
        ErrorKind::PermissionDenied => ("this file may not be read (permission denied)".into(), String::new()),
        _ => (format!("this file cannot be read: {error}"), String::new()),
    }
}

/// Notes where a file's text ceases to be UTF-8.
fn not_text(path: &Path, error: &FromUtf8Error, diagnostics: &mut Diagnostics) {
    let bytes = error.as_bytes();
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let help = "save the file as UTF-8 (in Windows' Notepad: Save as, Encoding)";
        return diagnostics.unreadable(path.display().to_string(), "this is UTF-16 text", help);
    }
    if bytes.iter().take(512).any(|byte| *byte == 0) {
        let help = "a scenario is a text file, in TOML";
        return diagnostics.unreadable(path.display().to_string(), "this is no text", help);
    }
    let valid = error.utf8_error().valid_up_to();
    let shown = String::from_utf8_lossy(bytes).into_owned();
    let replaced = char::REPLACEMENT_CHARACTER.len_utf8();
    let id = diagnostics.sources.add(path.display().to_string(), shown);
    let at = Origin::new(id, valid..valid + replaced);
    diagnostics.error(at, "this is not UTF-8 text", "save the file as UTF-8");
}
