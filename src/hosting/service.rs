//! Service: a request first computes, then blocks.
//!
//! Under processor sharing the `n` requests on a processor of `c` cores each run at
//! `min(1, c/n) × speed × (1 − cpu-tax)`. Where an instance never takes more requests than it has
//! cores, or only one, every request has a constant share and its end is known when it begins:
//! one event. Otherwise the processor keeps virtual time (the CPU time that each request present
//! has received), a heap of finishes in virtual time, and one scheduled completion. An instance that is
//! held to a quota runs at full speed while that lasts (see [`super::quota`]).

use super::brief::Brief;
use super::instance::{Computing, SharedProcessor};
use super::request::{Request, Stage};
use super::world::{Event, Notice, Outcome, World};
use crate::units::{Cores, Span, Time};

impl World {
    /// A request begins to compute.
    #[inline]
    pub(crate) fn compute(&mut self, request: u32, instance: u32) {
        let computing = &mut self.requests[request];
        computing.stage = Stage::Computing;
        let (deployment, lane, cpu) = (computing.deployment as usize, computing.lane, computing.cpu);
        let Brief { is_exclusive, has_quota, pace, work, demand, .. } = self.briefs[deployment];
        if !is_exclusive {
            return self.compute_shared(request, instance);
        }
        let length = match (has_quota, pace) {
            (true, _) => stretched(self.run_alone(instance, cpu as f64 / pace), 1.0),
            (false, 1.0) => cpu,
            (false, _) => stretched(cpu as f64, pace),
        };
        self.facts[deployment].work.add(self.now, work);
        self.instances[instance].computing += 1;
        self.watch_demand(lane, demand);
        let key = self.requests.key(request);
        self.agenda.schedule(self.now + Span(length), Event::Computed(key));
    }

    /// Notes a change of the cores that a lane keeps busy, where its scaling watches them.
    #[inline]
    pub(super) fn watch_demand(&mut self, lane: u32, change: i64) {
        let now = self.now;
        if let Some(demand) = &mut self.lanes[lane as usize].demand {
            demand.add(now, change);
        }
    }

    /// A request that had its processor to itself has had its CPU time.
    #[inline]
    pub(crate) fn computed(&mut self, request: u32) -> Notice {
        self.leave_processor(request);
        self.after_computing(request)
    }

    #[inline]
    fn after_computing(&mut self, request: u32) -> Notice {
        if self.requests[request].wait == 0 {
            return self.finish(request, Outcome::Served);
        }
        self.block(request);
        Notice::Nothing
    }

    /// A request begins to block.
    pub(crate) fn block(&mut self, request: u32) {
        let blocked = &mut self.requests[request];
        blocked.stage = Stage::Waiting;
        let until = self.now + Span(blocked.wait);
        let key = self.requests.key(request);
        self.agenda.schedule(until, Event::Waited(key));
    }

    #[inline]
    fn leave_processor(&mut self, request: u32) {
        let &Request { instance, lane, deployment, .. } = &self.requests[request];
        let Brief { has_quota, work, demand, .. } = self.briefs[deployment as usize];
        if has_quota {
            self.stop_alone(instance);
        }
        self.instances[instance].computing -= 1;
        self.facts[deployment as usize].work.add(self.now, -work);
        self.watch_demand(lane, -demand);
    }

    /// A computing request is given up.
    pub(crate) fn stop_computing(&mut self, request: u32) {
        let instance = self.requests[request].instance;
        if self.instances[instance].processor.is_none() {
            return self.leave_processor(request);
        }
        self.bring_forward(instance);
        // Its entry in the heap is skipped when it is met: the request's key is no longer current.
        self.change_sharing(instance, -1);
        self.schedule_completion(instance);
    }

    /// Gives a request as long as the platform allows it to be inside.
    pub(crate) fn limit_time(&mut self, request: u32, instance: u32) {
        let plan = &self.deployments[self.instances[instance].deployment as usize];
        let Some(limit) = plan.time_limit else { return };
        let pace = plan.cores.as_f64().min(1.0) * plan.speed;
        let computing = stretched(self.requests[request].cpu as f64, pace);
        // Under a quota it may come where that of its period is spent.
        let pauses = plan.quota.map_or(0, |quota| quota.most_paused());
        let most = self.requests[request].wait.saturating_add(computing).saturating_add(pauses);
        let certain = self.briefs[self.instances[instance].deployment as usize].is_exclusive;
        if !certain || most > limit.0 {
            let key = self.requests.key(request);
            self.agenda.schedule(self.now + limit, Event::OverTime(key));
        }
    }

