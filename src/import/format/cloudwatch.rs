//! CloudWatch: `get-metric-statistics` and `get-metric-data`.

use super::{Kind, Reading};
use crate::import::field::{moment, number};
use crate::import::found::{Found, Stamp, evenly};
use crate::import::item::{Item, Shape};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const STATISTICS: Kind = Kind {
    name: "cloudwatch-statistics",
    also: &[],
    family: "cloudwatch",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.has(&["Datapoints"]) || head.mentions(&["\"Datapoints\"", "\"Timestamp\""]),
    begin: |_, _, found| {
        found.note("the period is not in the file: the smallest gap is taken for it");
        Box::<CloudWatch>::default()
    },
};

pub(super) const DATA: Kind = Kind {
    name: "cloudwatch-data",
    also: &[],
    family: "cloudwatch",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.has(&["MetricDataResults"]) || head.mentions(&["\"MetricDataResults\""]),
    begin: |_, _, _| Box::<CloudWatch>::default(),
};

/// One metric: values by time.
#[derive(Default)]
struct Metric {
    /// Requests in a period.
    counts: BTreeMap<i64, f64>,
    /// Mean times in seconds, with their weights where they are known.
    times: BTreeMap<i64, (f64, Option<f64>)>,
    /// How surely this is a number of requests.
    rank: u8,
}

#[derive(Default)]
struct CloudWatch {
    metrics: BTreeMap<String, Metric>,
    averages: Vec<String>,
}

/// How surely a metric of this name counts requests: 0 is not.
fn rank(name: &str) -> u8 {
    let name = name.to_ascii_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if any(&[
            "pertarget",
            "error",
            "4xx",
            "5xx",
            "throttl",
            "fault",
            "reject",
            "healthy",
            "connection",
            "bytes",
        ]) =>
        {
            0
        }
        () if is_time(&name) => 0,
        () if any(&["requestcount", "invocations", "requests", "request_count"]) => 3,
        () if name == "count" || name == "hits" => 3,
        () if any(&["count", "rps", "2xx"]) => 1,
        () => 0,
    }
}

fn is_time(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["time", "latency", "duration"].iter().any(|word| name.contains(word))
}

/// Seconds in a unit: as the data say, or as the metric of this name has it.
fn unit(name: &str, said: Option<&str>) -> f64 {
    let name = name.to_ascii_lowercase();
    match said {
        Some("Seconds") => 1.0,
        Some("Milliseconds") => 1e-3,
        Some("Microseconds") => 1e-6,
        _ if name.contains("responsetime") => 1.0,
        _ if name.contains("duration") || name.contains("latency") => 1e-3,
        _ => 1.0,
    }
}

impl CloudWatch {
    fn statistics(&mut self, value: &Value, line: u64, found: &mut Found) {
        let label = value["Label"].as_str().unwrap_or_default();
        let Some(points) = value["Datapoints"].as_array() else { return found.drop(line, "no Datapoints") };
        let timed = is_time(label);
        let metric = self.metrics.entry(label.into()).or_default();
        metric.rank = metric.rank.max(if timed { 1 } else { rank(label).max(1) });
        for point in points {
            let Some(at) = moment(&point["Timestamp"]) else {
                found.drop(line, "a data point without a time");
                continue;
            };
            let (sum, samples) = (number(&point["Sum"]), number(&point["SampleCount"]));
            if let Some(count) = if timed { samples } else { sum } {
                metric.counts.insert(at, count);
            }
            if let (true, Some(average)) = (timed, number(&point["Average"])) {
                metric.times.insert(at, (average * unit(label, point["Unit"].as_str()), samples));
            }
        }
        if metric.counts.is_empty() && !points.is_empty() {
            self.averages.push(label.into());
        }
    }

    fn data(&mut self, value: &Value, line: u64, found: &mut Found) {
        let Some(results) = value["MetricDataResults"].as_array() else {
            return found.drop(line, "no MetricDataResults");
        };
        for result in results {
            let (id, label) = (result["Id"].as_str().unwrap_or_default(), result["Label"].as_str().unwrap_or_default());
            let both = |key: &str| result[key].as_array().cloned().unwrap_or_default();
            let timed = is_time(label) || rank(label) == 0 && is_time(id);
            let metric = self.metrics.entry(format!("{id} {label}")).or_default();
            metric.rank = rank(label).max(if timed { 0 } else { rank(id).min(2) });
            for (time, value) in both("Timestamps").iter().zip(&both("Values")) {
                let (Some(at), Some(value)) = (moment(time), number(value)) else { continue };
                if timed {
                    metric.times.insert(at, (value * unit(label, None), None));
                } else {
                    metric.counts.insert(at, value);
                }
            }
            if let Some(code) = result["StatusCode"].as_str().filter(|code| *code != "Complete") {
                found.warn(code);
            }
        }
        if value.get("NextToken").is_some_and(|token| !token.is_null()) {
            found.warn("NextToken");
        }
    }
}

impl Reading for CloudWatch {
    fn item(&mut self, item: Item<'_>, line: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        if value.get("Datapoints").is_some() {
            self.statistics(&value, line, found)
        } else {
            self.data(&value, line, found)
        }
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let countable = || self.metrics.values().filter(|m| !m.counts.is_empty());
        let best = match countable().count() {
            0 => {
                return Err(format!(
                    "no sums of requests in it ({}): ask for --statistics Sum",
                    self.averages.join(", ")
                ));
            }
            1 => countable().map(|m| m.rank).max().unwrap_or(0),
            _ => countable()
                .map(|m| m.rank)
                .max()
                .filter(|rank| *rank > 0)
                .ok_or("no metric of it is named a number of requests")?,
        };
        let mut counts: BTreeMap<i64, Option<f64>> = BTreeMap::new();
        let used: Vec<&String> =
            self.metrics.iter().filter(|(_, m)| m.rank == best && !m.counts.is_empty()).map(|(n, _)| n).collect();
        if used.len() > 1 {
            found.note(format!("added up: {}", used.iter().map(|n| n.trim()).collect::<Vec<_>>().join(", ")));
        }
        for metric in self.metrics.values().filter(|m| m.rank == best) {
            for (at, count) in &metric.counts {
                *counts.entry(*at).or_default().get_or_insert(0.0) += count;
            }
        }
        let (length, rows) = evenly(&counts, Some(0.0))?;
        found.mean_service = self.mean(&counts);
        found.set_intervals(Stamp::IntervalStart, rows, length);
        Ok(())
    }
}

impl CloudWatch {
    /// The mean time: of averages weighted by requests, never the mean of means.
    fn mean(&self, counts: &BTreeMap<i64, Option<f64>>) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (at, (time, samples)) in self.metrics.values().flat_map(|m| &m.times) {
            let weight = samples.or_else(|| counts.get(at).copied().flatten()).unwrap_or(0.0);
            sum += weight * time;
            weights += weight;
        }
        (weights > 0.0).then(|| sum / weights)
    }
}
