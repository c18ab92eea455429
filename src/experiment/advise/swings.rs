//! What one assumption at a time does to the answer, over the best offers, with common random
//! numbers.

use super::flips::{self, Flip};
use super::{Offer, hours, offer};
use crate::document::as_f64;
use crate::experiment::curve::{at_traffic, base_rate};
use crate::experiment::simulations::Runs;
use crate::metrics::Estimate;
use crate::scenario::Scenario;
use crate::units::{Currency, Exact, MoneyRate};
use num_bigint::BigInt;
use rayon::prelude::*;

/// What changes when one assumption does.
#[derive(Clone, Debug)]
pub struct Swing {
    /// The assumption.
    pub name: String,
    /// A lower value, and the best offer then: its model and TCO.
    pub low: (String, Option<(String, f64)>),
    /// A higher value, and the best offer then.
    pub high: (String, Option<(String, f64)>),
    /// More about both ends.
    pub ends: [End; 2],
    /// Where the answer changes, if it does within the range looked at.
    pub flip: Option<Flip>,
}

/// One end of a swing.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// The best TCO there less the best of the scenario as it stands, replication by replication.
    pub change: Estimate,
    /// The second best offer there, and by how much it is dearer than the best.
    pub second: Option<(String, Estimate)>,
}

impl End {
    /// Whether the noise covers which of the two best is cheaper there.
    pub fn is_tied(&self) -> bool {
        self.second.as_ref().is_some_and(|(_, more)| more.mean == Some(0.0) || more.straddles(0.0))
    }
}

/// The offers under one assumption: models with their TCO of each replication, the cheapest first.
pub struct Ranked(pub Vec<(String, Vec<Option<f64>>)>);

impl Ranked {
    /// From costs in any order.
    pub fn of(mut costs: Vec<(String, Vec<Option<f64>>)>) -> Ranked {
        let mean = |values: &[Option<f64>]| Estimate::of(values).mean.unwrap_or(f64::INFINITY);
        costs.sort_by(|a, b| mean(&a.1).total_cmp(&mean(&b.1)));
        Ranked(costs)
    }

    /// Offers of a scenario's cases at some traffic.
    pub fn simulated(runs: Runs<'_>, scenario: &Scenario, traffic: f64) -> Ranked {
        let costs = scenario.cases.par_iter().filter_map(|case| {
            let offer = offer(runs, scenario, case, traffic).ok()?;
            Some((offer.hosting, offer.point.values(&["tco_usd"])))
        });
        Ranked::of(costs.collect())
    }

    /// The best model and its TCO.
    pub fn best(&self) -> Option<(String, f64)> {
        let (name, values) = self.0.first()?;
        Some((name.clone(), Estimate::of(values).mean?))
    }

    pub(super) fn end(&self, base: &Ranked) -> End {
        let (Some(best), Some(before)) = (self.0.first(), base.0.first()) else { return End::default() };
        let second = self.0.get(1).map(|second| (second.0.clone(), Estimate::paired_difference(&second.1, &best.1)));
        End { change: Estimate::paired_difference(&best.1, &before.1), second }
    }
}

/// The swings, that first which would change the answer first.
pub fn swings(runs: Runs<'_>, scenario: &Scenario, offers: &[Offer], done: &(dyn Fn() + Sync)) -> Vec<Swing> {
    if scenario.cases.is_empty() {
        return Vec::new();
    }
    let at = |scenario: &Scenario, traffic: f64| {
        let ranked = Ranked::simulated(runs, &at_traffic(scenario, base_rate(scenario), traffic), traffic);
        done();
        ranked
    };
    let base = at(scenario, 1.0);
    let swing = |name: &str, values: [&str; 2], ends: [Ranked; 2], flip: Option<Flip>| Swing {
        name: name.into(),
        low: (values[0].into(), ends[0].best()),
        high: (values[1].into(), ends[1].best()),
        ends: [ends[0].end(&base), ends[1].end(&base)],
        flip,
    };
    let traffic = [at(scenario, 1.0 / 3.0), at(scenario, 3.0)];
    let traffic_flip = flips::by_search(&base, &traffic, &|factor| at(scenario, factor));
    let mut swings = vec![
        swing("traffic", ["a third", "three times"], traffic, traffic_flip),
        swing(
            "wage",
            ["10 USD/h", "100 USD/h"],
            [at(&paid(scenario, 10), 1.0), at(&paid(scenario, 100), 1.0)],
            flips::of_wage(offers, wage(scenario)),
        ),
    ];
    swings.extend(hours::swings(offers));
    let prices = [priced(offers, 0.8), priced(offers, 1.2)];
    swings.push(Swing {
        ends: [prices[0].end(&priced(offers, 1.0)), prices[1].end(&priced(offers, 1.0))],
        ..swing("prices of the cheapest", ["−20 %", "+20 %"], prices, flips::of_prices(offers))
    });
    let starts = [at(&stretched(scenario, 0.5), 1.0), at(&stretched(scenario, 2.0), 1.0)];
    let starts_flip = flips::at_ends(&base, &starts, ["half as long", "twice as long"]);
    swings.push(swing("time of starts", ["half", "twice"], starts, starts_flip));
    let nearness = |swing: &Swing| swing.flip.as_ref().map_or(f64::INFINITY, |flip| libm::log(flip.factor).abs());
    swings.sort_by(|a, b| nearness(a).total_cmp(&nearness(b)));
    swings
}

/// The wage in dollars an hour; 0 where none is stated.
fn wage(scenario: &Scenario) -> f64 {
    let Some(case) = scenario.cases.first() else { return 0.0 };
    let rate = scenario.currencies.rate(case.labour.wage.currency);
    rate.map_or(0.0, |rate| as_f64(&rate) * as_f64(&case.labour.wage.per_hour))
}

fn paid(scenario: &Scenario, dollars: i64) -> Scenario {
    let mut paid = scenario.clone();
    for case in &mut paid.cases {
        case.labour.wage = MoneyRate { per_hour: Exact::from(BigInt::from(dollars)), currency: Currency::USD };
    }
    paid
}

/// Starts that take longer or shorter by a factor.
fn stretched(scenario: &Scenario, factor: f64) -> Scenario {
    let mut scenario = scenario.clone();
    for plan in scenario.cases.iter_mut().flat_map(|case| &mut case.deployments) {
        for phase in &mut plan.start {
            phase.time = phase.time.scaled(factor);
        }
    }
    scenario
}

/// All prices of the best offer a fifth lower or higher: its labour stays, the others' prices too.
fn priced(offers: &[Offer], factor: f64) -> Ranked {
    let cost = |(index, offer): (usize, &Offer)| {
        let invoice = offer.point.values(&["invoice_usd", "total"]);
        let rest = offer.point.values(&["tco_usd"]).into_iter().zip(invoice);
        let factor = if index == 0 { factor } else { 1.0 };
        let values = rest.map(|(tco, invoice)| Some(tco? + (factor - 1.0) * invoice?));
        (offer.hosting.clone(), values.collect())
    };
    Ranked::of(offers.iter().enumerate().take(super::CONTENDERS).map(cost).collect())
}
