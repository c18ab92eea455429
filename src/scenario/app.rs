//! `[app.NAME]`: a stream of requests, and what each needs.

use super::Slo;
use super::exists::Exists;
use super::surroundings::Surroundings;
use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, Slip, Table, bytes};
use crate::hosting::retries::Retries;
use crate::hosting::timeout::Timeout;
use crate::units::Bytes;
use crate::workload::arrivals::align;
use crate::workload::{AppWorkload, Arrivals, Context, alone, read_traces};
use std::path::Path;
use std::sync::Arc;

/// An app, read and checked.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Who comes, and what each request needs.
    pub workload: AppWorkload,
    /// What one copy of the app needs; of tenants that differ, the largest.
    pub memory: Bytes,
    /// What each tenant's copy needs, where a trace says it.
    pub memory_by_tenant: Option<Arc<[Bytes]>>,
    /// What it has around it.
    pub around: Surroundings,
    /// When callers leave.
    pub timeout: Option<Timeout>,
    /// How they try again.
    pub retries: Option<Retries>,
    /// What is demanded of it.
    pub slo: Slo,
    /// Where its name stands.
    pub at: Origin,
    /// Whether it is there already, and where.
    pub exists: Exists,
}

/// What is looked for in an app and stands elsewhere or under another name.
const SLIPS: &[Slip] = &[
    ("rate", "write arrivals.poisson = { rate = {} }"),
    ("rps", "write arrivals.poisson = { rate = \"2 /s\" }"),
    ("requests", "write arrivals.poisson = { rate = \"2 /s\" }"),
    ("traffic", "write arrivals.poisson = { rate = \"2 /s\" }"),
    ("arrival", "write arrivals.poisson = { rate = \"2 /s\" }"),
    ("poisson", "write arrivals.poisson = {}"),
    ("constant", "write arrivals.constant = {} for arrivals, cpu.constant or wait.constant for what a request needs"),
    ("diurnal", "write arrivals.diurnal = {}"),
    ("bursty", "write arrivals.bursty = {}"),
    ("spike", "write arrivals.spike = {}"),
    ("trace", "write arrivals.trace = {}"),
    ("users", "write arrivals.closed = { users = 10, think.exponential = { mean = \"5 s\" } }"),
    ("cores", "`cpu` is the CPU time of one request; how many cores there are is the `size` of a case"),
    ("vcpu", "`cpu` is the CPU time of one request; how many cores there are is the `size` of a case"),
    ("duration", "write cpu.constant = {} for computing, wait.constant = {} for waiting on something else"),
    ("service", "write cpu.exponential = { mean = \"20 ms\" } for computing, wait.… for waiting on something else"),
    ("latency", "what is demanded is slo = { p99 = \"500 ms\" }; what a request needs is `cpu` and `wait`"),
    ("mean", "write slo = { mean = {} }"),
    ("p95", "write slo = { p95 = {} }"),
    ("p99", "write slo = { p99 = {} }"),
    ("availability", "write slo = { availability = {} }"),
    ("egress", "write response = \"20 KiB\": what leaves with each request"),
    ("ram", "write memory = {}"),
    ("hosting", "write it in a case: [case.NAME]"),
    ("size", "write it in a case: [case.NAME]"),
    ("instances", "write it in a case: [case.NAME]"),
];

/// Reads all apps.
pub fn read_all(node: &Node, traces: &Node, directory: &Path, catalogue: &Catalogue, d: &mut Diagnostics) -> Vec<App> {
    if Table::of(node, d).is_none() {
        return Vec::new();
    }
    let written = traces;
    let traces = read_traces(traces, d, directory);
    let context = Context { directory, traces: &traces, written };
    let entries = node.as_table().into_iter().flatten();
    let mut apps: Vec<App> = entries.filter_map(|(name, app)| read(name, app, &context, catalogue, d)).collect();
    align(apps.iter_mut().filter_map(|app| match &mut app.workload.arrivals {
        Arrivals::Trace(from) => Some(from),
        _ => None,
    }));
    apps
}

fn read(name: &str, node: &Node, context: &Context<'_>, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<App> {
    let mut table = Table::of(node, d)?;
    table.slips(SLIPS);
    let workload = AppWorkload::read(name, &mut table, d, context);
    let memory = table.default("memory", Memory::default(), d, |node, d| Memory::read(node, context, d));
    let timeout = table.optional("timeout", d, Timeout::read);
    let retries = table.optional("retries", d, Retries::read);
    let around = Surroundings::take(&mut table, d);
    let slo = table.default("slo", Slo::default(), d, Slo::read);
    let exists = table.default("exists", Exists::default(), d, Exists::read);
    let cpu_on = table.optional("cpu-on", d, |node, d| super::cpu_on::read(node, catalogue, d));
    table.finish(d);
    // An app whose workload is wrong stays, so that what refers to it is still checked.
    let mut workload = workload.unwrap_or_else(|| AppWorkload::silent(name));
    if let Some(speed) = cpu_on {
        workload.cpu = std::mem::take(&mut workload.cpu).scaled(speed);
        if workload.cpu.is_none()
            && let Some(node) = node.get("cpu-on")
        {
            d.error(node.key, "there is no `cpu` that was measured here", "state `cpu`, or leave `cpu-on` out");
        }
    }
    if let (Some(node), Some(rows)) = (node.get("memory"), &memory.by_tenant)
        && rows.len() as u64 != u64::from(workload.tenants)
    {
        let message = format!("the trace has {} rows, and the app {} tenants", rows.len(), workload.tenants);
        d.error(node.at, message, "write `tenants = \"trace\"` and take `arrivals.trace` from the same trace");
    }
    let Memory { most, by_tenant } = memory;
    Some(App {
        name: name.to_string(),
        workload,
        memory: most,
        memory_by_tenant: by_tenant,
        around,
        timeout,
        retries,
        slo,
        at: node.key,
        exists,
    })
}

/// What copies of an app need.
#[derive(Default)]
struct Memory {
    most: Bytes,
    by_tenant: Option<Arc<[Bytes]>>,
}

impl Memory {
    /// Reads an amount, or `trace = { from = "NAME" }`.
    fn read(node: &Node, context: &Context<'_>, d: &mut Diagnostics) -> Option<Memory> {
        let Some(trace) = node.get("trace") else {
            return bytes(node, d).map(|most| Memory { most, by_tenant: None });
        };
        alone(node, d);
        let mut table = Table::of(trace, d)?;
        let rows = table.required("from", d, |n, d| {
            let rows = context.tenant_trace(n, d)?.memory();
            if rows.is_none() {
                d.error(n.at, "this trace has no memory", "name the file with its key `memory`");
            }
            rows
        });
        table.finish(d);
        let rows = rows?;
        Some(Memory { most: rows.iter().copied().max().unwrap_or_default(), by_tenant: Some(rows.into()) })
    }
}
