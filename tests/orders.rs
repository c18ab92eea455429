//! Orders that a provider would take: pairs, a most and a fewest; what is in them; cores that can be compared.

use crate::common::{catalogue, config, read, run, values};
use hostsim::catalogue::{Model, Size};
use hostsim::document::Origin;
use hostsim::experiment::sizing::find;
use proptest::test_runner::TestRunner;
use std::path::Path;

const APP: &str = "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 2\n[fleet]\nserver = { cores = 256, memory = \"4 TiB\" }\n[app.a]\n";

fn models() -> Vec<std::sync::Arc<Model>> {
    let (mut d, catalogue) = catalogue();
    let names: Vec<String> = catalogue.models().map(|(name, _)| name.to_string()).collect();
    let at = Origin::new(hostsim::document::SourceId(0), 0..0);
    names.iter().filter_map(|name| catalogue.model(name, at, &mut d)).collect()
}

/// Whether a size is one of the model's list, or a pair that its range holds.
fn is_sold(model: &Model, size: &Size) -> bool {
    model.sizes.contains_key(&size.name)
        || model.size_range.as_ref().is_some_and(|range| range.holds(size.fixed_cores(), size.fixed_memory()))
}

#[test]
fn what_cannot_be_ordered_is_refused_with_the_nearest_that_can() {
    let cases = [
        ("hosting = \"heroku-now\"\nsize = \"eco\"\ninstances = 3", "at most 1 × `eco`", "size = \"standard-1x\""),
        ("hosting = \"heroku-now\"\nsize = \"basic\"\ninstances = 2", "at most 1 × `basic`", "instances = 1"),
        ("hosting = \"heroku-2017\"\nsize = \"hobby\"\ninstances = 2", "at most 1 × `hobby`", "standard-1x"),
        (
            "hosting = \"heroku-now\"\nsize = \"basic\"\nscaling.target-utilisation = { target = 0.5, min = 1, max = 4 }",
            "at most 1 × `basic`, and 4",
            "no more than 1",
        ),
        (
            "hosting = \"heroku-now\"\nsize = \"eco\"\nscaling.target-utilisation = { target = 0.5 }",
            "at most 1 × `eco`, and more",
            "no more than 1",
        ),
        (
            "hosting = \"heroku-now\"\nsize = \"eco\"\nscaling.schedule = [{ from = \"08:00\", to = \"10:00\", instances = 2 }]",
            "at most 1 × `eco`, and 2",
            "no more than 1",
        ),
        ("hosting = \"gke-now\"\nsize = \"f1-micro\"\ninstances = 1", "at least 3 × `f1-micro`", "instances = 3"),
        (
            "hosting = \"gke-now\"\nsize = \"f1-micro\"\ninstances = 5\ncontainer = { cpu = 0.02, memory = \"16 MiB\" }",
            "no number of nodes",
            "nodes = 3",
        ),
        (
            "hosting = \"gke-now\"\nsize = \"f1-micro\"\ninstances = 5\ncontainer = { cpu = 0.02, memory = \"16 MiB\" }\nnodes = 2",
            "2 are asked for",
            "nodes = 3",
        ),
        (
            "hosting = \"aws-fargate-now\"\nsize = { cpu = 4, memory = \"512 MiB\" }\ninstances = 1",
            "cannot be",
            "8 GiB",
        ),
        (
            "hosting = \"aws-fargate-arm-now\"\nsize = { cpu = 16, memory = \"33 GiB\" }\ninstances = 1",
            "cannot be",
            "40 GiB",
        ),
        (
            "hosting = \"aws-fargate-2017\"\nsize = { cpu = 8, memory = \"16 GiB\" }\ninstances = 1",
            "cannot be",
            "cpu = 4",
        ),
        ("hosting = \"cloud-run-now\"\nsize = { cpu = 3, memory = \"2 GiB\" }", "cannot be", "cpu = 4"),
        ("hosting = \"cloud-run-now\"\nsize = { cpu = 0.3, memory = \"600 MiB\" }", "cannot be", "cpu = 0.5"),
        ("hosting = \"cloud-run-now\"\nsize = { cpu = 1, memory = \"5 GiB\" }", "cannot be", "cpu = 2"),
        (
            "hosting = \"cloud-run-now\"\nsize = { cpu = 0.5, memory = \"512 MiB\" }\nconcurrency = 80",
            "at most 1",
            "concurrency = 1",
        ),
        ("hosting = \"cloud-run-instances-now\"\nsize = { cpu = 0.5, memory = \"512 MiB\" }", "cannot be", "cpu = 1"),
        ("hosting = \"aws-lambda-now\"\nsize = { memory = \"64 MiB\" }", "cannot be", "128 MiB"),
    ];
    for (case, why, nearest) in cases {
        let said = read(&format!("{APP}memory = \"16 MiB\"\n[case.x]\n{case}\n"), Path::new("")).unwrap_err();
        assert!(said.contains(why) && said.contains(nearest), "{case}\n{said}");
    }
}

