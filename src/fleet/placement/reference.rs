//! The policies as they are defined, by looking at every server; the index must agree with them.

use super::{Policy, random::DRAWS};
use crate::engine::Stream;
use crate::fleet::{Demand, Fleet, Server, ServerId};
use num_bigint::BigUint;
use proptest::prelude::*;
use std::cmp::Reverse;

/// A fleet that looks at every server.
struct Naive {
    capacity: Demand,
    elastic: bool,
    servers: Vec<Server>,
    policy: &'static str,
    last: usize,
    stream: Stream,
}

impl Naive {
    fn new(count: Option<u32>, capacity: Demand, policy: &'static str, stream: Stream) -> Naive {
        let server = Server { free: capacity, instances: 0, powered: true, failed: false };
        let servers = vec![server; count.unwrap_or(0) as usize];
        Naive { capacity, elastic: count.is_none(), servers, policy, last: 0, stream }
    }

    fn place(&mut self, demand: Demand) -> Option<ServerId> {
        if !demand.fits(self.capacity) {
            return None;
        }
        let chosen = self.choose(demand).or_else(|| self.one_more())?;
        self.last = chosen;
        let server = &mut self.servers[chosen];
        server.instances += 1;
        server.free = server.free.checked_sub(demand).unwrap();
        Some(ServerId(chosen as u32))
    }

    fn release(&mut self, server: ServerId, demand: Demand) {
        let server = &mut self.servers[server.0 as usize];
        server.free = server.free.checked_add(demand).unwrap();
        server.instances -= 1;
        server.powered = !self.elastic || server.instances > 0;
    }

    fn one_more(&mut self) -> Option<usize> {
        if !self.elastic {
            return None;
        }
        let on = Server { free: self.capacity, instances: 0, powered: true, failed: false };
        let off = self.servers.iter().position(|server| !server.powered);
        let number = off.unwrap_or(self.servers.len());
        if off.is_none() {
            self.servers.push(on);
        }
        self.servers[number] = on;
        Some(number)
    }

    fn choose(&mut self, demand: Demand) -> Option<usize> {
        let n = self.servers.len();
        let fits = |at: &usize| self.servers[*at].has_room(demand);
        let free = |at: &usize| self.servers[*at].free;
        let all = || (0..n).filter(fits);
        match self.policy {
            "first-fit" => all().next(),
            "best-fit" => all().min_by_key(|at| (shares(free(at), self.capacity), *at)),
            "worst-fit" => all().max_by_key(|at| (shares(free(at), self.capacity), Reverse(*at))),
            "next-fit" => {
                let empty = |at: &usize| self.servers[*at].free == self.capacity;
                (self.last..n).take(1).find(fits).or_else(|| all().find(empty))
            }
            "rotating-first-fit" => (self.last..n).chain(0..self.last.min(n)).find(fits),
            "dot-product" => all().max_by_key(|at| (dot(free(at), demand, self.capacity), Reverse(*at))),
            _ => random(&self.servers, demand, &mut self.stream),
        }
    }
}

fn random(servers: &[Server], demand: Demand, stream: &mut Stream) -> Option<usize> {
    let n = servers.len() as u64;
    let drawn = (0..if n == 0 { 0 } else { DRAWS }).map(|_| stream.below(n) as usize);
    if let Some(found) = drawn.into_iter().find(|at| servers[*at].has_room(demand)) {
        return Some(found);
    }
    let with_room: Vec<usize> = (0..servers.len()).filter(|at| servers[*at].has_room(demand)).collect();
    if with_room.is_empty() { None } else { Some(with_room[stream.below(with_room.len() as u64) as usize]) }
}

fn shares(free: Demand, capacity: Demand) -> BigUint {
    let n = BigUint::from;
    n(free.cores) * n(capacity.memory) + n(free.memory) * n(capacity.cores)
}

fn dot(free: Demand, demand: Demand, capacity: Demand) -> BigUint {
    let n = BigUint::from;
    let cores = n(free.cores) * n(demand.cores) * n(capacity.memory) * n(capacity.memory);
    cores + n(free.memory) * n(demand.memory) * n(capacity.cores) * n(capacity.cores)
}

/// One step: place so much (in per mille of the capacity), or release one of those placed.
#[derive(Clone, Copy, Debug)]
enum Step {
    Place(u64, u64),
    Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
    // Few sizes make ties; many sizes make all servers differ; zero and whole ones are the edges.
    let few = prop::sample::select(vec![0, 50, 100, 250, 500, 1000]);
    let size = prop_oneof![few, 0u64..300];
    prop_oneof![
        5 => (size.clone(), size).prop_map(|(cores, memory)| Step::Place(cores, memory)),
        4 => any::<usize>().prop_map(Step::Release),
    ]
}

