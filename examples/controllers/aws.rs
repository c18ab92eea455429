//! AWS: target tracking, step and simple scaling, scheduled actions, Elastic Beanstalk.

use super::input::Input;
use super::{Answer, unknown};
use hostsim::hosting::scaling::aws_step_scaling::{AdjustmentType, Simple, Sizes, Step, adjust, scheduled, step};
use hostsim::hosting::scaling::aws_target_tracking::{Alarms, Service, Wants, capacity, thresholds, together};
use hostsim::hosting::scaling::elastic_beanstalk::ElasticBeanstalk;
use hostsim::units::{Span, Time};
use serde_json::{Value, json};

pub fn answer(op: &str, input: Input<'_>) -> Answer {
    match op {
        "tt.capacity" => {
            let (min, max) = bounds(input, 1)?;
            let current = input.count("current")?;
            let Some(metric) = input.maybe("metric")? else { return Ok(json!(current)) };
            Ok(json!(capacity(current, metric, input.positive("target")?, min, max)))
        }
        "tt.thresholds" => {
            let found = thresholds(service(input)?, input.number("target")?);
            Ok(json!({
                "high_above": found.high_above, "low_below": found.low_below,
                "high_datapoints": found.high_datapoints, "low_datapoints": found.low_datapoints
            }))
        }
        "tt.alarms" => {
            let (thresholds, mut alarms) = (thresholds(service(input)?, input.number("target")?), Alarms::default());
            let minutes = input.numbers("datapoints")?.into_iter().map(|point| alarms.minute(&thresholds, point));
            Ok(minutes.map(word).collect::<Vec<_>>().into())
        }
        "tt.policies" => policies(input),
        "asg.adjust" => {
            let (current, adjustment) = (input.count("current")?, input.number("adjustment")?);
            Ok(json!(bounded(input, adjust(current, adjustment, kind(input)?, input.count_or("min_magnitude", 0)?))?))
        }
        "asg.step" => by_step(input),
        "asg.simple" => simple(input),
        "asg.scheduled" => action(input),
        "eb.trigger" => {
            let mut rule = ElasticBeanstalk::default();
            (rule.min_size, rule.max_size) =
                (input.count_or("min", rule.min_size)?, input.count_or("max", rule.max_size)?);
            Ok(json!(rule.trigger(input.count("current")?, input.number("network_out_avg_bytes_5min")?)))
        }
        _ => unknown(op),
    }
}

fn bounds(input: Input<'_>, min: u32) -> Result<(u32, u32), String> {
    Ok((input.count_or("min", min)?, input.count_or("max", u32::MAX)?))
}

fn bounded(input: Input<'_>, capacity: u32) -> Result<u32, String> {
    let (min, max) = bounds(input, 0)?;
    Ok(capacity.max(min).min(max))
}

fn service(input: Input<'_>) -> Result<Service, String> {
    let name = input.maybe_text("service").unwrap_or_else(|| "ec2-asg".into());
    let is_2017 = input.maybe_text("era").is_some_and(|era| era != "now");
    Ok(match name.as_str() {
        "ec2-asg" if is_2017 => Service::Ec2Asg2017,
        "ec2-asg" => Service::Ec2Asg,
        "application" | "ecs" | "lambda" | "aurora" => Service::Application,
        "dynamodb" => Service::DynamoDb,
        "ecs-capacity-provider" | "ecs-capacity-providers" => Service::EcsCapacityProvider,
        other => return Err(format!("there is no service `{other}`")),
    })
}

fn word(wants: Wants) -> Value {
    json!(match wants {
        Wants::Out => "out",
        Wants::In => "in",
        Wants::Nothing => "-",
    })
}

fn policies(input: Input<'_>) -> Answer {
    let read = |policy: Input<'_>| {
        let wants = match policy.text("wants")?.as_str() {
            "out" => Wants::Out,
            "in" => Wants::In,
            _ => Wants::Nothing,
        };
        Ok((wants, policy.count("capacity")?))
    };
    let policies: Result<Vec<_>, String> = input.list("policies")?.into_iter().map(read).collect();
    Ok(json!(together(input.count("current")?, &policies?)))
}

fn kind(input: Input<'_>) -> Result<AdjustmentType, String> {
    Ok(match input.maybe_text("type").as_deref() {
        None | Some("PercentChangeInCapacity") => AdjustmentType::PercentChangeInCapacity,
        Some("ChangeInCapacity") => AdjustmentType::ChangeInCapacity,
        Some("ExactCapacity") => AdjustmentType::ExactCapacity,
        Some(other) => return Err(format!("there is no type `{other}`")),
    })
}

fn by_step(input: Input<'_>) -> Answer {
    let current = input.count("current")?;
    let read = |item: Input<'_>| {
        let adjustment = item.at(2).ok_or("a step is [lower, upper, adjustment]")?;
        Ok(Step { lower: item.at(0), upper: item.at(1), adjustment })
    };
    let steps: Result<Vec<Step>, String> = input.list("steps")?.into_iter().map(read).collect();
    let difference = input.number("metric")? - input.number("threshold")?;
    let high = input.text("direction")? == "high";
    let after = match step(&steps?, difference, high) {
        Some(step) => adjust(current, step.adjustment, kind(input)?, input.count_or("min_magnitude", 0)?),
        None => current,
    };
    Ok(json!(bounded(input, after)?))
}

fn simple(input: Input<'_>) -> Answer {
    let (mut current, add) = (input.count("current")?, input.number("add")?);
    let (takes, cool_down) = (input.span_or("launch_s", 0.0)?, input.span_or("cooldown_s", 300.0)?);
    let mut past = Simple::default();
    let mut sizes = Vec::new();
    for breach in input.numbers("breaches")?.into_iter().flatten() {
        let now = Time(0) + Span::from_seconds(breach.clamp(0.0, 1e9));
        let wanted = bounded(input, adjust(current, add, AdjustmentType::ChangeInCapacity, 0))?;
        current = past.breach(now, current, wanted, takes, cool_down);
        sizes.push(current);
    }
    Ok(json!(sizes))
}

fn action(input: Input<'_>) -> Answer {
    let group = input.object("group").ok_or("`group` is missing")?;
    let action = input.object("action").ok_or("`action` is missing")?;
    let group = Sizes { min: group.count("min")?, max: group.count("max")?, desired: group.count("desired")? };
    let [min, max, desired] = ["min", "max", "desired"].map(|key| action.maybe_count(key));
    let after = scheduled(group, min?, max?, desired?);
    Ok(json!({ "min": after.min, "max": after.max, "desired": after.desired }))
}
