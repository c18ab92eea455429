//! A claim of the article judged: its number, its verdict, where that turns, and whether it survives its mutation.

mod along;
mod badge;
mod between;

pub use along::{Along, AtBound};

use super::result::ResultDocument;
use super::run::{Progress, RunError, RunOptions, run};
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node};
use crate::metrics::Estimate;
use crate::scenario::axis::Axis;
use crate::scenario::claim::{Badge, Claim};
use crate::scenario::{Expectation, Scenario, Source};
use along::along;

/// Whether a claim holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does up to a value of an input, or from one on.
    HoldsIf {
        /// The input's path.
        path: String,
        /// The last value of those looked at with which it holds: its values are listed, and halved between those.
        holds: String,
        /// The next one, with which it does not.
        fails: String,
        /// Whether it holds for the smaller values.
        below: bool,
    },
    /// It does not.
    DoesNotHold,
}

/// A claim that has been judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The claim.
    pub claim: Claim,
    /// The scenario's file name without its ending.
    pub stem: String,
    /// The scenario's title.
    pub title: String,
    /// The number that decides.
    pub number: Estimate,
    /// The figure that it is about, of every case.
    pub beside: Vec<(String, Estimate)>,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it holds with the scenario's own value of its bound.
    pub here: bool,
    /// What its verdict rests on, as it was found to be.
    pub badge: Badge,
    /// How it comes out along its bound, where it has one.
    pub along: Option<Along>,
    /// The scenario as it is written.
    pub text: String,
    /// What was compared, with the numbers found.
    pub because: Vec<String>,
    /// The digest of the run.
    pub digest: String,
}

/// How a mutated claim came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutated {
    /// The verdict is another: what was compared.
    Broken(String),
    /// The verdict is the same, so that the claim does not rest on what it says that it rests on.
    Survived,
}

/// What a claim's scenario says under some inputs.
struct Reading {
    holds: bool,
    because: Vec<String>,
    result: ResultDocument,
}

/// Judges the claim of a scenario.
///
/// # Errors
/// Where the scenario cannot be run, or a figure is not there.
pub fn judge(source: &Source, catalogue: &Catalogue, progress: &Progress<'_>) -> Result<Judged, RunError> {
    let (scenario, claim) = read(&source.root, source, catalogue)?;
    let found = reading(&scenario, &claim, progress)?;
    let along = along(source, catalogue, &claim, progress)?;
    let verdict = match along.as_ref().map(Along::turns).transpose()?.flatten() {
        Some(turns) => turns,
        None if found.holds => Verdict::Holds,
        None => Verdict::DoesNotHold,
    };
    let number = claim.decides.estimate(&found.result).map_err(|mistake| RunError::Input(mistake.message))?;
    let badge = badge::found(source, catalogue, &claim, &number, progress)?;
    Ok(Judged {
        beside: claim.decides.beside(&found.result),
        claim,
        stem: source.stem.clone(),
        title: scenario.title,
        number,
        verdict,
        here: found.holds,
        badge,
        along,
        text: source.text.clone(),
        because: found.because,
        digest: found.result.digest,
    })
}

/// Puts the claim's mutation into its scenario, and says whether that breaks it.
///
/// # Errors
/// As [`judge`].
pub fn mutate(source: &Source, catalogue: &Catalogue, progress: &Progress<'_>) -> Result<Mutated, RunError> {
    let (scenario, claim) = read(&source.root, source, catalogue)?;
    let before = reading(&scenario, &claim, progress)?;
    let mut root = source.root.clone();
    for (axis, value) in &claim.mutation {
        put(&mut root, axis, value, catalogue)?;
    }
    let (scenario, _) = read(&root, source, catalogue)?;
    let after = reading(&scenario, &claim, progress)?;
    if before.holds == after.holds {
        return Ok(Mutated::Survived);
    }
    let words = if after.holds { "it holds" } else { "it does not hold" };
    Ok(Mutated::Broken(format!("{words}: {}", after.because.join("; "))))
}

fn read(root: &Node, source: &Source, catalogue: &Catalogue) -> Result<(Scenario, Claim), RunError> {
    let mut diagnostics = Diagnostics::default();
    let scenario = Scenario::read(root, &source.directory, catalogue, &mut diagnostics);
    let errors: Vec<String> = diagnostics.errors().map(|(_, message, _)| message.to_string()).collect();
    let scenario = scenario.filter(|_| errors.is_empty()).ok_or_else(|| RunError::Input(errors.join("; ")))?;
    let claim = scenario.claim.clone().ok_or_else(|| RunError::Input("this scenario makes no [claim]".into()))?;
    Ok((scenario, claim))
}

fn put(root: &mut Node, axis: &Axis, value: &Node, catalogue: &Catalogue) -> Result<(), RunError> {
    let put = match axis.unknown_charge(root, catalogue) {
        Some(unknown) => Err(unknown),
        None => axis.put(root, value),
    };
    put.map_err(|(message, _)| RunError::Input(message))
}

fn reading(scenario: &Scenario, claim: &Claim, progress: &Progress<'_>) -> Result<Reading, RunError> {
    let result = run(scenario, &RunOptions::default(), progress)?;
    let check =
        |expectation: &Expectation| expectation.check(&result).map_err(|mistake| RunError::Input(mistake.message));
    let of_claim = claim.holds.iter().map(check).collect::<Result<Vec<_>, _>>()?;
    Ok(Reading {
        holds: of_claim.iter().all(|outcome| outcome.holds),
        because: of_claim.iter().map(|outcome| outcome.text.clone()).collect(),
        result,
    })
}
