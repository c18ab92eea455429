//! A lane: one tenant's requests for one app, with the queue before its instances.

use super::request::Stage;
use super::slab::NONE;
use super::world::World;
use crate::metrics::Level;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Where an instance with a free place stands in its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    /// Idle, until it expires.
    Idle = 0,
    /// Idle and provisioned: it never expires and is used first.
    Kept = 1,
    /// Busy, with room for more.
    Partial = 2,
}

/// One tenant of one deployment.
#[derive(Debug)]
pub struct Lane {
    /// The deployment.
    pub deployment: u32,
    /// Which tenant.
    pub tenant: u32,
    /// How many requests wait in the queue.
    pub queued: u32,
    pub(crate) first: u32,
    /// The tops of the lane's stacks of instances with a free place, by [`Stack`].
    pub(crate) tops: [u32; 3],
    /// An instance that is starting and to which more requests may be bound.
    pub(crate) filling: u32,
    pub(crate) last: u32,
    /// Requests inside its instances or bound to them.
    pub engaged: u32,
    /// Cores (in millionths) that its requests keep busy, where its scaling watches them.
    pub(crate) demand: Option<Box<Level>>,
    /// Requests that took longer than its scaling wants, and all, where that is counted.
    pub(crate) slow: (u64, u64),
    /// Its account, and how many of its instances are in use, where there is a limit.
    pub(crate) account: u32,
    pub(crate) in_use: u32,
    /// Whether it is among those that wait for a share of its account.
    pub(crate) awaits_share: bool,
    /// Instances that exist.
    pub instances: u32,
    /// Requests served, for the billing of responses.
    pub(crate) served: u64,
    /// Requests billed.
    pub(crate) billed: u64,
    /// Where its gauges' sums begin.
    pub(crate) sums: u32,
    /// Whether it is among those that wait for room on the fleet.
    pub(crate) awaits_room: bool,
    free_positions: BinaryHeap<Reverse<u32>>,
    positions: u32,
    pub(crate) record: super::metering::LaneRecord,
}

impl Lane {
    pub(crate) fn new(deployment: u32, tenant: u32, sums: u32) -> Lane {
        Lane {
            deployment,
            tenant,
            queued: 0,
            first: NONE,
            tops: [NONE; 3],
            filling: NONE,
            last: NONE,
            engaged: 0,
            account: NONE,
            in_use: 0,
            awaits_share: false,
            demand: None,
            slow: (0, 0),
            instances: 0,
            served: 0,
            billed: 0,
            sums,
            awaits_room: false,
            free_positions: BinaryHeap::new(),
            positions: 0,
            record: Default::default(),
        }
    }

    /// The lowest position that no instance of the lane holds.
    pub(crate) fn take_position(&mut self) -> u32 {
        match self.free_positions.pop() {
            Some(Reverse(position)) => position,
            None => {
                self.positions += 1;
                self.positions - 1
            }
        }
    }

    pub(crate) fn free_position(&mut self, position: u32) {
        self.free_positions.push(Reverse(position));
    }
}

impl World {
    /// Puts a request at the end of its lane's queue; false where the queue is full.
    pub fn enqueue(&mut self, request: u32) -> bool {
        let (lane, deployment) = (self.requests[request].lane, self.requests[request].deployment);
        if self.lanes[lane as usize].queued >= self.deployments[deployment as usize].queue_limit {
            return false;
        }
        self.enqueue_for_a_start(request);
        true
    }

    /// Puts a request at the end of its lane's queue, where it waits for an instance that was ordered: however many
    /// may wait for one that is not.
    pub(crate) fn enqueue_for_a_start(&mut self, request: u32) {
        let line = &mut self.lanes[self.requests[request].lane as usize];
        line.queued += 1;
        let last = std::mem::replace(&mut line.last, request);
        if last == NONE {
            line.first = request;
        } else {
            self.requests[last].next = request;
        }
        let queued = &mut self.requests[request];
        queued.stage = Stage::Queued;
        queued.previous = last;
        queued.next = NONE;
    }

    /// Puts a request back at the front of its lane's queue, from which it was just taken.
    pub(crate) fn enqueue_first(&mut self, request: u32) {
        let lane = self.requests[request].lane as usize;
        let first = std::mem::replace(&mut self.lanes[lane].first, request);
        self.lanes[lane].queued += 1;
        if first == NONE {
            self.lanes[lane].last = request;
        } else {
            self.requests[first].previous = request;
        }
        let queued = &mut self.requests[request];
        queued.stage = Stage::Queued;
        queued.previous = NONE;
        queued.next = first;
    }

    /// Takes the request that has waited longest from a lane's queue.
    pub fn dequeue(&mut self, lane: u32) -> Option<u32> {
        let first = self.lanes[lane as usize].first;
        if first == NONE {
            return None;
        }
        self.unqueue(first);
        Some(first)
    }

    /// Takes a request out of its lane's queue (or its instance's line), wherever it stands there.
    pub(crate) fn unqueue(&mut self, request: u32) {
        if self.requests[request].instance != NONE {
            return self.leave_line(request);
        }
        let (lane, previous, next) = {
            let leaving = &self.requests[request];
            (leaving.lane, leaving.previous, leaving.next)
        };
        let line = &mut self.lanes[lane as usize];
        line.queued -= 1;
        if previous == NONE {
            line.first = next
        } else {
            self.requests[previous].next = next
        }
        if next == NONE {
            self.lanes[lane as usize].last = previous
        } else {
            self.requests[next].previous = previous
        }
        let left = &mut self.requests[request];
        left.previous = NONE;
        left.next = NONE;
    }
}

/// Lines at instances: their requests are queued, and name the instance at which they wait.
impl World {
    /// Puts a request at the end of an instance's line; false where that is full.
    pub(crate) fn line_up(&mut self, request: u32, instance: u32) -> bool {
        let place = &mut self.instances[instance];
        if place.bound >= self.deployments[place.deployment as usize].queue_limit {
            return false;
        }
        place.bound += 1;
        let last = std::mem::replace(&mut place.last_bound, request);
        if last == NONE {
            place.first_bound = request
        } else {
            self.requests[last].next = request
        }
        let lined = &mut self.requests[request];
        lined.stage = Stage::Queued;
        lined.instance = instance;
        lined.previous = last;
        lined.next = NONE;
        true
    }

    /// Takes the request that has waited longest from an instance's line.
    pub(crate) fn next_in_line(&mut self, instance: u32) -> Option<u32> {
        let first = self.instances[instance].first_bound;
        if first == NONE {
            return None;
        }
        self.leave_line(first);
        Some(first)
    }

    fn leave_line(&mut self, request: u32) {
        let instance = self.requests[request].instance;
        self.unlink_bound(request, instance);
        self.requests[request].instance = NONE;
        self.left_line = instance;
    }
}
