//! Advice: for one scenario, over the whole catalogue, the cheapest orders that meet the
//! objective; and which assumption would change the answer first.

use super::curve::at_traffic;
use super::point::Point;
use super::run::RunError;
use crate::catalogue::{Catalogue, Family, Model};
use crate::document::{Diagnostics, Node, Origin, Value};
use crate::metrics::Estimate;
use crate::scenario::{Case, Scenario, Source};
use indexmap::IndexMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which models are advised on.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these families.
    pub families: Vec<Family>,
    /// Only models whose name holds one of these words.
    pub words: Vec<String>,
}

impl Filter {
    fn admits(&self, model: &Model) -> bool {
        let family = self.families.is_empty() || self.families.contains(&model.family);
        let named = self.words.is_empty() || self.words.iter().any(|word| model.name.contains(word.as_str()));
        // The ideal machines cost nothing: they would be advised always.
        family && named && !model.name.starts_with("textbook-")
    }
}

/// One model's cheapest order.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The model.
    pub hosting: String,
    /// Its family.
    pub family: &'static str,
    /// What is ordered, and what it gives.
    pub point: Point,
}

impl Offer {
    /// The TCO in dollars a month.
    pub fn tco(&self) -> Estimate {
        self.point.estimate(&["tco_usd"])
    }

    /// The p99 of latency in seconds.
    pub fn p99(&self) -> Estimate {
        self.point.estimate(&["latency_s", "p99"])
    }
}

/// What changes when one assumption does.
#[derive(Clone, Debug)]
pub struct Swing {
    /// The assumption.
    pub name: String,
    /// A lower value, and the best offer then: its model and TCO.
    pub low: (String, Option<(String, f64)>),
    /// A higher value, and the best offer then.
    pub high: (String, Option<(String, f64)>),
}

/// Advice.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Offers that meet the objective, the cheapest first.
    pub offers: Vec<Offer>,
    /// Models that cannot, and why.
    pub refused: Vec<(String, String)>,
    /// What each assumption does to the best offer.
    pub swings: Vec<Swing>,
    /// The prices of the offers that are not sure: "MODEL: CHARGE".
    pub unverified: Vec<String>,
}

/// How many of the best offers the swings are computed over.
const CONTENDERS: usize = 6;

/// What advice is made from.
pub struct Adviser<'a> {
    /// The scenario's file.
    pub source: &'a Source,
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// Which models.
    pub filter: Filter,
    /// Told of the models done, out of how many.
    pub done: &'a (dyn Fn(u64, u64) + Sync),
}

