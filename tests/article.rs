//! The article's claims: verdicts are computed, bounds are where algebra has them, and what a claim rests on breaks it.

use crate::common::{catalogue, root};
use hostsim::document::Diagnostics;
use hostsim::experiment::claim::{Judged, Mutated, Verdict, judge, mutate};
use hostsim::experiment::{Progress, RunError};
use hostsim::scenario::{Source, shipped};
use std::sync::atomic::AtomicBool;

fn sources() -> Vec<Source> {
    let mut diagnostics = Diagnostics::default();
    let sources = shipped::claims(&mut diagnostics);
    assert_eq!(diagnostics.render(false), "");
    sources
}

fn with<T>(stem: &str, work: impl Fn(&Source, &Progress<'_>) -> Result<T, RunError>) -> T {
    let source = sources().into_iter().find(|source| source.stem == stem).unwrap_or_else(|| panic!("no {stem}"));
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    work(&source, &progress).unwrap_or_else(|error| panic!("{stem}: {error}"))
}

fn judged(stem: &str) -> Judged {
    with(stem, |source, progress| judge(source, catalogue().1, progress))
}

/// The text's leading number.
fn amount(text: &str) -> f64 {
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Containers earn more while twice as many of them fit: (386 + m) / (10 + m) > 2 below 366 MiB.
#[test]
fn packing_turns_at_366_mib() {
    let Verdict::HoldsIf { holds, fails, below: true, .. } = judged("packing-vms-and-containers").verdict else {
        panic!()
    };
    assert!(amount(&holds) <= 366.0 && 366.0 <= amount(&fails), "{holds} to {fails}");
    assert!(amount(&fails) < 1.06 * amount(&holds), "{holds} to {fails}");
}

/// The droplet's 5 USD buy 1.4 million requests behind a gateway: (3.50 + 0.20) n + 0.00001667 × 0.025 × 10⁶ n less the
/// allowances, which hold all of the functions' own use: 3.50 n = 5 at n = 1.43, 0.20 (n − 1) more beyond a million.
#[test]
fn the_five_dollar_bill_turns_where_the_price_lists_say() {
    let found = judged("where-lambda-meets-a-server");
    let Verdict::HoldsIf { holds, fails, below: false, .. } = found.verdict else { panic!() };
    let millions = |text: &str| amount(text) * 730.0 * 3600.0 / 1e6;
    let turns = 5.2 / 3.7;
    assert!(millions(&fails) <= turns && turns <= millions(&holds), "{fails} to {holds}");
    // 26.28 million at 3.50 and the functions' own 9.34, over 5 USD.
    assert!((found.number.mean.unwrap() - (26.28 * 3.5 + 9.34) / 5.0).abs() < 0.01, "{:?}", found.number);
}

#[test]
fn rounding_is_what_makes_time_dearer() {
    let found = judged("rounding-up");
    assert!((found.number.mean.unwrap() - 100.0 / 28.0).abs() < 0.01, "{:?}", found.number);
    assert!(matches!(found.verdict, Verdict::HoldsIf { below: false, .. }), "{:?}", found.verdict);
    let broken = with("rounding-up", |source, progress| mutate(source, catalogue().1, progress));
    assert!(matches!(broken, Mutated::Broken(_)));
}

/// A source with something else in the place of a text that it has.
fn changed(source: &Source, from: &str, to: &str) -> Source {
    assert!(source.text.contains(from), "{} has no {from}", source.stem);
    let text = source.text.replace(from, to);
    let mut diagnostics = Diagnostics::default();
    let id = diagnostics.sources.add("changed.toml", text.clone());
    let root = hostsim::document::Node::parse(id, &mut diagnostics);
    Source { root, text, ..source.clone() }
}

/// A mutation that changes nothing, or numbers and not the verdict, is told from one that breaks the claim.
#[test]
fn a_mutation_without_effect_survives() {
    for price in ["35040.00", "30000"] {
        let survived = with("machines-for-three-hours", |source, progress| {
            let written = "\"model.leased.charge.lease.price\" = ";
            let source = changed(source, &format!("{written}\"20\""), &format!("{written}\"{price}\""));
            mutate(&source, catalogue().1, progress)
        });
        assert_eq!(survived, Mutated::Survived, "{price}");
    }
}

/// What a claim says of itself is found out: its badge where nothing is random, where something is, and where it turns.
#[test]
fn a_claim_that_says_another_badge_is_refused() {
    let wrong = [
        (
            "machines-for-three-hours",
            "badge = \"arithmetic\"",
            "badge = \"measured\"",
            "it is arithmetic: its number is money",
        ),
        ("another-mix-at-night", "badge = \"measured\"", "badge = \"arithmetic\"", "it is measured"),
        ("rounding-up", "arrivals.constant", "arrivals.poisson", "it is measured"),
    ];
    for (stem, from, to, says) in wrong {
        let found = with(stem, |source, progress| Ok(judge(&changed(source, from, to), catalogue().1, progress)));
        match found {
            Err(RunError::Input(message)) => assert!(message.contains(says), "{stem}: {message}"),
            other => panic!("{stem}: {:?}", other.map(|judged| judged.verdict)),
        }
    }
}

/// What is drawn along a bound is what decides: the verdict turns where the two sides cross.
#[test]
fn the_sides_of_a_claim_cross_where_it_turns() {
    let along = judged("packing-vms-and-containers").along.unwrap();
    assert!(along.points.len() >= 9, "{}", along.points.len());
    assert_eq!(along.sides, ("containers".to_string(), "virtual-machines".to_string()));
    for point in &along.points {
        let (containers, machines) = (point.sides.0.unwrap(), point.sides.1.unwrap());
        assert_eq!(point.holds, containers > machines, "{}", point.value);
    }
    let page = hostsim::report::html::article_report(&[judged("packing-vms-and-containers")], &[]);
    for part in ["<article class=\"claim\"", "model.machine.isolation</code></a>: 386 MiB", "id=\"claim-1-scenario\""] {
        assert!(page.contains(part), "{part}");
    }
}

/// Each number that decides is expected from both sides.
#[test]
fn every_deciding_number_is_expected_from_both_sides() {
    for source in sources() {
        let of = |table: &str, key: &str| source.root.get(table)?.get(key)?.as_str().map(String::from);
        let decides = of("claim", "decides").unwrap();
        let figure = decides.split(" / ").next().unwrap();
        let expected = of("expect", figure).unwrap_or_else(|| panic!("{}: nothing expects {figure}", source.stem));
        assert!(expected.starts_with("within ") || expected.starts_with("== "), "{}: {expected}", source.stem);
    }
}

/// Every claim of the article that can be computed has a scenario, and each says what was assumed where anything was.
#[test]
fn every_claim_has_its_scenario() {
    let sources = sources();
    let numbers: Vec<String> = sources
        .iter()
        .filter_map(|source| Some(source.root.get("claim")?.get("number")?.as_str()?.to_string()))
        .flat_map(|text| text.split(" and ").map(String::from).collect::<Vec<_>>())
        .collect();
    for number in (1..=20).chain(23..=34) {
        assert!(numbers.contains(&number.to_string()), "claim {number} has no scenario");
    }
    let table = std::fs::read_to_string(root().join("docs/article.md")).unwrap();
    for source in &sources {
        assert!(table.contains(&format!("| `{}` |", source.stem)), "docs/article.md does not have {}", source.stem);
    }
}

/// A number that no claim has, and a place where nothing can be written, are told before anything is computed.
#[test]
fn what_cannot_be_asked_or_written_is_told_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for number in ["99", "", "1.9", "nineteen"] {
        let done = crate::program::run(directory.path(), &["article", &format!("--claim={number}")]);
        assert_eq!(done.status, Some(2), "{number}: {}", done.err);
        assert!(done.err.contains("there is no claim") && done.out.is_empty(), "{}", done.err);
    }
    std::fs::write(directory.path().join("file"), "").unwrap();
    for arguments in
        [&["article", "--claim=33", "--output=file/inside"][..], &["models", "--stack", "--output=file/inside"]]
    {
        let done = crate::program::run(directory.path(), arguments);
        assert!(done.status != Some(0) && done.out.is_empty(), "{}", done.err);
    }
}
