//! `[currency]`: the rates at which other currencies are converted to dollars.

use super::Case;
use crate::document::{Diagnostics, Node, Table, money};
use crate::units::{Currency, Exact};
use num_traits::{One, Zero};
use std::collections::BTreeMap;

/// Dollars for one unit of each currency.
#[derive(Clone, Debug, Default)]
pub struct Currencies {
    rates: BTreeMap<Currency, Exact>,
}

impl Currencies {
    /// Reads `EUR = "1.18 USD"`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Currencies> {
        Table::of(node, d)?;
        let mut rates = BTreeMap::new();
        for (code, node) in node.as_table()? {
            let Some(currency) = Currency::parse(code).filter(|currency| *currency != Currency::USD) else {
                d.error(
                    node.key,
                    format!("`{code}` is not a currency to be converted"),
                    "a rate such as EUR = \"1.18 USD\"",
                );
                continue;
            };
            match money(node, d) {
                Some(rate) if rate.currency == Currency::USD && !rate.amount.is_zero() => {
                    rates.insert(currency, rate.amount);
                }
                Some(_) => d.error(node.at, "a rate is stated in dollars, above zero", "such as \"1.18 USD\""),
                None => {}
            }
        }
        Some(Currencies { rates })
    }

    /// Dollars for one unit of a currency, where they are known.
    pub fn rate(&self, currency: Currency) -> Option<Exact> {
        if currency == Currency::USD { Some(Exact::one()) } else { self.rates.get(&currency).cloned() }
    }

    /// The rates that are stated.
    pub fn rates(&self) -> impl Iterator<Item = (&Currency, &Exact)> {
        self.rates.iter()
    }

    /// Notes every currency of the cases that has no rate.
    pub fn check(&self, cases: &[Case], root: &Node, d: &mut Diagnostics) {
        for case in cases {
            let place = root.get("case").and_then(|cases| cases.get(&case.name)).map_or(root.key, |node| node.key);
            let models = case.deployments.iter().map(|plan| (plan.model.name.as_str(), plan.model.prices.currency));
            let own = [("the server", case.fleet.server.price.currency), ("labour", case.labour.wage.currency)];
            for (what, currency) in models.chain(own) {
                if self.rate(currency).is_none() {
                    let help = format!("state the rate: [currency] {currency} = \"… USD\"");
                    d.error(place, format!("{what} is priced in {currency}, and its rate is not stated"), help);
                }
            }
        }
    }
}
