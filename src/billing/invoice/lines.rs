//! The lines of an invoice.

use super::group::{Group, Use, groups};
use super::{BeyondLastTier, Committed, Line, LineKind, Metered, Terms, cover};
use crate::billing::charge::{Amount, Charge, Commitment, CommitmentTerms, Pricing, spot, sustained, tiers};
use crate::billing::confidence::Confidence;
use crate::billing::meter::Meter;
use crate::billing::price_list::PriceList;
use crate::billing::reading::{plus, round_up, whole};
use crate::units::Exact;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// The line of a charge. `covered`: what commitments cover of each of its entries.
pub fn of_charge(
    index: usize,
    charge: &Charge,
    entries: &[&Metered],
    covered: Option<&Vec<Exact>>,
    terms: &Terms<'_>,
) -> Result<Line, Box<BeyondLastTier>> {
    let mut groups = groups(charge, entries, covered.is_some(), terms);
    if let Some(covered) = covered {
        groups.iter_mut().for_each(|group| cover::take_out(group, covered));
    }
    if let Some(cap) = charge.cap.as_ref().filter(|_| charge.meter.is_plain_time()) {
        groups.iter_mut().filter(|group| !group.is_of_one_resource()).for_each(|group| group.cap_each(cap));
    }
    let mut line = Line { charge: Some(index), meter: charge.meter.name().into(), ..empty(&charge.name) };
    line.asked.clone_from(&charge.with);
    line.refund = charge.refund;
    line.dynamic = charge.is_spot();
    line.kind = if charge.is_credit() { LineKind::Credit } else { LineKind::Usage };
    for group in &groups {
        let (billable, amount) = price(index, charge, group, terms)?;
        add(&mut line.quantity, &group.quantity, group.times);
        add(&mut line.free, &group.free, group.times);
        add(&mut line.covered, &group.covered, group.times);
        add(&mut line.billable, &billable, group.times);
        add(&mut line.amount, &amount, group.times);
    }
    if terms.by_resource {
        line.parts = parts(charge, &groups);
    }
    line.unit_price = unit_price(charge, &groups, terms);
    line.confidence = confidence(charge, &groups);
    Ok(line)
}

