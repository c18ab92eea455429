//! Request logs of Google's Cloud Run (and whatever else writes `httpRequest` to Cloud Logging).

use super::{Kind, Reading};
use crate::import::field::{SECOND, by_status, censored, count, health_check, moment, text, timed};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use std::collections::{HashSet, VecDeque};

pub(super) const KIND: Kind = Kind {
    name: "cloud-run-json",
    also: &[],
    family: "cloud-run",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.has(&["httpRequest", "timestamp"]) || head.mentions(&["\"logName\"", "\"httpRequest\""]),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::Start);
        found.bytes_in_format = true;
        found.service_field = Some("httpRequest.latency (s)");
        found.note("latency holds the wait for a cold start; 429 and 500 without an instance were never served");
        Box::<CloudRun>::default()
    },
};

/// The most entries among which doubled ones are looked for.
const REMEMBERED: usize = 200_000;

#[derive(Default)]
struct CloudRun {
    met: HashSet<(String, i64)>,
    order: VecDeque<(String, i64)>,
}

impl CloudRun {
    fn is_new(&mut self, key: (String, i64)) -> bool {
        if !self.met.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.met.remove(&oldest);
        }
        true
    }
}

impl Reading for CloudRun {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let request = &value["httpRequest"];
        let log = value["logName"].as_str().unwrap_or_default();
        let other = log.ends_with("%2Fstdout")
            || log.ends_with("%2Fstderr")
            || log.ends_with("/stdout")
            || log.ends_with("/stderr");
        let (Some(url), false) = (text(&request["requestUrl"]), other) else {
            return found.drop(number, "not a request entry");
        };
        let Some(stamp) = moment(&value["timestamp"]) else { return found.drop(number, "no timestamp") };
        if let Some(id) = text(&value["insertId"])
            && !self.is_new((id, stamp))
        {
            return found.drop(number, "same insertId and timestamp again");
        }
        let status = count(&request["status"]).unwrap_or(0) as u16;
        let method = text(&request["requestMethod"]).unwrap_or_default();
        let agent = request["userAgent"].as_str().unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: text(&request["latency"]).and_then(|t| timed(&t, SECOND)),
                bytes: count(&request["responseSize"]),
                method: method.as_bytes(),
                target: url.as_bytes(),
                status,
                optional: health_check(agent.as_bytes()).or_else(|| by_status(status)),
                censored: censored(status),
            },
            number,
        );
    }
}
