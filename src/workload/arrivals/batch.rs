//! Many at once, daily: `batch = { size = 2_000, at = "02:00" }`.

use super::DAY;
use super::quantities::TIME_OF_DAY;
use crate::document::{Declared, Diagnostics, Key, Node, Quantity, Shape, Table, count};
use crate::engine::Stream;
use crate::units::{Span, Time};

/// Many requests at one moment of every day.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// How many.
    pub size: u64,
    /// The time of day.
    pub at: Span,
}

/// The most requests of one batch.
const LARGEST: u64 = 1_000_000_000;

const SIZE: Key<u64> = Key::required("size", Quantity { schema: "count", read: size }, "How many.");
const AT: Key<Span> = Key::required("at", TIME_OF_DAY, "When they come.");

/// What users write.
pub(super) const DECLARED: Declared =
    Declared { name: "batch", doc: "So many at once, every day.", shape: Shape::Keys(&[SIZE.field, AT.field]) };

fn size(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    let size = count(node, diagnostics)?;
    if size > LARGEST {
        diagnostics.error(node.at, format!("expected at most 10^9 requests in a batch, found {size}"), "");
        return None;
    }
    Some(size)
}

impl Batch {
    pub(super) fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Batch> {
        let mut table = Table::of(node, diagnostics)?;
        let size = table.take(&SIZE, diagnostics);
        let at = table.take(&AT, diagnostics);
        table.finish(diagnostics);
        Some(Batch { size: size?, at: at? })
    }
}

/// The batches of all tenants of an app: tenant after tenant, day after day.
pub(in crate::workload) struct Batches {
    size: f64,
    /// One factor for all, or one for each tenant.
    factors: Vec<f64>,
    tenants: u32,
    tenant: u32,
    now: Time,
    left: u64,
    stream: Stream,
}

impl Batches {
    /// `factors`: one for all tenants, or one for each.
    pub(in crate::workload) fn new(
        batch: &Batch,
        tenants: u32,
        factors: Vec<f64>,
        start: Time,
        stream: Stream,
    ) -> Batches {
        let today = start.0 / DAY.0 * DAY.0 + batch.at.0;
        let now = if today >= start.0 { today } else { today + DAY.0 };
        let mut batches =
            Batches { size: batch.size as f64, factors, tenants, tenant: 0, now: Time(now), left: 0, stream };
        batches.left = batches.draw();
        batches
    }

    /// How many the current tenant sends: on average size × factor, exactly that where it is whole.
    fn draw(&mut self) -> u64 {
        let place = if self.factors.len() == 1 { 0 } else { self.tenant as usize };
        let part = 1.0 - self.stream.uniform();
        (self.size * self.factors[place] + part) as u64
    }

    pub(in crate::workload) fn next(&mut self, end: Time) -> Option<(Time, u32)> {
        while self.left == 0 {
            self.tenant += 1;
            if self.tenant == self.tenants {
                self.tenant = 0;
                self.now += DAY;
            }
            if self.now >= end {
                return None;
            }
            self.left = self.draw();
        }
        self.left -= 1;
        Some((self.now, self.tenant)).filter(|(now, _)| *now < end)
    }
}
