//! Placement policies: which server takes an instance.
//!
//! A policy keeps an index of the free capacity of the servers that are powered on, and answers
//! from it. Each policy is one file here and one word in [`Policy::ALL`]. Where several servers
//! are equally good, the one with the lowest number is chosen, by exact integer comparison.

mod best_fit;
mod block;
mod dot_product;
mod first_fit;
mod index;
mod next_fit;
mod random;
mod rotating_first_fit;
mod score;
mod worst_fit;

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod measure;
#[cfg(test)]
mod reference;

use super::{Demand, Server, ServerId};
use crate::document::{Diagnostics, Kind, Node, Table, kind};
use crate::engine::Stream;
use std::fmt;

/// An index of free capacity that chooses servers by one policy.
pub trait Placement: fmt::Debug + Send {
    /// A server's free capacity changed. `before` is `None` where it has just been powered on,
    /// `after` is `None` where it is powered off.
    fn changed(&mut self, server: ServerId, before: Option<Demand>, after: Option<Demand>);

    /// The powered server that takes an instance of this demand, if it fits one. `servers` holds
    /// all servers by number, those powered off among them.
    fn choose(&mut self, demand: Demand, servers: &[Server]) -> Option<ServerId>;

    /// An instance was placed on this server (chosen, or powered on for it).
    fn placed(&mut self, server: ServerId) {
        let _ = server;
    }
}

/// A kind of placement policy.
#[derive(Clone, Copy)]
pub struct Policy {
    /// The word that users write.
    pub name: &'static str,
    /// Makes its index over no servers, each of this capacity.
    build: fn(capacity: Demand, stream: Stream) -> Box<dyn Placement>,
}

impl Policy {
    /// A policy of one's own: its name, and what makes its index over no servers, each of some capacity, with a stream
    /// for what it draws (`examples/own_policy.rs` has one).
    pub const fn new(name: &'static str, build: fn(Demand, Stream) -> Box<dyn Placement>) -> Policy {
        Policy { name, build }
    }

    /// All policies.
    pub const ALL: [Policy; 7] = [
        first_fit::POLICY,
        best_fit::POLICY,
        worst_fit::POLICY,
        next_fit::POLICY,
        rotating_first_fit::POLICY,
        dot_product::POLICY,
        random::POLICY,
    ];

    /// Reads the name of a policy.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Policy> {
        let readers = Policy::ALL.map(|policy| {
            move |node: &Node, diagnostics: &mut Diagnostics| {
                Table::of(node, diagnostics)?.finish(diagnostics);
                Some(policy)
            }
        });
        let kinds: Vec<Kind<'_, Policy>> =
            Policy::ALL.iter().zip(&readers).map(|(policy, read)| Kind { name: policy.name, read }).collect();
        kind(node, diagnostics, "placement policy", &kinds)
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Policy> {
        Policy::ALL.into_iter().find(|policy| policy.name == name)
    }

    /// An index of this policy over no servers. `stream` is used by random policies alone.
    pub fn build(&self, capacity: Demand, stream: Stream) -> Box<dyn Placement> {
        (self.build)(capacity, stream)
    }
}

impl Default for Policy {
    /// Best fit, the default of a scenario.
    fn default() -> Policy {
        best_fit::POLICY
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Policy) -> bool {
        self.name == other.name
    }
}

impl Eq for Policy {}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
