//! The tree is the pipeline: no room of the library knows one that is further down.

use crate::common::root;
use std::path::{Path, PathBuf};

/// The rooms, each of which may know those before it.
const ROOMS: [&str; 20] = [
    "units",
    "memory",
    "files",
    "document",
    "engine",
    "fleet",
    "metrics",
    "workload",
    "schema",
    "import",
    "billing",
    "hosting",
    "simulation",
    "catalogue",
    "scenario",
    "experiment",
    "sweep",
    "report",
    "check",
    "cli",
];

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn no_arrow_points_up() {
    let (root, mut files) = (root().join("src"), Vec::new());
    sources(&root, &mut files);
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap().with_extension("");
        let room = inside.iter().next().and_then(|part| part.to_str()).unwrap().to_string();
        let Some(own) = place(&room) else {
            assert!(["lib", "main"].contains(&room.as_str()), "{room}: where does it stand?");
            continue;
        };
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let known: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                if place(&known).is_some_and(|known| known > own) {
                    wrong.push(format!("{}: {}", inside.display(), line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "upstream knows downstream: {wrong:#?}");
}
