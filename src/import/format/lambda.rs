//! REPORT lines of AWS Lambda: exported logs, filter-log-events, the JSON form, Logs Insights.

use super::table::Table;
use super::{Kind, Reading};
use crate::import::field::{MILLISECOND, moment, moment_of, span, span_of};
use crate::import::found::{Found, Request, Stamp};
use crate::import::item::{Item, Shape, parse};
use serde_json::{Value, json};

pub(super) const REPORT: Kind = Kind {
    name: "lambda-report",
    also: &[],
    family: "lambda",
    shape: Shape::Lines,
    is_traffic: true,
    recognises: |head| {
        head.lines().any(|line| {
            let text = String::from_utf8_lossy(line);
            !text.starts_with(['{', '[']) && report(&text).is_some()
                || text.contains("\"platform.report\"") && !text.contains("\"message\"")
        })
    },
    begin: |_, _, found| begin(found, "Duration (ms), without Init Duration"),
};

pub(super) const EVENTS: Kind = Kind {
    name: "lambda-report",
    also: &[],
    family: "lambda-events",
    shape: Shape::Json,
    is_traffic: true,
    recognises: |head| {
        let spoken = head.mentions(&["\"message\"", "\"timestamp\""]);
        spoken
            && (head.mentions(&["REPORT RequestId: ", "\"events\""])
                || head.mentions(&["platform.report", "\"events\""]))
            || head.any(|v| v["message"].as_str().is_some_and(|m| report(m).is_some()) && v.get("proxy").is_none())
    },
    begin: |_, _, found| begin(found, "Duration (ms), without Init Duration"),
};

pub(super) const INSIGHTS: Kind = Kind {
    name: "logs-insights-csv",
    also: &[],
    family: "insights",
    shape: Shape::Table,
    is_traffic: true,
    recognises: |head| head.columns(&["@timestamp", "@duration"]) || head.columns(&["@timestamp", "@type"]),
    begin: |_, _, found| {
        found.note("@timestamp has no zone: UTC");
        begin(found, "@duration (ms)")
    },
};

fn begin(found: &mut Found, field: &'static str) -> Box<dyn Reading> {
    found.stamp = Some(Stamp::End);
    found.service_field = Some(field);
    found.note("REPORT is written at the end: the start is the stamp less the duration");
    Box::<Lambda>::default()
}

#[derive(Default)]
struct Lambda {
    table: Table,
    rows: u64,
    cold: u64,
    init: i64,
    billed: i64,
    billed_gb: f64,
    memory: Option<f64>,
    several: bool,
    most_used: f64,
    billed_known: u64,
}

/// What a report says.
#[derive(Default)]
struct Report {
    duration: Option<i64>,
    billed: Option<i64>,
    /// In MB.
    memory: Option<f64>,
    used: Option<f64>,
    init: Option<i64>,
    timeout: bool,
}

/// The place at which a report begins in a line, and what it says. A function may print the word itself: a
/// request's id and a duration must follow.
fn report(text: &str) -> Option<(usize, Report)> {
    let at = text.match_indices("REPORT RequestId: ").map(|(at, _)| at).find(|at| {
        let before = text[..*at].trim_end();
        before.is_empty()
            || before.split_whitespace().last().is_some_and(|word| moment_of(word).is_some() || before.ends_with('m'))
    })?;
    let rest = &text[at..];
    let (id, fields) = rest["REPORT RequestId: ".len()..].split_once(['\t', ' ']).unwrap_or((rest, ""));
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let get = |name: &str| {
        let from = fields.match_indices(name).map(|(at, _)| at).find(|at| {
            let before = fields[..*at].trim_end_matches(' ');
            before.is_empty() || before.ends_with('\t') || !before.ends_with(|c: char| c.is_ascii_alphabetic())
        })?;
        fields[from + name.len()..].split_whitespace().next()
    };
    let time = |name: &str| get(name).and_then(|text| span_of(text, MILLISECOND));
    let report = Report {
        duration: time("Duration: "),
        billed: time("Billed Duration: "),
        memory: get("Memory Size: ").and_then(|m| m.parse().ok()),
        used: get("Max Memory Used: ").and_then(|m| m.parse().ok()),
        init: time("Init Duration: "),
        timeout: fields.contains("Status: timeout"),
    };
    report.duration.is_some().then_some((at, report))
}

/// The report of a record in JSON.
fn platform_report(value: &Value) -> Option<Report> {
    let metrics = &value["record"]["metrics"];
    (value["type"] == "platform.report").then(|| Report {
        duration: span(&metrics["durationMs"], MILLISECOND),
        billed: span(&metrics["billedDurationMs"], MILLISECOND),
        memory: metrics["memorySizeMB"].as_f64(),
        used: metrics["maxMemoryUsedMB"].as_f64(),
        init: span(&metrics["initDurationMs"], MILLISECOND),
        timeout: value["record"]["status"] == "timeout",
    })
}

