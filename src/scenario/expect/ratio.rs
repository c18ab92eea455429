//! A figure of a case, or the quotient of two: the number that decides a claim.

use super::{Figure, Mistake};
use crate::document::{Diagnostics, Node, text};
use crate::metrics::Estimate;
use crate::report::ResultDocument;

/// `vm.requests_served`, or `vm.requests_served / bare-metal.requests_served`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    over: Figure,
    under: Option<Figure>,
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

    /// Its estimate: of the replications' own quotients, since all cases see the same requests.
    ///
    /// # Errors
    /// Names a figure that the case does not have.
    pub fn estimate(&self, result: &ResultDocument) -> Result<Estimate, Mistake> {
        let over = self.over.values(result)?;
        let Some(under) = &self.under else { return Ok(Estimate::of(&over)) };
        let quotient =
            |(over, under): (&Option<f64>, &Option<f64>)| Some((*over)? / under.filter(|under| *under != 0.0)?);
        Ok(Estimate::of(&over.iter().zip(&under.values(result)?).map(quotient).collect::<Vec<_>>()))
    }

    /// The same figure of every case that has it, to be drawn beside each other.
    pub fn beside(&self, result: &ResultDocument) -> Vec<(String, Estimate)> {
        let of = |case: &crate::report::CaseResult| {
            let figure = Figure { case: case.name.clone(), ..self.over.clone() };
            Some((case.name.clone(), Estimate::of(&figure.values(result).ok()?)))
        };
        result.cases.iter().filter_map(of).collect()
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
