//! What is observed: counts, levels and histograms. Nothing here influences what happens.

use crate::metrics::{Histogram, LatencyParts, Level};
use crate::units::Time;

/// The facts of one deployment.
#[derive(Clone, Default)]
pub struct AppFacts {
    /// Requests that arrived in the measured window.
    pub arrived: u64,
    /// Of those, the requests served.
    pub served: u64,
    /// Of those, the requests rejected.
    pub rejected: u64,
    /// How often those were sent: the attempts of each, from the first to the last.
    pub attempts: u64,
    /// Of those, the requests whose callers gave up.
    pub timed_out: u64,
    /// Of those, the requests lost with an instance.
    pub lost: u64,
    /// Of those, the requests that the platform stopped at its time limit.
    pub stopped: u64,
    /// Of those, the requests for which an instance was started.
    pub cold: u64,
    /// Latency of the served requests, in nanoseconds.
    pub latency: Histogram,
    /// Time from arrival to being inside, of the served requests, in nanoseconds.
    pub queueing: Histogram,
    /// What their latency is made of.
    pub parts: LatencyParts,
    /// What came of each tenant's requests, where there are several.
    pub tenants: Vec<TenantFacts>,
    /// Instances that exist, starting ones among them.
    pub instances: Level,
    /// Instances that are starting.
    pub starting: Level,
    /// Instances with at least one request inside.
    pub busy: Level,
    /// Processor cores doing requests' work, in thousand-millionths of a core.
    pub work: Level,
    /// Instances ordered in the measured window.
    pub started: u64,
    /// Instances whose server failed outside office hours, in the measured window.
    pub night_calls: u64,
    /// Requests in the system: queued, bound or inside.
    pub present: Level,
    /// Of those, the requests that did not come inside at once: they waited before an instance or for a start,
    /// whatever became of them, unless they were turned away.
    pub waited: u64,
    /// How long those that are still there at the end of the simulation have been there, in nanoseconds.
    pub ages: u128,
    /// How much of that they were not inside.
    pub queueing_ages: u128,
    /// The shortest of these times.
    pub youngest: Option<u64>,
    /// CPU time that all arrivals since the beginning of the window asked for, in nanoseconds.
    pub offered_cpu: u128,
    /// Blocked time that they asked for, in nanoseconds.
    pub offered_wait: u128,
    /// The time that those which have left spent in the system in the window, in nanoseconds.
    pub spent: u128,
}

/// What came of the requests of one tenant in the measured window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantFacts {
    /// Requests that arrived.
    pub arrived: u64,
    /// Of those, the requests for which an instance was started.
    pub cold: u64,
    /// Of those, the requests served.
    pub served: u64,
    /// The latency of these together, in nanoseconds.
    pub latency: u128,
}

impl TenantFacts {
    /// Adds those of another app of the same tenant.
    pub fn add(&mut self, other: &TenantFacts) {
        self.arrived += other.arrived;
        self.cold += other.cold;
        self.served += other.served;
        self.latency += other.latency;
    }

    /// The share of the cold; `None` where nothing arrived.
    pub fn cold_share(&self) -> Option<f64> {
        (self.arrived > 0).then(|| self.cold as f64 / self.arrived as f64)
    }

    /// The mean latency in seconds; `None` where nothing was served.
    pub fn latency_mean_s(&self) -> Option<f64> {
        (self.served > 0).then(|| self.latency as f64 / 1e9 / self.served as f64)
    }
}

impl AppFacts {
    /// Nothing yet, of an app with so many tenants.
    pub fn of_tenants(tenants: u32) -> AppFacts {
        let count = if tenants > 1 { tenants as usize } else { 0 };
        AppFacts { tenants: vec![TenantFacts::default(); count], ..AppFacts::default() }
    }

    /// How many of those that came in the window have not ended.
    pub fn in_flight(&self) -> u64 {
        self.arrived - (self.served + self.rejected + self.timed_out + self.lost + self.stopped)
    }

    /// The mean latency in nanoseconds of those served, and of those still there by what they have been
    /// there so far: no more than what it will come to. `None` where there are none.
    pub fn mean_so_far(&self) -> Option<f64> {
        let count = self.served + self.in_flight();
        (count > 0).then(|| (self.latency.sum() + self.ages) as f64 / count as f64)
    }

    /// The same of the time until they came inside.
    pub fn mean_queueing_so_far(&self) -> Option<f64> {
        let count = self.served + self.in_flight();
        (count > 0).then(|| (self.queueing.sum() + self.queueing_ages) as f64 / count as f64)
    }

    /// Begins the measured window.
    pub fn reset(&mut self, now: Time) {
        for level in [&mut self.instances, &mut self.starting, &mut self.busy, &mut self.work, &mut self.present] {
            level.reset(now);
        }
        self.spent = 0;
        (self.offered_cpu, self.offered_wait) = (0, 0);
    }
}

/// The facts of a case as a whole.
#[derive(Clone, Default)]
pub struct CaseFacts {
    /// Instances of all deployments.
    pub instances: Level,
    /// Servers that are powered.
    pub servers: Level,
    /// Nodes of clusters.
    pub nodes: Level,
    /// Cores reserved, in millionths.
    pub cores_reserved: Level,
    /// Memory reserved, in bytes.
    pub memory_reserved: Level,
    /// Memory used by the instances, in bytes.
    pub memory_used: Level,
    /// Orders for instances that no server had room for.
    pub refused: u64,
    /// Failures of servers in the measured window.
    pub failures: u64,
    /// A digest of everything that happened, in its order.
    pub digest: Digest,
}

impl CaseFacts {
    /// Begins the measured window.
    pub fn reset(&mut self, now: Time) {
        let levels = [
            &mut self.instances,
            &mut self.servers,
            &mut self.nodes,
            &mut self.cores_reserved,
            &mut self.memory_reserved,
            &mut self.memory_used,
        ];
        for level in levels {
            level.reset(now);
        }
    }
}

/// A running digest of 64 bits (FxHash's step): two runs that differ in any fact differ here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(pub u64);

impl Digest {
    /// Takes in a fact.
    #[inline]
    pub fn add(&mut self, fact: u64) {
        self.0 = (self.0.rotate_left(5) ^ fact).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}
