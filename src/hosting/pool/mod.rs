//! A pool: instances that are ordered, and then serve whatever comes.

mod controlled;
mod lines;

use super::HostingModel;
use super::deployment::WhenFull;
use super::instance::State;
use super::routing::{Bits, LeastLoaded, QueueAt, Routing};
use super::scaling::Scaling;
use super::slab::NONE;
use super::world::World;
use crate::metrics::Level;
use crate::units::Time;

/// Tokens of a pool's timers.
const EVALUATE: u32 = 0;
const SHIFT: u32 = 1;
const SLEEP: u32 = 2;
const NOTICED: u32 = 3;
const CONTROL: u32 = 4;

/// The pool behaviour of one deployment.
#[derive(Default)]
pub struct Pool {
    deployment: u32,
    first_lane: u32,
    /// Whether requests wait at the instances.
    has_lines: bool,
    lanes: Vec<PoolLane>,
}

/// One tenant's pool.
#[derive(Default)]
struct PoolLane {
    /// Instances by position; `NONE` where there is none.
    members: Vec<u32>,
    /// Positions of ready instances with a free place; where requests wait at the instances, of all that are ready.
    available: Bits,
    loads: LeastLoaded,
    /// Where requests wait at the instances: at which load each position stands among them.
    weights: Vec<u32>,
    turn: u32,
    /// How many instances there should be.
    wanted: u32,
    /// Instances that are there or starting, and not draining.
    present: u32,
    /// Of those, the ones that are gone with their server, which nobody has noticed yet.
    missed: u32,
    starting: u32,
    ready: Level,
    inside: Level,
    asleep: bool,
    sleep_armed: bool,
    empty_since: Time,
    changed: Time,
    seen: (i128, i128, i128),
    /// Where a controller decides how many there are to be.
    control: Option<Box<controlled::Controlled>>,
}

impl HostingModel for Pool {
    fn begin(&mut self, world: &mut World, deployment: u32) {
        self.deployment = deployment;
        self.has_lines = world.deployment(deployment).queue_at == QueueAt::Instance;
        let lanes = world.lanes_of(deployment);
        self.first_lane = lanes.start;
        self.lanes.resize_with(lanes.len(), PoolLane::default);
        for lane in lanes {
            let begun = world.deployment(deployment).initial.as_deref().map(|initial| (initial.idle, initial.busy));
            let wanted = match begun {
                Some((Some(idle), busy)) => idle + busy,
                _ => self.initial(world),
            };
            self.pool(lane).wanted = wanted;
            for _ in 0..wanted {
                match world.order_ready(lane) {
                    Some(instance) => self.add(world, instance),
                    None => self.no_room(world, lane),
                }
            }
            for position in 0..begun.map_or(0, |(_, busy)| busy) {
                if self.pool(lane).members.get(position as usize).is_some_and(|instance| *instance != NONE) {
                    let request = world.begin_with_request(lane);
                    self.let_in(world, lane, position, request);
                }
            }
            self.set_timers(world, lane);
        }
    }

    fn arrived(&mut self, world: &mut World, request: u32) {
        let lane = world.requests[request].lane;
        if self.pool(lane).control.is_some() {
            self.note_arrival(world, lane);
        }
        if self.pool(lane).asleep {
            world.mark_cold(request);
            self.wake(world, lane);
        }
        if self.has_lines {
            return self.send(world, lane, request);
        }
        if world.lanes[lane as usize].queued == 0
            && let Some(position) = self.choose(world, lane)
        {
            return self.let_in(world, lane, position, request);
        }
        if self.has_none(world, lane) || !world.enqueue(request) {
            return world.reject(request);
        }
        self.start_for(world, lane, request);
    }

    fn ready(&mut self, world: &mut World, instance: u32) {
        let lane = world.instances[instance].lane;
        self.pool(lane).starting -= 1;
        self.make_available(world, instance);
        self.serve_queue(world, lane);
    }

    fn freed(&mut self, world: &mut World, instance: u32) {
        let (lane, position) = (world.instances[instance].lane, world.instances[instance].position);
        let (inside, state) = (world.instances[instance].inside, world.instances[instance].state);
        let (now, places) = (world.now, world.deployments[self.deployment as usize].places);
        self.pool(lane).inside.add(now, -1);
        if state == State::Draining {
            if inside == 0 {
                world.stop(instance);
            }
        } else if self.has_lines {
            self.serve_line(world, lane, position, instance);
        } else {
            let pool = self.pool(lane);
            pool.loads.remove(position, inside + 1);
            pool.loads.insert(position, inside);
            if inside + 1 == places {
                pool.available.insert(position);
            }
        }
        self.serve_queue(world, lane);
        self.note_emptiness(world, lane);
    }

