//! A pool whose size a controller decides: it measures, looks, and says how many there are to be.

use super::{CONTROL, Pool, PoolLane};
use crate::hosting::instance::State;
use crate::hosting::scaling::Scaling;
use crate::hosting::scaling::controller::{Controller, Look, Rhythm, Rule, Sample, Seen, Unit, Wakes};
use crate::hosting::slab::NONE;
use crate::hosting::world::World;
use crate::units::{Cores, Time};
use std::collections::VecDeque;

/// One tenant's controller.
pub(super) struct Controlled {
    controller: Box<dyn Controller>,
    rhythm: Rhythm,
    wakes: Wakes,
    most: u32,
    next_sample: Time,
    next_look: Time,
    /// Whether it has stopped measuring: there is nothing, and a request will wake it.
    rests: bool,
    /// Requests that have arrived.
    arrived: u64,
    before: Totals,
    /// Samples that the controller does not see yet.
    unseen: VecDeque<Sample>,
    /// Since when the instance at a position is ready.
    ready_since: Vec<Time>,
}

/// What has come together since the beginning.
#[derive(Clone, Copy, Default)]
struct Totals {
    at: Time,
    demand: i128,
    ready: i128,
    inside: i128,
    arrived: u64,
    slow: (u64, u64),
}

impl Controlled {
    fn new(rule: &Rule, now: Time, current: u32, unit: Unit) -> Controlled {
        let rhythm = rule.rhythm();
        Controlled {
            controller: rule.begin(now, current, unit),
            rhythm,
            wakes: rule.wakes(),
            most: rule.limits().1,
            next_sample: now + rhythm.sample,
            next_look: now + rhythm.look,
            rests: false,
            arrived: 0,
            before: Totals { at: now, ..Totals::default() },
            unseen: VecDeque::new(),
            ready_since: Vec::new(),
        }
    }

    /// An instance is ready.
    pub(super) fn note_ready(&mut self, position: u32, now: Time) {
        let position = position as usize;
        if self.ready_since.len() <= position {
            self.ready_since.resize(position + 1, now);
        }
        self.ready_since[position] = now;
    }

    /// Ends a sample, and shows the controller the one that has waited long enough.
    fn sample(&mut self, totals: Totals, queued: u32) {
        let before = std::mem::replace(&mut self.before, totals);
        let length = (totals.at - before.at).0 as f64;
        self.unseen.push_back(Sample {
            from: before.at,
            at: totals.at,
            cores: (totals.demand - before.demand) as f64 / (length * Cores::ONE.0 as f64),
            concurrency: (totals.inside - before.inside) as f64 / length + f64::from(queued),
            ready: (totals.ready - before.ready) as f64 / length,
            requests: (totals.arrived - before.arrived) as f64,
            slow: (totals.slow.0 - before.slow.0, totals.slow.1 - before.slow.1),
        });
        if self.unseen.len() > self.rhythm.delay as usize
            && let Some(sample) = self.unseen.pop_front()
        {
            self.controller.measure(&sample);
        }
    }
}

impl PoolLane {
    fn totals(&self, world: &World, lane: u32, arrived: u64) -> Totals {
        let (now, line) = (world.now, &world.lanes[lane as usize]);
        Totals {
            at: now,
            demand: line.demand.as_ref().map_or(0, |level| level.integral(now)),
            ready: self.ready.integral(now),
            inside: self.inside.integral(now),
            arrived,
            slow: line.slow,
        }
    }

    /// Requests that wait at instances.
    fn in_lines(&self, world: &World) -> u32 {
        self.members.iter().filter(|instance| **instance != NONE).map(|instance| world.instances[*instance].bound).sum()
    }

    fn seen(&self, world: &World, ready_since: &[Time]) -> Vec<Seen> {
        let members = self.members.iter().enumerate().filter(|(_, instance)| **instance != NONE);
        let seen = |(position, instance): (usize, &u32)| {
            let instance = &world.instances[*instance];
            let ready = (instance.state == State::Ready).then(|| ready_since.get(position).copied()).flatten();
            Seen { ordered: instance.ordered, ready }
        };
        members.map(seen).collect()
    }
}

