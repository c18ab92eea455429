//! Laws that hold for every scenario: random ones are written, read, run in several ways, and
//! compared with what conservation and determinism demand.

use crate::common::{self, read, root, run, run_scenario, values};
use hostsim::document::Diagnostics;
use hostsim::experiment::{Order, Trial, validate};
use hostsim::report::ResultDocument;
use hostsim::scenario::Scenario;
use proptest::prelude::*;
use proptest::sample::select;

/// One of some lines of TOML.
fn line(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(choices).prop_map(str::to_string)
}

/// A line or none.
fn perhaps(choices: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), line(choices)]
}

const ARRIVALS: &[&str] = &[
    "arrivals.poisson = { rate = \"2 /s\" }",
    "arrivals.poisson = { rate = \"0 /s\" }",
    "arrivals.poisson = { rate = \"8 /s\" }\nactivity.log-normal = { mean = 1.0, cv = 1.0 }",
    "arrivals.constant = { rate = \"3 /s\" }",
    "arrivals.bursty = { calm = \"1 /s\", storm = \"20 /s\", mean-calm = \"1 min\", mean-storm = \"10 s\" }",
    "arrivals.diurnal = { trough = \"1 /s\", peak = \"5 /s\", peak-at = \"00:03\" }",
    "arrivals.spike = { base = \"1 /s\", peak = \"30 /s\", at = \"2 min\", ramp = \"10 s\", length = \"20 s\" }",
    "arrivals.on-off = { on = \"6 /s\", from = \"00:01\", to = \"00:04\" }",
    "arrivals.batch = { size = 300, at = \"00:02\" }",
    "arrivals.closed = { users = 12, think.exponential = { mean = \"2 s\" } }",
];

const CPU: &[&str] = &[
    "cpu.constant = \"50 ms\"",
    "cpu.exponential = { mean = \"200 ms\" }",
    "cpu.uniform = { min = \"0 s\", max = \"100 ms\" }",
    "cpu.log-normal = { median = \"30 ms\", p95 = \"400 ms\" }",
    "cpu.hyper-exponential = { mean = \"100 ms\", cv = 3.0 }",
    "cpu.pareto = { shape = 1.5, min = \"5 ms\", max = \"20 s\" }",
];

const WAIT: &[&str] = &[
    "wait.constant = \"1 s\"",
    "wait.gamma = { mean = \"300 ms\", cv = 0.5 }",
    "wait.weibull = { mean = \"2 s\", cv = 1.5 }",
];

fn app(name: &'static str) -> impl Strategy<Value = String> {
    let tenants = line(&["tenants = 1", "tenants = 3"]);
    let memory = line(&["memory = \"100 MiB\"", "memory = \"400 MiB\""]);
    let timeout = perhaps(&[
        "timeout = \"500 ms\"",
        "timeout = { after = \"7 s\", work = \"unless-waiting\" }",
        "timeout = { after = \"700 ms\", work = \"stops\" }\nretries = { most = 2, after = \"1 s\", jitter = 0.5 }",
        "timeout = \"1 s\"\nretries = { most = 3, after = \"0 s\", factor = 2 }",
    ]);
    let slo = perhaps(&["slo = { p99 = \"1 s\", mean = \"200 ms\", availability = 0.99 }"]);
    let parts = (tenants, line(ARRIVALS), perhaps(CPU), perhaps(WAIT), memory, timeout, slo);
    parts.prop_map(move |(a, b, c, d, e, f, g)| format!("[app.{name}]\n{a}\n{b}\n{c}\n{d}\n{e}\n{f}\n{g}\n"))
}

