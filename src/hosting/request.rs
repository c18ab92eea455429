//! A request on its way: where it is, and what it still needs.

use super::slab::NONE;
use crate::units::Time;

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In its lane's queue.
    Queued,
    /// Bound to an instance that is starting.
    Bound,
    /// Inside an instance, on its processor.
    Computing,
    /// Inside an instance, blocked.
    Waiting,
}

/// One unit of work.
#[derive(Clone, Debug)]
pub struct Request {
    /// When it arrived; of one that is tried again, the first time.
    pub arrival: Time,
    /// When this attempt came.
    pub sent: Time,
    /// When it came to be inside an instance.
    pub entered: Time,
    /// CPU time it needs on one reference core, in nanoseconds.
    pub cpu: u64,
    /// Blocked time it needs after that, in nanoseconds.
    pub wait: u64,
    /// Whose request it is: an app and tenant.
    pub lane: u32,
    /// The deployment of that lane.
    pub deployment: u32,
    /// The instance that it is bound to or inside.
    pub instance: u32,
    /// Where it is.
    pub stage: Stage,
    /// Whether it had an instance started for it.
    pub cold: bool,
    /// Whether an attempt before this one had.
    pub was_cold: bool,
    /// Whether its caller has left while the work goes on.
    pub gone: bool,
    /// Whether it was there when the simulation began: no arrival, and counted nowhere.
    pub was_there: bool,
    /// Which attempt it is, from 1.
    pub attempt: u16,
    /// Neighbours in the queue, or among those bound to an instance.
    pub(crate) previous: u32,
    pub(crate) next: u32,
    /// Neighbours among the deployment's requests in order of arrival (where it has a time-out).
    pub(crate) older: u32,
    pub(crate) newer: u32,
}

impl Request {
    /// A request that has just arrived.
    pub fn new(arrival: Time, cpu: u64, wait: u64, lane: u32, deployment: u32) -> Request {
        Request {
            arrival,
            sent: arrival,
            entered: arrival,
            cpu,
            wait,
            lane,
            deployment,
            instance: NONE,
            stage: Stage::Queued,
            cold: false,
            was_cold: false,
            gone: false,
            was_there: false,
            attempt: 1,
            previous: NONE,
            next: NONE,
            older: NONE,
            newer: NONE,
        }
    }
}
