//! All prices of a model, and how its invoice is made.

use super::charge::{self, Charge, Commitment, Over};
use super::meter::Meter;
use super::reading::{amount, exact_percent, positive_amount, round_to};
use crate::document::{Diagnostics, Node, Table, Value, named, text};
use crate::units::{Currency, Exact};
use num_bigint::BigInt;

/// What an invoice is computed from.
#[derive(Clone, Debug)]
pub struct PriceList {
    /// The currency of every price.
    pub currency: Currency,
    /// How amounts are rounded.
    pub rounding: Rounding,
    /// The tax on the subtotal.
    pub tax: Option<Tax>,
    /// The least that an invoice comes to, before tax.
    pub minimum_charge: Option<Exact>,
    /// The model's sizes, or those that its prices by size imply.
    pub sizes: Vec<String>,
    /// The charges.
    pub charges: Vec<Charge>,
    /// The plans that one may commit to.
    pub commitments: Vec<Commitment>,
}

/// Where and to what amounts are rounded; a half goes away from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// The smallest amount that is paid.
    pub to: Exact,
    /// What is rounded.
    pub each: RoundEach,
}

/// What is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundEach {
    /// Every line; the total is their sum.
    Line,
    /// The total alone.
    Total,
}

/// A tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tax {
    /// The invoice's line.
    pub name: String,
    /// The share of the subtotal.
    pub rate: Exact,
}

impl Default for Rounding {
    /// To the cent, line by line.
    fn default() -> Rounding {
        Rounding { to: Exact::new(BigInt::from(1), BigInt::from(100)), each: RoundEach::Line }
    }
}

impl Rounding {
    /// The amount to be paid.
    pub fn round(&self, amount: &Exact) -> Exact {
        round_to(amount, &self.to)
    }

    fn read(node: &Node, d: &mut Diagnostics) -> Option<Rounding> {
        let mut table = Table::of(node, d)?;
        let default = Rounding::default();
        let to = table.default("to", default.to, d, positive_amount);
        let words = [("line", RoundEach::Line), ("total", RoundEach::Total)];
        let each = table.default("each", default.each, d, |node, d| named(node, d, "thing to round", &words));
        table.finish(d);
        Some(Rounding { to, each })
    }
}

impl Tax {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Tax> {
        let Value::Table(_) = &node.value else {
            return exact_percent(node, d).map(|rate| Tax { name: "tax".into(), rate });
        };
        let mut table = Table::of(node, d)?;
        let name = table.default("name", "tax".to_string(), d, text);
        let rate = table.required("rate", d, exact_percent);
        table.finish(d);
        Some(Tax { name, rate: rate? })
    }
}

impl PriceList {
    /// Charges of one's own, in dollars, without sizes.
    pub fn of_charges(charges: Vec<Charge>) -> PriceList {
        PriceList {
            currency: Currency::USD,
            rounding: Rounding::default(),
            tax: None,
            minimum_charge: None,
            sizes: Vec::new(),
            charges,
            commitments: Vec::new(),
        }
    }

    /// Takes the keys of the price list out of a model's table: `currency`, `rounding`, `tax`,
    /// `minimum-charge`, `charge` and `commitment` (and looks at `family`). The other keys, and
    /// `finish`, are the caller's. `sizes`: the names of the model's sizes; where it has none,
    /// its prices by size imply them.
    pub fn read(table: &mut Table<'_>, sizes: &[String], d: &mut Diagnostics) -> Option<PriceList> {
        let before = d.count();
        let serverless = table.node("family").and_then(Node::as_str) == Some("serverless");
        let nodes = charge_nodes(table.node("charge"), d);
        let sizes = if sizes.is_empty() { implied(&nodes) } else { sizes.to_vec() };
        let charges = read_charges(&nodes, &sizes, serverless, d);
        if charges.len() == nodes.len() {
            check_subtotals(&charges, &nodes, d);
        }
        let list = PriceList {
            currency: table.required("currency", d, currency).unwrap_or(Currency::USD),
            rounding: table.optional("rounding", d, Rounding::read).unwrap_or_default(),
            tax: table.optional("tax", d, Tax::read),
            minimum_charge: table.optional("minimum-charge", d, amount),
            commitments: read_commitments(table.node("commitment"), &sizes, &charges, charges.len() == nodes.len(), d),
            charges,
            sizes,
        };
        (d.count() == before).then_some(list)
    }

    /// Adds charges of the customer's own: a list of tables with the keys of a charge. Returns
    /// whether all could be read.
    pub fn add_charges(&mut self, node: &Node, serverless: bool, d: &mut Diagnostics) -> bool {
        let before = d.count();
        let nodes = charge_nodes(Some(node), d);
        for node in nodes {
            if let Some(charge) = charge::read(node, &self.sizes, serverless, d) {
                refuse_same_name(&self.charges, &charge, node, d);
                refuse_overlap(&self.charges, &charge, node, d);
                self.charges.push(charge);
            }
        }
        d.count() == before
    }