/// A pool of the textbook's, of one's own with a slow start, or of a provider.
fn pool() -> impl Strategy<Value = String> {
    let hosting = line(&[
        "hosting = \"textbook-vps\"\nsize = \"1-core\"",
        "hosting = \"textbook-vps\"\nsize = \"2-core\"",
        "hosting = \"slow\"\nsize = \"half\"",
        "hosting = \"packed\"\nsize = \"node\"\ncontainer = { cpu = 0.3 }",
        "hosting = \"packed\"\nsize = \"node\"\ncontainer = { cpu = 0.7 }\nnodes = { min = 1, max = 2 }",
        "hosting = \"packed\"\nsize = \"node\"",
        "hosting = \"saving\"\nsize = \"tenth\"\ncredits = 0.05",
        "hosting = \"saving\"\nsize = \"borrower\"",
        "hosting = \"slow\"\nsize = \"one-and-a-half\"",
        "hosting = \"again\"\nsize = \"half\"",
        "hosting = \"digitalocean-2017\"\nsize = \"512mb\"",
        "hosting = \"heroku-2017\"\nsize = \"standard-1x\"",
    ]);
    let number = prop_oneof![
        line(&["instances = 1", "instances = 2", "instances = 5"]),
        line(&[
            "scaling.target-utilisation = { target = 0.5, min = 1, max = 6, period = \"20 s\", cool-down = \"30 s\" }",
            "instances = 2\nscaling.target-utilisation = { target = 0.7, period = \"10 s\" }",
            "scaling.schedule = [{ from = \"00:01\", to = \"00:03\", instances = 3 }]",
        ]),
    ];
    let routing = perhaps(&[
        "routing = \"round-robin\"",
        "routing = \"random\"",
        "routing = \"random\"\nqueue-at = \"pool\"",
        "routing = \"least-loaded\"",
        "routing = \"least-loaded\"\nqueue-at = \"instance\"",
    ]);
    let sleep = perhaps(&["sleep = \"20 s\""]);
    let start = perhaps(&["start.exponential = { mean = \"8 s\" }"]);
    let parts = (hosting, number, terms(), routing, sleep, start);
    parts.prop_map(|(a, b, c, d, e, f)| format!("{a}\n{b}\n{c}\n{d}\n{e}\n{f}"))
}

fn terms() -> impl Strategy<Value = String> {
    let discipline = perhaps(&["discipline = \"fifo\"", "discipline = \"processor-sharing\""]);
    let queue = perhaps(&["queue = 0", "queue = 7", "queue = 1000"]);
    let concurrency = perhaps(&["concurrency = 1", "concurrency = 3", "concurrency = 80"]);
    (discipline, queue, concurrency).prop_map(|(a, b, c)| format!("{a}\n{b}\n{c}"))
}

/// Instances on demand.
fn on_demand() -> impl Strategy<Value = String> {
    let hosting = line(&[
        "hosting = \"textbook-serverless\"",
        "hosting = \"aws-lambda-now\"\nsize = \"512mb\"",
        "hosting = \"bursting\"",
    ]);
    let keep = perhaps(&[
        "keep-alive = \"none\"",
        "keep-alive = \"forever\"",
        "keep-alive.fixed = \"5 s\"",
        "keep-alive.curve = [[\"2 s\", 0.2], [\"10 s\", 0.9], [\"60 s\", 1.0]]",
        "keep-alive = \"greedy-dual\"",
        "keep-alive = \"landlord\"",
        "keep-alive.histogram = { bin = \"1 s\", range = \"20 s\" }",
        "keep-alive.histogram = { bin = \"500 ms\", range = \"10 s\", window = \"finish\", threshold = 0.5 }",
    ]);
    let limit = perhaps(&[
        "concurrency-limit = 2",
        "concurrency-limit = 10",
        "concurrency-limit = 3\nbinding = \"late\"",
        "binding = \"late\"",
    ]);
    let provisioned = perhaps(&["provisioned = 2"]);
    let start = perhaps(&["start.log-normal = { median = \"400 ms\", p95 = \"2 s\" }"]);
    let parts = (hosting, keep, limit, provisioned, start, terms());
    // Lambda of 2017 does not sell what is kept ready.
    let sold = |hosting: &str, kept: String| if hosting.contains("aws-lambda-2017") { String::new() } else { kept };
    parts.prop_map(move |(a, b, c, d, e, f)| {
        let d = sold(&a, d);
        format!("{a}\n{b}\n{c}\n{d}\n{e}\n{f}")
    })
}

