//! Advice: for one scenario, over the whole catalogue, the cheapest orders that meet the
//! objective; and which assumption would change the answer first.
//!
//! Every model is sized by few replications of part of the requests first; those that come near
//! the cheapest, or that no other beats in both cost and latency, by all. Models that differ in
//! prices alone share their simulations.

mod flips;
mod hours;
mod swings;

use super::curve::{at_traffic, base_rate};
use super::point::Point;
use super::run::RunError;
use super::simulations::{Runs, Simulations, Tally};
use super::warm_up;
use crate::catalogue::{Catalogue, Era, Family, Model};
use crate::document::{Diagnostics, Node, Origin, Value};
use crate::metrics::Estimate;
use crate::scenario::{Case, Scenario, SizeChoice, Source, WarmUp};
use indexmap::IndexMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

pub use flips::Flip;
pub use swings::{End, Swing};

/// Which models are advised on.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these families.
    pub families: Vec<Family>,
    /// Only models whose name holds one of these words.
    pub words: Vec<String>,
    /// Only these terms.
    pub era: Era,
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
    /// By how much its TCO is above the cheapest's, replication by replication.
    pub more: Estimate,
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

    /// Whether the noise covers its difference to the cheapest.
    pub fn is_as_cheap(&self) -> bool {
        self.more.is_no_difference(self.tco().mean.unwrap_or(0.0))
    }
}

/// Advice.
#[derive(Clone, Debug, Default)]
pub struct Advice {
    /// Offers that meet the objective, the cheapest first.
    pub offers: Vec<Offer>,
    /// Models that cannot, and why.
    pub refused: Vec<(String, String)>,
    /// What each assumption does to the best offer, that first which would change the answer first.
    pub swings: Vec<Swing>,
    /// The prices of the offers that are not sure: "MODEL: CHARGE".
    pub unverified: Vec<String>,
    /// What is in the offers because it is needed to be reached: "MODEL: CHARGES".
    pub by_default: Vec<String>,
    /// The rates of exchange that the scenario does not state, in words.
    pub rates: Vec<String>,
}

/// Replications of a first look at a model, and its requests.
const FIRST: (u32, u64) = (2, 40_000);
/// Requests of what swings are judged by.
const SWUNG: u64 = 60_000;
/// So often assumptions are looked at, about.
const ASSUMED: u64 = 14;
/// At least so many of the best offers are replicated in full, and swung …
const CONTENDERS: usize = 6;
/// … and those whose TCO is within this factor of the cheapest.
const NEAR: f64 = 1.3;

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
    /// Told of the work done, out of how much: models, contenders, and assumptions.
    pub done: &'a (dyn Fn(u64, u64) + Sync),
}

/// Counts the work done.
struct Count<'a> {
    done: AtomicU64,
    of: AtomicU64,
    told: &'a (dyn Fn(u64, u64) + Sync),
}

impl Count<'_> {
    fn one(&self) {
        (self.told)(self.done.fetch_add(1, Ordering::Relaxed) + 1, self.of.load(Ordering::Relaxed));
    }
}

