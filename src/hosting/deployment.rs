//! A deployment: one app under one hosting model, resolved to the numbers that the world needs.

use super::cluster::ClusterPlan;
use super::credits::CreditRule;
use super::initial::Initial;
use super::keep_alive::KeepAlive;
use super::quota::QuotaRule;
use super::retries::Retries;
use super::routing::{QueueAt, Routing};
use super::scaling::Scaling;
use super::timeout::Timeout;
use crate::billing::Each;
use crate::document::{Diagnostics, Node, named};
use crate::engine::Stream;
use crate::fleet::Demand;
use crate::units::{Cores, Span};
use crate::workload::Distribution;
use std::sync::Arc;

/// What becomes of an order for an instance for which no server has room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenFull {
    /// The order is refused; a request that needed it is rejected.
    #[default]
    Reject,
    /// The request waits until there is room.
    Queue,
    /// Idle instances make room, in the order of the keep-alive: the least recently used first
    /// where that has none.
    Evict,
}

/// One step from order to ready.
#[derive(Clone, Debug)]
pub struct StartPhase {
    /// What happens in it ("boot", "pull", "runtime").
    pub name: String,
    /// How long it takes.
    pub time: Distribution,
    /// Whether the provider's meter runs.
    pub billed: bool,
    /// Whether it is part of a node's start, and not of an instance's on it.
    pub of_node: bool,
    /// The sizes that have it; `None`: all.
    pub sizes: Option<Vec<String>>,
}

impl StartPhase {
    /// A phase of every instance, whatever its size.
    pub fn of_every_instance(name: &str, time: Distribution, billed: bool) -> StartPhase {
        StartPhase { name: name.into(), time, billed, of_node: false, sizes: None }
    }

    /// Whether instances (or nodes) of a size have it.
    pub fn applies_to(&self, size: &str) -> bool {
        self.sizes.as_ref().is_none_or(|sizes| sizes.iter().any(|known| known == size))
    }
}

/// Draws a start: its length, and how much of it passes before the provider's meter runs.
pub(crate) fn draw_start(phases: &[StartPhase], stream: &mut Stream) -> (Span, Span) {
    let (mut length, mut unbilled, mut metered) = (Span(0), Span(0), false);
    for phase in phases {
        let time = phase.time.sample_span(stream);
        length += time;
        metered |= phase.billed;
        if !metered {
            unbilled += time;
        }
    }
    (length, unbilled)
}

/// Who serves a request for which an instance was ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Binding {
    /// That instance.
    #[default]
    Early,
    /// Whichever has a place first: requests wait in one line.
    Late,
}

impl Binding {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Binding::Early => "early",
            Binding::Late => "late",
        }
    }

    /// Reads a word.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Binding> {
        named(node, diagnostics, "binding", &[("early", Binding::Early), ("late", Binding::Late)])
    }
}

/// How fast the number of instances may grow: `burst` at once, then `step` more every `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Instances that may be made at once.
    pub burst: u32,
    /// How many more may be after each interval, up to `burst`.
    pub step: u32,
    /// The interval.
    pub every: Span,
}

/// What a gauge sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The time that each request was inside an instance (with the billed part of its start).
    RequestTime {
        /// Only requests on provisioned instances, only those on others, or all.
        provisioned: Option<bool>,
    },
    /// The CPU time of each request.
    RequestCpu,
    /// Each stretch in which an instance had a request inside.
    BusyTime {
        /// Likewise of instances.
        provisioned: Option<bool>,
    },
    /// The time that instances live and have no request inside: their life less their busy time, neither rounded.
    IdleTime {
        /// Likewise of instances.
        provisioned: Option<bool>,
    },
    /// Each instance's life, from the first billed phase of its start to its stop.
    LifeTime {
        /// Likewise of instances.
        provisioned: Option<bool>,
    },
}

/// A sum of rounded times that some charge needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// What is summed.
    pub fact: Fact,
    /// How each summand is rounded.
    pub each: Each,
}

