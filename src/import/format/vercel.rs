//! Vercel's log drain: several entries a request, of which one counts.

use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, by_status, censored, health_check, moment, span_of, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

pub(super) const KIND: Kind = Kind {
    name: "vercel-drain",
    also: &[],
    family: "vercel",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        head.any(|v| v["proxy"]["timestamp"].is_number() && v.get("source").is_some())
            || head.has(&["source", "deploymentId", "requestId"])
    },
    begin: |_, _, found| {
        found.stamp = Some(Stamp::Start);
        found.service_field = Some("Duration in the REPORT text, where there is one (ms)");
        found.note("one request may give several entries: each requestId is counted once");
        found.note("statusCode -1: the function gave no answer");
        Box::<Vercel>::default()
    },
};

/// The most requests whose further entries are waited for.
const REMEMBERED: usize = 100_000;

#[derive(Default)]
struct Vercel {
    /// Requests met, and whether their time is known.
    met: HashMap<String, bool>,
    order: VecDeque<String>,
}

impl Vercel {
    /// Remembers a request; what was known of it, where it was met before.
    fn remember(&mut self, id: &str, timed: bool) -> Option<bool> {
        if let Some(known) = self.met.get_mut(id) {
            return Some(std::mem::replace(known, *known || timed));
        }
        self.met.insert(id.into(), timed);
        self.order.push_back(id.into());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.met.remove(&oldest);
        }
        None
    }
}

/// The time that a function's own report tells.
fn duration(message: &Value) -> Option<i64> {
    let text = message.as_str()?;
    let report = &text[text.find("REPORT RequestId")?..];
    let after = &report[report.find(" Duration: ").or_else(|| report.find("\tDuration: "))? + 11..];
    span_of(after.split_whitespace().next()?, MILLISECOND)
}

impl Reading for Vercel {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let proxy = &value["proxy"];
        let Some(stamp) = moment(&proxy["timestamp"]) else {
            return found.drop(number, "no proxy object: a function's own output or a build line");
        };
        let service = duration(&value["message"]);
        if let Some(id) = text(&value["requestId"])
            && let Some(was_timed) = self.remember(&id, service.is_some())
        {
            if let (false, Some(service)) = (was_timed, service) {
                found.add_service(service);
            }
            let source = value["source"].as_str().unwrap_or_default();
            return found.drop(number, format!("second entry of the same requestId ({source})"));
        }
        let status = proxy["statusCode"]
            .as_i64()
            .or(value["statusCode"].as_i64())
            .and_then(|s| u16::try_from(s).ok())
            .unwrap_or(0);
        let path = text(&proxy["path"]).or_else(|| text(&value["path"])).unwrap_or_default();
        let method = text(&proxy["method"]).unwrap_or_default();
        let agent = proxy["userAgent"].as_array().and_then(|a| a.first()).and_then(Value::as_str).unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service,
                bytes: None,
                method: method.as_bytes(),
                target: path.as_bytes(),
                status,
                optional: health_check(agent.as_bytes()).or_else(|| by_status(status)),
                censored: censored(status),
            },
            number,
        );
    }
}
