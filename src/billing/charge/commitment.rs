//! Commitments: paying for use in advance, used or not.
//!
//! Either instances of a size are reserved (upfront, by the hour, or both), or use is committed to at
//! a discount. The benefit of a reserved instance is 3,600 s of use of its size in each clock hour,
//! shared by the instances that run in it at once.

use super::amount::Amount;
use super::units::{self, Units};
use crate::billing::confidence::{Confidence, Confidences};
use crate::billing::reading::{exact_percent, whole};
use crate::document::{Diagnostics, Node, Origin, Table, Value, list, positive_span, text};
use crate::units::{Exact, HOUR};
use num_traits::{One, Zero};

/// A plan that a customer can commit to.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// Its name.
    pub name: String,
    /// How long it binds, in hours.
    pub term_hours: Exact,
    /// What it costs.
    pub terms: CommitmentTerms,
    /// The charges that it covers, by index, in this order.
    pub charges: Vec<usize>,
    /// Of each size: its family, and how many units of it an instance is; `None`: reserved instances cover their
    /// own size alone.
    pub units: Option<Vec<Option<Units>>>,
    /// Where its prices were found.
    pub source: Option<String>,
    /// How sure they are.
    pub confidence: Confidences,
    /// Where it stands in its file.
    pub at: Origin,
}

/// What a commitment costs.
#[derive(Clone, Debug)]
pub enum CommitmentTerms {
    /// Instances of a size: so much once, and so much in every hour.
    Reserved {
        /// For each instance, once.
        upfront: Amount,
        /// For each instance, every hour.
        hourly: Amount,
    },
    /// A share off the price of what is committed to.
    Discount(Discount),
}

/// Shares off the price.
#[derive(Clone, Debug, Default)]
pub struct Discount {
    /// By the charge's index, where the plan says it by charge.
    pub by_charge: Vec<(usize, Amount)>,
    /// Of the other charges.
    pub rest: Option<Amount>,
}

impl Discount {
    /// The share off a charge's price of a size.
    pub fn of(&self, charge: usize, size: Option<usize>) -> Option<&Exact> {
        let own = self.by_charge.iter().find(|(index, _)| *index == charge).map(|(_, amount)| amount);
        own.or(self.rest.as_ref())?.of(size)
    }

    fn offers(&self, size: Option<usize>) -> bool {
        self.by_charge.iter().map(|(_, amount)| amount).chain(&self.rest).any(|amount| amount.of(size).is_some())
    }
}

impl Commitment {
    /// Whether instances of a size can be committed to.
    pub fn offers(&self, size: Option<usize>) -> bool {
        match &self.terms {
            CommitmentTerms::Reserved { upfront, hourly } => {
                let by_size = upfront.is_by_size() || hourly.is_by_size();
                let listed = |amount: &Amount| amount.is_by_size() && amount.of(size).is_some();
                !by_size || listed(upfront) || listed(hourly)
            }
            CommitmentTerms::Discount(discount) => discount.offers(size),
        }
    }

    /// Reads `[commitment.NAME]`; `charges` are the model's, `None` where not all could be read.
    pub fn read(
        name: &str,
        node: &Node,
        sizes: &[String],
        charges: Option<&[super::Charge]>,
        d: &mut Diagnostics,
    ) -> Option<Commitment> {
        let before = d.count();
        let mut table = Table::of(node, d)?;
        let term = table.required("term", d, positive_span);
        let (upfront, hourly, discount) = (table.node("upfront"), table.node("hourly"), table.node("discount"));
        let charge = Some(table.node("charge"));
        let terms = match discount {
            Some(node) if upfront.is_none() && hourly.is_none() => {
                read_discount(node, sizes, charges.unwrap_or_default(), d)
            }
            Some(node) => {
                d.error(node.key, "a plan has either a `discount` or `upfront` and `hourly`", "");
                None
            }
            None => read_reserved(upfront, hourly, node, sizes, d),
        };
        let plan = Commitment {
            name: name.to_string(),
            term_hours: term.map_or_else(Exact::one, |span| whole(span.0) / whole(HOUR.0)),
            terms: terms.unwrap_or(CommitmentTerms::Discount(Discount::default())),
            charges: charge.zip(charges).map_or_else(Vec::new, |(charge, charges)| covered(charge, node, charges, d)),
            units: table.optional("units", d, |node, d| units::read(node, sizes, d)),
            source: table.optional("source", d, text),
            confidence: table
                .optional("confidence", d, |node, d| super::read::read_confidences(node, sizes, d))
                .unwrap_or(Confidences::all(Confidence::Assumption)),
            at: node.key,
        };
        table.finish(d);
        plan.check_meters(node, charges.unwrap_or_default(), d);
        (d.count() == before).then_some(plan)
    }

