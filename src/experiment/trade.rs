//! The article's trade, measured: labour for money, along the families, for one app at three sizes.

use super::curve::{CurveProgress, curve};
use super::run::RunError;
use crate::catalogue::Catalogue;
use crate::document::Diagnostics;
use crate::metrics::Estimate;
use crate::scenario::{Scenario, shipped};
use std::sync::atomic::AtomicBool;

/// The shipped scenario of it.
pub const SCENARIO: &str = "labour-for-money";

/// What one family takes at one size of the app.
#[derive(Clone, Debug, PartialEq)]
pub struct Traded {
    /// The case: a family.
    pub family: String,
    /// Hours of labour a month: as they are counted.
    pub hours: f64,
    /// Hours a month from the fewest to the most of their ranges.
    pub range: (f64, f64),
    /// Dollars for a million requests, of the invoice and one's own servers: without labour.
    pub price: f64,
    /// Dollars a month, without labour.
    pub paid: f64,
}

/// The families at one size of the app.
#[derive(Clone, Debug, PartialEq)]
pub struct AtSize {
    /// Requests a month.
    pub requests_per_month: f64,
    /// In the order of the families; those that meet the objective.
    pub families: Vec<Traded>,
}

/// Measures it.
///
/// # Errors
/// Where the scenario cannot be run.
pub fn trade(catalogue: &Catalogue, stop: &AtomicBool) -> Result<Vec<AtSize>, RunError> {
    let mut d = Diagnostics::default();
    let source = shipped::named(SCENARIO, &mut d).ok_or_else(|| RunError::Input(format!("no scenario {SCENARIO}")))?;
    let scenario = Scenario::read(&source.root, &source.directory, catalogue, &mut d);
    let errors: Vec<String> = d.errors().map(|(_, message, _)| message.to_string()).collect();
    let scenario = scenario.filter(|_| errors.is_empty()).ok_or_else(|| RunError::Input(errors.join("; ")))?;
    let found = curve(&scenario, &CurveProgress { done: &|_, _| {}, stop })?;
    let at_size = |(at, traffic): (usize, &f64)| {
        let requests = found.requests_per_month(*traffic);
        let of_case = |case: &super::curve::CaseCurve| {
            let mean = |path: &[&str]| case.estimates(path).get(at).copied().flatten().and_then(|e: Estimate| e.mean);
            let paid = mean(&["invoice_usd", "total"])? + mean(&["owned_usd"])?;
            Some(Traded {
                family: case.name.clone(),
                hours: mean(&["labour_usd", "hours"])?,
                range: (mean(&["labour_usd", "hours_low"])?, mean(&["labour_usd", "hours_high"])?),
                price: paid / requests * 1e6,
                paid,
            })
        };
        AtSize { requests_per_month: requests, families: found.cases.iter().filter_map(of_case).collect() }
    };
    Ok(found.traffic.iter().enumerate().map(at_size).collect())
}
