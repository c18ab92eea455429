//! Reading the keys of an app that say who comes.

use super::trace::{AzureFiles, TenantTrace};
use super::{AppWorkload, Arrivals, Demand, Distribution, MOST_TENANTS, Unit};
use crate::document::{Diagnostics, Node, Table, bytes, named, positive_count, suggest, text};
use crate::units::Bytes;
use crate::workload::arrivals::{DurationIs, TraceSource};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What reading a workload needs to know besides the node.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The scenario's directory, which paths are relative to.
    pub directory: &'a Path,
    /// The data sets of `[trace.NAME]`, by name.
    pub traces: &'a BTreeMap<String, Arc<TenantTrace>>,
    /// The tables `[trace.NAME]` as written: what is wrong with one has been said.
    pub written: &'a Node,
}

impl Context<'_> {
    /// Reads the name of a `[trace.NAME]`.
    pub fn tenant_trace(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Arc<TenantTrace>> {
        let name = text(node, diagnostics)?;
        let found = self.traces.get(&name).cloned();
        if found.is_none() && self.written.get(&name).is_none() {
            let written = self.written.as_table().into_iter().flatten().map(|(name, _)| name.as_str());
            diagnostics.error(node.at, format!("there is no [trace.{name}]"), suggest(&name, written));
        }
        found
    }
}

/// Reads the tables `[trace.NAME]`. Each file's first error is noted at its key.
pub fn read_traces(node: &Node, diagnostics: &mut Diagnostics, directory: &Path) -> BTreeMap<String, Arc<TenantTrace>> {
    let mut traces = BTreeMap::new();
    let Some(entries) = node.as_table() else {
        Table::of(node, diagnostics);
        return traces;
    };
    for (name, entry) in entries {
        if let Some(trace) = read_trace(name, entry, diagnostics, directory) {
            traces.insert(name.clone(), Arc::new(trace));
        }
    }
    traces
}

fn read_trace(name: &str, node: &Node, diagnostics: &mut Diagnostics, directory: &Path) -> Option<TenantTrace> {
    let mut table = Table::of(node, diagnostics)?;
    let path = |n: &Node, d: &mut Diagnostics| text(n, d).map(|file| directory.join(file));
    let before = diagnostics.count();
    let formats = [("azure-2019", ())];
    table.required("format", diagnostics, |n, d| named(n, d, "format of traces with a row per tenant", &formats));
    let invocations = table.required("invocations", diagnostics, path);
    let durations = table.optional("durations", diagnostics, path);
    let memory = table.optional("memory", diagnostics, path);
    let sample = table.optional("sample", diagnostics, positive_count);
    table.finish(diagnostics);
    let files = AzureFiles { invocations: invocations?, durations, memory, sample };
    if diagnostics.count() > before {
        return None;
    }
    TenantTrace::open(&files, name)
        .map_err(|error| {
            // In the order in which they are read: of a file that stands twice, the first use is meant.
            let keys = [("durations", files.durations.as_ref()), ("memory", files.memory.as_ref())];
            let key = keys.iter().find(|(_, file)| *file == Some(&error.file)).map_or("invocations", |(key, _)| key);
            diagnostics.error(node.get(key).map_or(node.at, |n| n.at), error.to_string(), "");
        })
        .ok()
}

impl AppWorkload {
    /// Reads `tenants`, `arrivals`, `cpu`, `wait`, `activity` and `response` of an app's table;
    /// its other keys are for others to ask for. Notes every error, and then gives `None`.
    pub fn read(
        name: &str,
        table: &mut Table<'_>,
        diagnostics: &mut Diagnostics,
        context: &Context<'_>,
    ) -> Option<AppWorkload> {
        let before = diagnostics.count();
        let arrivals = table.default("arrivals", Arrivals::None, diagnostics, |n, d| Arrivals::read(n, d, context));
        let tenants = read_tenants(table, diagnostics, &arrivals);
        let demand = |n: &Node, d: &mut Diagnostics| read_demand(n, d, context);
        let cpu = table.default("cpu", Demand::None, diagnostics, |n, d| {
            let read = demand(n, d);
            if read.is_none() {
                explain_cpu(n, d);
            }
            read
        });
        let wait = table.default("wait", Demand::None, diagnostics, demand);
        let number = |n: &Node, d: &mut Diagnostics| Distribution::read(n, d, Unit::Number, context.directory);
        let activity = table.optional("activity", diagnostics, number);
        let response = table.default("response", Bytes(0), diagnostics, bytes);
        refuse_two_sources(table, diagnostics, &arrivals);
        if diagnostics.count() > before {
            return None;
        }
        Some(AppWorkload {
            name: name.to_string(),
            tenants: tenants?,
            arrivals,
            cpu,
            wait,
            activity,
            traffic: 1.0,
            response,
        })
    }
}

