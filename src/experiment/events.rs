//! What a simulation costs, in events.

use super::deploy::Order;
use super::replicate::Trial;
use crate::scenario::Scenario;

/// The events of six hours of one machine of such a size: requests of 400 ms.
fn events(arrivals: &str, size: &str) -> u64 {
    let text = format!(
        "schema = 1\n[run]\nduration = \"6 h\"\nreplications = 1\n[app.x]\nmemory = \"100 MiB\"\n\
         cpu.constant = \"400 ms\"\narrivals.{arrivals}\n[model.m]\nextends = \"textbook-vps\"\n\
         [model.m.size]\npart = {{ memory = \"app\", {size} }}\n\
         [case.c]\nhosting = \"m\"\nsize = \"part\"\ninstances = 1\n"
    );
    let scenario = Scenario::from_text(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let (case, traffic, replication) = (&scenario.cases[0], 1.0, 0);
    let orders = Order::of_case(case).expect("all is stated");
    let trial = Trial { scenario: &scenario, case, orders: &orders, traffic, replication };
    let simulation = trial.simulate().expect("it runs");
    assert!(simulation.world.facts()[0].served >= 300);
    simulation.world.agenda.noted()
}

const SELDOM: &str = "constant = { rate = \"1 /min\" }";

/// A quota costs no event per period: as many with 21.6 million periods of 1 ms as with none, seldom used or always.
#[test]
fn a_quota_costs_no_event_per_period() {
    for arrivals in [SELDOM, "closed = { users = 1, think.constant = \"1 s\" }"] {
        let slow = events(arrivals, "cpu = 0.1, cpu-period = \"0 s\"");
        assert!((300..20_000).contains(&slow), "{slow}");
        for period in ["1 ms", "20 ms", "100 ms"] {
            for tick in ["0 s", "1 ms", "4 ms"] {
                let found = events(arrivals, &format!("cpu = 0.1, cpu-period = \"{period}\", cpu-tick = \"{tick}\""));
                assert!(found.abs_diff(slow) <= slow / 20, "{found} with {period} by {tick}, {slow} without");
            }
        }
    }
}

/// Nor do bursts: one event when what is saved is spent, and none for the periods of what is given then.
#[test]
fn a_burst_costs_no_event_per_period() {
    let burst = |period: &str| {
        events(SELDOM, &format!("cpu = 1, credits = {{ share = 0.1, most = \"100 ms\", period = \"{period}\" }}"))
    };
    let (slow, quota) = (burst("0 s"), burst("1 ms"));
    assert!(quota.abs_diff(slow) <= slow / 10, "{quota} and {slow}");
}

/// The events of ten hours of sixty apps whose calls take so long, on servers of so many cores: at most some 45
/// instances on one, which are crowded where calls are long.
fn events_on_servers(cores: u32, cpu: &str) -> (u64, u64) {
    let text = format!(
        "schema = 1\n[run]\nduration = \"10 h\"\nreplications = 1\n\
         [fleet]\nserver = {{ cores = {cores}, memory = \"8 GiB\" }}\nplacement = \"first-fit\"\n\
         [app.x]\ntenants = 60\nmemory = \"170 MiB\"\ncpu.exponential = {{ mean = \"{cpu}\" }}\n\
         arrivals.poisson = {{ rate = \"6 /h\" }}\n[case.c]\nhosting = \"textbook-serverless\"\n"
    );
    let scenario = Scenario::from_text(&text).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let (case, traffic, replication) = (&scenario.cases[0], 1.0, 0);
    let orders = Order::of_case(case).expect("all is stated");
    let trial = Trial { scenario: &scenario, case, orders: &orders, traffic, replication };
    let simulation = trial.simulate().expect("it runs");
    let facts = &simulation.world.facts()[0];
    assert!(facts.served >= 500, "{}", facts.served);
    (simulation.world.agenda.noted(), facts.served)
}

/// A crowded server costs a request no more events than one with room, however many instances stand on it.
#[test]
fn a_crowded_server_costs_no_event_per_neighbour() {
    let (alone, served) = events_on_servers(64, "100 ms");
    let simplest = alone as f64 / served as f64;
    for (cores, cpu) in [(8, "1 min"), (4, "1 min"), (8, "10 min"), (16, "10 min"), (2, "2 min")] {
        let (events, served) = events_on_servers(cores, cpu);
        let each = events as f64 / served as f64;
        assert!(each < 3.0 * simplest, "{each} events a request on {cores} cores with {cpu}, {simplest} with room");
    }
}