impl Pool {
    /// A lane's controller begins.
    pub(super) fn begin_control(&mut self, world: &mut World, lane: u32) {
        let (now, plan) = (world.now, &world.deployments[self.deployment as usize]);
        let Scaling::Controlled(rule) = &plan.scaling else { return };
        let places = (plan.places != u32::MAX).then_some(f64::from(plan.places));
        let unit = Unit { cores: plan.requested().as_f64(), places };
        let pool = &mut self.lanes[(lane - self.first_lane) as usize];
        let mut control = Controlled::new(rule, now, pool.wanted, unit);
        let kept = plan.provisioned;
        for (position, instance) in pool.members.iter().enumerate() {
            if *instance != NONE {
                control.note_ready(position as u32, now);
                world.instances[*instance].provisioned = (position as u32) < kept;
            }
        }
        let at = control.next_sample.min(control.next_look);
        pool.control = Some(Box::new(control));
        world.lanes[lane as usize].demand = Some(Box::default());
        world.set_timer(at, lane, CONTROL);
    }

    /// A controller's timer: a sample ends, or it looks, or both.
    pub(super) fn control(&mut self, world: &mut World, lane: u32) {
        let (now, has_lines) = (world.now, self.has_lines);
        let pool = self.pool(lane);
        let Some(mut control) = pool.control.take() else { return };
        let waiting = world.lanes[lane as usize].queued + if has_lines { pool.in_lines(world) } else { 0 };
        if control.next_sample <= now {
            control.next_sample = now + control.rhythm.sample;
            control.sample(pool.totals(world, lane, control.arrived), waiting);
        }
        let mut wanted = None;
        if control.next_look <= now {
            control.next_look = now + control.rhythm.look;
            if !pool.asleep {
                let instances = pool.seen(world, &control.ready_since);
                wanted = Some(control.controller.decide(&Look { now, current: pool.wanted, instances: &instances }));
            }
        }
        pool.control = Some(control);
        if let Some(wanted) = wanted {
            self.adjust(world, lane, wanted);
        }
        self.go_on_or_rest(world, lane);
    }

    /// Where there is nothing to be measured, and a request would wake it, a controller rests: it
    /// costs no event while nobody comes.
    fn go_on_or_rest(&mut self, world: &mut World, lane: u32) {
        let queued = world.lanes[lane as usize].queued;
        let pool = self.pool(lane);
        let is_empty = pool.wanted == 0 && pool.present == 0 && pool.inside.value() == 0 && queued == 0;
        let Some(control) = &mut pool.control else { return };
        control.rests = is_empty && control.wakes != Wakes::Never;
        if !control.rests {
            let at = control.next_sample.min(control.next_look);
            world.set_timer(at, lane, CONTROL);
        }
    }

    /// A request has come to a lane with a controller.
    pub(super) fn note_arrival(&mut self, world: &mut World, lane: u32) {
        let now = world.now;
        let pool = &mut self.lanes[(lane - self.first_lane) as usize];
        let Some(mut control) = pool.control.take() else { return };
        if std::mem::take(&mut control.rests) {
            control.unseen.clear();
            control.before = pool.totals(world, lane, control.arrived);
            (control.next_sample, control.next_look) = (now + control.rhythm.sample, now + control.rhythm.look);
            let at = control.next_sample.min(control.next_look);
            world.set_timer(at, lane, CONTROL);
        }
        control.arrived += 1;
        pool.control = Some(control);
    }

    /// A request has found no place and waits: where that is a reason to start an instance, one is.
    pub(super) fn start_for(&mut self, world: &mut World, lane: u32, request: u32) {
        let places = u64::from(world.deployments[self.deployment as usize].places);
        let queued = u64::from(world.lanes[lane as usize].queued);
        let pool = self.pool(lane);
        let Some(control) = &pool.control else { return };
        let (wanted, most) = (pool.wanted, control.most);
        let starts = match control.wakes {
            Wakes::Never => return,
            Wakes::FromZero => wanted == 0,
            Wakes::WhenFull => wanted < most && queued > u64::from(pool.starting).saturating_mul(places),
        };
        if starts || pool.ready.value() == 0 {
            world.mark_cold(request);
        }
        if starts {
            self.adjust(world, lane, wanted + 1);
        }
    }
}
