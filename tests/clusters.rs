//! Clusters through whole simulations: how many nodes, when they come and go, and what they cost.

use crate::common::{read, root, run, values};

/// Nodes of 2 cores and 4 GiB, of which 100 MiB are kept back, at 0.10 an hour.
const MODEL: &str = r#"
[model.cluster]
extends = "textbook-vps"
family = "container"
isolation = ["process", "process"]
size = { node = { cpu = 2, memory = "4 GiB" } }
cluster = { scheduler = "SCHEDULER", kept-back.fixed = { memory = "100 MiB" }, containers-per-node = 5 }
start = [{ phase = "boot", of = "node", time.constant = "50 s" }, { phase = "pull", time.constant = "10 s" }]
charge = [{ name = "nodes", meter = "instance-hours", over = "life", price = "0.10" }]
"#;

fn scenario(scheduler: &str, head: &str, case: &str) -> String {
    let model = MODEL.replace("SCHEDULER", scheduler);
    format!(
        "schema = 1\n[run]\nduration = \"1 h\"\nmonth = \"duration\"\nreplications = 1\n{head}\n{model}\n\
         [case.c]\nhosting = \"cluster\"\nsize = \"node\"\n{case}\n"
    )
}

fn value(text: &str, figure: &str) -> f64 {
    values(&run(text), "c", figure)[0]
}

fn nodes_of(scheduler: &str, head: &str, case: &str) -> f64 {
    value(&scenario(scheduler, head, case), "fleet_nodes_mean")
}

const IDLE: &str = "[app.x]\nmemory = \"100 MiB\"";

/// By CPU: ⌈7 / ⌊2 / 0.5⌋⌉ = 2. By memory: ⌊3,996 / 1,000⌋ = 3 on a node, so 3. By the limit of 5
/// on a node: 2. Whole nodes: 7. The number does not depend on the scheduler.
#[test]
fn as_many_nodes_as_the_containers_need() {
    for scheduler in ["kubernetes", "kubernetes-2017", "most-allocated", "first-fit", "swarm", "random"] {
        for (container, nodes) in [
            ("container = { cpu = 0.5 }", 2.0),
            ("container = { cpu = 0.1, memory = \"1000 MiB\" }", 3.0),
            ("container = { cpu = 0.01 }", 2.0),
            ("", 7.0),
            ("container = { cpu = 0.5 }\nnodes = 4", 4.0),
        ] {
            let found = nodes_of(scheduler, IDLE, &format!("instances = 7\n{container}"));
            assert_eq!(found, nodes, "{scheduler}: {container}");
        }
    }
}

/// Two apps of one account share nodes (3 + 3 containers of half a core on 2 nodes), two tenants do not
/// (3 containers on a node each). The bill counts nodes: 2 × 1 h × 0.10.
#[test]
fn an_account_has_one_cluster() {
    let two_apps = "[app.x]\nmemory = \"100 MiB\"\n[app.y]\nmemory = \"200 MiB\"";
    let case = "instances = 3\ncontainer = { cpu = 0.5 }";
    assert_eq!(nodes_of("first-fit", two_apps, case), 2.0);
    assert_eq!(value(&scenario("first-fit", two_apps, case), "invoice_nodes_usd"), 0.20);
    let tenants = "[app.x]\nmemory = \"100 MiB\"\ntenants = 4";
    assert_eq!(nodes_of("first-fit", tenants, case), 4.0);
    assert_eq!(value(&scenario("first-fit", tenants, case), "invoice_nodes_usd"), 0.40);
}

/// From 00:10 to 00:20 there are three whole-node containers, else one. The two nodes more come at
/// 00:10 (billed from their order, as nothing says that a phase is not), are empty from 00:20 and
/// stay ten minutes: 60 + 2 × 20 minutes of nodes.
#[test]
fn empty_nodes_stay_for_a_while() {
    let schedule = "scaling.schedule = [{ from = \"00:00\", to = \"24:00\", instances = 1 }, \
                    { from = \"00:10\", to = \"00:20\", instances = 3 }]";
    let text = scenario("first-fit", IDLE, schedule);
    let minutes = value(&text, "fleet_nodes_mean") * 60.0;
    assert!((minutes - 100.0).abs() < 1e-9, "{minutes} minutes of nodes");
    assert_eq!(value(&text, "fleet_nodes_peak"), 3.0);
    // A start is a node's boot and then a pull: 2 × 60 s of an hour.
    let starting = value(&text, "instances_starting") * 3600.0;
    assert!((starting - 120.0).abs() < 1e-6, "{starting} s of starting");
}

/// With two half-core containers on a node that is there, a third starts in the ten seconds of its pull.
#[test]
fn a_container_on_a_node_that_is_there_starts_at_once() {
    let schedule = "container = { cpu = 0.5 }\nscaling.schedule = [{ from = \"00:00\", to = \"24:00\", instances = 2 }, \
                    { from = \"00:10\", to = \"00:20\", instances = 3 }]";
    let text = scenario("kubernetes", IDLE, schedule);
    let starting = value(&text, "instances_starting") * 3600.0;
    assert!((starting - 10.0).abs() < 1e-6, "{starting} s of starting");
    assert_eq!(value(&text, "fleet_nodes_peak"), 1.0);
}

/// Where there may be no more nodes, orders are refused; where the fleet has no room for a node, too.
#[test]
fn a_full_cluster_refuses() {
    let most = scenario("first-fit", IDLE, "instances = 7\nnodes = { max = 2 }");
    assert_eq!((value(&most, "instances_mean"), value(&most, "fleet_refused")), (2.0, 5.0));
    let fleet = format!("{IDLE}\n[fleet]\nserver = {{ cores = 4, memory = \"64 GiB\" }}\ncount = 1");
    let small = scenario("first-fit", &fleet, "instances = 7");
    assert_eq!((value(&small, "instances_mean"), value(&small, "fleet_nodes_mean")), (2.0, 2.0));
}

/// What makes no sense is refused where it is written.
#[test]
fn mistakes_are_named() {
    for (case, expected) in [
        ("instances = 1\ncontainer = { cpu = 0 }", "above zero"),
        ("instances = 1\ncontainer = { cores = 1 }", "expected one of: cpu, memory"),
        ("instances = 1\nnodes = { min = 3, max = 2 }", "is below `min`"),
        ("instances = 1\nnodes = 10000000000", "too many"),
    ] {
        let errors = read(&scenario("swarm", IDLE, case), &root()).expect_err(case);
        assert!(errors.contains(expected), "{expected} is not in\n{errors}");
    }
    let errors = read(&scenario("kubernets", IDLE, "instances = 1"), &root()).unwrap_err();
    assert!(errors.contains("did you mean `kubernetes`?"), "{errors}");
    let no_cluster = scenario("swarm", IDLE, "instances = 1")
        .replace("hosting = \"cluster\"\nsize = \"node\"", "hosting = \"textbook-vps\"\nsize = \"1-core\"\nnodes = 2");
    assert!(read(&no_cluster, &root()).unwrap_err().contains("no nodes"));
}
