//! What the results of a sweep depend on.

mod cheapest;
mod data;
mod effects;
mod hours;
mod indices;
mod regression;

pub use cheapest::{cheapest_cases, tied_and_short};
pub use data::Data;
pub use hours::cheapest_at_ends;
pub use indices::{Index, indices};

use crate::document::harmless;
use std::path::Path;

/// What was found about one axis (or two).
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which analysis: "main-effect", "variance-share", "interaction", "sobol-first",
    /// "sobol-total", "regression", "cheapest", "flips".
    pub analysis: &'static str,
    /// The figure that it is about.
    pub metric: String,
    /// The case.
    pub case: String,
    /// The axis, or two with × between.
    pub axis: String,
    /// The axis's value, where it is about one.
    pub level: String,
    /// What was found; in the metric's unit for a main effect, else a share.
    pub value: Option<f64>,
    /// The ends of its 95 % interval.
    pub interval: Option<(f64, f64)>,
}

/// All findings, and what could not be analysed and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The sweep's title.
    pub title: String,
    /// The findings.
    pub findings: Vec<Finding>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

/// The metrics that are analysed where none is named.
pub const METRICS: [&str; 3] = ["invoice_usd", "tco_usd", "latency_p99_s"];

/// Analyses the sweep in a directory, which holds `points.csv` and `sweep.json`.
///
/// # Errors
/// Where these cannot be read, or a metric is none of theirs.
pub fn analyse(directory: &Path, metrics: &[String]) -> Result<Report, String> {
    Ok(analyse_data(&Data::read(directory, metrics)?))
}

/// Analyses what a sweep found.
pub fn analyse_data(data: &Data) -> Report {
    let mut report = Report { title: data.title.clone(), ..Report::default() };
    if data.points.len() < 2 {
        report.notes.push("a sweep of one point has no effects".into());
        return report;
    }
    let wider = hours::with_hours(data);
    for (metric, name) in data.metrics.iter().enumerate() {
        // Hours change what labour costs, and nothing else that is analysed.
        match wider.as_ref().filter(|_| name == "tco_usd") {
            Some(wider) => of_metric(wider, 0, &mut report),
            None => of_metric(data, metric, &mut report),
        }
    }
    cheapest::analyse(wider.as_ref().unwrap_or(data), &mut report);
    if wider.is_some() {
        report.notes.push(format!(
            "{} is an axis of the TCO here, as hours are assumed: 0 is the low end of their ranges, 0.5 the middle, 1 the high end",
            hours::AXIS
        ));
    }
    report.notes.dedup();
    report
}

fn of_metric(data: &Data, metric: usize, report: &mut Report) {
    for case in 0..data.cases.len() {
        if data.design == "grid" {
            effects::analyse(data, metric, case, report);
        }
        if data.design == "saltelli" {
            indices::analyse(data, metric, case, report);
        }
        regression::analyse(data, metric, case, report);
    }
}

impl Report {
    /// As one JSON document.
    pub fn to_json(&self, answer: &str) -> String {
        let finding = |f: &Finding| {
            serde_json::json!({
                "analysis": f.analysis,
                "metric": f.metric,
                "case": f.case,
                "axis": f.axis,
                "level": if f.level.is_empty() { None } else { Some(&f.level) },
                "value": f.value,
                "low": f.interval.map(|(low, _)| low),
                "high": f.interval.map(|(_, high)| high),
            })
        };
        let findings: Vec<_> = self.findings.iter().map(finding).collect();
        let document = serde_json::json!({ "schema": 1, "answer": answer, "title": self.title, "findings": findings, "notes": self.notes });
        format!("{document:#}\n")
    }

    /// As CSV.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        // Writing to memory fails only where rows differ in length, and these do not.
        let _ = writer.write_record(["analysis", "metric", "case", "axis", "level", "value", "low", "high"]);
        for f in &self.findings {
            let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
            let ends = [number(f.interval.map(|i| i.0)), number(f.interval.map(|i| i.1))];
            let [low, high] = ends;
            let row = [f.analysis, &f.metric, &f.case, &f.axis, &f.level, &number(f.value), &low, &high];
            let _ = writer.write_record(harmless(row));
        }
        writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// The head and the rows of a table for people.
    pub fn rows(&self) -> Vec<[String; 7]> {
        let mut rows = vec![["analysis", "metric", "case", "axis", "value of it", "found", "95 %"].map(String::from)];
        for f in &self.findings {
            let interval = f.interval.map_or(String::new(), |(low, high)| format!("{} … {}", short(low), short(high)));
            let found = f.value.map_or("–".into(), short);
            let words = [f.analysis.into(), f.metric.clone(), f.case.clone(), f.axis.clone(), f.level.clone()];
            let [analysis, metric, case, axis, level] = words;
            rows.push([analysis, metric, case, axis, level, found, interval]);
        }
        rows
    }

    /// As a table in Markdown, with the notes below.
    pub fn to_markdown(&self) -> String {
        let line =
            |row: &[String; 7]| format!("| {} |\n", row.each_ref().map(|cell| cell.replace('|', "\\|")).join(" | "));
        let rows = self.rows();
        let (head, body) = (line(&rows[0]), rows[1..].iter().map(line).collect::<String>());
        let notes: String = self.notes.iter().map(|note| format!("\nNote: {note}.\n")).collect();
        format!("{head}| --- | --- | --- | --- | --- | --- | --- |\n{body}{notes}")
    }
}

/// Four significant digits.
fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests;