impl Adviser<'_> {
    /// Sizes every model of the catalogue for the scenario's apps, and ranks the orders.
    ///
    /// # Errors
    /// Where no app states an objective, or the scenario's own tables cannot be read anew.
    pub fn advise(&self, d: &mut Diagnostics) -> Result<Advice, RunError> {
        if let Some(app) = self.scenario.apps.iter().find(|app| app.slo.is_empty()) {
            let message = format!("the app `{}` has no `slo`: advice is about orders that meet one", app.name);
            return Err(RunError::Input(message));
        }
        let mut refused = Vec::new();
        let names = self.models(&mut refused, d);
        if names.is_empty() && refused.is_empty() {
            return Err(RunError::Input(
                "the filter leaves no model of the catalogue (`--era all` looks at all terms, now at today's)".into(),
            ));
        }
        let scenario = self.variant(&names, d)?;
        let simulations = Simulations::default();
        let tally = Tally::default();
        let runs = Runs { simulations: &simulations, tally: &tally };
        // One for all, found by a first look, so that every offer is measured over the same window.
        let short = reduced(&scenario, FIRST.0, FIRST.1);
        let looked = warm_up::found(runs, &short, 1.0);
        let mut scenario = scenario;
        (scenario.run.warm_up, scenario.run.warm_up_rule) = (looked.run.warm_up, looked.run.warm_up_rule.clone());
        if let WarmUp::NotFound(why) = &scenario.run.warm_up_rule {
            return Err(RunError::Input(why.clone()));
        }
        let count = Count { done: 0.into(), of: (names.len() as u64).into(), told: self.done };
        let (first, mut failed) = offers(runs, &reduced(&scenario, FIRST.0, FIRST.1), &count);
        let chosen = contenders(&first);
        count.of.fetch_add(chosen.len() as u64 + ASSUMED, Ordering::Relaxed);
        let full = at_base(&Scenario { cases: cases_of(&scenario, &chosen), ..scenario.clone() });
        let (second, missed) = offers(runs, &full, &count);
        failed.extend(missed);
        let mut all: Vec<Offer> = first.into_iter().filter(|offer| !chosen.contains(&offer.hosting)).collect();
        all.extend(second);
        rank(&mut all);
        let best: Vec<String> = all.iter().take(CONTENDERS).map(|offer| offer.hosting.clone()).collect();
        let swung = reduced(
            &Scenario { cases: cases_of(&scenario, &best), ..scenario.clone() },
            scenario.run.replications,
            SWUNG,
        );
        let swings = swings::swings(runs, &swung, &all, &|| count.one());
        refused.extend(failed);
        refused.sort();
        let offered = |case: &&Case| all.iter().any(|offer| offer.hosting == case.name);
        let unverified = super::unverified(scenario.cases.iter().filter(offered));
        let by_default = scenario.cases.iter().filter(offered).filter_map(by_default).collect();
        let rates = super::shipped_rates(&scenario);
        Ok(Advice { offers: all, refused, swings, unverified, by_default, rates })
    }

    /// The models that can be tried; the others that the filter admits, with why they cannot.
    /// The scenario with the offers as its cases, each with the sizes ordered: what the advice rests
    /// on. `None` where it cannot be read.
    pub fn offered(&self, advice: &Advice, d: &mut Diagnostics) -> Option<Scenario> {
        let names: Vec<String> = advice.offers.iter().map(|offer| offer.hosting.clone()).collect();
        let mut scenario = self.variant(&names, d).ok()?;
        for (case, offer) in scenario.cases.iter_mut().zip(&advice.offers) {
            for (plan, order) in case.deployments.iter_mut().zip(&offer.point.orders) {
                plan.size = SizeChoice::Named(order.size.clone());
            }
        }
        Some(scenario)
    }

    fn models(&self, refused: &mut Vec<(String, String)>, d: &mut Diagnostics) -> Vec<String> {
        let names: Vec<String> = self.catalogue.models().map(|(name, _)| name.to_string()).collect();
        let mut admitted = Vec::new();
        for name in names {
            let Some(at) = self.catalogue.written(&name).map(|node| node.at) else { continue };
            let model = self.catalogue.resolve(&name, at, d).and_then(|tree| Model::read(&name, &tree, d));
            let admitted_model = model.filter(|model| self.filter.admits(model));
            let Some(model) = admitted_model.filter(|model| self.filter.era.admits_in(self.catalogue, model)) else {
                continue;
            };
            let currency = model.prices.currency;
            if self.scenario.currencies.rate(currency).is_none() {
                let why =
                    format!("prices are in {currency}: state a rate, such as [currency] {currency} = \"1.18 USD\"");
                refused.push((name, why));
            } else if model.sizes.is_empty() && model.size_range.is_none() {
                refused.push((name, "the catalogue holds its prices, and no sizes that could be simulated".into()));
            } else {
                admitted.push(name);
            }
        }
        admitted
    }

    /// The scenario with a case for each model, in the place of its own.
    fn variant(&self, models: &[String], d: &mut Diagnostics) -> Result<Scenario, RunError> {
        let mut root = self.source.root.clone();
        let at = root.at;
        let cases = models.iter().map(|name| (name.clone(), case_of(name, self.catalogue, at, d))).collect();
        root.set_path(&["case".to_string()], Node::synthetic(Value::Table(cases), at));
        if let Value::Table(entries) = &mut root.value {
            entries.shift_remove("expect");
        }
        let scenario = Scenario::read(&root, &self.source.directory, self.catalogue, d);
        let mut scenario =
            scenario.ok_or_else(|| RunError::Input("the catalogue does not fit this scenario".into()))?;
        scenario.run = self.scenario.run.clone();
        Ok(scenario)
    }
}

