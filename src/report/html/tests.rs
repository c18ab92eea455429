//! Whole pages: harmless, self-contained, complete.

use super::*;
use crate::catalogue::Catalogue;
use crate::document::Diagnostics;
use crate::experiment::advise::{Adviser, Filter};
use crate::experiment::curve::CurveProgress;
use crate::experiment::result::tests::example;
use crate::experiment::{Progress, RunOptions};
use crate::report::ResultDocument;
use crate::report::figure::tests::crowded;
use crate::report::sweep::{Origin, Swept, tests as sweeps};
use crate::scenario::{Scenario, Source, load_file};
use std::sync::atomic::AtomicBool;

/// A page as large as it may be.
const MOST: usize = 2_000_000;

fn reproduction() -> Reproduction {
    Reproduction {
        scenario_text: "schema = 1\ntitle = \"<b>&\"\n".into(),
        command: "hostsim run five.toml".into(),
        version: "0.1.0".into(),
    }
}

fn assumption() -> Assumption {
    Assumption {
        model: "aws-lambda-2017".into(),
        what: "price of requests".into(),
        source: "https://example.org/price?a=1&b=<2>".into(),
        confidence: "verified".into(),
    }
}

fn report(result: &ResultDocument) -> String {
    run_report(result, &reproduction(), &[assumption()])
}

/// A small scenario, read with the catalogue.
fn scenario(text: &str) -> Scenario {
    read(text).1
}

fn read(text: &str) -> (Source, Scenario) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scenario.toml");
    std::fs::write(&path, text).unwrap();
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    let loaded = load_file(&path, &catalogue, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    loaded.unwrap()
}

const SMALL: &str = r#"
schema = 1
title = "Is <script>alert(1)</script> cheaper?"
[run]
duration = "2 min"
replications = 2
[labour]
wage = "50 USD/h"
[app.api]
memory = "100 MiB"
arrivals.poisson = { rate = "5 /s" }
cpu.exponential = { mean = "20 ms" }
[case.lambda]
hosting = "aws-lambda-2017"
size = "128mb"
[case.droplet]
hosting = "digitalocean-2017"
size = "512mb"
instances = 1
[curve]
traffic = { from = 0.1, to = 2, points = 3 }
requests = 400
"#;

#[test]
fn what_a_user_wrote_is_shown_and_never_run() {
    let evil = "</title><script>alert('x')</script><img src=x onerror=alert(1)>\"'&";
    let mut result = example();
    result.title = evil.into();
    result.notes.push(evil.into());
    result.cases[0].name = evil.into();
    result.cases[0].hosting = evil.into();
    result.cases[1].notes.push(evil.into());
    let assumption = Assumption { model: evil.into(), what: evil.into(), source: evil.into(), confidence: evil.into() };
    let reproduction = Reproduction { scenario_text: evil.into(), command: evil.into(), version: evil.into() };
    let html = run_report(&result, &reproduction, &[assumption]);
    assert_eq!(html.matches("<script").count(), 1, "only the page's own script");
    assert_eq!(html.matches("</title>").count(), 1 + html.matches("<title>").count() - 1);
    assert!(!html.contains("<img") && !html.contains("alert('x')"));
    assert!(html.contains("&lt;script&gt;alert(&#x27;x&#x27;)"));
}

