//! Fields of records: numbers that may be text, times that may be anything.

use crate::workload::trace::moment::{decimal, epoch_unit, parse_dated, parse_epoch};
use serde_json::Value;

/// Nanoseconds in a second, in a millisecond, in a microsecond.
pub(super) const SECOND: i64 = 1_000_000_000;
pub(super) const MILLISECOND: i64 = 1_000_000;
pub(super) const MICROSECOND: i64 = 1_000;

/// The text of a field, where it is text or a number and not a word for nothing.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_string(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    known(&text).then_some(text)
}

/// Whether a text says something: `-`, `--`, `N/A`, `NaN`, `undefined` and the like are not known.
pub(super) fn known(text: &str) -> bool {
    !matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "-" | "--" | "n/a" | "na" | "nan" | "null" | "none" | "undefined" | "+inf" | "-inf" | "inf"
    )
}

/// A length of time of zero or more in such units, in nanoseconds. Negative is not known.
pub(super) fn span(value: &Value, unit: i64) -> Option<i64> {
    decimal(&text(value)?, unit).filter(|ns| *ns >= 0)
}

/// The same, of a text.
pub(super) fn span_of(text: &str, unit: i64) -> Option<i64> {
    known(text).then(|| decimal(text.trim(), unit)).flatten().filter(|ns| *ns >= 0)
}

/// A length of time with its unit: `0.043211s`, `18ms`, `1m30s`, `109µs`. A plain number has the unit given.
pub(super) fn timed(text: &str, plain: i64) -> Option<i64> {
    let mut rest = text.trim();
    let mut sum: i64 = 0;
    if rest.is_empty() || rest.starts_with('-') {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let word = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, following) = after.split_at(word);
        let unit = match unit.trim() {
            "" => plain,
            "ns" => 1,
            "us" | "µs" | "μs" => MICROSECOND,
            "ms" => MILLISECOND,
            "s" | "sec" | "seconds" => SECOND,
            "m" | "min" => 60 * SECOND,
            "h" => 3600 * SECOND,
            _ => return None,
        };
        sum = sum.checked_add(decimal(number, unit)?)?;
        rest = following;
    }
    Some(sum)
}

/// A moment: a date, or a Unix time in whatever unit its size tells. Without an offset it is read as UTC.
pub(super) fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.checked_mul(epoch_unit(whole)),
            None => parse_epoch(number.to_string().as_bytes()),
        },
        Value::String(text) => moment_of(text),
        _ => None,
    }
}

/// The same, of a text.
pub(super) fn moment_of(text: &str) -> Option<i64> {
    parse_dated(text.as_bytes()).map(|dated| dated.nanoseconds).or_else(|| parse_epoch(text.as_bytes()))
}

/// A whole number of zero or more.
pub(super) fn count(value: &Value) -> Option<u64> {
    let text = text(value)?;
    text.parse().ok().or_else(|| text.parse::<f64>().ok().filter(|v| *v >= 0.0 && *v < 9e15).map(|v| v as u64))
}

/// A number.
pub(super) fn number(value: &Value) -> Option<f64> {
    text(value)?.parse().ok().filter(|v: &f64| v.is_finite())
}

/// Method and target of a request line: `GET /a HTTP/1.1`, or one of HTTP/0.9 without its last word.
pub(super) fn request_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = memchr::memchr(b' ', line)?;
    let (method, rest) = (&line[..blank], &line[blank + 1..]);
    let protocol = memchr::memrchr(b' ', rest).filter(|at| rest[at + 1..].starts_with(b"HTTP/"));
    let target = &rest[..protocol.unwrap_or(rest.len())];
    let letters = !method.is_empty()
        && method.len() <= 20
        && method.iter().all(|b| b.is_ascii_uppercase() || *b == b'-' || *b == b'_');
    let proper = letters && method != b"-" && !target.is_empty() && target != b"-";
    proper.then_some((method, target))
}

/// What a request is besides a user's: a health check, by its agent.
pub(super) fn health_check(agent: &[u8]) -> Option<&'static str> {
    const PROBES: [&[u8]; 7] = [
        b"kube-probe",
        b"ELB-HealthChecker",
        b"GoogleHC",
        b"Amazon-Route53-Health",
        b"HealthCheck",
        b"HealthChecker",
        b"UptimeRobot",
    ];
    PROBES.iter().any(|probe| memchr::memmem::find(agent, probe).is_some()).then_some("health check")
}

/// What a status says of whether a request was a user's, answered by the server.
pub(super) fn by_status(status: u16) -> Option<&'static str> {
    match status {
        101 => Some("websocket: the time is the connection's"),
        499 => Some("client gave up (499)"),
        460 => Some("client gave up (460)"),
        _ => None,
    }
}

/// Whether a status tells that the time is not how long serving takes.
pub(super) fn censored(status: u16) -> bool {
    matches!(status, 101 | 408 | 460 | 499 | 504)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        assert_eq!(timed("0.043211s", 1), Some(43_211_000));
        assert_eq!(timed("18ms", 1), Some(18_000_000));
        assert_eq!(timed("1m30s", 1), Some(90 * SECOND));
        assert_eq!(timed("5", MILLISECOND), Some(5_000_000));
        assert_eq!(timed("1.5µs", 1), Some(1_500));
        for wrong in ["", "-1", "abc", "1x", "s"] {
            assert_eq!(timed(wrong, 1), None, "{wrong}");
        }
    }

    #[test]
    fn request_lines() {
        assert_eq!(request_line(b"GET /a b HTTP/1.1"), Some((&b"GET"[..], &b"/a b"[..])));
        assert_eq!(request_line(b"GET /old"), Some((&b"GET"[..], &b"/old"[..])));
        for wrong in [&b"-"[..], b"", b"\\x16\\x03", b"- - HTTP/1.1", b"<BADREQ>", b"- http://a:80- ", b"get /"] {
            assert_eq!(request_line(wrong), None);
        }
    }
}
