//! `[map]`: the two axes over which the cheapest case is mapped.

use super::axis::Axis;
use crate::document::{Diagnostics, Node, Origin, Table, Value, list, named, number, positive_count, text};

/// The path that stands for the multiple of the scenario's traffic.
pub const TRAFFIC: &str = "traffic";
/// The vertical axis of a scenario that has no `[map]`.
const WAGE: &str = "labour.wage";
/// The most values of an axis.
const MOST_VALUES: usize = 200;

/// One axis: what varies, and its values.
#[derive(Clone, Debug)]
pub struct MapAxis {
    /// A dotted path of keys, or `traffic`.
    pub path: String,
    /// Its keys; `None` for the traffic.
    pub axis: Option<Axis>,
    /// The values, as a scenario would hold them, with how people read them.
    pub values: Vec<(Node, String)>,
}

/// The plan of a map.
#[derive(Clone, Debug)]
pub struct MapPlan {
    /// The horizontal axis.
    pub x: MapAxis,
    /// The vertical axis.
    pub y: MapAxis,
    /// The flat name of what is to be least: `tco_usd` or `invoice_usd`.
    pub metric: &'static str,
}

impl MapPlan {
    /// Reads `[map]`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<MapPlan> {
        let mut table = Table::of(node, d)?;
        let x = table.required("x", d, MapAxis::read);
        let y = table.required("y", d, MapAxis::read);
        let metrics = [("tco_usd", "tco_usd"), ("invoice_usd", "invoice_usd")];
        let metric = table.default("metric", "tco_usd", d, |node, d| named(node, d, "metric", &metrics));
        table.finish(d);
        let (x, y) = (x?, y?);
        if x.keys() == y.keys() {
            let at = node.get("y").and_then(|y| y.get("path")).map_or(node.at, |path| path.at);
            d.error(at, format!("both axes are `{}`", x.path), "a map needs two different ones");
            return None;
        }
        Some(MapPlan { x, y, metric })
    }

    /// Traffic over two decades each way, against a wage of 10 to 200 USD/h: for a scenario that
    /// has no `[map]`.
    pub fn usual(at: Origin) -> MapPlan {
        let range = |from: f64, to: f64, unit: &str, points: u32| Range {
            from,
            to,
            unit: unit.into(),
            points,
            logarithmic: true,
        };
        let wage = Axis { name: WAGE.into(), path: WAGE.split('.').map(String::from).collect(), key: at };
        MapPlan {
            x: MapAxis { path: TRAFFIC.into(), axis: None, values: range(0.01, 100.0, "", 9).values(at) },
            y: MapAxis { path: WAGE.into(), axis: Some(wage), values: range(10.0, 200.0, "USD/h", 6).values(at) },
            metric: "tco_usd",
        }
    }
}

/// Evenly spaced values between two quantities of one unit.
struct Range {
    from: f64,
    to: f64,
    unit: String,
    points: u32,
    logarithmic: bool,
}

impl Range {
    fn values(&self, at: Origin) -> Vec<(Node, String)> {
        (0..self.points).map(|k| self.value(k, at)).collect()
    }

    fn value(&self, k: u32, at: Origin) -> (Node, String) {
        let part = if self.points == 1 { 0.0 } else { f64::from(k) / f64::from(self.points - 1) };
        let value = match part {
            0.0 => self.from,
            1.0 => self.to,
            part if self.logarithmic => self.from * libm::exp(libm::log(self.to / self.from) * part),
            part => self.from + (self.to - self.from) * part,
        };
        // Six digits are more than a map's cell can show.
        let digits = 5 - value.abs().max(1e-300).log10().floor() as i32;
        let scale = 10f64.powi(digits.clamp(-15, 15));
        let value = (value * scale).round() / scale;
        let text = if self.unit.is_empty() { format!("{value}") } else { format!("{value} {}", self.unit) };
        let node =
            if self.unit.is_empty() { Value::Float(value, format!("{value:?}")) } else { Value::String(text.clone()) };
        (Node::synthetic(node, at), text)
    }
}

impl MapAxis {
    /// Reads `{ path, from, to, points, spacing }` or `{ path, values }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<MapAxis> {
        let mut table = Table::of(node, d)?;
        let path = table.required("path", d, text);
        let at = table.node("path").map_or(node.at, |node| node.at);
        let values = match table.node("values") {
            Some(values) => list(values, d, |node, _| Some((node.clone(), shown(node)))),
            None => read_range(&mut table, d).map(|range| range.values(at)),
        };
        table.finish(d);
        let (path, values) = (path?, values?);
        let axis = if path == TRAFFIC { None } else { Some(Axis::read(&path, at, d)?) };
        if values.is_empty() || values.len() > MOST_VALUES {
            let message = format!("this axis has {} values", values.len());
            d.error(node.get("values").map_or(node.at, |values| values.at), message, "an axis needs 1 to 200 values");
            return None;
        }
        Some(MapAxis { path, axis, values })
    }

    fn keys(&self) -> Option<&[String]> {
        self.axis.as_ref().map(|axis| axis.path.as_slice())
    }

    /// Whether another value of the axis may be another simulation: prices, wages, objectives, the
    /// provider's costs and rates of exchange are not.
    pub fn simulates(&self) -> bool {
        self.axis.as_ref().is_none_or(|axis| !axis.is_of_accounts())
    }

    /// Whether the axis is the multiple of the scenario's traffic.
    pub fn is_traffic(&self) -> bool {
        self.axis.is_none()
    }
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::String(text) => text.clone(),
        _ => node.to_toml(),
    }
}

fn read_range(table: &mut Table<'_>, d: &mut Diagnostics) -> Option<Range> {
    let from = table.required("from", d, amount);
    let to = table.required("to", d, amount);
    let points = table.required("points", d, positive_count);
    let spacings = [("linear", false), ("logarithmic", true)];
    let logarithmic = table.default("spacing", true, d, |node, d| named(node, d, "spacing", &spacings));
    let ((from, unit), (to, unit_to), points) = (from?, to?, points?);
    let wrong = match (from <= 0.0 || to <= 0.0, points) {
        _ if unit != unit_to => Some("both ends must have one unit"),
        (true, _) if logarithmic => Some("both ends must be above zero, or `spacing = \"linear\"`"),
        (_, 2..) if from == to => Some("two ends that differ, or `points = 1`"),
        (_, 1) if from != to => Some("two points or more, or the same `from` and `to`"),
        _ if points > MOST_VALUES as u64 => Some("at most 200 points"),
        _ => None,
    };
    if let Some(help) = wrong {
        d.error(table.origin(), "this range cannot be parted", help);
        return None;
    }
    Some(Range { from, to, unit, points: points as u32, logarithmic })
}

/// Reads "20 USD/h" as (20, "USD/h"), and a plain number without a unit.
fn amount(node: &Node, d: &mut Diagnostics) -> Option<(f64, String)> {
    let Some(text) = node.as_str() else { return number(node, d).map(|value| (value, String::new())) };
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '_'))).unwrap_or(text.len());
    match text[..split].replace('_', "").parse::<f64>() {
        Ok(value) if value.is_finite() => Some((value, text[split..].trim().to_string())),
        _ => {
            d.error(node.at, format!("\"{text}\" is not a quantity"), "such as 0.01 or \"20 USD/h\"");
            None
        }
    }
}
