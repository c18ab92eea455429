//! The loop where the stages meet: arrivals and events in order of time, the world, and the
//! hosting models that decide.

use crate::engine::Stream;
use crate::fleet::{Fleet, ServerId};
use crate::hosting::account;
use crate::hosting::brief::Brief;
use crate::hosting::cluster::found;
use crate::hosting::course::{Course, Stretch};
use crate::hosting::crowding::Crowding;
use crate::hosting::facts::{AppFacts, CaseFacts};
use crate::hosting::failing::Failing;
use crate::hosting::instance::State;
use crate::hosting::keep_alive::MakingRoom;
use crate::hosting::lane::Lane;
use crate::hosting::sharing::{self, Sharing};
use crate::hosting::slab::{NONE, Slab};
use crate::hosting::{Behaviour, Deployment, Event, Failures, Notice, World};
use crate::memory::{Account, TooMuch};
use crate::units::{Cores, Span, Time};
use crate::workload::{Arrival, Feed, Tape, WorkloadError};

mod drain;
mod memory;

pub use drain::Drain;

/// How many stretches of the measured window the time series has.
const SERIES_POINTS: u64 = 240;

/// The measured window, after the warm-up.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Simulated before the measurement begins.
    pub warm_up: Span,
    /// Measured.
    pub duration: Span,
    /// How long what came in it is followed beyond its end.
    pub drain: Drain,
}

impl Window {
    /// When it ends.
    pub fn end(&self) -> Time {
        Time(0) + self.warm_up + self.duration
    }

    /// When the simulation is over at the latest.
    pub fn horizon(&self) -> Time {
        self.end() + self.drain.most(self.end() - Time(0))
    }
}

/// A level over time, averaged over equal stretches of the window.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Instances.
    pub instances: Vec<f64>,
    /// Powered servers.
    pub servers: Vec<f64>,
    /// Requests in the system.
    pub present: Vec<f64>,
    /// Cores at work on them, the isolation's tax among it.
    pub busy_cores: Vec<f64>,
    /// What became of those who came.
    pub course: Vec<Stretch>,
}

/// One case, one replication.
pub struct Simulation {
    /// What the models act in.
    pub world: World,
    behaviours: Vec<Behaviour>,
    feed: Feed,
    first_lane: Vec<u32>,
    pending: Slab<Option<Arrival>>,
    next_mark: Time,
    marks: u64,
    seen: (i128, i128, i128, f64),
    series: Series,
    drain: Drain,
    /// Arrivals that have been drawn, and the next of them.
    window: Vec<Arrival>,
    coming: usize,
    /// By app: the integrals of those in the system after the first stretch, and before the last.
    ends: [Vec<i128>; 2],
    /// What it holds in memory.
    account: Account,
    /// How long it went on beyond the window's end.
    followed: Span,
}

/// Why a simulation did not come to its end.
#[derive(Debug)]
pub enum Halted {
    /// Its requests could not be read on.
    Workload(WorkloadError),
    /// It would hold more memory than is allowed.
    Memory(TooMuch),
}

impl std::fmt::Display for Halted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Halted::Workload(error) => error.fmt(f),
            Halted::Memory(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Halted {}

impl From<WorkloadError> for Halted {
    fn from(error: WorkloadError) -> Halted {
        Halted::Workload(error)
    }
}

impl From<TooMuch> for Halted {
    fn from(error: TooMuch) -> Halted {
        Halted::Memory(error)
    }
}

/// What identifies a replication's random numbers.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    /// The scenario's seed.
    pub seed: u64,
    /// Which replication.
    pub replication: u64,
}

