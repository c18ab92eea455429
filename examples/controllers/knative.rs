//! Knative's pod autoscaler.

use super::input::{Input, NOW};
use super::{Answer, unknown};
use hostsim::hosting::scaling::knative::window::{Algorithm, HighestOf, Window};
use hostsim::hosting::scaling::knative::{Decider, Metric, Panic, Targets, ToZero, sample_size, scale_to_zero, target};
use hostsim::units::{Span, Time};
use serde_json::json;

pub fn answer(op: &str, input: Input<'_>) -> Answer {
    match op {
        "kpa.decide" => decide(input),
        "kpa.sequence" => sequence(input),
        "kpa.scale-down-delay" => scale_down_delay(input),
        "kpa.window" => window(input),
        "kpa.target" => targets(input),
        "kpa.sample" => Ok(json!(sample_size(input.count("pods")?))),
        "kpa.to-zero" => to_zero(input),
        _ => unknown(op),
    }
}

fn decider(input: Input<'_>) -> Result<Decider, String> {
    let default = Decider::default();
    Ok(Decider {
        target: input.positive("target")?,
        total: input.number("total")?,
        target_burst_capacity: input.number_or("tbc", default.target_burst_capacity)?,
        max_scale_up_rate: input.number_or("rate_up", default.max_scale_up_rate)?,
        max_scale_down_rate: input.number_or("rate_down", default.max_scale_down_rate)?,
        panic_threshold: input.number_or("panic_threshold", default.panic_threshold)?,
        stable_window: input.span_or("stable_window_s", default.stable_window.seconds())?,
        activation_scale: input.count_or("activation_scale", 1)?,
        reachable: input.flag_or("reachable", true)?,
    })
}

fn decide(input: Input<'_>) -> Answer {
    let age = input.maybe("panic_age_s")?;
    let since = age.map(|age| Time(NOW.0 - Span::from_seconds(age.clamp(0.0, 1e9)).0));
    let mut state = Panic { since, most: input.count_or("max_panic_pods", 0)? };
    let (stable, panic) = (input.number("stable")?, input.number("panic")?);
    let decision = state.tick(&decider(input)?, NOW, input.count("ready")?, stable, panic);
    Ok(json!({
        "desired": decision.pods, "excess_burst": decision.excess_burst as i64, "panicking": state.since.is_some()
    }))
}

fn sequence(input: Input<'_>) -> Answer {
    let rule = decider(input.object("spec").ok_or("`spec` is missing")?)?;
    let mut state = Panic::default();
    let mut pods = Vec::new();
    for step in input.list("steps")? {
        let now = Time(0) + step.span_or("t", 0.0)?;
        let (stable, panic) = (step.number("stable")?, step.number("panic")?);
        pods.push(state.tick(&rule, now, step.count("ready")?, stable, panic).pods);
    }
    Ok(json!(pods))
}

fn scale_down_delay(input: Input<'_>) -> Answer {
    let mut window = HighestOf::new(input.count("delay_s")?);
    let mut held = Vec::new();
    for step in input.list("steps")? {
        let (at, pods) = step.at(0).zip(step.at(1)).ok_or("a step is [second, pods]")?;
        held.push(window.record(at.floor() as i64, pods as u32));
    }
    Ok(json!(held))
}

fn window(input: Input<'_>) -> Answer {
    let algorithm = match input.maybe_text("algorithm").as_deref() {
        None | Some("linear") => Algorithm::Linear,
        Some("weighted-exponential" | "weighted_exponential") => Algorithm::WeightedExponential,
        Some(other) => return Err(format!("there is no algorithm `{other}`")),
    };
    let mut window = Window::new(input.count("window_s")?, algorithm);
    for record in input.list("records")? {
        let (at, value) = record.at(0).zip(record.at(1)).ok_or("a record is [second, value]")?;
        window.record(at.floor() as i64, value);
    }
    Ok(json!(window.average(input.number("at")?.floor() as i64)))
}

fn targets(input: Input<'_>) -> Answer {
    let metric = match input.maybe_text("metric").as_deref() {
        None | Some("concurrency") => Metric::Concurrency,
        Some("rps") => Metric::Rps,
        Some(other) => return Err(format!("there is no metric `{other}`")),
    };
    let annotated = input.maybe("annotation_utilization")?;
    let of = Targets {
        container_concurrency: input.maybe("container_concurrency")?,
        target: input.maybe("annotation_target")?,
        utilization: annotated.or(input.maybe("target_fraction")?),
    };
    let (target, total) = target(metric, of);
    let total = if total.fract() == 0.0 { json!(total as i64) } else { json!(total) };
    Ok(json!({ "target": target, "total": total }))
}

fn to_zero(input: Input<'_>) -> Answer {
    let active_for = input.maybe("active_for_s")?.map(|age| Span::from_seconds(age.clamp(0.0, 1e9)));
    let state = ToZero {
        stable_window: input.span_or("stable_window_s", 60.0)?,
        grace: input.span_or("grace_s", 30.0)?,
        retention: input.span_or("retention_s", 0.0)?,
        active_for,
        inactive_for: input.span_or("inactive_for_s", 0.0)?,
        activator_in_path: input.flag_or("activator_in_path", true)?,
        proxy_for: input.span_or("proxy_for_s", 0.0)?,
    };
    let (pods, applied) = scale_to_zero(input.count("desired")?, &state);
    Ok(json!([pods, applied]))
}
