//! What a curve's points simulate: that the traffic on its axis is the traffic that is simulated and
//! billed, whatever the arrivals; and curves of a single point.

use crate::common::read;
use crate::program::run;
use hostsim::experiment::Point;
use hostsim::experiment::curve::{CurveProgress, at_traffic, base_rate, curve};
use hostsim::report::{curve as report, figure};
use hostsim::scenario::Scenario;
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;

/// A scenario of these arrivals; `t.csv` is a trace of 200 minutes with 32,500 requests.
fn scenario(arrivals: &str, curve: &str) -> Result<(Scenario, TempDir), String> {
    let directory = tempfile::tempdir().unwrap();
    let counts: Vec<&str> = ["100", "200", "50", "300"].repeat(50);
    std::fs::write(directory.path().join("t.csv"), format!("count\n{}\n", counts.join("\n"))).unwrap();
    let text = format!(
        "schema = 1\n[run]\nreplications = 8\nduration = \"6 h\"\n[app.a]\narrivals.{arrivals}\ncpu.constant = \"1 ms\"\n\
         memory = \"1 MiB\"\n[case.functions]\nhosting = \"textbook-serverless\"\n[case.machine]\nhosting = \"textbook-vps\"\n\
         size = \"1-core\"\ninstances = 1\n[curve]\n{curve}\n"
    );
    read(&text, directory.path()).map(|scenario| (scenario, directory))
}

const REQUESTS: &str = "requests = 5_000";
const TRACE: &str = "file = \"t.csv\", column = \"count\", interval = \"1 min\"";

/// The seconds that a point simulates.
fn duration(arrivals: &str, traffic: f64) -> f64 {
    let (scenario, _directory) = scenario(arrivals, REQUESTS).unwrap();
    at_traffic(&scenario, base_rate(&scenario), traffic).run.duration.seconds()
}

#[test]
fn whole_turns_of_what_repeats_itself_are_simulated() {
    const DAY: f64 = 86_400.0;
    let diurnal = "diurnal = { trough = \"0.1 /s\", peak = \"0.3 /s\", peak-at = \"15:00\"";
    assert_eq!(duration("poisson = { rate = \"2 /s\" }", 0.5), 5_000.0);
    assert_eq!(duration(&format!("{diurnal} }}"), 0.5), DAY);
    assert_eq!(duration(&format!("{diurnal} }}"), 0.1), 3.0 * DAY);
    assert_eq!(duration(&format!("{diurnal}, weekend = 0.5 }}"), 1.0), 7.0 * DAY);
    assert_eq!(duration("batch = { size = 100, at = \"02:00\" }", 1.0), 50.0 * DAY);
    let turn = 200.0 * 60.0;
    assert_eq!(duration(&format!("trace = {{ {TRACE}, repeat = true }}"), 0.1), 2.0 * turn);
    // What comes once is not to come more often, or less, in the month of a thinner traffic.
    for once in [
        &format!("trace = {{ {TRACE} }}"),
        "spike = { base = \"1 /s\", peak = \"9 /s\", at = \"1 h\", length = \"1 h\" }",
    ] {
        assert_eq!([0.01, 1.0, 10.0].map(|traffic| duration(once, traffic)), [6.0 * 3_600.0; 3], "{once}");
    }
    // Five turns of calm and storm at the least.
    let bursty = "bursty = { calm = \"1 /s\", storm = \"20 /s\", mean-calm = \"9 min\", mean-storm = \"1 min\" }";
    assert_eq!(duration(bursty, 100.0), 5.0 * 600.0);
}

/// Requests of a month by the axis, and as simulated and scaled to it: within 4.5 standard errors.
#[test]
fn the_axis_shows_the_traffic_that_is_simulated() {
    let kinds = [
        "poisson = { rate = \"2 /s\" }",
        "constant = { rate = \"2 /s\" }",
        "bursty = { calm = \"1 /s\", storm = \"20 /s\", mean-calm = \"9 min\", mean-storm = \"1 min\" }",
        "diurnal = { trough = \"0.1 /s\", peak = \"0.3 /s\", peak-at = \"15:00\", weekend = 0.5 }",
        "on-off = { on = \"0.3 /s\", from = \"08:00\", to = \"20:00\" }",
        "batch = { size = 100, at = \"02:00\" }",
        "spike = { base = \"0.2 /s\", peak = \"2 /s\", at = \"3 h\", ramp = \"10 min\", length = \"30 min\" }",
        "closed = { users = 20, think.exponential = { mean = \"10 s\" } }",
        &format!("trace = {{ {TRACE} }}"),
        &format!("trace = {{ {TRACE}, repeat = true }}"),
        // Longer than what is simulated.
        "trace = { file = \"t.csv\", column = \"count\", interval = \"5 min\", scale = 0.1 }",
    ];
    for kind in kinds {
        let (scenario, _directory) = scenario(kind, REQUESTS).unwrap();
        let base = base_rate(&scenario);
        for traffic in [0.5, 3.0] {
            let at = at_traffic(&scenario, base, traffic);
            let point = Point::evaluate(&at, &at.cases[0], traffic).unwrap();
            let arrived: Vec<f64> = point.values(&["requests", "arrived"]).into_iter().flatten().collect();
            let (mean, error) = crate::common::mean_and_error(&arrived);
            let expected = base * traffic * at.run.duration.seconds();
            // One request more or fewer at either end of a window, where they come evenly.
            let room = 4.5 * error + 1.0 + 0.002 * expected;
            assert!((mean - expected).abs() < room, "{kind} at {traffic}: {mean} ± {error}, {expected} by the axis");
            assert!(error < 0.12 * mean, "{kind} at {traffic}: {mean} ± {error} proves nothing");
        }
    }
}

