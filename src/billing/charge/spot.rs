//! A price that changes by the clock hour.

use super::amount::Amount;
use crate::billing::reading::whole;
use crate::document::{Diagnostics, Node, Table, Value, list, span};
use crate::units::{Exact, HOUR};
use num_traits::{Signed, Zero};

/// A price from an hour of the month on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first clock hour that it holds in, from the month's beginning.
    pub from: u64,
    /// The price.
    pub price: Amount,
}

/// The mean price over the hours `from` to `to` of the month, for a size.
pub fn mean(periods: &[Period], from: &Exact, to: &Exact, size: Option<usize>) -> Option<Exact> {
    let length = to - from;
    let mut sum = Exact::zero();
    for (index, period) in periods.iter().enumerate() {
        let starts = whole(period.from).max(from.clone());
        let ends = periods.get(index + 1).map_or(to.clone(), |next| whole(next.from).min(to.clone()));
        if ends > starts {
            sum += (ends - starts) * period.price.of(size)?;
        }
    }
    if length.is_positive() { Some(sum / length) } else { periods.first()?.price.of(size).cloned() }
}

/// Reads the periods: in order, the first from hour 0.
pub fn read(node: &Node, sizes: &[String], payers: Option<&[usize]>, d: &mut Diagnostics) -> Option<Vec<Period>> {
    let periods = list(node, d, |node, d| {
        let mut table = Table::of(node, d)?;
        let from = table.required("from", d, whole_hours);
        let price = table.required("price", d, |n, d| Amount::read_price(n, sizes, payers, d));
        table.finish(d);
        Some(Period { from: from?, price: price? })
    })?;
    let Value::Array(items) = &node.value else { return None };
    if periods.first().is_none_or(|first| first.from != 0) {
        d.error(items.first().map_or(node.at, |item| item.at), "the first price must hold from \"0 h\"", "");
        return None;
    }
    for (pair, item) in periods.windows(2).zip(&items[1..]) {
        if pair[1].from <= pair[0].from {
            d.error(item.at, "this price does not begin after the one before", "put them in order");
            return None;
        }
    }
    Some(periods)
}

fn whole_hours(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    let value = span(node, diagnostics)?;
    if !value.0.is_multiple_of(HOUR.0) {
        diagnostics.error(node.at, "expected whole hours from the month's beginning", "such as \"12 h\"");
        return None;
    }
    Some(value.0 / HOUR.0)
}