    /// Whether instances that are kept ready can be bought: some charge counts their time. What costs nothing at
    /// all can be had.
    pub fn sells_provisioned(&self) -> bool {
        let counts = |charge: &Charge| match (&charge.meter, charge.over) {
            (Meter::ProvisionedGibSeconds, _) => true,
            (meter, Over::Life | Over::Idle) => {
                let time = meter.is_time() || *meter == Meter::Months;
                time && !charge.flat && charge.of.counts(true)
            }
            _ => false,
        };
        self.charges.is_empty() || self.charges.iter().any(counts)
    }

    /// The index of a size.
    pub fn size(&self, name: &str) -> Option<usize> {
        self.sizes.iter().position(|size| size == name)
    }
}

/// Reads a currency's code.
pub fn currency(node: &Node, d: &mut Diagnostics) -> Option<Currency> {
    let code = text(node, d)?;
    let currency = Currency::parse(&code);
    if currency.is_none() {
        d.error(node.at, format!("`{code}` is not a currency"), "expected three capital letters such as \"USD\"");
    }
    currency
}

fn charge_nodes<'n>(node: Option<&'n Node>, d: &mut Diagnostics) -> Vec<&'n Node> {
    match node.map(|node| (&node.value, node)) {
        None => Vec::new(),
        Some((Value::Array(items), _)) => items.iter().collect(),
        Some((_, node)) => {
            d.error(node.key, "expected a list of charges", "write each under a heading [[charge]]");
            Vec::new()
        }
    }
}

fn implied(nodes: &[&Node]) -> Vec<String> {
    let mut found = Vec::new();
    nodes.iter().for_each(|node| charge::implied_sizes(node, &mut found));
    found
}

fn read_charges(nodes: &[&Node], sizes: &[String], serverless: bool, d: &mut Diagnostics) -> Vec<Charge> {
    let mut charges: Vec<Charge> = Vec::with_capacity(nodes.len());
    for node in nodes {
        if let Some(charge) = charge::read(node, sizes, serverless, d) {
            refuse_same_name(&charges, &charge, node, d);
            refuse_overlap(&charges, &charge, node, d);
            charges.push(charge);
        }
    }
    charges
}

/// The lines that a subtotal is of are charges of the list.
fn check_subtotals(charges: &[Charge], nodes: &[&Node], d: &mut Diagnostics) {
    for (charge, node) in charges.iter().zip(nodes) {
        for name in charge.subtotal_of.iter().flatten() {
            if !charges.iter().any(|other| other.name == *name) {
                let at = node.get("subtotal-of").map_or(node.key, |node| node.at);
                let help = crate::document::suggest(name, charges.iter().map(|charge| charge.name.as_str()));
                d.error(at, format!("`{name}` is not a charge of this model"), help);
            }
        }
    }
}

fn refuse_same_name(before: &[Charge], charge: &Charge, node: &Node, d: &mut Diagnostics) {
    if before.iter().any(|other| other.name == charge.name) {
        let at = node.get("name").map_or(node.key, |name| name.at);
        d.error(
            at,
            format!("there is another charge named `{}`", charge.name),
            "each line of an invoice has its own name",
        );
    }
}

/// Two charges that would each give an allowance for the same use.
fn refuse_overlap(before: &[Charge], charge: &Charge, node: &Node, d: &mut Diagnostics) {
    let gives = |charge: &Charge| !charge.free.is_nothing();
    let shares = |a: &Charge, b: &Charge| match (&a.sizes, &b.sizes) {
        (Some(a), Some(b)) => a.iter().any(|size| b.contains(size)),
        _ => true,
    };
    let same_use = |other: &Charge| {
        let of = other.of == charge.of || other.of == charge::Of::All || charge.of == charge::Of::All;
        other.meter == charge.meter && other.over == charge.over && of && other.with == charge.with
    };
    let overlap = |other: &&Charge| gives(other) && same_use(other) && shares(other, charge);
    if let Some(other) = before.iter().filter(|_| gives(charge)).find(overlap) {
        let at = node.get("free").map_or(node.key, |free| free.at);
        let message = format!("overlapping free allowances: `{}` has one on `{}` too", other.name, charge.meter.name());
        d.error(
            at,
            message,
            "the same use would be free twice; leave one of them out, or part them by `sizes` or `of`",
        );
    }
}

/// `complete`: whether every charge could be read, so that one which is not found does not exist.
fn read_commitments(
    node: Option<&Node>,
    sizes: &[String],
    charges: &[Charge],
    complete: bool,
    d: &mut Diagnostics,
) -> Vec<Commitment> {
    let Some(node) = node else { return Vec::new() };
    let Some(entries) = node.as_table() else {
        d.error(node.at, format!("expected a table of plans, found {}", node.value.describe()), "");
        return Vec::new();
    };
    let read = |(name, node): (&String, &Node)| Commitment::read(name, node, sizes, complete.then_some(charges), d);
    entries.iter().filter_map(read).collect()
}
