//! The world in which hosting models act: instances on servers, requests in lanes, the clock.
//!
//! The world knows the mechanics (placing, starting, serving, metering); a [`super::HostingModel`]
//! decides. The world tells it what happened by a [`Notice`] per event.

use super::brief::Brief;
use super::deployment::Deployment;
use super::facts::{AppFacts, CaseFacts};
use super::instance::Instance;
use super::lane::Lane;
use super::metering::Used;
use super::request::{Request, Stage};
use super::slab::{Key, NONE, Slab};
use crate::engine::{Agenda, Stream};
use crate::fleet::Fleet;
use crate::metrics::Times;
use crate::units::{Span, Time};

/// What can happen. At most 12 bytes, `Copy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// An instance's start is over.
    Started(Key),
    /// A request that has its processor to itself has had its CPU time.
    Computed(Key),
    /// The next request on a shared processor has had its CPU time.
    SharedComputed {
        /// The instance.
        slot: u32,
        /// Valid only while the processor's generation is this one.
        generation: u32,
    },
    /// An instance's CPU credits may be spent.
    CreditsSpent {
        /// The instance.
        slot: u32,
        /// Valid only while the credits' generation is this one.
        generation: u32,
    },
    /// A request's blocked time is over.
    Waited(Key),
    /// A request has been inside for as long as the platform allows.
    OverTime(Key),
    /// The oldest request of a deployment may have reached its time-out.
    TimedOut {
        /// The deployment.
        deployment: u32,
    },
    /// Idle instances of a deployment may have expired.
    Expiry {
        /// The deployment.
        deployment: u32,
    },
    /// An idle instance with a keep-alive length of its own may have expired.
    InstanceExpiry(Key),
    /// Empty nodes of a cluster may be due to go.
    EmptyNodes {
        /// The cluster.
        cluster: u32,
    },
    /// A hosting model asked to be called.
    Timer {
        /// The lane.
        lane: u32,
        /// What the model gave.
        token: u32,
    },
    /// A server fails.
    ServerFails {
        /// Which.
        server: u32,
    },
    /// A server is repaired.
    ServerRepaired {
        /// Which.
        server: u32,
    },
    /// A request is tried again.
    TryAgain {
        /// The slot of the attempt that is to come.
        slot: u32,
    },
    /// A request of a closed app arrives.
    Arrival {
        /// The slot of the pending arrival.
        slot: u32,
    },
}

/// What a hosting model hears after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nothing that concerns it.
    Nothing,
    /// An instance is ready; the requests bound to it are inside.
    Ready {
        /// The instance.
        instance: u32,
    },
    /// A place has become free in a ready instance (it may be idle now).
    Freed {
        /// The instance.
        instance: u32,
    },
    /// A request left the queue or its starting instance without being served.
    Abandoned {
        /// The lane.
        lane: u32,
    },
    /// Idle instances of a deployment are to be checked for expiry.
    Expiry {
        /// The deployment.
        deployment: u32,
    },
    /// One instance is to be checked for expiry.
    InstanceExpiry {
        /// The instance.
        instance: u32,
    },
    /// A timer of the model.
    Timer {
        /// The lane.
        lane: u32,
        /// What the model gave.
        token: u32,
    },
    /// A server has failed, with all instances on it.
    ServerFailed {
        /// Which.
        server: u32,
    },
    /// A server is repaired.
    ServerRepaired {
        /// Which.
        server: u32,
    },
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was served.
    Served,
    /// There was no place for it.
    Rejected,
    /// Its caller has given up.
    TimedOut,
    /// It was lost with its instance.
    Lost,
    /// The platform has stopped it, as it ran for longer than is allowed.
    Stopped,
}

