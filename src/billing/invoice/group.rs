//! What a month's rules are applied to: the account's use, or a resource's.

use super::{Metered, Terms};
use crate::billing::charge::{Amount, Charge, Free, Pricing, Scope};
use crate::billing::reading::{plus, whole};
use crate::units::Exact;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// One resource's use within a group.
pub struct Use<'m> {
    /// The use as metered; `None`: a flat fee's 1.
    pub metered: Option<&'m Metered>,
    /// Which of the charge's entries it is.
    pub index: usize,
    /// Its quantity, of all copies that the group holds.
    pub quantity: Exact,
    /// How many copies that are.
    pub copies: u64,
    /// What is left of it after the allowance and the commitments.
    pub rest: Exact,
}

impl Use<'_> {
    /// The resource that used it.
    pub fn resource(&self) -> u64 {
        self.metered.map_or(0, |metered| metered.resource)
    }

    /// Its size.
    pub fn size(&self) -> Option<usize> {
        self.metered.and_then(|metered| metered.size)
    }
}

/// What the rules are applied to, and how often it stands in the account.
pub struct Group<'m> {
    /// How many such groups there are.
    pub times: u64,
    /// The use in one of them.
    pub uses: Vec<Use<'m>>,
    /// Its sum.
    pub quantity: Exact,
    /// The sum or the charge's minimum.
    pub raised: Exact,
    /// What is free of that.
    pub free: Exact,
    /// What commitments cover.
    pub covered: Exact,
    /// What is above the cap of single resources.
    pub capped: Exact,
}

impl Group<'_> {
    /// What is paid for, before blocks and caps.
    pub fn rest(&self) -> Exact {
        let taken = [&self.free, &self.covered, &self.capped].into_iter().filter(|part| !part.is_zero());
        taken.fold(self.raised.clone(), |rest, part| rest - part).max(Exact::zero())
    }

    /// Whether all use is that of one resource.
    pub fn is_of_one_resource(&self) -> bool {
        let first = self.uses.first().map(Use::resource);
        self.uses.iter().all(|one| Some(one.resource()) == first && one.copies == 1)
    }

    /// Lets no resource pay for more than `cap`.
    pub fn cap_each(&mut self, cap: &Exact) {
        let mut resources: BTreeMap<u64, (Exact, u64)> = BTreeMap::new();
        for one in &self.uses {
            let (sum, copies) = resources.entry(one.resource()).or_insert_with(|| (Exact::zero(), u64::MAX));
            *sum += &one.rest;
            *copies = one.copies.min(*copies).max(1);
        }
        for one in &mut self.uses {
            let Some((sum, copies)) = resources.get(&one.resource()) else { continue };
            let most = cap * whole(*copies);
            if *sum > most {
                let kept = &one.rest * &most / sum;
                self.capped += &one.rest - &kept;
                one.rest = kept;
            }
        }
    }

    /// Each size's share of what is paid for.
    pub fn shares(&self) -> Vec<(Option<usize>, Exact)> {
        let by_rest = self.uses.iter().any(|one| one.rest.is_positive());
        let mut sums: BTreeMap<Option<usize>, Exact> = BTreeMap::new();
        for one in &self.uses {
            *sums.entry(one.size()).or_insert_with(Exact::zero) += if by_rest { &one.rest } else { &one.quantity };
        }
        let total: Exact = sums.values().sum();
        if total.is_positive() {
            return sums.into_iter().map(|(size, sum)| (size, sum / &total)).collect();
        }
        // Nothing was used: a minimum is shared evenly by the sizes that are there.
        let one = Exact::one() / whole(sums.len().max(1) as u64);
        sums.into_keys().map(|size| (size, one.clone())).collect()
    }

    /// A figure for the group: the mean over its sizes, where it is by size.
    pub fn blend(&self, amount: &Amount) -> Exact {
        match amount {
            Amount::Same(value) => value.clone(),
            Amount::BySize(_) => self.shares().iter().filter_map(|(s, share)| Some(amount.of(*s)? * share)).sum(),
        }
    }
}

