//! How sure one may be of a price.

pub use crate::document::Confidence;

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