/// Everything that a case's simulation holds.
pub struct World {
    pub(crate) now: Time,
    pub(crate) measured_from: Time,
    pub(crate) end: Time,
    /// When the simulation is over at the latest: what came in the window is followed beyond its end.
    pub(crate) horizon: Time,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) fleet: Fleet,
    /// The clusters on whose nodes instances are packed, by plan and tenant.
    pub(crate) clusters: Vec<super::cluster::Cluster>,
    /// By plan: the first of its clusters.
    pub(crate) first_cluster: Vec<u32>,
    pub(crate) deployments: Vec<Deployment>,
    /// What requests ask of the deployments, by deployment.
    pub(crate) briefs: Vec<Brief>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) instances: Slab<Instance>,
    pub(crate) requests: Slab<Request>,
    /// Per deployment: what is observed.
    pub(crate) facts: Vec<AppFacts>,
    pub(crate) case: CaseFacts,
    /// Per deployment: random numbers for starts, routing, keep-alive lengths.
    pub(crate) start_streams: Vec<Stream>,
    pub(crate) choice_streams: Vec<Stream>,
    /// Per deployment: for the phases of instances' quotas.
    pub(crate) quota_streams: Vec<Stream>,
    /// Per deployment: the oldest and newest request under a time-out, and whether a timer runs.
    pub(crate) aging: Vec<super::timeout::Aging>,
    /// Sums of the gauges: per lane, per gauge.
    pub(crate) sums: Vec<u128>,
    /// Set where crowded servers can slow their instances down: processors are then shared ones.
    pub(crate) crowding: Option<super::crowding::Crowding>,
    /// Set where containers use what their nodes have free.
    pub(crate) sharing: Option<Box<super::sharing::Sharing>>,
    /// How many completions of shared processors have been scheduled: each is told by its number.
    pub(crate) completions: u32,
    /// Lanes of closed apps whose request has ended.
    pub(crate) ended: Vec<u32>,
    /// Lanes that wait for room on the fleet.
    pub(crate) short_of_room: Vec<u32>,
    pub(crate) room_freed: bool,
    /// The accounts, and those that may have room for a lane that waits for it.
    pub(crate) accounts: Vec<super::account::Account>,
    pub(crate) freed_accounts: Vec<u32>,
    /// The instance whose line a request has left last.
    pub(crate) left_line: u32,
    /// Requests that are to be tried again, and per deployment the random numbers for when.
    pub(crate) retrying: Slab<super::retries::Attempt>,
    pub(crate) retry_streams: Vec<Stream>,
    /// Per deployment: for what the requests need that are there to begin with.
    pub(crate) initial_streams: Vec<Stream>,
    /// What became of those who came in each stretch of the window.
    pub(crate) course: super::course::Course,
    /// Set where servers fail.
    pub(crate) failing: Option<Box<super::failing::Failing>>,
    /// Requests whose instance has crashed, until their model has taken them.
    pub(crate) displaced: Vec<u32>,
    /// Idle instances, the oldest first, by deployment.
    pub(crate) idle: Vec<super::keep_alive::IdleList>,
    /// Set where idle instances may be evicted.
    pub(crate) making_room: Option<Box<super::keep_alive::MakingRoom>>,
}

impl World {
    /// The present moment.
    pub fn now(&self) -> Time {
        self.now
    }

    /// What is observed of each deployment.
    pub fn facts(&self) -> &[AppFacts] {
        &self.facts
    }

    /// What is observed of the case as a whole.
    pub fn case_facts(&self) -> &CaseFacts {
        &self.case
    }

    /// How many events the simulation has noted for later: what it costs.
    pub fn events(&self) -> u64 {
        self.agenda.noted()
    }

    /// The deployments of the case, one per app.
    pub fn deployment(&self, deployment: u32) -> &Deployment {
        &self.deployments[deployment as usize]
    }

    /// The lanes (tenants) of a deployment.
    pub fn lanes_of(&self, deployment: u32) -> std::ops::Range<u32> {
        let first = self.lanes.partition_point(|lane| lane.deployment < deployment) as u32;
        first..first + self.deployments[deployment as usize].tenants
    }