    fn check_meters(&self, node: &Node, charges: &[super::Charge], d: &mut Diagnostics) {
        let CommitmentTerms::Reserved { .. } = self.terms else { return };
        for charge in self.charges.iter().filter_map(|index| charges.get(*index)) {
            if !charge.meter.is_plain_time() || charge.flat {
                let message = format!("reserved instances cannot cover `{}`", charge.meter.name());
                let help =
                    "they cover a charge on `instance-hours` or `instance-seconds`; others can have a `discount`";
                d.error(node.get("charge").map_or(node.key, |n| n.at), message, help);
            }
        }
    }
}

fn read_reserved(
    upfront: Option<&Node>,
    hourly: Option<&Node>,
    node: &Node,
    sizes: &[String],
    d: &mut Diagnostics,
) -> Option<CommitmentTerms> {
    if upfront.is_none() && hourly.is_none() {
        d.error(node.key, "this commitment has no price", "`upfront`, `hourly`, or both; or a `discount`");
        return None;
    }
    let mut amount = |written: Option<&Node>| {
        let Some(written) = written else { return Some(Amount::Same(Exact::zero())) };
        let read = Amount::read(written, sizes, d)?;
        if read.is_credit() {
            d.error(written.at, "a commitment's price is zero or more", "");
        }
        Some(read)
    };
    let (upfront, hourly) = (amount(upfront), amount(hourly));
    Some(CommitmentTerms::Reserved { upfront: upfront?, hourly: hourly? })
}

fn read_discount(
    node: &Node,
    sizes: &[String],
    charges: &[super::Charge],
    d: &mut Diagnostics,
) -> Option<CommitmentTerms> {
    let Value::Table(entries) = &node.value else {
        let rest = Some(Amount::Same(share(node, d)?));
        return Some(CommitmentTerms::Discount(Discount { rest, ..Discount::default() }));
    };
    let (mut by_charge, mut of_sizes) = (Vec::new(), Vec::new());
    for (name, entry) in entries {
        match charges.iter().position(|charge| charge.name == *name).filter(|_| !sizes.contains(name)) {
            Some(index) => by_charge.push((index, read_shares(entry, sizes, d)?)),
            None => of_sizes.push((name, entry)),
        }
    }
    let rest = if of_sizes.is_empty() { None } else { Some(shares_by_size(of_sizes.into_iter(), sizes, d)?) };
    Some(CommitmentTerms::Discount(Discount { by_charge, rest }))
}

/// One share, or a table of them by size.
fn read_shares(node: &Node, sizes: &[String], d: &mut Diagnostics) -> Option<Amount> {
    match &node.value {
        Value::Table(entries) => shares_by_size(entries.iter(), sizes, d),
        _ => share(node, d).map(Amount::Same),
    }
}

fn shares_by_size<'n>(
    entries: impl Iterator<Item = (&'n String, &'n Node)>,
    sizes: &[String],
    d: &mut Diagnostics,
) -> Option<Amount> {
    let mut values = vec![None; sizes.len()];
    for (name, entry) in entries {
        let index = super::amount::size_index(name, entry, sizes, d);
        let share = share(entry, d);
        values[index?] = share;
    }
    Some(Amount::BySize(values))
}

fn share(node: &Node, d: &mut Diagnostics) -> Option<Exact> {
    let value = exact_percent(node, d)?;
    if value >= Exact::one() {
        d.error(node.at, "a discount is less than 100 %", "");
        return None;
    }
    Some(value)
}

/// The indices of the charges that a plan names, or of the one charge on time alone.
fn covered(named: Option<&Node>, node: &Node, charges: &[super::Charge], d: &mut Diagnostics) -> Vec<usize> {
    let by_name = |node: &Node, d: &mut Diagnostics| {
        let name = text(node, d)?;
        let index = charges.iter().position(|charge| charge.name == name);
        if index.is_none() {
            let help = crate::document::suggest(&name, charges.iter().map(|charge| charge.name.as_str()));
            d.error(node.at, format!("`{name}` is not a charge of this model"), help);
        }
        index
    };
    match named {
        Some(node) if matches!(node.value, Value::Array(_)) => list(node, d, by_name).unwrap_or_default(),
        Some(node) => by_name(node, d).into_iter().collect(),
        None => {
            let plain = |(index, charge): (usize, &super::Charge)| {
                (charge.meter.is_plain_time() && !charge.flat).then_some(index)
            };
            let found: Vec<usize> = charges.iter().enumerate().filter_map(plain).collect();
            if found.len() != 1 {
                let message = "this commitment does not say which charge it covers";
                d.error(node.key, message, "write charge = \"the charge's name\"");
            }
            found
        }
    }
}
