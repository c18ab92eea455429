//! What queueing theory knows exactly, simulated: the mean of the replications may differ from
//! the formula by at most [`TOLERANCE`] of its own standard errors, under a fixed seed, and every
//! check states how small that standard error must be, so that a wrong program fails.
//!
//! Times are in units of a mean service of one second, so that loads are rates.
//!
//! Formulas: L. Kleinrock, Queueing Systems I, Wiley 1975 (M/M/c, M/M/c/K, G/M/1, finite
//! population); M. Harchol-Balter, Performance Modeling and Design of Computer Systems, Cambridge
//! 2013 (Erlang, Pollaczek–Khinchine, processor sharing); J. W. Cohen, The Single Server Queue,
//! North-Holland 1982 (the finite dam); F. P. Kelly, Reversibility and Stochastic Networks, Wiley
//! 1979 (insensitivity, product form).

use crate::common::{mean_and_error, run, values};
use hostsim::report::ResultDocument;

/// Standard errors by which a mean may miss the truth. With the 20 replications of most checks,
/// Student's t beyond 4 has a probability of 0.0008.
const TOLERANCE: f64 = 4.0;

/// A scenario of one app.
struct Setting<'s> {
    seconds: u32,
    replications: u32,
    app: &'s str,
    cases: &'s [(&'s str, &'s str)],
    more: &'s str,
}

impl Setting<'_> {
    fn run(&self) -> ResultDocument {
        let Setting { seconds, replications, app, cases, more } = self;
        // An eighth of the time is left for the start from emptiness to be forgotten.
        let mut text = format!(
            "schema = 1\n[run]\nduration = \"{seconds} s\"\nwarm-up = \"{} s\"\nreplications = {replications}\n\
             seed = 2017\n[app.a]\n{app}\n{more}\n",
            seconds / 8
        );
        for (name, case) in *cases {
            text.push_str(&format!("[case.{name}]\n{case}\n"));
        }
        run(&text)
    }
}

/// A one-core machine of the textbook, first come first served.
const FIFO: &str = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\ndiscipline = \"fifo\"";
/// The same, its requests sharing the core.
const SHARING: &str = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1";

/// Checks that a figure is what the theory says. `precision` bounds the relative standard error.
fn check(result: &ResultDocument, case: &str, figure: &str, expected: f64, precision: f64) {
    check_within(result, case, figure, expected, precision, 0.0);
}

/// As [`check`], of a quantile: a histogram's bucket is 1/256 wide.
fn check_quantile(result: &ResultDocument, case: &str, figure: &str, expected: f64, precision: f64) {
    check_within(result, case, figure, expected, precision, expected / 256.0);
}

fn check_within(result: &ResultDocument, case: &str, figure: &str, expected: f64, precision: f64, bucket: f64) {
    let (mean, error) = mean_and_error(&values(result, case, figure));
    let place = format!("{case}.{figure}: {mean} ± {error}, expected {expected}");
    assert!(error <= precision * expected.abs(), "too noisy to judge: {place}");
    assert!((mean - expected).abs() <= TOLERANCE * error + bucket, "{place}");
}

/// The probability that a request finds all `c` servers busy, none waiting (Erlang B).
fn erlang_b(servers: u32, load: f64) -> f64 {
    (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b))
}

/// The probability that a request has to wait (Erlang C).
fn erlang_c(servers: u32, load: f64) -> f64 {
    let b = erlang_b(servers, load);
    b / (1.0 - load / f64::from(servers) * (1.0 - b))
}

