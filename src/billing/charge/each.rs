//! Rounding of each start, request or busy time, before anything is multiplied. Integers only:
//! this is called for every request.

use crate::billing::reading::{round_up, whole};
use crate::document::{Diagnostics, Node, Table, bytes, positive_span, span};
use crate::units::Exact;

/// A least time and a granularity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundTime {
    /// A shorter time counts as this, in nanoseconds.
    pub minimum: u64,
    /// Times are rounded up to a multiple of this, in nanoseconds; 0: not rounded.
    pub granule: u64,
}

impl RoundTime {
    /// The billed time of a sum of times in nanoseconds.
    pub fn exact(&self, nanoseconds: &Exact) -> Exact {
        let at_least = nanoseconds.clone().max(whole(self.minimum));
        if self.granule == 0 { at_least } else { round_up(&at_least, &whole(self.granule)) }
    }
}

/// How each single use is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Each {
    /// The least time, and its granularity.
    pub time: RoundTime,
    /// Time not billed of each, in nanoseconds.
    pub free_time: u64,
    /// Memory is rounded up to a multiple of so many bytes; 0: not rounded.
    pub memory: u64,
    /// Requests are counted in chunks of so many bytes, and bytes rounded up to them; 0: neither.
    pub payload: u64,
    /// Bytes not billed of each.
    pub free_payload: u64,
}

impl Each {
    /// The billed nanoseconds of one use: at least the minimum, less what is free, rounded up.
    pub fn time(&self, nanoseconds: u64) -> u64 {
        up(nanoseconds.max(self.time.minimum).saturating_sub(self.free_time), self.time.granule)
    }

    /// The billed bytes of an allocation.
    pub fn memory(&self, bytes: u64) -> u64 {
        up(bytes, self.memory)
    }

    /// How many requests one with so many bytes counts as: one per started chunk, at least one.
    pub fn payload(&self, bytes: u64) -> u64 {
        if self.payload == 0 { 1 } else { bytes.saturating_sub(self.free_payload).div_ceil(self.payload).max(1) }
    }

    /// The billed bytes of one response.
    pub fn payload_bytes(&self, bytes: u64) -> u64 {
        up(bytes.saturating_sub(self.free_payload), self.payload)
    }

    /// Reads `each = { … }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Each> {
        let mut table = Table::of(node, diagnostics)?;
        let each = Each {
            time: RoundTime::take(&mut table, diagnostics),
            free_time: table.optional("free-time", diagnostics, span).map_or(0, |s| s.0),
            memory: table.optional("memory", diagnostics, chunk).unwrap_or(0),
            payload: table.optional("payload", diagnostics, chunk).unwrap_or(0),
            free_payload: table.optional("free-payload", diagnostics, bytes).map_or(0, |b| b.0),
        };
        table.finish(diagnostics);
        Some(each)
    }
}

impl RoundTime {
    fn take(table: &mut Table<'_>, diagnostics: &mut Diagnostics) -> RoundTime {
        RoundTime {
            minimum: table.optional("minimum-time", diagnostics, span).map_or(0, |s| s.0),
            granule: table.optional("time", diagnostics, positive_span).map_or(0, |s| s.0),
        }
    }

    /// Reads `sum = { … }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<RoundTime> {
        let mut table = Table::of(node, diagnostics)?;
        let round = RoundTime::take(&mut table, diagnostics);
        table.finish(diagnostics);
        Some(round)
    }
}

fn chunk(node: &Node, diagnostics: &mut Diagnostics) -> Option<u64> {
    let value = bytes(node, diagnostics)?.0;
    if value == 0 {
        diagnostics.error(node.at, "expected an amount of data above zero", "leave the key out for no rounding");
        return None;
    }
    Some(value)
}

fn up(value: u64, granule: u64) -> u64 {
    if granule == 0 { value } else { value.div_ceil(granule).saturating_mul(granule) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000_000_000;

    #[test]
    fn minimum_then_rounding_up() {
        // Compute Engine before autumn 2017: at least 10 minutes, then by the minute.
        let time = RoundTime { minimum: 10 * MINUTE, granule: MINUTE };
        let each = Each { time, ..Each::default() };
        assert_eq!(each.time(2 * MINUTE), 10 * MINUTE);
        assert_eq!(each.time(11 * MINUTE + MINUTE / 4), 12 * MINUTE);
        assert_eq!(each.time(12 * MINUTE), 12 * MINUTE);
        assert_eq!([1, 60 * MINUTE].map(|over| each.time(12 * MINUTE + over)), [13 * MINUTE, 72 * MINUTE]);
        assert_eq!(time.exact(&whole(12 * MINUTE + 1)), whole(13 * MINUTE));
        assert_eq!(time.exact(&whole(1)), whole(10 * MINUTE));
    }

    #[test]
    fn nothing_is_rounded_unless_it_says_so() {
        let each = Each::default();
        assert_eq!((each.time(7), each.memory(7), each.payload(7), each.payload_bytes(7)), (7, 7, 1, 7));
        assert_eq!(each.time(u64::MAX), u64::MAX);
    }

    #[test]
    fn chunks_are_started_chunks() {
        let each = Each { payload: 512 << 10, memory: 64 << 20, ..Each::default() };
        assert_eq!([0, 1, 512 << 10, (512 << 10) + 1].map(|b| each.payload(b)), [1, 1, 1, 2]);
        assert_eq!(each.memory(65 << 20), 128 << 20);
    }
}
