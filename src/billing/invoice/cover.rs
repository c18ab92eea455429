//! What commitments cover, hour by hour.

use super::group::{Group, groups};
use super::{Committed, CommittedUse, Metered, Terms};
use crate::billing::charge::{Charge, Commitment, CommitmentTerms, Pricing};
use crate::billing::meter::Meter;
use crate::billing::price_list::PriceList;
use crate::billing::reading::whole;
use crate::units::Exact;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::{BTreeMap, HashMap};

/// Of a charge's entries (all copies together): what is left to be covered in each slot, and what was covered.
struct Open {
    size: Option<usize>,
    left: Vec<Exact>,
    covered: Exact,
}

/// What commitments cover.
#[derive(Default)]
pub struct Cover {
    /// Of each charge: how much of each of its entries, all copies together.
    pub by_charge: HashMap<usize, Vec<Exact>>,
    /// How each commitment was used: its instances, then its money.
    pub used: Vec<CommittedUse>,
}

/// Covers what can be covered, plan by plan.
pub fn cover(list: &PriceList, by_charge: &[Vec<&Metered>], terms: &Terms<'_>) -> Cover {
    if terms.committed.is_empty() {
        return Cover::default();
    }
    let mut used = Vec::new();
    let slots = slots(list, by_charge, terms);
    let mut open: HashMap<usize, Vec<Open>> = HashMap::new();
    for committed in terms.committed {
        let Some(plan) = list.commitments.get(committed.plan) else { continue };
        let mut benefit = Benefit::new(committed, &slots);
        let given = (benefit.hours_left(), benefit.money_left());
        let (mut by_hours, mut by_money) = (Vec::new(), Vec::new());
        for index in &plan.charges {
            let Some(charge) = list.charges.get(*index).filter(|charge| terms.in_force(*index, charge)) else {
                continue;
            };
            let entries = open.entry(*index).or_insert_with(|| opened(charge, &by_charge[*index], &slots, terms));
            let before = covered(entries);
            benefit.spend_hours(charge, entries);
            let between = covered(entries);
            benefit.spend_money(charge, plan, entries);
            by_money.push((*index, covered(entries) - &between));
            by_hours.push((*index, between - before));
        }
        used.push(CommittedUse::new(plan, false, &given.0, &benefit.hours_left(), by_hours));
        used.push(CommittedUse::new(plan, true, &given.1, &benefit.money_left(), by_money));
    }
    let of_entries = |entries: Vec<Open>| entries.into_iter().map(|one| one.covered).collect();
    Cover { by_charge: open.into_iter().map(|(index, entries)| (index, of_entries(entries))).collect(), used }
}

fn covered(entries: &[Open]) -> Exact {
    entries.iter().map(|one| &one.covered).sum()
}

impl CommittedUse {
    /// `given`, `left`: hours or money, at first and in the end.
    fn new(plan: &Commitment, spend: bool, given: &Exact, left: &Exact, covered: Vec<(usize, Exact)>) -> CommittedUse {
        let used = if given.is_positive() { (given - left) / given } else { Exact::zero() };
        let covered = covered.into_iter().filter(|(_, quantity)| quantity.is_positive()).collect();
        let reserved = matches!(plan.terms, CommitmentTerms::Reserved { .. });
        CommittedUse { plan: plan.name.clone(), spend, reserved, used, covered }
    }
}

/// Takes what is covered out of a group's uses.
pub fn take_out(group: &mut Group<'_>, covered: &[Exact]) {
    let times = whole(group.times);
    for one in &mut group.uses {
        let part = covered.get(one.index).map_or_else(Exact::zero, |covered| covered / &times);
        one.rest = (&one.rest - &part).max(Exact::zero());
        group.covered += part;
    }
}

/// The hours of the slots that all covered charges are parted into.
fn slots(list: &PriceList, by_charge: &[Vec<&Metered>], terms: &Terms<'_>) -> Vec<Exact> {
    let plans = terms.committed.iter().filter_map(|committed| list.commitments.get(committed.plan));
    let entries = plans.flat_map(|plan| &plan.charges).filter_map(|index| by_charge.get(*index)).flatten();
    slot_hours(entries.map(|metered| metered.hourly.len()).max().unwrap_or(0), &terms.month_hours)
}

/// The hours of each of `count` slots of a month: clock hours (the last one cut where the month ends),
/// where there are as many as the month has, else equal parts. No slots: one, the whole month.
pub fn slot_hours(count: usize, month_hours: &Exact) -> Vec<Exact> {
    if count == 0 {
        return vec![month_hours.clone()];
    }
    if month_hours.ceil().to_integer().to_usize() != Some(count) {
        return vec![month_hours / whole(count as u64); count];
    }
    let mut hours = vec![Exact::one(); count];
    hours[count - 1] = month_hours - whole(count as u64 - 1);
    hours
}

/// The share of its quantity that a profile has in each slot; evenly by the hours, where it has none.
pub fn weights(hourly: &[Exact], slots: &[Exact]) -> Vec<Exact> {
    let sum: Exact = hourly.iter().sum();
    let (profile, sum) = if sum.is_positive() { (hourly, sum) } else { (slots, slots.iter().sum()) };
    if !sum.is_positive() {
        return vec![Exact::zero(); slots.len()];
    }
    let mut weights: Vec<Exact> = profile.iter().map(|part| part / &sum).collect();
    weights.resize(slots.len(), Exact::zero());
    weights
}

