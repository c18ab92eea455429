//! The catalogue as usage files look it up.

use crate::billing::usage::Models;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, SourceId};

/// The catalogue, for usage files.
pub struct ByName<'c>(pub &'c Catalogue);

impl Models for ByName<'_> {
    fn names(&self) -> Vec<String> {
        self.0.models().map(|(name, _)| name.to_string()).collect()
    }

    fn model(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Node> {
        self.0.written(name)?;
        self.0.resolve(name, Origin::new(SourceId(0), 0..0), diagnostics)
    }
}
