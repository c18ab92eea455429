//! Shares of a core through whole simulations, against values worked out by hand.

#[path = "../examples/run_time_by_size/measured.rs"]
mod measured;

use crate::common::{run, values};
use measured::MEASURED;

/// One machine of so many cores and threads under a load, with a period of 100 ms or another one.
fn machine(size: &str, period: &str, app: &str, case: &str) -> String {
    format!(
        r#"
schema = 1
[run]
duration = "1 day"
month = "duration"
replications = 1
[app.x]
memory = "100 MiB"
{app}
[model.share]
extends = "textbook-vps"
cpu-period = "{period}"
[model.share.size]
part = {{ {size}, memory = "app" }}
[case.c]
hosting = "share"
size = "part"
instances = 1
{case}
"#
    )
}

fn figure(text: &str, name: &str) -> f64 {
    values(&run(text), "c", name)[0]
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected} ± {tolerance}");
}

const SELDOM: &str = "arrivals.poisson = { rate = \"600 /h\" }";

/// A request of 30 ms on half a core takes 30 ms at any phase: what is left of a period, and 50 ms of the next.
#[test]
fn a_short_request_runs_at_full_speed() {
    let text = machine("cpu = 0.5", "100 ms", "arrivals.poisson = { rate = \"20 /h\" }\ncpu.constant = \"30 ms\"", "");
    near(figure(&text, "latency_max_s"), 0.03, 1e-7);
}

/// 200 ms, `x` after a period's beginning: 350 − x where x is below 50, and 350 else. The mean is 337.5, with a
/// standard deviation of 16.1 over the phases: 14,400 requests give it to 0.14; six of those are allowed (and 4.7
/// for the one in 70 that meets another one is why they come seldom).
#[test]
fn a_long_request_takes_whole_periods() {
    let app = "arrivals.poisson = { rate = \"200 /h\" }\ncpu.constant = \"200 ms\"";
    let result = run(&machine("cpu = 0.5", "100 ms", app, "concurrency = 1"));
    let of = |name| values(&result, "c", name)[0];
    near(of("latency_p50_s"), 0.35, 0.003);
    let alone = of("latency_mean_s") - of("queueing_mean_s");
    near(alone, 0.3375, 6.0 * 0.0161 / 4800f64.sqrt());
    assert!(of("latency_p99_s") < 0.65);
}

/// Two that come at once and need 100 ms each: as one of 200 ms on one thread (300 to 350 ms); on two threads they
/// spend the quota in 25 ms of each period, and take 250 to 325 ms.
#[test]
fn two_share_the_quota() {
    let app = "arrivals.batch = { size = 2, at = \"02:00\" }\ncpu.constant = \"100 ms\"";
    let tenants = format!("tenants = 40\n{app}");
    for (threads, least, most, mean) in [(1, 0.3, 0.35, 0.3375), (2, 0.25, 0.325, 0.296_875)] {
        let text = machine(&format!("cpu = 0.5, threads = {threads}"), "100 ms", &tenants, "");
        let result = run(&text);
        let of = |name| values(&result, "c", name)[0];
        assert!(of("latency_max_s") <= most + 1e-6 && of("latency_p50_s") >= least - 0.002, "{threads} threads");
        near(of("latency_mean_s"), mean, 6.0 * 0.025 / 40f64.sqrt());
    }
}

/// However many wait, in the long run there is the share: a third of a core does 3.3 requests of 100 ms a second.
#[test]
fn long_run_throughput_is_the_share() {
    for threads in [1, 2, 4] {
        let app = "arrivals.closed = { users = 6, think.constant = \"1 ms\" }\ncpu.constant = \"100 ms\"";
        let text = machine(&format!("cpu = 0.333, threads = {threads}"), "100 ms", app, "");
        let result = run(&text);
        let of = |name| values(&result, "c", name)[0];
        near(of("requests_served"), 86_400.0 * 3.33, 10.0);
        near(of("fleet_cpu_used") * 48.0, 0.333, 1e-4);
    }
}

/// The cores that did work are those of the requests, however short they run: 24,000 of 16 ms in a day, one a time.
#[test]
fn work_is_what_was_run() {
    let app = "arrivals.constant = { rate = \"1000 /h\" }\ncpu.constant = \"16 ms\"";
    for more in ["", "concurrency = 1"] {
        let result = run(&machine("cpu = 0.25", "20 ms", app, more));
        let of = |name| values(&result, "c", name)[0];
        assert!(of("requests_served") >= 23_999.0);
        near(of("fleet_cpu_used") * 48.0, of("requests_served") * 0.016 / 86_400.0, 1e-8);
    }
}

/// Alone on its instance or under processor sharing, a request of a sequence takes the same time: two ways to count.
#[test]
fn alone_and_shared_agree() {
    let app = format!("{SELDOM}\ncpu.exponential = {{ mean = \"120 ms\" }}");
    let of = |more| run(&machine("cpu = 0.3", "100 ms", &app, more));
    let (alone, shared) = (of("concurrency = 1"), of("concurrency = 2\ndiscipline = \"fifo\""));
    for name in ["latency_mean_s", "latency_max_s", "queueing_mean_s", "fleet_cpu_used"] {
        assert_eq!(values(&alone, "c", name)[0], values(&shared, "c", name)[0], "{name}");
    }
}

