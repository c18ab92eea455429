//! The result as CSV (RFC 4180).

use crate::document::harmless;
use crate::experiment::{CaseResult, ResultDocument, Timeline};
use crate::metrics::{Estimate, flat_name};
use std::collections::HashMap;

/// One row per case: `case`, `hosting`, `family`, `size`, `slo_met`, `settled`, then for every flat figure
/// its mean under its name and the half-width of its 95 % confidence interval under `NAME_ci95`.
/// What is undefined, or what a case has not, is an empty field.
pub fn to_csv(result: &ResultDocument) -> String {
    let names = result.flat_names();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let head = ["case", "hosting", "family", "size", "slo_met", "settled"].map(String::from);
    let figures = names.iter().flat_map(|name| [name.clone(), format!("{name}_ci95")]);
    let rows =
        std::iter::once(head.into_iter().chain(figures).collect()).chain(result.cases.iter().map(|c| row(c, &names)));
    for row in rows {
        let row: Vec<String> = row;
        // Writing to memory fails only where rows differ in length, and these do not.
        let _ = writer.write_record(harmless(row));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn row(case: &CaseResult, names: &[String]) -> Vec<String> {
    let estimates: HashMap<String, Estimate> =
        case.figures.iter().map(|(path, values)| (flat_name(path), Estimate::of(values))).collect();
    let number = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let slo_met = case.slo_met.map(|met| met.to_string()).unwrap_or_default();
    let mut row = vec![case.name.clone(), case.hosting.clone(), case.family.clone()];
    row.extend([case.size.clone().unwrap_or_default(), slo_met, case.is_settled().to_string()]);
    for name in names {
        let estimate = estimates.get(name).copied().unwrap_or_default();
        row.extend([number(estimate.mean), number(estimate.ci95)]);
    }
    row
}

/// What happened over time: one row for each case and stretch of the measured time (from, in seconds after the
/// simulation's Monday 00:00, and how long), over all replications. Requests belong to the stretch in which they came.
pub fn series_to_csv(result: &ResultDocument) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let head = [
        "case",
        "from_s",
        "to_s",
        "instances",
        "servers",
        "busy_cores",
        "requests_present",
        "requests_arrived",
        "requests_cold_share",
        "requests_rejected_share",
        "requests_served_share",
        "latency_mean_s",
    ];
    let _ = writer.write_record(head);
    for case in &result.cases {
        let Timeline { start_s, length_s, instances, servers, present, busy_cores, .. } = &case.timeline;
        let Timeline { arrived, cold_share, rejected_share, served_share, latency_s, .. } = &case.timeline;
        let stretch = length_s / instances.len().max(1) as f64;
        let number = |values: &[f64], index: usize| values.get(index).map(f64::to_string).unwrap_or_default();
        let share = |values: &[Option<f64>], index: usize| {
            values.get(index).copied().flatten().map(|value| value.to_string()).unwrap_or_default()
        };
        for index in 0..instances.len() {
            let from = start_s + stretch * index as f64;
            let row = vec![
                case.name.clone(),
                from.to_string(),
                (from + stretch).to_string(),
                number(instances, index),
                number(servers, index),
                number(busy_cores, index),
                number(present, index),
                number(arrived, index),
                share(cold_share, index),
                share(rejected_share, index),
                share(served_share, index),
                share(latency_s, index),
            ];
            let _ = writer.write_record(harmless(row));
        }
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    #[test]
    fn one_row_per_case_that_reads_back() {
        let mut result = example();
        result.cases[0].name = "a, \"quoted\"\nname".into();
        let text = to_csv(&result);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        assert_eq!(
            head.iter().take(7).collect::<Vec<_>>(),
            ["case", "hosting", "family", "size", "slo_met", "settled", "requests_arrived"]
        );
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        let field = |row: usize, name: &str| &rows[row][head.iter().position(|h| h == name).unwrap()];
        assert_eq!(field(0, "case"), "a, \"quoted\"\nname");
        assert_eq!(field(0, "invoice_usd"), "0.43");
        assert_eq!(field(1, "requests_cold_share"), "");
        assert_eq!(field(0, "slo_met"), "true");
        assert!(text.contains("\r\n"));
    }

    #[test]
    fn a_row_for_each_stretch_and_nothing_where_none_came() {
        let text = series_to_csv(&example());
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 1 + 2 * 2);
        assert_eq!(rows[1], "lambda,0,43200,1,1,0.5,0.1,10,0.2,0,1,0.25");
        assert_eq!(rows[2], "lambda,43200,86400,2,1,1,0.2,0,,,,");
    }
}
