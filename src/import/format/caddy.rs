//! Caddy's access log in JSON.

use super::{Kind, Reading};
use crate::import::field::{SECOND, by_status, censored, count, health_check, moment, text, timed};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "caddy-json",
    also: &[],
    family: "caddy",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.any(|v| v["logger"].as_str().is_some_and(|l| l.starts_with("http.log"))),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::End);
        found.bytes_in_format = true;
        found.service_field = Some("duration (s)");
        found.note("only http.log.access is counted: an error's own line is of the same request");
        Box::new(Caddy)
    },
};

struct Caddy;

impl Reading for Caddy {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let logger = value["logger"].as_str().unwrap_or_default();
        if logger != "http.log.access" && !logger.starts_with("http.log.access.") {
            return found.drop(number, format!("another logger: {logger}"));
        }
        let request = &value["request"];
        let (Some(stamp), Some(method), Some(uri)) =
            (moment(&value["ts"]), text(&request["method"]), text(&request["uri"]))
        else {
            return found.drop(number, "no time, method or uri");
        };
        let status = count(&value["status"]).unwrap_or(0) as u16;
        let agent = &request["headers"]["User-Agent"][0];
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: text(&value["duration"])
                    .and_then(|t| crate::import::field::span_of(&t, SECOND).or_else(|| timed(&t, SECOND))),
                bytes: count(&value["size"]),
                method: method.as_bytes(),
                target: uri.as_bytes(),
                status,
                optional: health_check(agent.as_str().unwrap_or_default().as_bytes()).or_else(|| by_status(status)),
                censored: censored(status),
            },
            number,
        );
    }
}
