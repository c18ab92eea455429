//! A claim of the article judged: its number, its verdict, where that turns, and whether it survives its mutation.

use super::result::ResultDocument;
use super::run::{Progress, RunError, RunOptions, run};
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node};
use crate::metrics::Estimate;
use crate::scenario::axis::Axis;
use crate::scenario::claim::Claim;
use crate::scenario::{Expectation, Scenario, Source};

/// Whether a claim holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It does up to a value of an input, or from one on.
    HoldsIf {
        /// The input's path.
        path: String,
        /// The last value of those looked at with which it holds.
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
    /// What was compared, with the numbers found.
    pub because: Vec<String>,
    /// The digest of the run.
    pub digest: String,
}

/// How a mutated claim came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mutated {
    /// The verdict is another, or an expectation of the scenario fails: what it was.
    Broken(String),
    /// Nothing changed, so that the claim does not rest on what it says that it rests on.
    Survived,
}

/// What a claim's scenario says under some inputs.
struct Reading {
    holds: bool,
    because: Vec<String>,
    failed: Option<String>,
    result: ResultDocument,
}

/// Judges the claim of a scenario.
///
/// # Errors
/// Where the scenario cannot be run, or a figure is not there.
pub fn judge(source: &Source, catalogue: &Catalogue, progress: &Progress<'_>) -> Result<Judged, RunError> {
    let (scenario, claim) = read(&source.root, source, catalogue)?;
    let found = reading(&scenario, &claim, progress)?;
    let verdict = match turn(source, catalogue, &claim, found.holds, progress)? {
        Some(turns) => turns,
        None if found.holds => Verdict::Holds,
        None => Verdict::DoesNotHold,
    };
    let number = claim.decides.estimate(&found.result).map_err(|mistake| RunError::Input(mistake.message))?;
    Ok(Judged {
        beside: claim.decides.beside(&found.result),
        claim,
        stem: source.stem.clone(),
        title: scenario.title,
        number,
        verdict,
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
    if before.holds != after.holds {
        let words = if after.holds { "it holds" } else { "it does not hold" };
        return Ok(Mutated::Broken(format!("{words}: {}", after.because.join("; "))));
    }
    Ok(after.failed.filter(|_| before.failed.is_none()).map_or(Mutated::Survived, Mutated::Broken))
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
    // A mutation may take away a figure that the scenario expects something of: that fails it too.
    let fails = |expectation: &Expectation| match expectation.check(&result) {
        Ok(outcome) => Some(outcome.text).filter(|_| !outcome.holds),
        Err(mistake) => Some(mistake.message),
    };
    Ok(Reading {
        holds: of_claim.iter().all(|outcome| outcome.holds),
        because: of_claim.iter().map(|outcome| outcome.text.clone()).collect(),
        failed: scenario.expectations.iter().find_map(fails),
        result,
    })
}

/// Where the verdict turns between the first and the last value of the claim's bound: the two neighbouring values
/// between which it does, found by halving.
fn turn(
    source: &Source,
    catalogue: &Catalogue,
    claim: &Claim,
    here: bool,
    progress: &Progress<'_>,
) -> Result<Option<Verdict>, RunError> {
    let Some((bound, axis)) = claim.bound.as_ref().and_then(|bound| Some((bound, bound.axis.as_ref()?))) else {
        return Ok(None);
    };
    let holds = |at: usize| {
        let mut root = source.root.clone();
        put(&mut root, axis, &bound.values[at].0, catalogue)?;
        let (scenario, claim) = read(&root, source, catalogue)?;
        Ok(reading(&scenario, &claim, progress)?.holds)
    };
    let (mut low, mut high) = (0, bound.values.len() - 1);
    let below = holds(low)?;
    if holds(high)? == below {
        return Ok(if below == here { None } else { Some(if below { Verdict::Holds } else { Verdict::DoesNotHold }) });
    }
    while high - low > 1 {
        let middle = low.midpoint(high);
        if holds(middle)? == below { low = middle } else { high = middle }
    }
    let shown = |at: usize| bound.values[at].1.clone();
    let (inside, outside) = if below { (low, high) } else { (high, low) };
    Ok(Some(Verdict::HoldsIf { path: bound.path.clone(), holds: shown(inside), fails: shown(outside), below }))
}
