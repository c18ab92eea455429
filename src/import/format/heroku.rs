//! Lines of Heroku's router, as `heroku logs` and log drains give them.

use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, SECOND, moment_of, timed};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "heroku-router",
    also: &[],
    family: "heroku",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| head.lines().take(100).any(|line| router(line).is_some()),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::End);
        found.bytes_in_format = true;
        found.service_field = Some("connect + service (ms)");
        found.note("H12: the router gives up after 30 s and the dyno works on: its true time is longer");
        Box::new(Heroku)
    },
};

struct Heroku;

/// The time and the pairs of a line of the router: `TIME heroku[router]: …`, or a drain's `… heroku router - - …`.
fn router(line: &[u8]) -> Option<(i64, &str)> {
    let line = std::str::from_utf8(line).ok()?;
    let (before, pairs) = line
        .split_once(" heroku[router]: ")
        .or_else(|| line.split_once(" heroku router - - "))
        .or_else(|| line.split_once(" heroku router - "))?;
    let mut words = before.split(' ').rev();
    words.find_map(|word| moment_of(word).filter(|_| word.contains('-'))).map(|time| (time, pairs))
}

/// The value of a key: bare, in quotes, or empty.
fn value<'a>(pairs: &'a str, key: &str) -> Option<&'a str> {
    let mut rest = pairs.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, following) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(' ').unwrap_or((after, "")),
        };
        if name.trim() == key {
            return Some(value).filter(|v| !v.is_empty());
        }
        rest = following.trim_start();
    }
    None
}

impl Reading for Heroku {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Line(line) = item else { return };
        let Some((stamp, pairs)) = router(line) else { return found.drop(number, "not the router's line") };
        let (Some(method), Some(path)) = (value(pairs, "method"), value(pairs, "path")) else {
            return found.drop(number, "cut off or malformed: no method or path");
        };
        let time = |key| value(pairs, key).and_then(|text| timed(text, MILLISECOND));
        let code = value(pairs, "code");
        let service = match (time("connect"), time("service")) {
            (connect, Some(service)) => Some(connect.unwrap_or(0) + service),
            (_, None) if code == Some("H12") => Some(30 * SECOND),
            _ => None,
        };
        let gave_up = matches!(code, Some("H27")) || value(pairs, "status") == Some("499");
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service,
                bytes: value(pairs, "bytes").and_then(|text| text.parse().ok()),
                method: method.as_bytes(),
                target: path.as_bytes(),
                status: value(pairs, "status").and_then(|text| text.parse().ok()).unwrap_or(0),
                optional: gave_up.then_some("client gave up"),
                censored: gave_up || code.is_some_and(|c| c.starts_with('H')),
            },
            number,
        );
    }
}