impl Simulation {
    /// A simulation of deployments (one per app, in the order of those that requests come to) on a fleet.
    pub fn new(
        deployments: Vec<Deployment>,
        fleet: Fleet,
        crowding: Option<Cores>,
        feed: impl Into<Feed>,
        window: Window,
        seed: Seed,
    ) -> Simulation {
        let behaviours = deployments.iter().map(Behaviour::of).collect();
        let mut lanes = Vec::new();
        let (mut first_lane, mut sums) = (Vec::new(), 0u32);
        for (index, deployment) in deployments.iter().enumerate() {
            first_lane.push(lanes.len() as u32);
            for tenant in 0..deployment.tenants {
                lanes.push(Lane::new(index as u32, tenant, sums));
                sums += deployment.gauges.len() as u32;
            }
        }
        let stream =
            |purpose: &'static str| move |d: &Deployment| Stream::named(seed.seed, seed.replication, &d.app, purpose);
        let (clusters, first_cluster) = found(&deployments, &lanes, |app, tenant| {
            Stream::named(seed.seed, seed.replication, app, &format!("scheduler {tenant}"))
        });
        let measured_from = Time(0) + window.warm_up;
        let making_room = MakingRoom::of(&deployments, &lanes);
        let accounts = account::open(&deployments, &mut lanes);
        let counts_uses = making_room.as_ref().is_some_and(|making| making.counts_uses());
        let sharing = Sharing::of(&deployments, &clusters);
        let brief = |plan: &Deployment| {
            let shares = sharing.is_some() && sharing::shares(plan, &deployments);
            Brief::of(plan, (crowding.is_some(), shares), counts_uses)
        };
        let briefs = deployments.iter().map(brief).collect();
        let world = World {
            now: Time(0),
            measured_from,
            end: window.end(),
            horizon: window.horizon(),
            agenda: Default::default(),
            fleet,
            clusters,
            first_cluster,
            lanes,
            instances: Slab::default(),
            requests: Slab::default(),
            briefs,
            sharing,
            facts: deployments.iter().map(|plan| AppFacts::of_tenants(plan.tenants)).collect(),
            case: CaseFacts::default(),
            start_streams: deployments.iter().map(stream("start")).collect(),
            choice_streams: deployments.iter().map(stream("choice")).collect(),
            quota_streams: deployments.iter().map(stream("quota")).collect(),
            aging: vec![Default::default(); deployments.len()],
            idle: vec![Default::default(); deployments.len()],
            making_room,
            sums: vec![0; sums as usize],
            crowding: crowding.map(|capacity| Crowding { capacity, servers: Vec::new() }),
            completions: 0,
            ended: Vec::new(),
            short_of_room: Vec::new(),
            room_freed: false,
            accounts,
            freed_accounts: Vec::new(),
            course: Course::new(measured_from, window.duration, SERIES_POINTS as usize),
            left_line: NONE,
            retrying: Slab::default(),
            retry_streams: deployments.iter().map(stream("retries")).collect(),
            initial_streams: deployments.iter().map(stream("initial")).collect(),
            failing: None,
            displaced: Vec::new(),
            deployments,
        };
        Simulation {
            world,
            behaviours,
            feed: feed.into(),
            first_lane,
            pending: Slab::default(),
            next_mark: measured_from,
            marks: 0,
            seen: (0, 0, 0, 0.0),
            series: Series::default(),
            drain: window.drain,
            window: Vec::new(),
            coming: 0,
            ends: Default::default(),
            account: Account::default(),
            followed: Span(0),
        }
    }

    /// Puts a behaviour of one's own in the place of a deployment's.
    pub fn set_behaviour(&mut self, deployment: usize, behaviour: Behaviour) {
        self.behaviours[deployment] = behaviour;
    }

    /// Lets servers fail.
    pub fn set_failures(&mut self, failures: Failures, seed: Seed) {
        let apps = self.world.deployments.iter().map(|plan| plan.app.clone());
        let failing = Failing::new(failures, (seed.seed, seed.replication), apps);
        self.world.failing = Some(Box::new(failing));
    }

    /// The requests that it met, where they were to be recorded and it has come to its end.
    pub fn take_tape(&mut self) -> Option<Tape> {
        self.feed.take_tape()
    }

    /// Simulates from the beginning to the window's end, and on until what came in it has ended.
    ///
    /// # Errors
    /// Where a trace cannot be read to its end, or more memory is needed than is allowed.
    pub fn run(&mut self) -> Result<(), Halted> {
        self.begin();
        self.measure()?;
        let closed = self.world.close_window();
        debug_assert!(
            (0..self.world.deployments.len() as u32).all(|d| {
                let (level, sum) = self.world.littles_law(d);
                level == sum
            }),
            "Little's law holds in every run"
        );
        self.drain()?;
        self.followed = self.world.now().since(self.world.end());
        self.world.end_simulation(closed);
        self.series.course = self.world.course().to_vec();
        (self.window, self.coming) = (Vec::new(), 0);
        Ok(())
    }