fn fleet() -> impl Strategy<Value = String> {
    let server = line(&[
        "server = { cores = 2, memory = \"2 GiB\" }",
        "server = { cores = 4, memory = \"4 GiB\", speed = 1.5, power = { idle = \"100 W\", peak = \"300 W\" } }",
        "server = \"two-socket-2017\"",
        "server = { cores = 4, memory = \"4 GiB\", mtbf = \"40 s\", repair.exponential = { mean = \"20 s\" } }",
    ]);
    let count = perhaps(&["count = 1", "count = 2", "count = \"elastic\""]);
    let placement = perhaps(&[
        "placement = \"first-fit\"",
        "placement = \"best-fit\"",
        "placement = \"worst-fit\"",
        "placement = \"next-fit\"",
        "placement = \"dot-product\"",
        "placement = \"random\"",
    ]);
    let when_full = perhaps(&["when-full = \"reject\"", "when-full = \"queue\"", "when-full = \"evict\""]);
    let overcommit = perhaps(&["overcommit = { cpu = 2.0 }"]);
    let parts = (server, count, placement, when_full, overcommit);
    parts.prop_map(|(a, b, c, d, e)| format!("[fleet]\n{a}\n{b}\n{c}\n{d}\n{e}\n"))
}

/// A scenario's beginning (all but its cases), and the bodies of two cases.
#[derive(Clone, Debug)]
struct Written {
    head: String,
    cases: [String; 2],
    seed: u64,
    warm_up: u32,
}

impl Written {
    fn text(&self, replications: u32, cases: usize) -> String {
        let Written { head, seed, warm_up, .. } = self;
        let run = format!(
            "schema = 1\n[run]\nduration = \"5 min\"\nwarm-up = \"{warm_up} s\"\nseed = {seed}\n\
             replications = {replications}\n"
        );
        let cases = self.cases.iter().take(cases).enumerate().map(|(i, body)| format!("[case.c{i}]\n{body}\n"));
        format!("{run}{head}{}", cases.collect::<String>())
    }
}

/// Models of the test's own: a pool whose start takes its time, functions whose growth is slow.
const MODELS: &str = r#"
[model.slow]
extends = "textbook-vps"
isolation.vm = { memory = "50 MiB", cpu-tax = 0.1 }
size.half = { cpu = 0.5, memory = "500 MiB" }
size.one-and-a-half = { cpu = 1.5, memory = "1 GiB" }
start = [{ phase = "boot", time.constant = "3 s" }]
charge = [{ name = "machine", meter = "instance-hours", over = "life", price = "0.02" }]
recovery = "repair"
[model.again]
extends = "textbook-vps"
size.half = { cpu = 0.5, memory = "500 MiB" }
start = [{ phase = "boot", time.constant = "3 s" }]
recovery.elsewhere = { detection.constant = "2 s", requests = "retried" }
[model.packed]
extends = "slow"
family = "container"
isolation = ["vm", "container"]
size = { node = { cpu = 1, memory = "900 MiB" } }
cluster = { scheduler = "kubernetes-2017", kept-back.fixed = { memory = "100 MiB" }, empty-nodes-stay = "15 s" }
start = [{ phase = "boot", of = "node", time.constant = "5 s" }, { phase = "pull", time.constant = "1 s" }]
[model.saving]
extends = "textbook-vps"
[model.saving.size]
tenth = { cpu = 1, memory = "app", credits = { per-hour = 6, most = 2, at-launch = 0.1 } }
borrower = { cpu = 2, memory = "app", credits = { per-hour = 6, most = 2, unlimited = true } }
[[model.saving.charge]]
name = "surplus"
meter = "surplus-vcpu-hours"
price = "0.05"
[model.bursting]
extends = "textbook-serverless"
concurrency-growth = { burst = 3, step = 2, every = "30 s" }
time-limit = "2 s"
"#;

