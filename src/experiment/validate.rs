//! What a scenario must hold to be run, beyond being well-formed: apps fit their sizes, sizes fit
//! the servers. (In a curve or a sweep such a point is recorded as infeasible instead.)

use super::demand::refuse_endless;
use super::deploy::{Order, cut};
use crate::document::Diagnostics;
use crate::metrics::figure;
use crate::scenario::{App, Scenario, SizeChoice, unknown_figure};
use crate::units::percentile;

/// Notes every size that an app, or a server, has no room for, where it is written.
pub fn validate(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    unsizable(scenario, diagnostics);
    unknown_figures(scenario, diagnostics);
    endless(scenario, diagnostics);
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

/// Notes more requests than are ever simulated, at the app that has most.
fn endless(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    if let Err(message) = refuse_endless(scenario, 1.0) {
        let most = scenario.apps.iter().max_by(|a, b| a.workload.mean_rate().total_cmp(&b.workload.mean_rate()));
        if let Some(app) = most {
            diagnostics.error(app.at, format!("`{}`: {message}", app.name), "");
        }
    }
}

/// Notes what is to be sized to an objective that its app does not state.
fn unsizable(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    for plan in scenario.cases.iter().flat_map(|case| &case.deployments) {
        let app = &scenario.apps[plan.app];
        if Order::stated(plan).is_none() && app.slo.is_empty() {
            let message = format!("the app `{}` states no `slo` that an order could be sized to", app.name);
            let help = "add one, such as slo = { p99 = \"500 ms\" }, or state the size and the number of instances";
            diagnostics.error(plan.size_at, message, help);
        }
    }
}

/// Notes claims about figures that no case can have.
fn unknown_figures(scenario: &Scenario, diagnostics: &mut Diagnostics) {
    let apps: Vec<&str> = scenario.apps.iter().map(|app| app.name.as_str()).collect();
    let of_claim = scenario.claim.iter().flat_map(|claim| &claim.holds);
    let expected = scenario.expectations.iter().chain(of_claim).flat_map(|expectation| expectation.figures());
    let deciding = scenario.claim.iter().flat_map(|claim| claim.decides.figures());
    for asked in expected.chain(deciding) {
        if figure::called(&asked.name, &apps).is_none() {
            let (message, help) = unknown_figure(&asked.name);
            diagnostics.error(asked.at, message, help);
        } else if let Some(help) = unasked_percentile(scenario, &asked.name) {
            diagnostics.error(asked.at, format!("no objective names the percentile of `{}`", asked.name), help);
        }
    }
}

/// What to write where a figure is a percentile that results have only if an objective names it.
fn unasked_percentile(scenario: &Scenario, flat: &str) -> Option<&'static str> {
    let own = |app: &App| flat.strip_prefix("apps_")?.strip_prefix(&app.name)?.strip_prefix('_');
    let flat = scenario.apps.iter().find_map(own).unwrap_or(flat);
    let figure = figure::called(flat, &[]).filter(|figure| figure::PERCENTILES.contains(figure))?;
    let key = flat.strip_suffix("_s").and_then(|flat| flat.split_once('_')).map(|(_, key)| key)?;
    let [latency, queueing] = scenario.percentiles();
    let (shares, example) = match *figure == figure::LATENCY_PERCENTILE {
        true => (latency, "results have it where an objective does, such as slo = { p80 = \"1 s\" }"),
        false => (queueing, "results have it where an objective does, such as slo.queueing = { p80 = \"20 s\" }"),
    };
    let asked = percentile::of_key(key).is_some_and(|share| shares.contains(&share));
    (!asked).then_some(example)
}
