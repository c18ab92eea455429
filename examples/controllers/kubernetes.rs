//! The horizontal pod autoscaler.

use super::input::{Input, NOW};
use super::{Answer, unknown};
use hostsim::hosting::scaling::kubernetes_hpa::behaviour::{
    Amount, Behaviour, Direction, Past, Policy, Select, clamp, limit, stabilise, stabilise_by,
};
use hostsim::hosting::scaling::kubernetes_hpa::metric::{
    Pod, Target, Tolerance, by_average_value, by_pods, by_value, combine,
};
use hostsim::hosting::scaling::kubernetes_hpa::{Era, KubernetesHpa, Memory};
use hostsim::units::{Span, Time};
use serde_json::json;

pub fn answer(op: &str, input: Input<'_>) -> Answer {
    match op {
        "hpa.resource" => resource(input),
        "hpa.pods-metric" => pods_metric(input),
        "hpa.total-value" => {
            let (current, ready) = (input.count("current")?, input.count("ready")?);
            Ok(json!(by_value(current, ready, input.number("metric")?, input.positive("target")?, tolerance(input)?)))
        }
        "hpa.average-value" => {
            let (metric, each) = (input.number("metric")?, input.positive("target_per_pod")?);
            Ok(json!(by_average_value(input.count("current")?, metric, each, tolerance(input)?)))
        }
        "hpa.combine" => {
            let proposals: Vec<Option<u32>> =
                input.numbers("proposals")?.into_iter().map(|number| number.map(|number| number as u32)).collect();
            Ok(json!(combine(input.count("current")?, &proposals)))
        }
        "hpa.clamp" => {
            let (min, max) = bounds(input)?;
            Ok(json!(clamp(input.count("current")?, input.count("desired")?, min, max)))
        }
        "hpa.stabilise" => {
            let (history, window) = (input.ages("history")?, input.span_or("window_s", 300.0)?);
            Ok(json!(stabilise(&history, input.count("desired")?, window, NOW)))
        }
        "hpa.rate" => {
            let past = Past { ups: input.ages("up_events")?, downs: input.ages("down_events")?, now: NOW };
            let (current, desired) = (input.count("current")?, input.count("desired")?);
            Ok(json!(limit(&behaviour(input)?, &past, current, desired, bounds(input)?)))
        }
        "hpa.stabilise-behavior" => {
            let (current, desired) = (input.count("current")?, input.count("desired")?);
            Ok(json!(stabilise_by(&behaviour(input)?, &input.ages("history")?, current, desired, NOW)))
        }
        "hpa.loop" => whole_loop(input),
        "hpa.2017" => in_2017(input),
        _ => unknown(op),
    }
}

fn bounds(input: Input<'_>) -> Result<(u32, u32), String> {
    Ok((input.count_or("min", 1)?, input.count_or("max", u32::MAX)?))
}

fn tolerance(input: Input<'_>) -> Result<Tolerance, String> {
    let default = Tolerance::default();
    let both = input.number_or("tolerance", default.up)?;
    Ok(Tolerance {
        up: input.number_or("tolerance_up", both)?,
        down: input.number_or("tolerance_down", both)?,
        by_difference: input.maybe_text("era").is_some_and(|era| era != "now"),
    })
}

/// A value as the whole number that the autoscaler works with.
fn thousandths(value: f64) -> i64 {
    value.clamp(-1e12, 1e12) as i64
}

/// One pod, by the key of its value and the key (or number) of what it asked for.
fn pod(pod: Input<'_>, value: &str, asked: i64, readiness_counts: bool) -> Result<Option<Pod>, String> {
    let state = pod.maybe_text("state").unwrap_or_default();
    let used = pod.maybe(value)?.map(thousandths);
    Ok(match (state.as_str(), used) {
        ("failed" | "deleting", _) => None,
        ("pending", _) => Some(Pod::Unready(asked)),
        ("unready", _) if readiness_counts || used.is_none() => Some(Pod::Unready(asked)),
        ("missing", _) | (_, None) => Some(Pod::Missing(asked)),
        (_, Some(used)) => Some(Pod::Counted(used, asked)),
    })
}

fn pods(input: Input<'_>, read: impl Fn(Input<'_>) -> Result<Option<Pod>, String>) -> Result<Vec<Pod>, String> {
    let pods: Result<Vec<Option<Pod>>, String> = input.list("pods")?.into_iter().map(read).collect();
    Ok(pods?.into_iter().flatten().collect())
}

