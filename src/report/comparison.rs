//! The columns by which cases are compared, shared by the table and Markdown.

use super::format::{self, UNDEFINED};
use super::rests;
use crate::experiment::{CaseResult, ResultDocument};
use crate::metrics::Estimate;

/// One cell: the mean, and the half-width of its interval where there is one that matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The mean with its unit, or a word.
    pub mean: String,
    /// The half-width in the same unit, in two digits, without the unit.
    pub half: Option<String>,
    /// The mean as a number, by which rows are sorted; `None` where there is none.
    pub value: Option<f64>,
}

/// A column: its heading in two lines, and what it shows of a case.
pub struct Column {
    /// The first and second line of the heading.
    pub heading: [&'static str; 2],
    /// The cell of a case.
    pub cell: fn(&CaseResult) -> Cell,
    /// Whether a case has anything to show in it; a column that no case has is left out.
    pub matters: fn(&CaseResult) -> bool,
    /// What it tells of: columns of a kind stay together where a table is too wide for one line.
    pub group: Group,
}

/// What a column tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What it costs.
    Cost,
    /// How it answers.
    Service,
    /// What it runs on.
    Machines,
}

const ALWAYS: fn(&CaseResult) -> bool = |_| true;

/// The columns that matter to a result. Of those that make up the TCO, all that are not nothing are
/// there, so that a row of figures adds up.
pub fn columns(result: &ResultDocument) -> Vec<&'static Column> {
    COLUMNS.iter().filter(|column| result.cases.iter().any(column.matters)).collect()
}

/// The columns after the case's name and hosting.
const COLUMNS: &[Column] = &[
    Column {
        heading: ["Invoice", "/month"],
        cell: |case| money(case.estimate(&["invoice_usd", "total"])),
        matters: ALWAYS,
        group: Group::Cost,
    },
    Column {
        heading: ["Labour", "/month"],
        cell: |case| money(case.estimate(&["labour_usd", "total"])),
        matters: ALWAYS,
        group: Group::Cost,
    },
    Column {
        heading: ["Own", "servers"],
        cell: |case| money(case.estimate(&["owned_usd"])),
        matters: |case| case.estimate(&["owned_usd"]).mean.is_some_and(|owned| owned != 0.0),
        group: Group::Cost,
    },
    Column {
        heading: ["TCO", "/month"],
        cell: |case| money(case.estimate(&["tco_usd"])),
        matters: ALWAYS,
        group: Group::Cost,
    },
    Column {
        heading: ["Per M", "req."],
        cell: |case| money(case.estimate(&["usd_per_million_requests"])),
        matters: ALWAYS,
        group: Group::Cost,
    },
    Column { heading: ["p50", ""], cell: |case| latency(case, "p50"), matters: ALWAYS, group: Group::Service },
    Column { heading: ["p99", ""], cell: |case| latency(case, "p99"), matters: ALWAYS, group: Group::Service },
    Column {
        heading: ["Served", "share"],
        cell: |case| served(availability(case)),
        matters: |case| case.estimate(&["availability"]).mean.is_none_or(|share| share < 1.0),
        group: Group::Service,
    },
    Column {
        heading: ["Cold", "share"],
        cell: |case| percent(case.estimate(&["requests", "cold_share"])),
        matters: ALWAYS,
        group: Group::Service,
    },
    Column {
        heading: ["Waited", "share"],
        cell: |case| percent(case.estimate(&["requests", "waited_share"])),
        matters: waits_in_line,
        group: Group::Service,
    },
    Column {
        heading: ["Inst.", "mean"],
        cell: |case| level(case.estimate(&["instances", "mean"])),
        matters: ALWAYS,
        group: Group::Machines,
    },
    Column {
        heading: ["Servers", "mean"],
        cell: |case| level(case.estimate(&["fleet", "servers_mean"])),
        matters: ALWAYS,
        group: Group::Machines,
    },
    Column {
        heading: ["CPU", "used"],
        cell: |case| percent(case.estimate(&["fleet", "cpu_used"])),
        matters: ALWAYS,
        group: Group::Machines,
    },
    Column { heading: ["SLO", ""], cell: verdict, matters: ALWAYS, group: Group::Service },
];

/// Whether more than one in a thousand of a case's requests wait for anything but a start.
fn waits_in_line(case: &CaseResult) -> bool {
    let share = |name| case.estimate(&["requests", name]).mean.unwrap_or(0.0);
    share("waited_share") - share("cold_share") > 0.001
}

/// One line about the run: replications, simulated time, seed, and how to read the numbers.
pub fn subtitle(result: &ResultDocument) -> String {
    let (n, time) = (result.replications, format::duration(result.duration_s));
    // One for all cases.
    let found = result.cases.iter().find_map(|case| case.estimate(&["warm_up_s"]).mean);
    let time = match found {
        Some(warm_up) => format!("{time} after a warm-up of {} (found by MSER-5)", format::duration(warm_up)),
        None => time,
    };
    match n {
        1 => format!("1 replication of {time}, seed {}", result.seed),
        _ => format!("{n} replications of {time}, seed {}; mean ± half of the 95 % confidence interval", result.seed),
    }
}

/// The hosting model and the size of a case, and how many nodes of that size its clusters had.
pub fn hosting(case: &CaseResult) -> String {
    let size = case.size.as_deref().unwrap_or_default();
    let hosting = format!("{} {size}", case.hosting).trim_end().to_string();
    match level(case.estimate(&["fleet", "nodes_mean"])) {
        Cell { value: None, .. } => hosting,
        nodes => format!("{hosting}, {} node{}", nodes.mean, if nodes.mean == "1" { "" } else { "s" }),
    }
}