    fn compute_shared(&mut self, request: u32, instance: u32) {
        let key = self.requests.key(request);
        let cpu = self.requests[request].cpu as f64;
        let now = self.now;
        let place = &mut self.instances[instance];
        let processor = place.processor.get_or_insert_with(Default::default);
        if place.computing == 0 {
            // Empty: virtual time begins again, so that its resolution never wears out.
            **processor = SharedProcessor {
                updated: now,
                generation: processor.generation,
                heap: std::mem::take(&mut processor.heap),
                ..SharedProcessor::default()
            };
            processor.heap.clear();
        }
        self.bring_forward(instance);
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            let finish = processor.virtual_time + cpu;
            processor.order += 1;
            processor.heap.push(Computing { finish, order: processor.order, request: key });
        }
        self.change_sharing(instance, 1);
        self.schedule_completion(instance);
    }

    /// The scheduled completion of a shared processor is due.
    pub(crate) fn shared_computed(&mut self, instance: u32, generation: u32) -> Notice {
        if instance as usize >= self.instances.slots() {
            return Notice::Nothing;
        }
        let Some(processor) = self.instances[instance].processor.as_deref() else { return Notice::Nothing };
        if processor.generation != generation || !self.is_due(instance, generation) {
            return Notice::Nothing;
        }
        self.bring_forward(instance);
        let Some(request) = self.next_on(instance) else { return Notice::Nothing };
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            let done = processor.heap.pop();
            // Rounding of the event's moment to nanoseconds must not leave virtual time behind.
            processor.virtual_time = processor.virtual_time.max(done.map_or(0.0, |d| d.finish));
        }
        self.change_sharing(instance, -1);
        self.schedule_completion(instance);
        self.after_computing(request)
    }

    /// The request that is done first on a shared processor; those that left are dropped.
    pub(super) fn next_on(&mut self, instance: u32) -> Option<u32> {
        loop {
            let first = self.instances[instance].processor.as_deref()?.heap.peek().copied()?;
            if self.requests.is_current(first.request) {
                return Some(first.request.slot);
            }
            self.instances[instance].processor.as_deref_mut()?.heap.pop();
        }
    }

    /// Brings a shared processor's virtual time forward to now.
    pub(crate) fn bring_forward(&mut self, instance: u32) {
        let now = self.now;
        let ran = self.instances[instance].quota.is_some().then(|| self.settle_quota(instance));
        let clock = self.server_clock(instance);
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            let ran = match clock {
                Some(clock) => clock - std::mem::replace(&mut processor.clock, clock),
                None => ran.unwrap_or((now - processor.updated).0 as f64),
            };
            processor.virtual_time += ran * processor.pace;
            processor.updated = now;
        }
        if self.instances[instance].credits.is_some() {
            self.settle_credits(instance);
        }
    }

    /// One request more or less computes on a shared processor, which has been brought forward.
    fn change_sharing(&mut self, instance: u32, change: i32) {
        let deployment = self.instances[instance].deployment as usize;
        let Brief { is_plainly_shared, cores, .. } = self.briefs[deployment];
        if is_plainly_shared {
            return self.change_plain_sharing(instance, change, cores);
        }
        let before = self.demand_of(instance);
        let place = &mut self.instances[instance];
        place.computing = place.computing.wrapping_add_signed(change);
        self.throttle(instance);
        let after = self.demand_of(instance);
        self.change_demand(instance, before, after);
        self.set_pace(instance);
    }

    /// The same where no quota, no credits and no node decide what each has.
    fn change_plain_sharing(&mut self, instance: u32, change: i32, cores: Cores) {
        let place = &mut self.instances[instance];
        let count = place.computing.wrapping_add_signed(change);
        let before = std::mem::replace(&mut place.computing, count);
        let (lane, deployment) = (place.lane, place.deployment as usize);
        let demand = |computing: u32| Cores(cores.0.min(u64::from(computing) * Cores::ONE.0));
        let (before, after) = (demand(before), demand(count));
        if self.crowding.is_some() {
            self.watch_demand(lane, after.0 as i64 - before.0 as i64);
            self.demand_changed(instance, before, after);
        } else if before != after {
            self.watch_demand(lane, after.0 as i64 - before.0 as i64);
            self.work_changed(instance, before, after, 1.0, 1.0);
        }
        let plan = &self.deployments[deployment];
        if let Some(processor) = self.instances[instance].processor.as_deref_mut() {
            processor.pace = plan.share(cores.as_f64(), f64::from(count.max(1))) * plan.speed;
        }
    }

    /// An instance wants other cores than before.
    pub(crate) fn change_demand(&mut self, instance: u32, before: Cores, after: Cores) {
        if before != after
            && let Some(cluster) = self.shared_cluster(instance)
        {
            return self.share_node(instance, cluster, before, after);
        }
        let lane = self.instances[instance].lane;
        self.watch_demand(lane, after.0 as i64 - before.0 as i64);
        self.demand_changed(instance, before, after);
    }

    /// The cores that an instance's requests would keep busy, were its server not crowded.
    pub(crate) fn demand_of(&self, instance: u32) -> Cores {
        let computing = u64::from(self.instances[instance].computing);
        Cores(self.usable_cores(instance).0.min(computing * Cores::ONE.0))
    }

    /// Sets the pace of each request on a shared processor from how many there are.
    pub(crate) fn set_pace(&mut self, instance: u32) {
        let (slowdown, cores) = (self.slowdown_of(instance), self.usable_cores(instance).as_f64());
        let at_once = self.cores_at_once(instance);
        let of_node = self.share_of_node(instance);
        let place = &mut self.instances[instance];
        let plan = &self.deployments[place.deployment as usize];
        let computing = f64::from(place.computing.max(1));
        let share = match of_node {
            None => plan.share(at_once, computing),
            Some((share, factor)) => (at_once / computing).min(1.0) * share * factor,
        };
        let used = cores.min(f64::from(place.computing)) * slowdown;
        let has_credits = place.credits.is_some();
        if let Some(quota) = place.quota.as_deref_mut() {
            (quota.rate, quota.slowdown) = (at_once.min(f64::from(place.computing)), slowdown);
            quota.of_node = of_node.map_or(1.0, |(share, _)| share);
        }
        if let Some(processor) = place.processor.as_deref_mut() {
            processor.pace = share * plan.speed * slowdown;
        }
        if has_credits {
            self.watch_credits(instance, used);
        }
    }

    /// Schedules the next completion of a shared processor, which makes the one before void.
    pub(crate) fn schedule_completion(&mut self, instance: u32) {
        let has_next = self.next_on(instance).is_some();
        // Counted over all processors: a completion of an instance that is gone must not be taken
        // for one of the instance that has its slot now.
        self.completions = self.completions.wrapping_add(1);
        let generation = self.completions;
        let by_clock = self.goes_by_clock(instance);
        let place = &mut self.instances[instance];
        let Some(processor) = place.processor.as_deref_mut() else { return };
        processor.generation = generation;
        if by_clock {
            let length = processor.time_to_next();
            return self.finish_by_clock(instance, generation, length);
        }
        if !has_next {
            return;
        }
        let Some(length) = (match &place.quota {
            Some(quota) => processor.left().map(|left| stretched(quota.time_to_run(left / processor.pace), 1.0)),
            None => processor.time_to_next(),
        }) else {
            return;
        };
        let at: Time = self.now + Span(length);
        self.agenda.schedule(at, Event::SharedComputed { slot: instance, generation });
    }
}

/// How long so many CPU nanoseconds take at a pace, rounded up to a nanosecond. By hand, as the
/// oldest processors that we build for have no instruction for it, and `ceil` would be a call.
#[inline]
pub(super) fn stretched(cpu: f64, pace: f64) -> u64 {
    let exact = cpu / pace;
    let whole = exact as u64;
    whole.saturating_add(u64::from((whole as f64) < exact))
}