impl Lambda {
    fn take(&mut self, stamp: Option<i64>, report: &Report, number: u64, found: &mut Found) {
        if let Some(init) = report.init {
            self.cold += 1;
            self.init += init;
        }
        if let Some(billed) = report.billed {
            self.billed += billed;
            self.billed_known += 1;
            self.billed_gb += billed as f64 / 1e9 * report.memory.unwrap_or(0.0) / 1024.0;
        }
        if let Some(memory) = report.memory {
            self.several |= self.memory.is_some_and(|m| m != memory);
            self.memory = Some(memory);
        }
        self.most_used = self.most_used.max(report.used.unwrap_or(0.0));
        let request = Request {
            stamp,
            service: report.duration,
            method: b"invoke",
            censored: report.timeout,
            ..Request::default()
        };
        found.take(&request, number);
    }

    fn line(&mut self, line: &[u8], number: u64, found: &mut Found) {
        let text = String::from_utf8_lossy(line);
        if let Some(at) = text.find('{')
            && let Some((value, _)) = parse(text[at..].as_bytes())
        {
            return self.json(&value, None, number, found);
        }
        let plain = uncoloured(&text);
        match report(&plain) {
            Some((at, report)) => {
                let stamp = plain[..at].split_whitespace().find_map(moment_of);
                self.take(stamp, &report, number, found);
            }
            None => found.drop(number, "not a REPORT line"),
        }
    }

    fn json(&mut self, value: &Value, at: Option<i64>, number: u64, found: &mut Found) {
        if let Some(events) = value.get("events").or_else(|| value.get("logEvents")).and_then(Value::as_array) {
            found.entries = true;
            for (place, event) in (1..).zip(events) {
                self.json(event, None, place, found);
            }
            if value.get("nextToken").is_some() {
                found.warn("nextToken: there is more");
            }
            return;
        }
        if let Some(report) = platform_report(value) {
            let stamp = moment(&value["time"]).or(at);
            return self.take(stamp, &report, number, found);
        }
        let stamp = moment(&value["timestamp"]).or_else(|| moment(&value["@timestamp"])).or(at);
        let message = value["message"].as_str().or_else(|| value["@message"].as_str()).unwrap_or_default();
        if let Some((_, report)) = report(message) {
            return self.take(stamp, &report, number, found);
        }
        let inner = message.trim_start().starts_with('{').then(|| parse(message.trim().as_bytes())).flatten();
        match inner.as_ref().and_then(|(value, _)| Some((moment(&value["time"]), platform_report(value)?))) {
            Some((time, report)) => self.take(stamp.or(time), &report, number, found),
            None => found.drop(number, "not a REPORT line"),
        }
    }

    fn row(&mut self, row: &csv::StringRecord, number: u64, found: &mut Found) {
        if !self.table.take(row, number, found) {
            return;
        }
        self.rows += 1;
        let kind = self.table.get(row, "@type");
        let message = self.table.get(row, "@message").and_then(report);
        let duration = self.table.get(row, "@duration").and_then(|text| span_of(text, MILLISECOND));
        if kind.is_some_and(|k| k != "REPORT") || duration.is_none() && message.is_none() {
            return found.drop(number, "not a REPORT row");
        }
        let number_of = |name: &str| self.table.get(row, name).and_then(|t| t.parse::<f64>().ok());
        // Insights counts bytes, a million to the MB.
        let report = Report {
            duration: duration.or(message.and_then(|(_, r)| r.duration)),
            billed: self.table.get(row, "@billedDuration").and_then(|t| span_of(t, MILLISECOND)),
            memory: number_of("@memorySize").map(|b| b / 1e6),
            used: number_of("@maxMemoryUsed").map(|b| b / 1e6),
            init: self.table.get(row, "@initDuration").and_then(|t| span_of(t, MILLISECOND)),
            timeout: false,
        };
        let stamp = self.table.get(row, "@timestamp").and_then(moment_of);
        self.take(stamp, &report, number, found);
    }
}

/// A line without the colours of a terminal.
fn uncoloured(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |end| end + 1);
        rest = &rest[end..];
    }
    plain + rest
}

impl Reading for Lambda {
    fn item(&mut self, item: Item<'_>, number: u64, found: &mut Found) {
        match item {
            Item::Line(line) => self.line(line, number, found),
            Item::Json(value) => self.json(&value, None, number, found),
            Item::Row(row) => self.row(row, number, found),
        }
    }

    fn next_file(&mut self) {
        self.table = Table::default();
    }

    fn end(&mut self, found: &mut Found) -> Result<(), String> {
        let more = &mut found.more;
        more.insert("cold_starts".into(), self.cold.into());
        if self.cold > 0 {
            more.insert("mean_init_s".into(), json!(self.init as f64 / 1e9 / self.cold as f64));
        }
        if self.billed_known > 0 {
            more.insert("billed_s".into(), json!(self.billed as f64 / 1e9));
            more.insert("billed_GB_s".into(), json!((self.billed_gb * 1e9).round() / 1e9));
        }
        if let Some(memory) = self.memory.filter(|_| !self.several) {
            more.insert("memory_MB".into(), json!(memory));
        }
        if self.most_used > 0.0 {
            more.insert("max_memory_used_MB".into(), json!(self.most_used));
        }
        if self.rows == 10_000 {
            found.warn("exactly 10,000 rows: the most that a query returns; there may be more");
        }
        if found.first.is_none() && found.requests.is_some() {
            found.note("no line has a time: neither rates nor a scenario can be made of it");
        }
        Ok(())
    }
}
