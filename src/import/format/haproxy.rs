//! HAProxy's `option httplog`, behind a head of syslog.

use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, by_status, censored, request_line, span_of};
use crate::import::found::{Found, Request, Stamp, in_zone};
use crate::import::item::{Item, Shape};
use crate::workload::trace::moment::parse_dated;

pub(super) const KIND: Kind = Kind {
    name: "haproxy-http",
    also: &[],
    family: "haproxy",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| head.lines().take(100).any(|line| fields(line).is_some_and(|f| f.timers.len() == 5)),
    begin: |_, options, found| {
        found.stamp = Some(Stamp::Start);
        found.bytes_in_format = true;
        found.service_field =
            Some("Ta (ms): first byte of the request to the end; +n with logasap: not finished, unknown");
        found.note("the time in brackets is local and has no zone: say it with --zone; read as UTC without");
        found.note("read as of HAProxy 1.7 and later (TR/Tw/Tc/Tr/Ta); before, the time was of the connection");
        Box::new(Haproxy { zone: options.zone.clone() })
    },
};

struct Haproxy {
    zone: Option<jiff::tz::TimeZone>,
}

struct Fields<'a> {
    stamp: &'a str,
    timers: Vec<&'a str>,
    /// Status, bytes, and what follows.
    rest: Vec<&'a str>,
    request: Option<&'a str>,
}

/// The fields after `[time]`; `None` where there is no such time followed by timers.
fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    let mut from = 0;
    let (open, close) = loop {
        let open = from + line.get(from..)?.find('[')?;
        let close = open + line[open..].find(']')?;
        if parse_dated(&line.as_bytes()[open + 1..close]).is_some() {
            break (open, close);
        }
        from = open + 1;
    };
    let after = line[close + 1..].trim_start();
    let (head, request) = match after.split_once('"') {
        Some((head, request)) => (head, Some(request.strip_suffix('"').unwrap_or(request))),
        None => (after, None),
    };
    let mut words = head.split(' ').filter(|word| !word.is_empty());
    let (_frontend, _backend, timers) = (words.next()?, words.next()?, words.next()?);
    let timers: Vec<&str> = timers.split('/').collect();
    let whole = timers.len() >= 3 && timers.iter().all(|t| t.trim_start_matches(['+', '-']).parse::<u64>().is_ok());
    whole.then(|| Fields { stamp: &line[open + 1..close], timers, rest: words.collect(), request })
}

impl Reading for Haproxy {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Line(line) = item else { return };
        let Some(fields) = fields(line) else { return found.drop(number, "not a traffic line") };
        if fields.timers.len() != 5 {
            return found.drop(number, "a connection of TCP, no HTTP request");
        }
        let Some(dated) = parse_dated(fields.stamp.as_bytes()) else { return found.drop(number, "not a traffic line") };
        let stamp = match (&self.zone, dated.offset) {
            (Some(zone), None) => in_zone(dated.nanoseconds, zone),
            _ => dated.nanoseconds,
        };
        let status = fields.rest.first().and_then(|s| s.parse().ok()).unwrap_or(0);
        let Some((method, target)) = fields.request.and_then(|r| request_line(r.as_bytes())) else {
            let what = fields.request.map_or("cut off".into(), |r| format!("{r}, status {status}"));
            return found.drop(number, what);
        };
        // `CD`: the client went away.
        let gave_up =
            fields.rest.iter().any(|word| word.len() == 4 && (word.starts_with("CD") || word.starts_with("CH")));
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: span_of(fields.timers[4], MILLISECOND).filter(|_| !fields.timers[4].starts_with('+')),
                bytes: fields.rest.get(1).and_then(|b| b.trim_start_matches('+').parse().ok()),
                method,
                target,
                status,
                optional: if gave_up { Some("client gave up") } else { by_status(status) },
                censored: gave_up || censored(status),
            },
            number,
        );
    }
}
