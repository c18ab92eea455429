//! W3C extended logs: CloudFront's standard log (tabs) and IIS's (blanks), read by the names in `#Fields`.

use super::{Head, Kind, Reading};
use crate::import::field::{MILLISECOND, SECOND, by_status, censored, health_check, known, moment_of, span_of};
use crate::import::found::{Found, Request, Stamp, in_zone};
use crate::import::item::{Item, Shape};
use crate::import::read::ImportOptions;

pub(super) const CLOUDFRONT: Kind = Kind {
    name: "cloudfront",
    also: &[],
    family: "cloudfront",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| has_field(head, "x-edge-location") || has_field(head, "x-edge-result-type"),
    begin: cloudfront,
};

pub(super) const CLOUDFRONT_JSON: Kind = Kind {
    name: "cloudfront",
    also: &[],
    family: "cloudfront-json",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| head.any(|v| v.get("x-edge-result-type").is_some() || v.get("x-edge-location").is_some()),
    begin: cloudfront,
};

pub(super) const IIS: Kind = Kind {
    name: "iis-w3c",
    also: &["w3c"],
    family: "iis",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| has_field(head, "cs-method") || has_field(head, "cs-uri-stem"),
    begin: |_, options, found| {
        found.stamp = Some(Stamp::End);
        found.service_field = Some("time-taken (ms)");
        found.note("UTC, unless the site was set to local time (say it with --zone)");
        Box::new(W3c::new(b' ', "directive", MILLISECOND, options))
    },
};

fn has_field(head: &Head<'_>, name: &str) -> bool {
    head.lines()
        .filter(|line| line.starts_with(b"#Fields:"))
        .any(|line| line.split(|b| b.is_ascii_whitespace()).any(|field| field.eq_ignore_ascii_case(name.as_bytes())))
}

fn cloudfront(_: &Head<'_>, options: &ImportOptions, found: &mut Found) -> Box<dyn Reading> {
    found.stamp = Some(Stamp::End);
    found.bytes_in_format = true;
    found.service_field = Some("time-taken (s), by the edge");
    found.note("date and time are UTC, whole seconds, of the end");
    Box::new(W3c::new(b'\t', "comment", SECOND, options))
}

struct W3c {
    separator: u8,
    comment: &'static str,
    unit: i64,
    zone: Option<jiff::tz::TimeZone>,
    fields: Vec<String>,
    date: String,
    /// Requests by what the edge did with them.
    edge: std::collections::BTreeMap<String, u64>,
}

impl W3c {
    fn new(separator: u8, comment: &'static str, unit: i64, options: &ImportOptions) -> W3c {
        let (zone, fields) = (options.zone.clone(), Vec::new());
        W3c { separator, comment, unit, zone, fields, date: String::new(), edge: std::collections::BTreeMap::new() }
    }

    fn directive(&mut self, line: &str) {
        if let Some(fields) = line.strip_prefix("#Fields:") {
            self.fields = fields.split_whitespace().map(str::to_ascii_lowercase).collect();
        } else if let Some(date) = line.strip_prefix("#Date:") {
            self.date = date.trim().split(' ').next().unwrap_or_default().into();
        }
    }

    fn take<'a>(&mut self, get: &dyn Fn(&str) -> Option<&'a str>, number: u64, found: &mut Found) {
        let date = get("date").unwrap_or(&self.date);
        let stamp = match (get("timestamp(ms)"), get("time")) {
            (Some(text), _) => moment_of(text),
            (None, Some(time)) => moment_of(&format!("{date} {time}")),
            (None, None) => get("timestamp").and_then(moment_of),
        };
        let Some(stamp) = stamp else { return found.drop(number, "cut off or malformed: no time") };
        let stamp = self.zone.as_ref().map_or(stamp, |zone| in_zone(stamp, zone));
        let status: u16 = get("sc-status").and_then(|s| s.parse().ok()).unwrap_or(0);
        if let Some(result) = get("x-edge-result-type") {
            *self.edge.entry(result.into()).or_default() += 1;
        }
        let is_edge = self.comment == "comment";
        let left = is_edge && status == 0;
        let agent = get("cs(user-agent)").unwrap_or_default();
        let optional = if left { Some("viewer closed the connection, status 000") } else { by_status(status) };
        found.take(
            &Request {
                stamp: Some(stamp),
                start: None,
                service: get("time-taken").and_then(|text| span_of(text, self.unit)),
                bytes: get("sc-bytes").and_then(|text| text.parse().ok()),
                method: get("cs-method").unwrap_or_default().as_bytes(),
                target: get("cs-uri-stem").unwrap_or_default().as_bytes(),
                status,
                optional: optional.or_else(|| health_check(agent.as_bytes())),
                censored: left || censored(status),
            },
            number,
        );
    }
}

impl Reading for W3c {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        match item {
            Item::Line(line) => {
                let text = String::from_utf8_lossy(line);
                if text.starts_with('#') {
                    self.directive(&text);
                    return found.drop(number, self.comment);
                }
                let cells: Vec<&str> = text.split(self.separator as char).map(str::trim).collect();
                if self.fields.is_empty() {
                    return found.drop(number, "no #Fields before this line");
                }
                if cells.len() < self.fields.len() {
                    return found.drop(number, format!("cut off: {} of {} fields", cells.len(), self.fields.len()));
                }
                let fields = std::mem::take(&mut self.fields);
                let get = |name: &str| {
                    let place = fields.iter().position(|field| field == name)?;
                    cells.get(place).copied().filter(|text| known(text))
                };
                self.take(&get, number, found);
                self.fields = fields;
            }
            Item::Json(value) => {
                let texts: Vec<(String, String)> = value
                    .as_object()
                    .map(|all| {
                        all.iter().filter_map(|(k, v)| Some((k.to_ascii_lowercase(), crate::import::field::text(v)?)))
                    })
                    .into_iter()
                    .flatten()
                    .collect();
                let get = |name: &str| texts.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str());
                self.take(&get, number, found);
            }
            Item::Row(_) => {}
        }
    }

    fn next_file(&mut self) {
        self.fields.clear();
        self.date.clear();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let hits: u64 = self.edge.iter().filter(|(name, _)| name.ends_with("Hit")).map(|(_, count)| count).sum();
        if hits > 0 {
            found.note(format!("{hits} requests were answered from the edge's cache and never reached the origin"));
        }
        Ok(())
    }
}
