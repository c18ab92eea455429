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
        let mut benefit = Benefit::new(committed, plan, &slots);
        let given = (benefit.hours_left(), benefit.money_left());
        let charges: Vec<(usize, &Charge)> =
            plan.charges.iter().filter_map(|index| in_force(list, *index, terms)).collect();
        for (index, charge) in &charges {
            open.entry(*index).or_insert_with(|| opened(charge, &by_charge[*index], &slots, terms));
        }
        let sums = |open: &HashMap<usize, Vec<Open>>| -> Vec<Exact> {
            charges.iter().map(|(index, _)| covered(&open[index])).collect()
        };
        let before = sums(&open);
        for (index, charge) in &charges {
            if let Some(entries) = open.get_mut(index) {
                benefit.spend_hours(charge, plan, entries);
            }
        }
        let between = sums(&open);
        benefit.spend_money(&charges, plan, &mut open);
        let after = sums(&open);
        let grown = |from: &[Exact], to: &[Exact]| -> Vec<(usize, Exact)> {
            charges.iter().zip(from.iter().zip(to)).map(|((index, _), (from, to))| (*index, to - from)).collect()
        };
        used.push(CommittedUse::new(plan, false, &given.0, &benefit.hours_left(), grown(&before, &between)));
        used.push(CommittedUse::new(plan, true, &given.1, &benefit.money_left(), grown(&between, &after)));
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

/// A charge that a plan covers, where it is in force.
fn in_force<'l>(list: &'l PriceList, index: usize, terms: &Terms<'_>) -> Option<(usize, &'l Charge)> {
    list.charges.get(index).filter(|charge| terms.in_force(index, charge)).map(|charge| (index, charge))
}

/// What reserved hours are good for: a size, or all sizes of a family, in units.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Size(Option<usize>),
    Family(String),
}

impl Worth {
    /// What an hour of a size is worth, and how many units of it that is.
    fn of(plan: &Commitment, size: Option<usize>) -> (Worth, Exact) {
        let units = plan.units.as_ref().zip(size).and_then(|(units, size)| units.get(size)?.clone());
        units.map_or((Worth::Size(size), Exact::one()), |units| (Worth::Family(units.family), units.count))
    }
}

/// What a commitment still gives in each slot.
struct Benefit<'c> {
    slots: &'c [Exact],
    /// Instance-hours by size, or unit-hours by family.
    hours: BTreeMap<Worth, Vec<Exact>>,
    /// Money.
    money: Vec<Exact>,
}

impl<'c> Benefit<'c> {
    fn new(committed: &Committed, plan: &Commitment, slots: &'c [Exact]) -> Benefit<'c> {
        let mut hours: BTreeMap<Worth, Vec<Exact>> = BTreeMap::new();
        for (size, count) in &committed.instances {
            let (worth, units) = Worth::of(plan, *size);
            let of_worth = hours.entry(worth).or_insert_with(|| vec![Exact::zero(); slots.len()]);
            of_worth.iter_mut().zip(slots).for_each(|(sum, slot)| *sum += slot * whole(*count) * &units);
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

    /// Covers what runs with the reserved hours: of a family the smallest size first.
    fn spend_hours(&mut self, charge: &Charge, plan: &Commitment, entries: &mut [Open]) {
        if charge.meter.is_plain_time() {
            let unit = whole(if charge.meter == Meter::InstanceSeconds { 3600 } else { 1 });
            for (worth, hours) in &mut self.hours {
                let takes =
                    |one: &Open| Some(Worth::of(plan, one.size)).filter(|(of, _)| of == worth).map(|(_, units)| units);
                let mut entries: Vec<(Exact, &mut Open)> =
                    entries.iter_mut().filter_map(|one| Some((takes(one)? / &unit, one))).collect();
                entries.sort_by(|(a, _), (b, _)| a.cmp(b));
                use_up(hours, &mut entries);
            }
        }
    }

    /// Covers what the money of each slot buys, in the provider's order: what has the greatest discount first; of
    /// equal ones what has the lower price with it.
    fn spend_money(&mut self, charges: &[(usize, &Charge)], plan: &Commitment, open: &mut HashMap<usize, Vec<Open>>) {
        if !self.money.iter().any(Exact::is_positive) {
            return;
        }
        let month_hours: Exact = self.slots.iter().sum();
        let mut offers: Vec<Offer> = Vec::new();
        for (index, charge) in charges {
            for (entry, one) in open[index].iter().enumerate() {
                let Some(discount) = discount(plan, *index, one.size) else { continue };
                let price = discounted_price(*index, charge, plan, one.size, &month_hours);
                if let Some(price) = price.filter(Exact::is_positive) {
                    offers.push(Offer { discount, price, charge: *index, entry });
                }
            }
        }
        offers.sort_by(|a, b| b.discount.cmp(&a.discount).then_with(|| a.price.cmp(&b.price)));
        for (slot, money) in self.money.iter_mut().enumerate() {
            for offer in &offers {
                let Some(one) = open.get_mut(&offer.charge).and_then(|entries| entries.get_mut(offer.entry)) else {
                    continue;
                };
                let Some(wanted) = one.left.get(slot).filter(|left| left.is_positive()) else { continue };
                if !money.is_positive() {
                    break;
                }
                let cost = wanted * &offer.price;
                let share = (&*money / &cost).min(Exact::one());
                *money -= cost * &share;
                one.cover(slot, &share);
            }
        }
    }
}

/// Use that money can be spent on.
struct Offer {
    discount: Exact,
    price: Exact,
    charge: usize,
    entry: usize,
}

/// Covers what the hours allow in each slot, shared by all that run in it: the first as far as it goes, then the
/// next (which matters where sizes differ, or a resource's other hours have a price of their own). Each entry
/// stands with what one unit of its meter takes of the hours.
fn use_up(hours: &mut [Exact], entries: &mut [(Exact, &mut Open)]) {
    for (slot, hours) in hours.iter_mut().enumerate() {
        for (takes, one) in entries.iter_mut() {
            let Some(wanted) = one.left.get(slot).filter(|left| left.is_positive()) else { continue };
            if !hours.is_positive() {
                break;
            }
            let wanted = wanted * &*takes;
            let share = (&*hours / &wanted).min(Exact::one());
            *hours -= wanted * &share;
            one.cover(slot, &share);
        }
    }
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

/// The share off a charge's price, where the plan has that size.
fn discount(plan: &Commitment, charge: usize, size: Option<usize>) -> Option<Exact> {
    let CommitmentTerms::Discount(discount) = &plan.terms else { return None };
    discount.of(charge, size).cloned()
}

/// The discounted price of one unit of a charge's meter, where the plan has that size.
pub fn discounted_price(
    index: usize,
    charge: &Charge,
    plan: &Commitment,
    size: Option<usize>,
    month_hours: &Exact,
) -> Option<Exact> {
    let off = discount(plan, index, size)?;
    let price = match &charge.pricing {
        Pricing::Price(amount) | Pricing::Sustained(amount, ..) => amount.of(size)?,
        Pricing::Graduated(tiers) | Pricing::Volume(tiers) => tiers.first()?.price.of(size)?,
        Pricing::Spot(_) => return None,
    };
    Some(price * (Exact::one() - off) / charge.units_priced(month_hours))
}
