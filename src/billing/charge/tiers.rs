//! Prices that depend on how much is used: graduated tiers, and tiers that price the whole.

use super::amount::Amount;
use crate::billing::reading::{exact_text, positive_amount};
use crate::document::{Diagnostics, Node, Table, list};
use crate::units::Exact;
use num_traits::Zero;

/// A price up to a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Where the tier ends (inclusive), counted from the first unit; `None`: nowhere.
    pub up_to: Option<Exact>,
    /// Its price.
    pub price: Amount,
}

/// How much of a quantity falls into each tier, or the limit that it exceeds.
///
/// # Errors
/// The end of a closed last tier.
pub fn graduated(quantity: &Exact, tiers: &[Tier]) -> Result<Vec<Exact>, Exact> {
    let mut from = Exact::zero();
    let mut parts = Vec::with_capacity(tiers.len());
    for tier in tiers {
        let end = tier.up_to.as_ref().map_or(quantity, |up_to| up_to.min(quantity));
        parts.push((end - &from).max(Exact::zero()));
        from = end.max(&from).clone();
    }
    if &from < quantity { Err(from) } else { Ok(parts) }
}

/// The index of the tier that a quantity ends in.
///
/// # Errors
/// The end of a closed last tier.
pub fn volume(quantity: &Exact, tiers: &[Tier]) -> Result<usize, Exact> {
    let within = |tier: &Tier| tier.up_to.as_ref().is_none_or(|up_to| quantity <= up_to);
    let limit = || tiers.last().and_then(|tier| tier.up_to.clone()).unwrap_or_else(Exact::zero);
    tiers.iter().position(within).ok_or_else(limit)
}

/// Reads a list of tiers; refuses one out of order.
pub fn read(node: &Node, sizes: &[String], payers: Option<&[usize]>, d: &mut Diagnostics) -> Option<Vec<Tier>> {
    let tiers = list(node, d, |node, d| {
        let mut table = Table::of(node, d)?;
        let up_to = table.node("up-to");
        let end = up_to.and_then(|node| positive_amount(node, d));
        let price = table.required("price", d, |n, d| Amount::read_price(n, sizes, payers, d));
        table.finish(d);
        let tier = Tier { up_to: end, price: price? };
        (up_to.is_some() == tier.up_to.is_some()).then_some(tier)
    })?;
    in_order(node, &tiers, d).then_some(tiers)
}

fn in_order(node: &Node, tiers: &[Tier], diagnostics: &mut Diagnostics) -> bool {
    let crate::document::Value::Array(items) = &node.value else { return false };
    if tiers.is_empty() {
        diagnostics.error(node.at, "a list of tiers needs at least one", "such as { price = \"0.09\" }");
        return false;
    }
    let before = diagnostics.count();
    for (pair, item) in tiers.windows(2).zip(&items[1..]) {
        match (&pair[0].up_to, &pair[1].up_to) {
            (None, _) => {
                let help = "only the last tier may have no `up-to`; put the tiers in order";
                diagnostics.error(item.at, "this tier follows one that has no end", help);
            }
            (Some(before), Some(end)) if end <= before => {
                let message = format!("this tier ends at {}, not after {}", exact_text(end), exact_text(before));
                let help = "put the tiers in order: each `up-to` is counted from the first unit and larger than the one before";
                diagnostics.error(item.at, message, help);
            }
            _ => {}
        }
    }
    diagnostics.count() == before
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::reading::whole;

    fn tiers(ends: &[Option<u64>]) -> Vec<Tier> {
        ends.iter().map(|end| Tier { up_to: end.map(whole), price: Amount::Same(whole(1)) }).collect()
    }

    #[test]
    fn the_parts_are_what_lies_between_the_ends() {
        let open = tiers(&[Some(10), Some(50), None]);
        for (quantity, parts) in [(0, [0, 0, 0]), (10, [10, 0, 0]), (11, [10, 1, 0]), (70, [10, 40, 20])] {
            assert_eq!(graduated(&whole(quantity), &open).unwrap(), parts.map(whole).to_vec(), "{quantity}");
        }
        let closed = tiers(&[Some(10), Some(50)]);
        assert_eq!(graduated(&whole(51), &closed), Err(whole(50)));
        assert!(graduated(&whole(50), &closed).is_ok());
    }

    #[test]
    fn the_whole_is_priced_where_it_ends() {
        let closed = tiers(&[Some(10), Some(50)]);
        let found = [0, 10, 11, 50].map(|quantity| volume(&whole(quantity), &closed).unwrap());
        assert_eq!(found, [0, 0, 1, 1]);
        assert_eq!(volume(&whole(51), &closed), Err(whole(50)));
    }
}
