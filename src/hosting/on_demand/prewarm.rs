//! Instances that are unloaded between requests, and loaded before the next one is expected. One
//! timer per lane follows the moment of loading, which moves with every request: no event is
//! scheduled for each of them.

use super::{OnDemand, PREWARM};
use crate::hosting::instance::State;
use crate::hosting::keep_alive::{Gaps, Histogram, IdleTime, KeepAlive};
use crate::hosting::lane::Stack;
use crate::hosting::slab::NONE;
use crate::hosting::world::World;
use crate::units::{Span, Time};

/// What is known of one lane's idle times.
#[derive(Default)]
pub(super) struct Learnt {
    gaps: Option<Box<Gaps>>,
    /// When its last request ended, and when it arrived.
    finished: Option<Time>,
    arrived: Option<Time>,
    /// When an instance is to be loaded, and until when it would be kept.
    load: Option<(Time, Time)>,
    /// When the lane's timer is due.
    timer: Option<Time>,
}

impl OnDemand {
    fn learnt(&mut self, lane: u32) -> &mut Learnt {
        &mut self.learnt[(lane - self.first_lane) as usize]
    }

    /// A request arrives: the app's idle time is over, and is noted.
    pub(super) fn learn(&mut self, world: &World, lane: u32) {
        let KeepAlive::Histogram(rule) = &world.deployments[self.deployment as usize].keep_alive else { return };
        let (now, line) = (world.now, &world.lanes[lane as usize]);
        let is_active = line.engaged > 0 || line.queued > 0;
        let learnt = self.learnt(lane);
        learnt.load = None;
        let idle = match rule.idle_time {
            IdleTime::SinceArrival => learnt.arrived.map(|before| now - before),
            IdleTime::SinceFinish if is_active => Some(Span(0)),
            IdleTime::SinceFinish => learnt.finished.map(|before| now - before),
        };
        learnt.arrived = Some(now);
        if let Some(idle) = idle {
            learnt.gaps.get_or_insert_with(|| Box::new(Gaps::new(rule))).record(rule, idle);
        }
    }

    /// A request inside an instance has ended.
    pub(super) fn note_finish(&mut self, now: Time, lane: u32) {
        self.learnt(lane).finished = Some(now);
    }

    /// An instance has become idle: it is kept, or unloaded until shortly before the next request
    /// is expected.
    pub(super) fn rest_as_learnt(&mut self, world: &mut World, instance: u32, rule: &Histogram) {
        let lane = world.instances[instance].lane;
        let window = rule.decide(self.learnt(lane).gaps.as_deref());
        let until = world.now + window.until;
        if window.prewarm == Span(0) {
            return self.keep_until(world, instance, until);
        }
        world.stop(instance);
        let load = world.now + window.prewarm;
        self.learnt(lane).load = Some((load, until));
        self.follow_load(world, lane, load);
    }

    /// Sees to it that the lane's timer is due at this moment or before.
    fn follow_load(&mut self, world: &mut World, lane: u32, load: Time) {
        let timer = &mut self.learnt(lane).timer;
        if timer.is_none_or(|due| due > load) {
            *timer = Some(load);
            world.set_timer(load, lane, PREWARM);
        }
    }

    /// The lane's timer is due: it is time to load an instance, or too early.
    pub(super) fn check_prewarm(&mut self, world: &mut World, lane: u32) {
        let now = world.now;
        let learnt = self.learnt(lane);
        if learnt.timer == Some(now) {
            learnt.timer = None;
        }
        match learnt.load {
            Some((load, until)) if load <= now => {
                learnt.load = None;
                self.load(world, lane, until);
            }
            Some((load, _)) => self.follow_load(world, lane, load),
            None => {}
        }
    }

    /// Loads an instance that no request waits for yet, unless the app is active or warm.
    fn load(&mut self, world: &mut World, lane: u32, until: Time) {
        let line = &world.lanes[lane as usize];
        if line.engaged > 0 || line.queued > 0 || line.tops[Stack::Idle as usize] != NONE {
            return;
        }
        let Some(instance) = world.order_spare(lane) else { return };
        world.instances[instance].expires = until;
        if world.instances[instance].state == State::Ready {
            return self.keep_until(world, instance, until);
        }
        // A request that comes before it is ready waits for it.
        let filling = &mut world.lanes[lane as usize].filling;
        if *filling == NONE {
            *filling = instance;
        }
    }
}
