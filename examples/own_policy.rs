//! A placement policy of one's own: best fit that leaves a fifth of each server's cores free, as long as some server
//! can, against best fit to the brim. On servers that promise more cores than they have, room is speed.

use hostsim::engine::Stream;
use hostsim::experiment::{Order, Trial};
use hostsim::fleet::{Demand, Placement, Policy, Server, ServerId};
use hostsim::scenario::Scenario;

const SCENARIO: &str = r#"
schema = 1
run = { duration = "20 min", warm-up = "5 min", replications = 1 }
[fleet]
server = { cores = 10, memory = "64 GiB" }
count = 5
overcommit = { cpu = 3 }
[app.web]
tenants = 20
arrivals.poisson = { rate = "75 /min" }
cpu.exponential = { mean = "1 s" }
memory = "1 GiB"
[case.packed]
hosting = "textbook-vps"
size = "4-core"
instances = 1
"#;

/// The free capacity of each server that is on.
#[derive(Debug)]
struct LeaveRoom {
    capacity: Demand,
    free: Vec<Option<Demand>>,
}

impl LeaveRoom {
    fn build(capacity: Demand, _: Stream) -> Box<dyn Placement> {
        Box::new(LeaveRoom { capacity, free: Vec::new() })
    }

    /// The fullest server that has room and keeps so many millionths of a core.
    fn fullest(&self, demand: Demand, kept: u64) -> Option<ServerId> {
        let fits = |free: &Demand| demand.fits(*free) && free.cores - demand.cores >= kept;
        let with_room = self.free.iter().zip(0..).filter_map(|(free, number)| Some((free.filter(fits)?, number)));
        with_room.min_by_key(|(free, number)| (free.cores, *number)).map(|(_, number)| ServerId(number))
    }
}

impl Placement for LeaveRoom {
    fn changed(&mut self, server: ServerId, _: Option<Demand>, after: Option<Demand>) {
        let place = server.0 as usize;
        if self.free.len() <= place {
            self.free.resize(place + 1, None);
        }
        self.free[place] = after;
    }

    fn choose(&mut self, demand: Demand, _: &[Server]) -> Option<ServerId> {
        self.fullest(demand, self.capacity.cores / 5).or_else(|| self.fullest(demand, 0))
    }
}

/// Mean latencies in seconds: packed to the brim, and with room left.
pub fn latencies() -> Result<[f64; 2], String> {
    let mut scenario = Scenario::from_text(SCENARIO)?;
    let mut found = [0.0; 2];
    for (latency, policy) in found.iter_mut().zip([Policy::default(), Policy::new("leave-room", LeaveRoom::build)]) {
        scenario.cases[0].fleet.placement = policy;
        let case = &scenario.cases[0];
        let orders = Order::of_case(case).ok_or("something is left to be right-sized")?;
        let replication = Trial { scenario: &scenario, case, orders: &orders, traffic: 1.0, replication: 0 }.run()?;
        *latency = replication.figure("latency_mean_s").ok_or("no request was served")?;
    }
    Ok(found)
}

/// Prints the comparison.
pub fn main() -> Result<(), String> {
    let [packed, with_room] = latencies()?;
    println!("mean latency: packed to the brim {packed:.2} s, a fifth of each server left {with_room:.2} s");
    Ok(())
}
