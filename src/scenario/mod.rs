//! What a scenario file asks for: read from TOML, checked, and valid by construction.

mod app;
pub mod axis;
mod case;
pub mod claim;
mod cluster;
mod cpu_on;
pub mod currency;
mod curve;
mod exists;
pub mod expect;
mod fleet;
mod hosting;
mod initial;
mod load;
pub mod map;
mod orderable;
mod run;
pub mod shipped;
mod slo;
mod surroundings;
mod together;

pub use app::App;
pub use case::Case;
pub use cluster::{ClusterChoice, Container, CpuLimit};
pub use currency::Currencies;
pub use curve::{CurvePlan, Traffic};
pub use exists::Exists;
pub use expect::{Expectation, unknown_figure};
pub use fleet::FleetPlan;
pub use hosting::{CommitmentChoice, DeploymentPlan, InstancesChoice, SizeChoice};
pub use initial::InitialChoice;
pub use load::{Source, load_file, read_source};
pub use orderable::Unorderable;
pub use run::{Month, RunPlan, WarmUp};
pub use slo::{Bound, Slo, Statistic};

use crate::billing::{Labour, ProviderCosts};
use crate::catalogue::{Catalogue, schema_1};
use crate::document::{Diagnostics, Node, Table, Value, text};
use crate::simulation::{Drain, Window};
use crate::workload::Arrivals;
use case::Ground;
use hosting::Hosts;
use std::path::Path;

/// A scenario, read and checked.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The question that it answers.
    pub title: String,
    /// How long, how often.
    pub run: RunPlan,
    /// The apps.
    pub apps: Vec<App>,
    /// The ways of hosting them.
    pub cases: Vec<Case>,
    /// Rates of exchange.
    pub currencies: Currencies,
    /// Whether a wage is given.
    pub wage_given: bool,
    /// The plan of a curve.
    pub curve: CurvePlan,
    /// The plan of a map, where there is one.
    pub map: Option<map::MapPlan>,
    /// Claims that are checked.
    pub expectations: Vec<Expectation>,
    /// The claim of the article that it is about, where it is about one.
    pub claim: Option<claim::Claim>,
}

impl Scenario {
    /// Reads a scenario's text with the built-in catalogue; paths in it start from the current
    /// directory.
    ///
    /// # Errors
    /// All errors of the text, as a user sees them.
    pub fn from_text(text: &str) -> Result<Scenario, String> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut diagnostics);
        let source = diagnostics.sources.add("scenario", text);
        let root = Node::parse(source, &mut diagnostics);
        // What follows from a text that is not TOML is no mistake of its own.
        let sound = diagnostics.is_empty().then_some(root);
        let scenario = sound.and_then(|root| Scenario::read(&root, Path::new(""), &catalogue, &mut diagnostics));
        scenario.filter(|_| diagnostics.is_empty()).ok_or_else(|| diagnostics.render(false))
    }

    /// The percentiles of latency and of waiting that objectives name, smallest first: each is a figure of its own.
    pub fn percentiles(&self) -> [Vec<f64>; 2] {
        let of = |bounds: fn(&Slo) -> &Vec<Bound>| {
            let bounds = self.apps.iter().flat_map(|app| bounds(&app.slo));
            let share = |bound: &Bound| match bound.statistic {
                Statistic::Quantile(share) => Some(share),
                Statistic::Mean | Statistic::Max => None,
            };
            let mut shares: Vec<f64> = bounds.filter_map(share).collect();
            shares.sort_by(f64::total_cmp);
            shares.dedup();
            shares
        };
        [of(|slo| &slo.latency), of(|slo| &slo.queueing)]
    }

    /// The measured window, with how long what comes in it is followed: as `[run]` says, or as the
    /// largest bound of any objective asks for.
    pub fn window(&self) -> Window {
        let bounds = self.apps.iter().flat_map(|app| app.slo.bounds()).map(|bound| bound.most);
        let bound = bounds.max().unwrap_or_default();
        let drain = self.run.drain.map_or(Drain::Auto { bound }, Drain::For);
        Window { warm_up: self.run.warm_up, duration: self.run.duration, drain }
    }

    /// Reads a scenario's tree. `directory` is where paths in it start from. Every error is
    /// noted; `None` where there is any.
    pub fn read(root: &Node, directory: &Path, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<Scenario> {
        let before = d.count();
        let mut table = Table::of(root, d)?;
        table.required("schema", d, schema_1);
        if refuse_too_many(root, d) {
            return None;
        }
        let title = table.default("title", String::new(), d, text);
        let run = table.default("run", RunPlan::default(), d, RunPlan::read);
        let empty = Node::empty_table(root.at);
        let own = table.node("model").map(|models| {
            let mut own = catalogue.clone();
            own.add_inline(models);
            own
        });
        let catalogue = own.as_ref().unwrap_or(catalogue);
        let traces = table.node("trace").unwrap_or(&empty);
        let apps =
            table.node("app").map(|node| app::read_all(node, traces, directory, catalogue, d)).unwrap_or_default();
        if root.get("app").is_none() {
            d.error(root.at, "a scenario needs at least one app", "a table [app.NAME]");
        }
        let ground = Ground {
            fleet: table.node("fleet").unwrap_or(&empty),
            provider: table.node("provider").unwrap_or(&empty),
            labour: table.node("labour").unwrap_or(&empty),
            apps: &apps,
            catalogue,
        };
        // Read for themselves too: cases may put something else in the place of all that is wrong in them.
        Labour::read(ground.labour, d);
        ProviderCosts::read(ground.provider, d);
        let cases = table.node("case").map(|node| read_cases(node, &ground, d)).unwrap_or_default();
        if root.get("case").is_none() {
            d.error(root.at, "a scenario needs at least one case", "a table [case.NAME] with `hosting = \"…\"`");
        }
        let currencies = table.default("currency", Currencies::default(), d, Currencies::read);
        let names: Vec<&str> =
            root.get("case").and_then(Node::as_table).into_iter().flatten().map(|(k, _)| k.as_str()).collect();
        let expectations = table.node("expect").map(|node| Expectation::read_all(node, &names, d)).unwrap_or_default();
        let claim = table.optional("claim", d, |node, d| claim::Claim::read(node, &names, d));
        let assumed = claim.iter().flat_map(|claim| &claim.assumes);
        assumed.for_each(|assumed| assumed.is_there(root, catalogue, d));
        let curve = table.default("curve", CurvePlan::default(), d, CurvePlan::read);
        let map = table.optional("map", d, map::MapPlan::read);
        // Read by the sweep itself.
        table.node("sweep");
        table.finish(d);
        currencies.check(&cases, root, d);
        refuse_traces_after_the_end(&apps, &run, root, d);
        if d.count() == before {
            refuse_warm_ups_without_a_level(&apps, &run, root, d);
        }
        if d.count() > before {
            return None;
        }
        let wage_given = cases.iter().any(|case| case.labour.wage_given);
        Some(Scenario { title, run, apps, cases, currencies, wage_given, curve, map, expectations, claim })
    }
}

