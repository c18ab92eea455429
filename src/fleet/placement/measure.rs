//! How long a placement takes: `cargo test --release --lib placement::measure -- --ignored --nocapture`.

use super::Policy;
use crate::engine::Stream;
use crate::fleet::{Demand, Fleet, ServerId};
use std::time::Instant;

const SERVERS: u32 = 10_000;
const PLACEMENTS: u32 = 100_000;
/// 48 cores and 192 GiB.
const CAPACITY: Demand = Demand { cores: 48_000_000, memory: 192 << 30 };

/// What the fleet holds before it is measured, and what is asked of it.
struct Load {
    name: &'static str,
    /// What a server is filled with, by its number.
    before: fn(u64, &mut Stream) -> Demand,
    /// What an instance asks for.
    demand: fn(&mut Stream) -> Demand,
}

fn part(cores: u64, memory: u64) -> Demand {
    Demand { cores: CAPACITY.cores * cores / 10_000, memory: CAPACITY.memory / 10_000 * memory }
}

fn sizes(stream: &mut Stream) -> Demand {
    [part(30, 15), part(100, 100), part(100, 400), part(400, 100)][stream.below(4) as usize]
}

const LOADS: [Load; 7] = [
    Load { name: "all empty, four sizes", before: |_, _| Demand::NONE, demand: sizes },
    Load {
        name: "all differ, any size",
        before: |_, s| part(s.below(9_000), s.below(9_000)),
        demand: |s| part(1 + s.below(200), 1 + s.below(200)),
    },
    Load {
        name: "9,990 memory-full",
        before: |n, s| part(s.below(5_000), if n % 1000 == 999 { 5_000 } else { 10_000 }),
        demand: |_| part(10, 10),
    },
    Load {
        name: "half memory-full, half CPU-full, 1 % free",
        before: |n, s| match n {
            9_900.. => part(s.below(5_000), s.below(5_000)),
            n if n % 2 == 0 => part(s.below(9_000), 9_950 + s.below(50)),
            _ => part(9_950 + s.below(50), s.below(9_000)),
        },
        demand: |s| part(60 + s.below(20), 60 + s.below(20)),
    },
    Load {
        name: "free CPU and memory anti-correlated",
        before: |_, s| {
            let cores = s.below(9_000);
            part(cores, 9_000 - cores)
        },
        demand: |_| part(60, 60),
    },
    Load {
        name: "as before, any size",
        before: |_, s| {
            let cores = s.below(9_000);
            part(cores, 9_000 - cores)
        },
        demand: |s| part(1 + s.below(200), 1 + s.below(200)),
    },
    Load {
        name: "full, but for a little",
        before: |_, s| part(9_900 + s.below(90), 9_900 + s.below(90)),
        demand: |s| part(50 + s.below(45), 50 + s.below(45)),
    },
];

/// A fleet filled as the load says, server by server.
fn filled(policy: Policy, load: &Load, stream: &mut Stream) -> Fleet {
    let mut fleet = Fleet::new(Some(SERVERS), CAPACITY, policy, Stream::named(1, 0, "measure", "placement"));
    for number in 0..SERVERS {
        fleet.occupy(ServerId(number), (load.before)(u64::from(number), stream));
    }
    fleet
}

/// Nanoseconds of a placement, with the release that follows where as many are held as fit well.
fn measured(policy: Policy, load: &Load) -> (f64, u32) {
    let mut stream = Stream::named(2, 0, "measure", "demand");
    let mut fleet = filled(policy, load, &mut stream);
    let mut held: Vec<(ServerId, Demand)> = Vec::with_capacity(PLACEMENTS as usize);
    let demands: Vec<(Demand, u64)> = (0..PLACEMENTS).map(|_| ((load.demand)(&mut stream), stream.bits())).collect();
    let start = Instant::now();
    let mut refused = 0;
    for (demand, bits) in demands {
        match fleet.place(demand) {
            Some(server) => held.push((server, demand)),
            None => refused += 1,
        }
        // Two of five are given back, so that holes appear all over.
        if bits % 5 < 2 && !held.is_empty() {
            let (server, demand) = held.swap_remove((bits >> 8) as usize % held.len());
            fleet.release(server, demand);
        }
    }
    (start.elapsed().as_nanos() as f64 / f64::from(PLACEMENTS), refused)
}

#[test]
#[ignore = "prints times, which only an optimised build gives"]
fn nanoseconds_per_placement() {
    for load in &LOADS {
        println!("{}:", load.name);
        for policy in Policy::ALL {
            let (nanoseconds, refused) = measured(policy, load);
            println!("  {:12} {nanoseconds:7.0} ns, {refused} of {PLACEMENTS} refused", policy.name);
        }
    }
}