#[test]
fn what_can_be_ordered_is_taken() {
    for case in [
        "hosting = \"heroku-now\"\nsize = \"eco\"\ninstances = 1",
        "hosting = \"heroku-now\"\nsize = \"eco\"\nscaling.target-utilisation = { target = 0.5, min = 1, max = 1 }",
        "hosting = \"gke-now\"\nsize = \"f1-micro\"\ninstances = 3",
        "hosting = \"gke-now\"\nsize = \"n1-standard-1\"\ninstances = 1",
        "hosting = \"aws-fargate-now\"\nsize = { cpu = 0.25, memory = \"512 MiB\" }\ninstances = 1",
        "hosting = \"cloud-run-now\"\nsize = { cpu = 0.08, memory = \"128 MiB\" }",
        "hosting = \"cloud-run-now\"\nsize = { cpu = 2, memory = \"300 MiB\" }\nconcurrency = 200",
    ] {
        let read = read(&format!("{APP}memory = \"16 MiB\"\n[case.x]\n{case}\n"), Path::new(""));
        assert!(read.is_ok(), "{case}\n{}", read.unwrap_err());
    }
}

/// Ten a second of 40 ms are two fifths of a core: more than one eco or basic dyno carries, and no second can be had.
#[test]
fn right_sizing_never_multiplies_what_is_sold_once() {
    let load = "arrivals.poisson = { rate = \"10 /s\" }\ncpu.exponential = { mean = \"40 ms\" }\nmemory = \"200 MiB\"\nslo = { p99 = \"900 ms\" }\n";
    let scenario =
        |case: &str| read(&format!("{APP}{load}[case.x]\nhosting = \"heroku-now\"\n{case}"), Path::new("")).unwrap();
    let cheapest = scenario("size = \"cheapest\"\ninstances = \"right-size\"\n");
    let order = find(&cheapest, &cheapest.cases[0], 1.0).unwrap().orders.remove(0);
    assert!(order.size.most.is_none_or(|most| order.instances <= most), "{}", order.words());
    assert!(order.size.name.starts_with("standard"), "{}", order.words());
    let basic = scenario("size = \"basic\"\ninstances = \"right-size\"\n");
    assert!(find(&basic, &basic.cases[0], 1.0).unwrap_err().contains("basic"));
}

