//! Whether a provider would take an order: how many of a size, with how many requests inside each.

use super::{DeploymentPlan, InstancesChoice};
use crate::catalogue::{Model, Size, Terms};
use crate::document::{Diagnostics, Node};
use crate::hosting::scaling::Scaling;

/// Why an order would not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unorderable {
    /// The key of the case that asks for it.
    pub key: &'static str,
    /// What is asked for, and the rule.
    pub why: String,
    /// The nearest that would be taken.
    pub nearest: String,
}

/// What a case asks for, besides the size.
pub(super) struct Asked<'a> {
    pub model: &'a Model,
    pub terms: &'a Terms,
    pub instances: Option<InstancesChoice>,
    pub fixed_number: bool,
    pub concurrency: Option<u32>,
    pub shares_nodes: bool,
    pub nodes: Option<u32>,
}

impl DeploymentPlan {
    /// Why the provider would not take this plan's order of a size; nothing where it would.
    pub fn unorderable(&self, size: &Size) -> Option<Unorderable> {
        let asked = Asked {
            model: &self.model,
            terms: &self.terms,
            instances: self.instances,
            fixed_number: self.fixed_number,
            concurrency: self.concurrency_asked,
            shares_nodes: self.cluster.container.is_some(),
            nodes: self.cluster.nodes.map(|(least, _)| least),
        };
        asked.unorderable(size)
    }
}

impl Asked<'_> {
    /// Notes what would not be taken, where the case asks for it.
    pub(super) fn check(&self, size: &Size, case: &Node, d: &mut Diagnostics) {
        if let Some(Unorderable { key, why, nearest }) = self.unorderable(size) {
            let at = case.get(key).or(case.get("size")).map_or(case.key, |node| node.at);
            d.error(at, why, format!("the nearest that can be ordered: {nearest}"));
        }
    }

    pub(super) fn unorderable(&self, size: &Size) -> Option<Unorderable> {
        self.too_concurrent(size).or_else(|| self.too_many(size)).or_else(|| self.too_few(size))
    }

    fn too_concurrent(&self, size: &Size) -> Option<Unorderable> {
        let (asked, most) = (self.concurrency?, size.most_concurrency?);
        (asked > most).then(|| Unorderable {
            key: "concurrency",
            why: format!("an instance of `{}` takes at most {most} at once, and {asked} are asked for", size.name),
            nearest: format!("concurrency = {most}, or a size with more cores"),
        })
    }

    fn too_many(&self, size: &Size) -> Option<Unorderable> {
        let most = size.most?;
        let (key, asked) = self.numbers().into_iter().map(|(key, _, most)| (key, most)).max_by_key(|n| n.1)?;
        let larger = self.model.sizes.values().find(|other| {
            let holds = other.fixed_memory() >= size.fixed_memory() && other.fixed_cores() >= size.fixed_cores();
            holds && other.most.is_none_or(|most| most >= asked)
        });
        let other = larger.map_or_else(String::new, |other| format!(", or size = \"{}\"", other.name));
        (asked > most).then(|| Unorderable {
            key,
            why: format!("one app can order at most {most} × `{}`, and {} are asked for", size.name, words(asked)),
            nearest: if key == "instances" {
                format!("instances = {most}{other}")
            } else {
                format!("no more than {most}{other}")
            },
        })
    }

    fn too_few(&self, size: &Size) -> Option<Unorderable> {
        let least = size.least?;
        let refused = |key: &'static str, asked: String, nearest: String| Unorderable {
            key,
            why: format!("at least {least} × `{}` must be ordered, and {asked}", size.name),
            nearest,
        };
        if self.shares_nodes || self.nodes.is_some() {
            let asked = self.nodes.map_or("no number of nodes is stated".to_string(), |n| format!("{n} are asked for"));
            let few = self.nodes.is_none_or(|nodes| nodes < least);
            let key = if self.nodes.is_some() { "nodes" } else { "size" };
            return few.then(|| refused(key, asked, format!("nodes = {least}, or a larger size")));
        }
        let (key, asked) = self.numbers().into_iter().map(|(key, least, _)| (key, least)).min_by_key(|n| n.1)?;
        let nearest = if key == "instances" {
            format!("instances = {least}, or a larger size")
        } else {
            format!("no fewer than {least}, or a larger size")
        };
        (asked < least).then(|| refused(key, format!("{asked} are asked for"), nearest))
    }

    /// The numbers of instances that the case asks for: under which key, the fewest and the most.
    fn numbers(&self) -> Vec<(&'static str, u32, u32)> {
        let mut numbers = Vec::new();
        if let Some(InstancesChoice::Count(count)) = self.instances {
            numbers.push(("instances", count, count));
        }
        match &self.terms.scaling {
            Some(Scaling::TargetUtilisation(rule)) if !self.fixed_number => {
                // A limit that is open is found by simulation, within the size's own.
                let (open_min, open_max) = rule.open_limits;
                let min = if open_min { u32::MAX } else { rule.min };
                let max = if open_max { 0 } else { rule.max };
                numbers.push(("scaling", min, max));
            }
            Some(Scaling::Schedule(schedule)) if !self.fixed_number => {
                numbers.extend(schedule.shifts.iter().map(|shift| ("scaling", shift.instances, shift.instances)));
            }
            Some(Scaling::Controlled(rule)) if !self.fixed_number => {
                let (min, max) = rule.limits();
                numbers.push(("scaling", min, max));
            }
            _ => {}
        }
        numbers
    }
}

fn words(number: u32) -> String {
    if number == u32::MAX { "more".into() } else { number.to_string() }
}
