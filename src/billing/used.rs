//! What was used, as every meter reads it.
//!
//! The simulator and a usage file fill the same [`Usage`]; `Meter::quantity` turns it into what a charge counts.

use super::charge::{CapacityUnit, Each, RoundTime};
use crate::units::Exact;
use num_traits::Zero;

/// What one resource used in a month, of what one charge counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Requests that were served by an instance, to the end or not.
    pub requests: Exact,
    /// Requests that were answered.
    pub answered: Exact,
    /// Bytes that each request brought.
    pub request: u64,
    /// Bytes of each answer.
    pub response: u64,
    /// Bytes of each that are cut into chunks.
    pub payload: u64,
    /// Bytes that each request writes to the logs.
    pub log: u64,
    /// Calls that each request makes to others.
    pub calls: Exact,
    /// Bytes of each such call, there and back.
    pub call_bytes: u64,
    /// Time in nanoseconds, each use rounded by [`Each::time`].
    pub time: Exact,
    /// Memory that is held, in bytes.
    pub memory: u64,
    /// Cores that are held, in millionths.
    pub cores: Exact,
    /// Clock rate that is held, in hertz.
    pub hertz: Exact,
    /// Disk that is held, in bytes.
    pub disk: u64,
    /// Disk that was ordered beside what the size includes, in bytes.
    pub volume: u64,
    /// Data that is kept all month, in bytes.
    pub stored: u64,
    /// Rack units rented.
    pub rack_units: Exact,
    /// Watts rented.
    pub watts: Exact,
    /// The 95th percentile of the bandwidth, in Mbit/s.
    pub bandwidth_p95: Exact,
    /// CPU time borrowed and not paid back, in core-nanoseconds.
    pub surplus: Exact,
    /// What a balancer before the app had to do.
    pub balanced: Balanced,
    /// The quantity itself, in the meter's units, where a usage file states it.
    pub stated: Option<Exact>,
}

impl Usage {
    /// A quantity that is stated.
    pub fn of_quantity(quantity: Exact) -> Usage {
        Usage { stated: Some(quantity), ..Usage::default() }
    }

    /// Whether both differ in the time alone, which may then be summed.
    pub fn holds_the_same(&self, other: &Usage) -> bool {
        let held = |one: &Usage| Usage { time: Exact::zero(), ..one.clone() };
        held(self) == held(other)
    }
}

/// What a load balancer counts, over the month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balanced {
    /// New connections.
    pub connections: Exact,
    /// The time that connections were open, in nanoseconds.
    pub open: Exact,
    /// Bytes of requests and answers.
    pub bytes: Exact,
    /// Rules tried, beyond those that are free for each request.
    pub evaluations: Exact,
}

impl Balanced {
    /// Adds what another app had it do.
    pub fn add(&mut self, other: &Balanced) {
        self.connections += &other.connections;
        self.open += &other.open;
        self.bytes += &other.bytes;
        self.evaluations += &other.evaluations;
    }
}

/// How a charge counts what was used.
#[derive(Clone, Copy, Debug)]
pub struct Counting<'c> {
    /// How each use is rounded.
    pub each: &'c Each,
    /// How the sum of times is rounded.
    pub sum: &'c RoundTime,
    /// What a balancer's unit is good for.
    pub unit: &'c CapacityUnit,
    /// The month's length in hours.
    pub month_hours: &'c Exact,
}

impl Counting<'_> {
    /// The time that is billed of the sum; of nothing, nothing.
    pub fn time(&self, used: &Usage) -> Exact {
        if used.time.is_zero() { Exact::zero() } else { self.sum.exact(&used.time) }
    }
}
