//! Answers that hold: what came is followed to its end, overload is said, nothing unserved is met.

use crate::common::{run, values};
use hostsim::report::ResultDocument;

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