fn opened(charge: &Charge, entries: &[&Metered], slots: &[Exact], terms: &Terms<'_>) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    open.resize_with(entries.len(), || Open { size: None, left: Vec::new(), covered: Exact::zero() });
    for group in groups(charge, entries, true, terms) {
        for one in &group.uses {
            let Some(metered) = one.metered else { continue };
            let rest = &one.rest * whole(group.times);
            let left = weights(&metered.hourly, slots).into_iter().map(|weight| weight * &rest).collect();
            open[one.index] = Open { size: one.size(), left, covered: Exact::zero() };
        }
    }
    open
}

/// What a commitment still gives in each slot.
struct Benefit<'c> {
    slots: &'c [Exact],
    /// Instance-hours by size.
    hours: BTreeMap<Option<usize>, Vec<Exact>>,
    /// Money.
    money: Vec<Exact>,
}

impl<'c> Benefit<'c> {
    fn new(committed: &Committed, slots: &'c [Exact]) -> Benefit<'c> {
        let mut hours: BTreeMap<Option<usize>, Vec<Exact>> = BTreeMap::new();
        for (size, count) in &committed.instances {
            let of_size = hours.entry(*size).or_insert_with(|| vec![Exact::zero(); slots.len()]);
            of_size.iter_mut().zip(slots).for_each(|(sum, slot)| *sum += slot * whole(*count));
        }
        let spend = committed.spend.clone().unwrap_or_else(Exact::zero);
        Benefit { slots, hours, money: slots.iter().map(|slot| slot * &spend).collect() }
    }

    fn hours_left(&self) -> Exact {
        self.hours.values().flatten().sum()
    }

    fn money_left(&self) -> Exact {
        self.money.iter().sum()
    }

    fn spend_hours(&mut self, charge: &Charge, entries: &mut [Open]) {
        if charge.meter.is_plain_time() {
            let unit = whole(if charge.meter == Meter::InstanceSeconds { 3600 } else { 1 });
            for (size, hours) in &mut self.hours {
                let mut entries: Vec<&mut Open> = entries.iter_mut().filter(|one| one.size == *size).collect();
                use_up(hours, &unit, &mut entries);
            }
        }
    }

    fn spend_money(&mut self, charge: &Charge, plan: &Commitment, entries: &mut [Open]) {
        if self.money.iter().any(Exact::is_positive) {
            let hours: Exact = self.slots.iter().sum();
            let price = |one: &Open| discounted_price(charge, plan, one.size, &hours).filter(Exact::is_positive);
            let priced: Vec<Option<Exact>> = entries.iter().map(price).collect();
            for slot in 0..self.slots.len() {
                buy(&mut self.money[slot], slot, entries, &priced);
            }
        }
    }
}

/// Covers what the hours of a size allow in each slot, shared by all that run in it: the first as far as
/// it goes, then the next (which matters only where a resource's other hours have a price of their own).
fn use_up(hours: &mut [Exact], unit: &Exact, entries: &mut [&mut Open]) {
    for (slot, hours) in hours.iter_mut().enumerate() {
        for one in entries.iter_mut() {
            let Some(wanted) = one.left.get(slot).filter(|left| left.is_positive()) else { continue };
            if !hours.is_positive() {
                break;
            }
            let share = (&*hours * unit / wanted).min(Exact::one());
            *hours -= wanted * &share / unit;
            one.cover(slot, &share);
        }
    }
}

/// Covers what the money of a slot buys at the discounted prices.
fn buy(money: &mut Exact, slot: usize, entries: &mut [Open], prices: &[Option<Exact>]) {
    let cost = |(one, price): (&Open, &Option<Exact>)| Some(one.left.get(slot)? * price.as_ref()?);
    let wanted: Exact = entries.iter().zip(prices).filter_map(cost).sum();
    if !wanted.is_positive() || !money.is_positive() {
        return;
    }
    let share = (&*money / &wanted).min(Exact::one());
    *money -= &wanted * &share;
    entries.iter_mut().zip(prices).filter(|(_, price)| price.is_some()).for_each(|(one, _)| one.cover(slot, &share));
}

impl Open {
    fn cover(&mut self, slot: usize, share: &Exact) {
        if let Some(left) = self.left.get_mut(slot) {
            let part = &*left * share;
            *left -= &part;
            self.covered += part;
        }
    }
}

/// The discounted price of one unit of a charge's meter, where the plan has that size.
pub fn discounted_price(charge: &Charge, plan: &Commitment, size: Option<usize>, month_hours: &Exact) -> Option<Exact> {
    let CommitmentTerms::Discount(discount) = &plan.terms else { return None };
    let price = match &charge.pricing {
        Pricing::Price(amount) | Pricing::Sustained(amount, _) => amount.of(size)?,
        Pricing::Graduated(tiers) | Pricing::Volume(tiers) => tiers.first()?.price.of(size)?,
        Pricing::Spot(_) => return None,
    };
    Some(price * (Exact::one() - discount.of(size)?) / charge.units_priced(month_hours))
}