    /// A request.
    pub fn request(&self, request: u32) -> &Request {
        &self.requests[request]
    }

    /// An instance.
    pub fn instance(&self, instance: u32) -> &Instance {
        &self.instances[instance]
    }

    /// How many requests wait in a lane's queue.
    pub fn queue_length(&self, lane: u32) -> u32 {
        self.lanes[lane as usize].queued
    }

    /// Calls the lane's hosting model back at a moment, with a token of its choice.
    pub fn set_timer(&mut self, at: Time, lane: u32, token: u32) {
        self.agenda.schedule(at, Event::Timer { lane, token });
    }

    /// Calls the lane's hosting model ([`super::HostingModel::room`]) when an instance has stopped
    /// and there may be room on the fleet.
    pub fn await_room(&mut self, lane: u32) {
        if !std::mem::replace(&mut self.lanes[lane as usize].awaits_room, true) {
            self.short_of_room.push(lane);
        }
    }

    /// The lanes that wait for room; they have to ask again.
    pub(crate) fn take_short_of_room(&mut self) -> Vec<u32> {
        let lanes = std::mem::take(&mut self.short_of_room);
        for lane in &lanes {
            self.lanes[*lane as usize].awaits_room = false;
        }
        lanes
    }

    /// When the measured window ends.
    pub fn end(&self) -> Time {
        self.end
    }

    /// Whether a request that arrived at a moment belongs to the measured window.
    #[inline]
    pub(crate) fn is_measured(&self, arrival: Time) -> bool {
        (self.measured_from..self.end).contains(&arrival)
    }

    /// Both sides of Little's law, as an identity of one run: the integral of the number of a
    /// deployment's requests in the system over the measured window up to now, and the sum of the
    /// times that each of them spent in it, in nanoseconds. The one is a level that changes with
    /// every arrival and end, the other is summed request by request.
    pub fn littles_law(&self, deployment: u32) -> (i128, i128) {
        let facts = &self.facts[deployment as usize];
        if self.now >= self.end {
            // Those that were present at the window's end were counted when it closed.
            return (facts.present.integral(self.end), facts.spent as i128);
        }
        let present = self.requests.used().map(|slot| &self.requests[slot]);
        let ages = present.filter(|request| request.deployment == deployment);
        let ages: u64 = ages.map(|request| (self.now - self.cut(request.sent)).0).sum();
        (facts.present.integral(self.now), facts.spent as i128 + i128::from(ages))
    }

    /// Takes in an arrival; its hosting model is to be told.
    #[inline]
    pub(crate) fn arrive(&mut self, lane: u32, cpu: u64, wait: u64) -> u32 {
        let deployment = self.lanes[lane as usize].deployment;
        let key = self.requests.insert(Request::new(self.now, cpu, wait, lane, deployment));
        let measured = self.is_measured(self.now);
        let facts = &mut self.facts[deployment as usize];
        facts.arrived += u64::from(measured);
        facts.attempts += u64::from(measured);
        facts.offered_cpu += u128::from(cpu);
        facts.offered_wait += u128::from(wait);
        facts.present.add(self.now, 1);
        if measured && !facts.tenants.is_empty() {
            facts.tenants[self.lanes[lane as usize].tenant as usize].arrived += 1;
        }
        if self.briefs[deployment as usize].has_timeout {
            self.start_aging(key.slot);
        }
        key.slot
    }

