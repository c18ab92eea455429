//! Right-sizing against the M/M/c formulas, and crossovers against the algebra of price lists.

use crate::common::read;
use hostsim::experiment::curve::{CurveProgress, curve};
use hostsim::experiment::sizing::find;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Erlang's C formula (1917): the probability of waiting with `servers` and so many erlangs.
fn erlang_c(load: f64, servers: u32) -> f64 {
    let blocking = (1..=servers).fold(1.0, |b, n| load * b / (f64::from(n) + load * b));
    let servers = f64::from(servers);
    servers * blocking / (servers - load * (1.0 - blocking))
}

/// P(T > t) of M/M/c, first come first served, mean service 1: a wait that is exponential at the
/// rate c − load with probability C, and then the service.
fn later_than(t: f64, load: f64, servers: u32) -> f64 {
    let (c, slack) = (erlang_c(load, servers), f64::from(servers) - load);
    let after_waiting = if (1.0 - slack).abs() < 1e-9 {
        c * t * (-t).exp()
    } else {
        c * (-slack * t).exp() * (1.0 - (-(1.0 - slack) * t).exp()) / (1.0 - slack)
    };
    (-t).exp() + after_waiting
}

/// The number found by simulation is the one that the formula gives, at ten loads. Loads
/// are taken where the share of late requests is well below 1 % with that number and well above it
/// with one fewer, so that only a bias, and not the noise of 400,000 requests, can miss it.
#[test]
fn the_fewest_machines_are_those_of_the_formula() {
    const BOUND: f64 = 6.0;
    for load in [0.5, 1.4, 2.5, 3.4, 4.4, 6.4, 8.3, 11.3, 15.3, 19.3] {
        let expected = (1..).find(|n| f64::from(*n) > load && later_than(BOUND, load, *n) <= 0.01).unwrap();
        let margin = |servers: u32| (later_than(BOUND, load, servers) - 0.01).abs();
        let fewer_fails_clearly = f64::from(expected - 1) <= load || margin(expected - 1) > 0.006;
        assert!(margin(expected) > 0.0035 && fewer_fails_clearly, "{load} is too close to be told");
        let seconds = 100_000.0 / load;
        let scenario = read(
            &format!(
                "schema = 1\n[run]\nduration = \"{seconds:.0} s\"\nwarm-up = \"500 s\"\nreplications = 4\nseed = 11\n\
                 [app.a]\narrivals.poisson = {{ rate = \"{load} /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
                 memory = \"64 MiB\"\nslo = {{ p99 = \"{BOUND} s\" }}\n\
                 [case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ndiscipline = \"fifo\"\n\
                 instances = \"right-size\"\n"
            ),
            Path::new(""),
        )
        .unwrap();
        let found = find(&scenario, &scenario.cases[0], 1.0).unwrap();
        assert_eq!(found.orders[0].instances, expected, "{load} erlangs; tried {:?}", found.tried);
    }
}

/// Lambda of 2017, 128 MB, 200 ms, no gateway, against a machine at steady traffic: N requests of a
/// month of 730 h cost (N − 10^6) × $0.20/10^6 + (N × 0.2 s × 0.125 − 400,000) × $0.00001667.
#[test]
fn crossovers_are_those_of_the_algebra() {
    let crossing = |machine: f64| (machine + 0.20 + 400_000.0 * 0.00001667) / (0.2e-6 + 0.025 * 0.00001667);
    let machines = [("m4", 0.100 * 730.0), ("m3", 0.067 * 730.0), ("droplet", 5.0)];
    let scenario = read(
        "schema = 1\n[run]\nreplications = 2\n[app.a]\narrivals.constant = { rate = \"1 /s\" }\n\
         wait.constant = \"200 ms\"\nmemory = \"100 MiB\"\n\
         [case.lambda]\nhosting = \"aws-lambda-2017\"\nsize = \"128mb\"\n\
         [case.m4]\nhosting = \"aws-ec2-2017\"\nsize = \"m4.large\"\ninstances = 1\n\
         [case.m3]\nhosting = \"aws-ec2-2017\"\nsize = \"m3.medium\"\ninstances = 1\n\
         [case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
         [curve]\ntraffic = { from = 1.0, to = 100.0, points = 5 }\nrequests = 20_000\n",
        Path::new(""),
    )
    .unwrap();
    let stop = AtomicBool::new(false);
    let found = curve(&scenario, &CurveProgress { done: &|_, _| {}, stop: &stop }).unwrap();
    for (machine, cost) in machines {
        let named = |c: &&hostsim::experiment::curve::Crossover| {
            c.metric == "invoice_usd" && c.below == "lambda" && c.above == machine
        };
        let crossover = found.crossovers.iter().find(named).expect(machine);
        let at = found.requests_per_month(crossover.traffic);
        let exact = crossing(cost);
        assert!((at / exact - 1.0).abs() < 0.01, "{machine}: {at} found, {exact} by the algebra");
    }
}
