//! Containers that use what their node has free, through whole simulations: against values worked out by hand and
//! the theory of generalised processor sharing.

use crate::common::{check, mean_and_error, read, root, run, simulated, values};
use hostsim::report::ResultDocument;

/// A cluster of nodes of so many cores, free of charge, whose quotas have a period of 100 ms.
fn model(cores: u32, more: &str) -> String {
    format!(
        r#"
[model.cluster]
extends = "textbook-vps"
family = "container"
isolation = ["process", "process"]
cpu-period = "100 ms"
cluster = {{ scheduler = "first-fit" }}
size = {{ node = {{ cpu = {cores}, memory = "4 GiB" }} }}
{more}
"#
    )
}

fn scenario(cores: u32, apps: &str, case: &str) -> String {
    let duration = if apps.contains("batch") { "1 day" } else { "2 h" };
    format!(
        "schema = 1\n[run]\nduration = \"{duration}\"\nmonth = \"duration\"\nreplications = 1\n{apps}\n{}\n\
         [case.c]\nhosting = \"cluster\"\nsize = \"node\"\ninstances = 1\nnodes = 1\n{case}\n",
        model(cores, "")
    )
}

fn app(name: &str, load: &str) -> String {
    format!("[app.{name}]\nmemory = \"100 MiB\"\n{load}\n")
}

fn value(result: &ResultDocument, name: &str) -> f64 {
    values(result, "c", name)[0]
}

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found}, not {expected} ± {tolerance}");
}

const TWO_TO_ONE: &str = "app.a.container = { cpu = 0.2, cpu-limit = \"none\" }\n\
                          app.b.container = { cpu = 0.1, cpu-limit = \"none\" }";
const ONE_JOB: &str = "arrivals.batch = { size = 1, at = \"02:00\" }\ncpu.constant = \"1 s\"";
const NEVER_RESTS: &str = "arrivals.closed = { users = 1, think.constant = \"0 s\" }\ncpu.constant = \"1 s\"";

/// Weights 2 : 1 on one core, a job of 1 s each: the first is done after 1.5 s, the other has had 0.5 s then and
/// has the core to itself.
#[test]
fn two_jobs_by_weight() {
    let apps = app("a", ONE_JOB) + &app("b", ONE_JOB);
    let result = run(&scenario(1, &apps, TWO_TO_ONE));
    near(value(&result, "apps_a_latency_max_s"), 1.5, 1e-8);
    near(value(&result, "apps_b_latency_max_s"), 2.0, 1e-8);
    // On two cores neither feels the other; on one with limits of 0.2 and 0.1 both have their quotas.
    let result = run(&scenario(2, &apps, TWO_TO_ONE));
    near(value(&result, "apps_b_latency_max_s"), 1.0, 1e-8);
    let result = run(&scenario(1, &apps, "app.a.container.cpu = 0.2\napp.b.container.cpu = 0.1"));
    assert!(value(&result, "apps_a_latency_max_s") > 4.8 && value(&result, "apps_b_latency_max_s") > 9.8);
}

/// Jobs that never rest: two thirds of a core are 1.5 s a job, a third 3 s.
#[test]
fn jobs_that_never_rest() {
    let apps = app("a", NEVER_RESTS) + &app("b", NEVER_RESTS);
    let result = run(&scenario(1, &apps, TWO_TO_ONE));
    near(value(&result, "apps_a_latency_mean_s"), 1.5, 1e-4);
    near(value(&result, "apps_b_latency_mean_s"), 3.0, 1e-4);
    near(value(&result, "fleet_cpu_used") * 48.0, 1.0, 1e-5);
    // What a third that wants 0.1 leaves goes to the others by their weights: 0.9 are 0.6 and 0.3.
    let third = app("d", "arrivals.constant = { rate = \"100 /s\" }\ncpu.constant = \"1 ms\"");
    let case = format!("{TWO_TO_ONE}\napp.d.container = {{ cpu = 0.5, cpu-limit = \"none\" }}");
    let result = run(&scenario(1, &(apps + &third), &case).replace("2 h", "10 min"));
    near(value(&result, "apps_a_latency_mean_s"), 1.0 / 0.6, 0.01);
    near(value(&result, "apps_b_latency_mean_s"), 1.0 / 0.3, 0.02);
}

/// One that is capped at half a core leaves the rest; a limit above what is asked for is one, and not a weight.
#[test]
fn limits_beside_those_who_have_none() {
    let apps = app("a", NEVER_RESTS) + &app("b", NEVER_RESTS);
    let case =
        "app.a.container = { cpu = 0.3, cpu-limit = 0.5 }\napp.b.container = { cpu = 0.1, cpu-limit = \"none\" }";
    let result = run(&scenario(1, &apps, case));
    near(value(&result, "apps_a_latency_mean_s"), 2.0, 1e-3);
    near(value(&result, "apps_b_latency_mean_s"), 2.0, 1e-3);
    // Equal weights of 0.3 and three that want all: a third each, below the limit.
    let apps = apps + &app("d", NEVER_RESTS);
    let case = "container = { cpu = 0.3, cpu-limit = \"none\" }\napp.a.container = { cpu = 0.3, cpu-limit = 0.5 }";
    let result = run(&scenario(1, &apps, case));
    for name in ["a", "b", "d"] {
        near(value(&result, &format!("apps_{name}_latency_mean_s")), 3.0, 2e-3);
    }
    near(value(&result, "fleet_cpu_used") * 48.0, 1.0, 1e-4);
}

