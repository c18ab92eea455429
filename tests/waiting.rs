//! Where requests wait, who gives up and who comes again, against what queueing theory knows. Times are in units of a
//! mean service of one second; the mean of the replications may miss by four of its own standard errors.

use crate::common::{self, check, mean_and_error, values};
use hostsim::report::ResultDocument;

const FIVE: &str = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 5\ndiscipline = \"fifo\"";
const ONE: &str = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\ndiscipline = \"fifo\"";

fn simulated(seconds: u32, apps: &str, cases: &[(&str, &str)]) -> ResultDocument {
    common::simulated(seconds, 2017, apps, cases)
}

fn share(result: &ResultDocument, case: &str, part: &str, whole: &str) -> f64 {
    let mean = |figure| mean_and_error(&values(result, case, figure)).0;
    mean(part) / mean(whole)
}

/// Five machines at 70 %: by chance each is an M/M/1; by turns an E5/M/1, where who comes finds the work of a
/// D-like queue (σ solves σ = (5λ/(5λ + 1 − σ))⁵ in units of its own rate); in one line all are an M/M/5.
#[test]
fn a_line_at_each_machine_or_one_for_all() {
    let chance = format!("{FIVE}\nrouting = \"random\"");
    let turns = format!("{FIVE}\nrouting = \"round-robin\"");
    let pool = format!("{FIVE}\nrouting = \"random\"\nqueue-at = \"pool\"");
    let places = format!("{FIVE}\nrouting = \"random\"\nqueue = 0");
    let cases =
        [("chance", chance.as_str()), ("turns", turns.as_str()), ("pool", pool.as_str()), ("places", places.as_str())];
    let app = "[app.a]\narrivals.poisson = { rate = \"3.5 /s\" }\ncpu.exponential = { mean = \"1 s\" }";
    let result = simulated(12_000, app, &cases);
    check(&result, "chance", "queueing_mean_s", 0.7 / 0.3, 0.05);
    let sigma = (0..500).fold(0.5f64, |sigma, _| (3.5 / (3.5 + 1.0 - sigma)).powi(5));
    check(&result, "turns", "queueing_mean_s", sigma / (1.0 - sigma), 0.05);
    let b = (1..=5).fold(1.0, |b, n| 3.5 * b / (f64::from(n) + 3.5 * b));
    check(&result, "pool", "queueing_mean_s", b / (1.0 - 0.7 * (1.0 - b)) / 1.5, 0.05);
    check(&result, "places", "requests_rejected_share", 0.7 / 1.7, 0.02);
}

/// Callers of an M/M/1 who leave while the work goes on are late with e^(−(1−ρ)T), and the machine is busy for ρ of
/// the time; where what waits is dropped it is busy for less; everybody who comes again comes until he may not.
#[test]
fn callers_leave_and_the_work_goes_on() {
    let app = |name: &str, more: &str| {
        format!(
            "[app.{name}]\narrivals.poisson = {{ rate = \"0.6 /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n{more}\n"
        )
    };
    let apps =
        app("on", "timeout = \"2 s\"") + &app("drop", "timeout = { after = \"2 s\", work = \"unless-waiting\" }");
    let result = simulated(20_000, &apps, &[("one", ONE)]);
    let late = share(&result, "one", "apps_on_requests_timed_out", "apps_on_requests_arrived");
    assert!((late - f64::exp(-0.8)).abs() < 0.02, "{late}");
    check(&result, "one", "apps_on_instances_busy", 0.6, 0.02);
    let busy = mean_and_error(&values(&result, "one", "apps_drop_instances_busy")).0;
    assert!(busy < 0.58, "{busy}");
}

/// Requests of 3 s whose callers wait for 1 s: each is sent four times and billed four times, and none is served. A
/// quarter rejected, tried again much later, and again at most once: 1 + B attempts.
#[test]
fn each_attempt_is_a_request_of_its_own() {
    let apps = "[app.a]\narrivals.poisson = { rate = \"1 /s\" }\nwait.constant = \"3 s\"\ntimeout = \"1 s\"\n\
                retries = { most = 3, after = \"10 s\", factor = 2, jitter = 0.5 }";
    let result = simulated(2_000, apps, &[("f", "hosting = \"aws-lambda-now\"\nsize = \"128mb\"")]);
    assert!((share(&result, "f", "requests_attempts", "requests_arrived") - 4.0).abs() < 0.01);
    assert_eq!(share(&result, "f", "requests_timed_out", "requests_arrived"), 1.0);
    assert_eq!(share(&result, "f", "requests_served", "requests_arrived"), 0.0);
}

/// Two apps of one account share its limit: Erlang's formula for the sum of their loads; what is set apart is not
/// shared, and an app's own limit caps it.
#[test]
fn a_limit_is_the_account_s() {
    let app = |name: &str, rate: u32| {
        format!(
            "[app.{name}]\narrivals.poisson = {{ rate = \"{rate} /s\" }}\nwait.exponential = {{ mean = \"1 s\" }}\n"
        )
    };
    let erlang = |places: u32, load: f64| (1..=places).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let function = "hosting = \"textbook-serverless\"\nconcurrency-limit = 8";
    let apart = "hosting = \"textbook-serverless\"\nconcurrency-limit = 8\napp.one.reserved-concurrency = 3";
    let capped = "hosting = \"textbook-serverless\"\napp.one.concurrency-limit = 3";
    let cases = [("shared", function), ("apart", apart), ("capped", capped)];
    let result = simulated(4_000, &(app("one", 2) + &app("two", 4)), &cases);
    check(&result, "shared", "requests_rejected_share", erlang(8, 6.0), 0.05);
    check(&result, "apart", "apps_one_requests_rejected_share", erlang(3, 2.0), 0.05);
    check(&result, "apart", "apps_two_requests_rejected_share", erlang(5, 4.0), 0.05);
    check(&result, "capped", "apps_one_requests_rejected_share", erlang(3, 2.0), 0.05);
    check(&result, "capped", "apps_two_requests_rejected_share", 0.0, 0.05);
}

/// A server that is off when nothing waits: 1/(μ − λ) + 1/α. With as many servers as come and late binding, a start
/// that nobody waits for any more is called off, and all serve whoever waits longest (M/M/∞ with set-ups is quicker
/// than waiting for one's own start).
#[test]
fn servers_that_start_for_the_line() {
    let app = "[app.a]\narrivals.poisson = { rate = \"0.4 /s\" }\nwait.exponential = { mean = \"1 s\" }";
    let none = "hosting = \"textbook-serverless\"\nkeep-alive = \"none\"\nstart.exponential = { mean = \"5 s\" }";
    let one = format!("{none}\nqueue = 1_000_000\nconcurrency-limit = 1");
    let late = format!("{one}\nbinding = \"late\"");
    let (many_late, early) = (format!("{none}\nbinding = \"late\""), none.to_string());
    let cases =
        [("one", one.as_str()), ("late", late.as_str()), ("many-late", many_late.as_str()), ("early", early.as_str())];
    let result = simulated(60_000, app, &cases);
    check(&result, "one", "latency_mean_s", 1.0 / 0.6 + 5.0, 0.02);
    check(&result, "late", "latency_mean_s", 1.0 / 0.6 + 5.0, 0.02);
    check(&result, "early", "latency_mean_s", 6.0, 0.02);
    let latency = mean_and_error(&values(&result, "many-late", "latency_mean_s")).0;
    assert!(latency < 5.5, "{latency}");
    assert!(values(&result, "many-late", "requests_cold_share").iter().all(|share| *share < 1.0));
}
