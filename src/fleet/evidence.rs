//! Where a figure comes from, and how far it is to be trusted.

pub use crate::document::Confidence;
use crate::document::{Diagnostics, Node, Table, text};

/// The source of a figure and the confidence in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where the figure was found, in words.
    pub source: String,
    /// How far it is to be trusted.
    pub confidence: Confidence,
}

impl Evidence {
    /// Evidence in words of the program's own, for a default.
    pub fn of(confidence: Confidence, source: &str) -> Evidence {
        Evidence { source: source.to_string(), confidence }
    }

    /// Reads `{ source = "…", confidence = "verified" }`; both must be there.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Evidence> {
        let mut table = Table::of(node, diagnostics)?;
        let evidence = Evidence::read_keys(&mut table, diagnostics);
        table.finish(diagnostics);
        evidence
    }

    /// Reads the keys `source` and `confidence` of a table that holds other keys too.
    pub fn read_keys(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> Option<Evidence> {
        let source = table.required("source", diagnostics, text);
        let confidence = table.required("confidence", diagnostics, Confidence::read);
        Some(Evidence { source: source?, confidence: confidence? })
    }
}