    fn abandoned(&mut self, world: &mut World, lane: u32) {
        if self.has_lines {
            self.weigh_left(world, lane);
        }
        self.note_emptiness(world, lane);
    }

    fn timer(&mut self, world: &mut World, lane: u32, token: u32) {
        match token {
            EVALUATE => self.evaluate(world, lane),
            SHIFT => self.shift(world, lane),
            NOTICED => self.notice(world, lane),
            CONTROL => self.control(world, lane),
            _ => self.check_sleep(world, lane),
        }
    }

    fn room(&mut self, world: &mut World, lane: u32) {
        let wanted = self.pool(lane).wanted;
        self.adjust(world, lane, wanted);
    }

    fn failed(&mut self, world: &mut World, instance: u32) {
        let (lane, position) = (world.instances[instance].lane, world.instances[instance].position);
        let is_member = self.withdraw(world, lane, position, instance);
        world.crash(instance);
        // What was on a cluster's node is packed on another.
        let is_packed = world.cluster_of(lane).is_some();
        let waits = world.deployments[self.deployment as usize].recovery.waits_for_repair && !is_packed;
        if is_member && waits {
            return world.take_down(instance);
        }
        if is_member {
            let pool = self.pool(lane);
            pool.members[position as usize] = NONE;
            pool.missed += 1;
            let noticed = world.now + world.draw_detection(self.deployment);
            world.set_timer(noticed, lane, NOTICED);
        }
        world.stop(instance);
    }

    fn after_failure(&mut self, world: &mut World, lanes: &[u32], requests: &[u32]) {
        if self.has_lines {
            for request in requests {
                let lane = world.requests[*request].lane;
                self.send(world, lane, *request);
            }
        } else {
            // They came before all that wait.
            for request in requests.iter().rev() {
                world.enqueue_first(*request);
            }
        }
        for lane in lanes {
            self.serve_queue(world, *lane);
            self.note_emptiness(world, *lane);
        }
    }

    fn repaired(&mut self, world: &mut World, instance: u32) {
        world.instances[instance].state = State::Ready;
        self.make_available(world, instance);
        let lane = world.instances[instance].lane;
        self.serve_queue(world, lane);
    }
}

impl Pool {
    fn pool(&mut self, lane: u32) -> &mut PoolLane {
        &mut self.lanes[(lane - self.first_lane) as usize]
    }

    /// How many instances stand ready when the simulation begins.
    fn initial(&self, world: &World) -> u32 {
        let plan = &world.deployments[self.deployment as usize];
        match &plan.scaling {
            Scaling::TargetUtilisation(rule) => plan.instances.clamp(rule.min, rule.max.max(rule.min)),
            Scaling::Schedule(schedule) => schedule.wanted(world.now),
            Scaling::Controlled(rule) => rule.initial(plan.instances),
            _ => plan.instances,
        }
    }

    fn set_timers(&mut self, world: &mut World, lane: u32) {
        let now = world.now;
        match &world.deployments[self.deployment as usize].scaling {
            Scaling::TargetUtilisation(rule) => {
                let at = now + rule.period;
                world.lanes[lane as usize].demand = Some(Box::default());
                world.set_timer(at, lane, EVALUATE);
            }
            Scaling::Schedule(schedule) => {
                let at = schedule.next_change(now);
                world.set_timer(at, lane, SHIFT);
            }
            Scaling::Controlled(_) => self.begin_control(world, lane),
            _ => {}
        }
        self.pool(lane).empty_since = now;
        self.note_emptiness(world, lane);
    }

    /// One of the instances that a request may be sent to, by the routing rule.
    fn choose(&mut self, world: &mut World, lane: u32) -> Option<u32> {
        let plan = &world.deployments[self.deployment as usize];
        let pool = &mut self.lanes[(lane - self.first_lane) as usize];
        match plan.routing {
            _ if pool.available.count() == 0 => None,
            Routing::LeastLoaded => pool.loads.least(),
            Routing::RoundRobin => {
                let position = pool.available.next(pool.turn).or_else(|| pool.available.next(0))?;
                pool.turn = position + 1;
                Some(position)
            }
            Routing::Random => {
                let stream = &mut world.choice_streams[self.deployment as usize];
                pool.available.nth(stream.below(pool.available.count() as u64) as usize)
            }
        }
    }