fn scenario() -> impl Strategy<Value = Written> {
    let charge = perhaps(&["charge = [{ name = \"database\", meter = \"months\", price = \"15\" }]"]);
    let case = (prop_oneof![pool(), on_demand()], charge).prop_map(|(hosting, charge)| format!("{hosting}\n{charge}"));
    let case = case.boxed();
    // Two apps on one fleet, hosted in different ways.
    let mixed = (pool(), on_demand()).prop_map(|(a, b)| {
        let indent = |body: String, app: &str| format!("[case.NAME.app.{app}]\n{body}\n");
        format!("{}{}", indent(a, "x"), indent(b, "y"))
    });
    let second = prop_oneof![2 => case.clone(), 1 => mixed];
    let parts = (fleet(), app("x"), app("y"), case, second, 0..1000u64, select(&[0u32, 60][..]));
    parts.prop_map(|(fleet, x, y, first, second, seed, warm_up)| Written {
        head: format!("{MODELS}{fleet}{x}{y}"),
        cases: [first, second.replace("NAME", "c1")],
        seed,
        warm_up,
    })
}

/// The scenario, if it is one that can be run.
fn accepted(text: &str) -> Option<Scenario> {
    let scenario = read(text, &root()).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let mut diagnostics: Diagnostics = common::catalogue().0;
    validate(&scenario, &mut diagnostics);
    diagnostics.is_empty().then_some(scenario)
}

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads").install(work)
}

/// What holds within each replication of each case.
fn check_figures(result: &ResultDocument) -> Result<(), TestCaseError> {
    for case in &result.cases {
        let figure = |name: &str| -> Vec<f64> {
            let values = case.figures.values_of_flat(name).unwrap_or_else(|| panic!("no figure {name}"));
            values.iter().map(|value| value.unwrap_or(0.0)).collect()
        };
        let columns = |names: &[&str]| names.iter().map(|name| figure(name)).collect::<Vec<_>>();
        let requests = columns(&["requests_arrived", "requests_served", "requests_rejected", "requests_timed_out"]);
        let others = columns(&["requests_lost", "requests_in_flight", "requests_cold", "requests_stopped"]);
        let instances = columns(&["instances_mean", "instances_busy", "instances_idle", "instances_starting"]);
        let peak = figure("instances_peak");
        let fleet = columns(&["fleet_cpu_used", "fleet_cpu_reserved", "fleet_memory_used", "fleet_memory_reserved"]);
        let invoice = figure("invoice_usd");
        let lines: Vec<_> = case.figures.names_under(&["invoice_usd", "lines"]).collect();
        for k in 0..case.figures.replications() {
            let ended = requests[1][k] + requests[2][k] + requests[3][k] + others[0][k] + others[3][k];
            prop_assert_eq!(requests[0][k], ended + others[1][k], "requests of {} are conserved", case.name);
            prop_assert!(others[2][k] <= requests[0][k], "no more are cold than arrived");
            let parts = instances[1][k] + instances[2][k] + instances[3][k];
            prop_assert!((instances[0][k] - parts).abs() <= 1e-9 * (1.0 + parts), "busy + idle + starting");
            prop_assert!(instances[0][k] <= peak[k] + 1e-9);
            for share in &fleet {
                prop_assert!((0.0..=1.0 + 1e-9).contains(&share[k]), "shares of the fleet: {fleet:?}");
            }
            prop_assert!(fleet[2][k] <= fleet[3][k] + 1e-9, "memory used and reserved: {fleet:?}");
            let of_line = |name: &&str| {
                case.figures.values(&["invoice_usd", "lines", name]).and_then(|values| values[k]).unwrap_or(0.0)
            };
            let sum: f64 = lines.iter().map(of_line).sum();
            prop_assert!((invoice[k] - sum).abs() <= 1e-9 * (1.0 + sum.abs()), "invoice {} of {sum}", invoice[k]);
        }
    }
    Ok(())
}

/// The simplest request is one event: its end. One that is retried, starts an instance which fails, is slowed down and
/// expires takes no more than so many times that (those of the warm-up and of the drain are not among the attempts) …
const EVENTS_A_REQUEST: u64 = 10;
/// … and so many come beside requests: six minutes of failures and repairs, of looks at a scaling, of empty nodes.
const EVENTS_BESIDE: u64 = 2_000;