/// Dollars.
pub fn money(estimate: Estimate) -> Cell {
    let decimals = format::money_decimals(estimate.mean.unwrap_or(0.0));
    cell(estimate, 1.0, decimals, |mean| format::money_with(mean, decimals))
}

/// A length of time, given in seconds.
pub fn duration(estimate: Estimate) -> Cell {
    let (unit, name) = format::duration_unit(estimate.mean.unwrap_or(0.0));
    measured(estimate, 1.0 / unit, &format!(" {name}"))
}

/// A share.
pub fn percent(estimate: Estimate) -> Cell {
    let near_all = estimate.mean.filter(|mean| *mean > 0.99 && *mean < 1.0);
    let cell = measured(estimate, 100.0, " %");
    // As many digits as tell it from all.
    near_all.map_or(cell.clone(), |mean| Cell { mean: format::percent(mean), ..cell })
}

/// The share of the requests that were served, of those that have ended; none, where requests came and none has.
fn availability(case: &CaseResult) -> Estimate {
    let found = case.estimate(&["availability"]);
    let came = case.estimate(&["requests", "arrived"]).mean.is_some_and(|arrived| arrived > 0.0);
    let served = case.estimate(&["requests", "served"]).mean.is_some_and(|served| served > 0.0);
    if found.mean.is_none() && came && !served { Estimate { mean: Some(0.0), ci95: None } } else { found }
}

/// A share of which little is missing: with as many digits as tell it from all.
pub fn served(estimate: Estimate) -> Cell {
    match estimate.mean {
        Some(mean) if mean > 0.99 && mean < 1.0 => Cell { mean: format::percent(mean), ..percent(estimate) },
        _ => percent(estimate),
    }
}

/// A number without a unit.
pub fn level(estimate: Estimate) -> Cell {
    measured(estimate, 1.0, "")
}

/// A number of three significant digits in a unit; without zeros at its end where nothing but
/// zeros follows and there is no half-width to line up with.
fn measured(estimate: Estimate, scale: f64, unit: &str) -> Cell {
    let scaled = estimate.mean.unwrap_or(0.0) * scale;
    let exact = estimate.ci95.is_none_or(|half| half <= scaled.abs() * 1e-9);
    let decimals = format::significant_decimals(scaled, if scaled.abs() < 1.0 { 2 } else { 3 }).min(6);
    cell(estimate, scale, decimals, |mean| {
        let text = format::grouped(mean, decimals);
        format!("{}{unit}", if exact { format::without_zeros(&text) } else { &text })
    })
}

fn cell(estimate: Estimate, scale: f64, decimals: usize, show: impl Fn(f64) -> String) -> Cell {
    let Some(mean) = estimate.mean else { return Cell { mean: UNDEFINED.into(), ..Cell::default() } };
    let half = estimate.ci95.and_then(|half| format::half_width(half * scale, mean * scale, decimals));
    let half = half.map(|half| format!("±{half}"));
    Cell { mean: show(mean * scale), half, value: Some(mean) }
}

/// Whether objectives are met, in a word.
pub fn met(slo_met: Option<bool>) -> &'static str {
    match slo_met {
        Some(true) => "met",
        Some(false) => "missed",
        None => UNDEFINED,
    }
}

/// A quantile of latency; where it lies beyond what requests were followed for, what it is more than.
pub fn latency(case: &CaseResult, quantile: &str) -> Cell {
    let path = ["latency_s", quantile];
    let known = case.figures.values(&path).unwrap_or_default().iter().flatten().copied();
    match (case.estimate(&path).mean, case.followed_s) {
        (None, Some(followed)) => {
            let least = format::duration(known.fold(followed, f64::min));
            Cell { mean: "more than".into(), half: Some(least), value: None }
        }
        _ => {
            let shown = duration(case.estimate(&path));
            Cell { mean: format!("{}{}", rests::mark(case, quantile), shown.mean), ..shown }
        }
    }
}

fn verdict(case: &CaseResult) -> Cell {
    let doubt = match (case.is_settled(), case.straddles.is_empty()) {
        (false, _) if case.unsettled.iter().any(|why| why.starts_with("overloaded")) => Some("overload"),
        (false, _) => Some("unsettled"),
        (true, false) => Some("unsure"),
        (true, true) => None,
    };
    Cell { mean: met(case.slo_met).into(), half: doubt.map(String::from), value: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(make: fn(Estimate) -> Cell, mean: f64, half: f64) -> String {
        let cell = make(Estimate { mean: Some(mean), ci95: Some(half) });
        format!("{} {}", cell.mean, cell.half.unwrap_or_default()).trim_end().to_string()
    }

    #[test]
    fn mean_and_half_width_share_their_unit() {
        assert_eq!(shown(money, 5.0, 0.0), "$5.00");
        assert_eq!(shown(money, 1234.4, 12.0), "$1,234 ±12");
        assert_eq!(shown(money, 0.4321, 0.0123), "$0.43 ±0.012");
        assert_eq!(shown(duration, 138.0, 0.0056), "2.30 min ±0.000093");
        assert_eq!(shown(duration, 0.0621, 0.0004), "62.1 ms ±0.4");
        assert_eq!(shown(duration, 2.0, 0.03), "2.00 s ±0.03");
        assert_eq!(shown(duration, 2.0, 0.0), "2 s");
        assert_eq!(shown(percent, 0.12, 0.001), "12.0 % ±0.1");
        assert_eq!(shown(level, 1.0, 0.0), "1");
        assert_eq!(money(Estimate::default()), Cell { mean: "–".into(), half: None, value: None });
    }
}
