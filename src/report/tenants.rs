//! Figures over the tenants of apps that have many, and each tenant by itself.

use super::comparison::{self, Cell, duration, money, percent};
use super::grid::Grid;
use crate::document::harmless;
use crate::experiment::{CaseResult, ResultDocument};
use crate::metrics::{Estimate, SPREAD};

/// What is said of the table of quartiles.
pub const TITLE: &str = "Over tenants, each of which counts the same: quartiles, and the worst one";
/// So many tenants are listed on a terminal.
pub const MOST_LISTED: usize = 200;

/// What stands before and behind the quartile in a figure's name, its words, and how it is shown.
type Named = ([&'static str; 2], &'static str, fn(Estimate) -> Cell);

/// The figures, their words and how they are shown.
const FIGURES: [Named; 3] = [
    (["cold_share_", ""], "cold share", percent),
    (["latency_mean_", "_s"], "mean latency", duration),
    (["invoice_", "_usd"], "invoice", money),
];

/// Three lines for each case, quartiles side by side; for each of its apps, where there are several.
pub fn grid(result: &ResultDocument) -> Grid {
    let several = result.cases.iter().any(|case| case.apps.len() > 1);
    let mut grid = Grid::new(if several { 3 } else { 2 }).words("Case");
    if several {
        grid = grid.words("App");
    }
    grid =
        grid.words("Tenants'").numbers("Lower quartile").numbers("Median").numbers("Upper quartile").numbers("Worst");
    for case in &result.cases {
        let apps = case.apps.iter().map(|app| (app.name.as_str(), vec!["apps", app.name.as_str(), "tenants"]));
        let all = std::iter::once(("all", vec!["tenants"]));
        let of: Vec<(&str, Vec<&str>)> = if several { all.chain(apps).collect() } else { all.collect() };
        if of.iter().any(|(_, under)| has_tenants(case, under)) && !grid.is_empty() {
            grid.rule();
        }
        let mut is_first = true;
        for (app, under) in of.iter().filter(|(_, under)| has_tenants(case, under)) {
            for (index, cells) in figures(case, under).into_iter().enumerate() {
                let name = if std::mem::take(&mut is_first) { case.name.clone() } else { String::new() };
                let app = if index == 0 { app.to_string() } else { String::new() };
                grid.row([Some(name), several.then_some(app)].into_iter().flatten().chain(cells));
            }
        }
    }
    grid
}

fn has_tenants(case: &CaseResult, under: &[&str]) -> bool {
    case.estimate(&[under, &["count"]].concat()).mean.is_some()
}

/// The name of each figure with its quartiles, where it has any.
fn figures(case: &CaseResult, under: &[&str]) -> Vec<Vec<String>> {
    let row = |([before, after], words, show): &([&str; 2], &str, fn(Estimate) -> Cell)| {
        let estimate = |place: &str| case.estimate(&[under, &[format!("{before}{place}{after}").as_str()]].concat());
        let estimates = SPREAD.map(estimate);
        let cells = estimates.iter().map(|estimate| show(*estimate).mean);
        estimates.iter().any(|e| e.mean.is_some()).then(|| std::iter::once(words.to_string()).chain(cells).collect())
    };
    FIGURES.iter().filter_map(row).collect()
}

/// A row for every tenant of every case.
pub fn each(result: &ResultDocument) -> Grid {
    let mut grid = Grid::new(3).words("Case").words("App").numbers("Tenant").numbers("Requests");
    grid = grid.numbers("Cold share").numbers("Mean latency").numbers("Invoice");
    for case in &result.cases {
        for (index, tenant) in case.tenants.iter().enumerate() {
            if index == 0 && !grid.is_empty() {
                grid.rule();
            }
            grid.row([
                if index == 0 { case.name.clone() } else { String::new() },
                tenant.app.clone(),
                tenant.tenant.to_string(),
                comparison::level(tenant.arrived).mean,
                percent(tenant.cold_share).mean,
                duration(tenant.latency_mean_s).mean,
                money(tenant.invoice_usd).mean,
            ]);
        }
    }
    grid
}

/// How many rows [`each`] has.
pub fn count(result: &ResultDocument) -> usize {
    result.cases.iter().map(|case| case.tenants.len()).sum()
}

/// One row per case, app and tenant (RFC 4180).
pub fn to_csv(result: &ResultDocument) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let head = ["case", "app", "tenant", "arrived", "cold_share", "latency_mean_s", "invoice_usd"];
    // Writing to memory does not fail.
    let _ = writer.write_record(head);
    let number = |estimate: Estimate| estimate.mean.map_or_else(String::new, |mean| mean.to_string());
    for case in &result.cases {
        for tenant in &case.tenants {
            let figures = [tenant.arrived, tenant.cold_share, tenant.latency_mean_s, tenant.invoice_usd].map(number);
            let names = [case.name.clone(), tenant.app.clone(), tenant.tenant.to_string()];
            let _ = writer.write_record(harmless(names.into_iter().chain(figures)));
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::TenantResult;
    use crate::metrics::Figures;
    use crate::report::Screen;

    #[test]
    fn quartiles_and_the_worst_are_told_and_every_tenant_has_a_row() {
        let mut figures = Figures::new();
        let of = |before: &str, after: &str| SPREAD.map(|place| format!("{before}{place}{after}"));
        let names: Vec<String> = of("cold_share_", "").into_iter().chain(of("invoice_", "_usd")).collect();
        let paths: Vec<Vec<&str>> = names.iter().map(|name| vec!["tenants", name.as_str()]).collect();
        let values = [0.01, 0.02, 0.04, 0.88, 0.0, 0.0012, 1.0, 400.0];
        let rows =
            paths.iter().map(Vec::as_slice).zip(values.map(Some)).chain([(&["tenants", "count"][..], Some(7.0))]);
        figures.push(rows);
        let tenant = TenantResult { app: "api".into(), tenant: 3, ..TenantResult::default() };
        let case = CaseResult { name: "lambda".into(), figures, tenants: vec![tenant], ..CaseResult::default() };
        let result = ResultDocument { cases: vec![case], ..ResultDocument::default() };
        let text = grid(&result).to_text(Screen::NONE);
        assert!(text.contains("88 %") && text.contains("$0.0012") && text.contains("$400"), "{text}");
        assert!(!text.contains("mean latency"), "what is not known has no row: {text}");
        assert!(each(&result).to_text(Screen::NONE).contains("lambda  api       3"));
        assert!(to_csv(&result).ends_with("lambda,api,3,,,,\r\n"));
        assert!(grid(&ResultDocument::default()).is_empty());
    }
}
