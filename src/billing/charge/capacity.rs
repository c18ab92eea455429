//! Capacity units of load balancers: one is good for so much of each dimension, and as many are paid as the most
//! demanding dimension needs.

use crate::billing::reading::{measure, whole};
use crate::billing::used::Balanced;
use crate::document::{Diagnostics, Node, Table, bytes, count};
use crate::units::{Exact, HOUR};
use num_traits::{Signed, Zero};

/// What a unit is good for; a dimension that is zero does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapacityUnit {
    /// New connections a second.
    pub new_connections: Exact,
    /// Connections open at once.
    pub active_connections: Exact,
    /// Bytes in an hour.
    pub data: u64,
    /// Rules tried in a second.
    pub rule_evaluations: Exact,
    /// Rules of each request that are not counted.
    pub free_rules: u64,
}

impl CapacityUnit {
    /// The unit-hours of what a balancer had to do in a month.
    pub fn hours(&self, balanced: &Balanced) -> Exact {
        let seconds = whole(3600);
        let dimensions = [
            (&balanced.connections, &self.new_connections * &seconds),
            (&balanced.open, &self.active_connections * whole(HOUR.0)),
            (&balanced.bytes, whole(self.data)),
            (&balanced.evaluations, &self.rule_evaluations * &seconds),
        ];
        let needed = dimensions.iter().filter(|(_, good)| good.is_positive()).map(|(done, good)| *done / good);
        needed.max().unwrap_or_else(Exact::zero)
    }

    /// Reads `capacity-unit = { … }`.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<CapacityUnit> {
        let before = d.count();
        let mut table = Table::of(node, d)?;
        let unit = CapacityUnit {
            new_connections: table.default("new-connections", Exact::zero(), d, measure),
            active_connections: table.default("active-connections", Exact::zero(), d, measure),
            data: table.optional("data", d, bytes).map_or(0, |b| b.0),
            rule_evaluations: table.default("rule-evaluations", Exact::zero(), d, measure),
            free_rules: table.optional("free-rules", d, count).unwrap_or(0),
        };
        table.finish(d);
        (d.count() == before).then_some(unit)
    }
}
