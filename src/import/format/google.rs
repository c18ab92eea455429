//! The table that Google Cloud Monitoring's console gives to download: label rows, then a row a time.

use super::{Kind, Reading};
use crate::import::field::{known, moment_of};
use crate::import::found::{Found, Stamp, evenly};
use crate::import::item::{Item, Shape};
use crate::workload::trace::moment::parse_browser;
use std::collections::BTreeMap;

pub(super) const MONITORING: Kind = Kind {
    name: "gcp-monitoring-csv",
    also: &[],
    family: "gcp-monitoring",
    shape: Shape::Table,
    is_traffic: true,
    recognises: |head| {
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        first.starts_with(b"TimeSeries ID")
            || first.starts_with(b"\"TimeSeries ID")
            || head.lines().take(30).any(|l| parse_browser(cell(l)).is_some())
    },
    begin: |_, _, found| {
        found.note("the console shows request counts as rates in 1/s, aligned to the interval's end");
        Box::<Monitoring>::default()
    },
};

fn cell(line: &[u8]) -> &[u8] {
    line.split(|b| *b == b',').next().unwrap_or_default().trim_ascii()
}

#[derive(Default)]
struct Monitoring {
    rates: BTreeMap<i64, Option<f64>>,
}

fn time(text: &str) -> Option<i64> {
    parse_browser(text.trim().as_bytes()).map(|dated| dated.nanoseconds).or_else(|| moment_of(text))
}

impl Reading for Monitoring {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        let Some(at) = row.get(0).and_then(time) else {
            // Rows of labels, down to the one named Time, come before the data.
            if !self.rates.is_empty() {
                found.drop(number, "no time");
            }
            return;
        };
        let mut rate: Option<f64> = None;
        for text in row.iter().skip(1).map(str::trim).filter(|text| known(text)) {
            match text.parse::<f64>() {
                Ok(value) if value.is_finite() && value >= 0.0 => *rate.get_or_insert(0.0) += value,
                _ => return found.drop(number, format!("\"{text}\" is no rate")),
            }
        }
        let here = self.rates.entry(at).or_default();
        *here = match (*here, rate) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        if self.rates.is_empty() {
            return Ok(());
        }
        let (length, rows) = evenly(&self.rates, None)?;
        let length = length.unwrap_or_else(|| {
            found.warn("one row alone does not tell the interval's length: taken for 1 min");
            60_000_000_000
        });
        let seconds = length as f64 / 1e9;
        let rows = rows.into_iter().map(|(at, rate)| (at, rate.map(|rate| rate * seconds))).collect();
        found.set_intervals(Stamp::IntervalEnd, rows, Some(length));
        Ok(())
    }
}
