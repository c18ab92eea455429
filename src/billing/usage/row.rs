//! The rows of a usage file.

use super::super::calendar::Month;
use super::model::Held;
use crate::billing::meter::Meter;
use crate::billing::percentile::percentile_95_of_both;
use crate::billing::reading::{amount, exact_text, measure};
use crate::document::{Diagnostics, Node, Origin, Table, Value, boolean, bytes, list, span, text};
use crate::units::Exact;
use num_traits::{Signed, ToPrimitive};

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The resource's name.
    pub resource: Option<String>,
    /// The size's name, and where it stands.
    pub size: Option<(String, Origin)>,
    /// What the row itself says about what is held.
    pub held: Held,
    /// Whether provisioned instances are meant; `None`: it says nothing.
    pub provisioned: Option<bool>,
    /// What is counted.
    pub kind: RowKind,
    /// Where the row stands.
    pub at: Origin,
    /// The word that says what is counted.
    pub word: Origin,
}

/// What a row counts.
#[derive(Clone, Debug)]
pub enum RowKind {
    /// Requests.
    Requests(Requests),
    /// Instances.
    Instances(Instances),
    /// A plain quantity.
    Quantity {
        /// The meter.
        meter: Meter,
        /// Where it stands.
        meter_at: Origin,
        /// How much.
        quantity: Exact,
    },
}

/// Requests, all alike.
#[derive(Clone, Debug)]
pub struct Requests {
    /// How many.
    pub count: u64,
    /// How long each took, in nanoseconds.
    pub time: Option<u64>,
    /// CPU time of each, in nanoseconds.
    pub cpu_time: Option<u64>,
    /// Bytes that each sent.
    pub response: Option<u64>,
    /// Bytes that each brought.
    pub request: Option<u64>,
    /// Bytes that each wrote to the logs.
    pub log: Option<u64>,
    /// Bytes that are cut into chunks.
    pub payload: Option<u64>,
    /// How many of them waited for a start.
    pub cold: u64,
    /// How long, in nanoseconds.
    pub start_up: u64,
}

/// Instances, all alike.
#[derive(Clone, Debug)]
pub struct Instances {
    /// How many.
    pub count: u64,
    /// How long each ran, in nanoseconds; `None`: the whole month.
    pub time: Option<u64>,
    /// When they began, in nanoseconds from the month's beginning.
    pub start: u64,
}

