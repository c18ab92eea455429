//! At equal distances: `constant = { rate = "2 /s" }`. The first comes at a random part
//! of a gap, another for each tenant: so the mean count is rate × length to the request, and tenants
//! who know nothing of each other do not all come at once.

use super::quantities::RATE;
use crate::document::{Declared, Diagnostics, Key, Node, Shape, Table};
use crate::engine::Stream;
use crate::units::Time;
use crate::workload::merged::Process;

/// Arrivals at equal distances.
#[derive(Clone, Debug, PartialEq)]
pub struct Constant {
    /// Arrivals per second.
    pub rate: f64,
}

const HOW_OFTEN: Key<f64> = Key::required("rate", RATE, "How many come over time.");

/// What users write.
pub(super) const DECLARED: Declared = Declared {
    name: "constant",
    doc: "Evenly spaced; the first after a random part of a gap.",
    shape: Shape::Keys(&[HOW_OFTEN.field]),
};

impl Constant {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Constant> {
        let mut table = Table::of(node, diagnostics)?;
        let rate = table.take(&HOW_OFTEN, diagnostics);
        table.finish(diagnostics);
        Some(Constant { rate: rate? })
    }
}

/// One tenant's arrivals.
pub(in crate::workload) struct ConstantProcess {
    start: Time,
    /// The part of a gap after which the first comes, from 0 to below 1.
    phase: f64,
    /// Nanoseconds between two; infinite at a rate of 0.
    gap: f64,
    count: f64,
}

impl ConstantProcess {
    pub(in crate::workload) fn new(
        constant: &Constant,
        factor: f64,
        start: Time,
        mut phase: Stream,
    ) -> ConstantProcess {
        ConstantProcess { start, phase: 1.0 - phase.uniform(), gap: 1e9 / (constant.rate * factor), count: 0.0 }
    }
}

impl Process for ConstantProcess {
    /// The k-th arrival is placed from the start, so that roundings do not add up.
    fn next(&mut self, end: Time) -> Option<Time> {
        // At a rate of 0 this is no number, or infinite: none comes.
        let delay = (self.count + self.phase) * self.gap;
        self.count += 1.0;
        (delay < end.since(self.start).0 as f64).then(|| Time(self.start.0 + delay as u64)).filter(|t| *t < end)
    }
}