    /// From the beginning to the window's end.
    fn measure(&mut self) -> Result<(), Halted> {
        let (end, mut window) = (self.world.end, Vec::new());
        loop {
            let more = self.feed.next_window(&mut window)?;
            self.account()?;
            self.coming = window.partition_point(|arrival| arrival.time < end);
            for arrival in &window[..self.coming] {
                while self.world.agenda.next_time().is_some_and(|time| time <= arrival.time) {
                    self.step();
                }
                self.advance_to(arrival.time);
                self.arrive(arrival);
            }
            if !more || self.coming < window.len() {
                break;
            }
        }
        self.window = window;
        while self.world.agenda.next_time().is_some_and(|time| time < end) {
            self.step();
        }
        self.advance_to(end);
        Ok(())
    }

    fn begin(&mut self) {
        let servers = i64::from(self.world.fleet.powered());
        self.world.case.servers.set(Time(0), servers);
        self.world.begin_clusters();
        self.world.watch_new_servers();
        for (index, behaviour) in self.behaviours.iter_mut().enumerate() {
            behaviour.model().begin(&mut self.world, index as u32);
        }
    }

    #[inline]
    fn arrive(&mut self, arrival: &Arrival) {
        let lane = self.first_lane[arrival.app as usize] + arrival.tenant;
        let request = self.world.arrive(lane, arrival.cpu, arrival.wait);
        self.behaviours[arrival.app as usize].arrived(&mut self.world, request);
        self.follow_up();
    }

    #[inline]
    fn step(&mut self) {
        let Some((time, event)) = self.world.agenda.pop() else { return };
        self.advance_to(time);
        if let Event::Arrival { slot } = event {
            if let Some(arrival) = self.pending[slot].take() {
                self.pending.remove(slot);
                self.arrive(&arrival);
            }
            return;
        }
        if let Event::TryAgain { slot } = event {
            let (request, deployment) = self.world.arrive_again(slot);
            self.behaviours[deployment as usize].arrived(&mut self.world, request);
            return self.follow_up();
        }
        let notice = self.world.happen(event);
        self.notify(notice);
        self.follow_up();
    }

    #[inline]
    fn advance_to(&mut self, time: Time) {
        while time >= self.next_mark && self.marks <= SERIES_POINTS {
            self.mark();
        }
        self.world.now = time;
    }

    #[inline]
    fn notify(&mut self, notice: Notice) {
        let world = &mut self.world;
        match notice {
            Notice::Nothing => {}
            Notice::Freed { instance } => {
                let deployment = world.instances[instance].deployment as usize;
                self.behaviours[deployment].freed(world, instance);
            }
            Notice::Ready { instance } => {
                let deployment = world.instances[instance].deployment as usize;
                self.behaviours[deployment].model().ready(world, instance);
            }
            Notice::Expiry { deployment } => self.behaviours[deployment as usize].model().expiry(world),
            Notice::InstanceExpiry { instance } => {
                let deployment = world.instances[instance].deployment as usize;
                self.behaviours[deployment].model().instance_expiry(world, instance);
            }
            Notice::Abandoned { lane } => {
                let deployment = world.lanes[lane as usize].deployment as usize;
                self.behaviours[deployment].model().abandoned(world, lane);
            }
            Notice::Timer { lane, token } => {
                let deployment = world.lanes[lane as usize].deployment as usize;
                self.behaviours[deployment].model().timer(world, lane, token);
            }
            Notice::ServerFailed { server } => self.server_failed(server),
            Notice::ServerRepaired { server } => self.server_repaired(server),
        }
    }

    /// Every instance on the server crashes; then their models see to what is left of them.
    fn server_failed(&mut self, server: u32) {
        let world = &mut self.world;
        let mut lanes = Vec::new();
        for key in world.instances_on(server) {
            if world.instances.is_current(key) {
                lanes.push(world.instances[key.slot].lane);
                let deployment = world.instances[key.slot].deployment as usize;
                self.behaviours[deployment].model().failed(world, key.slot);
            }
        }
        world.lose_nodes(ServerId(server));
        lanes.sort_unstable();
        lanes.dedup();
        let mut displaced = std::mem::take(&mut world.displaced);
        displaced.sort_by_key(|slot| (world.requests[*slot].arrival, *slot));
        for (index, behaviour) in self.behaviours.iter_mut().enumerate() {
            let own = |lane: &u32| world.lanes[*lane as usize].deployment as usize == index;
            let lanes: Vec<u32> = lanes.iter().copied().filter(own).collect();
            let own = |slot: &u32| world.requests[*slot].deployment as usize == index;
            let requests: Vec<u32> = displaced.iter().copied().filter(own).collect();
            if !lanes.is_empty() {
                behaviour.model().after_failure(world, &lanes, &requests);
            }
        }
    }

