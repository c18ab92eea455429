//! Right-sizing: against the M/M/c formulas, where more is not better, and what it says.

use crate::common::{read, run, values};
use hostsim::experiment::sizing::{Found, find};
use std::path::Path;

/// What is found for the only case of a scenario.
fn found_in(text: &str, directory: &Path) -> Result<Found, String> {
    let scenario = read(text, directory).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    find(&scenario, &scenario.cases[0], 1.0)
}

fn found(text: &str) -> Result<Found, String> {
    found_in(text, Path::new(""))
}

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

/// Ten tenants of 1.4 erlangs want what one of 1.4 erlangs wants, each.
#[test]
fn every_tenant_is_sized_as_one_alone() {
    let of = |tenants: u32| {
        found(&format!(
            "schema = 1\n[run]\nduration = \"20000 s\"\nwarm-up = \"500 s\"\nreplications = 2\n[app.a]\n\
             tenants = {tenants}\narrivals.poisson = {{ rate = \"1.4 /s\" }}\ncpu.exponential = {{ mean = \"1 s\" }}\n\
             slo = {{ p99 = \"6 s\" }}\n[case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\n\
             discipline = \"fifo\"\ninstances = \"right-size\"\n"
        ))
    };
    let one = of(1).unwrap().orders[0].instances;
    assert!(one > 1);
    assert_eq!(of(10).unwrap().orders[0].instances, one);
}

/// Every second request takes 3.3 s and the others 10 ms; by turns, an even number of instances
/// gives all the long ones to half of them. So 5 instances do, and 6 do not (three get one of 3.3 s
/// every 3 s), and 7 and more do: a search that takes more to be better finds 7.
#[test]
fn fewer_may_do_where_more_do_not() {
    let directory = std::env::temp_dir().join(format!("hostsim-turns-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let rows = (0..1200).map(|k| format!("{},{}\n", f64::from(k) * 0.5, if k % 2 == 0 { 3.3 } else { 0.01 }));
    let text: String = std::iter::once("arrival,duration\n".to_string()).chain(rows).collect();
    std::fs::write(directory.join("turns.csv"), text).unwrap();
    let scenario = |instances: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"600 s\"\nreplications = 2\n[app.a]\n\
             arrivals.trace = {{ file = \"turns.csv\", format = \"requests\", arrival = \"arrival\", duration = \"duration\", duration-is = \"cpu\" }}\n\
             slo = {{ p99 = \"6 s\" }}\n[case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\n\
             routing = \"round-robin\"\ninstances = {instances}\n"
        )
    };
    let met = |instances: u32| {
        let scenario = read(&scenario(&instances.to_string()), &directory).unwrap_or_else(|errors| panic!("{errors}"));
        crate::common::run_scenario(&scenario).unwrap().cases[0].slo_met
    };
    assert_eq!([4, 5, 6, 7].map(met), [Some(false), Some(true), Some(false), Some(true)]);
    let found = found_in(&scenario("\"right-size\""), &directory).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(found.orders[0].instances, 5, "tried {:?}", found.tried);
}

/// A model of $7.30 a month that includes so much transfer, pooled; beyond it a GB is $1.
fn pooled(instances: &str) -> String {
    format!(
        "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 2\n[app.a]\narrivals.constant = {{ rate = \"1 /s\" }}\n\
         cpu.constant = \"10 ms\"\nresponse = \"38052 B\"\nslo = {{ p99 = \"1 s\" }}\n\
         [model.pooled]\nfamily = \"vps\"\ncurrency = \"USD\"\n[model.pooled.size.s]\ncpu = 1\nmemory = \"1 GiB\"\n\
         [[model.pooled.charge]]\nname = \"machines\"\nmeter = \"instance-hours\"\nover = \"life\"\nprice = \"0.01\"\n\
         [[model.pooled.charge]]\nname = \"transfer\"\nmeter = \"egress-gb\"\nfree = {{ s = 10 }}\nprice = \"1\"\n\
         [case.x]\nhosting = \"pooled\"\nsize = \"s\"\ninstances = {instances}\n"
    )
}

/// 100 GB leave a month, and each machine includes 10: ten machines for $73 are cheaper than one,
/// for $7.30 and $90 of transfer. Fewer and more than ten cost more, by the same arithmetic.
#[test]
fn more_machines_are_ordered_where_what_they_include_is_worth_more() {
    let cost = |instances: u32| values(&run(&pooled(&instances.to_string())), "x", "invoice_usd")[0];
    let by_hand = |n: f64| 7.3 * n + (100.0 - 10.0 * n).max(0.0);
    for instances in [1, 9, 10, 11] {
        assert!((cost(instances) - by_hand(f64::from(instances))).abs() < 0.05, "{instances}: {}", cost(instances));
    }
    assert_eq!(found(&pooled("\"right-size\"")).unwrap().orders[0].instances, 10);
}

