//! Dates as logs write them: RFC 3339 and its variants, the common log format's, Unix times.

use crate::units::days_since_1970;

/// A date with its time, in nanoseconds since 1970 (UTC), and whether it said its offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Nanoseconds since 1970, of the text read as UTC where it gives no offset.
    pub nanoseconds: i64,
    /// Seconds east of Greenwich, where the text says so.
    pub offset: Option<i32>,
}

const SECOND: i64 = 1_000_000_000;
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// A text being read from its beginning.
struct Cursor<'a>(&'a [u8]);

impl Cursor<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let length = self.0.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if length < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(digits.iter().fold(0, |sum, b| sum * 10 + i64::from(b - b'0')))
    }

    fn take(&mut self, any: &[u8]) -> Option<u8> {
        let first = *self.0.first().filter(|b| any.contains(b))?;
        self.0 = &self.0[1..];
        Some(first)
    }

    /// The fraction of a second after a point or comma, in nanoseconds; 0 where there is none.
    fn fraction(&mut self) -> Option<i64> {
        if self.take(b".,").is_none() {
            return Some(0);
        }
        let length = self.0.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let value = (0..9).fold(0, |sum, i| sum * 10 + i64::from(digits.get(i).map_or(0, |b| b - b'0')));
        (length > 0).then_some(value)
    }

    fn clock(&mut self) -> Option<i64> {
        let hour = self.digits(1, 2).filter(|h| *h < 24)?;
        self.take(b":")?;
        let minute = self.digits(2, 2).filter(|m| *m < 60)?;
        let mut nanoseconds = 0;
        if self.take(b":").is_some() {
            let second = self.digits(2, 2).filter(|s| *s <= 60)?;
            nanoseconds = second * SECOND + self.fraction()?;
        }
        Some((hour * 60 + minute) * 60 * SECOND + nanoseconds)
    }

    /// `Z`, `UTC`, `GMT`, `+0200`, `+02:00`, `+02`, perhaps after blanks; `Some(None)` where nothing follows.
    fn offset(&mut self) -> Option<Option<i32>> {
        while self.take(b" ").is_some() {}
        let named = [&b"UTC"[..], b"GMT", b"Z", b"z"].into_iter().find(|name| self.0.starts_with(name));
        self.0 = &self.0[named.map_or(0, <[u8]>::len)..];
        if self.0.is_empty() {
            return Some(named.map(|_| 0));
        }
        let sign = if self.take(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2, 2).filter(|h| *h <= 18)?;
        self.take(b":");
        let minutes = if self.0.is_empty() { 0 } else { self.digits(2, 2).filter(|m| *m < 60)? };
        self.0.is_empty().then_some(Some(sign * (hours * 60 + minutes) as i32 * 60))
    }
}

/// Reads a date with a time (or a date alone): `2026-03-02T06:25:03.5Z`, `2026-03-02 06:25`, with or without an
/// offset, and `02/Mar/2026:06:25:03 +0100`. `None` for anything else, days that no month has among it.
pub fn parse_dated(text: &[u8]) -> Option<Dated> {
    let mut cursor = Cursor(text.trim_ascii());
    let (days, clock) = match text.trim_ascii() {
        [_, _, b'/', _, _, _, b'/', ..] => common(&mut cursor)?,
        _ => iso(&mut cursor)?,
    };
    let offset = cursor.offset()?;
    let nanoseconds = days * 86_400 * SECOND + clock - i64::from(offset.unwrap_or(0)) * SECOND;
    Some(Dated { nanoseconds, offset })
}

fn iso(cursor: &mut Cursor<'_>) -> Option<(i64, i64)> {
    let year = cursor.digits(4, 4)?;
    cursor.take(b"-")?;
    let month = cursor.digits(1, 2)?;
    cursor.take(b"-")?;
    let days = days(year, month, cursor.digits(1, 2)?)?;
    let separated = cursor.take(b"Tt ").is_some();
    if !separated && !cursor.0.is_empty() {
        return None;
    }
    Some((days, if separated && !cursor.0.is_empty() { cursor.clock()? } else { 0 }))
}

fn common(cursor: &mut Cursor<'_>) -> Option<(i64, i64)> {
    let day = cursor.digits(2, 2)?;
    cursor.take(b"/")?;
    let (name, rest) = cursor.0.split_at_checked(3)?;
    let month = MONTHS.iter().position(|m| m.as_slice() == name)? as i64 + 1;
    cursor.0 = rest;
    cursor.take(b"/")?;
    let year = cursor.digits(4, 4)?;
    cursor.take(b": ")?;
    Some((days(year, month, day)?, cursor.clock()?))
}

