//! How sure one may be of a figure that a file states.

use super::{Diagnostics, Node, named};
use std::fmt;

/// How sure one may be of a figure, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Read in the provider's own page or data.
    Verified,
    /// A third party states it.
    SecondHand,
    /// Computed from figures that are one of the above.
    Derived,
    /// Somebody's own figure, no fact: what a charge is that says nothing.
    Assumption,
    /// Thought to be known, and not checked.
    Unverified,
}

/// The words that stand for them in files.
const NAMES: &[(&str, Confidence)] = &[
    ("verified", Confidence::Verified),
    ("second-hand", Confidence::SecondHand),
    ("derived", Confidence::Derived),
    ("assumption", Confidence::Assumption),
    ("unverified", Confidence::Unverified),
];

impl Confidence {
    /// The word for it.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }

    /// Reads the word.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Confidence> {
        named(node, diagnostics, "degree of confidence", NAMES)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
