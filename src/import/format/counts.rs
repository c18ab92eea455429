//! A table of times and numbers, whoever made it: requests in each interval.

use super::table::Table;
use super::{Head, Kind, Reading};
use crate::import::field::{known, moment_of};
use crate::import::found::{Found, Stamp, evenly};
use crate::import::item::{Item, Shape};
use std::collections::BTreeMap;

pub(super) const KIND: Kind = Kind {
    name: "counts",
    also: &[],
    family: "counts",
    shape: Shape::Table,
    is_traffic: true,
    recognises: |head| columns(head).is_some(),
    begin: |head, _, found| {
        found.note("times are taken for the beginnings of intervals, absent intervals for empty ones");
        Box::new(Counts { columns: columns(head), table: Table::default(), counts: BTreeMap::new() })
    },
};

struct Counts {
    columns: Option<(usize, usize)>,
    table: Table,
    counts: BTreeMap<i64, Option<f64>>,
}

/// The places of the time and of the only number.
fn columns(head: &Head<'_>) -> Option<(usize, usize)> {
    let rows: Vec<Vec<String>> = head.lines().skip(1).take(20).map(|line| split(line, head.delimiter())).collect();
    let width = rows.first()?.len();
    let all = |place: usize, is: &dyn Fn(&str) -> bool| {
        rows.iter().all(|row| row.get(place).is_some_and(|cell| !known(cell) || is(cell)))
    };
    let time =
        (0..width).find(|place| all(*place, &|cell| moment_of(cell).is_some_and(|t| t > 100_000_000_000_000_000)))?;
    let mut numbers = (0..width).filter(|place| *place != time && all(*place, &|cell| cell.parse::<f64>().is_ok()));
    let number = numbers.next()?;
    numbers.next().is_none().then_some((time, number))
}

fn split(line: &[u8], delimiter: u8) -> Vec<String> {
    let text = String::from_utf8_lossy(line);
    text.split(delimiter as char).map(|cell| cell.trim().trim_matches('"').to_string()).collect()
}

impl Reading for Counts {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Row(row) = item else { return };
        if !self.table.take(row, number, found) {
            return;
        }
        let Some((time, count)) = self.columns else { return };
        let Some(at) = row.get(time).and_then(moment_of) else { return found.drop(number, "no time") };
        let text = row.get(count).unwrap_or_default().trim();
        let value = text.parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0);
        if value.is_none() && known(text) {
            return found.drop(number, format!("\"{text}\" is no number of requests"));
        }
        let here = self.counts.entry(at).or_default();
        *here = match (*here, value) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }

    fn next_file(&mut self) {
        self.table = Table::default();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        if !self.counts.is_empty() {
            let (length, rows) = evenly(&self.counts, Some(0.0))?;
            found.set_intervals(Stamp::IntervalStart, rows, length);
        }
        Ok(())
    }
}
