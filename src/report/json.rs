//! The result as JSON.

use super::rests;
use crate::document::checksum::with_checksum;
use crate::experiment::{AppResult, CaseResult, ResultDocument, TenantResult, Timeline};
use crate::metrics::{Estimate, Figures, Histogram, flat_name};
use serde_json::{Map, Value, json};

/// The result as one pretty-printed JSON document that ends with a newline. It holds nothing that
/// differs between two runs of the same input. Undefined values are `null`; numbers are the
/// shortest text that reads back as the same float.
pub fn to_json(result: &ResultDocument) -> String {
    let cases: Map<String, Value> =
        result.cases.iter().map(|c| (c.name.clone(), case_json(c, result.details))).collect();
    let document = json!({
        "schema": 1,
        "title": result.title,
        "seed": result.seed,
        "replications": result.replications,
        "duration_s": result.duration_s,
        "digest": result.digest,
        "version": env!("CARGO_PKG_VERSION"),
        "answer": super::answer::of_run(result),
        "cases": cases,
        "unverified": result.unverified,
        "notes": result.notes,
    });
    with_checksum(&document)
}

/// An estimate as JSON: `{ "mean": x, "ci95": h }`.
pub fn estimate_json(estimate: &Estimate) -> Value {
    json!({ "mean": estimate.mean, "ci95": estimate.ci95 })
}

fn case_json(case: &CaseResult, details: bool) -> Value {
    let mut object = Map::new();
    object.insert("hosting".into(), json!(case.hosting));
    object.insert("family".into(), json!(case.family));
    object.insert("size".into(), json!(case.size));
    insert_figures(&mut object, &case.figures, &[], case.slo_met, Some(case.is_settled()));
    let apps: Map<String, Value> =
        case.apps.iter().map(|app| (app.name.clone(), app_json(app, &case.figures))).collect();
    object.insert("apps".into(), Value::Object(apps));
    object.insert("notes".into(), json!(case.notes));
    if details {
        let values = case.figures.iter().map(|(path, values)| (flat_name(path), json!(values)));
        object.insert("values".into(), Value::Object(values.collect()));
        object.insert("series".into(), series_json(&case.timeline));
        object.insert("latency_histogram".into(), histogram_json(&case.latency));
        object.insert("each_tenant".into(), case.tenants.iter().map(tenant_json).collect());
    }
    Value::Object(object)
}

/// Levels over the measured time, as the means of equal stretches and over replications.
fn series_json(timeline: &Timeline) -> Value {
    let stretch = timeline.length_s / timeline.instances.len().max(1) as f64;
    json!({
        "start_s": timeline.start_s,
        "stretch_s": stretch,
        "instances": timeline.instances,
        "servers": timeline.servers,
        "requests_present": timeline.present,
        "busy_cores": timeline.busy_cores,
        "requests_arrived": timeline.arrived,
        "requests_cold_share": timeline.cold_share,
        "requests_rejected_share": timeline.rejected_share,
        "requests_served_share": timeline.served_share,
        "latency_mean_s": timeline.latency_s,
    })
}

/// How many requests of all replications took up to so long, bucket by bucket.
fn histogram_json(latency: &Histogram) -> Value {
    let mut before = 0;
    let buckets = latency.cumulative().map(|(up_to, so_far)| {
        let count = so_far - std::mem::replace(&mut before, so_far);
        (json!(up_to as f64 / 1e9), json!(count))
    });
    let (up_to, counts): (Vec<Value>, Vec<Value>) = buckets.unzip();
    json!({ "up_to_s": up_to, "requests": counts })
}

fn tenant_json(tenant: &TenantResult) -> Value {
    json!({ "app": tenant.app, "tenant": tenant.tenant, "arrived": estimate_json(&tenant.arrived),
            "cold_share": estimate_json(&tenant.cold_share),
            "latency_mean_s": estimate_json(&tenant.latency_mean_s),
            "invoice_usd": estimate_json(&tenant.invoice_usd) })
}

fn app_json(app: &AppResult, figures: &Figures) -> Value {
    let mut object = Map::new();
    object.insert("hosting".into(), json!(app.hosting));
    object.insert("size".into(), json!(app.size));
    insert_figures(&mut object, figures, &["apps", &app.name], app.slo_met, None);
    if let Some(latency) = &app.latency {
        object.insert("latency_histogram".into(), histogram_json(latency));
    }
    Value::Object(object)
}

