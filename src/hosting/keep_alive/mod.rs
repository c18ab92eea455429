//! How long an idle instance is kept for the next request.

mod curve;
mod idle;

pub use curve::Curve;
pub(crate) use idle::IdleList;

use crate::document::{Diagnostics, Kind, Node, kind, span};
use crate::units::Span;

/// A keep-alive policy.
#[derive(Clone, Debug, PartialEq)]
pub enum KeepAlive {
    /// An instance stops as soon as its request is over.
    None,
    /// An idle instance is kept for so long.
    Fixed(Span),
    /// A measured curve: the probability that an instance is gone after so long.
    Curve(Curve),
    /// An idle instance is kept until the end (or until it is evicted).
    Forever,
}

impl KeepAlive {
    /// Reads a policy.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<KeepAlive> {
        let none = |_: &Node, _: &mut Diagnostics| Some(KeepAlive::None);
        let forever = |_: &Node, _: &mut Diagnostics| Some(KeepAlive::Forever);
        let fixed = |node: &Node, diagnostics: &mut Diagnostics| span(node, diagnostics).map(KeepAlive::Fixed);
        let curve = |node: &Node, diagnostics: &mut Diagnostics| Curve::read(node, diagnostics).map(KeepAlive::Curve);
        let kinds = [
            Kind { name: "none", read: &none },
            Kind { name: "fixed", read: &fixed },
            Kind { name: "curve", read: &curve },
            Kind { name: "forever", read: &forever },
        ];
        kind(node, diagnostics, "keep-alive", &kinds)
    }

    /// The policy in words, for reports.
    pub fn describe(&self) -> String {
        match self {
            KeepAlive::None => "none".into(),
            KeepAlive::Fixed(length) => length.to_string(),
            KeepAlive::Curve(_) => "measured curve".into(),
            KeepAlive::Forever => "forever".into(),
        }
    }
}
