//! Who waits where and for how long, by model, with the source of each term: a table.

use super::entry::Entry;
use crate::cli::grid::{Cell, Grid};
use hostsim::document::Confidence;

/// A row for each term of each model that is in force.
pub fn table(entries: &[Entry]) -> Grid {
    let mut grid = Grid::new(&[
        ("name", "Name"),
        ("term", "Term"),
        ("value", "Value"),
        ("confidence", "Confidence"),
        ("source", "Source"),
    ]);
    for entry in entries {
        for (term, value) in entry.model.terms_in_force() {
            let basis = entry.model.basis_of(term);
            let confidence = basis.map_or(Confidence::Assumption, |basis| basis.confidence).name();
            let source = basis.map_or("", |basis| basis.source.as_str());
            grid.push(
                [&entry.model.name, term, &value, confidence, source].map(|text: &str| Cell::text(text)).to_vec(),
            );
        }
    }
    grid
}