#[test]
fn a_curve_of_one_point_is_whole() {
    let one = "traffic = { from = 1.0, to = 1.0, points = 1 }\nrequests = 2_000";
    let (scenario, _directory) = scenario("poisson = { rate = \"2 /s\" }", one).unwrap();
    let (stop, done) = (AtomicBool::new(false), |_, _| {});
    let curve = curve(&scenario, &CurveProgress { done: &done, stop: &stop }).unwrap();
    assert_eq!((curve.traffic.as_slice(), curve.crossovers.len()), ([1.0].as_slice(), 0));
    let text = report::to_table(&curve, "t", hostsim::report::Screen::NONE);
    assert!(text.contains("5.3 M") && text.contains("at every traffic looked at"), "{text}");
    assert_eq!(report::to_csv(&curve).lines().count(), 1 + 2);
    let json: serde_json::Value = serde_json::from_str(&report::to_json(&curve)).unwrap();
    assert_eq!(json["cases"]["machine"]["latency_p99_s"].as_array().unwrap().len(), 1);
    let (_, latency) = report::figures(&curve, "t").into_iter().find(|(name, _)| name.starts_with("latency")).unwrap();
    let drawing = figure::traffic::draw(&latency);
    assert!(["functions", "machine"].iter().all(|name| drawing.texts().any(|text| text.text == *name)));
}

#[test]
fn ranges_of_traffic_that_are_none_are_refused() {
    let error = |traffic: &str| {
        let curve = format!("traffic = {{ {traffic} }}");
        scenario("poisson = { rate = \"2 /s\" }", &curve).map(|_| ()).unwrap_err()
    };
    for (traffic, words) in [
        ("from = 10.0, to = 1.0, points = 3", "below where it begins"),
        ("from = 1.0, to = 2.0, points = 1", "none at 2"),
        ("from = 1.0, to = 1.0, points = 3", "take `points = 1`"),
        ("from = 1.0, to = 2.0, points = 1_000_000", "too many"),
        ("from = 0.0, to = nan, points = 0", "above zero"),
    ] {
        let found = error(traffic);
        assert!(found.contains(words) && found.contains(":16:"), "{traffic}: {found}");
    }
    assert!(scenario("poisson = { rate = \"0 /s\" }", REQUESTS).is_ok_and(|(scenario, _)| base_rate(&scenario) == 0.0));
}

/// `--traffic` multiplies the arrivals of every kind, in the run and in every rate that is told.
#[test]
fn traffic_is_multiplied_by_one_word() {
    let directory = tempfile::tempdir().unwrap();
    let text = "schema = 1\n[run]\nduration = \"1000 s\"\nreplications = 1\n\
                [app.a]\narrivals.constant = { rate = \"1 /s\" }\ncpu.constant = \"1 ms\"\nmemory = \"64 MiB\"\n\
                [app.b]\narrivals.batch = { size = 300, at = \"00:01\" }\ncpu.constant = \"1 ms\"\nmemory = \"64 MiB\"\n\
                [app.c]\narrivals.closed = { users = 10, think.exponential = { mean = \"10 s\" } }\n\
                cpu.constant = \"1 ms\"\nmemory = \"64 MiB\"\n\
                [case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 4\n";
    std::fs::write(directory.path().join("s.toml"), text).unwrap();
    let requests = |traffic: &str| {
        let arguments = ["run", "s.toml", "--traffic", traffic, "--format", "json", "--no-files"];
        let done = run(directory.path(), &arguments);
        assert_eq!(done.status, Some(0), "{}", done.err);
        let result: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        let noted = done.out.contains("multiplied by");
        let of = |app: &str| result["cases"]["x"]["apps"][app]["requests"]["arrived"]["mean"].as_f64().unwrap();
        (noted, ["a", "b", "c"].map(of))
    };
    let (noted, [constant, batch, closed]) = requests("1");
    assert!(!noted);
    assert_eq!([constant, batch], [1000.0, 300.0]);
    let (noted, twice) = requests("2");
    assert!(noted);
    assert_eq!(twice[..2], [2000.0, 600.0]);
    // A closed app's users are doubled: each comes every ten seconds, within five standard errors.
    let expected = 2.0 * 10.0 * 100.0;
    assert!((twice[2] - expected).abs() < 5.0 * f64::sqrt(expected), "{closed} and {}", twice[2]);
    for wrong in ["0", "-1", "nan", "inf", "two"] {
        let done = run(directory.path(), &["run", "s.toml", "--traffic", wrong, "--no-files"]);
        assert_eq!(done.status, Some(2), "{wrong}");
        assert!(done.err.contains("multiplied by"), "{wrong}: {}", done.err);
    }
}