/// The policy names the one script by its hash, so that no other runs, and nothing needs what the policy forbids.
fn assert_runs_its_own_script_alone(html: &str) {
    let between = |from: &str, to: &str| html.split_once(from).unwrap().1.split_once(to).unwrap().0.to_string();
    let policy = between("http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let scripts = policy.split("; ").find(|part| part.starts_with("script-src ")).unwrap();
    let hash = super::render::hash_of(&between("<script>", "</script>"));
    assert_eq!(scripts, format!("script-src 'sha256-{hash}'"));
    // The hash of nothing, as browsers have it.
    assert_eq!(super::render::hash_of(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    let markup = html.replace(&between("<script>", "</script>"), "");
    for attribute in ["onclick", "onload", "onerror", "onchange", "oninput", "onmouseover", "onfocus"] {
        assert!(!markup.contains(&format!(" {attribute}=")), "{attribute}");
    }
    assert!(!markup.contains("javascript:"));
}

#[test]
fn the_page_asks_for_nothing() {
    for html in [report(&example()), report(&crowded()), curve_html(), advice_html(), sweep_html(&sweeps::grid())] {
        for wanted in ["src=", "url(", "@import", "fetch(", "XMLHttpRequest", "<iframe", "<object", "<embed", "srcset"]
        {
            assert!(!html.contains(wanted), "{wanted}");
        }
        for href in html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(href.starts_with('#') || href == "data:,", "{href}");
        }
        assert!(html.contains("default-src 'none'"));
        assert!(html.contains("it loads nothing and tells nobody"));
        assert_runs_its_own_script_alone(&html);
        assert!(html.len() < MOST, "{} bytes", html.len());
    }
}

#[test]
fn a_hundred_cases_and_a_long_scenario_stay_within_two_megabytes() {
    let mut result = crowded();
    result.cases = (0..100).map(|i| result.cases[i % 12].clone()).collect();
    let long = Reproduction { scenario_text: "\"é\"".repeat(200_000), ..reproduction() };
    let html = run_report(&result, &long, &vec![assumption(); 300]);
    assert!(html.len() < MOST, "{} bytes", html.len());
    assert!(html.contains("cut here: the file has 800000 bytes"));
    let twelve = result.cases.clone();
    result.cases.extend((0..1000).map(|i| twelve[i % 12].clone()));
    let html = run_report(&result, &reproduction(), &[]);
    assert!(html.len() < MOST, "{} bytes", html.len());
    assert!(html.contains("all rows and bills after the first 150"));
}

#[test]
fn every_case_and_every_line_of_its_bill_is_there() {
    let html = report(&example());
    for expected in [
        "Which is cheaper?",
        "lambda is the cheapest, at $55.43 a month ($0.43 on the invoice and $55.00 of labour)",
        "aws-lambda-2017 128mb",
        "digitalocean-2017 512mb",
        "<th scope=\"row\">requests</th>",
        "<th scope=\"row\">compute</th>",
        "<th scope=\"row\">runtime</th>",
        "Labour, 11 h",
        "Total cost of ownership",
        "Egress beyond the free allowance was not modelled.",
        "price of requests",
        "hostsim run five.toml",
        "00ff",
        "title = &quot;&lt;b&gt;&amp;&quot;",
    ] {
        assert!(html.contains(expected), "{expected} is not in the page");
    }
    assert_eq!(html.matches("<article class=\"bill\"").count(), 2);
    assert_eq!(html.matches("<figure").count(), 5);
}

#[test]
fn tables_can_be_sorted_by_numbers_and_cases_switched_off() {
    let html = report(&example());
    assert!(
        html.contains("<th scope=\"col\" class=\"number\" aria-sort=\"none\"><button type=\"button\">TCO &#x2f;month")
    );
    assert!(html.contains("data-value=\"55.43\"") && html.contains(">$55.43"));
    assert_eq!(html.matches("<input type=\"checkbox\"").count(), 2);
    let of_first = html.matches("data-case=\"0\"").count();
    assert!(of_first > 10, "{of_first}");
    assert!(html.contains("<title>lambda: $55.43 ±7 a month = invoice $0.43 + labour $55.00</title>"));
}

#[test]
fn the_same_result_makes_the_same_page() {
    assert_eq!(report(&crowded()), report(&crowded()));
}

#[test]
fn an_empty_result_makes_a_page_too() {
    let html = run_report(&ResultDocument::default(), &Reproduction::default(), &[]);
    assert!(html.contains("What does it cost?") && html.contains("No case has a cost."), "{html}");
}

#[test]
fn a_report_is_written_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("report.html");
    write_report(&path, &report(&example())).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.starts_with("<!doctype html>") && text.trim_end().ends_with("</html>"));
}

#[test]
fn a_simulated_run_shows_its_invoices_and_assumptions() {
    let scenario = scenario(SMALL);
    let stop = AtomicBool::new(false);
    let progress = Progress { done: &|_, _| {}, stop: &stop };
    let result = crate::experiment::run(&scenario, &RunOptions::default(), &progress).unwrap();
    let assumptions = assumptions(&scenario);
    let html = run_report(&result, &reproduction(), &assumptions);
    assert!(html.contains("Is &lt;script&gt;alert(1)&lt;&#x2f;script&gt; cheaper?"));
    assert_eq!(html.matches("<script").count(), 1);
    for expected in ["How the invoice counts", "Price of one", "account of api", "optional charges left off"] {
        assert!(html.contains(expected), "{expected} is not in the page");
    }
    let lambda: Vec<&Assumption> = assumptions.iter().filter(|a| a.model == "aws-lambda-2017").collect();
    assert!(
        lambda.iter().any(|a| a.what == "price of requests, as of 2017-08" && a.source.contains("AWS")),
        "{lambda:?}"
    );
    assert!(assumptions.iter().any(|a| a.what == "hours of labour for operating-system" && a.model == "family vps"));
    assert!(assumptions.iter().any(|a| a.what == "price of a server"));
    let all_charges = scenario.cases[0].deployments[0].model.prices.charges.len();
    let asked = lambda.iter().filter(|a| a.what.starts_with("price of")).count();
    assert!(asked > 0 && asked < all_charges, "charges that no case asks for are no assumptions");
}

fn curve_html() -> String {
    let scenario = scenario(SMALL);
    let stop = AtomicBool::new(false);
    let curve = crate::experiment::curve::curve(&scenario, &CurveProgress { done: &|_, _| {}, stop: &stop }).unwrap();
    let notes = ["Nothing fails.".to_string()];
    curve_report(&scenario, &curve, &notes, &reproduction(), &assumptions(&scenario))
}

#[test]
fn a_curve_says_which_case_is_cheapest_where() {
    let html = curve_html();
    for expected in ["By TCO, ", "requests a month", "Where the cheaper of two cases changes", "Nothing fails."] {
        assert!(html.contains(expected), "{expected} is not in the page");
    }
    assert_eq!(html.matches("<figure").count(), 4);
    let rows = html.split("Every case at every traffic").last().unwrap();
    assert_eq!(rows.split("</table>").next().unwrap().matches("<tr data-case").count(), 6);
}