/// Runs the steps on both fleets and compares all that can be seen after each.
fn agree(policy: Policy, count: Option<u32>, capacity: Demand, steps: &[Step]) {
    let stream = Stream::named(3, 0, "test", "placement");
    let mut fleet = Fleet::new(count, capacity, policy, stream.clone());
    let mut naive = Naive::new(count, capacity, policy.name, stream);
    let mut held: Vec<(ServerId, Demand)> = Vec::new();
    for step in steps {
        match *step {
            Step::Place(cores, memory) => {
                let part = |whole: u64, mille: u64| (u128::from(whole) * u128::from(mille) / 1000) as u64;
                let demand = Demand { cores: part(capacity.cores, cores), memory: part(capacity.memory, memory) };
                let placed = fleet.place(demand);
                assert_eq!(placed, naive.place(demand), "{policy:?} {demand:?}");
                held.extend(placed.map(|server| (server, demand)));
            }
            Step::Release(which) if !held.is_empty() => {
                let (server, demand) = held.swap_remove(which % held.len());
                fleet.release(server, demand);
                naive.release(server, demand);
            }
            Step::Release(_) => {}
        }
        check(&fleet, &naive, &held);
    }
    for (server, demand) in held.drain(..) {
        fleet.release(server, demand);
    }
    assert_eq!(fleet.reserved(), Demand::NONE);
    assert!(fleet.servers().iter().all(|server| server.free == capacity), "a release did not restore");
}

/// What is reserved is the sum of what is held, on no server more than it has.
fn check(fleet: &Fleet, naive: &Naive, held: &[(ServerId, Demand)]) {
    let sum = held.iter().fold(Demand::NONE, |sum, (_, demand)| sum.checked_add(*demand).unwrap());
    assert_eq!(fleet.reserved(), sum);
    assert_eq!(fleet.powered() as usize, naive.servers.iter().filter(|server| server.powered).count());
    assert_eq!(fleet.servers(), &naive.servers[..]);
    assert!(fleet.servers().iter().all(|server| server.free.fits(fleet.capacity())));
}

const CAPACITY: Demand = Demand { cores: 48_000_000, memory: 192 << 30 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_policy_agrees_with_its_definition(
        count in prop_oneof![Just(None), (1u32..400).prop_map(Some)],
        memory in prop_oneof![Just(192u64 << 30), 1u64..1 << 50],
        steps in prop::collection::vec(step(), 1..1500),
    ) {
        for policy in Policy::ALL {
            agree(policy, count, Demand { memory, ..CAPACITY }, &steps);
        }
    }
}

/// Long runs over enough servers for blocks to be cut and joined many times.
#[test]
fn thousands_of_steps_agree() {
    let mut stream = Stream::named(11, 0, "test", "steps");
    for (policy, count) in Policy::ALL.into_iter().flat_map(|policy| [(policy, None), (policy, Some(900))]) {
        let steps: Vec<Step> = (0..6000)
            .map(|k| {
                let grows = (k / 1500) % 2 == 0;
                let bits = stream.bits();
                let place = stream.below(10) < if grows { 8 } else { 2 };
                if place { Step::Place(bits % 701, (bits >> 32) % 653) } else { Step::Release(bits as usize) }
            })
            .collect();
        agree(policy, count, CAPACITY, &steps);
    }
}

/// Each of the servers with room is drawn equally often: chi-square over 20 of them, where few
/// have room (they are counted) and where all have (the first draw does).
#[test]
fn random_is_uniform() {
    for (count, room) in [(20u32, 20u32), (4000, 20)] {
        let stream = Stream::named(5, 0, "test", "placement");
        let mut fleet = Fleet::new(Some(count), CAPACITY, Policy::named("random").unwrap(), stream);
        while (0..count).filter(|s| fleet.instances(ServerId(*s)) == 0).count() > room as usize {
            fleet.place(Demand::whole()).unwrap();
        }
        let mut drawn = std::collections::BTreeMap::new();
        let draws = 20_000;
        for _ in 0..draws {
            let server = fleet.place(Demand { cores: 1, memory: 1 }).unwrap();
            fleet.release(server, Demand { cores: 1, memory: 1 });
            *drawn.entry(server).or_insert(0u32) += 1;
        }
        let expected = f64::from(draws) / f64::from(room);
        let chi_square: f64 = drawn.values().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
        // 19 degrees of freedom: mean 19, standard deviation sqrt(38); 4 standard errors.
        assert_eq!(drawn.len(), room as usize);
        assert!(chi_square < 19.0 + 4.0 * 38f64.sqrt(), "chi-square {chi_square} at {count} servers");
    }
}
