//! Simulated time: integer nanoseconds since the simulation began (a Monday at 00:00).

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// Nanoseconds in a second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// One minute.
pub const MINUTE: Span = Span(60 * NANOS_PER_SECOND);
/// One hour.
pub const HOUR: Span = Span(3_600 * NANOS_PER_SECOND);
/// A month as the contract counts it: 730 hours.
pub const MONTH: Span = Span(730 * HOUR.0);
/// A year as the contract counts it: 8,760 hours.
pub const YEAR: Span = Span(8_760 * HOUR.0);

/// A length of time in nanoseconds; at most 2^62 ns (about 146 years), so that sums cannot overflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(pub u64);

/// A moment of simulated time, in nanoseconds from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

impl Span {
    /// The longest length of time that can be written: 2^62 ns.
    pub const MAX: Span = Span(1 << 62);

    /// The length in seconds.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// The nearest whole number of nanoseconds to so many seconds; negative counts as none.
    pub fn from_seconds(seconds: f64) -> Span {
        Span((seconds * NANOS_PER_SECOND as f64).round() as u64)
    }
}

impl Time {
    /// The moment in seconds from the start.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / NANOS_PER_SECOND as f64
    }

    /// How long after `earlier` this moment is; nothing where it is not after it.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Time> for Time {
    type Output = Span;
    fn sub(self, earlier: Time) -> Span {
        self.since(earlier)
    }
}

impl Add for Span {
    type Output = Span;
    fn add(self, other: Span) -> Span {
        Span(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        *self = *self + other;
    }
}

impl fmt::Display for Span {
    /// The largest unit in which the number is at least one: "1.5 s", "20 ms", "7 days".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 6] = [
            (86_400 * NANOS_PER_SECOND, "days"),
            (3_600 * NANOS_PER_SECOND, "h"),
            (60 * NANOS_PER_SECOND, "min"),
            (NANOS_PER_SECOND, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
        ];
        for (size, name) in UNITS {
            if self.0 >= size {
                let value = (self.0 as f64 / size as f64 * 1e4).round() / 1e4;
                return write!(f, "{value} {name}");
            }
        }
        write!(f, "{} ns", self.0)
    }
}
