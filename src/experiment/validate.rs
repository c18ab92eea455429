//! What a scenario must hold to be run, beyond being well-formed: apps fit their sizes, sizes fit
//! the servers. (In a curve or a sweep such a point is recorded as infeasible instead.)

use super::deploy::cut;
use crate::document::Diagnostics;
use crate::scenario::{Scenario, SizeChoice};

/// Notes every size that an app, or a server, has no room for, where it is written.
pub fn validate(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    for case in &scenario.cases {
        for plan in &case.deployments {
            if let SizeChoice::Named(size) = &plan.size
                && let Err(message) = cut(plan, size, &scenario.apps[plan.app], &case.fleet)
            {
                let help = format!("choose another size, or another server for case `{}`", case.name);
                diagnostics.error(plan.size_at, message, help);
            }
        }
    }
}