/// What holds in a simulation at its end, seen from inside.
fn check_inside(scenario: &Scenario) -> Result<(), TestCaseError> {
    for case in &scenario.cases {
        let orders: Vec<Order> = case.deployments.iter().filter_map(Order::stated).collect();
        let trial = Trial { scenario, case, orders: &orders, traffic: 1.0, replication: 0 };
        let mut simulation = trial.simulation().map_err(TestCaseError::fail)?;
        simulation.run().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let world = &simulation.world;
        for deployment in 0..scenario.apps.len() as u32 {
            let facts = &world.facts()[deployment as usize];
            let (level, sum) = world.littles_law(deployment);
            prop_assert_eq!(level, sum, "Little's law for {} in {}", deployment, case.name);
            let ended = facts.served + facts.rejected + facts.timed_out + facts.lost + facts.stopped;
            let present = facts.present.value() as u64;
            prop_assert_eq!(facts.arrived, ended + facts.in_flight());
            // Between two attempts a request is in no line and in no instance.
            let tries_again = scenario.apps.iter().any(|app| app.retries.is_some());
            prop_assert!(tries_again || facts.in_flight() <= present, "who was there at the end is gone or there");
            prop_assert!(facts.instances.value() >= facts.busy.value() + facts.starting.value());
            prop_assert!(facts.instances.integral(world.end()) >= facts.busy.integral(world.end()));
            prop_assert!(facts.work.value() >= 0 && facts.work.integral(world.end()) >= 0);
        }
        let attempts: u64 = world.facts().iter().map(|facts| facts.attempts.max(facts.arrived)).sum();
        let most = EVENTS_A_REQUEST * attempts + EVENTS_BESIDE;
        prop_assert!(world.events() <= most, "{} events for {attempts} attempts in {}", world.events(), case.name);
    }
    Ok(())
}

proptest! {
    #![proptest_config(common::config(64))]

    #[test]
    fn random_scenarios_keep_the_laws(written in scenario()) {
        let Some(scenario) = accepted(&written.text(2, 2)) else { return Err(TestCaseError::reject("too large")) };
        let result = run_scenario(&scenario).map_err(|error| TestCaseError::fail(error.to_string()))?;
        check_figures(&result)?;
        check_inside(&scenario)?;

        // The same again, and with one thread and several.
        for threads in [1, 3] {
            let again = with_threads(threads, || run_scenario(&scenario)).map_err(|e| TestCaseError::fail(e.to_string()))?;
            prop_assert_eq!(&again.digest, &result.digest);
            for (one, other) in again.cases.iter().zip(&result.cases) {
                prop_assert_eq!(&one.figures, &other.figures);
            }
        }
        // Another case beside it changes nothing for the first.
        let alone = run(&written.text(2, 1));
        prop_assert_eq!(&alone.cases[0].figures, &result.cases[0].figures);
        // A replication more leaves those before it as they were.
        let more = run(&written.text(3, 1));
        for ((path, two), (_, three)) in alone.cases[0].figures.iter().zip(more.cases[0].figures.iter()) {
            prop_assert_eq!(two, &three[..2], "{:?}", path);
        }
    }

    /// Where nothing is overcommitted, no more cores are used than are reserved.
    #[test]
    fn cores_used_are_reserved(written in scenario()) {
        let exact = written.text(1, 2).replace("overcommit = { cpu = 2.0 }", "");
        let pools_only = !["textbook-serverless", "bursting", "aws-lambda", "heroku"].iter().any(|n| written.cases.concat().contains(n));
        let Some(scenario) = accepted(&exact).filter(|_| pools_only) else { return Ok(()) };
        let result = run_scenario(&scenario).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for case in &result.cases {
            let of = |name: &str| case.figures.values_of_flat(name).and_then(|v| v[0]).unwrap_or(0.0);
            prop_assert!(of("fleet_cpu_used") <= of("fleet_cpu_reserved") + 1e-9, "{}", case.name);
        }
    }
}

