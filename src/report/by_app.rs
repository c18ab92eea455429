//! The apps of a scenario with several, compared: each app's rows together, one for each case.

use super::comparison::{Cell, duration, level, met, money, percent, served};
use super::rests::{MARK, on_few};
use crate::experiment::{AppResult, CaseResult, ResultDocument};
use crate::metrics::Estimate;

/// So many rows are shown at the most: of a scenario with more, JSON tells the apps.
const MOST_ROWS: usize = 48;

/// A column: its heading in two lines, and what it shows of an app in a case.
pub struct Column {
    /// The first and second line of the heading.
    pub heading: [&'static str; 2],
    /// The cell.
    pub cell: fn(&Row<'_>) -> Cell,
}

/// An app in a case.
pub struct Row<'a> {
    /// The case.
    pub case: &'a CaseResult,
    /// The app.
    pub app: &'a AppResult,
    /// Whether it is the app's first row.
    pub is_first: bool,
}

impl Row<'_> {
    fn estimate(&self, path: &[&str]) -> Estimate {
        let whole: Vec<&str> = ["apps", &self.app.name].into_iter().chain(path.iter().copied()).collect();
        self.case.estimate(&whole)
    }

    /// A quantile of the app's latency, with a mark where it rests on too few requests.
    fn latency(&self, quantile: &str) -> Cell {
        let few = on_few(&self.case.figures, &["apps", &self.app.name], quantile).is_some();
        let shown = duration(self.estimate(&["latency_s", quantile]));
        Cell { mean: format!("{}{}", if few { MARK } else { "" }, shown.mean), ..shown }
    }

    /// The share of the app's requests that were served, of those that have ended.
    fn served(&self) -> Estimate {
        let values = |name: &str| {
            let path = ["apps", &self.app.name, "requests", name];
            self.case.figures.values(&path).unwrap_or_default()
        };
        let (arrived, in_flight) = (values("arrived"), values("in_flight"));
        let share = |(index, served): (usize, &Option<f64>)| {
            let ended = (*arrived.get(index)?)? - in_flight.get(index).copied().flatten().unwrap_or(0.0);
            (ended > 0.0).then_some((*served)? / ended)
        };
        Estimate::of(&values("served").iter().enumerate().map(share).collect::<Vec<_>>())
    }
}

/// The columns after the names of the app and the case.
pub const COLUMNS: &[Column] = &[
    Column { heading: ["Invoice", "/month"], cell: |row| money(row.estimate(&["invoice_usd", "total"])) },
    Column { heading: ["p50", ""], cell: |row| row.latency("p50") },
    Column { heading: ["p99", ""], cell: |row| row.latency("p99") },
    Column { heading: ["Cold", "share"], cell: |row| percent(row.estimate(&["requests", "cold_share"])) },
    Column { heading: ["Served", "share"], cell: |row| served(row.served()) },
    Column { heading: ["Inst.", "mean"], cell: |row| level(row.estimate(&["instances", "mean"])) },
    Column { heading: ["SLO", ""], cell: |row| Cell { mean: met(row.app.slo_met).into(), ..Cell::default() } },
];

/// The rows, app by app; none where there is one app, or where they would be too many to read.
pub fn rows(result: &ResultDocument) -> Vec<Row<'_>> {
    let mut names: Vec<&str> = Vec::new();
    for app in result.cases.iter().flat_map(|case| &case.apps) {
        if !names.contains(&app.name.as_str()) {
            names.push(&app.name);
        }
        if names.len() > MOST_ROWS {
            return Vec::new();
        }
    }
    let of = |name: &str| {
        let found = result.cases.iter().filter_map(|case| Some((case, case.apps.iter().find(|app| app.name == name)?)));
        found.enumerate().map(|(index, (case, app))| Row { case, app, is_first: index == 0 }).collect::<Vec<_>>()
    };
    let rows: Vec<Row<'_>> = names.iter().flat_map(|name| of(name)).collect();
    if names.len() < 2 || rows.len() > MOST_ROWS { Vec::new() } else { rows }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn apps_have_rows_where_there_are_several_and_not_too_many() {
        let mut result = example();
        for case in &mut result.cases {
            case.apps = ["one", "two"].map(|name| AppResult { name: name.into(), ..AppResult::default() }).into();
        }
        let shown: Vec<(&str, bool)> = rows(&result).iter().map(|row| (row.app.name.as_str(), row.is_first)).collect();
        assert_eq!(shown, [("one", true), ("one", false), ("two", true), ("two", false)]);
        result.cases.iter_mut().for_each(|case| case.apps.truncate(1));
        assert!(rows(&result).is_empty());
        result.cases[0].apps =
            (0..60).map(|k| AppResult { name: format!("app-{k}"), ..AppResult::default() }).collect();
        assert!(rows(&result).is_empty());
    }
}
