//! From users who think, ask, and wait for the answer:
//! `closed = { users = 50, think.exponential = { mean = "10 s" } }`.

use crate::document::{Declared, Diagnostics, Field, Key, Node, Quantity, Shape, Table, count};
use crate::engine::Stream;
use crate::units::{Span, Time};
use crate::workload::distribution::{Distribution, Unit};
use crate::workload::{Context, MOST_TENANTS};

/// A population of users of each tenant. Traffic and activity multiply the number of users (a
/// part of one is a user with that probability).
#[derive(Clone, Debug, PartialEq)]
pub struct Closed {
    /// Users of each tenant.
    pub users: u64,
    /// How long a user thinks before each request.
    pub think: Distribution,
}

const USERS: Key<u64> = Key::required("users", Quantity { schema: "count", read: users }, "How many.");
/// What is read with the scenario's directory at hand.
const THINK: Field =
    Field { name: "think", schema: "distribution-of-time", default: None, doc: "How long each thinks." };

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "closed",
    doc: "So many users, each of whom thinks, sends a request, waits for its answer, and thinks again.",
    shape: Shape::Keys(&[USERS.field, THINK]),
};

fn users(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    let users = count(node, diagnostics)?;
    if users > MOST_TENANTS {
        let message = format!("expected at most 10^7 users, found {users}");
        diagnostics.error(node.at, message, "each user is held in memory");
        return None;
    }
    Some(users)
}

impl Closed {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics, context: &Context<'_>) -> Option<Closed> {
        let mut table = Table::of(node, diagnostics)?;
        let users = table.take(&USERS, diagnostics);
        let read = |n: &Node, d: &mut Diagnostics| Distribution::read(n, d, Unit::Time, context.directory);
        let think = table.required(THINK.name, diagnostics, read);
        table.finish(diagnostics);
        Some(Closed { users: users?, think: think? })
    }
}

/// The users of an app.
pub(in crate::workload) struct ClosedApp {
    think: Distribution,
    stream: Stream,
}

impl ClosedApp {
    /// The users' first requests, in the order (tenant, user): every user thinks first. Gives
    /// `None` where there are more users than memory should hold (10^7).
    pub(in crate::workload) fn new(
        closed: &Closed,
        tenants: u32,
        factors: &[f64],
        start: Time,
        mut users: Stream,
        think: Stream,
    ) -> Option<(ClosedApp, Vec<(Time, u32)>)> {
        let mut app = ClosedApp { think: closed.think.clone(), stream: think };
        let mut first = Vec::new();
        for tenant in 0..tenants {
            let factor = if factors.len() == 1 { factors[0] } else { factors[tenant as usize] };
            let count = closed.users as f64 * factor + 1.0 - users.uniform();
            if count + first.len() as f64 > MOST_TENANTS as f64 + 1.0 {
                return None;
            }
            first.extend((0..count as u64).map(|_| (start + app.think(), tenant)));
        }
        Some((app, first))
    }

    /// How long a user thinks.
    pub(in crate::workload) fn think(&mut self) -> Span {
        self.think.sample_span(&mut self.stream)
    }
}
