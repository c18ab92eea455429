//! Envoy's default access log, and Istio's, as text and as JSON.

use super::{Kind, Reading};
use crate::import::field::{
    MILLISECOND, by_status, censored, count, health_check, moment, moment_of, request_line, span, span_of, text,
};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "envoy-default",
    also: &[],
    family: "envoy",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| head.lines().take(50).any(|line| Fields::of(line).is_some_and(|f| f.numbers().is_some())),
    begin: |_, _, found| begin(found),
};

pub(super) const JSON: Kind = Kind {
    name: "envoy-json",
    also: &[],
    family: "envoy-json",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.has(&["start_time", "response_code", "duration"]),
    begin: |_, _, found| begin(found),
};

fn begin(found: &mut Found) -> Box<dyn Reading> {
    found.stamp = Some(Stamp::Start);
    found.bytes_in_format = true;
    found.service_field = Some("%DURATION% (ms): start to the last byte sent");
    found.note("bytes are those sent, of the body only");
    Box::new(Envoy { sides: std::collections::HashMap::new() })
}

/// The most calls whose other side is waited for.
const REMEMBERED: usize = 100_000;

struct Envoy {
    /// Which side of a call was seen first, by its request id.
    sides: std::collections::HashMap<String, Side>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Caller,
    Callee,
}

/// `[time] "request" code flags …`, split at its first quotes.
struct Fields<'a> {
    time: &'a str,
    request: &'a str,
    rest: &'a str,
}

impl<'a> Fields<'a> {
    fn of(line: &'a [u8]) -> Option<Fields<'a>> {
        let line = std::str::from_utf8(line).ok()?;
        let (time, rest) = line.get(line.find('[')? + 1..)?.split_once("] \"")?;
        // A path may hold a bare quote: the request ends where a code follows.
        let end = rest.match_indices("\" ").map(|(at, _)| at).find(|at| {
            let code = rest[at + 2..].split(' ').next().unwrap_or_default();
            !code.is_empty() && code.len() <= 3 && code.bytes().all(|b| b.is_ascii_digit())
        })?;
        moment_of(time).filter(|_| time.contains('T'))?;
        Some(Fields { time, request: &rest[..end], rest: &rest[end + 2..] })
    }

    /// Code, flags, bytes sent, duration. Istio has three more words before the bytes, one of them in quotes.
    fn numbers(&self) -> Option<(u16, &'a str, u64, &'a str)> {
        let mut words = self.rest.split(' ');
        let (code, flags) = (words.next()?.parse().ok()?, words.next()?);
        let all: Vec<&str> = words.collect();
        let plain = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
        let at = (0..all.len().min(12)).find(|i| all[*i..].iter().take(3).filter(|w| plain(w)).count() == 3)?;
        Some((code, flags, all[at + 1].parse().ok()?, all[at + 2]))
    }

    fn side(&self) -> Option<Side> {
        match () {
            () if self.rest.contains(" outbound|") => Some(Side::Caller),
            () if self.rest.contains(" inbound|") => Some(Side::Callee),
            () => None,
        }
    }

    /// The fields in quotes from the first number on: forwarded for, agent, request id, authority, upstream.
    fn quoted(&self) -> Vec<&'a str> {
        self.rest.split('"').skip(1).step_by(2).collect()
    }
}

impl Envoy {
    /// Whether a call was seen before from its other side.
    fn is_other_side(&mut self, id: &str, side: Option<Side>) -> bool {
        let Some(side) = side.filter(|_| id.len() > 4) else { return false };
        if self.sides.len() >= REMEMBERED {
            self.sides.clear();
        }
        match self.sides.get(id) {
            Some(first) => *first != side,
            None => {
                self.sides.insert(id.into(), side);
                false
            }
        }
    }

    fn line(&mut self, line: &[u8], number: u64, found: &mut Found) {
        let Some(fields) = Fields::of(line) else { return found.drop(number, "not a line of the access log") };
        let Some((status, flags, bytes, duration)) = fields.numbers() else {
            return found.drop(number, "cut off or malformed");
        };
        let Some((method, target)) = request_line(fields.request.as_bytes()) else {
            return found.drop(number, format!("no HTTP request (TCP or bad request), flags {flags}"));
        };
        let quoted = fields.quoted();
        if quoted.iter().any(|id| self.is_other_side(id, fields.side().filter(|_| is_id(id)))) {
            return found.drop(number, "the same call, seen from its other side-car");
        }
        let cut = flags.split(',').any(|flag| flag == "DC");
        let probe = quoted.iter().find_map(|agent| health_check(agent.as_bytes()));
        found.take(
            &Request {
                stamp: moment_of(fields.time),
                start: None,
                service: span_of(duration, MILLISECOND),
                bytes: Some(bytes),
                method,
                target,
                status,
                optional: if cut { Some("stream cut by the client (DC)") } else { probe.or_else(|| by_status(status)) },
                censored: cut || censored(status),
            },
            number,
        );
    }
}

/// Whether a word is a request id: a UUID.
fn is_id(word: &str) -> bool {
    word.len() == 36 && word.bytes().filter(|b| *b == b'-').count() == 4
}

impl Reading for Envoy {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let value = match item {
            Item::Line(line) => return self.line(line, number, found),
            Item::Json(value) => value,
            Item::Row(_) => return,
        };
        let Some(stamp) = moment(&value["start_time"]) else {
            return found.drop(number, "not a line of the access log");
        };
        let flags = value["response_flags"].as_str().unwrap_or_default();
        let path = text(&value["path"]).or_else(|| text(&value["x_envoy_original_path"]));
        let (Some(method), Some(path)) = (text(&value["method"]), path) else {
            return found.drop(number, format!("no HTTP request (TCP or bad request), flags {flags}"));
        };
        let cluster = value["upstream_cluster"].as_str().unwrap_or_default();
        let side = if cluster.starts_with("outbound|") {
            Some(Side::Caller)
        } else {
            cluster.starts_with("inbound|").then_some(Side::Callee)
        };
        if self.is_other_side(value["request_id"].as_str().unwrap_or_default(), side) {
            return found.drop(number, "the same call, seen from its other side-car");
        }
        let status = count(&value["response_code"]).unwrap_or(0) as u16;
        let cut = flags.split(',').any(|flag| flag == "DC");
        let agent = value["user_agent"].as_str().unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: span(&value["duration"], MILLISECOND),
                bytes: count(&value["bytes_sent"]),
                method: method.as_bytes(),
                target: path.as_bytes(),
                status,
                optional: if cut {
                    Some("stream cut by the client (DC)")
                } else {
                    health_check(agent.as_bytes()).or_else(|| by_status(status))
                },
                censored: cut || censored(status),
            },
            number,
        );
    }
}