    fn let_in(&mut self, world: &mut World, lane: u32, position: u32, request: u32) {
        let (now, places) = (world.now, world.deployments[self.deployment as usize].places);
        let has_lines = self.has_lines;
        let pool = self.pool(lane);
        let instance = pool.members[position as usize];
        let load = world.instances[instance].inside;
        pool.inside.add(now, 1);
        if has_lines {
            world.enter(request, instance);
            return self.weigh(world, lane, position, instance);
        }
        pool.loads.remove(position, load);
        // Full instances stand in no level: the least loaded one always has a place.
        if load + 1 < places {
            pool.loads.insert(position, load + 1);
        } else {
            pool.available.remove(position);
        }
        world.enter(request, instance);
    }

    fn serve_queue(&mut self, world: &mut World, lane: u32) {
        while world.lanes[lane as usize].queued > 0 {
            let Some(position) = self.choose(world, lane) else { return };
            let Some(request) = world.dequeue(lane) else { return };
            self.put(world, lane, position, request);
        }
    }

    /// Takes a new instance into the pool.
    fn add(&mut self, world: &mut World, instance: u32) {
        let (lane, position) = (world.instances[instance].lane, world.instances[instance].position as usize);
        let deployment = self.deployment as usize;
        let pool = self.pool(lane);
        if pool.members.len() <= position {
            pool.members.resize(position + 1, NONE);
        }
        pool.members[position] = instance;
        pool.present += 1;
        if pool.control.is_some() {
            // The lowest positions stay filled: theirs are the instances that are always kept.
            world.instances[instance].provisioned = (position as u32) < world.deployments[deployment].provisioned;
        }
        if world.instances[instance].state == State::Ready {
            self.make_available(world, instance);
        } else {
            pool.starting += 1;
        }
    }

    fn make_available(&mut self, world: &mut World, instance: u32) {
        let now = world.now;
        let (lane, position) = (world.instances[instance].lane, world.instances[instance].position);
        let pool = self.pool(lane);
        pool.ready.add(now, 1);
        pool.available.insert(position);
        if let Some(control) = &mut pool.control {
            control.note_ready(position, now);
        }
        if self.has_lines {
            self.weigh(world, lane, position, instance);
        } else {
            self.pool(lane).loads.insert(position, 0);
        }
    }

    /// An instance of the pool is sent no more requests.
    fn remove(&mut self, world: &World, lane: u32, position: u32, instance: u32) {
        let now = world.now;
        let has_lines = self.has_lines;
        let pool = self.pool(lane);
        pool.ready.add(now, -1);
        pool.available.remove(position);
        if has_lines {
            pool.unweigh(position);
        } else {
            pool.loads.remove(position, world.instances[instance].inside);
        }
    }

    /// An instance whose server has failed takes no more requests; false where it is none of the
    /// pool's any more, as it was draining.
    fn withdraw(&mut self, world: &World, lane: u32, position: u32, instance: u32) -> bool {
        let (now, inside) = (world.now, world.instances[instance].inside);
        let state = world.instances[instance].state;
        let pool = self.pool(lane);
        pool.inside.add(now, -i64::from(inside));
        let is_member = pool.members.get(position as usize) == Some(&instance);
        match state {
            State::Starting if is_member => pool.starting -= 1,
            State::Ready if is_member => self.remove(world, lane, position, instance),
            _ => {}
        }
        is_member
    }

    /// It is noticed that an instance is gone: another one is ordered, if it is still wanted.
    fn notice(&mut self, world: &mut World, lane: u32) {
        let pool = self.pool(lane);
        if pool.missed > 0 {
            pool.missed -= 1;
            pool.present -= 1;
        }
        let wanted = pool.wanted;
        self.adjust(world, lane, wanted);
    }

    /// Whether there is no instance though there should be: one was refused, and requests must
    /// not wait for what may never come.
    fn has_none(&mut self, world: &World, lane: u32) -> bool {
        let waits = world.deployments[self.deployment as usize].when_full == WhenFull::Queue;
        let pool = self.pool(lane);
        !waits && pool.present == 0 && pool.wanted > 0
    }

    /// Orders or drains instances until as many are present as wanted. The newest go first.
    fn adjust(&mut self, world: &mut World, lane: u32, wanted: u32) {
        self.pool(lane).wanted = wanted;
        while self.pool(lane).present < wanted {
            match world.order(lane) {
                Some(instance) => self.add(world, instance),
                None => {
                    self.no_room(world, lane);
                    break;
                }
            }
        }
        let pool = self.pool(lane);
        let surplus = pool.present.saturating_sub(wanted).min(pool.missed);
        pool.missed -= surplus;
        pool.present -= surplus;
        let mut position = self.pool(lane).members.len();
        while self.pool(lane).present > wanted && position > 0 {
            position -= 1;
            if self.pool(lane).members[position] != NONE {
                self.let_go(world, lane, position);
            }
        }
        self.serve_queue(world, lane);
        while self.has_none(world, lane)
            && let Some(request) = world.dequeue(lane)
        {
            world.reject(request);
        }
    }

