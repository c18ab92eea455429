//! Answers that hold: what came is followed to its end, overload is said, nothing unserved is met.

use crate::common::{run, run_scenario, values};
use hostsim::report::{ResultDocument, to_table};

fn text(run: &str, app: &str, case: &str) -> String {
    format!(
        "schema = 1\n[run]\nreplications = 2\n{run}\n[app.a]\nmemory = \"64 MiB\"\n{app}\n[case.c]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\n{case}\n"
    )
}

fn met(result: &ResultDocument) -> Option<bool> {
    result.case("c").expect("a case").slo_met
}

fn settled(result: &ResultDocument) -> bool {
    result.case("c").expect("a case").is_settled()
}

/// 60 jobs of 2 min, each to be done within half an hour: one machine does 15 in it, so four are needed,
/// whether they come an hour or a minute before the window ends.
#[test]
fn jobs_are_followed_beyond_the_end_of_the_day() {
    for at in ["02:00", "23:00", "23:59"] {
        let app = format!(
            "arrivals.batch = {{ size = 60, at = \"{at}\" }}\ncpu.constant = \"2 min\"\nslo = {{ p99 = \"30 min\" }}"
        );
        let result = run(&text("duration = \"1 day\"", &app, "instances = \"right-size\"\ndiscipline = \"fifo\""));
        assert_eq!(values(&result, "c", "instances_mean"), [4.0; 2], "{at}");
        assert_eq!(values(&result, "c", "requests_in_flight"), [0.0; 2], "{at}");
    }
}

/// 60 jobs of 2 min at 23:30 on one machine: 15 are done at midnight, 60 an hour and a half later. What
/// is not followed is late, and its quantile is not known.
#[test]
fn what_is_still_there_is_late() {
    let app = "arrivals.batch = { size = 60, at = \"23:30\" }\ncpu.constant = \"2 min\"\nslo = { p50 = \"3 h\" }";
    let result = run(&text("duration = \"1 day\"\ndrain = \"0 s\"", app, "instances = 1\ndiscipline = \"fifo\""));
    // The fifteenth ends as the window does.
    assert_eq!(values(&result, "c", "requests_in_flight"), [46.0; 2]);
    assert!(result.case("c").expect("a case").estimate(&["latency_s", "p50"]).mean.is_none());
    assert_eq!(met(&result), Some(false));
    let result = run(&text("duration = \"1 day\"", app, "instances = 1\ndiscipline = \"fifo\""));
    assert_eq!(values(&result, "c", "latency_max_s"), [7_200.0; 2]);
    assert_eq!((met(&result), settled(&result)), (Some(true), true));
}

/// 1.2 cores of work on one core: overloaded, and missed, however short the window and long the bound.
#[test]
fn an_overload_is_said_and_never_met() {
    for duration in ["5 min", "1 h"] {
        let app =
            "arrivals.poisson = { rate = \"12 /s\" }\ncpu.exponential = { mean = \"100 ms\" }\nslo = { p99 = \"1 h\" }";
        let result = run(&text(&format!("duration = \"{duration}\""), app, "instances = 1"));
        assert_eq!((met(&result), settled(&result)), (Some(false), false), "{duration}");
        let note = result.case("c").expect("a case").notes.join(" ");
        assert!(note.contains("overloaded") && note.contains("there are 1"), "{note}");
        let result = run(&text(&format!("duration = \"{duration}\""), app, "instances = \"right-size\""));
        assert_eq!(values(&result, "c", "instances_mean"), [2.0; 2], "{duration}");
    }
}

/// Nothing is rented, nothing is served: missed. And nothing came: nothing was late.
#[test]
fn nothing_served_is_missed() {
    let app = |rate: &str| {
        format!(
            "arrivals.poisson = {{ rate = \"{rate}\" }}\ncpu.constant = \"10 ms\"\nslo = {{ p99 = \"1 s\", availability = 0.9, rejected-share = 0.1 }}"
        )
    };
    let result = run(&text("duration = \"10 min\"", &app("5 /s"), "instances = 0"));
    assert_eq!((met(&result), settled(&result)), (Some(false), false));
    let result = run(&text("duration = \"10 min\"", &app("0 /s"), "instances = 1"));
    assert_eq!((met(&result), settled(&result)), (Some(true), true));
}

