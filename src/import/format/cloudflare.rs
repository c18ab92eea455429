//! Cloudflare's Logpush of HTTP requests.

use super::{Kind, Reading};
use crate::import::field::{by_status, censored, count, health_check, moment, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "cloudflare-logpush",
    also: &[],
    family: "cloudflare",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.any(|v| v.get("EdgeStartTimestamp").is_some() || v.get("EdgeEndTimestamp").is_some()),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::Start);
        found.service_field =
            Some("EdgeEndTimestamp - EdgeStartTimestamp; the origin's part is OriginResponseDurationMs");
        found.note("times are RFC 3339, Unix seconds or nanoseconds, as the job was set up: told by their size");
        Box::<Cloudflare>::default()
    },
};

#[derive(Default)]
struct Cloudflare {
    at_the_edge: u64,
}

impl Reading for Cloudflare {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let (start, end) = (moment(&value["EdgeStartTimestamp"]), moment(&value["EdgeEndTimestamp"]));
        let Some(stamp) = start.or(end) else { return found.drop(number, "no time") };
        let source = value["ClientRequestSource"].as_str().unwrap_or_default();
        if source.starts_with("edgeWorker") {
            return found.drop(number, "sub-request of a Worker, not a visitor's");
        }
        let action = value["SecurityAction"].as_str().unwrap_or_default().to_ascii_lowercase();
        let blocked = action.contains("block") || action.contains("challenge");
        let cached = value["CacheCacheStatus"].as_str().unwrap_or_default();
        self.at_the_edge += u64::from(blocked || matches!(cached, "hit" | "stale" | "updating" | "revalidated"));
        let status = count(&value["EdgeResponseStatus"]).unwrap_or(0) as u16;
        let uri = text(&value["ClientRequestURI"]).or_else(|| text(&value["ClientRequestPath"])).unwrap_or_default();
        let method = text(&value["ClientRequestMethod"]).unwrap_or_default();
        let agent = value["ClientRequestUserAgent"].as_str().unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: start.zip(end).and_then(|(start, end)| end.checked_sub(start)).filter(|s| *s >= 0),
                bytes: count(&value["EdgeResponseBytes"]),
                method: method.as_bytes(),
                target: uri.as_bytes(),
                status,
                optional: blocked
                    .then_some("blocked at the edge")
                    .or_else(|| health_check(agent.as_bytes()))
                    .or_else(|| by_status(status)),
                censored: censored(status),
            },
            number,
        );
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        if self.at_the_edge > 0 {
            found.note(format!(
                "{} requests were answered or blocked at the edge and never reached the origin",
                self.at_the_edge
            ));
        }
        Ok(())
    }
}
