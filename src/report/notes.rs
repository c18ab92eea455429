//! The sentences under a table: what one must know to read it rightly.

use crate::experiment::{CaseResult, ResultDocument};
use crate::metrics::Estimate;
use indexmap::IndexMap;

/// A sentence for each model whose prices are not sure, from "MODEL: CHARGE".
pub fn of_unverified(unverified: &[String]) -> Vec<String> {
    let mut by_model: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for (model, charge) in unverified.iter().filter_map(|text| text.split_once(": ")) {
        by_model.entry(model).or_default().push(charge);
    }
    let sentence =
        |(model, charges): (&str, Vec<&str>)| format!("{model}: the price of {} is unverified.", charges.join(", "));
    by_model.into_iter().map(sentence).collect()
}

/// All notes: those of the run; those of cases, each sentence once with the cases that it is
/// about; hardware that the developer owns; verdicts and differences that the noise covers.
pub fn notes(result: &ResultDocument) -> Vec<String> {
    let mut notes = result.notes.clone();
    notes.extend(of_cases(result));
    notes.extend(owned(result));
    notes.extend(result.cases.iter().filter_map(unsure));
    notes.extend(indistinguishable(result));
    notes
}

fn of_cases(result: &ResultDocument) -> Vec<String> {
    let mut by_text: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for case in &result.cases {
        for note in &case.notes {
            by_text.entry(note).or_default().push(&case.name);
        }
    }
    let all = result.cases.len();
    let sentence = |(text, cases): (&str, Vec<&str>)| match cases.len() {
        n if n == all && n > 1 => format!("All cases: {text}"),
        _ => format!("{}: {text}", cases.join(", ")),
    };
    by_text.into_iter().map(sentence).collect()
}

fn owned(result: &ResultDocument) -> Option<String> {
    let amount = |case: &CaseResult| {
        let mean = case.estimate(&["owned_usd"]).mean.filter(|mean| *mean > 0.0)?;
        Some(format!("{} {}", case.name, super::format::money(mean)))
    };
    let amounts: Vec<String> = result.cases.iter().filter_map(amount).collect();
    (!amounts.is_empty()).then(|| format!("The TCO holds the month's share of owned servers: {}.", amounts.join(", ")))
}

fn unsure(case: &CaseResult) -> Option<String> {
    let objectives = case.straddles.join(", ");
    (!objectives.is_empty()).then(|| {
        format!("{}: the confidence interval holds the objective ({objectives}): met or missed is not sure.", case.name)
    })
}

/// Neighbours in the order of TCO whose paired difference may well be none.
fn indistinguishable(result: &ResultDocument) -> Vec<String> {
    let mut ordered: Vec<(f64, &CaseResult)> =
        result.cases.iter().filter_map(|c| Some((c.estimate(&["tco_usd"]).mean?, c))).collect();
    ordered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let pairs = ordered.windows(2).filter(|pair| difference(pair[0].1, pair[1].1).straddles(0.0));
    pairs
        .map(|p| format!("The noise covers the difference in TCO between {} and {}.", p[0].1.name, p[1].1.name))
        .collect()
}

fn difference(a: &CaseResult, b: &CaseResult) -> Estimate {
    let values = |case: &CaseResult| case.figures.values(&["tco_usd"]).unwrap_or_default().to_vec();
    Estimate::paired_difference(&values(a), &values(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;
    use crate::metrics::Figures;

    fn with_tco(name: &str, values: &[f64]) -> CaseResult {
        let mut figures = Figures::new();
        values.iter().for_each(|v| figures.push([(&["tco_usd"][..], Some(*v))]));
        CaseResult { name: name.into(), figures, ..CaseResult::default() }
    }

    #[test]
    fn a_difference_is_judged_by_its_own_pairs() {
        // Both vary widely from replication to replication, but c is always 5 above a, and b is
        // now above and now below a.
        let cases = vec![
            with_tco("a", &[10.0, 20.0, 30.0]),
            with_tco("b", &[10.5, 19.8, 30.1]),
            with_tco("c", &[15.0, 25.0, 35.0]),
        ];
        let notes = notes(&ResultDocument { cases, ..ResultDocument::default() });
        assert_eq!(notes, ["The noise covers the difference in TCO between a and b."]);
    }

    #[test]
    fn a_sentence_about_several_cases_is_said_once() {
        let mut result = example();
        result.cases.iter_mut().for_each(|case| case.notes.push("the wage is 0.".into()));
        result.cases[0].notes.push("the gateway was left off.".into());
        result.cases[1].straddles.push("p99 of api".into());
        let notes = notes(&result);
        assert_eq!(notes.iter().filter(|n| n.contains("wage")).count(), 1);
        assert!(notes.contains(&"All cases: the wage is 0.".to_string()));
        assert!(notes.contains(&"lambda: the gateway was left off.".to_string()));
        assert!(
            notes.iter().any(|n| n.starts_with("droplet: the confidence interval holds the objective (p99 of api)"))
        );
    }
}
