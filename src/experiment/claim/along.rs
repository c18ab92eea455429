//! How a claim comes out along its bound: both sides of what it compares, and where that turns.

use super::between::{Listed, between};
use super::{Verdict, put, read, reading};
use crate::catalogue::Catalogue;
use crate::experiment::run::{Progress, RunError};
use crate::scenario::claim::Claim;
use crate::scenario::map::MapAxis;
use crate::scenario::{Expectation, Scenario, Source};
use std::collections::BTreeMap;

/// Of longer bounds so many values are looked at, evenly spread, and then those between which the verdict turns.
const ALL: usize = 13;
const SPREAD: usize = 9;
/// So often is the middle looked at between the two values where the verdict turns.
const CLOSER: usize = 8;

/// A claim along its bound.
#[derive(Clone, Debug)]
pub struct Along {
    /// The input's path.
    pub path: String,
    /// What it is, in words.
    pub is: String,
    /// The flat name of the figure that is compared.
    pub figure: String,
    /// What the two sides of the comparison are called.
    pub sides: (String, String),
    /// The values that were looked at, in their order.
    pub points: Vec<AtBound>,
}

/// A claim at one value of its bound.
#[derive(Clone, Debug)]
pub struct AtBound {
    /// The value, as people read it.
    pub value: String,
    /// Whether the claim holds there.
    pub holds: bool,
    /// What stands at the left and at the right of the comparison.
    pub sides: (Option<f64>, Option<f64>),
}

/// A claim at one value: whether it holds, and of each of its conditions whether that does and both sides.
type Found = (bool, Vec<(bool, (Option<f64>, Option<f64>))>);

/// Looks at a claim along its bound.
pub(super) fn along(
    source: &Source,
    catalogue: &Catalogue,
    claim: &Claim,
    progress: &Progress<'_>,
) -> Result<Option<Along>, RunError> {
    let Some(bound) = &claim.bound else { return Ok(None) };
    let look = |value: &Listed| look(source, catalogue, bound, value, progress);
    let mut found: BTreeMap<usize, Found> = BTreeMap::new();
    let last = bound.values.len() - 1;
    let wanted = if last < ALL { last } else { SPREAD - 1 };
    for step in 0..=wanted {
        let at = last * step / wanted;
        found.insert(at, look(&bound.values[at])?);
    }
    let looked: Vec<(usize, bool)> = found.iter().map(|(at, (holds, _))| (*at, *holds)).collect();
    for pair in looked.windows(2).filter(|pair| pair[0].1 != pair[1].1) {
        let (mut low, mut high) = (pair[0].0, pair[1].0);
        while high - low > 1 {
            let middle = low.midpoint(high);
            let there = look(&bound.values[middle])?;
            if there.0 == pair[0].1 {
                low = middle
            } else {
                high = middle
            }
            found.insert(middle, there);
        }
    }
    let mut found: Vec<(Listed, Found)> =
        found.into_iter().map(|(at, found)| (bound.values[at].clone(), found)).collect();
    closer(&mut found, &look)?;
    let drawn = decisive(&found);
    let compared = &claim.holds[drawn];
    let point = |(value, (holds, all)): (Listed, Found)| AtBound { value: value.1, holds, sides: all[drawn].1 };
    Ok(Some(Along {
        path: bound.path.clone(),
        is: claim.bound_is.clone(),
        figure: compared.figure().to_string(),
        sides: compared.names(),
        points: found.into_iter().map(point).collect(),
    }))
}

