//! The loop that someone would write by hand for one question alone: how many instances, and how
//! many cold starts? No abstraction, no meters, no metrics but counts.
//!
//! It is written to be fast: one heap of 16-byte events in which the pending arrival of an app
//! replaces the one before in place, idle instances on a stack per app whose old end expires
//! first, one expiry event per app, nothing allocated per request.

mod heap;

use super::Load;
use heap::Heap;
use hostsim::engine::Stream;
use hostsim::workload::Distribution;
use std::collections::VecDeque;

/// What the loop finds out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests that arrived before the end.
    pub arrived: u64,
    /// Requests that were served before the end.
    pub served: u64,
    /// Instances that were started.
    pub started: u64,
    /// Requests for which there was no room.
    pub rejected: u64,
    /// Instances at the end.
    pub instances: u64,
}

/// What an event is, where it is not the end of a request on the server of this number.
const ARRIVAL: u32 = u32::MAX;
const EXPIRY: u32 = u32::MAX - 1;

struct App {
    gaps: Stream,
    demands: Stream,
    /// What of a nanosecond the last arrival's time leaves out.
    fraction: f64,
    /// Idle instances, longest idle first: since when, and on which server.
    idle: VecDeque<(u64, u32)>,
    expiry_is_set: bool,
}

struct Server {
    cores: u64,
    memory: u64,
}

/// Runs the loop from beginning to end.
pub fn run(load: &Load) -> Counts {
    let service = Distribution::log_normal(load.service_mean, load.service_cv);
    let gap = 1e9 / load.rate_of_app();
    let mut counts = Counts::default();
    let mut servers: Vec<Server> =
        (0..load.servers).map(|_| Server { cores: load.capacity.cores, memory: load.capacity.memory }).collect();
    let mut apps: Vec<App> = (0..load.apps).map(|app| App::new(load, app)).collect();
    let mut events = Heap::default();
    for (number, app) in apps.iter_mut().enumerate() {
        let first = app.next_arrival(0, gap);
        if first < load.end {
            events.push(first, number as u32, ARRIVAL);
        }
    }
    while let Some((now, number, what)) = events.first() {
        if now >= load.end {
            break;
        }
        let app = &mut apps[number as usize];
        match what {
            ARRIVAL => {
                counts.arrived += 1;
                let next = app.next_arrival(now, gap);
                if next < load.end {
                    events.replace_first(next, number, ARRIVAL);
                } else {
                    events.remove_first();
                }
                let length = service.sample_span(&mut app.demands).0;
                if let Some((_, server)) = app.idle.pop_back() {
                    events.push(now + length, number, server);
                } else if let Some(server) = place(&mut servers, load) {
                    counts.started += 1;
                    counts.instances += 1;
                    events.push(now + load.start + length, number, server);
                } else {
                    counts.rejected += 1;
                }
            }
            EXPIRY => {
                while let Some(&(since, server)) = app.idle.front()
                    && since + load.keep_alive <= now
                {
                    app.idle.pop_front();
                    servers[server as usize].cores += load.reserve.cores;
                    servers[server as usize].memory += load.reserve.memory;
                    counts.instances -= 1;
                }
                match app.idle.front() {
                    Some((since, _)) => events.replace_first(since + load.keep_alive, number, EXPIRY),
                    None => {
                        app.expiry_is_set = false;
                        events.remove_first();
                    }
                }
            }
            server => {
                counts.served += 1;
                app.idle.push_back((now, server));
                if app.expiry_is_set {
                    events.remove_first();
                } else {
                    app.expiry_is_set = true;
                    events.replace_first(now + load.keep_alive, number, EXPIRY);
                }
            }
        }
    }
    counts
}

/// First fit; asked only for cold starts.
fn place(servers: &mut [Server], load: &Load) -> Option<u32> {
    let (cores, memory) = (load.reserve.cores, load.reserve.memory);
    let found = servers.iter().position(|server| server.cores >= cores && server.memory >= memory)?;
    servers[found].cores -= cores;
    servers[found].memory -= memory;
    Some(found as u32)
}

impl App {
    fn new(load: &Load, app: u32) -> App {
        let stream = |purpose| Stream::named(load.seed, 0, &load.name(app), purpose);
        App {
            gaps: stream("arrivals"),
            demands: stream("cpu"),
            fraction: 0.0,
            idle: VecDeque::new(),
            expiry_is_set: false,
        }
    }

    #[inline]
    fn next_arrival(&mut self, now: u64, gap: f64) -> u64 {
        let delay = self.gaps.exponential() * gap + self.fraction;
        let whole = delay as u64;
        self.fraction = delay - whole as f64;
        now + whole
    }
}