/// One app under one hosting model, in numbers.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The app's name, which names the streams of random numbers.
    pub app: String,
    /// How many tenants it has; each is a lane of its own.
    pub tenants: u32,
    /// The size's cores.
    pub cores: Cores,
    /// What an instance reserves of its server (or of its cluster's node), overhead and overcommit
    /// accounted for.
    pub reserve: Demand,
    /// The CPU credits of an instance, where its size has them.
    pub credits: Option<CreditRule>,
    /// The quota of an instance, where what it has is less than its requests could use at once.
    pub quota: Option<QuotaRule>,
    /// The cluster on whose nodes its instances are packed, if it is hosted on one.
    pub cluster: Option<ClusterPlan>,
    /// The memory that an instance really uses, in bytes, overhead included.
    pub memory_used: u64,
    /// Where each tenant's app has a memory of its own: its figures in place of those above.
    pub by_tenant: Option<Arc<[TenantRoom]>>,
    /// The most requests inside one instance at once.
    pub places: u32,
    /// CPU nanoseconds that a request gets per nanosecond on a whole core: the server's speed
    /// less the isolation's tax.
    pub speed: f64,
    /// What is left of that for each of two busy threads of one core; 1 where a virtual CPU is a core of its own.
    pub thread: f64,
    /// The share of a busy core that does requests' work: 1 less the isolation's tax.
    pub useful: f64,
    /// The phases from order to ready.
    pub start: Vec<StartPhase>,
    /// How many requests may wait in a line: a lane's, or an instance's where they wait there.
    pub queue_limit: u32,
    /// Whether a request past the concurrency limit waits in the queue (on demand).
    pub queue_at_limit: bool,
    /// When callers leave.
    pub timeout: Option<Timeout>,
    /// How they try again.
    pub retries: Option<Retries>,
    /// How long a request may be inside an instance.
    pub time_limit: Option<Span>,
    /// How the number of instances is decided.
    pub scaling: Scaling,
    /// Instances ready from the beginning.
    pub instances: u32,
    /// What each tenant begins with, where that is said.
    pub initial: Option<Box<Initial>>,
    /// Which instance a pool's request goes to.
    pub routing: Routing,
    /// Where a pool's requests wait.
    pub queue_at: QueueAt,
    /// How long an idle instance is kept (on demand).
    pub keep_alive: KeepAlive,
    /// Instances kept ready whatever the traffic (on demand).
    pub provisioned: u32,
    /// Who serves what waits for a start (on demand).
    pub binding: Binding,
    /// The most instances in use at once of the app itself, per tenant (on demand).
    pub concurrency_limit: u32,
    /// So many of its account's are set apart for it, and it has no others.
    pub reserved: Option<u32>,
    /// Its account: apps with the same number share one, tenant by tenant.
    pub account: u32,
    /// The most instances in use at once in its account.
    pub account_limit: u32,
    /// How fast the instances of its account may grow in number.
    pub growth: Option<Growth>,
    /// After how long without a request a pool's instances are stopped.
    pub sleep: Option<Span>,
    /// What a server's failure means for its instances.
    pub recovery: super::Recovery,
    /// What happens where no server has room.
    pub when_full: WhenFull,
    /// The sums that the model's charges need.
    pub gauges: Vec<Gauge>,
    /// Whether instance time is also kept by clock hour (commitments).
    pub hourly: bool,
    /// Whether arrivals are kept by five minutes (bandwidth).
    pub bandwidth: bool,
    /// Whether the app's users wait for one request before they send the next.
    pub closed: bool,
}

/// What an instance of one tenant takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TenantRoom {
    /// What it reserves of its server.
    pub reserve: Demand,
    /// The memory that it really uses, in bytes, overhead included.
    pub memory_used: u64,
    /// The memory that it is billed for, in bytes.
    pub memory: u64,
}

impl Deployment {
    fn room_of(&self, tenant: u32) -> Option<&TenantRoom> {
        self.by_tenant.as_ref().and_then(|rooms| rooms.get(tenant as usize))
    }

    /// What an instance of a tenant reserves of its server.
    #[inline]
    pub fn reserve_of(&self, tenant: u32) -> Demand {
        self.room_of(tenant).map_or(self.reserve, |room| room.reserve)
    }

    /// The memory that an instance of a tenant really uses, in bytes.
    #[inline]
    pub fn memory_used_of(&self, tenant: u32) -> u64 {
        self.room_of(tenant).map_or(self.memory_used, |room| room.memory_used)
    }

    /// The memory that an instance of a tenant is billed for, where it differs by tenant.
    pub fn memory_of(&self, tenant: u32) -> Option<u64> {
        self.room_of(tenant).map(|room| room.memory)
    }

    /// Whether the number of its instances in use is limited.
    pub fn has_limit(&self) -> bool {
        let limit = self.concurrency_limit.min(self.account_limit).min(self.reserved.unwrap_or(u32::MAX));
        self.scaling.is_on_demand() && limit < u32::MAX
    }

    /// Whether every request inside an instance always has the same share of the processor, so
    /// that its end is known when it begins.
    pub fn is_exclusive(&self) -> bool {
        let requests = u64::from(self.places) * Cores::ONE.0;
        let each_its_own = match self.thread < 1.0 {
            true => 2 * requests <= self.cores.0,
            false => self.places == 1 || requests <= self.cores.0,
        };
        self.credits.is_none() && each_its_own
    }

    /// The share of a whole core's speed that each of `busy` requests has, on as many of the cores as can be used:
    /// a thread alone on its core has all of it, and two that share one have `thread` each.
    #[inline]
    pub fn share(&self, usable: f64, busy: f64) -> f64 {
        let share = (usable / busy).min(1.0);
        if self.thread >= 1.0 { share } else { share * self.of_threads(usable.min(busy)) }
    }

    /// The cores that an instance asks for, of which its use is a share where a scaling looks at that: those that it
    /// has, unless it may use more of its node than it asks for.
    #[inline]
    pub fn requested(&self) -> Cores {
        self.cluster.as_ref().map_or(self.cores, |cluster| cluster.request)
    }

    /// What each of so many busy threads of a node does.
    pub(crate) fn threads_of(&self, node: Cores, busy: f64) -> f64 {
        if self.thread >= 1.0 { 1.0 } else { self.of_threads_among(node.as_f64(), busy) }
    }

    /// What so many busy threads of all that there are do each: those beyond one for each core halve it.
    fn of_threads(&self, busy: f64) -> f64 {
        self.of_threads_among(self.cores.as_f64(), busy)
    }

    fn of_threads_among(&self, threads: f64, busy: f64) -> f64 {
        // Less than one thread was cut from a larger machine: alone on it, it has a core to itself.
        let cores = if threads < 1.0 { 1.0 } else { 0.5 * threads };
        let doubled = (busy - cores).max(0.0);
        (busy.min(cores) + doubled * (2.0 * self.thread - 1.0)) / busy.max(1e-9)
    }
}