/// A request of 40 ms on a container that asks for an eighth of a core takes 40 ms where its node is free.
#[test]
fn alone_at_full_speed() {
    let apps = app("a", "arrivals.constant = { rate = \"1 /min\" }\ncpu.constant = \"40 ms\"");
    let result = run(&scenario(1, &apps, "container = { cpu = 0.125, cpu-limit = \"none\" }"));
    near(value(&result, "latency_max_s"), 0.04, 1e-9);
    near(value(&result, "instances_cpu_used"), 0.04 / 60.0 / 0.125, 1e-6);
}

/// Whatever the weights, the node does min(requests, cores) of work, so that the number of requests of all apps together is
/// that of M/M/1 and M/M/2: ρ / (1 − ρ) and 2ρ / (1 − ρ²). A heavier weight is the faster.
#[test]
fn all_together_are_one_queue() {
    let load =
        |rate| format!("arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"0.2 s\" }}");
    let apps = app("a", &load(1.5)) + &app("b", &load(2.0));
    let head = format!("{apps}\n{}", model(1, "").replace("node =", "two = { cpu = 2, memory = \"4 GiB\" }, node ="));
    let case = |size| format!("hosting = \"cluster\"\nsize = \"{size}\"\ninstances = 1\nnodes = 1\n{TWO_TO_ONE}");
    let result = simulated(10_000, 3, &head, &[("one", &case("node")), ("two", &case("two"))]);
    for (name, cores) in [("one", 1.0), ("two", 2.0)] {
        let rho = 3.5 * 0.2 / cores;
        let inside = if cores == 1.0 { rho / (1.0 - rho) } else { 2.0 * rho / (1.0 - rho * rho) };
        check(&result, name, "latency_mean_s", inside / 3.5, 0.04);
        let of = |app: &str| mean_and_error(&values(&result, name, &format!("apps_{app}_latency_mean_s"))).0;
        assert!(of("a") < of("b"), "{} and {}", of("a"), of("b"));
    }
}

/// Two threads of one core do 0.65 each of what one does alone, also across containers.
#[test]
fn two_containers_share_the_threads_of_a_core() {
    let apps = app("a", NEVER_RESTS) + &app("b", NEVER_RESTS);
    let core = "core = [{ speed = 1.0, thread = 0.65 }]";
    let with = |apps: &str| {
        scenario(2, apps, "container = { cpu = 0.5, cpu-limit = \"none\" }").replace(&model(2, ""), &model(2, core))
    };
    near(value(&run(&with(&app("a", NEVER_RESTS))), "latency_mean_s"), 1.0, 1e-6);
    near(value(&run(&with(&apps)), "latency_mean_s"), 1.0 / 0.65, 1e-4);
}

/// Two nodes of one core on a server of one core that is sold twice: each has half.
#[test]
fn nodes_on_a_crowded_server() {
    let apps = app("a", NEVER_RESTS) + &app("b", NEVER_RESTS);
    let text = scenario(1, &apps, "container = { cpu = 0.6, cpu-limit = \"none\" }").replace("nodes = 1\n", "");
    let fleet = "[fleet]\nserver = { cores = 1, memory = \"16 GiB\" }\ncount = 1\novercommit = { cpu = 2.0 }\n";
    let result = run(&text.replace("[app.a]", &format!("{fleet}[app.a]")));
    near(value(&result, "fleet_nodes_mean"), 2.0, 0.0);
    near(value(&result, "latency_mean_s"), 2.0, 1e-4);
    near(value(&result, "fleet_cpu_used"), 1.0, 1e-4);
}

/// More work than the node can do is an overload, whichever container cannot do it; what one leaves is the other's.
#[test]
fn overload_is_of_the_node() {
    let load =
        |cores: f64| format!("arrivals.poisson = {{ rate = \"{} /s\" }}\ncpu.constant = \"100 ms\"", 10.0 * cores);
    let settled = |a, b| {
        let apps = app("a", &load(a)) + &app("b", &load(b));
        let text = scenario(1, &apps, TWO_TO_ONE);
        let result = run(&text);
        let case = result.case("c").unwrap();
        (case.unsettled.is_empty(), case.unsettled.join("\n"))
    };
    assert!(settled(0.1, 0.7).0, "0.7 of a core on a request of 0.1");
    let (is_settled, notes) = settled(0.5, 0.9);
    assert!(!is_settled && notes.contains("overloaded of `b`") && !notes.contains("overloaded of `a`"), "{notes}");
}

/// A scaling sees the use as a share of what is asked for: 0.3 cores on requests of 0.25 at 50 % want three.
#[test]
fn use_is_of_what_is_asked_for() {
    let apps = app("a", "arrivals.constant = { rate = \"30 /s\" }\ncpu.constant = \"10 ms\"");
    let case = "container = { cpu = 0.25, cpu-limit = \"none\" }\nscaling.target-utilisation = { target = 0.5, min = 1, max = 20 }";
    let text = scenario(4, &apps, case).replace("instances = 1\nnodes = 1\n", "");
    near(value(&run(&text), "instances_mean"), 3.0, 0.05);
}

#[test]
fn limits_that_cannot_be() {
    let apps = app("a", ONE_JOB);
    for (container, words) in [
        ("{ cpu = 0.5, cpu-limit = 0.4 }", "the limit of 0.4 cores is below the 0.5 that the container asks for"),
        ("{ cpu-limit = \"none\" }", "a `cpu-limit` without `cpu`"),
        ("{ cpu = 0.5, cpu-limit = \"some\" }", "`some` is no limit"),
        ("{ cpu = 0.5, cpu-limit = 0 }", "0"),
    ] {
        let errors = read(&scenario(1, &apps, &format!("container = {container}")), &root()).unwrap_err();
        assert!(errors.contains(words), "{container}: {errors}");
    }
}