/// "MODEL: CHARGES" of what nobody named.
fn by_default(case: &Case) -> Option<String> {
    let words = &case.deployments.first()?.by_default;
    (!words.is_empty()).then(|| format!("{}: {}", case.name, words.join(", ")))
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

fn cases_of(scenario: &Scenario, names: &[String]) -> Vec<Case> {
    names.iter().filter_map(|name| scenario.cases.iter().find(|case| case.name == *name)).cloned().collect()
}

/// The scenario for as long as its curve's requests take.
fn at_base(scenario: &Scenario) -> Scenario {
    at_traffic(scenario, base_rate(scenario), 1.0)
}

/// The scenario with at most so many replications and requests.
fn reduced(scenario: &Scenario, replications: u32, requests: u64) -> Scenario {
    let mut reduced = scenario.clone();
    reduced.run.replications = replications.min(scenario.run.replications);
    reduced.curve.requests = scenario.curve.requests.map(|all| all.min(requests));
    at_base(&reduced)
}

type Outcome = Result<Offer, (String, String)>;

/// The offers of all cases of a scenario, and why some make none.
fn offers(runs: Runs<'_>, scenario: &Scenario, count: &Count<'_>) -> (Vec<Offer>, Vec<(String, String)>) {
    let one = |case: &Case| {
        let offer = offer(runs, scenario, case, 1.0);
        count.one();
        offer
    };
    let outcomes: Vec<Outcome> = scenario.cases.par_iter().with_max_len(1).map(one).collect();
    let (mut offers, mut refused) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(offer) => offers.push(offer),
            Err(refusal) => refused.push(refusal),
        }
    }
    (offers, refused)
}

fn offer(runs: Runs<'_>, scenario: &Scenario, case: &Case, traffic: f64) -> Outcome {
    let family = case.deployments.first().map_or("", |plan| plan.model.family.name());
    let refused = |why: String| (case.name.clone(), why);
    let mut point = Point::sized(runs, scenario, case, traffic, &Vec::new()).map_err(refused)?;
    point.replicate(runs, scenario, case, u64::from(scenario.run.replications)).map_err(refused)?;
    if let Some(errors) = point.replications.iter().find_map(|r| r.billed.errors.first()) {
        return Err((case.name.clone(), format!("it cannot be billed: {errors}")));
    }
    match point.missed(scenario) {
        Some(why) => Err((case.name.clone(), why)),
        None => Ok(Offer { hosting: case.name.clone(), family, point, more: Estimate::default() }),
    }
}

/// The cheapest first; by how much each is dearer.
fn rank(offers: &mut [Offer]) {
    let cost = |offer: &Offer| offer.tco().mean.unwrap_or(f64::INFINITY);
    offers.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let Some(least) = offers.first().map(|offer| offer.point.values(&["tco_usd"])) else { return };
    for offer in offers {
        // Of a first look there are fewer replications: those that both have.
        offer.more = Estimate::paired_difference(&offer.point.values(&["tco_usd"]), &least);
    }
}

/// The offers that deserve a second look: the cheapest, those near them, and those that none beats
/// in both cost and latency.
fn contenders(offers: &[Offer]) -> Vec<String> {
    let mut sorted: Vec<&Offer> = offers.iter().collect();
    let cost = |offer: &Offer| offer.tco().mean.unwrap_or(f64::INFINITY);
    let p99 = |offer: &Offer| offer.p99().mean.unwrap_or(f64::INFINITY);
    sorted.sort_by(|a, b| cost(a).total_cmp(&cost(b)));
    let least = sorted.first().map_or(0.0, |offer| cost(offer));
    let mut fastest = f64::INFINITY;
    let mut chosen = Vec::new();
    for (rank, offer) in sorted.into_iter().enumerate() {
        let on_front = p99(offer) < fastest;
        fastest = fastest.min(p99(offer));
        if on_front || rank < CONTENDERS || cost(offer) <= NEAR * least {
            chosen.push(offer.hosting.clone());
        }
    }
    chosen
}
