use super::*;
use crate::engine::random::Stream;
use crate::metrics::Figures;
use crate::report::{CaseResult, ResultDocument, Screen, to_json};

/// A result of one scenario: a cost about `costs` by case, and ten latencies, drawn with a seed.
fn result(seed: u64, costs: &[(&str, f64)], details: bool) -> Document {
    let mut stream = Stream::named(seed, 0, "test", "figures");
    let mut noise = |mean: f64| mean * (0.9 + 0.05 * (0..4).map(|_| stream.uniform()).sum::<f64>());
    let cases = costs.iter().map(|(name, cost)| {
        let mut figures = Figures::new();
        for _ in 0..5 {
            let mut drawn: Vec<(Vec<String>, Option<f64>)> =
                (0..10).map(|k| (vec!["latency_s".to_string(), format!("p{k}")], Some(noise(1.0)))).collect();
            drawn.push((vec!["tco_usd".to_string()], Some(noise(*cost))));
            figures.push_paths(drawn);
        }
        CaseResult { name: (*name).into(), figures, ..CaseResult::default() }
    });
    let cases = cases.collect();
    let document = ResultDocument { seed, replications: 5, cases, details, ..ResultDocument::default() };
    Document::parse(&to_json(&document)).unwrap()
}

/// 5 % of 1,000 with four standard errors: 50 + 4 × √47.5 = 78.
#[test]
fn two_seeds_of_one_scenario_are_rarely_said_to_differ() {
    let costs = [("a", 10.0), ("b", 12.0)];
    let differing = (0..1000).filter(|pair| {
        let found = Comparison::of(&result(2 * pair, &costs, false), &result(2 * pair + 1, &costs, false));
        assert_eq!(found.flips, Vec::<String>::new());
        found.counts().0 > 0
    });
    assert!(differing.count() <= 78);
}

#[test]
fn what_rises_beyond_the_noise_is_found_and_pairs_find_less() {
    let before = |details| result(7, &[("a", 10.0), ("b", 12.0)], details);
    let found = Comparison::of(&before(false), &result(8, &[("a", 20.0), ("b", 12.0)], false));
    assert_eq!((found.counts().0, found.dearer_by(0.5), found.dearer_by(2.0)), (1, vec!["a"], vec![]));
    assert_eq!(found.flips, ["the cheapest was a and is b"]);
    let little = |details| Comparison::of(&before(details), &result(7, &[("a", 10.2), ("b", 12.0)], details));
    assert_eq!(little(false).counts().0, 0);
    assert_eq!((little(true).counts().0, little(true).dearer_by(0.01)), (1, vec!["a"]));
    assert_eq!(Comparison::of(&before(true), &before(true)).counts().0, 0);
}

#[test]
fn cases_that_one_result_lacks_are_named() {
    let found =
        Comparison::of(&result(1, &[("a", 1.0), ("b", 2.0)], false), &result(1, &[("b", 2.0), ("c", 3.0)], false));
    assert_eq!((found.only_old, found.only_new), (vec!["a".to_string()], vec!["c".to_string()]));
}

#[test]
fn every_format_begins_with_what_changed() {
    let (old, new) = (result(7, &[("a", 10.0), ("b", 12.0)], false), result(8, &[("a", 20.0), ("b", 12.0)], false));
    let found = Comparison::of(&old, &new);
    let sentence = "The answer flipped: the cheapest was a and is b; 1 of 22 figures differs beyond the noise.";
    assert!(to_table(&found, false, Screen::NONE).starts_with(sentence), "{}", to_table(&found, false, Screen::NONE));
    assert!(to_markdown(&found, false).starts_with("The answer flipped"));
    assert!(to_table(&found, true, Screen::NONE).lines().count() > 22);
    let json: serde_json::Value = serde_json::from_str(&super::to_json(&found, &old, &new)).unwrap();
    assert_eq!((json["answer"].as_str(), &json["cases"]["a"]["tco_usd"]["differs"]), (Some(sentence), &true.into()));
}

#[test]
fn what_is_no_result_is_said() {
    assert!(Document::parse("{").unwrap_err().to_string().contains("not JSON"));
    assert!(Document::parse("{\"schema\": 1}").unwrap_err().to_string().contains("result.json"));
}
