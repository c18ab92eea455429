//! How the times of a column are to be read: their unit, their zone.

use super::moment::{decimal, epoch_unit, parse_dated};
use super::timestamp::parse_seconds;
use jiff::tz::TimeZone;

/// A clock that a column of times follows.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// Nanoseconds in one of a plain number, where the header says so.
    unit: Option<i64>,
    zone: Option<TimeZone>,
    last: i64,
}

/// A plain number as large as this counts since 1970 in less than seconds: in seconds it is the year 5138.
const NOT_SECONDS: u64 = 100_000_000_000;

impl Clock {
    /// The clock of a column of this name.
    pub(super) fn of(header: Option<&str>, zone: Option<TimeZone>) -> Clock {
        Clock { unit: header.and_then(unit_of), zone, last: i64::MIN }
    }

    /// Nanoseconds of a moment, since 1970 where it has a date. Where a wall clock is set back, an hour comes twice:
    /// the second of the two is meant where the first would be before the last moment read.
    pub(super) fn read(&mut self, text: &str) -> Option<i64> {
        let time = match parse_dated(text.as_bytes()) {
            Some(dated) => match (&self.zone, dated.offset) {
                (Some(zone), None) => in_zone(dated.nanoseconds, zone, self.last)?,
                _ => dated.nanoseconds,
            },
            None => self.number(text)?,
        };
        self.last = time;
        Some(time)
    }

    fn number(&self, text: &str) -> Option<i64> {
        if let Some(unit) = self.unit {
            return decimal(text, unit);
        }
        let whole = text.split('.').next().unwrap_or(text);
        match whole.parse::<i64>() {
            Ok(value) if value.unsigned_abs() >= NOT_SECONDS => decimal(text, epoch_unit(value)),
            _ => parse_seconds(text),
        }
    }

    /// How far the wall clock of a moment is ahead of UTC, in seconds: by what the text says, or by the zone.
    pub(super) fn ahead(&self, text: &str, moment: i64) -> i64 {
        let zoned = || {
            let time = jiff::Timestamp::from_nanosecond(moment.into()).ok()?;
            Some(self.zone.as_ref()?.to_offset(time).seconds())
        };
        let said = parse_dated(text.as_bytes()).and_then(|dated| dated.offset);
        i64::from(said.or_else(zoned).unwrap_or(0))
    }
}

fn in_zone(wall: i64, zone: &TimeZone, last: i64) -> Option<i64> {
    let wall = TimeZone::UTC.to_datetime(jiff::Timestamp::from_nanosecond(wall.into()).ok()?);
    let nanoseconds = |time: jiff::Timestamp| i64::try_from(time.as_nanosecond()).ok();
    let first = nanoseconds(zone.to_ambiguous_timestamp(wall).compatible().ok()?)?;
    let second = nanoseconds(zone.to_ambiguous_timestamp(wall).later().ok()?)?;
    Some(if first <= last && second > last { second } else { first })
}

/// Nanoseconds in one of what a column's name says that it holds: `duration_ms`, `time (us)`, `elapsedMs`.
/// CloudWatch's own fields of Lambda are milliseconds by their documentation.
pub fn unit_of(name: &str) -> Option<i64> {
    if ["@duration", "@billedDuration", "@initDuration"].iter().any(|field| field.eq_ignore_ascii_case(name)) {
        return Some(1_000_000);
    }
    let name = name.trim().trim_end_matches([')', ']']);
    let mut start = name.len();
    for (at, c) in name.char_indices().rev() {
        let camel = c.is_ascii_uppercase() && start < name.len();
        if !c.is_ascii_alphabetic() {
            break;
        }
        start = at;
        if camel || c.is_ascii_uppercase() {
            break;
        }
    }
    if start == 0 {
        return None;
    }
    match name[start..].to_ascii_lowercase().as_str() {
        "ns" | "nanos" | "nanoseconds" => Some(1),
        "us" | "micros" | "microseconds" => Some(1_000),
        "ms" | "msec" | "millis" | "milliseconds" => Some(1_000_000),
        "s" | "sec" | "secs" | "seconds" => Some(1_000_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_units() {
        for (name, unit) in [
            ("duration_ms", Some(1_000_000)),
            ("time (us)", Some(1_000)),
            ("elapsedMs", Some(1_000_000)),
            ("durationMillis", Some(1_000_000)),
            ("latency_seconds", Some(1_000_000_000)),
            ("end.ns", Some(1)),
            ("@duration", Some(1_000_000)),
            ("duration", None),
            ("ms", None),
            ("items", None),
            ("requests", None),
            ("status", None),
        ] {
            assert_eq!(unit_of(name), unit, "{name}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_is_read_in_turn() {
        let mut clock = Clock::of(None, Some(TimeZone::get("Europe/Berlin").unwrap()));
        let read: Vec<i64> = [
            "2025-10-26 01:30",
            "2025-10-26 02:00",
            "2025-10-26 02:30",
            "2025-10-26 02:00",
            "2025-10-26 02:30",
            "2025-10-26 03:00",
        ]
        .iter()
        .map(|text| clock.read(text).unwrap() / 60_000_000_000)
        .collect();
        assert!(read.windows(2).all(|pair| pair[1] - pair[0] == 30), "{read:?}");
    }

    #[test]
    fn unix_times_in_any_unit() {
        let mut clock = Clock::of(Some("arrival"), None);
        assert_eq!(clock.read("1787000000500"), Some(1_787_000_000_500_000_000));
        assert_eq!(clock.read("1787000000.5"), Some(1_787_000_000_500_000_000));
        assert_eq!(clock.read("529"), Some(529_000_000_000));
        assert_eq!(Clock::of(Some("time_ms"), None).read("529"), Some(529_000_000));
    }
}
