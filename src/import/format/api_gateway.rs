//! Access logs of AWS's API Gateway in JSON: `$context` variables, every value text.

use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, by_status, censored, count, health_check, moment, span, text};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape};
use serde_json::Value;

pub(super) const KIND: Kind = Kind {
    name: "api-gateway-json",
    also: &[],
    family: "api-gateway",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        head.any(|v| {
            let time = v.get("requestTimeEpoch").is_some() || v.get("requestTime").is_some();
            time && ["resourcePath", "routeKey", "path", "httpMethod"].iter().any(|key| v.get(key).is_some())
        })
    },
    begin: |_, _, found| {
        found.stamp = Some(Stamp::Start);
        found.service_field = Some("responseLatency (ms); integrationLatency is the back-end's part");
        found.note("429: throttled, never reached the back-end");
        Box::new(ApiGateway)
    },
};

struct ApiGateway;

/// Method and path: a route's key `GET /orders/{id}`, or the resource, or the path as it came.
fn route(value: &Value) -> Option<(String, String)> {
    let method = text(&value["httpMethod"]).or_else(|| text(&value["method"]));
    let resource = text(&value["resourcePath"]);
    let key = text(&value["routeKey"]);
    if let (None, Some(key)) = (&resource, &key) {
        if let Some((method, path)) = key.split_once(' ') {
            return Some((method.into(), path.into()));
        }
        let path = text(&value["path"]).or_else(|| text(&value["rawPath"])).unwrap_or_else(|| key.clone());
        return Some((method.unwrap_or_default(), path));
    }
    let path = resource.or_else(|| text(&value["path"]));
    path.map(|path| (method.unwrap_or_default(), path))
}

impl Reading for ApiGateway {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        let Item::Json(value) = item else { return };
        let time = moment(&value["requestTimeEpoch"]).or_else(|| moment(&value["requestTime"]));
        let (Some(stamp), Some((method, path))) = (time, route(&value)) else {
            return found.drop(number, "no time or no route");
        };
        let status = count(&value["status"]).unwrap_or(0) as u16;
        let agent = value["userAgent"].as_str().unwrap_or_default();
        let service =
            span(&value["responseLatency"], MILLISECOND).or_else(|| span(&value["integrationLatency"], MILLISECOND));
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service,
                bytes: count(&value["responseLength"]),
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
