//! How sure one may be of a price.

use crate::document::{Diagnostics, Node, named};

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
pub const NAMES: &[(&str, Confidence)] = &[
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

/// The confidence in a charge's price: one for all sizes, or by size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confidences {
    /// Of the sizes that have none of their own.
    pub rest: Confidence,
    /// Of single sizes, by their index.
    pub by_size: Vec<(usize, Confidence)>,
}

impl Confidences {
    /// The same for all sizes.
    pub fn all(rest: Confidence) -> Confidences {
        Confidences { rest, by_size: Vec::new() }
    }

    /// The confidence in the price of a size (or in the price as such).
    pub fn of(&self, size: Option<usize>) -> Confidence {
        self.by_size.iter().find(|(index, _)| Some(*index) == size).map_or(self.rest, |(_, value)| *value)
    }
}
