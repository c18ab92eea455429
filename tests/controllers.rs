//! Controllers decide as their documentation and source have it.
//!
//! `controllers/vectors.jsonl` holds inputs and decisions with their sources: the systems' own tests
//! and documented examples where those are named, and what follows from the documented rule else.

#[allow(dead_code)]
#[path = "../examples/controllers.rs"]
mod example;

use serde_json::{Value, json};
use std::path::Path;

/// Whether two decisions are the same, numbers to a relative 1e-9.
fn is_same(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap_or(f64::NAN), other.as_f64().unwrap_or(f64::NAN));
            (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| is_same(one, other)))
        }
        _ => expected == found,
    }
}

fn check(input: &str, expected: &str, source: &str) {
    let (expected, found) = (serde_json::from_str(expected).expect("JSON"), example::decide(input));
    assert!(is_same(&expected, &found), "{input}\n expected {expected}\n found {found}\n by {source}");
}

#[test]
fn every_vector_is_decided_as_its_system_does() {
    let vectors = include_str!("controllers/vectors.jsonl");
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).expect("JSON");
        check(&vector["input"].to_string(), &vector["expected"].to_string(), &vector["source"].to_string());
    }
    assert_eq!(vectors.lines().count(), 182);
}

/// The table that the vectors were taken from, and may have grown since.
#[test]
fn the_table_of_vectors_agrees_where_it_is_there() {
    let Some(path) = std::env::var_os("HOSTSIM_CONTROLLER_VECTORS") else {
        return println!("skipped: HOSTSIM_CONTROLLER_VECTORS names no table with the columns input and expected");
    };
    let mut table = csv::Reader::from_path(Path::new(&path)).expect("the table can be read");
    let headers = table.headers().expect("it has a header").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("the column is there");
    let (input, expected) = (column("input"), column("expected"));
    for row in table.records() {
        let row = row.expect("a row");
        check(&row[input], &row[expected], "the table");
    }
}

/// What the rules say beyond the table.
#[test]
fn rules_hold_beyond_the_vectors() {
    let cases = [
        // A number that decimal fractions make whole is not rounded up: 10 × 0.63 / 0.7 = 9.
        (json!({"op": "tt.capacity", "current": 10, "metric": 0.63, "target": 0.7}), json!(9)),
        (json!({"op": "asg.adjust", "current": 70, "adjustment": 10, "type": "PercentChangeInCapacity"}), json!(77)),
        (json!({"op": "asg.adjust", "current": 2, "adjustment": -10, "type": "PercentChangeInCapacity"}), json!(1)),
        (json!({"op": "asg.adjust", "current": 3, "adjustment": -7, "type": "ChangeInCapacity"}), json!(0)),
        // Both directions of `behavior` may be shut.
        (json!({"op": "hpa.rate", "current": 9, "desired": 90, "up": {"select": "Disabled"}}), json!(9)),
        (json!({"op": "hpa.rate", "current": 9, "desired": 1, "down": {"select": "Disabled"}}), json!(9)),
        (
            json!({"op": "hpa.rate", "current": 50, "desired": 1,
                   "down": {"select": "Min", "policies": [["Pods", 4, 60], ["Percent", 50, 60]]}}),
            json!(46),
        ),
        // Outside its limits the autoscaler goes to them without any metric.
        (json!({"op": "hpa.2017", "current": 12, "desired": 12, "max": 10, "since_last_scale_s": 1}), json!(10)),
        (json!({"op": "hpa.2017", "current": 4, "desired": 8, "max": 100, "since_last_scale_s": 180}), json!(4)),
        (json!({"op": "hpa.2017", "current": 4, "desired": 8, "max": 100, "since_last_scale_s": 181}), json!(8)),
        (json!({"op": "hpa.combine", "current": 5, "proposals": [null, 7]}), json!(7)),
        (json!({"op": "hpa.combine", "current": 5, "proposals": [null, null]}), json!(5)),
        (json!({"op": "keda.request", "current": 0, "min": 0, "active": true}), json!(1)),
        (json!({"op": "keda.request", "current": 3, "min": 0, "active": false, "last_active_age_s": 300}), json!(3)),
        (json!({"op": "keda.request", "current": 3, "min": 0, "active": false, "last_active_age_s": 301}), json!(0)),
        (json!({"op": "kpa.to-zero", "desired": 0, "stable_window_s": 60, "active_for_s": 59}), json!([1, true])),
        (json!({"op": "kpa.sample", "pods": 4}), json!(4)),
        // The latest second of six weighs 1 − 0.0001^(1/6) = 0.784557…
        (
            json!({"op": "kpa.window", "window_s": 6, "algorithm": "weighted-exponential",
                   "records": [[10, 1.0]], "at": 10}),
            json!(1.0 - 0.0001f64.powf(1.0 / 6.0)),
        ),
        (json!({"op": "karp.budget", "nodes": 15, "reason": "Empty", "disrupting": 1}), json!(1)),
        (
            json!({"op": "azure.step", "instances": 5, "metric_per_instance": 20,
                   "out_rule": {"op": ">", "value": 30, "change": 1}, "in_rule": {"op": "<", "value": 25, "change": 3}}),
            json!(4),
        ),
    ];
    for (input, expected) in cases {
        check(&input.to_string(), &expected.to_string(), "the rule");
    }
}

#[test]
fn what_cannot_be_decided_is_an_error_and_no_panic() {
    for line in [
        "",
        "{",
        "[]",
        "7",
        "{}",
        r#"{"op":"hpa"}"#,
        r#"{"op":"hpa.nothing"}"#,
        r#"{"op":"no.such"}"#,
        r#"{"op":"hpa.resource","current":1,"target_percent":0,"pods":[{"request_m":0,"usage_m":0}]}"#,
        r#"{"op":"hpa.resource","current":1,"target_percent":50,"pods":[]}"#,
        r#"{"op":"tt.capacity","current":-1,"metric":1,"target":1}"#,
        r#"{"op":"kpa.window","window_s":1e30,"records":[],"at":0}"#,
        r#"{"op":"karp.budget","nodes":1,"reason":"Empty","budgets":[{"nodes":"x%"}]}"#,
    ] {
        assert!(example::decide(line).get("error").is_some(), "{line}");
    }
    // Extreme, but decided.
    for line in [
        r#"{"op":"hpa.loop","current":0,"target_percent":50,"min":0,"demand":[1]}"#,
        r#"{"op":"kpa.decide","ready":0,"stable":1e300,"panic":1e300,"target":0.01,"total":1}"#,
        r#"{"op":"hpa.resource","current":1,"target_percent":0.1,"pods":[{"request_m":1e300,"usage_m":1e300}]}"#,
        r#"{"op":"ca.utilization","allocatable":{"cpu_m":0,"mem":0},"pods":[]}"#,
        r#"{"op":"kpa.window","window_s":0,"records":[[0,1],[-5,1]],"at":9}"#,
    ] {
        example::decide(line);
    }
}