/// The number of tenants: 1 if not given, as many as the trace has rows for `"trace"`.
fn read_tenants(table: &mut Table<'_>, diagnostics: &mut Diagnostics, arrivals: &Arrivals) -> Option<u32> {
    let rows = match arrivals {
        Arrivals::Trace(from) => match &from.source {
            TraceSource::Tenants(trace) => Some(trace.tenants.len() as u32),
            TraceSource::File(_) => None,
        },
        _ => None,
    };
    let Some(node) = table.node("tenants") else {
        if rows.is_some() {
            let help = "write `tenants = \"trace\"`";
            diagnostics.error(table.origin(), "the trace has a row for each tenant", help);
        }
        return Some(1);
    };
    if node.as_str() == Some("trace") {
        // Arrivals that stand there and could not be read have been told.
        let is_told = table.node("arrivals").is_some() && matches!(arrivals, Arrivals::None);
        if is_told {
            return Some(1);
        }
        if rows.is_none() {
            let help = "write `arrivals.trace = { from = \"NAME\" }`, with a [trace.NAME] of that name";
            diagnostics.error(node.at, "there is no trace with a row for each tenant here", help);
        }
        return rows;
    }
    let tenants = positive_count(node, diagnostics)?;
    if rows.is_some_and(|rows| u64::from(rows) != tenants) {
        diagnostics.error(node.at, "the trace says how many tenants there are", "write `tenants = \"trace\"`");
        return None;
    }
    if tenants > MOST_TENANTS {
        let help = "take fewer tenants and a higher rate each: identical tenants add up";
        diagnostics.error(node.at, format!("expected at most 10^7 tenants, found {tenants}"), help);
        return None;
    }
    Some(tenants as u32)
}

/// Reads a distribution of times, or `trace = { from = "NAME" }`.
fn read_demand(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Demand> {
    let Some(trace) = node.get("trace") else {
        return Distribution::read(node, diagnostics, Unit::Time, context.directory).map(Demand::Drawn);
    };
    alone(node, diagnostics);
    let mut table = Table::of(trace, diagnostics)?;
    let from = table.required("from", diagnostics, |n, d| {
        let trace = context.tenant_trace(n, d)?;
        if trace.tenants.iter().all(|tenant| tenant.duration.is_none()) {
            d.error(n.at, "this trace has no durations", "name the file with its key `durations`");
            return None;
        }
        Some(trace)
    });
    table.finish(diagnostics);
    from.map(Demand::Tenants)
}

/// Refuses what stands beside the key `trace`.
pub fn alone(node: &Node, diagnostics: &mut Diagnostics) {
    let Some(mut table) = Table::of(node, diagnostics) else { return };
    table.node("trace");
    table.finish(diagnostics);
}

/// Says of a `cpu` that is no distribution what it is: a share of a core is another thing.
fn explain_cpu(node: &Node, diagnostics: &mut Diagnostics) {
    let help = "`cpu` is the CPU time of one request on one core, a distribution with a unit: \
                cpu.exponential = { mean = \"20 ms\" }, or cpu.constant = \"20 ms\"; cores belong to the `size` of a case";
    let is_share = |word: &str| match word.find(|c: char| !c.is_ascii_digit() && c != '.') {
        None => !word.is_empty(),
        Some(end) => {
            end > 0
                && matches!(
                    word[end..].trim(),
                    "m" | "millicores" | "mcpu" | "vcpu" | "vCPU" | "cores" | "core" | "cpu" | "CPU" | "%"
                )
        }
    };
    if let Some(word) = node.as_str().filter(|word| is_share(word)) {
        diagnostics.advise(node.at, &format!("`{word}` is not a kind"), help);
    } else if node.as_table().is_none() && node.as_str().is_none() {
        diagnostics.advise(node.at, "expected a kind", help);
    }
}

/// A trace's durations and a distribution cannot both say how long a request waits or computes.
fn refuse_two_sources(table: &mut Table<'_>, diagnostics: &mut Diagnostics, arrivals: &Arrivals) {
    let Arrivals::Trace(from) = arrivals else { return };
    for (key, part) in [("cpu", DurationIs::Cpu), ("wait", DurationIs::Wait)] {
        let Some(node) = table.node(key).filter(|_| from.fills(part)) else { continue };
        let help =
            "leave it out, or write `duration-is = \"ignored\"` (or the other of \"cpu\", \"wait\") in the trace";
        diagnostics.error(node.key, format!("the trace's durations are the `{key}` of its requests"), help);
    }
}
