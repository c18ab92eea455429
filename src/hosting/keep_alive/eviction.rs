//! Which idle instance goes first where another one needs its room: caches' rules, after FaasCache
//! (Fuerst and Sharma, ASPLOS 2021) and its simulator.

use crate::document::{Diagnostics, Node, Table, named, positive_span};
use crate::units::Span;

/// An order of eviction among idle instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eviction {
    /// The least recently used goes first.
    #[default]
    Lru,
    /// Greedy-Dual-Size-Frequency: by frequency × cost of a start / memory, with a clock that ages.
    GreedyDual,
    /// By frequency × cost, with that clock.
    Frequency,
    /// By frequency / memory, with that clock.
    Size,
    /// Rent by memory is taken from a credit that a use renews; who has none left goes.
    Landlord,
}

/// The orders by the words that files use.
pub const EVICTIONS: [(&str, Eviction); 5] = [
    ("lru", Eviction::Lru),
    ("greedy-dual", Eviction::GreedyDual),
    ("freq", Eviction::Frequency),
    ("size", Eviction::Size),
    ("landlord", Eviction::Landlord),
];

/// Whose a priority is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriorityOf {
    /// Each instance's own, by its own uses: an instance that is not needed goes, however busy its app.
    #[default]
    Container,
    /// All instances' of an app and tenant, by their uses together: the rule of the published simulator.
    Function,
}

/// When an instance counts as last used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastUse {
    /// When its last request came.
    Arrival,
    /// When its last request ended.
    #[default]
    Finish,
}

impl LastUse {
    /// Reads `last-use` among a policy's keys.
    pub fn read(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> LastUse {
        let words = [("arrival", LastUse::Arrival), ("finish", LastUse::Finish)];
        let read = |node: &Node, d: &mut Diagnostics| named(node, d, "last use", &words);
        table.default("last-use", LastUse::default(), diagnostics, read)
    }
}

/// What the orders know of an instance, or of those of an app and tenant.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Its uses, or those of the instances that there are (they are forgotten with an instance).
    pub uses: u64,
    /// What a cold start costs, in seconds.
    pub cost: f64,
    /// What an instance holds, in MiB.
    pub size: f64,
}

impl Eviction {
    /// The order's word.
    pub fn name(self) -> &'static str {
        EVICTIONS.iter().find(|(_, order)| *order == self).map_or("", |(name, _)| name)
    }

    /// The priority of an instance, or of an app's, after a use; the lowest goes first. `clock` is the
    /// highest priority that was evicted so far (with Landlord: the rent paid so far by a MiB).
    pub fn priority(self, clock: f64, standing: &Standing) -> f64 {
        let Standing { uses, cost, size } = *standing;
        clock
            + match self {
                Eviction::Lru => 0.0,
                Eviction::GreedyDual => uses as f64 * cost / size,
                Eviction::Frequency => uses as f64 * cost,
                Eviction::Size => uses as f64 / size,
                Eviction::Landlord => cost / size,
            }
    }
}

/// A keep-alive by eviction alone: idle instances stay until their room is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cache {
    /// The order.
    pub order: Eviction,
    /// What a cold start is taken to cost; the mean of the start's phases where it is not given,
    /// and the same for all where that is nothing.
    pub cost: Option<Span>,
    /// Whose the priority is.
    pub priority: PriorityOf,
    /// What the least recently used was used at.
    pub last_use: LastUse,
}

impl Cache {
    /// Whether both evict in one order; what a start costs may differ by app.
    pub fn evicts_as(&self, other: &Cache) -> bool {
        Cache { cost: None, ..*self } == Cache { cost: None, ..*other }
    }

    /// The policy in words.
    pub fn describe(&self) -> String {
        let more = match (self.priority, self.last_use) {
            (PriorityOf::Function, _) => " by function",
            (_, LastUse::Arrival) => " by arrival",
            _ => "",
        };
        format!("{}{more}", self.order.name())
    }

    /// Reads the parameters of an order.
    pub fn read(order: Eviction, node: &Node, diagnostics: &mut Diagnostics) -> Option<Cache> {
        let mut table = Table::of(node, diagnostics)?;
        let by_cost = matches!(order, Eviction::GreedyDual | Eviction::Frequency | Eviction::Landlord);
        let cost = if by_cost { table.optional("cost", diagnostics, positive_span) } else { None };
        let (mut priority, mut last_use) = Default::default();
        if order == Eviction::Lru {
            last_use = LastUse::read(&mut table, diagnostics);
        } else {
            let words = [("container", PriorityOf::Container), ("function", PriorityOf::Function)];
            let read = |node: &Node, d: &mut Diagnostics| named(node, d, "priority", &words);
            priority = table.default("priority", PriorityOf::default(), diagnostics, read);
        }
        table.finish(diagnostics);
        Some(Cache { order, cost, priority, last_use })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A: 4 uses, 2 s, 512 MiB; B: 1, 8 s, 256 MiB; C: 10, 0.5 s, 128 MiB.
    const APPS: [Standing; 3] = [
        Standing { uses: 4, cost: 2.0, size: 512.0 },
        Standing { uses: 1, cost: 8.0, size: 256.0 },
        Standing { uses: 10, cost: 0.5, size: 128.0 },
    ];

    #[test]
    fn priorities_by_hand() {
        let of = |order: Eviction| APPS.map(|app| order.priority(0.0, &app));
        assert_eq!(of(Eviction::GreedyDual), [0.015625, 0.03125, 0.0390625]);
        assert_eq!(of(Eviction::Frequency), [8.0, 8.0, 5.0]);
        assert_eq!(of(Eviction::Size), [0.0078125, 0.00390625, 0.078125]);
        assert_eq!(of(Eviction::Landlord), [0.00390625, 0.03125, 0.00390625]);
        assert_eq!(Eviction::GreedyDual.priority(1.0, &APPS[0]), 1.015625);
    }
}