    /// Lets an event happen.
    #[inline]
    pub(crate) fn happen(&mut self, event: Event) -> Notice {
        match event {
            Event::Computed(key) if self.requests.is_current(key) => self.computed(key.slot),
            Event::Waited(key) if self.requests.is_current(key) => self.finish(key.slot, Outcome::Served),
            Event::SharedComputed { slot, generation } => self.shared_computed(slot, generation),
            Event::Started(key) if self.instances.is_current(key) => self.become_ready(key.slot),
            Event::OverTime(key) if self.requests.is_current(key) => self.give_up(key.slot, Outcome::Stopped),
            Event::TimedOut { deployment } => self.check_timeouts(deployment),
            Event::Expiry { deployment } => Notice::Expiry { deployment },
            Event::InstanceExpiry(key) if self.instances.is_current(key) => {
                Notice::InstanceExpiry { instance: key.slot }
            }
            Event::Timer { lane, token } => Notice::Timer { lane, token },
            Event::ServerFails { server } => self.server_fails(server),
            Event::ServerRepaired { server } => self.server_repaired(server),
            Event::CreditsSpent { slot, generation } => {
                self.credits_spent(slot, generation);
                Notice::Nothing
            }
            Event::EmptyNodes { cluster } => {
                self.remove_empty_nodes(cluster as usize);
                Notice::Nothing
            }
            _ => Notice::Nothing,
        }
    }

    /// Lets a request come inside a ready instance that has a place for it.
    #[inline]
    pub fn enter(&mut self, request: u32, instance: u32) {
        let now = self.now;
        let entering = &mut self.requests[request];
        entering.entered = now;
        entering.instance = instance;
        let (deployment, lane, cpu) = (entering.deployment as usize, entering.lane as usize, entering.cpu);
        let place = &mut self.instances[instance];
        place.inside += 1;
        if place.inside == 1 {
            place.busy_since = now;
            self.facts[deployment].busy.add(now, 1);
            self.take_share(instance);
        }
        self.lanes[lane].engaged += 1;
        if self.briefs[deployment].has_time_limit {
            self.limit_time(request, instance);
        }
        if self.briefs[deployment].counts_uses {
            let arrival = self.requests[request].arrival;
            self.note_use(lane as u32, instance, arrival);
        }
        if cpu == 0 { self.block(request) } else { self.compute(request, instance) }
    }

    /// Counts a request that finds no place as rejected.
    pub fn reject(&mut self, request: u32) {
        self.end_request(request, Outcome::Rejected, Span(0));
    }

    /// A request inside an instance is over: its place becomes free.
    #[inline]
    pub(crate) fn finish(&mut self, request: u32, outcome: Outcome) -> Notice {
        let now = self.now;
        let Request { instance, entered, cold, lane, deployment, .. } = self.requests[request];
        let deployment = deployment as usize;
        let place = &mut self.instances[instance];
        place.inside -= 1;
        let mut billed = now - entered;
        if cold {
            billed += place.billed_start;
        }
        self.lanes[lane as usize].engaged -= 1;
        if place.inside == 0 {
            let (since, provisioned) = (place.busy_since, place.provisioned);
            self.facts[deployment].busy.add(now, -1);
            if self.briefs[deployment].meters_busy {
                self.meter_busy(lane, deployment, since, provisioned, true);
            }
            self.give_share(instance);
        }
        self.end_request(request, outcome, billed);
        Notice::Freed { instance }
    }

    /// Notes the end of a request's work and forgets it. `billed` is the time that the provider bills
    /// for it; a request that was never inside is not billed.
    #[inline]
    pub(crate) fn end_request(&mut self, request: u32, outcome: Outcome, billed: Span) {
        let now = self.now;
        let ended = &self.requests[request];
        let (arrival, sent, lane, deployment) = (ended.arrival, ended.sent, ended.lane, ended.deployment);
        let (cpu, instance, stage, gone) = (ended.cpu, ended.instance, ended.stage, ended.gone);
        let counts = self.counts(ended);
        let facts = &mut self.facts[deployment as usize];
        facts.present.add(now, -1);
        facts.spent += u128::from((now - sent.max(self.measured_from)).0);
        if counts && matches!(stage, Stage::Computing | Stage::Waiting) {
            let provisioned = instance != NONE && self.instances[instance].provisioned;
            // Nothing is sent to a caller who has left.
            let outcome = if gone { Outcome::TimedOut } else { outcome };
            self.meter_request(lane, deployment, arrival, outcome, Used { time: billed, cpu, provisioned });
        }
        if !gone {
            self.tell(request, outcome);
        }
        self.requests.remove(request);
    }

