//! What Prometheus answers to `query_range`: a matrix of series.

use super::{Kind, Reading};
use crate::import::field::{moment, number};
use crate::import::found::{Found, Stamp, evenly};
use crate::import::item::{Item, Shape};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const KIND: Kind = Kind {
    name: "prometheus-range",
    also: &[],
    family: "prometheus",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        head.has(&["status", "data"]) || head.has(&["status", "errorType"]) || head.mentions(&["\"resultType\""])
    },
    begin: |_, _, found| {
        found.note("NaN and absent samples are unknown, not 0");
        Box::<Prometheus>::default()
    },
};

#[derive(Default)]
struct Prometheus {
    rates: BTreeMap<i64, Option<f64>>,
    routes: BTreeMap<String, BTreeMap<i64, f64>>,
    counter: bool,
    buckets: bool,
    wrong: Option<String>,
}

/// The route that labels name: `GET /a` where there is a method.
fn route(labels: &Value) -> Option<String> {
    const PATHS: [&str; 6] = ["handler", "route", "path", "uri", "endpoint", "http_route"];
    let path = PATHS.iter().find_map(|key| labels[*key].as_str())?;
    Some(match labels["method"].as_str() {
        Some(method) => format!("{method} {path}"),
        None => path.into(),
    })
}

/// Whether a series is a raw counter: `rate()` and `increase()` take the name away.
fn is_counter(labels: &Value) -> bool {
    let name = labels["__name__"].as_str().unwrap_or_default();
    ["_total", "_count", "_bucket", "_sum"].iter().any(|end| name.ends_with(end))
}

impl Prometheus {
    fn series(&mut self, series: &Value) {
        let labels = &series["metric"];
        // Buckets of a histogram hold each other: the last holds all.
        if let Some(bound) = labels["le"].as_str() {
            self.buckets = true;
            if bound != "+Inf" {
                return;
            }
        }
        let counter = is_counter(labels);
        self.counter |= counter;
        let mut samples: BTreeMap<i64, Option<f64>> = BTreeMap::new();
        for sample in series["values"].as_array().into_iter().flatten() {
            if let Some(at) = moment(&sample[0]) {
                samples.insert(at, number(&sample[1]).filter(|v| *v >= 0.0));
            }
        }
        let samples = if counter { differences(&samples) } else { samples };
        let route = route(labels);
        for (at, value) in samples {
            let here = self.rates.entry(at).or_default();
            if let Some(value) = value {
                *here.get_or_insert(0.0) += value;
                if let Some(route) = &route {
                    *self.routes.entry(route.clone()).or_default().entry(at).or_default() += value;
                }
            }
        }
    }
}

/// A counter's increases from sample to sample; where it falls, it has begun again at 0.
fn differences(samples: &BTreeMap<i64, Option<f64>>) -> BTreeMap<i64, Option<f64>> {
    let mut before: Option<f64> = None;
    let mut all = BTreeMap::new();
    for (place, (at, value)) in samples.iter().enumerate() {
        let increase = before.zip(*value).map(|(a, b)| if b < a { b } else { b - a });
        if place > 0 {
            all.insert(*at, increase);
        }
        before = value.or(before);
    }
    all
}

impl Reading for Prometheus {
    fn item(&mut self, item: Item<'_>, line: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        if value["status"] == "error" {
            let said = value["error"].as_str().unwrap_or("no message");
            self.wrong = Some(format!("Prometheus answered with an error and not with data: {said}"));
            return;
        }
        match value["data"]["resultType"].as_str() {
            Some("matrix") => {}
            Some(kind) => {
                self.wrong = Some(format!("the result is a {kind}, of one moment: expected a matrix, of query_range"));
                return;
            }
            None => return found.drop(line, "no answer of Prometheus"),
        }
        value["data"]["result"].as_array().into_iter().flatten().for_each(|series| self.series(series));
        let warnings = value["warnings"].as_array().into_iter().flatten();
        warnings.filter_map(Value::as_str).for_each(|text| found.note(format!("Prometheus says: {text}")));
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        if self.rates.is_empty() {
            return Err("the matrix holds no samples".into());
        }
        let (step, rows) = evenly(&self.rates, None)?;
        let Some(step) = step else { return Err("one sample alone does not tell the step".into()) };
        let factor = if self.counter { 1.0 } else { step as f64 / 1e9 };
        if self.counter {
            found.note("a raw counter: requests are its increases, from 0 where it falls");
        } else {
            found.note("read as rate() in 1/s over one step: requests = rate x step; a longer range smooths peaks");
        }
        if self.buckets {
            found.note("buckets of a histogram: only le=\"+Inf\", which holds all, is counted");
        }
        let rows = rows.into_iter().map(|(at, rate)| (at, rate.map(|rate| rate * factor))).collect();
        found.set_intervals(Stamp::IntervalEnd, rows, Some(step));
        for (route, values) in &self.routes {
            found.routes.set(route, values.values().sum::<f64>() * factor);
        }
        Ok(())
    }
}
