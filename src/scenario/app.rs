//! `[app.NAME]`: a stream of requests, and what each needs.

use super::Slo;
use crate::document::{Diagnostics, Node, Table, bytes, positive_span};
use crate::units::{Bytes, Span};
use crate::workload::{AppWorkload, Context, read_traces};
use std::path::Path;

/// An app, read and checked.
#[derive(Clone, Debug)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Who comes, and what each request needs.
    pub workload: AppWorkload,
    /// What one copy of the app needs.
    pub memory: Bytes,
    /// After how long a request is given up.
    pub timeout: Option<Span>,
    /// What is demanded of it.
    pub slo: Slo,
}

/// Reads all apps.
pub fn read_all(node: &Node, traces: &Node, directory: &Path, d: &mut Diagnostics) -> Vec<App> {
    if Table::of(node, d).is_none() {
        return Vec::new();
    }
    let traces = read_traces(traces, d, directory);
    let context = Context { directory, traces: &traces };
    let entries = node.as_table().into_iter().flatten();
    entries.filter_map(|(name, app)| read(name, app, &context, d)).collect()
}

fn read(name: &str, node: &Node, context: &Context<'_>, d: &mut Diagnostics) -> Option<App> {
    let mut table = Table::of(node, d)?;
    let workload = AppWorkload::read(name, &mut table, d, context);
    let memory = table.default("memory", Bytes(0), d, bytes);
    let timeout = table.optional("timeout", d, positive_span);
    let slo = table.default("slo", Slo::default(), d, Slo::read);
    table.finish(d);
    // An app whose workload is wrong stays, so that what refers to it is still checked.
    let workload = workload.unwrap_or_else(|| AppWorkload::silent(name));
    Some(App { name: name.to_string(), workload, memory, timeout, slo })
}
