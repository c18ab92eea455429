//! `[case.NAME]`: one way of hosting the scenario's apps.

use super::fleet::FleetPlan;
use super::hosting::{DeploymentPlan, Hosts};
use super::overlay;
use super::together::Together;
use crate::billing::{Charge, Labour, Meter, PriceList, ProviderCosts, read_charge};
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Table, Value, list, suggest};

/// A case, read and checked.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// Its fleet.
    pub fleet: FleetPlan,
    /// The provider's own costs.
    pub provider: ProviderCosts,
    /// The developer's wage and salaries.
    pub labour: Labour,
    /// How each app is hosted, in the order of the scenario's apps.
    pub deployments: Vec<DeploymentPlan>,
    /// Costs of the user's own, in dollars.
    pub own: PriceList,
}

/// What a case stands on: the scenario's tables that it may change, and the apps' names.
pub struct Ground<'s> {
    /// `[fleet]`.
    pub fleet: &'s Node,
    /// `[provider]`.
    pub provider: &'s Node,
    /// `[labour]`.
    pub labour: &'s Node,
    /// The apps' names, with the memory that each needs.
    pub apps: &'s [super::App],
    /// The models and server kinds.
    pub catalogue: &'s Catalogue,
}

/// The keys of a case that are not about hosting.
const OWN_KEYS: [&str; 6] = ["app", "fleet", "provider", "labour", "charge", "together"];

impl Case {
    /// Reads one case.
    pub fn read(name: &str, node: &Node, ground: &Ground<'_>, hosts: &mut Hosts, d: &mut Diagnostics) -> Option<Case> {
        let before = d.count();
        let mut table = Table::of(node, d)?;
        let fleet = FleetPlan::read(&overlay(ground.fleet, table.node("fleet")), ground.catalogue, d);
        let provider = ProviderCosts::read(&overlay(ground.provider, table.node("provider")), d);
        let labour = Labour::read(&overlay(ground.labour, table.node("labour")), d);
        let charges = table.optional("charge", d, |n, d| list(n, d, read_own_charge)).unwrap_or_default();
        let own = table.node("app");
        if let Some(own) = own {
            check_apps(own, ground, d);
        }
        let tables: Vec<Node> = ground.apps.iter().map(|app| hosting_of(&app.name, node, own)).collect();
        let mut deployments = Vec::new();
        for ((index, app), plan) in ground.apps.iter().enumerate().zip(&tables) {
            deployments.push(hosts.deployment(index, app, (plan, node), ground.catalogue, d));
        }
        if let Some(fleet) = &fleet {
            Together { apps: ground.apps, tables: &tables, fleet }.apply(node.get("together"), &mut deployments, d);
        }
        check_evictions(&deployments, node, d);
        check_accounts(&deployments, node, d);
        if d.count() > before {
            return None;
        }
        Some(Case {
            name: name.to_string(),
            fleet: fleet?,
            provider: provider?,
            labour: labour?,
            deployments: deployments.into_iter().collect::<Option<_>>()?,
            own: PriceList::of_charges(charges),
        })
    }
}

/// A cost of the user's own: it must be on a meter that a simulation fills, or it would be 0.
fn read_own_charge(node: &Node, d: &mut Diagnostics) -> Option<Charge> {
    let charge = read_charge(node, &[], false, d)?;
    if let Meter::Custom(name) = &charge.meter {
        let help =
            "a meter of the simulator such as `requests`, `instance-hours`, `egress-gb`, or `months` for a flat fee";
        let at = node.get("meter").map_or(node.at, |node| node.at);
        d.error(at, format!("no simulation fills the meter `{name}`: this charge would cost nothing"), help);
    }
    if charge.meter == Meter::Subtotal {
        let help = "put it into a model of your own: [model.NAME] with `extends` and a [[model.NAME.charge]]";
        let at = node.get("meter").map_or(node.at, |node| node.at);
        d.error(at, "a cost of one's own knows no subtotal: the provider's invoice is another one", help);
    }
    Some(charge)
}

/// A fleet evicts in one order: the apps of a case may not ask for two.
fn check_evictions(deployments: &[Option<DeploymentPlan>], case: &Node, d: &mut Diagnostics) {
    let order = |plan: &DeploymentPlan| plan.terms.keep_alive.as_ref().and_then(|keep| keep.cache());
    let mut orders = deployments.iter().flatten().filter_map(order);
    let Some(first) = orders.next() else { return };
    if let Some(other) = orders.find(|order| !order.evicts_as(&first)) {
        let message = format!("apps of one fleet keep alive by `{}` and by `{}`", first.describe(), other.describe());
        d.error(case.key, message, "one fleet evicts in one order: give all its apps the same, or a fixed time");
    }
}

/// Apps on one model have one account: it grows in one way, and no more of it can be set apart than there is.
fn check_accounts(deployments: &[Option<DeploymentPlan>], case: &Node, d: &mut Diagnostics) {
    let plans: Vec<_> = deployments.iter().flatten().collect();
    for (index, plan) in plans.iter().enumerate() {
        let name = &plan.model.name;
        if plans[..index].iter().any(|other| other.model.name == *name) {
            continue;
        }
        let apps = || plans[index..].iter().filter(|other| other.model.name == *name);
        if apps().any(|other| other.terms.growth != plan.terms.growth) {
            let message = format!("the apps on `{name}` are to grow in different ways, and their account is one");
            d.error(case.key, message, "say `concurrency-growth` once, for all apps of the case");
        }
        let set_apart: u64 = apps().filter_map(|other| other.reserved).map(u64::from).sum();
        if let Some(limit) = plan.account_limit
            && set_apart > u64::from(limit)
        {
            let message = format!("{set_apart} instances are set apart of an account that may have {limit} in use");
            d.error(case.key, message, "reserve less, or raise the case's `concurrency-limit`");
        }
        let shared = apps().filter(|other| other.reserved.is_none()).filter_map(|other| other.initial);
        let busy: u64 = shared.map(|initial| u64::from(initial.busy)).sum();
        if let Some(limit) = plan.account_limit.map(|limit| u64::from(limit).saturating_sub(set_apart))
            && busy > limit
        {
            let message = format!("{busy} instances are busy to begin with, and {limit} may be in use at once");
            d.error(case.key, message, "begin with fewer, or raise the case's `concurrency-limit`");
        }
    }
}

/// The hosting table of an app: what the case says of it, over what it says of all.
fn hosting_of(app: &str, case: &Node, own: Option<&Node>) -> Node {
    let mut shared = case.clone();
    if let Value::Table(entries) = &mut shared.value {
        entries.retain(|key, _| !OWN_KEYS.contains(&key.as_str()));
    }
    overlay(&shared, own.and_then(|own| own.get(app)))
}

fn check_apps(own: &Node, ground: &Ground<'_>, d: &mut Diagnostics) {
    for (name, node) in own.as_table().into_iter().flatten() {
        if !ground.apps.iter().any(|app| app.name == *name) {
            let help = suggest(name, ground.apps.iter().map(|app| app.name.as_str()));
            d.error(node.key, format!("the scenario has no app `{name}`"), help);
        }
    }
}
