//! Reading the autoscaler's parameters.

use super::behaviour::{Amount, Behaviour, Direction, Policy, Select};
use super::{Era, KubernetesHpa};
use crate::document::{Diagnostics, Node, Table, count, fraction, list, named, positive_span, span, text};
use crate::hosting::scaling::read::{limits, percentage};

impl KubernetesHpa {
    /// Reads `{ average-utilization = 80, min-replicas = 1, max-replicas = 20, … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<KubernetesHpa> {
        let mut table = Table::of(node, d)?;
        let eras = [("2017", Era::In2017), ("now", Era::Now)];
        let era = table.default("era", Era::Now, d, |node, d| named(node, d, "era", &eras));
        let target = table.default("average-utilization", 80, d, percentage);
        let (min, max) = limits(&mut table, d, ("min-replicas", "max-replicas"), (1, u32::MAX));
        if min == 0 {
            d.error(table.origin(), "`min-replicas` of 0 needs a metric that is there without pods", "write 1 or more");
        }
        let mut rule = KubernetesHpa::new(era, target, min, max);
        rule.sync_period = table.default("sync-period", rule.sync_period, d, positive_span);
        let tolerance = table.default("tolerance", rule.tolerance.up, d, fraction);
        (rule.tolerance.up, rule.tolerance.down) = (tolerance, tolerance);
        rule.cpu_initialization_period =
            table.default("cpu-initialization-period", rule.cpu_initialization_period, d, span);
        rule.downscale_stabilization = table.default("downscale-stabilization", rule.downscale_stabilization, d, span);
        rule.behavior = table.optional("behavior", d, Behaviour::read);
        if era == Era::In2017
            && let Some(behavior) = node.get("behavior")
        {
            d.error(behavior.key, "there was no `behavior` in 2017", "leave it out, or write `era = \"now\"`");
        }
        table.finish(d);
        Some(rule)
    }
}

impl Behaviour {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Behaviour> {
        let mut table = Table::of(node, d)?;
        let default = Behaviour::default();
        let up = table.optional("scale-up", d, |node, d| Direction::read(node, &default.up, d));
        let down = table.optional("scale-down", d, |node, d| Direction::read(node, &default.down, d));
        table.finish(d);
        Some(Behaviour { up: up.unwrap_or(default.up), down: down.unwrap_or(default.down) })
    }
}

impl Direction {
    fn read(node: &Node, default: &Direction, d: &mut Diagnostics) -> Option<Direction> {
        let mut table = Table::of(node, d)?;
        let window = table.default("stabilization-window", default.window, d, span);
        let selects = [("Max", Select::Max), ("Min", Select::Min), ("Disabled", Select::Disabled)];
        let select = table.default("select-policy", default.select, d, |node, d| named(node, d, "policy", &selects));
        let policies = table.default("policies", default.policies.clone(), d, |node, d| list(node, d, Policy::read));
        table.finish(d);
        Some(Direction { window, select, policies })
    }
}

impl Policy {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Policy> {
        let mut table = Table::of(node, d)?;
        let kind = table.required("type", d, text);
        let value = table.required("value", d, count);
        let period = table.required("period", d, positive_span);
        let at = table.node("type");
        table.finish(d);
        let (kind, value, period) = (kind?, value?, period?);
        let amount = match kind.as_str() {
            "Pods" => Amount::Pods(u32::try_from(value).unwrap_or(u32::MAX)),
            "Percent" => Amount::Percent(value as f64),
            other => {
                d.error(at?.at, format!("`{other}` is not a type of policy"), "expected \"Pods\" or \"Percent\"");
                return None;
            }
        };
        Some(Policy { amount, period })
    }
}