impl Adviser<'_> {
    /// Sizes every model of the catalogue for the scenario's apps, and ranks the orders.
    ///
    /// # Errors
    /// Where no app states an objective, or the scenario's own tables cannot be read anew.
    pub fn advise(&self, d: &mut Diagnostics) -> Result<Advice, RunError> {
        if self.scenario.apps.iter().any(|app| app.slo.is_empty()) {
            let message = "every app needs an `slo`: advice is about orders that meet one";
            return Err(RunError::Input(message.into()));
        }
        let names: Vec<String> = self.models(d);
        let scenario = self.variant(&names, &[], d)?;
        let rate = scenario.apps.iter().map(|app| app.workload.mean_rate()).sum();
        let scenario = at_traffic(&scenario, rate, 1.0);
        let count = AtomicU64::new(0);
        let evaluated: Vec<Result<Offer, (String, String)>> = scenario
            .cases
            .par_iter()
            .with_max_len(1)
            .map(|case| {
                let offer = offer(&scenario, case, 1.0);
                (self.done)(count.fetch_add(1, Ordering::Relaxed) + 1, scenario.cases.len() as u64);
                offer
            })
            .collect();
        let mut advice = Advice { offers: Vec::new(), refused: Vec::new(), swings: Vec::new(), unverified: Vec::new() };
        for one in evaluated {
            match one {
                Ok(offer) => advice.offers.push(offer),
                Err(refusal) => advice.refused.push(refusal),
            }
        }
        let cost = |offer: &Offer| offer.tco().mean.unwrap_or(f64::INFINITY);
        advice.offers.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
        advice.swings = self.swings(&advice.offers, d)?;
        let offered = |case: &&crate::scenario::Case| advice.offers.iter().any(|offer| offer.hosting == case.name);
        advice.unverified = super::unverified(scenario.cases.iter().filter(offered));
        Ok(advice)
    }

    fn models(&self, d: &mut Diagnostics) -> Vec<String> {
        let names: Vec<String> = self.catalogue.models().map(|(name, _)| name.to_string()).collect();
        let mut admitted = Vec::new();
        for name in names {
            let Some(at) = self.catalogue.written(&name).map(|node| node.at) else { continue };
            let model = self.catalogue.resolve(&name, at, d).and_then(|tree| Model::read(&name, &tree, d));
            let priced = |model: &Model| self.scenario.currencies.rate(model.prices.currency).is_some();
            if model.is_some_and(|model| self.filter.admits(&model) && priced(&model) && !model.sizes.is_empty()) {
                admitted.push(name);
            }
        }
        admitted
    }

    /// The scenario with a case for each model, and values set at some paths.
    fn variant(&self, models: &[String], set: &[(&[&str], Value)], d: &mut Diagnostics) -> Result<Scenario, RunError> {
        let mut root = self.source.root.clone();
        let at = root.at;
        let cases = models.iter().map(|name| (name.clone(), case_of(name, self.catalogue, at, d))).collect();
        root.set_path(&["case".to_string()], Node::synthetic(Value::Table(cases), at));
        if let Value::Table(entries) = &mut root.value {
            entries.shift_remove("expect");
        }
        for (path, value) in set {
            let keys: Vec<String> = path.iter().map(|key| (*key).to_string()).collect();
            root.set_path(&keys, Node::synthetic(value.clone(), at));
        }
        let scenario = Scenario::read(&root, &self.source.directory, self.catalogue, d);
        let mut scenario =
            scenario.ok_or_else(|| RunError::Input("the catalogue does not fit this scenario".into()))?;
        scenario.run = self.scenario.run.clone();
        Ok(scenario)
    }

    /// One-at-a-time swings over the best offers: traffic, wage, the time of starts.
    fn swings(&self, offers: &[Offer], d: &mut Diagnostics) -> Result<Vec<Swing>, RunError> {
        let best: Vec<String> = offers.iter().take(CONTENDERS).map(|offer| offer.hosting.clone()).collect();
        if best.is_empty() {
            return Ok(Vec::new());
        }
        let base = self.variant(&best, &[], d)?;
        let rate: f64 = base.apps.iter().map(|app| app.workload.mean_rate()).sum();
        let at = |scenario: &Scenario, traffic: f64| self.best(&at_traffic(scenario, rate, traffic), traffic);
        let mut swings = vec![Swing {
            name: "traffic".into(),
            low: ("a third".into(), at(&base, 1.0 / 3.0)),
            high: ("three times".into(), at(&base, 3.0)),
        }];
        let wages = [("10 USD/h", "100 USD/h")];
        for (low, high) in wages {
            let wage = |text: &str, d: &mut Diagnostics| -> Result<Option<(String, f64)>, RunError> {
                Ok(at(&self.variant(&best, &[(&["labour", "wage"], Value::String(text.into()))], d)?, 1.0))
            };
            let (cheap, dear) = (wage(low, d)?, wage(high, d)?);
            swings.push(Swing { name: "wage".into(), low: (low.into(), cheap), high: (high.into(), dear) });
        }
        swings.push(self.priced_swing(offers));
        swings.push(self.start_swing(&base, rate));
        Ok(swings)
    }

    /// All prices of the best offer a fifth lower or higher: its labour stays, the others' prices
    /// too.
    fn priced_swing(&self, offers: &[Offer]) -> Swing {
        let scaled = |factor: f64| {
            let cost = |(index, offer): (usize, &Offer)| {
                let invoice = offer.point.estimate(&["invoice_usd", "total"]).mean?;
                let rest = offer.tco().mean? - invoice;
                Some((offer.hosting.clone(), rest + if index == 0 { factor * invoice } else { invoice }))
            };
            let costs = offers.iter().enumerate().take(CONTENDERS).filter_map(cost);
            costs.min_by(|a, b| a.1.total_cmp(&b.1))
        };
        Swing {
            name: "prices of the cheapest".into(),
            low: ("−20 %".into(), scaled(0.8)),
            high: ("+20 %".into(), scaled(1.2)),
        }
    }

    /// Starts that take half or twice as long.
    fn start_swing(&self, base: &Scenario, rate: f64) -> Swing {
        let stretched = |factor: f64| {
            let mut scenario = base.clone();
            for plan in scenario.cases.iter_mut().flat_map(|case| &mut case.deployments) {
                for phase in &mut plan.start {
                    phase.time = phase.time.scaled(factor);
                }
            }
            self.best(&at_traffic(&scenario, rate, 1.0), 1.0)
        };
        Swing {
            name: "time of starts".into(),
            low: ("half".into(), stretched(0.5)),
            high: ("twice".into(), stretched(2.0)),
        }
    }

    fn best(&self, scenario: &Scenario, traffic: f64) -> Option<(String, f64)> {
        let offers = scenario.cases.par_iter().filter_map(|case| offer(scenario, case, traffic).ok());
        let costs: Vec<(String, f64)> = offers.filter_map(|o| Some((o.hosting.clone(), o.tco().mean?))).collect();
        costs.into_iter().min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// The case that orders the cheapest of a model for every app.
fn case_of(name: &str, catalogue: &Catalogue, at: Origin, d: &mut Diagnostics) -> Node {
    let word = |text: &str| Node::synthetic(Value::String(text.into()), at);
    let mut keys = IndexMap::new();
    keys.insert("hosting".to_string(), word(name));
    keys.insert("size".to_string(), word("cheapest"));
    let model = catalogue.resolve(name, at, d).and_then(|tree| Model::read(name, &tree, d));
    if model.is_some_and(|model| !model.is_on_demand()) {
        keys.insert("instances".to_string(), word("right-size"));
    }
    Node::synthetic(Value::Table(keys), at)
}

fn offer(scenario: &Scenario, case: &Case, traffic: f64) -> Result<Offer, (String, String)> {
    let plan = case.deployments.first();
    let family = plan.map_or("", |plan| plan.model.family.name());
    let refused = |why: String| (case.name.clone(), why);
    let point = Point::evaluate(scenario, case, traffic).map_err(refused)?;
    if point.slo_met == Some(false) {
        return Err((case.name.clone(), "the objective is missed".into()));
    }
    Ok(Offer { hosting: case.name.clone(), family, point })
}
