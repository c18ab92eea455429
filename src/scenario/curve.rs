//! `[curve]`: the traffic at which cost is computed.

use crate::document::{Diagnostics, Node, Table, Value, positive, positive_count};

/// Points of traffic, as multiples of what the apps say, spaced logarithmically.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traffic {
    /// The least.
    pub from: f64,
    /// The most.
    pub to: f64,
    /// How many.
    pub points: u32,
}

/// The plan of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePlan {
    /// The points.
    pub traffic: Traffic,
    /// Requests simulated per point and replication; `None` keeps the scenario's duration.
    pub requests: Option<u64>,
}

/// From so many points on a curve is refused.
const MOST_POINTS: u64 = 10_001;

/// The least and the greatest multiple of a scenario's traffic.
const LEAST_TRAFFIC: f64 = 1e-9;
const MOST_TRAFFIC: f64 = 1e9;

impl Default for CurvePlan {
    fn default() -> CurvePlan {
        CurvePlan { traffic: Traffic { from: 0.01, to: 100.0, points: 13 }, requests: Some(200_000) }
    }
}

impl CurvePlan {
    /// Reads `[curve]`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<CurvePlan> {
        let defaults = CurvePlan::default();
        let mut table = Table::of(node, d)?;
        let traffic = table.default("traffic", defaults.traffic, d, Traffic::read);
        let requests = table.default("requests", defaults.requests, d, |node, d| match &node.value {
            Value::String(word) if word == "duration" => Some(None),
            _ => positive_count(node, d).map(Some),
        });
        table.finish(d);
        Some(CurvePlan { traffic, requests })
    }
}

impl Traffic {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Traffic> {
        let mut table = Table::of(node, d)?;
        let from = table.required("from", d, positive);
        let to = table.required("to", d, positive);
        let points = table.required("points", d, positive_count);
        table.finish(d);
        let (from, to, points) = (from?, to?, points?);
        match Traffic::wrong(from, to, points) {
            Some((message, help)) => d.error(node.at, message, help),
            None => return Some(Traffic { from, to, points: points as u32 }),
        }
        None
    }

    /// What is wrong with a range, and what to do. One point twice would be a crossover of nothing,
    /// and a `to` that no point reaches would be passed over in silence.
    fn wrong(from: f64, to: f64, points: u64) -> Option<(String, &'static str)> {
        match points {
            _ if from < LEAST_TRAFFIC || to > MOST_TRAFFIC => Some((
                format!("traffic from {from:e} to {to:e} is beyond what is simulated"),
                "multiples of the scenario's traffic from 1e-9 to 1e9",
            )),
            _ if to < from => Some((format!("the traffic ends ({to}) below where it begins ({from})"), "swap both")),
            MOST_POINTS.. => Some((format!("{points} points of traffic are too many"), "at most 10000")),
            1 if from < to => Some((
                format!("one point of traffic lies at {from}, and none at {to}"),
                "take two points or more, or the same `from` and `to`",
            )),
            2.. if from == to => Some((format!("all {points} points of traffic lie at {from}"), "take `points = 1`")),
            _ => None,
        }
    }

    /// The multiples, from the least to the most.
    pub fn values(&self) -> Vec<f64> {
        if self.points == 1 {
            return vec![self.from];
        }
        let steps = f64::from(self.points - 1);
        let ratio = libm::log(self.to / self.from);
        (0..self.points)
            .map(|k| if k + 1 == self.points { self.to } else { self.from * libm::exp(ratio * f64::from(k) / steps) })
            .collect()
    }
}
