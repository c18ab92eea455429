//! Controllers decide as their documentation and source have it.
//!
//! `controllers/vectors.jsonl` holds inputs and decisions with their sources: the systems' own tests
//! and documented examples where those are named, and what follows from the documented rule else.

#[allow(dead_code)]
#[path = "../examples/controllers.rs"]
mod example;

use hostsim::experiment::{Order, Trial};
use hostsim::scenario::Scenario;
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

/// The mean number of instances and of starts a day of one case, under 2.4 cores of steady work.
fn steady(scaling: &str) -> (f64, f64) {
    let scenario = format!(
        "schema = 1\n[run]\nduration = \"4 h\"\nwarm-up = \"1 h\"\nreplications = 1\nmonth = \"duration\"\n\
         [app.a]\narrivals.poisson = {{ rate = \"2.4 /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
         response = \"100 KiB\"\n[case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\nconcurrency = 100\n\
         start.constant = \"10 s\"\nscaling.{scaling}\n"
    );
    let scenario = Scenario::from_text(&scenario).expect("it is a scenario");
    let case = &scenario.cases[0];
    let orders = Order::of_case(case).expect("all is ordered");
    let trial = Trial { scenario: &scenario, case, orders: &orders, traffic: 1.0, replication: 0 };
    let figures = trial.run_with(|_| None::<hostsim::hosting::Pool>).expect("it runs");
    let figure = |name: &str| figures.figure(name).expect("the figure is there");
    (figure("instances_mean"), 6.0 * figure("instances_started"))
}

/// Where the load is steady every controller has as many as its target asks for: 2.4 / 0.6 = 4 and
/// what its rounding and its memory of higher moments add (at most three), and none drowns.
#[test]
fn every_controller_finds_the_number_that_a_steady_load_needs() {
    for scaling in [
        "kubernetes-hpa = { average-utilization = 60 }",
        "kubernetes-hpa = { average-utilization = 60, era = \"2017\" }",
        "keda = { threshold = 0.6 }",
        "aws-target-tracking = { target-value = 60 }",
        "aws-target-tracking = { target-value = 60, service = \"application\" }",
        "aws-target-tracking = { target-value = 36, metric = \"requests\" }",
        "cloud-run = { max-instances = 50 }",
        "azure-vmss = { scale-out = { threshold = 60 }, scale-in = { threshold = 40 } }",
        "aws-step-scaling = { scale-out = { threshold = 70, evaluation-periods = 3, steps = [{ lower = 0, adjustment = 1 }] }, \
         scale-in = { threshold = 35, evaluation-periods = 15, steps = [{ upper = 0, adjustment = -1 }] } }",
    ] {
        let (instances, _) = steady(scaling);
        assert!((3.5..=7.0).contains(&instances), "{scaling}: {instances} instances");
    }
}

/// Kubernetes' own rule keeps the highest recommendation of five minutes: it starts a few a day
/// where the rule without that memory starts a hundred.
#[test]
fn kubernetes_does_not_flap_under_a_steady_load() {
    let (_, kubernetes) = steady("kubernetes-hpa = { average-utilization = 60 }");
    let (_, hybrid) = steady("target-utilisation = { target = 0.6, min = 1, max = 50, period = \"15 s\" }");
    assert!(3.0 * kubernetes < hybrid, "{kubernetes} starts a day against {hybrid}");
}

/// What a controller's table does not know is refused at the key, and so is what makes no sense.
#[test]
fn unknown_parameters_are_refused() {
    for (scaling, word) in [
        ("concurrency = { target = 10, foo = 3 }", "unknown key `foo`"),
        ("kubernetes-hpa = { max = 3 }", "unknown key `max`"),
        ("kubernetes-hpa = { era = \"2017\", behavior = {} }", "no `behavior` in 2017"),
        ("kubernetes-hpa = { min-replicas = 9, max-replicas = 3 }", "is below"),
        ("knative = { stable-window = \"1 s\" }", "from 6 s to 1 h"),
        ("aws-target-tracking = { scale-in-cooldown = \"1 min\" }", "Application Auto Scaling"),
        ("heroku = { max = 3 }", "`p95` is missing"),
        ("azure-vmss = {}", "nothing is ever changed"),
        ("schedule = [{ from = \"08:00\", to = \"20:00\", instances = 1, zone = \"Europe/Berlin\" }]", "has no date"),
        ("schedule = [{ from = \"08:00\", to = \"20:00\", instances = 1, days = [] }]", "no day"),
    ] {
        let text = format!(
            "schema = 1\n[app.a]\n[case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\nscaling.{scaling}\n"
        );
        let said = Scenario::from_text(&text).err().unwrap_or_default();
        assert!(said.contains(word), "{scaling}: {said}");
    }
}
