//! OpenWhisk's scheduler of version 2.0: containers of one action's queue, every 100 ms.
//! (apache/openwhisk, core/scheduler, SchedulingDecisionMaker.scala)

/// What the scheduler knows of a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    /// Messages that wait.
    pub messages: i64,
    /// Of those, the ones older than the threshold.
    pub stale: i64,
    /// Containers of the action, and those under way.
    pub existing: i64,
    /// Containers of the action that are being created.
    pub in_progress: i64,
    /// Containers of the namespace.
    pub existing_ns: i64,
    /// Containers of the namespace that are being created.
    pub in_progress_ns: i64,
    /// How long an activation takes, in milliseconds, once one has been seen.
    pub duration_ms: Option<f64>,
    /// The namespace's limit of containers.
    pub namespace_limit: i64,
    /// The action's.
    pub action_limit: i64,
    /// Requests inside one container at once.
    pub concurrency: i64,
    /// Whether the queue's first container was asked for.
    pub initialized: bool,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Containers to add.
    pub add: i64,
    /// Whether further messages are refused.
    pub throttle: bool,
    /// Whether those that wait are dropped.
    pub drop: bool,
}

/// Messages older than this are stale.
const STALE_THRESHOLD_MS: f64 = 100.0;

/// One look at a queue.
pub fn decide(queue: &Queue) -> Decision {
    let containers = queue.existing + queue.in_progress;
    let of_namespace = queue.namespace_limit - queue.existing_ns - queue.in_progress_ns;
    let capacity = of_namespace.min(queue.action_limit - containers);
    if capacity <= 0 {
        return Decision { add: 0, throttle: true, drop: containers == 0 };
    }
    let is_first = !queue.initialized && queue.duration_ms.is_none();
    let wanted = match queue.duration_ms {
        _ if containers == 0 && (is_first || queue.messages > 0) => 1,
        None if queue.stale > 0 => {
            let wanted = (queue.stale as f64 / queue.concurrency.max(1) as f64).ceil() as i64;
            (wanted - queue.in_progress).min(queue.messages)
        }
        None => 0,
        Some(duration) => by_duration(queue, containers, duration),
    };
    let add = wanted.clamp(0, capacity);
    Decision { add, throttle: wanted > capacity && of_namespace == capacity, drop: false }
}

/// Containers for the stale messages, and for the fresh ones that those there cannot keep up with.
fn by_duration(queue: &Queue, containers: i64, duration: f64) -> i64 {
    let concurrency = queue.concurrency as f64;
    let each = if duration <= 0.0 { concurrency } else { STALE_THRESHOLD_MS / duration * concurrency };
    let (stale, fresh) = (queue.stale, queue.messages - queue.stale);
    let for_stale = if stale > 0 { ((stale as f64 / each).ceil() as i64).min(stale) - queue.in_progress } else { 0 };
    let lags = duration > 0.0 && fresh as f64 >= each * containers as f64 && containers < fresh;
    let for_fresh = ((fresh as f64 / each - containers as f64).ceil() as i64).min(fresh - containers);
    if lags { for_stale + for_fresh } else { for_stale }
}
