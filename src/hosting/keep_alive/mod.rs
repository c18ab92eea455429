//! How long an idle instance is kept for the next request.

mod curve;
mod eviction;
mod gaps;
mod histogram;
mod idle;
mod room;

pub use curve::Curve;
pub use eviction::{Cache, Eviction, LastUse, PriorityOf, Standing};
pub use gaps::{Gaps, Window};
pub use histogram::{Histogram, IdleTime, Representative, WindowFrom};
pub(crate) use idle::IdleList;
pub(crate) use room::MakingRoom;

use crate::document::{Diagnostics, Kind, Node, Table, kind, positive_span, span};
use crate::units::Span;

/// Longer than any simulation.
const FOREVER: Span = Span(1 << 60);

/// A keep-alive policy.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepAlive {
    /// An instance stops as soon as its request is over.
    None,
    /// An idle instance is kept for so long.
    Fixed(Span),
    /// An idle instance is kept until so long after its last request came.
    SinceArrival(Span),
    /// A measured curve: the probability that an instance is gone after so long.
    Curve(Curve),
    /// An idle instance is kept until the end (or until it is evicted).
    Forever,
    /// As long as the app's own idle times say.
    Histogram(Histogram),
    /// Until its room is needed, and another one goes first.
    Cache(Cache),
}

impl KeepAlive {
    /// Reads a policy.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<KeepAlive> {
        type D<'a> = &'a mut Diagnostics;
        let cache = |order: Eviction| move |n: &Node, d: D| Cache::read(order, n, d).map(KeepAlive::Cache);
        let kinds = [
            Kind { name: "none", read: &|_: &Node, _: D| Some(KeepAlive::None) },
            Kind { name: "fixed", read: &|n: &Node, d: D| span(n, d).map(KeepAlive::Fixed) },
            Kind { name: "curve", read: &|n: &Node, d: D| Curve::read(n, d).map(KeepAlive::Curve) },
            Kind { name: "forever", read: &|_: &Node, _: D| Some(KeepAlive::Forever) },
            Kind { name: "histogram", read: &|n: &Node, d: D| Histogram::read(n, d).map(KeepAlive::Histogram) },
            Kind { name: "greedy-dual", read: &cache(Eviction::GreedyDual) },
            Kind { name: "lru", read: &cache(Eviction::Lru) },
            Kind { name: "freq", read: &cache(Eviction::Frequency) },
            Kind { name: "size", read: &cache(Eviction::Size) },
            Kind { name: "landlord", read: &cache(Eviction::Landlord) },
            Kind { name: "ttl", read: &time_to_live },
        ];
        kind(node, diagnostics, "keep-alive", &kinds)
    }

    /// The rule by which idle instances make room; `None` where the policy has none.
    pub fn cache(&self) -> Option<Cache> {
        match self {
            KeepAlive::Cache(cache) => Some(*cache),
            KeepAlive::SinceArrival(_) => Some(Cache { last_use: LastUse::Arrival, ..Cache::default() }),
            _ => None,
        }
    }

    /// How long an idle instance stays, where that does not depend on what came before: half of them
    /// at least as long.
    pub fn typical(&self) -> Option<Span> {
        match self {
            KeepAlive::None => Some(Span(0)),
            KeepAlive::Fixed(length) | KeepAlive::SinceArrival(length) => Some(*length),
            KeepAlive::Curve(curve) => Some(curve.quantile(0.5)),
            KeepAlive::Forever => Some(FOREVER),
            KeepAlive::Histogram(_) | KeepAlive::Cache(_) => None,
        }
    }
}

/// `ttl`: a fixed time, of 10 minutes if not given, as caches call it, since the last request's end or arrival.
fn time_to_live(node: &Node, diagnostics: &mut Diagnostics) -> Option<KeepAlive> {
    let mut table = Table::of(node, diagnostics)?;
    let after = table.default("after", Span(600_000_000_000), diagnostics, positive_span);
    let last_use = LastUse::read(&mut table, diagnostics);
    table.finish(diagnostics);
    Some(match last_use {
        LastUse::Finish => KeepAlive::Fixed(after),
        LastUse::Arrival => KeepAlive::SinceArrival(after),
    })
}
