//! The provider's ledger: what the fleet costs in a month, and what it earns.
//!
//! These are estimates, in floating-point US dollars; invoices are exact elsewhere.

use crate::document::{Diagnostics, Node, Table, as_f64, energy_price, money_rate, number};
use crate::fleet::{ServerKind, energy_cost};
use crate::units::{Currency, HOUR, Money, MoneyRate, Span, parse_energy_price, parse_money_rate};

/// The provider's own costs: the table `[provider]` of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderCosts {
    /// The price of a kilowatt-hour.
    pub energy: Money,
    /// Power usage effectiveness: all energy of the data centre over that of its servers, at least 1.
    pub pue: f64,
    /// Space, per server.
    pub space: MoneyRate,
    /// Network, per server.
    pub network: MoneyRate,
    /// Staff, per server.
    pub staff: MoneyRate,
}

/// Industrial price in the US: 0.069 in 2011, 0.081 in 2023 (EIA).
const ENERGY: &str = "0.08 USD/kWh";
/// Between the average of surveys (1.58 in 2018, Uptime Institute) and that of large providers
/// (1.1 to 1.2): an assumption.
const PUE: f64 = 1.5;
/// Small colocation came to 40 to 80 a month per rack unit, power included ("Lessons learned: five
/// years of colocation", major.io): the middle, an assumption.
const SPACE: &str = "60 USD/month";
/// 8 to 15 % of all costs (Hamilton 2010; Greenberg et al., CCR 2009), of which this is the lower
/// end for a server of 250 a month: an assumption.
const NETWORK: &str = "20 USD/month";
/// One technician for 350 servers at 55 USD/h (sources: one for 500 to 2,000): an assumption.
const STAFF: &str = "25 USD/month";

impl Default for ProviderCosts {
    fn default() -> ProviderCosts {
        let rate = |text| {
            parse_money_rate(text).unwrap_or(MoneyRate { per_hour: Default::default(), currency: Currency::USD })
        };
        let energy =
            parse_energy_price(ENERGY).unwrap_or(Money { amount: Default::default(), currency: Currency::USD });
        ProviderCosts { energy, pue: PUE, space: rate(SPACE), network: rate(NETWORK), staff: rate(STAFF) }
    }
}

/// What a case used of the fleet, and what came in for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FleetUse {
    /// The servers that there have to be: the most that were ever on, or those that the fleet has.
    pub bought: f64,
    /// Of these, those that belong to developers (family colocation).
    pub owned_by_developers: f64,
    /// Kilowatt-hours of the servers, as simulated.
    pub kilowatt_hours: f64,
    /// The length of what was simulated and measured.
    pub simulated: Span,
    /// The length of what invoices are for.
    pub month: Span,
    /// The sum of all invoices of the month, in US dollars.
    pub revenue_usd: f64,
}

/// The costs of a month, the lines of a ledger, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ledger {
    /// All invoices.
    pub revenue: f64,
    /// The purchase price of the provider's servers, spread over their life.
    pub servers: f64,
    /// Energy of all servers, with the data centre's own.
    pub energy: f64,
    /// Space.
    pub space: f64,
    /// Network.
    pub network: f64,
    /// Staff.
    pub staff: f64,
}

impl Ledger {
    /// The sum of the lines.
    pub fn cost(&self) -> f64 {
        self.lines().iter().map(|(_, usd)| usd).sum()
    }

    /// Revenue less cost.
    pub fn margin(&self) -> f64 {
        self.revenue - self.cost()
    }

    /// The lines by name.
    pub fn lines(&self) -> [(&'static str, f64); 5] {
        [
            ("servers", self.servers),
            ("energy", self.energy),
            ("space", self.space),
            ("network", self.network),
            ("staff", self.staff),
        ]
    }
}

impl ProviderCosts {
    /// Reads `[provider]`; what is left out has its default.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<ProviderCosts> {
        let default = ProviderCosts::default();
        let mut table = Table::of(node, diagnostics)?;
        let costs = ProviderCosts {
            energy: table.default("energy", default.energy, diagnostics, energy_price),
            pue: table.default("pue", default.pue, diagnostics, pue),
            space: table.default("space", default.space, diagnostics, money_rate),
            network: table.default("network", default.network, diagnostics, money_rate),
            staff: table.default("staff", default.staff, diagnostics, money_rate),
        };
        table.finish(diagnostics);
        Some(costs)
    }