fn resource(input: Input<'_>) -> Answer {
    let target = Target::Utilisation(input.positive("target_percent")? as i64);
    let pods = pods(input, |item| pod(item, "usage_m", thousandths(item.number("request_m")?), true))?;
    let (replicas, utilization) =
        by_pods(input.count("current")?, target, &pods, tolerance(input)?).ok_or("no pod has a sample")?;
    Ok(json!({ "replicas": replicas, "utilization": utilization }))
}

fn pods_metric(input: Input<'_>) -> Answer {
    let target = thousandths(input.positive("target")?);
    let pods = pods(input, |item| pod(item, "value", target, false))?;
    let proposal = by_pods(input.count("current")?, Target::AverageValue(target), &pods, tolerance(input)?);
    Ok(json!(proposal.ok_or("no pod has a sample")?.0))
}

fn behaviour(input: Input<'_>) -> Result<Behaviour, String> {
    let default = Behaviour::default();
    Ok(Behaviour {
        up: direction(input, "up", "up_window_s", default.up)?,
        down: direction(input, "down", "down_window_s", default.down)?,
    })
}

fn direction(input: Input<'_>, key: &str, window: &str, default: Direction) -> Result<Direction, String> {
    let given = input.object(key);
    let select = match given.and_then(|given| given.maybe_text("select")).as_deref() {
        None => default.select,
        Some("Max") => Select::Max,
        Some("Min") => Select::Min,
        Some("Disabled") => Select::Disabled,
        Some(other) => return Err(format!("`{other}` is not Max, Min or Disabled")),
    };
    let policies = match given {
        Some(given) if given.object("policies").is_some() => {
            given.list("policies")?.into_iter().map(policy).collect::<Result<_, String>>()?
        }
        _ => default.policies,
    };
    Ok(Direction { window: input.span_or(window, default.window.seconds())?, select, policies })
}

fn policy(item: Input<'_>) -> Result<Policy, String> {
    let wrong = "a policy is [\"Pods\" or \"Percent\", number, seconds]";
    let (value, seconds) = item.at(1).zip(item.at(2)).ok_or(wrong)?;
    let amount = match item.0.get(0).and_then(|kind| kind.as_str()) {
        Some("Pods") => Amount::Pods(value as u32),
        Some("Percent") => Amount::Percent(value),
        _ => return Err(wrong.into()),
    };
    Ok(Policy { amount, period: Span::from_seconds(seconds.clamp(0.0, 1e9)) })
}

/// The whole rule, with pods that are ready at once: `demand` is what all pods together use, as a
/// multiple of what one requests.
fn whole_loop(input: Input<'_>) -> Answer {
    let (min, max) = bounds(input)?;
    let percent = input.positive("target_percent")? as u32;
    let mut rule = KubernetesHpa::new(Era::Now, percent, min, max);
    rule.tolerance = tolerance(input)?;
    rule.behavior = input.object("behavior").map(behaviour).transpose()?;
    let sync = input.span_or("sync_s", 15.0)?;
    let mut current = input.count("current")?;
    let mut memory = Memory::begin(Time(0), current);
    let mut replicas = Vec::new();
    for (look, demand) in input.numbers("demand")?.into_iter().enumerate() {
        let now = Time(look as u64 * sync.0);
        current = memory.look(&rule, now, current, || propose(&rule, current, demand?));
        replicas.push(current);
    }
    Ok(json!(replicas))
}

/// The proposal where the demand is shared evenly.
fn propose(rule: &KubernetesHpa, current: u32, demand: f64) -> Option<u32> {
    if current == 0 {
        return None;
    }
    let used = thousandths((demand * 1000.0).round());
    let mut pods = vec![Pod::Counted(used / i64::from(current), 1000); current as usize];
    if let Some(Pod::Counted(first, _)) = pods.first_mut() {
        *first += used % i64::from(current);
    }
    let target = Target::Utilisation(i64::from(rule.average_utilization));
    by_pods(current, target, &pods, rule.tolerance).map(|proposal| proposal.0)
}

fn in_2017(input: Input<'_>) -> Answer {
    let (min, max) = bounds(input)?;
    let rule = KubernetesHpa::new(Era::In2017, 80, min, max);
    let (current, desired) = (input.count("current")?, input.count("desired")?);
    let mut memory = Memory::begin(Time(0), current);
    memory.last_scale =
        input.maybe("since_last_scale_s")?.map(|age| Time(NOW.0 - Span::from_seconds(age.clamp(0.0, 1e9)).0));
    Ok(json!(memory.look(&rule, NOW, current, || Some(desired))))
}
