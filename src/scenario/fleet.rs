//! `[fleet]`: the servers of a case.

use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Table, Value, named, positive, positive_count};
use crate::fleet::{MOST_SERVERS, Policy, ServerKind};
use crate::hosting::{Failures, WhenFull};
use crate::units::{Cores, HOUR};
use crate::workload::distribution::{Distribution, LogNormal, Unit};
use std::path::Path;

/// The server kind of a fleet that is not described.
const DEFAULT_SERVER: &str = "two-socket-2017";

/// The plan of a fleet.
#[derive(Clone, Debug)]
pub struct FleetPlan {
    /// What every server is.
    pub server: ServerKind,
    /// How many; `None` is elastic.
    pub count: Option<u32>,
    /// The most servers that an elastic fleet can turn on: those that are owned. They are paid for on or off.
    pub owned: Option<u32>,
    /// Where instances are placed.
    pub placement: Policy,
    /// How many cores may be reserved for each that there is.
    pub overcommit_cpu: f64,
    /// What happens where no server has room.
    pub when_full: WhenFull,
    /// How servers fail, where they do.
    pub failures: Option<Failures>,
}

impl FleetPlan {
    /// Reads a `[fleet]` table; an empty one gives the defaults.
    pub fn read(node: &Node, catalogue: &Catalogue, diagnostics: &mut Diagnostics) -> Option<FleetPlan> {
        let mut table = Table::of(node, diagnostics)?;
        let server = match table.node("server") {
            Some(server) => catalogue.read_server(server, diagnostics),
            None => catalogue.read_server(&Node::synthetic(Value::String(DEFAULT_SERVER.into()), node.at), diagnostics),
        };
        let count = table.default("count", None, diagnostics, read_count);
        let owned = table.optional("owned", diagnostics, |node, d| read_owned(node, count, d));
        let placement = table.default("placement", Policy::default(), diagnostics, Policy::read);
        let overcommit_cpu = table.default("overcommit", 1.0, diagnostics, read_overcommit);
        let when_full = table.default("when-full", WhenFull::Reject, diagnostics, read_when_full);
        table.finish(diagnostics);
        let failures = server.as_ref().and_then(|server| read_failures(server, diagnostics));
        Some(FleetPlan { failures, server: server?, count, owned, placement, overcommit_cpu, when_full })
    }

    /// The cores that an instance of so many reserves: rounded down, so that slices cut from a
    /// server fit it.
    pub fn reserved(&self, cores: Cores) -> Cores {
        Cores((cores.0 as f64 / self.overcommit_cpu) as u64)
    }
}

/// How servers of a kind fail. A repair whose length is not given takes hours: half of them up to
/// eight, one of twenty more than a day (an assumption: a part is brought and changed on site).
fn read_failures(server: &ServerKind, diagnostics: &mut Diagnostics) -> Option<Failures> {
    let hours = |count: f64| count * HOUR.0 as f64;
    let repair = match &server.repair {
        Some(node) => Distribution::read(node, diagnostics, Unit::Time, Path::new("")),
        None => Some(Distribution::LogNormal(LogNormal::of_median_and_p95(hours(8.0), hours(24.0)))),
    };
    Some(Failures { mtbf: server.mtbf?, repair: repair? })
}

fn read_count(node: &Node, diagnostics: &mut Diagnostics) -> Option<Option<u32>> {
    match &node.value {
        Value::String(word) if word == "elastic" => Some(None),
        Value::Integer(Some(count)) if *count >= 1 && *count <= i64::from(MOST_SERVERS) => Some(Some(*count as u32)),
        _ => {
            let help = format!("a number of servers from 1 to {MOST_SERVERS}, or \"elastic\"");
            diagnostics.error(node.at, "this is not a number of servers", help);
            None
        }
    }
}

/// So many servers are owned, and turned on as they are needed; past them there is no room.
fn read_owned(node: &Node, count: Option<u32>, diagnostics: &mut Diagnostics) -> Option<u32> {
    let owned = positive_count(node, diagnostics)?;
    if count.is_some() {
        diagnostics.error(node.at, "a fleet of a fixed `count` owns just these", "leave one of the two out");
        return None;
    }
    let few = u32::try_from(owned).ok().filter(|owned| *owned <= MOST_SERVERS);
    if few.is_none() {
        diagnostics.error(node.at, format!("{owned} is not a number of servers"), format!("at most {MOST_SERVERS}"));
    }
    few
}

fn read_overcommit(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let mut table = Table::of(node, diagnostics)?;
    let cpu = table.default("cpu", 1.0, diagnostics, |node, diagnostics| {
        let factor = positive(node, diagnostics)?;
        if factor < 1.0 {
            diagnostics.error(node.at, "overcommit is at least 1", "");
            return None;
        }
        Some(factor)
    });
    table.finish(diagnostics);
    Some(cpu)
}

fn read_when_full(node: &Node, diagnostics: &mut Diagnostics) -> Option<WhenFull> {
    let names = [("reject", WhenFull::Reject), ("queue", WhenFull::Queue), ("evict", WhenFull::Evict)];
    named(node, diagnostics, "rule for a full fleet", &names)
}
