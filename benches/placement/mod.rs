//! 100,000 placements on 10,000 servers, by every policy.

use super::median;
use hostsim::engine::Stream;
use hostsim::fleet::{Demand, Fleet, Policy, ServerId};
use std::time::Instant;

const SERVERS: u32 = 10_000;
const PLACEMENTS: u32 = 100_000;
const ROUNDS: u64 = 5;
/// Nanoseconds that one placement may take.
const LIMIT: f64 = 10_000.0;
/// 48 cores and 192 GiB.
const CAPACITY: Demand = Demand { cores: 48_000_000, memory: 192 << 30 };

/// Instances of sizes from a sixteenth of a core to four cores, with 0.5 to 8 GiB per core.
fn demand(stream: &mut Stream) -> Demand {
    let cores = 62_500 << stream.below(7);
    Demand { cores, memory: (cores << stream.below(5)) * 512 + stream.below(1 << 20) }
}

/// Measures every policy; whether all are within the limit.
pub fn measure() -> bool {
    Policy::ALL.map(measure_policy).into_iter().all(|well| well)
}

fn measure_policy(policy: Policy) -> bool {
    let mut times: Vec<f64> = (0..ROUNDS).map(|round| nanoseconds(policy, round)).collect();
    let time = median(&mut times);
    println!("placement on {SERVERS} servers, {:12} {time:7.0} ns each", policy.name);
    time <= LIMIT
}

/// Nanoseconds of a placement with the release that goes before it: on servers that are three
/// quarters full, each placement takes the place of an instance chosen at random.
fn nanoseconds(policy: Policy, round: u64) -> f64 {
    let stream = |purpose| Stream::named(round, 0, "bench", purpose);
    let mut fleet = Fleet::new(Some(SERVERS), CAPACITY, policy, stream("placement"));
    let mut demands = stream("demand");
    let mut held: Vec<(ServerId, Demand)> = Vec::new();
    while fleet.reserved().cores < CAPACITY.cores * u64::from(SERVERS) / 4 * 3 {
        let demand = demand(&mut demands);
        held.extend(fleet.place(demand).map(|server| (server, demand)));
    }
    let start = Instant::now();
    for _ in 0..PLACEMENTS {
        let chosen = demands.below(held.len() as u64) as usize;
        let (server, old) = held.swap_remove(chosen);
        fleet.release(server, old);
        let demand = demand(&mut demands);
        held.extend(fleet.place(demand).map(|server| (server, demand)));
    }
    start.elapsed().as_nanos() as f64 / f64::from(PLACEMENTS)
}