/// The longest name, in letters: it stands in tables, figures and the names of files.
const LONGEST_NAME: usize = 200;
/// The most apps that all cases together host, each app once for each case.
const MOST_HOSTED: usize = 100_000;

/// Notes names that nothing could show, and more apps and cases than memory should hold; whether there are any of these.
fn refuse_too_many(root: &Node, d: &mut Diagnostics) -> bool {
    for table in ["app", "case", "trace", "model"] {
        for (name, node) in root.get(table).and_then(Node::as_table).into_iter().flatten() {
            let length = name.chars().count();
            if length > LONGEST_NAME {
                d.error(node.key, format!("this name has {length} letters"), format!("at most {LONGEST_NAME}"));
            }
        }
    }
    let count = |table: &str| root.get(table).and_then(Node::as_table).map_or(0, indexmap::IndexMap::len);
    let (apps, cases) = (count("app"), count("case"));
    if apps.saturating_mul(cases.max(1)) > MOST_HOSTED {
        let at = root.get("app").map_or(root.at, |node| node.key);
        let help = format!("at most {MOST_HOSTED} in all: `tenants` stand for apps that are alike");
        d.error(at, format!("{apps} apps in {cases} cases are too many"), help);
        return true;
    }
    false
}

/// A trace whose dates lie after the end of what is simulated would be silent.
fn refuse_traces_after_the_end(apps: &[App], run: &RunPlan, root: &Node, d: &mut Diagnostics) {
    let length = run.warm_up.0.saturating_add(run.duration.0);
    for app in apps {
        let Arrivals::Trace(from) = &app.workload.arrivals else { continue };
        if from.shift.0 >= length && from.shift.0 > 0 {
            let at = root.get("app").and_then(|apps| apps.get(&app.name)).map_or(root.at, |node| node.at);
            let message = format!(
                "the trace of `{}` begins {} after the scenario's earliest, when the simulation has ended",
                app.name, from.shift
            );
            d.error(
                at,
                message,
                "write `align = \"first-row\"` in the trace to begin with the simulation, or simulate longer",
            );
        }
    }
}

/// A warm-up that is to be found needs a level to come to: arrivals of one rate.
fn refuse_warm_ups_without_a_level(apps: &[App], run: &RunPlan, root: &Node, d: &mut Diagnostics) {
    if run.warm_up_rule != WarmUp::ToFind {
        return;
    }
    let at = root.get("run").and_then(|run| run.get("warm-up")).map_or(root.at, |node| node.at);
    let changing: Vec<String> =
        apps.iter().filter(|app| !app.workload.arrivals.is_steady()).map(|app| format!("`{}`", app.name)).collect();
    if !changing.is_empty() {
        let message = format!(
            "no warm-up can be found for arrivals that change by themselves, as those of {} do: there is no level \
             that they come to",
            changing.join(", ")
        );
        d.error(at, message, "state a length, such as warm-up = \"1 day\"");
    } else if apps.iter().all(|app| matches!(app.workload.arrivals, Arrivals::None)) && !apps.is_empty() {
        d.error(at, "no warm-up can be found where nothing arrives", "state a length, or leave `warm-up` out");
    }
}

fn read_cases(node: &Node, ground: &Ground<'_>, d: &mut Diagnostics) -> Vec<Case> {
    if Table::of(node, d).is_none() {
        return Vec::new();
    }
    let mut hosts = Hosts::default();
    let entries = node.as_table().into_iter().flatten();
    entries.filter_map(|(name, case)| Case::read(name, case, ground, &mut hosts, d)).collect()
}

/// A table with the keys of another put over its own: each replaces the key of that name whole.
pub(crate) fn overlay(base: &Node, over: Option<&Node>) -> Node {
    let mut merged = base.clone();
    let Some(over) = over else { return merged };
    merged.key = over.key;
    merged.at = over.at;
    match (&mut merged.value, &over.value) {
        (Value::Table(entries), Value::Table(added)) => {
            entries.extend(added.iter().map(|(key, node)| (key.clone(), node.clone())));
        }
        _ => merged.value = over.value.clone(),
    }
    merged
}