/// `Sun Mar 29 2026 01:59:00 GMT+0100 (a zone's name)`: a browser's text.
pub fn parse_browser(text: &[u8]) -> Option<Dated> {
    let mut words = text.trim_ascii().split(|b| *b == b' ').skip(1);
    let month = words.next().and_then(|word| MONTHS.iter().position(|m| m.as_slice() == word))? as i64 + 1;
    let day = Cursor(words.next()?).digits(1, 2)?;
    let year = Cursor(words.next()?).digits(4, 4)?;
    let clock = Cursor(words.next()?).clock()?;
    let offset = Cursor(words.next().unwrap_or_default()).offset()?;
    let nanoseconds = days(year, month, day)? * 86_400 * SECOND + clock - i64::from(offset.unwrap_or(0)) * SECOND;
    Some(Dated { nanoseconds, offset })
}

/// Days from 1970-01-01; `None` for no such day, and for years whose nanoseconds do not fit.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    (1700..2250).contains(&year).then(|| days_since_1970(year, month, day))?
}

/// Nanoseconds in one unit of a number that counts since 1970, told from its size: seconds until the year 5138,
/// then milli-, micro- and nanoseconds. No such time before 1973 is told from a plain number.
pub fn epoch_unit(value: i64) -> i64 {
    match value.unsigned_abs() {
        0..100_000_000_000 => SECOND,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    }
}

/// Nanoseconds of a Unix time in whatever unit its size tells; fractions are kept exactly.
pub fn parse_epoch(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text.trim_ascii()).ok()?;
    let whole = text.split('.').next().unwrap_or(text);
    if let Ok(value) = whole.parse::<i64>() {
        let unit = epoch_unit(value);
        return decimal(text, unit);
    }
    let value: f64 = text.parse().ok().filter(|v: &f64| v.is_finite())?;
    let nanoseconds = value * epoch_unit(value as i64) as f64;
    (nanoseconds.abs() < 9.2e18).then_some(nanoseconds as i64)
}

/// A decimal number of so many whole parts each, exactly: `decimal("43.25", 1_000_000)` is 43,250,000. Rounded to
/// the nearest where more digits follow; `None` for what is no decimal number.
pub fn decimal(text: &str, unit: i64) -> Option<i64> {
    if text.contains(['e', 'E']) {
        let value = text.parse::<f64>().ok()? * unit as f64;
        return (value.abs() < 9.2e18).then(|| libm::round(value) as i64);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !plain(whole) || !plain(part) || part.len() > 60 {
        return None;
    }
    let part = &part[..part.len().min(12)];
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse::<i64>().ok()?.into() };
    let scale = 10_i128.pow(part.len() as u32);
    let fraction: i128 = if part.is_empty() { 0 } else { part.parse::<i64>().ok()?.into() };
    let value = i64::try_from(whole * i128::from(unit) + (fraction * i128::from(unit) + scale / 2) / scale).ok()?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<i64> {
        parse_dated(text.as_bytes()).map(|d| d.nanoseconds)
    }

    #[test]
    fn one_moment_in_many_hands() {
        let moment = 1_772_432_703 * SECOND;
        for text in [
            "2026-03-02T06:25:03Z",
            "2026-03-02 06:25:03",
            "2026-03-02T07:25:03+01:00",
            "2026-03-02 07:25:03 +0100",
            "2026-03-02T02:55:03-0330",
            "2026-03-02T06:25:03.000000000Z",
            "2026-03-02 06:25:03 UTC",
            "02/Mar/2026:06:25:03 +0000",
            "02/Mar/2026:07:25:03 +0100",
            "02/Mar/2026:06:25:03",
        ] {
            assert_eq!(at(text), Some(moment), "{text}");
        }
        assert_eq!(at("2026-03-02T06:25:03,25Z"), Some(moment + SECOND / 4));
        let browser = parse_browser(b"Mon Mar 02 2026 07:25:03 GMT+0100 (Central European Standard Time)");
        assert_eq!(browser, Some(Dated { nanoseconds: moment, offset: Some(3600) }));
        for wrong in
            ["2026-02-30", "2026-3", "02/Foo/2026:06:25:03 +0000", "2026-03-02T25:00", "20260302", "2026-03-02Z1"]
        {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn unix_times_tell_their_unit() {
        for text in ["1772432703", "1772432703000", "1772432703000000", "1772432703000000000", "1772432703.000"] {
            assert_eq!(parse_epoch(text.as_bytes()), Some(1_772_432_703 * SECOND), "{text}");
        }
        assert_eq!(parse_epoch(b"1772432703.118901"), Some(1_772_432_703_118_901_000));
        assert_eq!(parse_epoch(b"1.7724327e9"), Some(1_772_432_700 * SECOND));
        assert_eq!(decimal("43.25", 1_000_000), Some(43_250_000));
        assert_eq!(decimal("-0.5", 10), Some(-5));
        assert_eq!(decimal("1e-1", 1000), Some(100));
        assert_eq!(decimal("1,2", 1), None);
    }
}