/// The stationary distribution of a birth–death process up to a number.
fn birth_death(most: usize, birth: impl Fn(usize) -> f64, death: impl Fn(usize) -> f64) -> Vec<f64> {
    let mut weights = vec![1.0];
    for n in 0..most {
        weights.push(weights[n] * birth(n) / death(n + 1));
    }
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

fn mean_of(distribution: &[f64]) -> f64 {
    distribution.iter().enumerate().map(|(n, p)| n as f64 * p).sum()
}

/// Values as printed in tables: Erlang B of 8 erlangs on 10 trunks is 0.1217 and of 4 on 5 is
/// 0.1991; a request of an M/M/2 queue at half load waits with probability 1/3, of 8 erlangs on
/// 10 servers with 0.4092.
#[test]
fn the_formulas_give_the_published_values() {
    for (found, published) in [
        (erlang_b(10, 8.0), 0.1217),
        (erlang_b(5, 4.0), 0.1991),
        (erlang_b(1, 1.0), 0.5),
        (erlang_c(2, 1.0), 0.3333),
        (erlang_c(10, 8.0), 0.4092),
    ] {
        assert!((found - published).abs() < 5e-5, "{found} is not {published}");
    }
}

/// M/M/1: the sojourn is exponential with mean 1/(1 − ρ) under fifo, and has the same mean under
/// processor sharing; the machine is busy for ρ of the time.
#[test]
fn m_m_1() {
    for (rate, seconds) in [(0.3, 60_000), (0.6, 80_000), (0.85, 150_000)] {
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let cases = [("fifo", FIFO), ("sharing", SHARING)];
        let result = Setting { seconds, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let sojourn = 1.0 / (1.0 - rate);
        check(&result, "fifo", "latency_mean_s", sojourn, 0.015);
        check(&result, "fifo", "queueing_mean_s", sojourn - 1.0, 0.02);
        check_quantile(&result, "fifo", "latency_p50_s", sojourn * 2f64.ln(), 0.015);
        check_quantile(&result, "fifo", "latency_p99_s", sojourn * 100f64.ln(), 0.02);
        check(&result, "sharing", "latency_mean_s", sojourn, 0.015);
        for case in ["fifo", "sharing"] {
            check(&result, case, "instances_busy", rate, 0.005);
        }
    }
}

/// M/M/c, in its three shapes: machines of one core, one machine of c cores, functions with a
/// limit. A request waits with Erlang's probability C, then exponentially with rate c − λ.
#[test]
fn m_m_c() {
    let machines = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 4\ndiscipline = \"fifo\"";
    let cores = "hosting = \"textbook-vps\"\nsize = \"4-core\"\ninstances = 1\ndiscipline = \"fifo\"";
    let functions = "hosting = \"textbook-serverless\"\nconcurrency-limit = 4\nqueue = 1_000_000";
    let cases = [("machines", machines), ("cores", cores), ("functions", functions)];
    for (rate, seconds) in [(2.0, 25_000), (3.2, 40_000)] {
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let result = Setting { seconds, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let waits = erlang_c(4, rate);
        for (case, _) in cases {
            check(&result, case, "queueing_mean_s", waits / (4.0 - rate), 0.02);
            check(&result, case, "latency_mean_s", 1.0 + waits / (4.0 - rate), 0.01);
            check_quantile(&result, case, "queueing_p99_s", (waits / 0.01).ln() / (4.0 - rate), 0.02);
        }
        check(&result, "machines", "instances_busy", rate, 0.005);
        check(&result, "functions", "instances_busy", rate, 0.005);
    }
}

/// M/M/c/K: a birth–death process on 0 … K; who finds K inside and waiting is rejected. Also in
/// overload.
#[test]
fn m_m_c_k() {
    let (servers, most) = (3usize, 8usize);
    let machines = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 3\ndiscipline = \"fifo\"\nqueue = 5";
    let functions = "hosting = \"textbook-serverless\"\nconcurrency-limit = 3\nqueue = 5";
    let cases = [("machines", machines), ("functions", functions)];
    for rate in [2.1, 3.9] {
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let result = Setting { seconds: 40_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let states = birth_death(most, |_| rate, |n| n.min(servers) as f64);
        let blocked = states[most];
        for (case, _) in cases {
            check(&result, case, "requests_rejected_share", blocked, 0.02);
            check(&result, case, "latency_mean_s", mean_of(&states) / (rate * (1.0 - blocked)), 0.01);
            check(&result, case, "instances_busy", rate * (1.0 - blocked), 0.005);
        }
    }
}

/// Erlang B: without a queue, blocking depends on the mean of the service alone.
#[test]
fn erlang_loss() {
    let functions = "hosting = \"textbook-serverless\"\nconcurrency-limit = 10";
    let machines = "hosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 10\ndiscipline = \"fifo\"\nqueue = 0";
    let cases = [("functions", functions), ("machines", machines)];
    let services =
        ["exponential = { mean = \"1 s\" }", "constant = \"1 s\"", "log-normal = { mean = \"1 s\", cv = 2.0 }"];
    for (load, service) in [(5.0, services[0]), (8.0, services[0]), (8.0, services[1]), (12.0, services[2])] {
        let app = format!("arrivals.poisson = {{ rate = \"{load} /s\" }}\ncpu.{service}");
        let result = Setting { seconds: 12_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        for (case, _) in cases {
            check(&result, case, "requests_rejected_share", erlang_b(10, load), 0.02);
            check(&result, case, "instances_busy", load * (1.0 - erlang_b(10, load)), 0.005);
        }
    }
}

/// M/G/1 under fifo: the mean wait is λE\[S²\]/2(1 − ρ) (Pollaczek–Khinchine).
#[test]
fn pollaczek_khinchine() {
    let services = [
        ("constant = \"1 s\"", 0.0),
        ("exponential = { mean = \"1 s\" }", 1.0),
        ("hyper-exponential = { mean = \"1 s\", cv = 2.0 }", 4.0),
        ("log-normal = { mean = \"1 s\", cv = 1.2 }", 1.44),
    ];
    for (service, variance) in services {
        for rate in [0.4, 0.7] {
            let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.{service}");
            let cases = [("fifo", FIFO)];
            let result = Setting { seconds: 150_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
            let wait = rate * (1.0 + variance) / (2.0 * (1.0 - rate));
            check(&result, "fifo", "queueing_mean_s", wait, 0.02);
            check(&result, "fifo", "latency_mean_s", wait + 1.0, 0.02);
        }
    }
}

/// M/G/1 with processor sharing: the mean sojourn is 1/(1 − ρ) whatever the service's variance.
#[test]
fn processor_sharing_is_insensitive() {
    let services = [
        "constant = \"1 s\"",
        "exponential = { mean = \"1 s\" }",
        "hyper-exponential = { mean = \"1 s\", cv = 2.0 }",
        "log-normal = { mean = \"1 s\", cv = 2.0 }",
    ];
    for service in services {
        for rate in [0.4, 0.75] {
            let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.{service}");
            let cases = [("sharing", SHARING)];
            let result = Setting { seconds: 60_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
            check(&result, "sharing", "latency_mean_s", 1.0 / (1.0 - rate), 0.015);
        }
    }
}

/// Processor sharing on c cores, whole or not: n requests run at min(n, c) in all, so that the
/// number inside is a birth–death process, whatever the distribution of the service.
#[test]
fn cores_and_fractions_of_cores() {
    let more = "[model.cut]\nextends = \"textbook-vps\"\nsize.half = { cpu = 0.5, memory = \"app\" }\n\
                size.three-halves = { cpu = 1.5, memory = \"app\" }";
    let half = "hosting = \"cut\"\nsize = \"half\"\ninstances = 1";
    let half_fifo = format!("{half}\ndiscipline = \"fifo\"");
    let three_halves = "hosting = \"cut\"\nsize = \"three-halves\"\ninstances = 1";
    let two = "hosting = \"textbook-vps\"\nsize = \"2-core\"\ninstances = 1";
    let cases = [("half", half), ("half-fifo", &half_fifo), ("three-halves", three_halves), ("two", two)];
    for (rate, service) in
        [(0.3, "exponential = { mean = \"1 s\" }"), (0.35, "log-normal = { mean = \"1 s\", cv = 1.5 }")]
    {
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.{service}");
        let result = Setting { seconds: 120_000, replications: 20, app: &app, cases: &cases, more }.run();
        for (case, cores) in [("half", 0.5), ("three-halves", 1.5), ("two", 2.0)] {
            let states = birth_death(400, |_| rate, |n| (n as f64).min(cores));
            check(&result, case, "latency_mean_s", mean_of(&states) / rate, 0.02);
            check(&result, case, "instances_busy", 1.0 - states[0], 0.01);
        }
        if service.starts_with("exponential") {
            check(&result, "half-fifo", "latency_mean_s", 1.0 / (0.5 - rate), 0.02);
        }
    }
    for rate in [1.2, 1.6] {
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let result = Setting { seconds: 50_000, replications: 20, app: &app, cases: &[("two", two)], more: "" }.run();
        check(&result, "two", "latency_mean_s", 1.0 + erlang_c(2, rate) / (2.0 - rate), 0.015);
    }
}

/// A faster server and the tax of isolation: M/M/1 with service rate speed × (1 − tax).
#[test]
fn speed_and_tax_change_the_rate_of_service() {
    let more = "[fleet]\nserver = { cores = 4, memory = \"64 GiB\", speed = 2.0 }\n[model.taxed]\n\
                extends = \"textbook-vps\"\nisolation.process = { memory = \"0 B\", cpu-tax = 0.25 }";
    let taxed = "hosting = \"taxed\"\nsize = \"1-core\"\ninstances = 1";
    let taxed_fifo = format!("{taxed}\ndiscipline = \"fifo\"");
    let cases = [("sharing", taxed), ("fifo", &taxed_fifo)];
    let app = "arrivals.poisson = { rate = \"1.05 /s\" }\ncpu.exponential = { mean = \"1 s\" }";
    let result = Setting { seconds: 60_000, replications: 20, app, cases: &cases, more }.run();
    for (case, _) in cases {
        check(&result, case, "latency_mean_s", 1.0 / (1.5 - 1.05), 0.015);
        // The core is used for λ/μ of the time, and the tax is not work of requests: one core of 4.
        check(&result, case, "fleet_cpu_used", 1.05 / 1.5 * 0.75 / 4.0, 0.005);
    }
}

/// M/G/∞: nobody waits, and λE\[S\] instances are busy, whatever the distribution.
#[test]
fn m_g_infinity() {
    for (rate, service) in [
        (0.5, "exponential = { mean = \"1 s\" }"),
        (5.0, "log-normal = { mean = \"1 s\", cv = 2.0 }"),
        (20.0, "constant = \"1 s\""),
    ] {
        let seconds = (60_000.0 / f64::sqrt(rate)) as u32;
        let app = format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.{service}");
        let cases = [("functions", "hosting = \"textbook-serverless\"")];
        let result = Setting { seconds, replications: 10, app: &app, cases: &cases, more: "" }.run();
        check(&result, "functions", "instances_busy", rate, 0.01);
        assert!(values(&result, "functions", "queueing_mean_s").iter().all(|wait| *wait == 0.0));
    }
}

/// The wait after the CPU time is an M/G/∞ station behind the processor's M/G/1-PS: the two are
/// independent (Kelly), so the instance is empty with probability (1 − ρ)e^(−λw). Under fifo the
/// place is held through both phases: M/G/1 with the sum as its service.
#[test]
fn blocked_time_follows_cpu_time() {
    for rate in [0.3, 0.6] {
        let app = format!(
            "arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
             wait.log-normal = {{ mean = \"2 s\", cv = 1.0 }}"
        );
        let cases = [("sharing", SHARING)];
        let result = Setting { seconds: 60_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        check(&result, "sharing", "latency_mean_s", 1.0 / (1.0 - rate) + 2.0, 0.01);
        check(&result, "sharing", "instances_busy", 1.0 - (1.0 - rate) * f64::exp(-rate * 2.0), 0.01);
    }
    for rate in [0.3, 0.6] {
        let app = format!(
            "arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"0.6 s\" }}\n\
             wait.constant = \"0.4 s\""
        );
        let cases = [("fifo", FIFO)];
        let result = Setting { seconds: 80_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let second_moment = 1.0 + 0.36;
        check(&result, "fifo", "queueing_mean_s", rate * second_moment / (2.0 * (1.0 - rate)), 0.02);
        check(&result, "fifo", "instances_busy", rate, 0.005);
    }
}

/// Requests that take no time: one is cold where the gap before it was longer than the
/// keep-alive k, with probability e^(−λk); an instance is there for the rest of the time.
#[test]
fn cold_starts_under_fixed_keep_alive() {
    let app = "arrivals.poisson = { rate = \"0.01 /s\" }";
    let kept = [("60 s", 0.6), ("120 s", 1.2), ("300 s", 3.0)];
    let bodies = kept.map(|(length, _)| format!("hosting = \"textbook-serverless\"\nkeep-alive.fixed = \"{length}\""));
    let cases = [("a", bodies[0].as_str()), ("b", &bodies[1]), ("c", &bodies[2])];
    let result = Setting { seconds: 4_000_000, replications: 20, app, cases: &cases, more: "" }.run();
    for ((case, _), (_, mass)) in cases.iter().zip(kept) {
        check(&result, case, "requests_cold_share", f64::exp(-mass), 0.01);
        check(&result, case, "instances_mean", 1.0 - f64::exp(-mass), 0.01);
    }
}

/// A measured keep-alive curve: cold with the probability that the gap outlasts the length drawn;
/// for a length uniform on (0, m) that is (1 − e^(−λm))/λm.
#[test]
fn cold_starts_under_a_keep_alive_curve() {
    let app = "arrivals.poisson = { rate = \"0.01 /s\" }";
    let curve = "hosting = \"textbook-serverless\"\nkeep-alive.curve = [[\"0 s\", 0.0], [\"200 s\", 1.0]]";
    let result = Setting { seconds: 4_000_000, replications: 20, app, cases: &[("curve", curve)], more: "" }.run();
    check(&result, "curve", "requests_cold_share", (1.0 - f64::exp(-2.0)) / 2.0, 0.01);
}

/// Without keep-alive every request is cold, and waits for its own start.
#[test]
fn every_request_starts_an_instance_where_none_is_kept() {
    let app = "arrivals.poisson = { rate = \"2 /s\" }\ncpu.exponential = { mean = \"1 s\" }";
    let case = "hosting = \"textbook-serverless\"\nkeep-alive = \"none\"\nstart.exponential = { mean = \"3 s\" }";
    let result = Setting { seconds: 20_000, replications: 20, app, cases: &[("none", case)], more: "" }.run();
    check(&result, "none", "latency_mean_s", 4.0, 0.01);
    check(&result, "none", "instances_starting", 6.0, 0.01);
    check(&result, "none", "instances_busy", 2.0, 0.01);
    assert!(values(&result, "none", "requests_cold_share").iter().all(|share| *share == 1.0));
}

/// M/M/1 where everyone leaves T after arriving, served or not: the work found is that of a dam
/// of height T (Cohen), with density proportional to that of M/M/1 below T, so that a request is
/// not served in time with probability (1 − ρ)e^(−(1−ρ)T) / (1 − ρe^(−(1−ρ)T)); also in overload.
#[test]
fn m_m_1_with_deadlines() {
    for (rate, deadline) in [(0.7, 4.0), (0.9, 3.0), (1.3, 5.0)] {
        let app = format!(
            "arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
             timeout = {{ after = \"{deadline} s\", work = \"stops\" }}"
        );
        let cases = [("fifo", FIFO)];
        let result = Setting { seconds: 40_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let rest = f64::exp(-(1.0 - rate) * deadline);
        let late = (1.0 - rate) * rest / (1.0 - rate * rest);
        let (timed_out, _) = mean_and_error(&values(&result, "fifo", "requests_timed_out"));
        let (arrived, _) = mean_and_error(&values(&result, "fifo", "requests_arrived"));
        assert!((timed_out / arrived - late).abs() < 0.05 * late, "{} is not {late}", timed_out / arrived);
        // In a window of 40,000 s a handful in flight at its end do not count.
        check(&result, "fifo", "availability", 1.0 - late, 0.005);
        check(&result, "fifo", "instances_busy", 1.0 - (1.0 - rate) / (1.0 - rate * rest), 0.005);
    }
}

/// D/M/1: a request waits with probability σ = e^(−(1−σ)/λ), and then exponentially.
#[test]
fn d_m_1() {
    for rate in [0.5, 0.8] {
        let app = format!("arrivals.constant = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let cases = [("fifo", FIFO)];
        let result = Setting { seconds: 100_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let sigma = (0..500).fold(0.5, |sigma, _| f64::exp(-(1.0 - sigma) / rate));
        check(&result, "fifo", "queueing_mean_s", sigma / (1.0 - sigma), 0.02);
        check(&result, "fifo", "latency_mean_s", 1.0 / (1.0 - sigma), 0.01);
    }
}

/// Ten users who think and ask: the finite-population model (the machine repairman's), a
/// birth–death process. Users who think are insensitive to how long their thoughts vary.
#[test]
fn a_closed_population() {
    for think in ["exponential = { mean = \"8 s\" }", "constant = \"8 s\""] {
        let app = format!("arrivals.closed = {{ users = 10, think.{think} }}\ncpu.exponential = {{ mean = \"1 s\" }}");
        let cases = [("fifo", FIFO), ("sharing", SHARING)];
        let result = Setting { seconds: 60_000, replications: 20, app: &app, cases: &cases, more: "" }.run();
        let states = birth_death(10, |n| (10 - n) as f64 / 8.0, |_| 1.0);
        let throughput = 1.0 - states[0];
        for (case, _) in cases {
            check(&result, case, "instances_busy", throughput, 0.005);
            check(&result, case, "latency_mean_s", mean_of(&states) / throughput, 0.01);
        }
    }
}