/// Parts a charge's use into groups, and takes the allowance off each. `apart`: what is left of each
/// single use is needed too, even where the charge itself does not tell them apart.
pub fn groups<'m>(charge: &Charge, entries: &[&'m Metered], apart: bool, terms: &Terms<'_>) -> Vec<Group<'m>> {
    let allow = |times: u64, uses: Vec<Use<'m>>| allow(charge, times, uses, apart || tells_apart(charge), terms);
    if charge.flat && entries.is_empty() {
        let quantity = charge.flat_quantity(&terms.month_hours);
        let flat = Use { metered: None, index: 0, quantity, copies: 1, rest: Exact::zero() };
        return vec![allow(1, vec![flat])];
    }
    let entry = |index: usize, copies: u64| {
        let metered = entries[index];
        let quantity = if copies == 1 { metered.quantity.clone() } else { &metered.quantity * whole(copies) };
        Use { metered: Some(metered), index, quantity, copies, rest: Exact::zero() }
    };
    if charge.scope == Scope::Account {
        let uses = (0..entries.len()).map(|index| entry(index, entries[index].copies)).collect();
        return vec![allow(1, uses)];
    }
    let mut by_resource: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (index, metered) in entries.iter().enumerate().filter(|(_, metered)| metered.copies > 0) {
        by_resource.entry(metered.resource).or_default().push(index);
    }
    // As many resources, each with its share of every entry; or entries that do not come in equal numbers.
    let group = |indices: Vec<usize>| {
        let copies = entries[indices[0]].copies;
        let alike = indices.iter().all(|index| entries[*index].copies == copies);
        let of_one = |index: &usize| entry(*index, if alike { 1 } else { entries[*index].copies });
        allow(if alike { copies } else { 1 }, indices.iter().map(of_one).collect())
    };
    by_resource.into_values().map(group).collect()
}

/// Whether a charge's price depends on which of the uses are left.
fn tells_apart(charge: &Charge) -> bool {
    let by_hour_or_resource = matches!(charge.pricing, Pricing::Sustained(..) | Pricing::Spot(_));
    let limits = [&charge.minimum_amount, &charge.cap_amount].into_iter().flatten();
    by_hour_or_resource || charge.is_by_size() || charge.cap.is_some() || limits.count() > 0
}

fn allow<'m>(charge: &Charge, times: u64, mut uses: Vec<Use<'m>>, apart: bool, terms: &Terms<'_>) -> Group<'m> {
    let quantity = uses.iter().fold(Exact::zero(), |sum, one| plus(&sum, one.quantity.clone()));
    let raised = charge.minimum.as_ref().map_or(&quantity, |least| least.max(&quantity)).clone();
    let allowance = match &charge.free {
        _ if !terms.allowances => Exact::zero(),
        Free::Nothing => Exact::zero(),
        Free::Flat(value) => value.clone(),
        per_instance => uses.iter().map(|one| brought(per_instance, one)).sum(),
    };
    let free = allowance.min(raised.clone()).max(Exact::zero());
    if !apart {
        // Only the sums are needed.
    } else if quantity.is_positive() && !free.is_zero() {
        let kept = ((&quantity - &free) / &quantity).max(Exact::zero());
        uses.iter_mut().for_each(|one| one.rest = &one.quantity * &kept);
    } else {
        uses.iter_mut().for_each(|one| one.rest = one.quantity.clone());
    }
    Group { times, uses, quantity, raised, free, covered: Exact::zero(), capped: Exact::zero() }
}

fn brought(free: &Free, one: &Use<'_>) -> Exact {
    let entitled = one.metered.map_or_else(Exact::zero, |metered| &metered.entitled * whole(one.copies));
    if entitled.is_zero() { entitled } else { free.included(one.size()) * entitled }
}
