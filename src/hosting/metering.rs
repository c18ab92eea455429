//! Metering: what a provider's meters would read, summed in integers as it happens.
//!
//! Requests belong to their arrival's time. Times of instances are cut to the measured window,
//! and what is cut off is not rounded up.

use super::deployment::Fact;
use super::request::{Request, Stage};
use super::slab::NONE;
use super::world::{Outcome, World};
use crate::units::{HOUR, Span, Time};

/// Five minutes: the interval of bandwidth samples.
pub(crate) const BANDWIDTH_INTERVAL: Span = Span(300_000_000_000);

/// What is kept of a lane besides its sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct LaneRecord {
    /// Per position among the lane's instances: the sum of each life gauge, in their order.
    pub lives: Vec<Vec<u128>>,
    /// Per position: nanoseconds that there was an instance.
    pub alive: Vec<u64>,
    /// Nanoseconds of instances' lives by clock hour of the window.
    pub hourly: Vec<u64>,
    /// CPU time that was borrowed and is to be paid for, in core-nanoseconds.
    pub surplus: u128,
    /// Served requests by five minutes of the window.
    pub samples: Vec<u64>,
}

/// What a request used of the instance that it was inside of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// The time that is billed.
    pub time: Span,
    /// Its CPU time, in nanoseconds.
    pub cpu: u64,
    /// Whether the instance is one that is kept ready.
    pub provisioned: bool,
}

impl World {
    /// A request that was inside an instance is over, or the window is.
    #[inline]
    pub(crate) fn meter_request(&mut self, lane: u32, deployment: u32, arrival: Time, outcome: Outcome, used: Used) {
        let Used { time, cpu, provisioned } = used;
        let line = &mut self.lanes[lane as usize];
        line.billed += 1;
        line.served += u64::from(outcome == Outcome::Served);
        let first = line.sums as usize;
        let plan = &self.deployments[deployment as usize];
        for (gauge, sum) in plan.gauges.iter().zip(&mut self.sums[first..]) {
            match gauge.fact {
                Fact::RequestTime { provisioned: only } if only.is_none_or(|only| only == provisioned) => {
                    *sum += u128::from(gauge.each.time(time.0));
                }
                Fact::RequestCpu => *sum += u128::from(gauge.each.time(cpu)),
                _ => {}
            }
        }
        if plan.bandwidth && outcome == Outcome::Served {
            let since = arrival - self.measured_from;
            let sample = (since.0 / BANDWIDTH_INTERVAL.0) as usize;
            let samples = &mut self.lanes[lane as usize].record.samples;
            if samples.len() <= sample {
                samples.resize(sample + 1, 0);
            }
            samples[sample] += 1;
        }
    }

    /// An instance was busy from `since` to now; `whole` where it is idle from now on, and not
    /// just cut off by the window's end.
    #[inline]
    pub(crate) fn meter_busy(&mut self, lane: u32, deployment: usize, since: Time, provisioned: bool, whole: bool) {
        let first = self.lanes[lane as usize].sums as usize;
        let begun = since.max(self.measured_from);
        let (now, plan) = (self.now, &self.deployments[deployment]);
        if now < self.measured_from {
            return;
        }
        for (gauge, sum) in plan.gauges.iter().zip(&mut self.sums[first..]) {
            let time = (now - begun).0;
            match gauge.fact {
                Fact::BusyTime { provisioned: only } if only.is_none_or(|only| only == provisioned) => {
                    *sum += u128::from(if whole { gauge.each.time(time) } else { time });
                }
                // Taken off before the life that it is part of is added: it wraps in between.
                Fact::IdleTime { provisioned: only } if only.is_none_or(|only| only == provisioned) => {
                    *sum = sum.wrapping_sub(u128::from(time));
                }
                _ => {}
            }
        }
    }

    /// An instance's life is over, or (not `whole`) cut off by the window's end. On a cluster the
    /// nodes' lives are metered in place of the instances'.
    pub(crate) fn meter_life(&mut self, instance: u32, whole: bool) {
        let ended = &self.instances[instance];
        if ended.node == NONE {
            self.meter_stretch(ended.lane, ended.position, ended.metered_from, ended.provisioned, whole);
        }
    }

