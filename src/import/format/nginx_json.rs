//! nginx's log in JSON: whatever its `log_format` names, by the names that people give.

use super::{Kind, Reading};
use crate::import::field::{SECOND, by_status, censored, count, health_check, moment, request_line, span, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use serde_json::Value;

pub(super) const KIND: Kind = Kind {
    name: "nginx-json",
    also: &[],
    family: "nginx-json",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        head.any(|v| {
            let status = first(v, &STATUS).is_some();
            status && first(v, &TIME).is_some() && (first(v, &REQUEST).is_some() || first(v, &PATH).is_some())
        })
    },
    begin: |_, _, found| {
        found.stamp = Some(Stamp::End);
        found.service_field = Some("request_time (s)");
        found.note("nginx writes a line, and its time, when the request has ended");
        Box::new(NginxJson)
    },
};

const TIME: [&str; 8] = ["msec", "time_iso8601", "time_local", "time", "timestamp", "@timestamp", "ts", "date"];
const STATUS: [&str; 4] = ["status", "response_status", "status_code", "code"];
const REQUEST: [&str; 2] = ["request", "request_line"];
const PATH: [&str; 6] = ["request_uri", "uri", "path", "url", "request_path", "document_uri"];
const METHOD: [&str; 3] = ["request_method", "method", "verb"];
const BYTES: [&str; 6] = ["body_bytes_sent", "bytes_sent", "bytes", "size", "response_size", "response_bytes"];
const SERVICE: [&str; 4] = ["request_time", "rt", "response_time", "upstream_response_time"];
const AGENT: [&str; 4] = ["http_user_agent", "user_agent", "agent", "useragent"];

struct NginxJson;

/// The first of several keys that says something.
fn first<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    let nested = value.get("nginx").or_else(|| value.get("request").filter(|r| r.is_object()));
    let inner = |key: &&str| value.get(*key).or_else(|| nested.and_then(|n| n.get(*key)));
    keys.iter().filter_map(inner).find(|v| text(v).is_some())
}

/// The times of all tries together: `0.100, 0.210` and `1.000 : 0.004`.
fn tries(value: &Value) -> Option<i64> {
    let text = text(value)?;
    let parts = text.split([',', ':']).map(|part| span(&Value::String(part.trim().into()), SECOND));
    parts.flatten().reduce(|a, b| a.saturating_add(b))
}

impl Reading for NginxJson {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let Some(stamp) = first(&value, &TIME).and_then(moment) else {
            return found.drop(number, "no time: not a line of the access log");
        };
        let line = first(&value, &REQUEST).and_then(text);
        let status = first(&value, &STATUS).and_then(count).unwrap_or(0) as u16;
        let method = first(&value, &METHOD).and_then(text);
        let path = first(&value, &PATH).and_then(text);
        let (method, target) = match (&line, &method, &path) {
            (Some(line), ..) => match request_line(line.as_bytes()) {
                Some(both) => both,
                None => return found.drop(number, format!("no HTTP request line (not HTTP, status {status})")),
            },
            (None, Some(method), Some(path)) => (method.as_bytes(), path.as_bytes()),
            _ => return found.drop(number, format!("no HTTP request line (empty, status {status})")),
        };
        let agent = first(&value, &AGENT).and_then(text).unwrap_or_default();
        let bytes = first(&value, &BYTES).and_then(count);
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: first(&value, &SERVICE).and_then(tries),
                bytes,
                method,
                target,
                status,
                optional: health_check(agent.as_bytes()).or_else(|| by_status(status)),
                censored: censored(status),
            },
            number,
        );
    }
}
