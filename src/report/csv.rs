//! The result as CSV (RFC 4180).

use crate::document::harmless;
use crate::experiment::{CaseResult, ResultDocument};
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
}