    /// The caller of a request hears how it ended, or leaves: it is counted, unless it is tried again.
    #[inline]
    pub(crate) fn tell(&mut self, request: u32, outcome: Outcome) {
        let now = self.now;
        let &Request { arrival, entered, lane, deployment, stage, .. } = &self.requests[request];
        let Brief { has_timeout, has_retries, is_closed, slow_after, .. } = self.briefs[deployment as usize];
        if has_timeout {
            self.stop_aging(request);
        }
        if slow_after < u64::MAX {
            let (slow, all) = &mut self.lanes[lane as usize].slow;
            *slow += u64::from(outcome != Outcome::Served || (now - arrival).0 > slow_after);
            *all += 1;
        }
        if has_retries && self.try_again(request, outcome) {
            return;
        }
        let (counts, was_there) = (self.counts(&self.requests[request]), self.requests[request].was_there);
        if counts {
            let times = self.times(request, outcome);
            let facts = &mut self.facts[deployment as usize];
            let waits = matches!(stage, Stage::Queued | Stage::Bound) && now > arrival;
            facts.waited += u64::from(outcome != Outcome::Rejected && (waits || entered > arrival));
            match outcome {
                Outcome::Served => {
                    facts.served += 1;
                    facts.latency.record(times.latency);
                    facts.queueing.record(times.before);
                    facts.parts.record(times);
                    if !facts.tenants.is_empty() {
                        let tenant = &mut facts.tenants[self.lanes[lane as usize].tenant as usize];
                        tenant.served += 1;
                        tenant.latency += u128::from(times.latency);
                    }
                }
                Outcome::Rejected => facts.rejected += 1,
                Outcome::TimedOut => facts.timed_out += 1,
                Outcome::Lost => facts.lost += 1,
                Outcome::Stopped => facts.stopped += 1,
            }
            self.case.digest.add(arrival.0 ^ (now.0 << 8) ^ outcome as u64);
            self.note_end(arrival, outcome);
        }
        if is_closed && !was_there {
            self.ended.push(lane);
        }
    }

    /// Of what the latency of a request that is served now is made.
    #[inline]
    fn times(&self, request: u32, outcome: Outcome) -> Times {
        if outcome != Outcome::Served {
            return Times::default();
        }
        let &Request { arrival, entered, cpu, wait, deployment, instance, cold, .. } = &self.requests[request];
        let Brief { is_exclusive, pace, .. } = self.briefs[deployment as usize];
        let inside = (self.now - entered).0;
        // With the processor to itself nothing but its size's own quota can have held it up.
        let alone = match (is_exclusive, pace) {
            (true, _) => inside,
            (false, 1.0) => cpu + wait,
            (false, _) => (cpu as f64 / pace) as u64 + wait,
        };
        let begun = if cold { self.instances[instance].ordered.max(arrival) } else { entered };
        Times {
            latency: (self.now - arrival).0,
            before: (entered - arrival).0,
            cold_start: entered.0.saturating_sub(begun.0),
            alone,
        }
    }

    /// Ends a request's work, wherever it is.
    pub(crate) fn give_up(&mut self, request: u32, outcome: Outcome) -> Notice {
        let lane = self.requests[request].lane;
        match self.requests[request].stage {
            Stage::Queued => self.unqueue(request),
            Stage::Bound => self.unbind(request),
            Stage::Computing => {
                self.stop_computing(request);
                return self.finish(request, outcome);
            }
            Stage::Waiting => return self.finish(request, outcome),
        }
        self.end_request(request, outcome, Span(0));
        Notice::Abandoned { lane }
    }
}
