//! Where a figure comes from, and how far it is to be trusted.

use crate::document::{Diagnostics, Node, Table, named, text};
use std::fmt;

/// How far a figure is to be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Read in the provider's own pages or in measured data.
    Verified,
    /// Stated by a third party.
    SecondHand,
    /// Computed here from verified or second-hand figures.
    Derived,
    /// General knowledge, not found in a source.
    Unverified,
    /// Chosen for the model; not a fact.
    Assumption,
}

/// The words that files use.
const WORDS: [(&str, Confidence); 5] = [
    ("verified", Confidence::Verified),
    ("second-hand", Confidence::SecondHand),
    ("derived", Confidence::Derived),
    ("unverified", Confidence::Unverified),
    ("assumption", Confidence::Assumption),
];

impl Confidence {
    /// Reads one of the five words.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Confidence> {
        named(node, diagnostics, "confidence", &WORDS)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(_, value)| value == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}

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
