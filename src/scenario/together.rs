//! `together = [["api", "blog"]]` of a case: apps on one machine, whose processor and memory they share.
//!
//! Such a machine is the node of a cluster that has no more: it is rented once, and each app is a container on it that
//! asks for its part of the processor, by weight, and may use what is free, up to its cap. What asks for parts of a whole
//! shares it by them ([`crate::hosting`]'s shared nodes).

use super::cluster::{Container, CpuLimit};
use super::hosting::{DeploymentPlan, InstancesChoice, SizeChoice};
use super::{App, ClusterChoice, FleetPlan};
use crate::catalogue::{Allotment, ClusterTerms, Model, Size};
use crate::document::{Diagnostics, Node, list, positive, suggest, text};
use crate::hosting::scaling::Scaling;
use crate::units::Bytes;
use std::sync::Arc;

/// Keys of an app that stands together with others: its weight, and the most cores that it may use.
pub const KEYS: [&str; 2] = ["cpu-weight", "cpu-limit"];

/// What a case says of its apps, each with the table that hosts it.
pub struct Together<'a> {
    /// The scenario's apps.
    pub apps: &'a [App],
    /// The tables that host them, in their order.
    pub tables: &'a [Node],
    /// The case's fleet.
    pub fleet: &'a FleetPlan,
}

impl Together<'_> {
    /// Puts the apps of each group on one machine.
    pub fn apply(&self, node: Option<&Node>, plans: &mut [Option<DeploymentPlan>], d: &mut Diagnostics) {
        let groups = node.and_then(|node| list(node, d, |node, d| Some((node.clone(), self.group(node, d)?))));
        let mut taken: Vec<usize> = Vec::new();
        for (number, (at, group)) in groups.into_iter().flatten().enumerate() {
            if let Some(twice) = group.iter().find(|app| taken.contains(app)) {
                let message = format!("the app `{}` stands on two machines", self.apps[*twice].name);
                d.error(at.at, message, "name each app once");
                continue;
            }
            taken.extend(&group);
            self.join(number as u32, &at, &group, plans, d);
        }
        for (index, table) in self.tables.iter().enumerate().filter(|(index, _)| !taken.contains(index)) {
            for key in KEYS.iter().filter_map(|key| table.get(key)) {
                let message = format!("the app `{}` shares its machine with no other", self.apps[index].name);
                d.error(
                    key.key,
                    message,
                    "name it in `together = [[…]]`; on a cluster it is the `container` that has a limit",
                );
            }
        }
    }

    /// The apps of a group.
    fn group(&self, node: &Node, d: &mut Diagnostics) -> Option<Vec<usize>> {
        let names = list(node, d, |node, d| Some((node.clone(), text(node, d)?)))?;
        let mut group = Vec::new();
        for (at, name) in names {
            match self.apps.iter().position(|app| app.name == name) {
                Some(app) if group.contains(&app) => {
                    d.error(at.at, format!("the app `{name}` is named twice"), "name each app once");
                }
                Some(app) => group.push(app),
                None => {
                    let help = suggest(&name, self.apps.iter().map(|app| app.name.as_str()));
                    d.error(at.at, format!("the scenario has no app `{name}`"), help);
                }
            }
        }
        if group.is_empty() {
            d.error(node.at, "no app stands on this machine", "such as together = [[\"api\", \"blog\"]]");
        }
        (!group.is_empty()).then_some(group)
    }

    fn join(&self, number: u32, at: &Node, group: &[usize], plans: &mut [Option<DeploymentPlan>], d: &mut Diagnostics) {
        let weights: Vec<f64> = group.iter().map(|app| self.weight(*app, d)).collect();
        let limits: Vec<CpuLimit> = group.iter().map(|app| self.limit(*app, d)).collect();
        // What is wrong with an app's own table has been said there.
        let members: Option<Vec<&DeploymentPlan>> = group.iter().map(|app| plans[*app].as_ref()).collect();
        let Some(members) = members else { return };
        let Some((model, size, count)) = self.machine(at, &members, d) else { return };
        let all: f64 = weights.iter().sum();
        for ((app, weight), limit) in group.iter().zip(weights).zip(limits) {
            let Some(plan) = plans[*app].as_mut() else { continue };
            plan.model = model.clone();
            plan.size = SizeChoice::Named(size.clone());
            plan.together = Some(number);
            plan.start.iter_mut().for_each(|phase| phase.of_node = true);
            let container = Container { cpu: None, part: Some(weight / all), cpu_limit: Some(limit), memory: None };
            plan.cluster = ClusterChoice { container: Some(container), nodes: Some((count, count)) };
        }
    }

    fn weight(&self, app: usize, d: &mut Diagnostics) -> f64 {
        self.tables[app].get("cpu-weight").and_then(|node| positive(node, d)).unwrap_or(1.0)
    }

    fn limit(&self, app: usize, d: &mut Diagnostics) -> CpuLimit {
        self.tables[app].get("cpu-limit").and_then(|node| CpuLimit::read(node, None, d)).unwrap_or(CpuLimit::Free)
    }

    /// The machine that a group stands on: its model and size, and how many of it there are.
    fn machine(&self, at: &Node, members: &[&DeploymentPlan], d: &mut Diagnostics) -> Option<(Arc<Model>, Size, u32)> {
        let found = one_model(members).and_then(|()| one_order(members)).and_then(|(size, count)| {
            let size = self.with_room(size, members)?;
            let mut model = Model::clone(&members[0].model);
            model.isolation = model.isolation.with_processes();
            model.cluster = Some(ClusterTerms::of_machines());
            Ok((Arc::new(model), size, count))
        });
        found.map_err(|(message, help)| d.error(at.at, message, help)).ok()
    }

    /// The size, with the memory that the apps need together.
    fn with_room(&self, mut size: Size, members: &[&DeploymentPlan]) -> Result<Size, Refused> {
        let needed: u64 = members.iter().map(|plan| self.apps[plan.app].memory.0).sum();
        let has = match size.memory {
            Allotment::Fixed(memory) => memory,
            Allotment::Server => self.fleet.server.memory,
            Allotment::App => Bytes(needed),
        };
        if needed > has.0 {
            let message = format!("the apps need {} together, and the size `{}` has {has}", Bytes(needed), size.name);
            return Err((message, "choose a larger size"));
        }
        if size.memory == Allotment::App {
            size.memory = Allotment::Fixed(has);
        }
        Ok(size)
    }
}