/// Each resource's share of a line: by what is paid for at its size's price; of what is free, by its use.
fn parts(charge: &Charge, groups: &[Group<'_>]) -> Vec<(u64, Exact)> {
    let price = |size: Option<usize>| charge.amounts().first().and_then(|amount| amount.of(size).cloned());
    let by = |weight: &dyn Fn(&Use<'_>) -> Exact| -> BTreeMap<u64, Exact> {
        let mut sums = BTreeMap::new();
        for (group, one) in groups.iter().flat_map(|group| group.uses.iter().map(move |one| (group, one))) {
            *sums.entry(one.resource()).or_insert_with(Exact::zero) += weight(one) * whole(group.times);
        }
        sums
    };
    let paid = by(&|one| &one.rest * price(one.size()).unwrap_or_else(Exact::zero).abs());
    let sums = if paid.values().any(Exact::is_positive) { paid } else { by(&|one| one.quantity.clone()) };
    let total: Exact = sums.values().sum();
    if !total.is_positive() {
        return Vec::new();
    }
    sums.into_iter().map(|(resource, sum)| (resource, sum / &total)).collect()
}

/// Adds so many times a part; most sums have one part, once.
fn add(sum: &mut Exact, part: &Exact, times: u64) {
    let part = if times == 1 { part.clone() } else { part * whole(times) };
    *sum = plus(sum, part);
}

/// What is paid for in a group, and the amount.
fn price(
    index: usize,
    charge: &Charge,
    group: &Group<'_>,
    terms: &Terms<'_>,
) -> Result<(Exact, Exact), Box<BeyondLastTier>> {
    let rest = group.rest();
    let blocks = charge.block.as_ref().map_or_else(|| rest.clone(), |block| round_up(&rest, block));
    let cap = charge.cap.as_ref().filter(|_| !charge.meter.is_plain_time() || group.is_of_one_resource());
    let paid = cap.map_or(&blocks, |cap| cap.min(&blocks)).clone();
    let beyond = |limit| Box::new(BeyondLastTier { charge: index, quantity: blocks.clone(), limit });
    let amount = match &charge.pricing {
        _ if paid.is_zero() => Exact::zero(),
        Pricing::Price(amount) => group.blend(amount) * &paid,
        Pricing::Graduated(list) => {
            let parts = tiers::graduated(&paid, list).map_err(beyond)?;
            parts.iter().zip(list).filter(|(part, _)| !part.is_zero()).map(|(p, t)| p * group.blend(&t.price)).sum()
        }
        Pricing::Volume(list) => group.blend(&list[tiers::volume(&blocks, list).map_err(beyond)?].price) * &paid,
        Pricing::Sustained(amount, bands, sustained::Pool::Resource) => {
            scaled(&paid, group, sustained_amount(charge, amount, bands, group, terms))
        }
        Pricing::Sustained(amount, bands, pool) => {
            let by_size = *pool == sustained::Pool::Size;
            scaled(&paid, group, pooled_amount(amount, bands, by_size, group, terms))
        }
        Pricing::Spot(periods) => scaled(&paid, group, spot_amount(periods, group, terms)),
    };
    let units = charge.units_priced(&terms.month_hours);
    let amount = if amount.is_zero() || units.is_one() { amount } else { amount / units };
    Ok((paid, limit(charge, group, amount)))
}

fn limit(charge: &Charge, group: &Group<'_>, amount: Exact) -> Exact {
    if charge.minimum_amount.is_none() && charge.cap_amount.is_none() {
        return amount;
    }
    let least = charge.minimum_amount.as_ref().map(|least| group.blend(least));
    let most = charge.cap_amount.as_ref().filter(|most| bounds(most, group)).map(|most| group.blend(most));
    let amount = least.map_or(amount.clone(), |least| least.max(amount));
    most.map_or(amount.clone(), |most| most.min(amount))
}

/// Whether a limit by size says something about every size of a group.
fn bounds(limit: &Amount, group: &Group<'_>) -> bool {
    group.uses.iter().all(|one| limit.of(one.size()).is_some())
}

/// An amount for what is left of the use, for so much as is paid of it.
fn scaled(paid: &Exact, group: &Group<'_>, amount: Exact) -> Exact {
    let rest: Exact = group.uses.iter().map(|one| &one.rest).sum();
    if rest.is_positive() { amount * paid / rest } else { Exact::zero() }
}

fn sustained_amount(
    charge: &Charge,
    price: &Amount,
    bands: &[sustained::Band],
    group: &Group<'_>,
    terms: &Terms<'_>,
) -> Exact {
    let unit = whole(if charge.meter == Meter::InstanceSeconds { 3600 } else { 1 });
    let month = &terms.month_hours * unit;
    let mut resources: BTreeMap<(u64, Option<usize>), Sustained> = BTreeMap::new();
    for one in &group.uses {
        let sum = resources.entry((one.resource(), one.size())).or_insert_with(Sustained::nothing);
        sum.add(one);
    }
    let of_one = |((_, size), sum): (&(u64, Option<usize>), &Sustained)| {
        price.of(*size).map_or_else(Exact::zero, |price| sum.weighted(&month, bands) * price)
    };
    resources.iter().map(of_one).sum()
}

/// The same for use that is put together, of each size or of all.
fn pooled_amount(
    price: &Amount,
    bands: &[sustained::Band],
    by_size: bool,
    group: &Group<'_>,
    terms: &Terms<'_>,
) -> Exact {
    let hourly = |one: &Use<'_>| one.metered.map_or(0, |metered| metered.hourly.len());
    let slots = cover::slot_hours(group.uses.iter().map(hourly).max().unwrap_or(0), &terms.month_hours);
    let mut pools: BTreeMap<Option<usize>, Vec<Exact>> = BTreeMap::new();
    for one in group.uses.iter().filter(|one| one.rest.is_positive()) {
        let profile = one.metered.map_or(&[][..], |metered| &metered.hourly);
        let pool = pools.entry(one.size().filter(|_| by_size)).or_insert_with(|| vec![Exact::zero(); slots.len()]);
        pool.iter_mut().zip(cover::weights(profile, &slots)).for_each(|(sum, weight)| *sum += weight * &one.rest);
    }
    let of_one = |(size, used): (&Option<usize>, &Vec<Exact>)| {
        price.of(*size).map_or_else(Exact::zero, |price| sustained::stacked(used, &slots, bands) * price)
    };
    pools.iter().map(of_one).sum()
}

/// What is left of the use of one resource, or of so many alike.
struct Sustained {
    copies: u64,
    quantity: Exact,
    rest: Exact,
}

impl Sustained {
    fn nothing() -> Sustained {
        Sustained { copies: u64::MAX, quantity: Exact::zero(), rest: Exact::zero() }
    }

    fn add(&mut self, one: &Use<'_>) {
        self.copies = self.copies.min(one.copies).max(1);
        self.quantity += &one.quantity;
        self.rest += &one.rest;
    }

    /// At full price: what a commitment or allowance takes is taken from one copy after the other.
    fn weighted(&self, month: &Exact, bands: &[sustained::Band]) -> Exact {
        if !self.rest.is_positive() {
            return Exact::zero();
        }
        let of_each = &self.quantity / whole(self.copies);
        let untouched = (&self.rest / &of_each).floor();
        let last = &self.rest - &untouched * &of_each;
        sustained::weighted(&of_each, month, bands) * untouched + sustained::weighted(&last, month, bands)
    }
}

fn spot_amount(periods: &[spot::Period], group: &Group<'_>, terms: &Terms<'_>) -> Exact {
    let mut amount = Exact::zero();
    for one in &group.uses {
        let hourly = one.metered.map_or(&[][..], |metered| &metered.hourly);
        let slots = cover::slot_hours(hourly.len(), &terms.month_hours);
        let mut from = Exact::zero();
        for (length, weight) in slots.iter().zip(cover::weights(hourly, &slots)) {
            let to = &from + length;
            if !weight.is_zero() {
                let price = spot::mean(periods, &from, &to, one.size()).unwrap_or_else(Exact::zero);
                amount += &one.rest * weight * price;
            }
            from = to;
        }
    }
    amount
}

/// The price of one unit, where all units have the same.
fn unit_price(charge: &Charge, groups: &[Group<'_>], terms: &Terms<'_>) -> Option<Exact> {
    let Pricing::Price(amount) = &charge.pricing else { return None };
    let mut sizes = groups.iter().flat_map(|group| &group.uses).map(|one| one.size());
    let first = match amount {
        Amount::Same(value) => value,
        Amount::BySize(_) => amount.of(sizes.next()?)?,
    };
    let same = sizes.all(|size| amount.of(size) == Some(first));
    same.then(|| first / charge.units_priced(&terms.month_hours))
}

fn confidence(charge: &Charge, groups: &[Group<'_>]) -> Confidence {
    let used = groups.iter().flat_map(|group| &group.uses).map(|one| charge.confidence_of(one.size()));
    used.max().unwrap_or(charge.confidence.rest)
}

/// The lines of a commitment: what it costs in every hour, and the month's share of what it cost at first.
/// `place`: where its use stands among the invoice's, that of its instances and then that of its money.
pub fn of_commitment(list: &PriceList, committed: &Committed, place: usize, terms: &Terms<'_>) -> Vec<Line> {
    let Some(plan) = list.commitments.get(committed.plan) else { return Vec::new() };
    let by_size = |figure: &dyn Fn(Option<usize>) -> Option<Exact>| -> Exact {
        committed.instances.iter().filter_map(|(size, count)| Some(figure(*size)? * whole(*count))).sum()
    };
    let instances: Exact = committed.instances.iter().map(|(_, count)| whole(*count)).sum();
    let hours = &terms.month_hours;
    let mut lines = Vec::new();
    let mut push = |name: String, place: usize, quantity: Exact, amount: Exact| {
        if !amount.is_zero() {
            let confidence = committed.instances.iter().map(|(size, _)| plan.confidence.of(*size)).max();
            let confidence = confidence.unwrap_or(plan.confidence.rest);
            let line = plain(&name, LineKind::Commitment, quantity, amount);
            lines.push(Line { meter: "instance-hours".into(), commitment: Some(place), confidence, ..line });
        }
    };
    match &plan.terms {
        CommitmentTerms::Reserved { upfront, hourly } => {
            push(plan.name.clone(), place, &instances * hours, by_size(&|size| hourly.of(size).cloned()) * hours);
            let share = hours / &plan.term_hours;
            let once = by_size(&|size| upfront.of(size).cloned());
            push(format!("{} upfront", plan.name), place, &instances * hours, &once * share);
            if let Some(line) = lines.last_mut().filter(|_| !once.is_zero()) {
                line.once = Some(once);
            }
        }
        CommitmentTerms::Discount(_) => {
            let hourly = by_size(&|size| discounted_hour(list, plan, size, hours));
            push(plan.name.clone(), place, &instances * hours, hourly * hours);
            let spend = committed.spend.clone().unwrap_or_else(Exact::zero);
            push(format!("{} spend", plan.name), place + 1, hours.clone(), spend * hours);
        }
    }
    lines
}

/// What an hour of an instance of a size costs at the plan's discount.
fn discounted_hour(list: &PriceList, plan: &Commitment, size: Option<usize>, month_hours: &Exact) -> Option<Exact> {
    let index = *plan.charges.first()?;
    let charge = list.charges.get(index)?;
    let unit = whole(if charge.meter == Meter::InstanceSeconds { 3600 } else { 1 });
    Some(cover::discounted_price(index, charge, plan, size, month_hours)? * unit)
}

/// A line that is of no charge.
pub fn plain(name: &str, kind: LineKind, quantity: Exact, amount: Exact) -> Line {
    Line { kind, billable: quantity.clone(), quantity, amount, ..empty(name) }
}

fn empty(name: &str) -> Line {
    Line {
        name: name.to_string(),
        meter: String::new(),
        kind: LineKind::Usage,
        charge: None,
        quantity: Exact::zero(),
        free: Exact::zero(),
        covered: Exact::zero(),
        billable: Exact::zero(),
        dynamic: false,
        commitment: None,
        parts: Vec::new(),
        asked: None,
        refund: false,
        once: None,
        unit_price: None,
        amount: Exact::zero(),
        confidence: Confidence::Verified,
    }
}
