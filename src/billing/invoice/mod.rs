//! From metered use to an invoice.

mod cover;
mod group;
mod lines;

use super::charge::Charge;
use super::confidence::Confidence;
use super::meter::Meter;
use super::price_list::{PriceList, RoundEach};
use super::reading::{exact_text, plus, whole};
use crate::units::{Currency, Exact};
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// What was used of one charge's meter by one resource in a month.
#[derive(Clone, Debug)]
pub struct Metered {
    /// The charge, by its index in the price list.
    pub charge: usize,
    /// The resource (instance, function): what `scope = "resource"` tells apart.
    pub resource: u64,
    /// Its size, by its index in the price list.
    pub size: Option<usize>,
    /// How many resources this stands for, each with all that follows.
    pub copies: u64,
    /// How much, in the meter's units: each use rounded, scaled to the month.
    pub quantity: Exact,
    /// Which share of its size's allowance an instance brings (see `Free::entitlement`); the sum
    /// over a resource's instances; zero where the allowance is not by instance.
    pub entitled: Exact,
    /// The quantity by slots of equal length that divide the month (clock hours, where there are
    /// as many as the month has): needed for commitments and spot prices. Empty: spread evenly.
    pub hourly: Vec<Exact>,
}

impl Metered {
    /// Use of one resource, spread evenly over the month.
    pub fn new(charge: usize, resource: u64, size: Option<usize>, quantity: Exact) -> Metered {
        Metered { charge, resource, size, copies: 1, quantity, entitled: Exact::zero(), hourly: Vec::new() }
    }
}

/// How much of a plan a customer committed to.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The plan, by its index in the price list.
    pub plan: usize,
    /// How many instances of which size.
    pub instances: Vec<(Option<usize>, u64)>,
    /// So much money in every hour, at the discounted price.
    pub spend: Option<Exact>,
}

/// What the customer chose, and the month.
#[derive(Clone, Debug)]
pub struct Terms<'t> {
    /// The month's length in hours.
    pub month_hours: Exact,
    /// Whether free allowances are still there.
    pub allowances: bool,
    /// Whether each line says what resources had of it.
    pub by_resource: bool,
    /// The optional charges asked for.
    pub with: &'t [String],
    /// Charges in force besides, by index.
    pub also: &'t [usize],
    /// The commitments, in the order in which they cover.
    pub committed: &'t [Committed],
}

impl Terms<'_> {
    /// A month of so many hours, with allowances, without options or commitments.
    pub fn of_month(month_hours: Exact) -> Terms<'static> {
        Terms { month_hours, allowances: true, by_resource: false, with: &[], also: &[], committed: &[] }
    }

    /// Whether a charge is in force.
    pub fn in_force(&self, index: usize, charge: &Charge) -> bool {
        self.also.contains(&index) || charge.with.as_ref().is_none_or(|word| self.with.contains(word))
    }
}

/// How a commitment was used in the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedUse {
    /// The plan's name.
    pub plan: String,
    /// Whether it is money, and not instances.
    pub spend: bool,
    /// Whether the plan reserves instances, and is no discount.
    pub reserved: bool,
    /// The share of it that was used, 0 to 1.
    pub used: Exact,
    /// What it covered, in the meters' units, by the charge's index.
    pub covered: Vec<(usize, Exact)>,
}

/// What a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// Use, or a flat fee.
    Usage,
    /// What a commitment costs, used or not.
    Commitment,
    /// What lifts the invoice to its least amount.
    Minimum,
    /// A credit.
    Credit,
    /// A tax.
    Tax,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name: the charge's.
    pub name: String,
    /// The meter's name.
    pub meter: String,
    /// What it is for.
    pub kind: LineKind,
    /// The charge that it is of, by index.
    pub charge: Option<usize>,
    /// What was used.
    pub quantity: Exact,
    /// What of it was free.
    pub free: Exact,
    /// What of it a commitment covered.
    pub covered: Exact,
    /// What is paid for: after the minimum, allowance, commitment, blocks and cap.
    pub billable: Exact,
    /// Whether the price changes with the clock.
    pub dynamic: bool,
    /// The commitment that it pays for, by its index in the invoice.
    pub commitment: Option<usize>,
    /// The share of each resource that used it; empty, unless they are asked for.
    pub parts: Vec<(u64, Exact)>,
    /// The word by which it was asked for.
    pub asked: Option<String>,
    /// Whether it is given back for what was billed before.
    pub refund: bool,
    /// All that was paid at first, where this is the month's share of it.
    pub once: Option<Exact>,
    /// The price of one unit, where it is the same for all units.
    pub unit_price: Option<Exact>,
    /// The amount; rounded, where lines are.
    pub amount: Exact,
    /// How sure its prices are (the least sure one that was used).
    pub confidence: Confidence,
}

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// The currency of its amounts.
    pub currency: Currency,
    /// Its lines: one for every charge in force, in the order of the price list; then commitments, charges on the
    /// subtotal, the minimum and taxes.
    pub lines: Vec<Line>,
    /// How the commitments were used.
    pub commitments: Vec<CommittedUse>,
    /// What is to be paid, rounded.
    pub total: Exact,
    /// Digits after the point of amounts that are rounded.
    pub places: u32,
}

/// Use beyond the end of a closed last tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeyondLastTier {
    /// The charge, by index.
    pub charge: usize,
    /// What would be paid for.
    pub quantity: Exact,
    /// Where the last tier ends.
    pub limit: Exact,
}