/// Why apps cannot stand together, and what to do.
type Refused = (String, &'static str);

/// Whether the apps of a group are hosted on one model, of machines that are ordered one by one.
fn one_model(members: &[&DeploymentPlan]) -> Result<(), Refused> {
    let first = members[0];
    let name = &first.model.name;
    if let Some(other) = members.iter().find(|other| other.model.name != *name) {
        let message = format!("apps on one machine are hosted on `{name}` and on `{}`", other.model.name);
        return Err((message, "give all of a group one `hosting`"));
    }
    if first.model.cluster.is_some() {
        let help = "leave `together` out: apps share the nodes; `container = { cpu = 0.1, cpu-limit = \"none\" }` lets them use what is free";
        return Err((format!("`{name}` packs its apps on nodes by itself"), help));
    }
    let scales =
        |plan: &&DeploymentPlan| !matches!(plan.terms.scaling, None | Some(Scaling::Fixed)) && !plan.fixed_number;
    if members.iter().any(scales) {
        let message = format!("the number of instances on `{name}` is not ordered, so that none is one machine's");
        return Err((message, "a model of machines, and a number of `instances`"));
    }
    Ok(())
}

/// The size and number that all apps of a group order.
fn one_order(members: &[&DeploymentPlan]) -> Result<(Size, u32), Refused> {
    let named = |plan: &&DeploymentPlan| match (&plan.size, plan.instances) {
        (SizeChoice::Named(size), Some(InstancesChoice::Count(count))) if count > 0 => Some((size.clone(), count)),
        _ => None,
    };
    let orders: Option<Vec<(Size, u32)>> = members.iter().map(named).collect();
    let Some(mut orders) = orders else {
        let message = "the machine of a group is ordered by its size and number";
        return Err((message.into(), "a `size`, and `instances = 1`"));
    };
    let (size, count) = orders.swap_remove(0);
    if orders.iter().any(|(other, number)| other.name != size.name || *number != count) {
        let message = "apps on one machine order different ones";
        return Err((message.into(), "give all of a group one `size` and `instances`"));
    }
    if size.credits.is_some() {
        let message = format!("the CPU credits of `{}` cannot be shared by several apps", size.name);
        return Err((message, "choose a size without CPU credits"));
    }
    Ok((size, count))
}
