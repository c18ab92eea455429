//! What a usage file commits to.

use super::row::{Row, RowKind};
use crate::billing::calendar::Month;
use crate::billing::charge::CommitmentTerms;
use crate::billing::invoice::Committed;
use crate::billing::price_list::PriceList;
use crate::billing::reading::amount;
use crate::document::{Diagnostics, Node, Origin, Table, Value, count, suggest, text};
use std::collections::BTreeMap;

struct Reader<'r> {
    list: &'r PriceList,
    rows: &'r [Row],
    month: &'r Month,
}

/// The ways to commit that are to be tried, of which the cheapest holds: one, unless the file says
/// "cheapest". Each is a list of plans in the order in which they cover.
pub fn read(
    node: Option<&Node>,
    list: &PriceList,
    rows: &[Row],
    month: &Month,
    d: &mut Diagnostics,
) -> Option<Vec<Vec<Committed>>> {
    let reader = Reader { list, rows, month };
    let Some(node) = node else { return Some(vec![Vec::new()]) };
    match &node.value {
        Value::String(word) if word == "cheapest" => Some(reader.all()),
        Value::Array(items) => {
            let read: Vec<Option<Committed>> = items.iter().map(|item| reader.one(item, d)).collect();
            Some(vec![read.into_iter().collect::<Option<Vec<Committed>>>()?])
        }
        _ => Some(vec![vec![reader.one(node, d)?]]),
    }
}

impl Reader<'_> {
    /// No plan, and each plan by itself for as many instances as run at once.
    fn all(&self) -> Vec<Vec<Committed>> {
        let mut choices = vec![Vec::new()];
        for plan in 0..self.list.commitments.len() {
            let instances = self.at_once(plan);
            if !instances.is_empty() && self.covers_time(plan) {
                choices.push(vec![Committed { plan, instances, spend: None }]);
            }
        }
        choices
    }

    fn one(&self, node: &Node, d: &mut Diagnostics) -> Option<Committed> {
        if let Value::String(_) = &node.value {
            let plan = self.plan(node, d)?;
            return self.whole(plan, node.at, d);
        }
        let mut table = Table::of(node, d)?;
        let plan = table.required("plan", d, |node, d| self.plan(node, d));
        let instances = table.node("instances");
        let spend_node = table.node("spend");
        let spend = spend_node.and_then(|node| amount(node, d));
        table.finish(d);
        let plan = plan?;
        if let Some(node) = spend_node {
            let CommitmentTerms::Discount(_) = self.list.commitments[plan].terms else {
                d.error(node.key, "this plan reserves instances; it has no `spend`", "write instances = …");
                return None;
            };
        }
        match (instances, spend) {
            (Some(node), spend) => Some(Committed { plan, instances: self.instances(plan, node, d)?, spend }),
            (None, Some(spend)) => Some(Committed { plan, instances: Vec::new(), spend: Some(spend) }),
            (None, None) => self.whole(plan, node.key, d),
        }
    }

    fn plan(&self, node: &Node, d: &mut Diagnostics) -> Option<usize> {
        let name = text(node, d)?;
        let plans = || self.list.commitments.iter().map(|plan| plan.name.as_str());
        let found = plans().position(|plan| plan == name);
        if found.is_none() {
            let (message, help) = match plans().next() {
                None => ("this model has no commitments".to_string(), "leave `commitment` out".to_string()),
                Some(_) => {
                    (format!("this model has no commitment `{name}`"), suggest(&name, plans().chain(["cheapest"])))
                }
            };
            d.error(node.at, message, help);
        }
        found
    }

    /// As many instances as run at once.
    fn whole(&self, plan: usize, at: Origin, d: &mut Diagnostics) -> Option<Committed> {
        if !self.covers_time(plan) {
            d.error(
                at,
                "this plan needs to know how much is committed to",
                "write { plan = \"…\", spend = \"0.50\" }, per hour",
            );
            return None;
        }
        let instances = self.at_once(plan);
        if instances.is_empty() {
            d.error(at, "no row has instances of a size that this plan is for", "");
            return None;
        }
        Some(Committed { plan, instances, spend: None })
    }

    fn covers_time(&self, plan: usize) -> bool {
        let charges = &self.list.commitments[plan].charges;
        charges
            .first()
            .and_then(|index| self.list.charges.get(*index))
            .is_some_and(|charge| charge.meter.is_plain_time())
    }

    fn instances(&self, plan: usize, node: &Node, d: &mut Diagnostics) -> Option<Vec<(Option<usize>, u64)>> {
        if !self.covers_time(plan) {
            d.error(node.key, "this plan is for a sum of money, not for instances", "write spend = \"0.50\", per hour");
            return None;
        }
        if let Value::Table(entries) = &node.value {
            let mut read = Vec::new();
            for (name, entry) in entries {
                let size = self.list.size(name);
                if size.is_none() {
                    let help = suggest(name, self.list.sizes.iter().map(String::as_str));
                    d.error(entry.key, format!("this model has no size `{name}`"), help);
                } else if !self.list.commitments[plan].offers(size) {
                    d.error(entry.key, format!("this plan is not for the size `{name}`"), "");
                    continue;
                }
                read.push((size?, count(entry, d)?));
            }
            return Some(read.into_iter().map(|(size, count)| (Some(size), count)).collect());
        }
        let number = count(node, d)?;
        match self.at_once(plan)[..] {
            [(size, _)] => Some(vec![(size, number)]),
            [] => {
                d.error(node.key, "no row has instances of a size that this plan is for", "");
                None
            }
            _ => {
                let help = "write it by size: instances = { \"m4.large\" = 2 }";
                d.error(node.key, "the rows have several sizes that this plan is for", help);
                None
            }
        }
    }

    /// The most instances of each size that run at once, for the sizes that the plan is for.
    fn at_once(&self, plan: usize) -> Vec<(Option<usize>, u64)> {
        let mut changes: BTreeMap<Option<usize>, Vec<(u64, bool, u64)>> = BTreeMap::new();
        for row in self.rows {
            let RowKind::Instances(instances) = &row.kind else { continue };
            let size = match &row.size {
                Some((name, _)) => self.list.size(name),
                None => (self.list.sizes.len() == 1).then_some(0),
            };
            let end = instances.start.saturating_add(instances.time.unwrap_or(self.month.length.0));
            let of_size = changes.entry(size).or_default();
            of_size.push((instances.start, true, instances.count));
            of_size.push((end, false, instances.count));
        }
        let offered = |size: &Option<usize>| self.list.commitments[plan].offers(*size);
        changes.into_iter().filter(|(size, _)| offered(size)).map(|(size, changes)| (size, peak(changes))).collect()
    }
}

/// The most at once; at one moment, ends come before beginnings.
fn peak(mut changes: Vec<(u64, bool, u64)>) -> u64 {
    changes.sort_unstable();
    let (mut now, mut most) = (0u64, 0u64);
    for (_, begins, count) in changes {
        now = if begins { now.saturating_add(count) } else { now.saturating_sub(count) };
        most = most.max(now);
    }
    most
}
