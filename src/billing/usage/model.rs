//! The model that a usage file is priced by.

use crate::billing::price_list::PriceList;
use crate::billing::reading::measure;
use crate::document::{Diagnostics, Node, Read, Table, Value, bytes, named, quantity, suggest_model, text};
use crate::units::{Exact, parse_power};
use num_bigint::BigInt;
use num_rational::BigRational;

/// Where models are looked up.
pub trait Models {
    /// All names, for suggestions.
    fn names(&self) -> Vec<String>;

    /// The tree of a model, whose text is (or is put) among the diagnostics' sources; `None` where
    /// there is none of that name. What is wrong with its file is noted.
    fn model(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Node>;

    /// The `[model]` of a usage file with what it `extends` put in. Unless a catalogue does that,
    /// the table stays as it is, and `extends` is an unknown key.
    fn extended(&self, node: &Node, _diagnostics: &mut Diagnostics) -> Option<Node> {
        Some(node.clone())
    }
}

/// What an instance of a size (or a row) holds, as far as charges count it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Memory in bytes.
    pub memory: Option<u64>,
    /// Cores.
    pub cpu: Option<Exact>,
    /// Clock rate in GHz.
    pub ghz: Option<Exact>,
    /// Disk in bytes.
    pub disk: Option<u64>,
    /// Rack units.
    pub rack_units: Option<Exact>,
    /// Electric power in watts.
    pub power: Option<Exact>,
}

impl Held {
    /// Reads the keys that are there; other keys are the caller's.
    pub fn take(table: &mut Table<'_>, d: &mut Diagnostics) -> Held {
        Held {
            memory: table.optional("memory", d, |n, d| own(n, d, bytes)).flatten().map(|b| b.0),
            cpu: table.optional("cpu", d, |n, d| own(n, d, measure)).flatten(),
            ghz: table.optional("ghz", d, measure),
            disk: table.optional("disk", d, bytes).map(|b| b.0),
            rack_units: table.optional("rack-units", d, measure),
            power: table.optional("power", d, watts),
        }
    }

    /// What a size holds that no model declares, where its name is an amount of memory, as providers
    /// name sizes: "512mb" (2^20 bytes each), "2gb".
    pub fn of_name(name: &str) -> Held {
        let amount = |suffix: &str, shift: u32| {
            let count: u64 = name.strip_suffix(suffix)?.parse().ok()?;
            count.checked_mul(1 << shift)
        };
        Held { memory: amount("mb", 20).or_else(|| amount("gb", 30)), ..Held::default() }
    }

    /// What `self` holds, and of the rest what `other` does.
    pub fn or(&self, other: Option<&Held>) -> Held {
        let none = Held::default();
        let other = other.unwrap_or(&none);
        Held {
            memory: self.memory.or(other.memory),
            cpu: self.cpu.clone().or_else(|| other.cpu.clone()),
            ghz: self.ghz.clone().or_else(|| other.ghz.clone()),
            disk: self.disk.or(other.disk),
            rack_units: self.rack_units.clone().or_else(|| other.rack_units.clone()),
            power: self.power.clone().or_else(|| other.power.clone()),
        }
    }
}

fn watts(node: &Node, d: &mut Diagnostics) -> Option<Exact> {
    let watts = quantity(node, d, "450 W", parse_power)?;
    // Whole milliwatts: finer ones do not exist, and a binary float would not be exact.
    Some(BigRational::new(BigInt::from((watts * 1000.0).round() as i64), BigInt::from(1000)))
}

/// A model as far as bills need it.
pub struct Model {
    /// Its name in the catalogue.
    pub name: Option<String>,
    /// Its provider.
    pub provider: String,
    /// Its product.
    pub product: String,
    /// Its family.
    pub family: String,
    /// The date of its terms.
    pub as_of: String,
    /// Its prices.
    pub list: PriceList,
    /// What its sizes hold, by the price list's index.
    pub held: Vec<Held>,
    /// Whether it declares sizes (or a range of them), and not prices by size alone.
    pub declares_sizes: bool,
    /// Least, most and step of the memory that sizes are named by ("1000mb"), where any may be chosen; bytes.
    pub by_memory: Option<[u64; 3]>,
    /// Whether some phase of a start is billed.
    pub start_is_billed: bool,
}

impl Model {
    /// What a size holds that is not among those listed, but may be chosen: "1000mb".
    pub fn held_by_name(&self, name: &str) -> Option<Held> {
        let [least, most, step] = self.by_memory?;
        let held = Held::of_name(name);
        held.memory.filter(|memory| (least..=most).contains(memory) && memory.is_multiple_of(step))?;
        Some(held)
    }
}

const FAMILIES: &[(&str, &str)] = &[
    ("colocation", "colocation"),
    ("dedicated", "dedicated"),
    ("vps", "vps"),
    ("container", "container"),
    ("paas", "paas"),
    ("serverless", "serverless"),
];

/// The keys of a model that say how it hosts: a `[model]` in a usage file may have them.
pub const HOSTING_KEYS: &[&str] = &[
    "schema",
    "isolation",
    "cluster",
    "concurrency",
    "discipline",
    "routing",
    "queue-at",
    "binding",
    "scaling",
    "keep-alive",
    "concurrency-limit",
    "concurrency-growth",
    "time-limit",
    "sleep",
    "manages",
    "labour",
    "queue",
    "size-range",
    "source",
    "confidence",
    "description",
];

