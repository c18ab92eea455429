//! Access logs of AWS's Application Load Balancer.

use super::{Kind, Reading};
use crate::import::field::{SECOND, by_status, censored, health_check, moment_of, request_line, span_of};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "alb",
    also: &[],
    family: "alb",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| head.lines().take(20).any(|line| fields(line).is_some_and(|f| moment_of(f[1]).is_some())),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::End);
        found.bytes_in_format = true;
        found.service_field = Some("request + target + response_processing_time (s); -1 = unknown");
        found.note("arrival = request_creation_time where the line has it, else the stamp less the three times");
        found.note("bytes are sent_bytes, headers included; delivery of these logs is best effort");
        Box::new(Alb)
    },
};

const TYPES: [&str; 7] = ["http", "https", "h2", "grpcs", "grpc", "ws", "wss"];

struct Alb;

/// The fields of a line, quotes taken off; `None` where it is none of these.
fn fields(line: &[u8]) -> Option<Vec<&str>> {
    let mut rest = std::str::from_utf8(line).ok()?.trim();
    let mut fields = Vec::with_capacity(32);
    while !rest.is_empty() {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        fields.push(field);
        rest = after.trim_start();
    }
    (fields.len() >= 13 && TYPES.contains(&fields[0])).then_some(fields)
}

impl Reading for Alb {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Line(line) = item else { return };
        let Some(fields) = fields(line) else { return found.drop(number, "cut off or malformed") };
        let Some(stamp) = moment_of(fields[1]) else { return found.drop(number, "cut off or malformed: no time") };
        let Some((method, target)) = request_line(fields[12].as_bytes()) else {
            return found.drop(number, format!("malformed request, status {}", fields[8]));
        };
        let parts: Option<Vec<i64>> = fields[5..8].iter().map(|text| span_of(text, SECOND)).collect();
        let status = fields[8].parse().unwrap_or(0);
        let web_socket = fields[0].starts_with("ws").then_some("websocket: the time is the connection's");
        let actions = fields.get(22).copied().unwrap_or_default();
        let before =
            actions.contains("redirect") || actions.contains("fixed-response") || actions == "waf" && status == 403;
        let agent = fields.get(13).copied().unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: fields.get(21).and_then(|text| moment_of(text)),
                service: parts.map(|parts| parts.iter().sum()),
                bytes: fields[11].parse().ok(),
                method,
                target,
                status,
                optional: web_socket
                    .or_else(|| by_status(status))
                    .or_else(|| health_check(agent.as_bytes()))
                    .or(before.then_some("answered by the balancer itself")),
                censored: web_socket.is_some() || censored(status),
            },
            number,
        );
    }
}