    /// An order found no room: it waits for some where the case says so, and where the room may
    /// have gone with a server that will be repaired.
    fn no_room(&self, world: &mut World, lane: u32) {
        if world.deployments[self.deployment as usize].when_full == WhenFull::Queue || world.has_failures() {
            world.await_room(lane);
        }
    }

    fn let_go(&mut self, world: &mut World, lane: u32, position: usize) {
        let pool = self.pool(lane);
        let instance = std::mem::replace(&mut pool.members[position], NONE);
        pool.present -= 1;
        match world.instances[instance].state {
            State::Starting => pool.starting -= 1,
            State::Down => {}
            _ => self.remove(world, lane, position as u32, instance),
        }
        if self.has_lines {
            self.send_again(world, lane, instance);
        }
        world.drain(instance);
    }

    /// Target tracking: the use since the last look decides.
    fn evaluate(&mut self, world: &mut World, lane: u32) {
        let now = world.now;
        let plan = &world.deployments[self.deployment as usize];
        let (cores, places) = (plan.requested().0, plan.places);
        let Scaling::TargetUtilisation(rule) = plan.scaling.clone() else { return };
        world.set_timer(now + rule.period, lane, EVALUATE);
        let demand = world.lanes[lane as usize].demand.as_ref().map_or(0, |level| level.integral(now));
        let pool = self.pool(lane);
        let seen = (demand, pool.ready.integral(now), pool.inside.integral(now));
        let before = std::mem::replace(&mut pool.seen, seen);
        let ready_time = (seen.1 - before.1) as f64;
        if pool.asleep {
            return;
        }
        if ready_time <= 0.0 {
            // None was ready to be judged: those that found no room are ordered again.
            let wanted = pool.wanted;
            return self.adjust(world, lane, wanted);
        }
        let busy = (seen.0 - before.0) as f64 / (ready_time * cores as f64);
        let taken =
            if places == u32::MAX { 0.0 } else { (seen.2 - before.2) as f64 / (ready_time * f64::from(places)) };
        let wanted = rule.wanted(pool.ready.value() as u32, busy.max(taken));
        let (present, starting) = (pool.present, pool.starting);
        if wanted > present || (wanted < present && starting == 0 && now - pool.changed >= rule.cool_down) {
            pool.changed = now;
            self.adjust(world, lane, wanted);
        }
    }

    fn shift(&mut self, world: &mut World, lane: u32) {
        let Scaling::Schedule(schedule) = &world.deployments[self.deployment as usize].scaling else { return };
        let (wanted, next) = (schedule.wanted(world.now), schedule.next_change(world.now));
        world.set_timer(next, lane, SHIFT);
        if !self.pool(lane).asleep {
            self.adjust(world, lane, wanted);
        }
    }

    fn wake(&mut self, world: &mut World, lane: u32) {
        self.pool(lane).asleep = false;
        let wanted = self.initial(world).max(1);
        self.adjust(world, lane, wanted);
        // Where nothing could be woken, the next request tries again.
        let pool = self.pool(lane);
        pool.asleep = pool.present == 0;
    }

    /// Notes when a lane has become empty, and sees to it that a timer follows.
    fn note_emptiness(&mut self, world: &mut World, lane: u32) {
        let Some(sleep) = world.deployments[self.deployment as usize].sleep else { return };
        let (now, queued) = (world.now, world.lanes[lane as usize].queued);
        let pool = self.pool(lane);
        if pool.inside.value() == 0 && queued == 0 {
            pool.empty_since = now;
            if !pool.sleep_armed && !pool.asleep {
                pool.sleep_armed = true;
                world.set_timer(now + sleep, lane, SLEEP);
            }
        }
    }

    fn check_sleep(&mut self, world: &mut World, lane: u32) {
        let Some(sleep) = world.deployments[self.deployment as usize].sleep else { return };
        let (now, queued) = (world.now, world.lanes[lane as usize].queued);
        let pool = self.pool(lane);
        pool.sleep_armed = false;
        if pool.inside.value() > 0 || queued > 0 || pool.asleep {
            return;
        }
        if pool.empty_since + sleep <= now {
            self.adjust(world, lane, 0);
            self.pool(lane).asleep = true;
        } else {
            pool.sleep_armed = true;
            let at = pool.empty_since + sleep;
            world.set_timer(at, lane, SLEEP);
        }
    }
}
