//! The reasons of an answer about many points: what the cases come to at one of them, in the words of a run.

use super::answer;
use super::curve::order_of;
use super::{CaseResult, ResultDocument};
use crate::experiment::Point;
use crate::metrics::Figures;

/// A point as the result of a case.
pub fn case_of(name: &str, point: &Result<Point, String>) -> CaseResult {
    let mut figures = Figures::new();
    let Ok(point) = point else {
        return CaseResult { name: name.into(), slo_met: Some(false), ..CaseResult::default() };
    };
    point.replications.iter().for_each(|replication| figures.push_paths(replication.figures.iter().cloned()));
    CaseResult {
        name: name.into(),
        size: Some(order_of(point)),
        figures,
        slo_met: point.slo_met,
        unsettled: point.overload.iter().cloned().collect(),
        ..CaseResult::default()
    }
}

/// Which case is the cheapest there, of what its cost is made, what made the next one dearer, and on what that turns.
pub fn sentence(cases: Vec<CaseResult>) -> String {
    answer::of_run(&ResultDocument { cases, ..ResultDocument::default() })
}
