//! What every request asks of its deployment, in one cache line: the deployment itself spreads
//! over several, and a simulation of a hundred apps waits for memory more than for anything else.

use super::deployment::{Binding, Deployment, Fact};
use crate::hosting::keep_alive::KeepAlive;
use crate::units::Cores;

/// Work is counted in thousand-millionths of a core.
pub(crate) const WORK_PER_CORE: f64 = 1e9;

/// Numbers that follow from a deployment and do not change.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Brief {
    /// CPU nanoseconds that a request with a constant share of the processor gets per nanosecond.
    pub pace: f64,
    /// What such a request adds to the deployment's work, in thousand-millionths of a core.
    pub work: i64,
    /// What it adds to its lane's demand, in millionths of a core.
    pub demand: i64,
    /// The most requests inside one instance.
    pub places: u32,
    /// The most instances in use at once of the app itself.
    pub concurrency_limit: u32,
    /// Whether there is any limit, its own or its account's; whether its own part is set apart.
    pub has_limit: bool,
    pub is_set_apart: bool,
    /// Whether what waits for a start goes to whichever instance is free first.
    pub binds_late: bool,
    /// Whether every request inside has a constant share, so that its end is known at once.
    pub is_exclusive: bool,
    /// Whether it is held to a quota, so that its end follows from what its instance has used.
    pub has_quota: bool,
    /// Whether the deployment has a time-out, a limit of time inside, a limit of growth.
    pub has_timeout: bool,
    /// Whether its callers try again.
    pub has_retries: bool,
    pub has_time_limit: bool,
    pub has_growth: bool,
    /// Whether an instance that is idle is kept.
    pub keeps: bool,
    /// Whether the uses of its instances are counted, for evictions.
    pub counts_uses: bool,
    /// Whether its idle times are learnt from.
    pub learns: bool,
    /// Whether its users wait for one request before they send the next.
    pub is_closed: bool,
    /// Whether requests share their instance's cores, and no quota, no credits and no shared node decide what they have.
    pub is_plainly_shared: bool,
    /// The instance's cores.
    pub cores: Cores,
    /// Past how many nanoseconds a request is slow, where its scaling counts those; `u64::MAX`: it does not.
    pub slow_after: u64,
    /// Whether a gauge sums the times in which instances are busy.
    pub meters_busy: bool,
}

impl Brief {
    /// Of a deployment; `crowded` where servers can slow their instances down, `shares` where containers share their
    /// nodes' processors, `counts_uses` where evictions go by how often an instance was used.
    pub fn of(plan: &Deployment, (crowded, shares): (bool, bool), counts_uses: bool) -> Brief {
        let share = plan.cores.as_f64().min(1.0);
        Brief {
            pace: if plan.quota.is_some() { plan.speed } else { share * plan.speed },
            work: (share * plan.useful * WORK_PER_CORE) as i64,
            demand: (share * Cores::ONE.0 as f64) as i64,
            places: plan.places,
            concurrency_limit: plan.concurrency_limit.min(plan.reserved.unwrap_or(u32::MAX)),
            has_limit: plan.has_limit(),
            is_set_apart: plan.reserved.is_some(),
            binds_late: plan.binding == Binding::Late,
            is_exclusive: plan.is_exclusive() && !crowded && !shares,
            has_quota: plan.quota.is_some(),
            has_timeout: plan.timeout.is_some(),
            has_retries: plan.retries.is_some(),
            has_time_limit: plan.time_limit.is_some(),
            has_growth: plan.growth.is_some() && plan.scaling.is_on_demand(),
            keeps: plan.keep_alive != KeepAlive::None,
            counts_uses: counts_uses || matches!(plan.keep_alive, KeepAlive::SinceArrival(_)),
            learns: matches!(plan.keep_alive, KeepAlive::Histogram(_)),
            is_closed: plan.closed,
            is_plainly_shared: !shares && plan.credits.is_none() && plan.quota.is_none(),
            cores: plan.cores,
            slow_after: plan.scaling.slow_after().map_or(u64::MAX, |span| span.0),
            meters_busy: plan
                .gauges
                .iter()
                .any(|gauge| matches!(gauge.fact, Fact::BusyTime { .. } | Fact::IdleTime { .. })),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_brief_is_one_cache_line() {
        assert_eq!(size_of::<super::Brief>(), 64);
    }
}