    /// Something that is billed by its life (an instance, a node), from `metered_from` to now.
    pub(crate) fn meter_stretch(
        &mut self,
        lane: u32,
        position: u32,
        metered_from: Time,
        provisioned: bool,
        whole: bool,
    ) {
        let (lane, position) = (lane as usize, position as usize);
        let begun = self.cut(metered_from);
        if self.now < self.measured_from || self.now < begun {
            return;
        }
        let time = (self.now - begun).0;
        let plan = &self.deployments[self.lanes[lane].deployment as usize];
        let first = self.lanes[lane].sums as usize;
        let record = &mut self.lanes[lane].record;
        if record.lives.len() <= position {
            record.lives.resize(position + 1, vec![0; plan.gauges.len()]);
            record.alive.resize(position + 1, 0);
        }
        record.alive[position] += time;
        for (index, gauge) in plan.gauges.iter().enumerate() {
            let (idle, only) = match gauge.fact {
                Fact::IdleTime { provisioned } => (true, provisioned),
                Fact::LifeTime { provisioned } => (false, provisioned),
                _ => continue,
            };
            if only.is_some_and(|only| only != provisioned) {
                continue;
            }
            if idle {
                self.sums[first + index] = self.sums[first + index].wrapping_add(u128::from(time));
                continue;
            }
            let billed = u128::from(if whole { gauge.each.time(time) } else { time });
            self.sums[first + index] += billed;
            record.lives[position][index] += billed;
        }
        if plan.hourly {
            add_hours(&mut record.hourly, (begun - self.measured_from).0, time);
        }
    }

    /// What came in the window and is still there is metered up to now.
    pub(crate) fn meter_requests_in_flight(&mut self) {
        let requests: Vec<u32> = self.requests.used().collect();
        for slot in requests {
            let &Request { arrival, deployment, entered, stage, gone, .. } = &self.requests[slot];
            if self.counts(&self.requests[slot]) && !gone {
                let inside = matches!(stage, Stage::Computing | Stage::Waiting);
                self.note_age(deployment, arrival, if inside { entered } else { self.now });
            }
            self.meter_in_flight(slot);
        }
        let between: Vec<u32> = self.retrying.used().collect();
        for slot in between {
            let (arrival, deployment) = self.retrying[slot].of();
            if self.is_measured(arrival) {
                self.note_age(deployment, arrival, self.now);
            }
        }
    }

    /// A request of the window is still there: until when it waited, or waits.
    fn note_age(&mut self, deployment: u32, arrival: Time, until: Time) {
        let (age, queueing) = ((self.now - arrival).0, (until - arrival).0);
        let facts = &mut self.facts[deployment as usize];
        facts.ages += u128::from(age);
        facts.queueing_ages += u128::from(queueing);
        facts.waited += u64::from(queueing > 0);
        facts.youngest = Some(facts.youngest.map_or(age, |known| known.min(age)));
    }

    /// The window is over: the instances that run are metered up to its end.
    pub(crate) fn meter_what_runs(&mut self) {
        self.now = self.end;
        self.settle_quotas();
        let instances: Vec<u32> = self.instances.used().collect();
        for slot in instances {
            let running = &self.instances[slot];
            if running.inside > 0 {
                let (lane, deployment, since) = (running.lane, running.deployment as usize, running.busy_since);
                let provisioned = running.provisioned;
                self.meter_busy(lane, deployment, since, provisioned, false);
            }
            self.meter_life(slot, false);
            // It goes on with what it owes.
            let credits = self.instances[slot].credits.clone();
            self.meter_credits(slot);
            self.instances[slot].credits = credits;
        }
        self.meter_nodes();
    }

    fn meter_in_flight(&mut self, slot: u32) {
        let request = &self.requests[slot];
        let arrival = request.arrival;
        if !self.counts(request) || !matches!(request.stage, Stage::Computing | Stage::Waiting) {
            return;
        }
        let (lane, deployment, entered, cpu) = (request.lane, request.deployment, request.entered, request.cpu);
        let place = &self.instances[request.instance];
        let inside = self.now - entered;
        let mut time = inside;
        if request.cold {
            time += place.billed_start;
        }
        let provisioned = place.provisioned;
        let used = Used { time, cpu: cpu.min(inside.0), provisioned };
        self.meter_request(lane, deployment, arrival, Outcome::Lost, used);
    }
}

/// Spreads a stretch of time over the clock hours that it touches.
fn add_hours(hours: &mut Vec<u64>, begun: u64, length: u64) {
    let (mut at, end) = (begun, begun + length);
    while at < end {
        let hour = (at / HOUR.0) as usize;
        let until = ((hour as u64 + 1) * HOUR.0).min(end);
        if hours.len() <= hour {
            hours.resize(hour + 1, 0);
        }
        hours[hour] += until - at;
        at = until;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_spread_over_clock_hours() {
        let mut hours = Vec::new();
        add_hours(&mut hours, HOUR.0 / 2, 2 * HOUR.0);
        assert_eq!(hours, [HOUR.0 / 2, HOUR.0, HOUR.0 / 2]);
        add_hours(&mut hours, 0, HOUR.0);
        assert_eq!(hours, [HOUR.0 + HOUR.0 / 2, HOUR.0, HOUR.0 / 2]);
    }
}
