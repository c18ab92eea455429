//! `[currency]`: the rates at which other currencies are converted to dollars.

use super::Case;
use crate::document::{Confidence, Diagnostics, Node, Table, Value, money, quantity, text};
use crate::units::{Currency, Exact, Money, parse_money};
use num_traits::{One, Zero};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A rate that comes with the catalogue.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// Dollars for one unit.
    pub dollars: Exact,
    /// The day that it is of.
    pub as_of: String,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

/// The rates that come with the catalogue.
fn shipped() -> &'static BTreeMap<Currency, Shipped> {
    static RATES: OnceLock<BTreeMap<Currency, Shipped>> = OnceLock::new();
    RATES.get_or_init(|| {
        let mut d = Diagnostics::default();
        let source = d.sources.add("models/currencies.toml", include_str!("../../models/currencies.toml"));
        let root = Node::parse(source, &mut d);
        read_rates(&root, &mut d)
    })
}

/// Reads a table of dated rates: `[EUR]` with `rate`, `as-of`, `source` and `confidence`. Every mistake is noted.
pub fn read_rates(root: &Node, d: &mut Diagnostics) -> BTreeMap<Currency, Shipped> {
    let mut rates = BTreeMap::new();
    for (code, node) in root.as_table().into_iter().flatten().filter(|(code, _)| *code != "schema") {
        match Currency::parse(code) {
            Some(currency) => rates.extend(Shipped::read(node, d).map(|shipped| (currency, shipped))),
            None => d.error(node.key, format!("`{code}` is no currency"), "a code of ISO 4217, such as EUR"),
        }
    }
    rates
}

impl Shipped {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Shipped> {
        let mut table = Table::of(node, d)?;
        let rate = table.required("rate", d, money);
        let as_of = table.required("as-of", d, text);
        let source = table.required("source", d, text);
        let confidence = table.required("confidence", d, Confidence::read);
        table.finish(d);
        let sound = |rate: &Money| rate.currency == Currency::USD && !rate.amount.is_zero();
        if rate.as_ref().is_some_and(|rate| !sound(rate)) {
            d.error(node.at, "a rate is stated in dollars, above zero", "such as \"1.18 USD\"");
        }
        let dollars = rate.filter(sound)?.amount;
        Some(Shipped { dollars, as_of: as_of?, source: source?, confidence: confidence? })
    }
}

/// How a rate is written: the one that stands there without its unit, if one does.
fn example(node: &Node) -> String {
    match node.value {
        Value::Integer(Some(_)) | Value::Float(..) => format!("{} USD", node.to_toml()),
        _ => "1.18 USD".into(),
    }
}

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
            match quantity(node, d, &example(node), parse_money) {
                Some(rate) if rate.currency == Currency::USD && !rate.amount.is_zero() => {
                    rates.insert(currency, rate.amount);
                }
                Some(_) => d.error(node.at, "a rate is stated in dollars, above zero", "such as \"1.18 USD\""),
                None => {}
            }
        }
        Some(Currencies { rates })
    }

    /// Dollars for one unit of a currency: the scenario's own rate, or the one that comes with the catalogue.
    pub fn rate(&self, currency: Currency) -> Option<Exact> {
        if currency == Currency::USD {
            return Some(Exact::one());
        }
        self.rates.get(&currency).cloned().or_else(|| shipped().get(&currency).map(|rate| rate.dollars.clone()))
    }

    /// The rate of a currency that the scenario does not state.
    pub fn shipped(&self, currency: Currency) -> Option<&'static Shipped> {
        shipped().get(&currency).filter(|_| !self.rates.contains_key(&currency))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_come_with_the_catalogue_and_a_scenario_s_own_prevail() {
        let euro = Currency::parse("EUR").unwrap();
        let rate = Currencies::default().rate(euro).unwrap();
        assert_eq!(crate::units::decimal_text(&rate, 6), "1.1133");
        assert!(Currencies::default().rate(Currency::parse("CHF").unwrap()).is_none());
        let mut d = Diagnostics::default();
        let source = d.sources.add("own.toml", "EUR = \"1.18 USD\"");
        let own = Currencies::read(&Node::parse(source, &mut d), &mut d).unwrap();
        assert_eq!(crate::units::decimal_text(&own.rate(euro).unwrap(), 6), "1.18");
        assert!(own.shipped(euro).is_none() && Currencies::default().shipped(euro).is_some());
    }
}