/// Puts the figures under `prefix` in, and `slo_met` and `settled` before the provider's ledger (or at
/// the end).
fn insert_figures(
    object: &mut Map<String, Value>,
    figures: &Figures,
    prefix: &[&str],
    slo_met: Option<bool>,
    settled: Option<bool>,
) {
    let verdicts = |object: &mut Map<String, Value>| {
        object.insert("rests_on".into(), rests::to_json(figures, prefix));
        object.insert("slo_met".into(), json!(slo_met));
        if let Some(settled) = settled {
            object.insert("settled".into(), json!(settled));
        }
    };
    for (path, values) in figures.iter() {
        let Some(path) = below(path, prefix).filter(|p| p[0] != "apps") else { continue };
        if path[0] == "provider_usd" && !object.contains_key("slo_met") {
            verdicts(object);
        }
        insert(object, path, estimate_json(&Estimate::of(values)));
    }
    if !object.contains_key("slo_met") {
        verdicts(object);
    }
}

/// What follows a prefix of a path, where the path has that prefix and goes on.
fn below<'p>(path: &'p [String], prefix: &[&str]) -> Option<&'p [String]> {
    let (head, rest) = path.split_at_checked(prefix.len())?;
    (!rest.is_empty() && head.iter().zip(prefix).all(|(a, b)| a == b)).then_some(rest)
}

/// Puts a value at a path of keys, making the objects on the way.
fn insert(object: &mut Map<String, Value>, path: &[String], value: Value) {
    match path {
        [] => {}
        [key] => {
            object.insert(key.clone(), value);
        }
        [key, rest @ ..] => {
            if let Value::Object(inner) = object.entry(key).or_insert_with(|| json!({})) {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn keys_stand_in_the_order_of_the_contract() {
        let text = to_json(&example());
        let value: Value = serde_json::from_str(&text).unwrap();
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(
            keys(&value),
            [
                "schema",
                "title",
                "seed",
                "replications",
                "duration_s",
                "digest",
                "version",
                "answer",
                "cases",
                "unverified",
                "notes",
                "checksum"
            ]
        );
        assert_eq!(keys(&value["cases"]), ["lambda", "droplet"]);
        let case = &value["cases"]["lambda"];
        let expected = [
            "hosting",
            "family",
            "size",
            "requests",
            "latency_s",
            "queueing_s",
            "instances",
            "fleet",
            "invoice_usd",
            "owned_usd",
            "labour_usd",
            "tco_usd",
            "usd_per_million_requests",
            "availability",
            "rests_on",
            "slo_met",
            "settled",
            "provider_usd",
            "apps",
            "notes",
        ];
        assert_eq!(keys(case), expected);
        assert_eq!(keys(&case["invoice_usd"]), ["total", "lines"]);
        assert_eq!(keys(&case["invoice_usd"]["lines"]), ["requests", "compute"]);
        assert_eq!(keys(&case["apps"]["api"])[..4], ["hosting", "size", "requests", "latency_s"]);
        assert_eq!(keys(&case["apps"]["api"]).last().unwrap(), "slo_met");
    }

    #[test]
    fn estimates_are_objects_and_the_undefined_is_null() {
        let value: Value = serde_json::from_str(&to_json(&example())).unwrap();
        let lambda = &value["cases"]["lambda"];
        assert_eq!(lambda["invoice_usd"]["total"]["mean"], json!(0.43));
        assert!(lambda["invoice_usd"]["total"]["ci95"].as_f64().unwrap() > 0.0);
        assert_eq!(value["cases"]["droplet"]["requests"]["cold_share"], json!({ "mean": null, "ci95": null }));
        assert_eq!(lambda["slo_met"], json!(true));
        assert_eq!(value["cases"]["droplet"]["size"], json!("512mb"));
    }

    #[test]
    fn floats_read_back_as_they_were() {
        let mut result = example();
        result.duration_s = 0.1 + 0.2;
        assert!(to_json(&result).contains("0.30000000000000004"));
    }
}