/// Reads all rows.
pub fn read_all(usage: Option<&Node>, month: &Month, d: &mut Diagnostics) -> Vec<Row> {
    match usage.map(|node| (&node.value, node)) {
        Some((Value::Array(items), _)) => items.iter().filter_map(|item| read(item, month, d)).collect(),
        Some((_, node)) => {
            d.error(node.key, "expected rows of usage", "write each under a heading [[usage]]");
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn read(node: &Node, month: &Month, d: &mut Diagnostics) -> Option<Row> {
    let before = d.count();
    refuse_beyond_the_month(node, month, d);
    let mut table = Table::of(node, d)?;
    let resource = table.optional("resource", d, text);
    let size_node = table.node("size");
    // A model with a range of sizes has no names for them: `size = { cpu = …, memory = … }`.
    let picked = size_node.filter(|node| matches!(node.value, Value::Table(_))).map(|node| picked_size(node, d));
    let named = size_node.filter(|_| picked.is_none());
    let size = named.and_then(|node| Some((text(node, d)?, node.at)));
    let provisioned = table.optional("provisioned", d, boolean);
    let has = |key: &str| node.get(key).is_some();
    refuse_two_counts(node, &mut table, d);
    let (held, kind) = if has("meter") || has("quantity") {
        (Held::default(), quantity(&mut table, d))
    } else {
        let held = Held::take(&mut table, d).or(picked.as_ref());
        (held, if has("requests") { requests(&mut table, d) } else { instances(&mut table, d) })
    };
    table.finish(d);
    let kind = kind.filter(|_| d.count() == before)?;
    let word = ["requests", "count", "time", "meter", "size"].iter().find_map(|key| node.get(key));
    Some(Row { resource, size, held, provisioned, kind, at: node.key, word: word.map_or(node.key, |node| node.key) })
}

/// Nothing takes longer than the month that is billed, nor goes on beyond its end.
fn refuse_beyond_the_month(node: &Node, month: &Month, d: &mut Diagnostics) {
    let of = |key: &str| node.get(key).and_then(|node| Some((node, span(node, &mut Diagnostics::default())?)));
    let help = "a row is about one month: write what falls into it, or another `month`";
    let mut sound = true;
    for key in ["time", "cpu-time", "start-up", "start"] {
        if let Some((node, found)) = of(key).filter(|(_, found)| *found > month.length) {
            d.error(node.at, format!("{found} is longer than the month that is billed ({})", month.length), help);
            sound = false;
        }
    }
    if let (Some((_, start)), Some((node, time))) = (of("start"), of("time"))
        && sound
        && start.0.saturating_add(time.0) > month.length.0
    {
        let message = format!("{time} from {start} on ends after the month that is billed ({})", month.length);
        d.error(node.at, message, help);
    }
}

/// A row counts one thing.
fn refuse_two_counts(node: &Node, table: &mut Table<'_>, d: &mut Diagnostics) {
    let counts = ["requests", "count", "meter"].into_iter().filter_map(|key| Some((key, node.get(key)?)));
    let counts: Vec<(&str, &Node)> = counts.collect();
    if let [(first, _), (second, other), ..] = counts[..] {
        table.node(first);
        table.node(second);
        let message = format!("a row counts one thing, and this one has `{first}` and `{second}`");
        d.error(other.key, message, "write a row for each");
    }
}

fn picked_size(node: &Node, d: &mut Diagnostics) -> Held {
    let Some(mut table) = Table::of(node, d) else { return Held::default() };
    let held = Held::take(&mut table, d);
    table.finish(d);
    held
}

fn requests(table: &mut Table<'_>, d: &mut Diagnostics) -> Option<RowKind> {
    let cold_node = table.node("cold");
    let requests = Requests {
        count: table.required("requests", d, whole_amount).unwrap_or(0),
        time: table.optional("time", d, span).map(|s| s.0),
        cpu_time: table.optional("cpu-time", d, span).map(|s| s.0),
        response: table.optional("response", d, bytes).map(|b| b.0),
        request: table.optional("request", d, bytes).map(|b| b.0),
        log: table.optional("log", d, bytes).map(|b| b.0),
        payload: table.optional("payload", d, bytes).map(|b| b.0),
        cold: table.optional("cold", d, whole_amount).unwrap_or(0),
        start_up: table.optional("start-up", d, span).map_or(0, |s| s.0),
    };
    if let Some(node) = cold_node.filter(|_| requests.cold > requests.count) {
        d.error(node.at, "more requests were cold than there were", "");
        return None;
    }
    Some(RowKind::Requests(requests))
}

fn instances(table: &mut Table<'_>, d: &mut Diagnostics) -> Option<RowKind> {
    let count = table.node("count");
    let time = table.optional("time", d, span).map(|s| s.0);
    let start = table.optional("start", d, span).map_or(0, |s| s.0);
    let says_something = count.is_some() || table.node("time").is_some() || table.node("size").is_some();
    if !says_something {
        let help =
            "either `requests` (and their `time`), or `count` and `time` of instances, or `meter` and `quantity`";
        d.error(table.origin(), "this row counts nothing", help);
    }
    let count = count.map_or(Some(1), |node| whole_amount(node, d))?;
    Some(RowKind::Instances(Instances { count, time, start }))
}

fn quantity(table: &mut Table<'_>, d: &mut Diagnostics) -> Option<RowKind> {
    let meter = table.required("meter", d, |node, d| Some((Meter::parse(&text(node, d)?), node.at)));
    let (inward, outward) = (table.node("in"), table.node("out"));
    let quantity = if inward.is_none() && outward.is_none() {
        table.required("quantity", d, not_negative)
    } else {
        percentile(inward, outward, table, meter.as_ref().map(|(meter, _)| meter), d)
    };
    let (meter, meter_at) = meter?;
    Some(RowKind::Quantity { meter, meter_at, quantity: quantity? })
}

fn percentile(
    inward: Option<&Node>,
    outward: Option<&Node>,
    table: &mut Table<'_>,
    meter: Option<&Meter>,
    d: &mut Diagnostics,
) -> Option<Exact> {
    if let Some(node) = table.node("quantity") {
        d.error(node.key, "a row has either samples or a `quantity`", "");
        return None;
    }
    let mut samples = |node: Option<&Node>| node.map_or(Some(Vec::new()), |node| list(node, d, measure));
    let (read_in, read_out) = (samples(inward), samples(outward));
    let found = percentile_95_of_both(read_in?, read_out?);
    let key = inward.or(outward).map_or(table.origin(), |node| node.key);
    if meter.is_some_and(|meter| *meter != Meter::BandwidthP95Mbps) {
        d.error(key, "samples are for the meter `bandwidth-p95-mbps`", "");
        return None;
    }
    if found.is_none() {
        d.error(key, "there are no samples here", "");
    }
    found
}

fn not_negative(node: &Node, d: &mut Diagnostics) -> Option<Exact> {
    let value = crate::document::price(node, d)?;
    if value.is_negative() {
        d.error(node.at, format!("negative usage: {}", exact_text(&value)), "a quantity is zero or more");
        return None;
    }
    Some(value)
}

/// A whole number, as an integer or a decimal string.
fn whole_amount(node: &Node, d: &mut Diagnostics) -> Option<u64> {
    if let Value::Integer(Some(value)) = node.value
        && value < 0
    {
        d.error(node.at, format!("negative usage: {value}"), "a count is zero or more");
        return None;
    }
    if let Value::Float(_, text) = &node.value {
        d.error(node.at, format!("expected a whole number, found {text}"), "");
        return None;
    }
    let value = amount(node, d)?;
    let whole = value.is_integer().then(|| value.to_integer().to_u64()).flatten();
    if whole.is_none() {
        d.error(node.at, format!("expected a whole number, found {}", exact_text(&value)), "");
    }
    whole
}