    /// The ledger of a month. `dollars` says what a unit of a currency is worth in US dollars.
    /// Developers' own servers cost the provider all but their purchase. A server that is off saves energy and
    /// nothing else: it was bought, and its place, its port and its technician are paid for.
    pub fn ledger(&self, kind: &ServerKind, used: &FleetUse, dollars: &dyn Fn(Currency) -> f64) -> Ledger {
        let hours = used.month.0 as f64 / HOUR.0 as f64;
        let rent = |rate: &MoneyRate| as_f64(&rate.per_hour) * dollars(rate.currency) * hours * used.bought;
        let price = as_f64(&self.energy.amount) * dollars(self.energy.currency);
        let months = if used.simulated.0 == 0 { 0.0 } else { used.month.0 as f64 / used.simulated.0 as f64 };
        let provided = (used.bought - used.owned_by_developers).max(0.0);
        Ledger {
            revenue: used.revenue_usd,
            servers: owned_usd(kind, provided, used.month, dollars),
            energy: energy_cost(used.kilowatt_hours * months, self.pue, price),
            space: rent(&self.space),
            network: rent(&self.network),
            staff: rent(&self.staff),
        }
    }
}

/// What owning so many servers costs in a month, in US dollars: the purchase price,
/// spread evenly over the life. In the family colocation it is the developers' part of the TCO.
pub fn owned_usd(kind: &ServerKind, servers: f64, month: Span, dollars: &dyn Fn(Currency) -> f64) -> f64 {
    kind.price_over(month) * dollars(kind.price.currency) * servers
}

fn pue(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let value = number(node, diagnostics)?;
    if value < 1.0 {
        diagnostics.error(
            node.at,
            format!("expected a PUE of 1 or more, found {value}"),
            "it is all energy over the servers' own",
        );
        return None;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Bytes, Cores, MONTH, parse_span};

    fn read(text: &str) -> (Option<ProviderCosts>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("scenario.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let costs = ProviderCosts::read(&node, &mut diagnostics);
        (costs, diagnostics.render(false))
    }

    fn dollar(currency: Currency) -> f64 {
        if currency == Currency::USD { 1.0 } else { 1.25 }
    }

    /// Ten servers of 10,000 USD and 4 years: 10 × 10,000 / 48 = 2,083.33. A week of 10 servers at
    /// 200 W is 336 kWh, a month 336 × 730 / 168 = 1,460; × 1.5 × 0.10 = 219. Space 600, network
    /// 200, staff 250. In all 3,352.33; of 5,000 there remain 1,647.67.
    #[test]
    fn a_month_of_ten_servers() {
        let (costs, errors) = read("energy = \"0.10 USD/kWh\"");
        assert_eq!(errors, "");
        let used = FleetUse {
            bought: 10.0,
            owned_by_developers: 0.0,
            kilowatt_hours: 336.0,
            simulated: parse_span("1 week").unwrap(),
            month: MONTH,
            revenue_usd: 5000.0,
        };
        let kind = ServerKind::plain(Cores(48_000_000), Bytes(192 << 30));
        let ledger = costs.clone().unwrap().ledger(&kind, &used, &dollar);
        let expected = [2083.333333, 219.0, 600.0, 200.0, 250.0];
        for ((name, usd), expected) in ledger.lines().into_iter().zip(expected) {
            assert!((usd - expected).abs() < 1e-5, "{name}: {usd}, not {expected}");
        }
        assert!((ledger.margin() - 1647.666667).abs() < 1e-5);
        // Four of the ten are the developers' own: their price is theirs, all else stays.
        let shared = FleetUse { owned_by_developers: 4.0, ..used };
        let ledger = costs.unwrap().ledger(&kind, &shared, &dollar);
        assert!((ledger.servers - 1250.0).abs() < 1e-9 && (ledger.energy - 219.0).abs() < 1e-9);
        assert!((owned_usd(&kind, 4.0, MONTH, &dollar) - 833.333333).abs() < 1e-5);
    }

    #[test]
    fn currencies_are_converted() {
        let (costs, _) = read("space = \"40 EUR/month\"");
        let used = FleetUse {
            bought: 2.0,
            owned_by_developers: 0.0,
            kilowatt_hours: 0.0,
            simulated: MONTH,
            month: MONTH,
            revenue_usd: 0.0,
        };
        let ledger = costs.unwrap().ledger(&ServerKind::plain(Cores::ONE, Bytes::GIB), &used, &dollar);
        assert!((ledger.space - 100.0).abs() < 1e-9);
    }

    #[test]
    fn mistakes_are_named() {
        let errors = read("energy = \"0.10 USD\"\npue = 0.9\nspaces = 1\n").1;
        for expected in ["USD/kWh", "PUE of 1 or more", "did you mean `space`?"] {
            assert!(errors.contains(expected), "{expected} is not in\n{errors}");
        }
    }
}
