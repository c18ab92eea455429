//! Cloud Run: instances by the last minute's CPU and concurrency.
//! (docs.cloud.google.com/run/docs/about-instance-autoscaling and configuring/scaling-controls, 2026)

use super::whole_up;

/// The targets, as shares of what an instance can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Targets {
    /// Of its CPU.
    pub cpu: f64,
    /// Of its concurrency.
    pub concurrency: f64,
}

impl Default for Targets {
    fn default() -> Targets {
        Targets { cpu: 0.6, concurrency: 0.6 }
    }
}

/// What was measured over the last minute, of all instances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    /// CPU seconds a second.
    pub cpu: f64,
    /// Requests inside at once, on average.
    pub concurrency: f64,
}

/// The instances that the drivers ask for: the larger number. `cpus` and `most` are an instance's.
pub fn instances(targets: &Targets, minute: Minute, cpus: f64, most: f64) -> u32 {
    let by_cpu = whole_up(minute.cpu / cpus / targets.cpu);
    let by_concurrency = whole_up(minute.concurrency / (most * targets.concurrency));
    by_cpu.max(by_concurrency)
}
