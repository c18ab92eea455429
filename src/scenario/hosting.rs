//! How a case hosts one app: the model, and what its customer chooses.

use super::initial::InitialChoice;
use super::orderable::Asked;
use super::{App, ClusterChoice};
use crate::billing::known_word;
use crate::catalogue::{Catalogue, Model, Size, Terms, count32, read_saved};
use crate::document::{
    Diagnostics, Node, Origin, Table, Value, boolean, bytes, count, list, positive_count, price, suggest, text,
};
use crate::hosting::deployment::StartPhase;
use crate::hosting::scaling::Scaling;
use crate::hosting::scaling::controller::Rule;
use crate::units::{Bytes, Exact};
use crate::workload::{Distribution, Unit};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Which size.
// A scenario has a handful of these, and the large one is the usual one.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each app of a case, and nearly all are named")]
pub enum SizeChoice {
    /// This one.
    Named(Size),
    /// The cheapest that meets the objective.
    Cheapest,
}

/// How many instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstancesChoice {
    /// So many.
    Count(u32),
    /// The fewest that meet the objective.
    RightSize,
}

/// Which commitment.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CommitmentChoice {
    /// None.
    #[default]
    None,
    /// A plan, for so many instances (all that run, where it is not said) or so much money an hour.
    Plan {
        /// The plan's name.
        plan: String,
        /// How many instances.
        instances: Option<InstancesChoice>,
        /// Money an hour.
        spend: Option<Exact>,
    },
    /// Whichever is cheapest.
    Cheapest,
}

/// One app of one case.
#[derive(Clone, Debug)]
pub struct DeploymentPlan {
    /// The app's number.
    pub app: usize,
    /// Its model.
    pub model: Arc<Model>,
    /// Its size.
    pub size: SizeChoice,
    /// Where the size is written (or the case, where it is not).
    pub size_at: Origin,
    /// How many instances stand ready; nothing where the scaling says it.
    pub instances: Option<InstancesChoice>,
    /// Whether the case orders a number of instances and no scaling of its own, so that the
    /// model's scaling is not in force.
    pub fixed_number: bool,
    /// The terms, the case's over the model's.
    pub terms: Terms,
    /// The concurrency that the case itself asks for.
    pub concurrency_asked: Option<u32>,
    /// The phases from order to ready.
    pub start: Vec<StartPhase>,
    /// What is asked of the model's cluster, where it has one.
    pub cluster: ClusterChoice,
    /// The group of apps with which it stands on one machine.
    pub together: Option<u32>,
    /// CPU credits of each instance that stands ready at the beginning.
    pub credits: Option<f64>,
    /// The most instances in use at once of the app itself.
    pub own_limit: Option<u32>,
    /// How many of its account's are set apart for it.
    pub reserved: Option<u32>,
    /// The most instances in use at once of its account.
    pub account_limit: Option<u32>,
    /// How many requests may wait.
    pub queue: Option<u32>,
    /// Instances kept ready (on demand).
    pub provisioned: u32,
    /// The disk of each instance, where it is not its size's.
    pub disk: Option<Bytes>,
    /// What it begins with.
    pub initial: Option<InitialChoice>,
    /// Which commitment.
    pub commitment: CommitmentChoice,
    /// Optional charges that are asked for, and those that the model has in every order.
    pub with: Vec<String>,
    /// Those of them that nobody named.
    pub by_default: Vec<String>,
    /// Whether free allowances are there.
    pub allowances: bool,
}

/// The models that a scenario's cases name, each read once.
#[derive(Default)]
pub struct Hosts {
    models: BTreeMap<String, Option<Arc<Model>>>,
}