/// With as many cores as threads there is no quota: to the byte, whatever the load. With a period of no length a
/// share is a slower core.
#[test]
fn without_a_quota_nothing_changes() {
    let app = format!("{SELDOM}\ncpu.exponential = {{ mean = \"500 ms\" }}");
    let whole = |period| {
        let result = run(&machine("cpu = 2", period, &app, ""));
        let names = ["latency_mean_s", "latency_p99_s", "latency_max_s", "fleet_cpu_used", "instances_busy"];
        names.map(|name| values(&result, "c", name)[0])
    };
    assert_eq!(whole("100 ms"), whole("0 s"));
    let slow = |size, cpu| {
        let app = format!("{SELDOM}\ncpu.exponential = {{ mean = \"{cpu}\" }}");
        let result = run(&machine(size, "0 s", &app, "concurrency = 1"));
        ["latency_mean_s", "latency_p99_s", "queueing_mean_s"].map(|name| values(&result, "c", name)[0])
    };
    // A request's CPU time is drawn to the nanosecond.
    for (half, whole) in slow("cpu = 0.5", "500 ms").into_iter().zip(slow("cpu = 1", "1 s")) {
        near(half, whole, 1e-9);
    }
}

/// What a burst left over is given in periods: nothing saved, 6.25 % of a core is 5 ms in each 80.
#[test]
fn a_spent_balance_is_a_quota() {
    let app = "arrivals.constant = { rate = \"1 /h\" }\ncpu.constant = \"40 ms\"";
    let size = |period| format!("cpu = 1, credits = {{ share = 0.0625, most = \"0 s\"{period} }}");
    let slow = figure(&machine(&size(""), "100 ms", app, ""), "latency_max_s");
    near(slow, 0.64, 1e-6);
    // Eight quotas of 5 ms: seven periods and 5 ms, less where the first begins late in its period.
    let quota = run(&machine(&size(", period = \"80 ms\""), "100 ms", app, ""));
    let (min, max) = (values(&quota, "c", "latency_p50_s")[0], values(&quota, "c", "latency_max_s")[0]);
    assert!(min > 0.48 && max <= 0.565 + 1e-6, "{min} to {max}");
}

/// Every measured size of Lambda and of Google's functions: with a quota of each 20 and 100 ms, as the catalogue has
/// it, run times are right to 8 % in the mean. On a slower core they are a third and more too long.
#[test]
fn run_times_are_those_measured() {
    for platform in &MEASURED {
        let result = run(&platform.scenario(600));
        let of = |model: &str| -> Vec<f64> {
            let mean = |index| values(&result, &format!("{model}-{index}"), "latency_mean_s")[0] * 1e3;
            (0..platform.sizes.len()).map(mean).collect()
        };
        let (quota, slow) = (platform.mean_error(&of("quota")), platform.mean_error(&of("slow")));
        assert!(quota < 0.08, "{}: {quota}", platform.model);
        assert!(slow > 0.28, "{}: {slow}", platform.model);
    }
}

/// How long 16 ms take on a tenth of a core in periods of 100 ms, begun `u` into one, where it is looked at every `tick` from `offset`
/// into a period on: walked through.
fn sixteen(u: f64, tick: f64, offset: f64) -> f64 {
    let stop = |after: f64| offset + ((after - offset) / tick - 1e-9).ceil() * tick;
    let first = stop(u + 10.0);
    if first <= 100.0 {
        // What is overrun is less than what is left to do.
        return 100.0 - u + 16.0 - (first - u);
    }
    let before = 100.0 - u;
    let second = if before < 10.0 { stop(10.0) } else { stop(20.0 - before) };
    if before + second >= 16.0 { 16.0 } else { 200.0 - u + 16.0 - before - second }
}

/// A tenth of a core in periods of 100 ms, looked at every 4 ms: requests of 10 ms that come seldom never wait, those of 16 ms take
/// what a walk through all phases of periods and ticks comes to. In the long run there is the share, whatever is overrun.
#[test]
fn ticks_let_a_quota_be_overrun() {
    let app = "arrivals.constant = { rate = \"61 /h\" }\ntenants = 40\ncpu.constant = \"10 ms\"";
    let with =
        |tick: &str| machine("cpu = 0.1", "100 ms", app, "").replace("cpu-period", &format!("{tick}\ncpu-period"));
    let (exact, ticks) = ("cpu-tick = \"0 s\"", "cpu-tick = \"4 ms\"");
    near(figure(&with(ticks), "latency_max_s"), 0.01, 1e-7);
    let mean = |tick: &str| figure(&with(tick).replace("10 ms", "16 ms"), "latency_mean_s");
    let phases = || (0..1000).map(|u| 0.1 * f64::from(u) + 0.05);
    let of = |tick: f64, offset: f64| phases().map(|u| sixteen(u, tick, offset)).sum::<f64>() / 1e6;
    near(mean(exact), of(1e-6, 0.0), 2e-4);
    let offsets: Vec<f64> = (0..40).map(|tenths| of(4.0, 0.1 * f64::from(tenths) + 0.05)).collect();
    let expected = offsets.iter().sum::<f64>() / 40.0;
    let spread = (offsets.iter().map(|each| (each - expected).powi(2)).sum::<f64>() / 40.0).sqrt();
    // Forty instances, each with a phase of its own: six standard errors.
    near(mean(ticks), expected, 2e-4 + 6.0 * spread / 40f64.sqrt());
    assert!(expected < of(1e-6, 0.0) - 0.003, "{expected}");
    let busy = "arrivals.closed = { users = 2, think.constant = \"1 ms\" }\ncpu.constant = \"50 ms\"";
    let result = run(&with(ticks).replace(app, busy));
    near(values(&result, "c", "fleet_cpu_used")[0] * 48.0, 0.1, 1e-4);
}