/// Reads the model that `hosting` names or that stands in the file.
pub fn read(
    hosting: Option<&Node>,
    inline: Option<&Node>,
    file: &Node,
    models: &dyn Models,
    d: &mut Diagnostics,
) -> Option<Model> {
    match (hosting, inline) {
        (Some(node), None) => {
            let name = text(node, d)?;
            let Some(found) = models.model(&name, d) else {
                let names = models.names();
                let help = suggest_model(&name, names.iter().map(String::as_str));
                d.error(node.at, format!("there is no model `{name}`"), help);
                return None;
            };
            let model = of_node(&found, false, d)?;
            Some(Model { name: Some(name), ..model })
        }
        (None, Some(node)) => of_node(&models.extended(node, d)?, true, d),
        (Some(_), Some(node)) => {
            d.error(node.key, "there is a `hosting` and a `[model]`", "leave out one of them");
            None
        }
        (None, None) => {
            let help =
                "write hosting = \"the model's name\", or a [model] with `family`, `currency` and [[model.charge]]";
            d.error(file.key, "this file names no model", help);
            None
        }
    }
}

fn of_node(node: &Node, whole: bool, d: &mut Diagnostics) -> Option<Model> {
    let before = d.count();
    let mut table = Table::of(node, d)?;
    let family = table.required("family", d, |n, d| named(n, d, "family", FAMILIES));
    let sizes = table.node("size");
    let (names, held) = read_sizes(sizes, whole, d);
    let list = PriceList::read(&mut table, &names, d);
    let mut word =
        |key: &'static str, d: &mut Diagnostics| table.optional(key, d, text as Read<String>).unwrap_or_default();
    let (provider, product, as_of) = (word("provider", d), word("product", d), word("as-of", d));
    let start_is_billed = start_is_billed(table.node("start"));
    let range = table.node("size-range");
    let declares_sizes = sizes.is_some() || range.is_some();
    let by_memory = range.and_then(|node| named_by_memory(node, d));
    if whole {
        if table.node("charge").is_none() {
            d.error(node.key, "this model has no charges", "write at least one [[model.charge]]");
        }
        for key in HOSTING_KEYS {
            table.node(key);
        }
        table.finish(d);
    }
    let (family, list) = (family?, list?);
    let mut all = held;
    all.resize(list.sizes.len(), Held::default());
    let model = Model {
        name: None,
        provider,
        product,
        family: family.to_string(),
        as_of,
        list,
        held: all,
        declares_sizes,
        by_memory,
        start_is_billed,
    };
    (d.count() == before).then_some(model)
}

/// Of a range of sizes whose cores follow their memory.
fn named_by_memory(range: &Node, d: &mut Diagnostics) -> Option<[u64; 3]> {
    range.get("core")?;
    let memory = range.get("memory")?;
    let bound = |key: &str, d: &mut Diagnostics| memory.get(key).map_or(Some(1), |node| bytes(node, d).map(|b| b.0));
    Some([bound("min", d)?, bound("max", d)?, bound("step", d)?.max(1)])
}

/// What a size holds of its own; nothing where that is the whole server's, or the app's, which a
/// usage file does not know.
fn own<T>(node: &Node, d: &mut Diagnostics, read: impl Fn(&Node, &mut Diagnostics) -> Option<T>) -> Option<Option<T>> {
    if matches!(node.as_str(), Some("server" | "app")) { Some(None) } else { read(node, d).map(Some) }
}

/// The keys of a size that say how it hosts.
const SIZE_KEYS: &[&str] = &[
    "reserve-cpu",
    "power-per-rack-unit",
    "sleep",
    "credits",
    "threads",
    "cpu-period",
    "cpu-tick",
    "speed",
    "thread",
    "processor",
    "concurrency",
    "most-concurrency",
    "most",
    "least",
    "bandwidth",
    "transfer",
    "source",
    "confidence",
];

/// Sizes by name; of a model of the file's own (`whole`) unknown keys are refused.
fn read_sizes(node: Option<&Node>, whole: bool, d: &mut Diagnostics) -> (Vec<String>, Vec<Held>) {
    let Some(node) = node else { return Default::default() };
    let Some(entries) = node.as_table() else {
        d.error(node.at, format!("expected a table of sizes, found {}", node.value.describe()), "");
        return Default::default();
    };
    let held = |size: &Node, d: &mut Diagnostics| {
        let Some(mut table) = Table::of(size, d) else { return Held::default() };
        let held = Held::take(&mut table, d);
        if whole {
            SIZE_KEYS.iter().for_each(|key| {
                table.node(key);
            });
            table.finish(d);
        }
        held
    };
    entries.iter().map(|(name, size)| (name.clone(), held(size, d))).unzip()
}

fn start_is_billed(node: Option<&Node>) -> bool {
    let Some(Value::Array(phases)) = node.map(|node| &node.value) else { return false };
    phases.iter().any(|phase| matches!(phase.get("billed").map(|node| &node.value), Some(Value::Boolean(true))))
}