impl Hosts {
    fn model(&mut self, node: &Node, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<Arc<Model>> {
        let name = text(node, d)?;
        if let Some(known) = self.models.get(&name) {
            if known.is_none() && catalogue.written(&name).is_none() {
                catalogue.resolve(&name, node.at, d);
            }
            return known.clone();
        }
        let model = catalogue.model(&name, node.at, d);
        self.models.insert(name, model.clone());
        model
    }

    /// Reads how an app is hosted.
    pub fn deployment(
        &mut self,
        index: usize,
        app: &App,
        (node, case): (&Node, &Node),
        catalogue: &Catalogue,
        d: &mut Diagnostics,
    ) -> Option<DeploymentPlan> {
        let mut table = Table::of(node, d)?;
        let hosting = table.node("hosting");
        let model = hosting.and_then(|node| self.model(node, catalogue, d));
        let own = Terms::read(&mut table, d);
        let instances = table.optional("instances", d, read_instances);
        let start = table.optional("start", d, |n, d| Distribution::read(n, d, Unit::Time, Path::new("")));
        let queue = table.optional("queue", d, count).map(count32);
        let reserved = table.optional("reserved-concurrency", d, positive_count).map(count32);
        let provisioned = table.optional("provisioned", d, count).map_or(0, count32);
        let mut with = table.optional("with", d, |n, d| list(n, d, text)).unwrap_or_default();
        let mut without = table.optional("without", d, |n, d| list(n, d, text)).unwrap_or_default();
        let disk = table.optional("disk", d, bytes);
        let allowances = table.default("allowances", true, d, boolean);
        let cluster = ClusterChoice::read(&mut table, d);
        // Read with the group that the app stands in, once all apps are known.
        for key in super::together::KEYS {
            table.node(key);
        }
        let credits = table.optional("credits", d, read_saved);
        let initial = table.optional("initial", d, InitialChoice::read);
        let size_node = table.node("size");
        let commitment_node = table.node("commitment");
        table.finish(d);
        if hosting.is_none() {
            let help =
                format!("`hosting = \"…\"` for all apps of the case, or `app.{} = {{ hosting = \"…\" }}`", app.name);
            d.error(node.key, format!("the app `{}` has no `hosting` here", app.name), help);
        }
        let model = model?;
        let size = read_size(&model, size_node, node, d);
        let commitment = commitment_node.map_or(Some(CommitmentChoice::None), |n| read_commitment(&model, n, d));
        if let (Some(node), Some(choice), Some(size)) = (commitment_node, &commitment, &size) {
            check_offered(&model, choice, size, node, d);
        }
        resolve_with(&model, "with", &mut with, node, d);
        resolve_with(&model, "without", &mut without, node, d);
        let named = |word: &&String| without.contains(word) || with.contains(word);
        let by_default: Vec<String> = model.with_default.iter().filter(|word| !named(word)).cloned().collect();
        with.extend(by_default.iter().cloned());
        ClusterChoice::check(&model, node, d);
        let misread = (own.scaling.is_none() && node.get("scaling").is_some())
            || (instances.is_none() && node.get("instances").is_some());
        let own_limit = own_limit(app, case, own.concurrency_limit);
        let account_limit = match own_limit {
            Some(_) => shared_limit(case),
            None => own.concurrency_limit,
        };
        let account_limit = account_limit.or(model.terms.concurrency_limit);
        let fixed_number = own.scaling.is_none() && instances.is_some();
        let concurrency_asked = own.concurrency;
        let terms = own.or(&model.terms);
        if !misread {
            check_instances(&model, &terms, instances, provisioned, node, d);
            if let Some(SizeChoice::Named(size)) = &size {
                let (shares_nodes, nodes) = (cluster.container.is_some(), cluster.nodes.map(|nodes| nodes.0));
                let concurrency = concurrency_asked;
                let (model, terms) = (&*model, &terms);
                Asked { model, terms, instances, fixed_number, concurrency, shares_nodes, nodes }.check(size, node, d);
            }
        }
        check_total(app, &terms, (instances, initial), provisioned, node, d);
        if let Some(initial) = initial.filter(|_| !misread) {
            let limits = [own_limit, account_limit, reserved];
            initial.check(app, &terms, instances, limits.into_iter().flatten().min(), d);
        }
        let billed = model.start.iter().any(|phase| phase.billed);
        let phase = |time| vec![StartPhase::of_every_instance("start", time, billed)];
        Some(DeploymentPlan {
            app: index,
            start: start.map_or_else(|| model.start.clone(), phase),
            size: size?,
            size_at: size_node.map_or(node.key, |node| node.at),
            instances,
            fixed_number,
            terms,
            own_limit,
            reserved,
            account_limit,
            concurrency_asked,
            queue,
            cluster,
            together: None,
            credits,
            initial,
            provisioned,
            disk,
            commitment: commitment?,
            with,
            by_default,
            allowances,
            model,
        })
    }
}

/// The limit that a case gives to one app alone, in that app's table.
fn own_limit(app: &App, case: &Node, limit: Option<u32>) -> Option<u32> {
    let own = case.get("app").and_then(|apps| apps.get(&app.name));
    own.and_then(|own| own.get("concurrency-limit")).and(limit)
}

/// The limit that a case gives to all its apps; where it is wrong, that is said with the app's that has none of its own.
fn shared_limit(case: &Node) -> Option<u32> {
    case.get("concurrency-limit").and_then(|node| positive_count(node, &mut Diagnostics::default())).map(count32)
}

fn read_instances(node: &Node, d: &mut Diagnostics) -> Option<InstancesChoice> {
    match node.as_str() {
        Some("right-size") => Some(InstancesChoice::RightSize),
        Some(text) => {
            let help = match text.trim().parse::<u64>() {
                Ok(number) => format!("write {number}, without quotes"),
                Err(_) => "a whole number, or \"right-size\"".into(),
            };
            d.error(node.at, "this is not a number of instances", help);
            None
        }
        None => {
            let number = count(node, d)?;
            if number > MOST_INSTANCES {
                d.error(node.at, format!("{number} instances are too many"), format!("at most {MOST_INSTANCES}"));
                return None;
            }
            Some(InstancesChoice::Count(number as u32))
        }
    }
}

/// The most instances that can be ordered at once.
const MOST_INSTANCES: u64 = 10_000_000;

fn read_size(model: &Model, node: Option<&Node>, case: &Node, d: &mut Diagnostics) -> Option<SizeChoice> {
    let Some(node) = node else {
        if model.sizes.len() == 1 {
            return model.sizes.first().map(|(_, size)| SizeChoice::Named(size.clone()));
        }
        let names = model.sizes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let help =
            if names.is_empty() { "size = { cpu = …, memory = \"…\" }".into() } else { format!("one of: {names}") };
        d.error(case.key, format!("`{}` has several sizes: the key `size` is missing here", model.name), help);
        return None;
    };
    match &node.value {
        Value::String(word) if word == "cheapest" => return Some(SizeChoice::Cheapest),
        Value::String(name) => model.size(name, node, d),
        Value::Table(_) => model.picked(node, d),
        other => {
            let help = suggest("", model.sizes.keys().map(String::as_str));
            d.error(node.at, format!("expected the name of a size, found {}", other.describe()), help);
            None
        }
    }
    .map(SizeChoice::Named)
}

fn read_commitment(model: &Model, node: &Node, d: &mut Diagnostics) -> Option<CommitmentChoice> {
    let (plan, instances, spend) = match &node.value {
        Value::String(word) if word == "cheapest" => return Some(CommitmentChoice::Cheapest),
        Value::String(plan) => (plan.clone(), None, None),
        _ => {
            let mut table = Table::of(node, d)?;
            let plan = table.required("plan", d, text);
            let instances = table.optional("instances", d, read_instances);
            let spend = table.optional("spend", d, price);
            table.finish(d);
            (plan?, instances, spend)
        }
    };
    let plans = || model.prices.commitments.iter().map(|commitment| commitment.name.as_str());
    if !plans().any(|name| name == plan) {
        let (message, help) = match plans().next() {
            None => (format!("`{}` has no commitments", model.name), "leave `commitment` out".to_string()),
            Some(_) => (format!("`{}` has no commitment `{plan}`", model.name), suggest(&plan, plans())),
        };
        d.error(node.at, message, help);
        return None;
    }
    Some(CommitmentChoice::Plan { plan, instances, spend })
}

/// A plan that is not sold for the size would cost nothing.
fn check_offered(model: &Model, choice: &CommitmentChoice, size: &SizeChoice, node: &Node, d: &mut Diagnostics) {
    let (CommitmentChoice::Plan { plan, spend: None, .. }, SizeChoice::Named(size)) = (choice, size) else { return };
    let index = model.prices.size(&size.name);
    let Some(sold) = model.prices.commitments.iter().find(|known| known.name == *plan) else { return };
    if !sold.offers(index) {
        let sizes = model.prices.sizes.iter().enumerate();
        let offered: Vec<&str> =
            sizes.filter(|(at, _)| sold.offers(Some(*at))).map(|(_, name)| name.as_str()).collect();
        let help = if offered.is_empty() { String::new() } else { format!("it is sold for: {}", offered.join(", ")) };
        d.error(node.at, format!("the plan `{plan}` is not sold for the size `{}`", size.name), help);
    }
}

/// Puts the model's own words in the place of those written; refuses what it does not sell.
fn resolve_with(model: &Model, key: &str, with: &mut [String], node: &Node, d: &mut Diagnostics) {
    let words = || model.prices.charges.iter().filter_map(|charge| charge.with.as_deref());
    for word in with {
        if let Some(known) = known_word(word, &model.prices.charges) {
            *word = known;
        } else {
            let list = node.get(key);
            let item = list.and_then(|list| match &list.value {
                Value::Array(items) => items.iter().find(|item| item.as_str() == Some(word.as_str())),
                _ => None,
            });
            let at = item.or(list).map_or(node.key, |node| node.at);
            let (message, help) = match words().next() {
                None => (format!("`{}` has no optional charges", model.name), "leave `with` out".to_string()),
                Some(_) => (format!("`{}` has no optional charge `{word}`", model.name), suggest(word, words())),
            };
            d.error(at, message, help);
        }
    }
}

/// What is ordered for every tenant must stay countable in all.
fn check_total(
    app: &App,
    terms: &Terms,
    (instances, initial): (Option<InstancesChoice>, Option<InitialChoice>),
    provisioned: u32,
    node: &Node,
    d: &mut Diagnostics,
) {
    let scaled = match &terms.scaling {
        Some(Scaling::TargetUtilisation(rule)) => rule.min,
        Some(Scaling::Schedule(schedule)) => schedule.shifts.iter().map(|shift| shift.instances).max().unwrap_or(0),
        Some(Scaling::Controlled(rule)) => rule.initial(0),
        _ => 0,
    };
    let ordered = match instances {
        Some(InstancesChoice::Count(count)) => count,
        _ => 0,
    };
    let begun = initial.map_or(0, |initial| initial.instances());
    let all = [("instances", ordered), ("scaling", scaled), ("provisioned", provisioned)];
    for (key, each) in all.map(|(key, each)| (key, u64::from(each))).into_iter().chain([("initial", begun)]) {
        let total = each.saturating_mul(u64::from(app.workload.tenants));
        if total > MOST_INSTANCES {
            let at = node.get(key).map_or(node.key, |node| node.at);
            let message = format!(
                "{total} instances in all are too many, {each} for each of the {} tenants of `{}`",
                app.workload.tenants, app.name
            );
            d.error(at, message, format!("at most {MOST_INSTANCES}"));
        }
    }
}

/// What is for instances on demand has no meaning where a controller decides.
fn check_controlled(terms: &Terms, is_cloud_run: bool, node: &Node, d: &mut Diagnostics) {
    if let Some(at) = node.get("keep-alive")
        && !(is_cloud_run && terms.keep_alive.as_ref().is_none_or(|policy| policy.typical().is_some()))
    {
        let help = "leave it out; only `cloud-run` knows one, as a time or a curve";
        d.error(at.key, "the controller of `scaling` decides how long instances stay", help);
    }
    if let Some(at) = node.get("concurrency-limit") {
        let help = "give the `scaling` its own largest number of instances, such as `max-instances`";
        d.error(at.key, "`concurrency-limit` is for instances on demand", help);
    }
}

fn check_instances(
    model: &Model,
    terms: &Terms,
    instances: Option<InstancesChoice>,
    provisioned: u32,
    node: &Node,
    d: &mut Diagnostics,
) {
    let on_demand = terms.scaling.as_ref().is_some_and(Scaling::is_on_demand);
    if on_demand && let Some(at) = node.get("instances") {
        let help = "leave `instances` out; `provisioned` keeps some ready, `concurrency-limit` bounds them";
        d.error(at.key, format!("`{}` starts instances on demand: their number cannot be ordered", model.name), help);
    }
    let of_demand = ["binding", "concurrency-growth", "concurrency-limit", "reserved-concurrency"];
    for at in of_demand.iter().filter(|_| !on_demand).filter_map(|key| node.get(key)) {
        let help = "leave it out: their number is ordered, or a `scaling` says it";
        d.error(at.key, format!("`{}` does not start instances on demand", model.name), help);
    }
    if on_demand && let Some(at) = node.get("queue-at") {
        let help = "leave it out: `queue` says how many may wait for one, `binding` who serves them";
        d.error(at.key, format!("`{}` starts instances on demand: none has a line", model.name), help);
    }
    let is_cloud_run = matches!(terms.scaling, Some(Scaling::Controlled(Rule::CloudRun(_))));
    if let Some(Scaling::Controlled(_)) = &terms.scaling {
        check_controlled(terms, is_cloud_run, node, d);
    }
    if !on_demand
        && !is_cloud_run
        && provisioned > 0
        && let Some(at) = node.get("provisioned")
    {
        d.error(at.key, format!("`{}` does not start instances on demand", model.name), "write `instances`");
    }
    if provisioned > 0
        && !model.prices.sells_provisioned()
        && let Some(at) = node.get("provisioned")
    {
        let help = "leave it out, or say in a model of your own what it costs: a charge with of = \"provisioned\"";
        d.error(at.key, format!("`{}` does not sell instances that are kept ready", model.name), help);
    }
    let scales = !matches!(terms.scaling, None | Some(Scaling::Fixed));
    if !scales && instances.is_none() {
        let help = "a number, or \"right-size\", or a `scaling` that says it";
        d.error(node.key, "the key `instances` is missing here", help);
    }
}