    fn server_repaired(&mut self, server: u32) {
        let world = &mut self.world;
        for key in world.instances_on(server) {
            if world.instances.is_current(key) && world.instances[key.slot].state == State::Down {
                let deployment = world.instances[key.slot].deployment as usize;
                self.behaviours[deployment].model().repaired(world, key.slot);
            }
        }
    }

    /// What follows from an event: users who think before they ask again, lanes that wait for
    /// room that there may be now.
    #[inline]
    fn follow_up(&mut self) {
        while let Some(lane) = self.world.ended.pop() {
            self.next_of_closed(lane);
        }
        while let Some(account) = self.world.freed_accounts.pop() {
            for lane in self.world.take_waiting_for(account) {
                let deployment = self.world.lanes[lane as usize].deployment as usize;
                self.behaviours[deployment].model().room(&mut self.world, lane);
            }
        }
        if self.world.room_freed {
            self.world.room_freed = false;
            for lane in self.world.take_short_of_room() {
                let deployment = self.world.lanes[lane as usize].deployment as usize;
                self.behaviours[deployment].model().room(&mut self.world, lane);
            }
        }
    }

    fn next_of_closed(&mut self, lane: u32) {
        let Lane { deployment, tenant, .. } = self.world.lanes[lane as usize];
        if let Some(arrival) = self.feed.closed_next(deployment, tenant, self.world.now) {
            let time = arrival.time;
            let key = self.pending.insert(Some(arrival));
            self.world.agenda.schedule(time, Event::Arrival { slot: key.slot });
        }
    }

    /// The end of a stretch of the time series; the first is the end of the warm-up.
    fn mark(&mut self) {
        let now = self.next_mark;
        self.world.now = now;
        if self.marks == 0 {
            self.world.settle_quotas();
        }
        let case = &mut self.world.case;
        if self.marks == 0 {
            case.reset(now);
            for facts in &mut self.world.facts {
                facts.reset(now);
            }
            self.world.reset_credits();
        } else {
            let length = (self.world.end - self.world.measured_from).0 as f64 / SERIES_POINTS as f64;
            let busy = busy_core_seconds(&self.world.facts, &self.world.deployments, now);
            let present = self.world.facts.iter().map(|facts| facts.present.integral(now)).sum();
            let integrals = (case.instances.integral(now), case.servers.integral(now), present, busy);
            self.series.instances.push((integrals.0 - self.seen.0) as f64 / length);
            self.series.servers.push((integrals.1 - self.seen.1) as f64 / length);
            self.series.present.push((integrals.2 - self.seen.2) as f64 / length);
            self.series.busy_cores.push((integrals.3 - self.seen.3) * 1e9 / length);
            self.seen = integrals;
        }
        if self.marks == 1 || self.marks == SERIES_POINTS - 1 {
            let present = self.world.facts.iter().map(|facts| facts.present.integral(now));
            self.ends[usize::from(self.marks > 1)] = present.collect();
        }
        self.world.end_stretch((self.marks as usize).checked_sub(1));
        self.marks += 1;
        let part = u128::from((self.world.end - self.world.measured_from).0) * u128::from(self.marks);
        self.next_mark = self.world.measured_from + Span((part / u128::from(SERIES_POINTS)) as u64);
    }

    /// How many of an app's requests were in the system in the first stretch of the window and in the
    /// last; `None` where it has not come to its end.
    pub fn present_at_ends(&self, app: usize) -> Option<(f64, f64)> {
        let [first, before] = &self.ends;
        let length = (self.world.end - self.world.measured_from).0 as f64 / SERIES_POINTS as f64;
        let last = self.world.facts[app].present.integral(self.world.end) - before.get(app)?;
        Some((*first.get(app)? as f64 / length, last as f64 / length))
    }

    /// How long what came in the window was followed beyond its end.
    pub fn followed(&self) -> Span {
        self.followed
    }

    /// The instances and servers over time.
    pub fn series(&self) -> &Series {
        &self.series
    }
}

/// Core-seconds at work since the window began: the isolation's tax heats a server like a request's work. (Work is
/// counted in thousand-millionths of a core, over nanoseconds.)
pub(crate) fn busy_core_seconds(facts: &[AppFacts], plans: &[Deployment], now: Time) -> f64 {
    facts.iter().zip(plans).map(|(facts, plan)| facts.work.integral(now) as f64 / 1e9 / 1e9 / plan.useful).sum()
}
