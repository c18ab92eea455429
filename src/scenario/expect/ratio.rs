//! A figure of a case, or the quotient of two: the number that decides a claim.

use super::Figure;
use crate::document::{Diagnostics, Node, text};

/// `vm.requests_served`, or `vm.requests_served / bare-metal.requests_served`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    pub(crate) over: Figure,
    pub(crate) under: Option<Figure>,
    /// As it is written.
    pub written: String,
}

impl Ratio {
    /// Reads it; `cases` are the names there are.
    pub fn read(node: &Node, cases: &[&str], diagnostics: &mut Diagnostics) -> Option<Ratio> {
        let written = text(node, diagnostics)?;
        let (over, under) = match written.split_once(" / ") {
            Some((over, under)) => (over, Some(under)),
            None => (written.as_str(), None),
        };
        let over = Figure::read(over.trim(), node.at, cases, diagnostics);
        let under = match under {
            Some(under) => Some(Figure::read(under.trim(), node.at, cases, diagnostics)?),
            None => None,
        };
        Some(Ratio { over: over?, under, written })
    }

    /// The figures that it names.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        std::iter::once(&self.over).chain(&self.under)
    }

    /// Whether it is the quotient of two figures.
    pub fn is_quotient(&self) -> bool {
        self.under.is_some()
    }

    /// The flat name of the figure that it is about.
    pub fn figure(&self) -> &str {
        &self.over.name
    }
}
