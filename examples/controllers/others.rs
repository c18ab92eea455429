//! KEDA, Heroku, Cloud Run, App Engine, Azure Monitor, OpenWhisk.

use super::input::{Input, NOW};
use super::{Answer, unknown};
use hostsim::hosting::scaling::azure_vmss::{Change, Limits, Operator, Rule, step, without_metrics};
use hostsim::hosting::scaling::cloud_run::{Minute, Targets, instances};
use hostsim::hosting::scaling::heroku::{Heroku, Surplus};
use hostsim::hosting::scaling::keda::{Activity, Keda, cron_is_active};
use hostsim::hosting::scaling::{app_engine, openwhisk};
use hostsim::units::{Span, Time};
use serde_json::json;

pub fn answer(op: &str, input: Input<'_>) -> Answer {
    match op {
        "keda.request" => keda(input),
        "keda.cron" => {
            let active = cron_is_active(input.text("next_start")?, input.text("next_end")?);
            let metric = if active { input.count("desired_replicas")? } else { 0 };
            Ok(json!({ "active": active, "metric": metric }))
        }
        "heroku.events" => heroku(input),
        "run.instances" => cloud_run(input),
        "gae.threshold" => {
            let most = input.number("max_concurrent_requests")?;
            Ok(json!(app_engine::threshold(most, input.number("target_throughput_utilization")?)))
        }
        "azure.step" => azure(input),
        "ow.decide" => open_whisk(input),
        _ => unknown(op),
    }
}

fn keda(input: Input<'_>) -> Answer {
    let ago = |age: f64| Time(NOW.0 - Span::from_seconds(age.clamp(0.0, 1e9)).0);
    let rule = Keda {
        min_replica_count: input.count_or("min", 0)?,
        max_replica_count: input.count_or("max", 100)?,
        idle_replica_count: input.maybe_count("idle")?,
        cooldown_period: input.span_or("cooldown_s", 300.0)?,
        initial_cooldown_period: input.span_or("initial_cooldown_s", 0.0)?,
        ..Keda::default()
    };
    let last = input.maybe("last_active_age_s")?.map(ago);
    let mut activity = Activity { last, created: input.maybe("age_s")?.map_or(Time(0), ago) };
    Ok(json!(activity.poll(&rule, NOW, input.count("current")?, input.flag_or("active", false)?)))
}

fn heroku(input: Input<'_>) -> Answer {
    let minutes_before_down = input.count_or("minutes_before_down", 1)?;
    let (min, max) = (input.count_or("min", 1)?, input.count("max")?);
    let rule = Heroku { min, max, minutes_before_down, p95: Span(0) };
    let (mut current, mut surplus) = (input.count("current")?, Surplus::default());
    let mut dynos = Vec::new();
    for needed in input.numbers("needed_each_minute")?.into_iter().flatten() {
        current = surplus.minute(&rule, current, needed as u32);
        dynos.push(current);
    }
    Ok(json!(dynos))
}

fn cloud_run(input: Input<'_>) -> Answer {
    let default = Targets::default();
    let targets = Targets {
        cpu: input.number_or("cpu_target", default.cpu)?,
        concurrency: input.number_or("concurrency_target", default.concurrency)?,
    };
    let minute =
        Minute { cpu: input.number("cpu_seconds_per_second_1min")?, concurrency: input.number("concurrency_1min")? };
    let wanted = instances(&targets, minute, input.positive("cpus")?, input.positive("max_concurrency")?);
    Ok(json!(wanted.max(input.count_or("min", 0)?).min(input.count_or("max", u32::MAX)?)))
}

fn azure(input: Input<'_>) -> Answer {
    let now = input.count("instances")?;
    let limits = Limits { minimum: input.count_or("min", 1)?, maximum: input.count_or("max", u32::MAX)? };
    let Some(metric) = input.maybe("metric_per_instance")? else {
        return Ok(json!(without_metrics(limits, now, input.count_or("default", 0)?)));
    };
    let rules = |one: &str, many: &str| -> Result<Vec<Rule>, String> {
        let listed = input.list(many)?;
        input.object(one).into_iter().chain(listed).map(|item| rule(item, metric)).collect()
    };
    Ok(json!(step(limits, now, &rules("out_rule", "out_rules")?, &rules("in_rule", "in_rules")?)))
}

fn rule(item: Input<'_>, metric: f64) -> Result<Rule, String> {
    let operator = match item.text("op")?.as_str() {
        ">" => Operator::GreaterThan,
        ">=" => Operator::GreaterThanOrEqual,
        "<" => Operator::LessThan,
        "<=" => Operator::LessThanOrEqual,
        "==" => Operator::Equals,
        "!=" => Operator::NotEquals,
        other => return Err(format!("`{other}` compares nothing")),
    };
    let change = match item.maybe_text("type").as_deref() {
        None | Some("ChangeCount") => Change::Count(item.count("change")?),
        Some("PercentChangeCount") => Change::Percent(item.number("change")?),
        Some("ExactCount") => Change::Exact(item.count("change")?),
        Some(other) => return Err(format!("there is no type `{other}`")),
    };
    Ok(Rule { metric: item.number_or("metric", metric)?, operator, value: item.number("value")?, change })
}

fn open_whisk(input: Input<'_>) -> Answer {
    let whole = |key| input.number_or(key, 0.0).map(|number| number as i64);
    let decision = openwhisk::decide(&openwhisk::Queue {
        messages: whole("messages")?,
        stale: whole("stale")?,
        existing: whole("existing")?,
        in_progress: whole("in_progress")?,
        existing_ns: whole("existing_ns")?,
        in_progress_ns: whole("in_progress_ns")?,
        duration_ms: input.maybe("avg_duration_ms")?,
        namespace_limit: input.number("namespace_limit")? as i64,
        action_limit: input.number("action_limit")? as i64,
        concurrency: input.number_or("max_action_concurrency", 1.0)? as i64,
        initialized: input.flag_or("initialized", true)?,
    });
    if decision.drop {
        return Ok(json!("throttle+drop"));
    }
    Ok(json!({ "add": decision.add, "throttle": decision.throttle }))
}