/// A size that misses its objective even where no request waits is left at once.
#[test]
fn what_no_number_of_instances_meets_is_not_searched() {
    let app = "arrivals.poisson = { rate = \"5 /s\" }\ncpu.constant = \"2 s\"\nslo = { p99 = \"1 s\" }";
    let source = text("duration = \"10 min\"", app, "instances = \"right-size\"");
    let scenario = hostsim::scenario::Scenario::from_text(&source).expect("a scenario");
    let refusal = hostsim::experiment::Point::evaluate(&scenario, &scenario.cases[0], 1.0).expect_err("none does");
    assert!(refusal.contains("even where no request waits"), "{refusal}");
}

/// One request a minute that waits 20 minutes: from nothing the level grows for 20 minutes, and is 20 then.
const SLOW: &str = "arrivals.poisson = { rate = \"2 /min\" }\ncpu.constant = \"1 ms\"\nwait.constant = \"20 min\"";

#[test]
fn a_warm_up_is_found_and_reported() {
    let result = run(&text("duration = \"3 h\"\nwarm-up = \"auto\"", SLOW, "instances = 1"));
    let found = values(&result, "c", "warm_up_s");
    assert!(found[0] == found[1] && (900.0..=5_400.0).contains(&found[0]), "{found:?}");
    let cold = run(&text("duration = \"3 h\"", SLOW, "instances = 1"));
    assert!(cold.case("c").expect("a case").figures.values(&["warm_up_s"]).is_none(), "it is told where it was found");
    let table = to_table(&result, false);
    assert!(table.contains("after a warm-up of") && table.contains("MSER-5"), "{table}");
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::to_json(&result)).expect("JSON");
    assert_eq!(json["cases"]["c"]["warm_up_s"]["mean"], found[0]);
    assert!(json["duration_s"] == 10_800.0, "the measured window is as long as without");
    assert_eq!(result.digest, run(&text("duration = \"3 h\"\nwarm-up = \"auto\"", SLOW, "instances = 1")).digest);
}

#[test]
fn a_warm_up_that_cannot_be_found_is_an_error_that_says_why() {
    let over = "arrivals.poisson = { rate = \"12 /s\" }\ncpu.constant = \"100 ms\"";
    let source = text("duration = \"10 min\"\nwarm-up = \"auto\"", over, "instances = 1");
    let scenario = hostsim::scenario::Scenario::from_text(&source).expect("a scenario");
    let error = run_scenario(&scenario).expect_err("it never settles").to_string();
    assert!(error.contains("c never settles"), "{error}");
    // From nothing to a level that the longest pilot does not reach the first half of.
    let slow = "arrivals.poisson = { rate = \"10 /s\" }\nwait.constant = \"10 h\"";
    let source = text("duration = \"20 min\"\nwarm-up = \"auto\"", slow, "instances = 1");
    let scenario = hostsim::scenario::Scenario::from_text(&source).expect("a scenario");
    let error = run_scenario(&scenario).expect_err("it has not settled").to_string();
    assert!(error.contains("the warm-up"), "{error}");
    for (arrivals, why) in [
        ("arrivals.batch = { size = 3, at = \"02:00\" }", "change by themselves"),
        ("arrivals.diurnal = { trough = \"1 /s\", peak = \"2 /s\", peak-at = \"15:00\" }", "change by themselves"),
        ("arrivals.poisson = { rate = \"0 /s\" }\nslo = { p99 = \"1 s\" }", ""),
        ("", "nothing arrives"),
    ] {
        let source = text("warm-up = \"auto\"", arrivals, "instances = 1");
        match hostsim::scenario::Scenario::from_text(&source) {
            Err(errors) => assert!(errors.contains(why) && errors.contains("warm-up = \"auto\""), "{errors}"),
            Ok(_) => assert_eq!(why, "", "{arrivals}"),
        }
    }
}

/// In a curve each traffic has its own, which all cases share; so has each field of a map, and each point of a
/// sweep (tests/sweep.rs).
#[test]
fn a_curve_finds_its_warm_ups() {
    let source = text("duration = \"3 h\"\nwarm-up = \"auto\"", SLOW, "instances = 1")
        + "[case.d]\nhosting = \"textbook-serverless\"\nsize = \"1-core\"\n[curve]\ntraffic = { from = 0.5, to = 2.0, points = 3 }\nrequests = 400\n";
    let curve = curve_of(&source);
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::curve::to_json(&curve)).expect("JSON");
    let found = json["warm_up_s"].as_array().expect("warm-ups");
    assert!(found.len() == 3 && found.iter().all(|span| span.as_f64().is_some_and(|span| span >= 900.0)), "{found:?}");
    assert!(hostsim::report::curve::remarks(&curve)[0].starts_with("The warm-up was found at each traffic by MSER-5"));
}

