//! Traefik's access log in JSON.

use super::{Kind, Reading};
use crate::import::field::{by_status, censored, count, health_check, moment, span, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};

pub(super) const KIND: Kind = Kind {
    name: "traefik-json",
    also: &["traefik-clf"],
    family: "traefik",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.any(|v| v.get("DownstreamStatus").is_some() || v.get("StartUTC").is_some()),
    begin: |_, _, found| {
        found.stamp = Some(Stamp::Start);
        found.bytes_in_format = true;
        found.service_field = Some("Duration (ns)");
        found.note("without OriginDuration Traefik answered itself");
        Box::new(Traefik)
    },
};

struct Traefik;

impl Reading for Traefik {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let (Some(method), Some(path)) = (text(&value["RequestMethod"]), text(&value["RequestPath"])) else {
            return found.drop(number, "the server's own log line");
        };
        let service = span(&value["Duration"], 1);
        // Fields may be switched off: the line's own time is of its end.
        let written = || Some(moment(&value["time"])?.saturating_sub(service.unwrap_or(0)));
        let Some(stamp) = moment(&value["StartUTC"]).or_else(|| moment(&value["StartLocal"])).or_else(written) else {
            return found.drop(number, "no time");
        };
        let status = count(&value["DownstreamStatus"]).unwrap_or(0) as u16;
        let agent = value["request_User-Agent"].as_str().unwrap_or_default();
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service,
                bytes: count(&value["DownstreamContentSize"]),
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