/// Common random numbers: at twice the rate the k-th request comes after half the time and needs
/// the same. In half the time as many come, and where nothing holds them up their latencies are
/// the same to the nanosecond.
#[test]
fn twice_the_rate_brings_the_same_requests_in_half_the_time() {
    let text = |rate: u32, minutes: u32| {
        format!(
            "schema = 1\n[run]\nduration = \"{minutes} min\"\nreplications = 3\n[app.a]\n\
             arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"2 ms\" }}\n\
             wait.log-normal = {{ mean = \"3 ms\", cv = 1.0 }}\n[case.c]\nhosting = \"textbook-serverless\"\n"
        )
    };
    let (slow, fast) = (run(&text(5, 20)), run(&text(10, 10)));
    for name in ["requests_arrived", "requests_served", "latency_mean_s", "latency_p99_s", "latency_max_s"] {
        assert_eq!(values(&slow, "c", name), values(&fast, "c", name), "{name}");
    }
    assert_eq!(values(&slow, "c", "requests_in_flight"), [0.0; 3]);
}

/// Arrivals and demands are the same in every case, whatever becomes of them: with the same
/// number of requests and nothing in their way, two ways of hosting answer alike.
#[test]
fn cases_see_the_same_requests() {
    let result = run("schema = 1\n[run]\nduration = \"1 h\"\nreplications = 3\n[app.a]\n\
         arrivals.poisson = { rate = \"3 /s\" }\nwait.log-normal = { mean = \"50 ms\", cv = 2.0 }\n\
         [case.functions]\nhosting = \"textbook-serverless\"\n\
         [case.machine]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n");
    for name in ["requests_arrived", "latency_mean_s", "latency_p99_s", "latency_max_s"] {
        assert_eq!(values(&result, "functions", name), values(&result, "machine", name), "{name}");
    }
}

/// A completion that was scheduled for an instance that is gone does not end a request of the
/// instance that came after it.
///
/// Two requests share an instance: `a` (5 s, from 0 s) would be done at 5 s, until `b` comes at
/// 4 s. `b` (0.1 s) is done at 4.2 s; `a` times out at 4.5 s and the instance stops. `c` (3 s)
/// comes at 4.6 s and starts the next: it is done at 7.6 s, not at 5 s.
#[test]
fn a_completion_of_the_past_is_not_heard() {
    let directory = tempfile::tempdir().expect("a directory");
    let trace = "arrival,duration\n0,5\n4,0.1\n4.6,3\n";
    std::fs::write(directory.path().join("three.csv"), trace).expect("a trace");
    let text = "schema = 1\n[run]\nduration = \"1 min\"\nreplications = 1\n[app.a]\ntimeout = { after = \"4500 ms\", work = \"stops\" }\n\
                arrivals.trace = { file = \"three.csv\", format = \"requests\", duration-is = \"cpu\" }\n\
                [case.c]\nhosting = \"textbook-serverless\"\nkeep-alive = \"none\"\nconcurrency = 2\n\
                discipline = \"processor-sharing\"\n";
    let scenario = read(text, directory.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let result = run_scenario(&scenario).expect("a result");
    assert_eq!(values(&result, "c", "requests_timed_out"), [1.0]);
    assert_eq!(values(&result, "c", "latency_max_s"), [3.0]);
}

/// What waits for room on a full fleet gets it when an instance stops, and a full fleet with a
/// long queue is no more work than the requests are.
#[test]
fn a_long_queue_before_a_full_fleet_is_served_in_its_time() {
    let result = run("schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n[fleet]\n\
         server = { cores = 1, memory = \"1 GiB\" }\ncount = 1\nwhen-full = \"queue\"\n\
         [app.a]\narrivals.batch = { size = 30000, at = \"00:00\" }\nwait.constant = \"100 ms\"\nmemory = \"1 GiB\"\n\
         [case.c]\nhosting = \"textbook-serverless\"\nkeep-alive = \"none\"\n");
    assert_eq!(values(&result, "c", "requests_served"), [30_000.0]);
    assert!((values(&result, "c", "latency_max_s")[0] - 3_000.0).abs() < 1e-6);
}