/// Advice over four models, for a scenario with a title that would be a script.
fn advice_html() -> String {
    let text = SMALL.replace("cpu.exponential", "slo = { p99 = \"2 s\" }\ncpu.exponential");
    let (source, scenario) = read(&text);
    let mut diagnostics = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut diagnostics);
    let words = ["aws-lambda-2017", "digitalocean-2017", "heroku-2017", "azure-functions-2017"];
    let filter =
        Filter { families: Vec::new(), words: words.map(String::from).to_vec(), era: crate::catalogue::Era::All };
    let adviser = Adviser { source: &source, scenario: &scenario, catalogue: &catalogue, filter, done: &|_, _| {} };
    let advice = adviser.advise(&mut diagnostics).unwrap();
    let offered = adviser.offered(&advice, &mut diagnostics).unwrap();
    assert_eq!(offered.cases.len(), advice.offers.len());
    advice_report(&offered, &advice, &["Nothing fails.".to_string()], &reproduction(), &assumptions(&offered))
}

#[test]
fn advice_ranks_orders_with_their_bills_and_what_they_give_up() {
    let html = advice_html();
    assert_eq!(html.matches("<script").count(), 1);
    for expected in [
        "Is &lt;script&gt;alert(1)&lt;&#x2f;script&gt; cheaper?",
        "Order ",
        "What it gives up",
        "What would change the answer",
        "What cannot",
        "How the invoice counts",
        "price of requests, as of 2017-08",
        "Nothing fails.",
    ] {
        assert!(html.contains(expected), "{expected} is not in the page");
    }
    assert_eq!(html.matches("<figure").count(), 2);
    assert_eq!(html.matches("<article class=\"bill\"").count(), html.matches("<input type=\"checkbox\"").count());
}

fn sweep_html(directory: &tempfile::TempDir) -> String {
    sweep_report(&Swept::read(directory.path(), &[]).unwrap())
}

#[test]
fn a_sweep_says_what_its_axes_do() {
    let directory = sweeps::grid();
    let without = sweep_html(&directory);
    assert!(without.contains("origin.json, which holds the scenario, is not beside"));
    let origin = Origin {
        scenario: "title = \"<b>\"".into(),
        command: "hostsim sweep study.toml".into(),
        notes: vec!["Nothing fails.".into()],
        assumptions: vec![assumption()],
    };
    origin.write(directory.path()).unwrap();
    let html = sweep_html(&directory);
    assert_eq!(html.matches("<script").count(), 1);
    for expected in [
        "Is &lt;script&gt;alert(1)&lt;&#x2f;script&gt; cheaper?",
        "server is the cheapest at 50 % of the 6 points, functions at 50 %; load.rate decides most",
        "A grid of 6 points over 2 axes, 36 runs",
        "What the axes do",
        "The cheapest case by axis",
        "3 runs failed: failures.csv says why.",
        "hostsim sweep study.toml",
        "title = &quot;&lt;b&gt;&quot;",
        "Nothing fails.",
        "price of requests",
    ] {
        assert!(html.contains(expected), "{expected} is not in the page");
    }
}

/// Names that nobody would choose, a thousand points, thirty cases: harmless, and within 2 MB.
#[test]
fn a_large_and_hostile_sweep_stays_small_and_harmless() {
    let evil: Vec<String> = (0..30).map(|i| format!("</title><script>{i}</script>{}", "&<>".repeat(300))).collect();
    let names: Vec<&str> = evil.iter().map(String::as_str).collect();
    let cells: Vec<[String; 2]> = (0..1000).map(|i| [format!("<b>{i}</b>"), format!("{} USD/h", i % 7)]).collect();
    let points: Vec<[&str; 2]> = cells.iter().map(|[x, y]| [x.as_str(), y.as_str()]).collect();
    let directory =
        sweeps::written("mixed", &names, &points, |point, case, _| Some((point * 7 + case * 13 + 1) as f64));
    let html = sweep_html(&directory);
    assert!(html.len() < MOST, "{} bytes", html.len());
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains("&lt;script&gt;"));
}

/// A usual large one keeps its figures and lists some of its points.
#[test]
fn a_sweep_of_thousands_of_points_is_summarised() {
    let cells: Vec<[String; 2]> = (0..4000).map(|i| [format!("{}.25 /s", i / 8), format!("{} USD/h", i % 8)]).collect();
    let points: Vec<[&str; 2]> = cells.iter().map(|[x, y]| [x.as_str(), y.as_str()]).collect();
    let directory =
        sweeps::written("grid", &["one", "two"], &points, |point, case, _| Some((point % (50 + case) + 1) as f64));
    let html = sweep_html(&directory);
    assert!(html.len() < MOST && html.contains("200 of 4,000 points, evenly chosen"), "{} bytes", html.len());
    assert!(html.matches("<figure").count() > 5);
}