/// Makes the invoice of one account for one month.
///
/// # Errors
/// Where use goes beyond a closed last tier.
pub fn invoice(list: &PriceList, metered: &[Metered], terms: &Terms<'_>) -> Result<Invoice, Box<BeyondLastTier>> {
    let by_charge = by_charge(list, metered);
    let covered = cover::cover(list, &by_charge, terms);
    let mut lines = Vec::with_capacity(list.charges.len() + 2);
    for (index, charge) in list.charges.iter().enumerate() {
        if terms.in_force(index, charge) && charge.meter != Meter::Subtotal {
            lines.push(lines::of_charge(index, charge, &by_charge[index], covered.by_charge.get(&index), terms)?);
        }
    }
    let plans = terms.committed.iter().filter(|committed| committed.plan < list.commitments.len()).enumerate();
    lines.extend(plans.flat_map(|(place, committed)| lines::of_commitment(list, committed, 2 * place, terms)));
    add_subtotals(list, &mut lines, terms)?;
    Ok(close(list, lines, covered.used))
}

/// Charges on what other lines come to: of use and commitments, before credits and taxes; of the lines named, where
/// some are.
fn add_subtotals(list: &PriceList, lines: &mut Vec<Line>, terms: &Terms<'_>) -> Result<(), Box<BeyondLastTier>> {
    for (index, charge) in list.charges.iter().enumerate() {
        if charge.meter != Meter::Subtotal || !terms.in_force(index, charge) {
            continue;
        }
        let is_subtotal = |line: &Line| line.meter == Meter::Subtotal.name();
        let counts = |line: &&Line| match &charge.subtotal_of {
            Some(names) => names.contains(&line.name),
            None => matches!(line.kind, LineKind::Usage | LineKind::Commitment) && !is_subtotal(line),
        };
        let rounded = |line: &Line| match list.rounding.each {
            RoundEach::Line => list.rounding.round(&line.amount),
            RoundEach::Total => line.amount.clone(),
        };
        let subtotal: Exact = lines.iter().filter(counts).map(rounded).sum();
        let metered = Metered::new(index, 0, None, subtotal);
        lines.push(lines::of_charge(index, charge, &[&metered], None, terms)?);
    }
    Ok(())
}

/// Digits after the point that a multiple of `step` has.
fn places(step: &Exact) -> u32 {
    exact_text(step).split_once('.').map_or(0, |(_, places)| places.len() as u32)
}

fn by_charge<'m>(list: &PriceList, metered: &'m [Metered]) -> Vec<Vec<&'m Metered>> {
    let mut by_charge = vec![Vec::new(); list.charges.len()];
    for one in metered {
        if let Some(of_charge) = by_charge.get_mut(one.charge) {
            of_charge.push(one);
        }
    }
    by_charge
}

/// Rounds, and adds what depends on the other lines: limited credits, the least amount, the tax.
fn close(list: &PriceList, mut lines: Vec<Line>, commitments: Vec<CommittedUse>) -> Invoice {
    if list.rounding.each == RoundEach::Line {
        lines.iter_mut().for_each(|line| line.amount = list.rounding.round(&line.amount));
    }
    limit_credits(list, &mut lines);
    let mut subtotal =
        list.rounding.round(&lines.iter().fold(Exact::zero(), |sum, line| plus(&sum, line.amount.clone())));
    if let Some(least) = list.minimum_charge.as_ref().filter(|least| **least > subtotal) {
        let missing = list.rounding.round(&(least - &subtotal));
        subtotal += &missing;
        lines.push(lines::plain("minimum charge", LineKind::Minimum, Exact::one(), missing));
    }
    for line in taxes(list, &lines, &subtotal) {
        subtotal += &line.amount;
        lines.push(line);
    }
    Invoice { currency: list.currency, lines, commitments, total: subtotal, places: places(&list.rounding.to) }
}

/// The taxes: the list's, on what no charge has a rate of its own for; and one for each such rate.
fn taxes(list: &PriceList, lines: &[Line], subtotal: &Exact) -> Vec<Line> {
    let mut by_rate: BTreeMap<&Exact, Exact> = BTreeMap::new();
    let mut rest = subtotal.clone();
    for line in lines {
        let own = line.charge.and_then(|index| list.charges.get(index)?.tax.as_ref());
        if let Some(rate) = own {
            *by_rate.entry(rate).or_insert_with(Exact::zero) += &line.amount;
            rest -= &line.amount;
        }
    }
    let name = list.tax.as_ref().map_or("tax", |tax| tax.name.as_str());
    let of = |name: &str, rate: &Exact, base: Exact| {
        let amount = list.rounding.round(&(&base * rate));
        Line { unit_price: Some(rate.clone()), ..lines::plain(name, LineKind::Tax, base, amount) }
    };
    let named = |rate: &Exact| format!("{name} {} %", exact_text(&(rate * whole(100))));
    let general = list.tax.as_ref().map(|tax| of(name, &tax.rate, rest));
    let own = by_rate.into_iter().filter(|(rate, _)| !rate.is_zero()).map(|(rate, base)| of(&named(rate), rate, base));
    general.into_iter().chain(own).collect()
}

/// A credit that pays no more than the other lines come to.
fn limit_credits(list: &PriceList, lines: &mut [Line]) {
    let limited = |line: &Line| line.charge.is_some_and(|index| list.charges[index].up_to_subtotal);
    let others = lines.iter().filter(|line| !limited(line)).map(|line| &line.amount);
    let mut left = others.sum::<Exact>().max(Exact::zero());
    for line in lines.iter_mut().filter(|line| limited(line)) {
        if line.amount.is_negative() && -&line.amount > left {
            line.amount = -left.clone();
        }
        left += &line.amount;
    }
}
