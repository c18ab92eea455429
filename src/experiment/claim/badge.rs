//! What a claim's verdict rests on, found and not believed.

use super::{read, reading};
use crate::catalogue::Catalogue;
use crate::document::{Node, Value};
use crate::experiment::run::{Progress, RunError};
use crate::metrics::figure::of_any_app;
use crate::metrics::{Estimate, Unit};
use crate::scenario::Source;
use crate::scenario::claim::{Badge, Claim};

/// What is less than this part of a number is no difference.
const EQUAL: f64 = 1e-9;

/// The badge that the number earns: *assumed* where the claim names an input that was typed in, *arithmetic* where it is
/// money alone and the same with other random numbers, *measured* else.
///
/// # Errors
/// Where the claim says otherwise.
pub(super) fn found(
    source: &Source,
    catalogue: &Catalogue,
    claim: &Claim,
    number: &Estimate,
    progress: &Progress<'_>,
) -> Result<Badge, RunError> {
    let is_money = |name: &str| of_any_app(name).is_some_and(|figure| figure.unit == Unit::Dollars);
    let found = if !claim.assumes.is_empty() {
        Badge::Assumed
    } else if claim.decides.figures().all(|figure| is_money(&figure.name))
        && same(number, &with_another_seed(source, catalogue, progress)?)
    {
        Badge::Arithmetic
    } else {
        Badge::Measured
    };
    if found == claim.badge {
        return Ok(found);
    }
    Err(RunError::Input(format!(
        "[claim] says that it is {}, and it is {}: {}",
        claim.badge.word(),
        found.word(),
        match found {
            Badge::Assumed => "it names an input that was typed in",
            Badge::Arithmetic => "its number is money, and the same whatever is drawn",
            Badge::Measured => "its number comes out of a simulation",
        }
    )))
}

fn same(one: &Estimate, other: &Estimate) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= EQUAL * a.abs().max(b.abs());
    let exact = |estimate: &Estimate| estimate.ci95.is_none_or(|half| half == 0.0);
    exact(one) && exact(other) && matches!((one.mean, other.mean), (Some(a), Some(b)) if near(a, b))
}

/// The number that decides, with other random numbers.
fn with_another_seed(source: &Source, catalogue: &Catalogue, progress: &Progress<'_>) -> Result<Estimate, RunError> {
    const ANOTHER: i64 = 20_170_801;
    let mut root = source.root.clone();
    root.set_path(&["run".into(), "seed".into()], Node::synthetic(Value::Integer(Some(ANOTHER)), root.at));
    let (scenario, claim) = read(&root, source, catalogue)?;
    let result = reading(&scenario, &claim, progress)?.result;
    claim.decides.estimate(&result).map_err(|mistake| RunError::Input(mistake.message))
}