/// The number that is committed to makes the invoice least: every other number is tried.
#[test]
fn a_base_load_is_committed_to_so_that_the_invoice_is_least() {
    let text = |instances: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"1 day\"\nreplications = 1\n[app.a]\n\
             arrivals.diurnal = {{ trough = \"5 /s\", peak = \"60 /s\", peak-at = \"15:00\" }}\ncpu.constant = \"50 ms\"\nslo = {{ p99 = \"5 s\" }}\n\
             [case.x]\nhosting = \"aws-ec2-2017\"\nsize = \"c4.large\"\n\
             scaling.target-utilisation = {{ target = 0.6, min = 1, max = 20 }}\n\
             commitment = {{ plan = \"1-year-no-upfront\", instances = {instances} }}\n"
        )
    };
    let cost = |instances: u32| values(&run(&text(&instances.to_string())), "x", "invoice_usd")[0];
    let best = (0..=8u32).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap();
    assert!(best > 0 && best < 8, "{best}");
    let found = found(&text("\"right-size\"")).unwrap();
    assert_eq!(found.orders[0].committed.as_ref().unwrap().instances, best);
}

/// The target and the limits of a scaling: what is found does, and costs no more than what was
/// tried and does; the greatest number is the least that does.
#[test]
fn target_and_limits_are_sized_too() {
    let text = |scaling: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"1 day\"\nreplications = 2\n[app.a]\n\
             arrivals.on-off = {{ on = \"60 /s\", from = \"08:00\", to = \"20:00\" }}\ncpu.exponential = {{ mean = \"40 ms\" }}\nslo = {{ p99 = \"2 s\" }}\n\
             [case.x]\nhosting = \"aws-ec2-2017\"\nsize = \"c4.large\"\nconcurrency = 40\n\
             scaling.target-utilisation = {scaling}\n"
        )
    };
    let found = found(&text("{ target = \"right-size\", min = \"right-size\", max = \"right-size\" }")).unwrap();
    let order = &found.orders[0];
    let (least, most) = order.limits.unwrap();
    let stated = |least: u32, most: u32| {
        let rule = format!("{{ target = {}, min = {least}, max = {most} }}", order.target.unwrap());
        run(&text(&rule))
    };
    let result = stated(least, most);
    assert_eq!(result.cases[0].slo_met, Some(true), "{found:?}");
    let cost = values(&result, "x", "tco_usd").iter().sum::<f64>() / 2.0;
    let dearest = found.tried.iter().filter(|a| a.met && a.replications == 2).map(|a| a.tco_usd).fold(0.0, f64::max);
    assert!(cost <= dearest + 1e-9);
    if most > least {
        assert_eq!(stated(least, most - 1).cases[0].slo_met, Some(false), "{found:?}");
    }
}

/// What is sized needs an objective; and where none can be met, the answer says which part of it,
/// and with how much.
#[test]
fn what_cannot_be_sized_says_why() {
    let text = |slo: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 2\n[app.a]\narrivals.poisson = {{ rate = \"5 /s\" }}\n\
             cpu.constant = \"500 ms\"\n{slo}\n[case.x]\nhosting = \"textbook-vps\"\nsize = \"cheapest\"\n\
             instances = \"right-size\"\n"
        )
    };
    let none = found(&text("")).unwrap_err();
    assert!(none.contains("the app `a` states no `slo`"), "{none}");
    let missed = found(&text("slo = { p50 = \"400 ms\", availability = 0.5 }")).unwrap_err();
    assert!(missed.starts_with("p50 50") && missed.contains("(at most 400 ms is demanded) even "), "{missed}");
}

/// An objective that would tolerate an overload (70 of 100 requests may be lost): under arrivals that go on no order is
/// taken that cannot do what is offered, 10 erlangs.
#[test]
fn no_overload_is_ordered_whatever_the_objective_tolerates() {
    let found = found(
        "schema = 1\n[run]\nduration = \"2 h\"\nreplications = 2\n[app.a]\narrivals.poisson = { rate = \"10 /s\" }\n\
         cpu.constant = \"1 s\"\ntimeout = { after = \"5 s\", work = \"stops\" }\nslo = { availability = 0.3 }\n\
         [case.x]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ndiscipline = \"fifo\"\ninstances = \"right-size\"\n",
    )
    .unwrap();
    let count = found.orders[0].instances;
    assert!((11..=12).contains(&count), "{found:?}");
    assert!(found.tried.iter().any(|a| a.order == format!("{} × 1-core", count - 1) && !a.met), "{found:?}");
}
