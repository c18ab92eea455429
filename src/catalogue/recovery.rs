//! `recovery`: what a server's failure means for the instances on it.

use super::model::Family;
use crate::document::{Diagnostics, Kind, Node, Table, kind, named};
use crate::hosting::Recovery;
use crate::workload::Distribution;
use crate::workload::distribution::{Uniform, Unit};
use std::path::Path;

const SECOND: f64 = 1e9;

/// What becomes of instances in a family, unless a model says it.
///
/// People repair the developer's own and rented servers. Virtual machines are made anew elsewhere
/// once the failure is noticed, after 30 to 120 s (a hypervisor cluster's heartbeats and checks;
/// second-hand); containers after 20 s (a cluster takes a silent member for lost then, as LXD's
/// manual says). On demand a request is tried again on another instance.
pub(super) fn of_family(family: Family) -> Recovery {
    let elsewhere = |detection, retries| Recovery { waits_for_repair: false, detection, retries };
    match family {
        Family::Colocation | Family::Dedicated => {
            Recovery { waits_for_repair: true, ..elsewhere(Distribution::constant(0.0), false) }
        }
        Family::Vps => elsewhere(Distribution::Uniform(Uniform { min: 30.0 * SECOND, max: 120.0 * SECOND }), false),
        Family::Container | Family::Paas => elsewhere(Distribution::constant(20.0 * SECOND), false),
        Family::Serverless => elsewhere(Distribution::constant(0.0), true),
    }
}

/// Reads `recovery.repair = { requests }` or `recovery.elsewhere = { detection, requests }`.
pub(super) fn read(node: &Node, family: Family, diagnostics: &mut Diagnostics) -> Option<Recovery> {
    let default = of_family(family);
    let body = |node: &Node, d: &mut Diagnostics, waits_for_repair: bool| {
        let mut table = Table::of(node, d)?;
        let fates = [("lost", false), ("retried", true)];
        let retries = table.default("requests", default.retries, d, |n, d| named(n, d, "fate of requests", &fates));
        let detection = if waits_for_repair {
            Distribution::constant(0.0)
        } else {
            let read = |n: &Node, d: &mut Diagnostics| Distribution::read(n, d, Unit::Time, Path::new(""));
            table.default("detection", default.detection.clone(), d, read)
        };
        table.finish(d);
        Some(Recovery { waits_for_repair, detection, retries })
    };
    let kinds = [
        Kind { name: "repair", read: &|n: &Node, d: &mut Diagnostics| body(n, d, true) },
        Kind { name: "elsewhere", read: &|n: &Node, d: &mut Diagnostics| body(n, d, false) },
    ];
    kind(node, diagnostics, "recovery", &kinds)
}
