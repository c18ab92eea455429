//! `[sweep.sample]`: points drawn from distributions.
//!
//! `method` is `latin-hypercube` (the default), `sobol`, or `saltelli`: the design from which
//! `sensitivity` computes Sobol' indices, with `points` × (axes + 2) points (Saltelli et al.,
//! Computer Physics Communications 181, 2010).

use super::range::Range;
use super::{Block, Design, MOST_DIMENSIONS, Sobol, latin_hypercube};
use crate::document::{Diagnostics, Node, Table, Value, count, named, positive_count, suggest};
use std::path::Path;

/// How points are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// A Latin hypercube.
    #[default]
    LatinHypercube,
    /// A Sobol' sequence with a random shift.
    Sobol,
    /// Saltelli's design over a Sobol' sequence.
    Saltelli,
}

impl Method {
    /// All methods with their words.
    pub const ALL: [(&'static str, Method); 3] =
        [("latin-hypercube", Method::LatinHypercube), ("sobol", Method::Sobol), ("saltelli", Method::Saltelli)];
}

/// A sample: what `sensitivity` needs to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How it was drawn.
    pub method: Method,
    /// Its base points.
    pub points: u64,
}

/// What the values of an axis are drawn from.
enum Spread {
    /// One of these, each as likely.
    List(Vec<Node>),
    /// Uniform on a range, or its logarithm is.
    Range(Range),
}

/// The keys that are not axes.
const OWN: [&str; 3] = ["method", "points", "seed"];
/// The most base points.
const MOST_POINTS: u64 = 10_000_000;

pub(super) fn read(node: &Node, design: &mut Design, _directory: &Path, d: &mut Diagnostics) {
    if Table::of(node, d).is_none() {
        return;
    }
    let before = d.count();
    let own = own_keys(node);
    let Some(mut table) = Table::of(&own, d) else { return };
    let method = table.default("method", Method::default(), d, |n, d| named(n, d, "method", &Method::ALL));
    let points = table.required("points", d, positive_count).unwrap_or(1);
    let seed = table.default("seed", 1, d, count);
    table.finish(d);
    let mut axes: Vec<(usize, Spread, Node)> = Vec::new();
    for (name, inner) in node.as_table().into_iter().flatten().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        // A word without a dot is more likely a typo of an option.
        if !name.contains('.') {
            d.error(
                inner.key,
                format!("`{name}` is no option of a sample, nor a path"),
                suggest(name, OWN.into_iter()),
            );
            continue;
        }
        if let (Some(axis), Some(spread)) = (design.add_axis(name, inner, d), read_spread(inner, d)) {
            axes.push((axis, spread, inner.clone()));
        }
    }
    let wide = if method == Method::Saltelli { 2 * axes.len() } else { axes.len() };
    if points > MOST_POINTS {
        d.error(node.key, format!("{points} points are too many"), format!("at most {MOST_POINTS}"));
    }
    if method != Method::LatinHypercube && wide > MOST_DIMENSIONS {
        d.error(
            node.key,
            format!("at most {MOST_DIMENSIONS} dimensions can be sampled so"),
            "method = \"latin-hypercube\"",
        );
    }
    if d.count() > before {
        return;
    }
    design.sample = Some(Sample { method, points });
    let rows = coordinates(method, points as usize, axes.len(), seed);
    let row = |row: Vec<f64>| axes.iter().zip(row).map(|((_, spread, node), u)| Some(spread.at(u, node))).collect();
    let rows = rows.into_iter().map(row).collect();
    design.blocks.push(Block { axes: axes.iter().map(|(axis, ..)| *axis).collect(), rows });
}

fn own_keys(node: &Node) -> Node {
    let mut own = node.clone();
    if let Value::Table(entries) = &mut own.value {
        entries.retain(|key, _| OWN.contains(&key.as_str()));
    }
    own
}

/// The coordinates in the unit cube.
fn coordinates(method: Method, points: usize, axes: usize, seed: u64) -> Vec<Vec<f64>> {
    match method {
        Method::LatinHypercube => latin_hypercube(points, axes, seed),
        Method::Sobol => Sobol::shifted(axes, seed).take(points).collect(),
        Method::Saltelli => saltelli(points, axes, seed),
    }
}

/// For each base point its rows A, B and A with each column from B in turn.
pub fn saltelli(points: usize, axes: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rows = Vec::with_capacity(points * (axes + 2));
    for wide in Sobol::shifted(2 * axes, seed).take(points) {
        let (a, b) = wide.split_at(axes);
        rows.push(a.to_vec());
        rows.push(b.to_vec());
        for axis in 0..axes {
            let mut mixed = a.to_vec();
            mixed[axis] = b[axis];
            rows.push(mixed);
        }
    }
    rows
}

fn read_spread(node: &Node, d: &mut Diagnostics) -> Option<Spread> {
    match &node.value {
        Value::Array(items) if !items.is_empty() => Some(Spread::List(items.clone())),
        Value::Table(entries) if entries.contains_key("uniform") || entries.contains_key("log-uniform") => {
            read_kind(node, d)
        }
        Value::Table(_) => {
            let mut table = Table::of(node, d)?;
            let range = Range::read(node, &mut table, ("from", "to"), d);
            table.finish(d);
            range.map(Spread::Range)
        }
        _ => {
            d.error(node.at, "expected a distribution", "{ from = 1, to = 8 }, uniform = { min, max }, or a list");
            None
        }
    }
}

/// `uniform = { min, max }` and `log-uniform = { min, max }`.
fn read_kind(node: &Node, d: &mut Diagnostics) -> Option<Spread> {
    let read = |inner: &Node, logarithmic: bool, d: &mut Diagnostics| {
        let mut entries = inner.clone();
        if let Value::Table(table) = &mut entries.value {
            let word = if logarithmic { "logarithmic" } else { "linear" };
            table.insert("spacing".into(), Node::synthetic(Value::String(word.into()), inner.at));
        }
        let mut table = Table::of(&entries, d)?;
        let range = Range::read(inner, &mut table, ("min", "max"), d);
        table.finish(d);
        if range.as_ref().is_some_and(Range::falls) {
            d.error(inner.at, "`min` is above `max`", "the lesser value as `min`");
            return None;
        }
        range.map(Spread::Range)
    };
    let uniform = |n: &Node, d: &mut Diagnostics| read(n, false, d);
    let log_uniform = |n: &Node, d: &mut Diagnostics| read(n, true, d);
    let kinds = [
        crate::document::Kind { name: "uniform", read: &uniform },
        crate::document::Kind { name: "log-uniform", read: &log_uniform },
    ];
    crate::document::kind(node, d, "distribution of an axis", &kinds)
}

impl Spread {
    /// The value below which a share `u` of the distribution lies.
    fn at(&self, u: f64, node: &Node) -> Node {
        match self {
            Spread::List(items) => items[((u * items.len() as f64) as usize).min(items.len() - 1)].clone(),
            Spread::Range(range) => range.sample(u, node),
        }
    }
}
