//! Locust's tables: the history of its totals; its failures, which are no traffic.

use super::table::Table;
use super::{Kind, Reading};
use crate::import::field::moment_of;
use crate::import::found::{Found, Stamp};
use crate::import::item::{Item, Shape};
use std::collections::BTreeMap;

pub(super) const HISTORY: Kind = Kind {
    name: "locust-history",
    also: &[],
    family: "locust",
    shape: Shape::Table,
    is_traffic: true,
    recognises: |head| head.columns(&["Timestamp", "User Count", "Total Request Count"]),
    begin: |_, _, found| {
        found.note("totals are cumulative: requests are the differences of the Aggregated rows");
        found.note("a closed-loop generator sends when it was answered: its rate is a result, not demand");
        Box::<History>::default()
    },
};

pub(super) const FAILURES: Kind = Kind {
    name: "locust-failures",
    also: &[],
    family: "locust-failures",
    shape: Shape::Table,
    is_traffic: false,
    recognises: |head| head.columns(&["Method", "Name", "Error", "Occurrences"]),
    begin: |_, _, found| {
        found.note("failures only, no rate and no service time: this is no traffic");
        Box::<Failures>::default()
    },
};

/// Totals of one name; they begin again where statistics are reset.
#[derive(Clone, Default)]
struct Totals {
    /// Of what ended with a reset.
    before: [f64; 4],
    /// Requests, failures, milliseconds, bytes since.
    now: [f64; 4],
}

impl Totals {
    /// Takes the next totals, and gives the requests since those before.
    fn take(&mut self, now: [f64; 4]) -> f64 {
        let reset = now[0] < self.now[0];
        let since = if reset { now[0] } else { now[0] - self.now[0] };
        if reset {
            self.before = self.all();
        }
        self.now = now;
        since
    }

    fn all(&self) -> [f64; 4] {
        std::array::from_fn(|i| self.before[i] + self.now[i])
    }
}

#[derive(Default)]
struct History {
    table: Table,
    names: BTreeMap<String, Totals>,
    all: Totals,
    rows: Vec<(i64, Option<f64>)>,
    begun: Option<i64>,
}

impl Reading for History {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        if !self.table.take(row, number, found) {
            return;
        }
        let value = |name: &str| self.table.get(row, name).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
        let Some(stamp) = self.table.get(row, "Timestamp").and_then(moment_of) else {
            return found.drop(number, "cut off or malformed: no time");
        };
        let Some(name) = self.table.get(row, "Name") else { return found.drop(number, "no name") };
        let requests = value("Total Request Count");
        let totals = [
            requests,
            value("Total Failure Count"),
            requests * value("Total Average Response Time"),
            requests * value("Total Average Content Size"),
        ];
        if matches!(name, "Aggregated" | "Total") && self.table.get(row, "Type").is_none() {
            let since = self.all.take(totals);
            if self.begun.is_some() || since > 0.0 {
                self.rows.push((stamp, Some(since)));
            }
            self.begun = self.begun.or(Some(stamp));
        } else {
            let method = self.table.get(row, "Type").unwrap_or_default();
            let path = String::from_utf8_lossy(crate::import::routes::path_of(name.as_bytes())).into_owned();
            self.names.entry(format!("{method} {path}").trim().into()).or_default().take(totals);
        }
    }

    fn next_file(&mut self) {
        self.table = Table::default();
        self.all.before = self.all.all();
        self.all.now = [0.0; 4];
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let [requests, failures, milliseconds, bytes] = self.all.all();
        let times: Vec<i64> = self.begun.into_iter().chain(self.rows.iter().map(|(at, _)| *at)).collect();
        let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap != 0).collect();
        let length = gaps.first().copied().filter(|first| *first > 0 && gaps.iter().all(|gap| gap == first));
        if self.begun.is_some() {
            found.set_intervals(Stamp::IntervalEnd, std::mem::take(&mut self.rows), length);
            found.bytes = Some(bytes.round() as u64);
            found.more.insert("failures".into(), (failures as u64).into());
        }
        if requests > 0.0 {
            found.mean_service = Some(milliseconds / requests / 1e3);
        }
        self.names.iter().for_each(|(name, totals)| found.routes.set(name, totals.all()[0]));
        Ok(())
    }
}

#[derive(Default)]
struct Failures {
    table: Table,
    failures: u64,
}

impl Reading for Failures {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        if !self.table.take(row, number, found) {
            return;
        }
        found.stamp = Some(Stamp::Seen);
        let Some(times) = self.table.get(row, "Occurrences").and_then(|t| t.parse::<u64>().ok()) else {
            return found.drop(number, "cut off or malformed: no occurrences");
        };
        self.failures += times;
        let (method, name) =
            (self.table.get(row, "Method").unwrap_or_default(), self.table.get(row, "Name").unwrap_or_default());
        found.routes.count(method.as_bytes(), name.as_bytes(), times as f64);
        ["First Seen", "Last Seen"]
            .iter()
            .filter_map(|c| moment_of(self.table.get(row, c)?))
            .for_each(|t| found.see(t));
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        found.more.insert("failures".into(), self.failures.into());
        Ok(())
    }
}