#[test]
fn no_model_offers_what_it_does_not_sell() {
    let models = models();
    let needs = proptest::prelude::any::<u32>();
    let mut runner = TestRunner::new(config(1000));
    runner
        .run(&needs, |need| {
            let memory = hostsim::units::Bytes(u64::from(need) << 5);
            for model in &models {
                for size in model.choices(memory) {
                    assert!(is_sold(model, &size), "{}: {} for {memory}", model.name, size.name);
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Random apps, each sized on each model where orders have rules: whatever comes out could be written down and would
/// be taken.
#[test]
fn what_right_sizing_finds_can_be_ordered() {
    let hosts = ["heroku-now", "gke-now", "aws-fargate-now", "cloud-run-now", "cloud-run-instances-now", "heroku-2017"];
    let app = (1_u32..400, 1_u32..4, 1_u32..900, 0..hosts.len());
    let mut runner = TestRunner::new(config(24));
    runner
        .run(&app, |(work, rate, memory, host)| {
            let instances = if hosts[host].starts_with("cloud") { "" } else { "instances = \"right-size\"\n" };
            let text = format!(
                "schema = 1\n[run]\nduration = \"3 min\"\nreplications = 1\n[app.a]\n\
                 arrivals.poisson = {{ rate = \"{rate} /s\" }}\ncpu.exponential = {{ mean = \"{work} ms\" }}\n\
                 memory = \"{memory} MiB\"\nslo = {{ p95 = \"2 s\" }}\n[case.x]\nhosting = \"{}\"\nsize = \"cheapest\"\n{instances}",
                hosts[host]
            );
            let scenario = read(&text, Path::new("")).unwrap();
            let plan = &scenario.cases[0].deployments[0];
            if let Ok(found) = find(&scenario, &scenario.cases[0], 1.0) {
                let order = &found.orders[0];
                assert!(is_sold(&plan.model, &order.size), "{}", order.words());
                assert!(order.size.most.is_none_or(|most| order.instances <= most), "{}", order.words());
                assert!(order.size.least.is_none_or(|least| order.instances >= least), "{}", order.words());
            }
            Ok(())
        })
        .unwrap();
}

const EC2_IDLE: &str = "schema = 1\n[run]\nduration = \"730 h\"\nreplications = 1\n[fleet]\nserver = \"two-socket-2025\"\n\
                        [app.idle]\nmemory = \"16 MiB\"\n[case.x]\ninstances = 1\n";

/// 0.0042 an hour, 0.005 an hour for the address, 8 GB at 0.08.
#[test]
fn what_is_needed_to_be_reached_is_in_an_order_and_can_be_left_off() {
    let total = |case: &str| values(&run(&format!("{EC2_IDLE}{case}")), "x", "invoice_usd")[0];
    let nano = "hosting = \"aws-ec2-now\"\nsize = \"t4g.nano\"\n";
    assert_eq!(total(nano), 7.36);
    assert_eq!(total(&format!("{nano}without = [\"public-address\", \"block-storage\"]\n")), 3.07);
    assert_eq!(total(&format!("{nano}with = [\"public-address\"]\nwithout = [\"block-storage\"]\n")), 6.72);
    let micro = "hosting = \"gce-now\"\nsize = \"e2-standard-2\"\n";
    let extras = total(micro) - total(&format!("{micro}without = [\"public-address\", \"block-storage\"]\n"));
    assert!((extras - 3.65 - 0.40).abs() < 0.005, "{extras}");
    let said = read(&format!("{EC2_IDLE}{nano}without = [\"adress\"]\n"), Path::new("")).unwrap_err();
    assert!(said.contains("no optional charge `adress`"), "{said}");
}

/// A model in euros needs no rate of the scenario's, and says which it was converted at.
#[test]
fn a_rate_of_exchange_comes_with_the_catalogue() {
    let result = run(&format!("{EC2_IDLE}hosting = \"hetzner-now\"\nsize = \"cx23\"\n"));
    assert!(result.notes.iter().any(|note| note.contains("1.1133 USD, the rate of 2026-10-28")), "{:?}", result.notes);
    let stated = run(&format!("{EC2_IDLE}hosting = \"hetzner-now\"\nsize = \"cx23\"\n[currency]\nEUR = \"2 USD\"\n"));
    let amount = |result| values(result, "x", "invoice_usd")[0];
    assert!((amount(&stated) / amount(&result) - 2.0 / 1.1133).abs() < 0.01);
    assert!(stated.notes.iter().all(|note| !note.contains("comes with the catalogue")));
}

/// So many users who never think, on a machine of two virtual CPUs: the mean latency of a second's work.
fn latency(users: u32, machine: &str, fleet: &str) -> f64 {
    let text = format!(
        "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n{fleet}[app.a]\n\
         arrivals.closed = {{ users = {users}, think.constant = \"1 ms\" }}\ncpu.constant = \"1 s\"\nmemory = \"16 MiB\"\n\
         [model.m]\nextends = \"textbook-vps\"\n[model.m.size.two]\ncpu = 2\nmemory = \"4 GiB\"\n{machine}\n\
         [case.x]\nhosting = \"m\"\nsize = \"two\"\ninstances = 1\n"
    );
    values(&run(&text), "x", "latency_mean_s")[0]
}

/// One busy thread has its core to itself; two have `thread` of it each; four share what the two have.
#[test]
fn two_busy_threads_of_a_core_do_less_than_two_cores() {
    let near = |found: f64, expected: f64| assert!((found / expected - 1.0).abs() < 2e-3, "{found} for {expected}");
    let smt = "speed = 2.0\nthread = 0.65";
    for (users, expected) in [(1, 0.5), (2, 0.5 / 0.65), (4, 1.0 / 0.65)] {
        near(latency(users, smt, ""), expected);
    }
    for (users, expected) in [(1, 0.5), (2, 0.5), (4, 1.0)] {
        near(latency(users, "speed = 2.0", ""), expected);
    }
    near(latency(1, smt, "[fleet]\nserver = { cores = 8, memory = \"64 GiB\", speed = 0.5 }\n"), 2.0);
    near(latency(2, "", ""), 1.0);
}

/// CPU time measured on a Graviton3, whose cores do 1.53 times the reference core's work, is so much longer on that.
#[test]
fn cpu_time_may_have_been_measured_on_another_machine() {
    let on = |cpu_on: &str| {
        let text = format!(
            "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n[app.a]\narrivals.constant = {{ rate = \"1 /min\" }}\n\
             cpu.constant = \"100 ms\"\nmemory = \"16 MiB\"\n{cpu_on}\n[case.x]\nhosting = \"textbook-vps\"\n\
             size = \"1-core\"\ninstances = 1\n"
        );
        read(&text, Path::new("")).map(|_| values(&run(&text), "x", "latency_mean_s")[0])
    };
    for name in ["cpu-on = \"m7g.large\"", "cpu-on = { hosting = \"aws-ec2-now\", size = \"m7g.large\" }"] {
        assert!((on(name).unwrap() - 0.153).abs() < 2e-4);
    }
    assert!(on("cpu-on = \"m7g.lagre\"").unwrap_err().contains("no machine of a known speed"));
    assert!(
        on("cpu-on = { hosting = \"textbook-vps\", size = \"1-core\" }").unwrap_err().contains("no speed is known")
    );
}
