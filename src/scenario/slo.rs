//! Service level objectives: bounds on latency and on waiting, and the share of requests that must be served.

use crate::document::{Diagnostics, Node, Slip, Table, fraction, positive_span};
use crate::units::{Span, percentile};

/// What an objective on times bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// The mean of the served requests.
    Mean,
    /// A quantile, in which a request that was not served counts as infinitely late.
    Quantile(f64),
    /// The longest; a request that was not served counts as infinitely late.
    Max,
}

/// One bound of an objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// What it bounds, in one word: "p99.9".
    pub name: String,
    /// The same.
    pub statistic: Statistic,
    /// The longest time that it allows.
    pub most: Span,
}

/// An app's objective.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slo {
    /// Bounds on the time from arrival to answer.
    pub latency: Vec<Bound>,
    /// Bounds on the time from arrival to being inside an instance.
    pub queueing: Vec<Bound>,
    /// The least share of requests served.
    pub availability: Option<f64>,
    /// The greatest share of requests rejected.
    pub rejected_share: Option<f64>,
}

/// What is looked for in an objective and stands elsewhere.
const SLIPS: &[Slip] = &[
    ("latency", "bounds on latency stand in the objective itself: slo = { p99 = \"500 ms\" }"),
    ("response", "bounds on the time to the answer stand in the objective itself: slo = { p99 = \"500 ms\" }"),
    ("waiting", "write queueing = {}"),
    ("wait", "write queueing = {}"),
    ("median", "write p50 = {}"),
];

impl Slo {
    /// Reads `{ p99 = "500 ms", queueing = { p80 = "20 s" }, availability = 0.999 }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Slo> {
        let mut table = Table::of(node, diagnostics)?;
        table.slips(SLIPS);
        let latency = read_bounds(node, &mut table, diagnostics);
        let queueing = table.optional("queueing", diagnostics, read_queueing).unwrap_or_default();
        let availability = table.optional("availability", diagnostics, fraction);
        let rejected_share = table.optional("rejected-share", diagnostics, fraction);
        table.finish(diagnostics);
        Some(Slo { latency, queueing, availability, rejected_share })
    }

    /// Whether nothing is demanded.
    pub fn is_empty(&self) -> bool {
        self.bounds().next().is_none() && self.availability.is_none() && self.rejected_share.is_none()
    }

    /// Its bounds on times, of latency and of waiting.
    pub fn bounds(&self) -> impl Iterator<Item = &Bound> {
        self.latency.iter().chain(&self.queueing)
    }
}

fn read_queueing(node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<Bound>> {
    let mut table = Table::of(node, diagnostics)?;
    let bounds = read_bounds(node, &mut table, diagnostics);
    table.finish(diagnostics);
    Some(bounds)
}

/// The bounds on one time: `mean`, `max` and any percentile.
fn read_bounds<'n>(node: &'n Node, table: &mut Table<'n>, diagnostics: &mut Diagnostics) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for (name, statistic) in [("mean", Statistic::Mean), ("max", Statistic::Max)] {
        if let Some(most) = table.optional(name, diagnostics, positive_span) {
            bounds.push(Bound { name: name.into(), statistic, most });
        }
    }
    for (key, value) in node.as_table().into_iter().flatten() {
        if !percentile::is_one(key) {
            continue;
        }
        table.accept(key);
        // To TOML, p99.9 without quotes is a key `9` in a table `p99`.
        let written = match value.as_table() {
            Some(parts) => parts.iter().map(|(part, value)| (format!("{key}.{part}"), value)).collect(),
            None => vec![(key.clone(), value)],
        };
        for (name, value) in written {
            match percentile::share(&name) {
                Ok(share) => bounds.extend(positive_span(value, diagnostics).map(|most| {
                    let (name, statistic) = (percentile::name(share), Statistic::Quantile(share));
                    Bound { name, statistic, most }
                })),
                Err(help) => diagnostics.error(value.key, format!("there is no percentile `{name}`"), help),
            }
        }
    }
    refuse_twice(&bounds, node, diagnostics);
    bounds.sort_by(|a, b| rank(a.statistic).total_cmp(&rank(b.statistic)));
    bounds
}

/// Two spellings of one percentile are two bounds on one figure.
fn refuse_twice(bounds: &[Bound], node: &Node, diagnostics: &mut Diagnostics) {
    for (index, bound) in bounds.iter().enumerate() {
        if bounds[..index].iter().any(|other| other.name == bound.name) {
            diagnostics.error(node.key, format!("`{}` is bounded twice", bound.name), "leave one of the two out");
        }
    }
}

/// Mean, percentiles by their size, longest.
fn rank(statistic: Statistic) -> f64 {
    match statistic {
        Statistic::Mean => -1.0,
        Statistic::Quantile(share) => share,
        Statistic::Max => 2.0,
    }
}
