//! Service level objectives: bounds on latency, and the share of requests that must be served.

use crate::document::{Diagnostics, Node, Table, fraction, positive_span};
use crate::units::Span;

/// What a latency objective bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The mean of the served requests.
    Mean,
    /// A quantile, in which a request that was not served counts as infinitely late.
    Quantile(f64),
    /// The longest; a request that was not served counts as infinitely late.
    Max,
}

/// The keys of an objective, with what they bound.
const BOUNDS: [(&str, Statistic); 7] = [
    ("mean", Statistic::Mean),
    ("p50", Statistic::Quantile(0.5)),
    ("p90", Statistic::Quantile(0.9)),
    ("p95", Statistic::Quantile(0.95)),
    ("p99", Statistic::Quantile(0.99)),
    ("p999", Statistic::Quantile(0.999)),
    ("max", Statistic::Max),
];

/// An app's objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slo {
    /// Bounds on latency, by the names of the statistics.
    pub latency: Vec<(&'static str, Statistic, Span)>,
    /// The least share of requests served.
    pub availability: Option<f64>,
    /// The greatest share of requests rejected.
    pub rejected_share: Option<f64>,
}

impl Slo {
    /// Reads `{ p99 = "500 ms", availability = 0.999 }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Slo> {
        let mut table = Table::of(node, diagnostics)?;
        let mut latency = Vec::new();
        for (name, statistic) in BOUNDS {
            if refuse_a_point(name, node, diagnostics) {
                table.node(name);
            } else if let Some(bound) = table.optional(name, diagnostics, positive_span) {
                latency.push((name, statistic, bound));
            }
        }
        let availability = table.optional("availability", diagnostics, fraction);
        let rejected_share = table.optional("rejected-share", diagnostics, fraction);
        table.finish(diagnostics);
        Some(Slo { latency, availability, rejected_share })
    }

    /// Whether nothing is demanded.
    pub fn is_empty(&self) -> bool {
        self.latency.is_empty() && self.availability.is_none() && self.rejected_share.is_none()
    }
}

/// Refuses `p99.9`, which to TOML is a table `p99` with a key `9`.
fn refuse_a_point(name: &str, node: &Node, diagnostics: &mut Diagnostics) -> bool {
    let Some(bound) = node.get(name) else { return false };
    let Some((digits, _)) = bound.as_table().and_then(|entries| entries.first()) else { return false };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let meant = format!("{name}{digits}");
    let known: Vec<&str> = BOUNDS.iter().map(|(name, _)| *name).collect();
    let help = match known.contains(&meant.as_str()) {
        true => format!("write {meant}, without a point"),
        false => format!("expected one of: {}", known.join(", ")),
    };
    diagnostics.error(bound.key, format!("there is no bound `{name}.{digits}`"), help);
    true
}
