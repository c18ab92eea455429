//! An instance: one running copy of an app on a slice of a server.

use super::credits::Credits;
use super::quota::Quota;
use super::slab::{Key, NONE};
use crate::fleet::ServerId;
use crate::units::{Cores, Span, Time};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Where an instance is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Ordered and placed, not ready yet.
    Starting,
    /// Ready; idle or busy.
    Ready,
    /// Takes no more requests and stops when it is empty.
    Draining,
    /// Its server has failed, and it waits for the repair.
    Down,
}

/// A request on a shared processor: when it is done in the instance's virtual time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Computing {
    pub finish: f64,
    pub order: u64,
    pub request: Key,
}

impl Eq for Computing {}

impl Ord for Computing {
    /// The earliest finish is the greatest, as the standard heap gives the greatest first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.finish.total_cmp(&self.finish).then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Computing {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The processor of an instance whose requests share it: processor sharing in virtual time.
#[derive(Debug, Default)]
pub(crate) struct SharedProcessor {
    /// CPU nanoseconds that each request present has received since the processor was last empty.
    pub virtual_time: f64,
    /// When `virtual_time` was last brought forward.
    pub updated: Time,
    /// The same by the clock of its server, where servers can be crowded.
    pub clock: f64,
    /// CPU nanoseconds that each request receives per nanosecond, now; by that clock, if the instance goes by it.
    pub pace: f64,
    /// The requests, earliest finish first; those that left early are skipped when met.
    pub heap: BinaryHeap<Computing>,
    /// Which of the scheduled completions is the valid one.
    pub generation: u32,
    /// Where the instance stands in its server's list of busy ones.
    pub position: u32,
    /// Where it stands in its node's, and what it has of a node whose processor is shared: so many cores, which
    /// are a share of those that it wants, and what two threads of a core leave each other.
    pub seat: u32,
    pub granted: Cores,
    pub share: f64,
    pub factor: f64,
    pub order: u64,
}

impl SharedProcessor {
    /// CPU nanoseconds that the request which is done first still takes.
    #[inline]
    pub fn left(&self) -> Option<f64> {
        self.heap.peek().map(|first| (first.finish - self.virtual_time).max(0.0))
    }

    /// How long that is at its pace.
    #[inline]
    pub fn time_to_next(&self) -> Option<u64> {
        self.left().map(|left| super::service::stretched(left, self.pace))
    }
}

/// One running copy of an app.
#[derive(Debug)]
pub struct Instance {
    /// Whose instance: an app and tenant.
    pub lane: u32,
    /// The deployment of that lane.
    pub deployment: u32,
    /// The server that it is placed on.
    pub server: ServerId,
    /// The node of its cluster that it is on, or `NONE`.
    pub node: u32,
    /// Where it is in its life.
    pub state: State,
    /// How many requests are inside.
    pub inside: u32,
    /// How many of them are on the processor.
    pub computing: u32,
    /// How many requests are bound to it until it is ready, or stand in its line when it is.
    pub bound: u32,
    /// Its number among its lane's instances (the lowest free one when it started).
    pub position: u32,
    /// When it was ordered.
    pub ordered: Time,
    /// When the provider's meter for it started.
    pub metered_from: Time,
    /// When it last became busy.
    pub busy_since: Time,
    /// When it last became idle.
    pub idle_since: Time,
    /// When it expires, if it stays idle.
    pub expires: Time,
    /// How long the provider meters its start (the phases marked as billed).
    pub billed_start: Span,
    /// Whether it is one of those kept ready whatever the traffic.
    pub provisioned: bool,
    /// Whether it counts as in use, where its account has a limit.
    pub(crate) in_use: bool,
    /// How many requests have come inside, where evictions go by that.
    pub uses: u32,
    /// When the last of those came, or it was ordered itself.
    pub used: Time,
    /// Its priority among the idle, where each has its own.
    pub(crate) priority: f64,
    /// First and last of them.
    pub(crate) first_bound: u32,
    pub(crate) last_bound: u32,
    /// Neighbours among the deployment's idle instances, by when they became idle.
    pub(crate) idle_older: u32,
    pub(crate) idle_newer: u32,
    /// Neighbours among the lane's instances with a free place.
    pub(crate) below: u32,
    pub(crate) above: u32,
    /// When a timer will look at it (keep-alive lengths that differ); `Time(u64::MAX)` for never.
    pub(crate) timer: Time,
    pub(crate) processor: Option<Box<SharedProcessor>>,
    /// Where its size has CPU credits.
    pub(crate) credits: Option<Box<Credits>>,
    /// Where it is held to a share of its cores.
    pub(crate) quota: Option<Box<Quota>>,
}

impl Instance {
    pub(crate) fn new(lane: u32, deployment: u32, server: ServerId, now: Time) -> Instance {
        Instance {
            lane,
            deployment,
            server,
            node: NONE,
            state: State::Starting,
            inside: 0,
            computing: 0,
            bound: 0,
            position: 0,
            ordered: now,
            metered_from: now,
            busy_since: now,
            idle_since: now,
            expires: Time(u64::MAX),
            billed_start: Span(0),
            provisioned: false,
            in_use: false,
            uses: 0,
            used: now,
            priority: 0.0,
            first_bound: NONE,
            last_bound: NONE,
            idle_older: NONE,
            idle_newer: NONE,
            below: NONE,
            above: NONE,
            timer: Time(u64::MAX),
            processor: None,
            credits: None,
            quota: None,
        }
    }

    /// Whether it is ready and no request is inside.
    pub fn is_idle(&self) -> bool {
        self.inside == 0 && self.state == State::Ready
    }
}
