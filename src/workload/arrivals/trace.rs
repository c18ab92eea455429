//! As measured: `trace = { file = "requests.csv", interval = "1 min", scale = 0.1 }`, or
//! `trace = { from = "azure" }` for a row of a `[trace.azure]` per tenant.

use crate::document::{Diagnostics, Node, Table, boolean, named, positive, positive_span, text};
use crate::units::Span;
use crate::workload::Context;
use crate::workload::trace::{Column, Format, Gaps, TenantTrace, Trace, TraceOptions};
use std::sync::Arc;

/// How requests lie within their interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inside {
    /// As many as the file says, each uniformly at random.
    #[default]
    Uniform,
    /// As many as a Poisson process of the interval's rate has.
    Poisson,
}

/// What the durations of a trace of requests are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DurationIs {
    /// Blocked time of the request.
    #[default]
    Wait,
    /// CPU time of the request.
    Cpu,
    /// Nothing: the app has distributions of its own.
    Ignored,
}

/// Where on the simulation's clock a trace with dates begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// As its dates say: as long after the earliest of the scenario's traces as it was.
    #[default]
    Dated,
    /// With its first row, whenever that was.
    FirstRow,
}

/// Where the numbers come from.
#[derive(Clone, Debug)]
pub enum TraceSource {
    /// A file; each tenant repeats it with draws of its own.
    File(Arc<Trace>),
    /// A data set with a row per tenant.
    Tenants(Arc<TenantTrace>),
}

/// Arrivals as measured.
#[derive(Clone, Debug)]
pub struct FromTrace {
    /// Where the numbers come from.
    pub source: TraceSource,
    /// Requests simulated for each in the file, by independent draws.
    pub scale: f64,
    /// Whether it starts again at its end.
    pub repeat: bool,
    /// How requests lie within their interval.
    pub inside: Inside,
    /// What the durations of single requests are.
    pub duration_is: DurationIs,
    /// Where on the simulation's clock it begins.
    pub align: Align,
    /// How long after the simulation's beginning its first row is, by the dates of all traces.
    pub shift: Span,
}

const INSIDES: [(&str, Inside); 2] = [("uniform", Inside::Uniform), ("poisson", Inside::Poisson)];
const ALIGNS: [(&str, Align); 2] = [("dated", Align::Dated), ("first-row", Align::FirstRow)];
const UNITS: [(&str, i64); 4] = [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];
const DURATIONS: [(&str, DurationIs); 3] =
    [("wait", DurationIs::Wait), ("cpu", DurationIs::Cpu), ("ignored", DurationIs::Ignored)];

impl FromTrace {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<FromTrace> {
        let mut table = Table::of(node, diagnostics)?;
        let scale = table.default("scale", 1.0, diagnostics, positive);
        let repeat = table.default("repeat", false, diagnostics, boolean);
        let inside = table.default("inside", Inside::Uniform, diagnostics, |n, d| named(n, d, "placement", &INSIDES));
        let align = table.default("align", Align::Dated, diagnostics, |n, d| named(n, d, "alignment", &ALIGNS));
        let (source, duration_is) = if table.node("from").is_some() {
            let source = table.required("from", diagnostics, |n, d| context.tenant_trace(n, d));
            (source.map(TraceSource::Tenants), DurationIs::Ignored)
        } else {
            let read = |n: &Node, d: &mut Diagnostics| named(n, d, "use of durations", &DURATIONS);
            let duration_is = table.default("duration-is", DurationIs::Wait, diagnostics, read);
            (read_file(&mut table, diagnostics, context).map(TraceSource::File), duration_is)
        };
        table.finish(diagnostics);
        Some(FromTrace { source: source?, scale, repeat, inside, duration_is, align, shift: Span(0) })
    }

    /// Whether a request's duration becomes that part of its demand.
    pub fn fills(&self, part: DurationIs) -> bool {
        let timed = matches!(&self.source, TraceSource::File(trace) if trace.summary.durations.is_some());
        timed && self.duration_is == part
    }
}

/// Reads a zone's name.
fn zone(node: &Node, diagnostics: &mut Diagnostics) -> Option<jiff::tz::TimeZone> {
    let name = text(node, diagnostics)?;
    let zone = jiff::tz::TimeZone::get(&name);
    if zone.is_err() {
        diagnostics.error(
            node.at,
            format!("`{name}` is not a time zone"),
            "a name such as \"Europe/Berlin\", or \"UTC\"",
        );
    }
    zone.ok()
}

/// Lays traces with dates where their dates say: the earliest begins the simulation.
pub fn align<'a>(traces: impl Iterator<Item = &'a mut FromTrace>) {
    let mut dated: Vec<(i64, &mut FromTrace)> = traces
        .filter_map(|from| match &from.source {
            TraceSource::File(trace) if from.align == Align::Dated && trace.summary.ahead.is_some() => {
                Some((trace.summary.zero, from))
            }
            _ => None,
        })
        .collect();
    let first = dated.iter().map(|(zero, _)| *zero).min().unwrap_or(0);
    dated.iter_mut().for_each(|(zero, from)| from.shift = Span(zero.abs_diff(first)));
}

fn read_file(table: &mut Table<'_>, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Arc<Trace>> {
    let before = diagnostics.count();
    let file = table.required("file", diagnostics, text);
    let options = TraceOptions {
        format: table.default("format", Format::Counts, diagnostics, |n, d| {
            if n.as_str() == Some("azure-2019") {
                let help = "give its files in a [trace.NAME], and write `arrivals.trace = { from = \"NAME\" }`";
                d.error(n.at, "azure-2019 is a data set of several files", help);
                return None;
            }
            named(n, d, "format of traces", &Format::NAMES)
        }),
        column: table.default("column", Column::Only, diagnostics, Column::read),
        interval: table.optional("interval", diagnostics, positive_span),
        arrival: table.optional("arrival", diagnostics, text),
        end: table.optional("end", diagnostics, text),
        duration: table.optional("duration", diagnostics, text),
        unit: table.optional("unit", diagnostics, |n, d| named(n, d, "unit of time", &UNITS)),
        gaps: table.default("gaps", Gaps::Zero, diagnostics, |n, d| named(n, d, "filling of gaps", &Gaps::NAMES)),
        zone: table.optional("zone", diagnostics, zone),
    };
    let file = file?;
    if diagnostics.count() > before {
        return None;
    }
    match Trace::open(&context.directory.join(&file), options) {
        Ok(trace) => Some(Arc::new(trace)),
        Err(error) => {
            let at = table.node("file").map_or(table.origin(), |n| n.at);
            diagnostics.error(at, error.to_string(), "");
            None
        }
    }
}