/// Puts two values between those where the verdict turns, closer to where it does, if it turns once and there are such.
fn closer(
    found: &mut Vec<(Listed, Found)>,
    look: &impl Fn(&Listed) -> Result<Found, RunError>,
) -> Result<(), RunError> {
    let turns = |at: &usize| found[*at - 1].1.0 != found[*at].1.0;
    let turns: Vec<usize> = (1..found.len()).filter(turns).collect();
    let [at] = turns[..] else { return Ok(()) };
    let (first, last) = (found[0].0.clone(), found[found.len() - 1].0.clone());
    let (mut low, mut high) = (found[at - 1].clone(), found[at].clone());
    let (was_low, was_high) = (low.0.1.clone(), high.0.1.clone());
    for _ in 0..CLOSER {
        let Some(middle) = between(&low.0, &high.0, (&first, &last)) else { break };
        let there = match look(&middle) {
            Ok(there) => there,
            // A key that does not take what lies between: the values listed are all that there are.
            Err(RunError::Input(_)) => break,
            Err(other) => return Err(other),
        };
        if there.0 == low.1.0 { low = (middle, there) } else { high = (middle, there) }
    }
    let new = [low, high].into_iter().filter(|(value, _)| value.1 != was_low && value.1 != was_high);
    found.splice(at..at, new);
    Ok(())
}

/// The condition that turns along the bound; the first one where none does.
fn decisive(found: &[(Listed, Found)]) -> usize {
    let conditions = found.first().map_or(0, |(_, (_, all))| all.len());
    let turns = |index: &usize| {
        let mut holds = found.iter().map(|(_, (_, all))| all[*index].0);
        let first = holds.next();
        holds.any(|other| Some(other) != first)
    };
    (0..conditions).find(turns).unwrap_or(0)
}

/// The claim at one value of its bound, with those cases alone that it speaks of.
fn look(
    source: &Source,
    catalogue: &Catalogue,
    bound: &MapAxis,
    value: &Listed,
    progress: &Progress<'_>,
) -> Result<Found, RunError> {
    let mut root = source.root.clone();
    if let Some(axis) = &bound.axis {
        put(&mut root, axis, &value.0, catalogue)?;
    }
    let (mut scenario, claim) = read(&root, source, catalogue)?;
    speaks_of(&mut scenario, &claim);
    let there = reading(&scenario, &claim, progress)?;
    let one = |expectation: &Expectation| {
        let outcome = expectation.check(&there.result)?;
        Ok((outcome.holds, expectation.sides(&there.result)?))
    };
    let all: Result<Vec<_>, crate::experiment::expect::Mistake> = claim.holds.iter().map(one).collect();
    Ok((there.holds, all.map_err(|mistake| RunError::Input(mistake.message))?))
}

/// Leaves the cases out that the claim says nothing of: each case stands for itself.
fn speaks_of(scenario: &mut Scenario, claim: &Claim) {
    let figures: Vec<_> = claim.holds.iter().flat_map(Expectation::figures).collect();
    scenario.cases.retain(|case| figures.iter().any(|figure| figure.case == case.name));
    scenario.expectations.clear();
}

impl Along {
    /// The first and the last value that were looked at.
    pub fn ends(&self) -> (&str, &str) {
        let value = |at: usize| self.points.get(at).map_or("", |point| point.value.as_str());
        (value(0), value(self.points.len().saturating_sub(1)))
    }

    /// Where the verdict turns; what it is everywhere, where that is one thing.
    ///
    /// # Errors
    /// Where it turns more than once.
    pub fn turns(&self) -> Result<Option<Verdict>, RunError> {
        let turns: Vec<&[AtBound]> = self.points.windows(2).filter(|pair| pair[0].holds != pair[1].holds).collect();
        match turns[..] {
            [] => Ok(self.points.first().map(|point| if point.holds { Verdict::Holds } else { Verdict::DoesNotHold })),
            [[first, second]] => {
                let (inside, outside) = if first.holds { (first, second) } else { (second, first) };
                Ok(Some(Verdict::HoldsIf {
                    path: self.path.clone(),
                    holds: inside.value.clone(),
                    fails: outside.value.clone(),
                    below: first.holds,
                }))
            }
            _ => {
                let (first, last) = self.ends();
                let message = format!(
                    "[claim] bound: the verdict turns {} times between {first} and {last}: choose values between which it turns once",
                    turns.len()
                );
                Err(RunError::Input(message))
            }
        }
    }
}
