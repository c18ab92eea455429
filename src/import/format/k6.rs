//! k6's raw output, JSON and CSV: a request is a point of `http_reqs`, its time a point of `http_req_duration`.

use super::table::Table;
use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, moment, moment_of, number, span_of, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use serde_json::Value;
use std::collections::VecDeque;

pub(super) const JSON: Kind = Kind {
    name: "k6-json",
    also: &[],
    family: "k6-json",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        head.any(|v| matches!(v["type"].as_str(), Some("Metric" | "Point")) && v.get("metric").is_some())
    },
    begin: |_, _, found| {
        begin(found, "http_req_duration (ms): sending + waiting + receiving, without connecting and TLS")
    },
};

pub(super) const CSV: Kind = Kind {
    name: "k6-csv",
    also: &[],
    family: "k6-csv",
    shape: Shape::Table,
    is_traffic: true,
    recognises: |head| head.columns(&["metric_name", "timestamp", "metric_value"]),
    begin: |_, _, found| begin(found, "http_req_duration (ms)"),
};

fn begin(found: &mut Found, field: &'static str) -> Box<dyn Reading> {
    found.stamp = Some(Stamp::End);
    found.service_field = Some(field);
    found.note("a closed-loop generator sends when it was answered: its rate is a result, not demand (arrival-rate executors excepted)");
    Box::<K6>::default()
}

/// The most requests whose time is waited for: points of one request stand near each other.
const WAITING: usize = 2_000;

/// A request, or a time, that waits for the other half.
struct Half {
    key: [String; 4],
    stamp: i64,
    service: Option<i64>,
    route: (String, String),
    status: u16,
    line: u64,
}

#[derive(Default)]
struct K6 {
    table: Table,
    requests: VecDeque<Half>,
    times: VecDeque<Half>,
}

impl K6 {
    fn take(&mut self, is_request: bool, half: Half, found: &mut Found) {
        let others = if is_request { &mut self.times } else { &mut self.requests };
        match others.iter().position(|other| other.key == half.key).and_then(|at| others.remove(at)) {
            Some(other) if is_request => emit(&Half { service: other.service, ..half }, found),
            Some(other) => emit(&Half { service: half.service, ..other }, found),
            None if is_request => {
                self.requests.push_back(half);
                if self.requests.len() > WAITING
                    && let Some(oldest) = self.requests.pop_front()
                {
                    emit(&oldest, found);
                }
            }
            None => {
                self.times.push_back(half);
                if self.times.len() > WAITING {
                    self.times.pop_front();
                }
            }
        }
    }
}

fn emit(half: &Half, found: &mut Found) {
    let request = Request {
        stamp: Some(half.stamp),
        service: half.service,
        method: half.route.0.as_bytes(),
        target: half.route.1.as_bytes(),
        status: half.status,
        censored: half.status == 0,
        ..Request::default()
    };
    found.take(&request, half.line);
}

fn kind_of(metric: &str) -> Option<bool> {
    match metric {
        "http_reqs" => Some(true),
        "http_req_duration" => Some(false),
        _ => None,
    }
}

impl K6 {
    fn json(&mut self, value: &Value, line: u64, found: &mut Found) {
        let kind = value["metric"].as_str().and_then(kind_of).filter(|_| value["type"] == "Point");
        let data = &value["data"];
        let (Some(is_request), Some(stamp)) = (kind, moment(&data["time"])) else {
            return found.drop(line, "another metric or a declaration");
        };
        let tag = |name: &str| text(&data["tags"][name]).unwrap_or_default();
        let time = data["time"].to_string();
        let key = [time, tag("name"), tag("method"), tag("status")];
        let name = text(&data["tags"]["name"]).unwrap_or_else(|| tag("url"));
        let service = number(&data["value"]).filter(|v| *v >= 0.0).map(|ms| (ms * 1e6).round() as i64);
        let status = tag("status").parse().unwrap_or(0);
        let half =
            Half { key, stamp, service: service.filter(|_| !is_request), route: (tag("method"), name), status, line };
        self.take(is_request, half, found);
    }

    fn row(&mut self, row: &csv::StringRecord, line: u64, found: &mut Found) {
        if !self.table.take(row, line, found) {
            return;
        }
        let get = |name: &str| self.table.get(row, name).unwrap_or_default().to_string();
        let kind = kind_of(&get("metric_name"));
        let (Some(is_request), Some(stamp)) = (kind, moment_of(&get("timestamp"))) else {
            return found.drop(line, "another metric");
        };
        let name = if get("name").is_empty() { get("url") } else { get("name") };
        let service = span_of(&get("metric_value"), MILLISECOND).filter(|_| !is_request);
        let key = [get("timestamp"), name.clone(), get("method"), get("status")];
        let status = get("status").parse().unwrap_or(0);
        let half = Half { key, stamp, service, route: (get("method"), name), status, line };
        self.take(is_request, half, found);
    }
}

impl Reading for K6 {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        match item {
            Item::Json(value) => self.json(&value, number, found),
            Item::Row(row) => self.row(row, number, found),
            Item::Line(_) => {}
        }
    }

    fn next_file(&mut self) {
        self.table = Table::default();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        self.requests.drain(..).for_each(|half| emit(&half, found));
        Ok(())
    }
}