/// Twelve requests a replication: a p99 rests on an eighth of one.
#[test]
fn a_quantile_says_on_how_few_requests_it_rests() {
    let app = "arrivals.constant = { rate = \"12 /h\" }\ncpu.constant = \"10 ms\"\nslo = { p95 = \"1 s\" }";
    let result = run(&text("duration = \"1 h\"", app, "instances = 1"));
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::to_json(&result)).expect("JSON");
    let few = json["cases"]["c"]["rests_on"].as_object().expect("quantiles");
    assert_eq!(few.keys().collect::<Vec<_>>(), ["p50", "p90", "p95", "p99", "p999"]);
    assert!((few["p99"].as_f64().expect("a number") - 0.12).abs() < 1e-9);
    let table = to_table(&result, false);
    assert!(table.contains("~10 ms") && table.contains("p99 on 0.12") && table.contains("p95 on 0.6"), "{table}");
    let app = "arrivals.constant = { rate = \"12 /s\" }\ncpu.constant = \"10 ms\"\nslo = { p95 = \"1 s\" }";
    let result = run(&text("duration = \"1 h\"", app, "instances = 1"));
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::to_json(&result)).expect("JSON");
    assert_eq!(json["cases"]["c"]["rests_on"], serde_json::json!({}));
}

/// Jobs of an hour in a window of two: the requests in the system grow to its end, however many instances.
#[test]
fn an_order_that_has_not_settled_is_not_taken() {
    let app = "arrivals.poisson = { rate = \"1 /s\" }\nwait.exponential = { mean = \"2 h\" }\nslo = { p50 = \"3 h\" }";
    let source = text("duration = \"2 h\"\ndrain = \"12 h\"", app, "instances = \"right-size\"")
        .replace("replications = 2", "replications = 4");
    let scenario = hostsim::scenario::Scenario::from_text(&source).expect("a scenario");
    let refusal = hostsim::experiment::Point::evaluate(&scenario, &scenario.cases[0], 1.0).expect_err("none settles");
    assert!(refusal.contains("still grow at the window's end"), "{refusal}");
}

fn curve_of(source: &str) -> hostsim::experiment::curve::Curve {
    let scenario = hostsim::scenario::Scenario::from_text(source).unwrap_or_else(|errors| panic!("{errors}"));
    let stop = std::sync::atomic::AtomicBool::new(false);
    let progress = hostsim::experiment::curve::CurveProgress { done: &|_, _| {}, stop: &stop };
    hostsim::experiment::curve::curve(&scenario, &progress).unwrap_or_else(|error| panic!("{error}"))
}

const TRAFFIC: &str = "[curve]\ntraffic = { from = 0.1, to = 10.0, points = 3 }\nrequests = 500\n";

fn fee(case: &str, price: &str) -> String {
    format!("[[case.{case}.charge]]\nname = \"fee\"\nmeter = \"months\"\nprice = \"{price}\"\n")
}

fn machine(case: &str, more: &str) -> String {
    format!("[case.{case}]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\n{more}\n")
}

/// Equal cases have no winner and do not cross; nor do those that part only at the end.
#[test]
fn equal_cases_tie_on_a_curve() {
    let app = "arrivals.poisson = { rate = \"1 /s\" }\ncpu.constant = \"1 ms\"";
    let head = text("duration = \"1 h\"", app, "instances = 1");
    let same = format!("{head}{}{}{TRAFFIC}", fee("c", "5"), machine("d", "instances = 1") + &fee("d", "5"));
    let curve = curve_of(&same);
    assert!(curve.crossovers.is_empty());
    for (_, metric) in hostsim::experiment::curve::METRICS {
        let regions = curve.cheapest(metric);
        assert_eq!((regions.len(), regions[0].words().as_str()), (1, "c or d"));
    }
    // Nothing costs anything until a million requests a month, from which on one does.
    let meter = "[[case.c.charge]]\nname = \"use\"\nmeter = \"requests\"\nprice = \"0.001\"\nfree = 1000000\n";
    let curve = curve_of(&format!("{head}{meter}{}{TRAFFIC}", machine("d", "instances = 1")));
    assert!(curve.crossovers.is_empty(), "{:?}", curve.crossovers);
    let regions = curve.cheapest(hostsim::experiment::curve::METRICS[0].1);
    assert_eq!(regions[0].words(), "d", "from the first point to the second they part");
}

