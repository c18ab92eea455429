//! What an app has around it besides its instances: bytes that come in, calls to others, logs, kept data, and the
//! connections before its balancer. Nothing of it takes time in a simulation; bills count it.

use crate::billing::reading::{measure, whole};
use crate::document::{Diagnostics, Node, Table, bytes, count, span};
use crate::units::{Bytes, Exact, Span};
use num_traits::Zero;

/// What surrounds an app.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Bytes that each request brings.
    pub request: Bytes,
    /// Bytes that each request writes to the logs.
    pub log: Bytes,
    /// Data that a tenant keeps.
    pub stored: Bytes,
    /// Calls that each request makes to others (a database, a cache, a service).
    pub calls: Exact,
    /// Bytes of each such call, there and back.
    pub call_bytes: Bytes,
    /// Connections that each request opens: 1, or less where they are kept for the next.
    pub connections: Exact,
    /// How long a connection stays open.
    pub open: Span,
    /// Rules that a balancer tries for each request.
    pub rules: u64,
}

/// An application balancer's idle timeout, unless its owner changes it.
const IDLE_TIMEOUT: Span = Span(60_000_000_000);

impl Surroundings {
    /// Takes the keys out of an app's table.
    pub fn take(table: &mut Table<'_>, d: &mut Diagnostics) -> Surroundings {
        let mut around = Surroundings {
            request: table.default("request", Bytes(0), d, bytes),
            log: table.default("log", Bytes(0), d, bytes),
            stored: table.default("stored", Bytes(0), d, bytes),
            calls: Exact::zero(),
            call_bytes: Bytes(0),
            connections: whole(1),
            open: IDLE_TIMEOUT,
            rules: 0,
        };
        let calls = table.optional("calls", d, Calls::read);
        (around.calls, around.call_bytes) =
            calls.map_or((Exact::zero(), Bytes(0)), |calls| (calls.number, calls.bytes));
        if let Some((number, open, rules)) = table.optional("connections", d, read_connections) {
            (around.connections, around.open, around.rules) = (number, open, rules);
        }
        around
    }
}

struct Calls {
    number: Exact,
    bytes: Bytes,
}

impl Calls {
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Calls> {
        if node.as_table().is_none() {
            return Some(Calls { number: measure(node, d)?, bytes: Bytes(0) });
        }
        let mut table = Table::of(node, d)?;
        let number = table.default("number", whole(1), d, measure);
        let bytes = table.default("bytes", Bytes(0), d, bytes);
        table.finish(d);
        Some(Calls { number, bytes })
    }
}

fn read_connections(node: &Node, d: &mut Diagnostics) -> Option<(Exact, Span, u64)> {
    let mut table = Table::of(node, d)?;
    let number = table.default("per-request", whole(1), d, measure);
    let open = table.default("open", IDLE_TIMEOUT, d, span);
    let rules = table.optional("rules", d, count).unwrap_or(0);
    table.finish(d);
    Some((number, open, rules))
}