/// What turns requests away, or is overloaded without anybody having asked for more, is not called the cheapest
/// without that.
#[test]
fn what_serves_less_is_not_the_cheapest_without_a_word() {
    let app = "arrivals.poisson = { rate = \"2 /s\" }\ncpu.constant = \"100 ms\"";
    let head = text("duration = \"1 h\"", app, "instances = 1\nqueue = 0\nconcurrency = 1") + &fee("c", "1");
    let curve = curve_of(&format!("{head}{}{TRAFFIC}", machine("d", "instances = 8") + &fee("d", "2")));
    let table = hostsim::report::curve::to_table(&curve, "", hostsim::report::Screen::NONE);
    assert!(table.contains("c (which serves ") && table.contains("serves 8"), "{table}");
    let json: serde_json::Value = serde_json::from_str(&hostsim::report::curve::to_json(&curve)).expect("JSON");
    assert!(json["cheapest"]["tco_usd"][0]["availability"].as_f64().is_some_and(|share| share < 0.999), "{json}");
    // 0.2 cores of work at the scenario's traffic, 2 at ten times: one machine ends where it is overloaded.
    let head = text("duration = \"1 h\"", app, "instances = 1") + &fee("c", "1");
    let curve = curve_of(&format!("{head}{}{TRAFFIC}", machine("d", "instances = 8") + &fee("d", "2")));
    let regions = curve.cheapest(hostsim::experiment::curve::METRICS[1].1);
    assert_eq!(regions.iter().map(|region| region.case.as_str()).collect::<Vec<_>>(), ["c", "d"]);
    assert!((4.0..=5.5).contains(&regions[0].to), "{regions:?}");
    assert!(curve.cases[0].ends().is_some_and(|why| why.contains("overloaded")), "{:?}", curve.cases[0].ends());
}

/// A point of a sweep finds its own warm-up, and one that states it has none to tell.
#[test]
fn a_sweep_finds_its_warm_ups() {
    let directory = tempfile::tempdir().expect("a directory");
    let scenario =
        text("duration = \"3 h\"", SLOW, "instances = 1") + "[sweep.grid]\n\"run.warm-up\" = [\"0 s\", \"auto\"]\n";
    std::fs::write(directory.path().join("s.toml"), scenario).expect("written");
    let done = crate::program::run(directory.path(), &["sweep", "s.toml"]);
    assert_eq!(done.status, Some(0), "{}", done.err);
    let table = std::fs::read_to_string(directory.path().join("output/s/points.csv")).expect("a table");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let place = rows[0].iter().position(|name| *name == "warm_up_s").expect("a column");
    let cells: Vec<&str> = rows[1..].iter().map(|row| row[place]).collect();
    assert!(cells[..2] == ["", ""] && cells[2] == cells[3], "{cells:?}");
    assert!(cells[2].parse::<f64>().is_ok_and(|seconds| seconds >= 900.0), "{cells:?}");
}

/// Where an account's limit lets few in, the table of a run says which share was served, beside the latencies of those.
#[test]
fn a_run_says_which_share_was_served() {
    let case = "[case.c]\nhosting = \"aws-lambda-2017\"\nsize = \"1024mb\"\nconcurrency-limit = 2\n";
    let app = "[app.a]\nmemory = \"100 MiB\"\narrivals.poisson = { rate = \"40 /s\" }\ncpu.exponential = { mean = \"90 ms\" }\n";
    let result = run(&format!("schema = 1\n[run]\nduration = \"5 min\"\nreplications = 2\n{app}{case}"));
    let share = values(&result, "c", "availability")[0];
    assert!((0.2..0.5).contains(&share), "{share}");
    let table = hostsim::report::to_table(&result, false);
    assert!(table.contains("Served") && table.contains("latencies are of those served"), "{table}");
}
