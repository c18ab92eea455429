//! The generator: the requests of all apps in the order of their arrival, a window at a time.
//!
//! A pending event per stream would make the agenda as deep as there are streams, and its depth
//! is what an agenda costs. Instead each app fills in its arrivals up to a moment at which about
//! two thousand have come, and those are sorted once. Memory is O(apps + window): a window that
//! fills too fast (a batch, a spike) is cut at an arrival, and the rest waits for its turn.
//!
//! The arrivals and their order do not depend on where windows end.

use super::arrivals::ClosedApp;
use super::demand::Demands;
use super::source::{Coming, Plan, Source};
use super::window::{Sorter, key};
use super::{AppWorkload, Arrival, WorkloadError};
use crate::units::Time;
use std::collections::VecDeque;
use std::ops::Range;

/// Arrivals that a window aims at.
const TARGET: usize = 2_048;

/// The requests of all apps, in the order of their arrival.
pub struct Generator {
    apps: Vec<App>,
    /// When the next arrival of each app comes; `u64::MAX` where there is none.
    next: Vec<u64>,
    end: Time,
    target: usize,
    /// Length of a window in nanoseconds, adapted as it goes.
    width: f64,
    /// What has been generated for the window, app by app.
    buffer: Vec<Arrival>,
    /// What was generated too early, sorted.
    pending: VecDeque<Arrival>,
    sorter: Sorter,
}

struct App {
    source: Source,
    demands: Demands,
    coming: Coming,
}

/// Where a window ends: before this (time, app).
type Bound = (u64, u32);

impl Generator {
    /// The requests of `apps` that arrive in `during`. `traffic` multiplies every app's arrivals.
    ///
    /// Each app draws from streams named by (seed, replication, its name, purpose), so neither
    /// the other apps nor the traffic change what its k-th arrival draws.
    ///
    /// # Errors
    /// A trace that cannot be read; more users than memory should hold.
    pub fn new(
        apps: &[AppWorkload],
        seed: u64,
        replication: u64,
        traffic: f64,
        during: Range<Time>,
    ) -> Result<Generator, WorkloadError> {
        let mut generator = Generator {
            apps: Vec::with_capacity(apps.len()),
            next: Vec::with_capacity(apps.len()),
            end: during.end,
            // Each app is looked at once per window, so there should be as many arrivals as apps.
            target: TARGET.max(apps.len()),
            width: 1e6,
            buffer: Vec::new(),
            pending: VecDeque::new(),
            sorter: Sorter::default(),
        };
        for (place, app) in apps.iter().enumerate() {
            let plan = Plan { app, seed, replication, traffic, during: during.clone() };
            let demands = Demands::new(app, seed, replication);
            generator.add(place as u32, App { source: plan.source()?, demands, coming: NOTHING })?;
        }
        generator.pending.make_contiguous().sort_by_key(key);
        Ok(generator)
    }

    /// The same with another number of arrivals aimed at per window; what comes is the same.
    pub fn with_window(mut self, arrivals: usize) -> Generator {
        self.target = arrivals.max(1);
        self
    }

    fn add(&mut self, place: u32, mut app: App) -> Result<(), WorkloadError> {
        if let Source::Closed(_, first) = &mut app.source {
            // Drawn at once, before any answer can draw: the order of draws does not depend on windows.
            for (time, tenant) in std::mem::take(first) {
                let (cpu, wait) = app.demands.draw(tenant, 0);
                if time < self.end {
                    self.pending.push_back(Arrival { time, app: place, tenant, cpu, wait });
                }
            }
        }
        let first = app.source.next(self.end)?;
        self.next.push(first.map_or(u64::MAX, |coming| coming.time.0));
        app.coming = first.unwrap_or(NOTHING);
        self.apps.push(app);
        Ok(())
    }

    /// Puts the next arrivals into `out`, sorted by (time, app, order); false (and none) at the end.
    ///
    /// # Errors
    /// A trace that cannot be read on.
    pub fn next_window(&mut self, out: &mut Vec<Arrival>) -> Result<bool, WorkloadError> {
        out.clear();
        let soonest = self.next.iter().copied().min().unwrap_or(u64::MAX);
        let soonest = self.pending.front().map_or(soonest, |a| soonest.min(a.time.0));
        if soonest == u64::MAX {
            return Ok(false);
        }
        let mut bound: Bound = (soonest.saturating_add(1 + self.width as u64), 0);
        let mut ready = self.pending.partition_point(|a| key(a) < bound);
        if ready > self.target {
            ready = self.target;
            bound = key(&self.pending[ready]);
        }
        self.buffer.clear();
        self.buffer.extend(self.pending.drain(..ready));
        for place in 0..self.apps.len() {
            self.fill(place, &mut bound)?;
        }
        self.sorter.sort(&self.buffer, out);
        self.adapt(out.len());
        Ok(true)
    }

    /// Has an app's arrivals before the bound put into the buffer, and brings the bound forward
    /// wherever there are too many.
    fn fill(&mut self, place: usize, bound: &mut Bound) -> Result<(), WorkloadError> {
        loop {
            // The bound itself is a time of this app only where the app comes before the bound's.
            let limit = bound.0.saturating_add(u64::from((place as u32) < bound.1));
            if self.next[place] >= limit {
                return Ok(());
            }
            self.run(place, Time(limit))?;
            if self.buffer.len() >= 4 * self.target {
                *bound = self.cut();
            }
        }
    }

    /// An app's arrivals before a moment, until the buffer is full.
    fn run(&mut self, place: usize, limit: Time) -> Result<(), WorkloadError> {
        let (end, room) = (self.end, 4 * self.target);
        let App { source, demands, coming } = &mut self.apps[place];
        let next = match source {
            // The commonest, with nothing to decide in the loop.
            Source::Poisson(source) => {
                let next = || Ok(source.next(end).map(|(time, tenant)| Coming { time, tenant, duration: 0 }));
                fill_until(place as u32, limit, room, coming, demands, &mut self.buffer, next)
            }
            source => fill_until(place as u32, limit, room, coming, demands, &mut self.buffer, || source.next(end)),
        };
        self.next[place] = next?;
        Ok(())
    }

    /// Keeps the first of what has been generated, and lets the rest wait; gives the new bound.
    fn cut(&mut self) -> Bound {
        self.width *= 0.25;
        self.buffer.sort_by_key(key);
        let bound = key(&self.buffer[self.target]);
        // All that waited already comes after all that is in the buffer.
        self.buffer.drain(self.target..).rev().for_each(|arrival| self.pending.push_front(arrival));
        bound
    }

    /// Aims the next window at the target.
    fn adapt(&mut self, found: usize) {
        let factor = self.target as f64 / found.max(1) as f64;
        self.width = (self.width * factor.clamp(0.125, 8.0)).clamp(1.0, 1e18);
    }

    /// Whether no request depends on how others are served.
    pub fn is_open(&self) -> bool {
        !self.apps.iter().any(|app| matches!(app.source, Source::Closed(..)))
    }

    /// The next request of a user of a closed app, one of whose requests has ended `now`: after
    /// thinking. `None` where the app is not closed, or the request would not come before the end.
    pub fn closed_next(&mut self, app: u32, tenant: u32, now: Time) -> Option<Arrival> {
        let App { source: Source::Closed(closed, _), demands, .. } = self.apps.get_mut(app as usize)? else {
            return None;
        };
        let time = now + ClosedApp::think(closed);
        let (cpu, wait) = demands.draw(tenant, 0);
        (time < self.end).then_some(Arrival { time, app, tenant, cpu, wait })
    }
}

const NOTHING: Coming = Coming { time: Time(u64::MAX), tenant: 0, duration: 0 };

/// Puts arrivals into `out` while they come before `limit` and there is room; gives the time of
/// the next one, `u64::MAX` where there is none.
#[inline]
fn fill_until(
    app: u32,
    limit: Time,
    room: usize,
    coming: &mut Coming,
    demands: &mut Demands,
    out: &mut Vec<Arrival>,
    mut next: impl FnMut() -> Result<Option<Coming>, WorkloadError>,
) -> Result<u64, WorkloadError> {
    while coming.time < limit && out.len() < room {
        let (cpu, wait) = demands.draw(coming.tenant, coming.duration);
        out.push(Arrival { time: coming.time, app, tenant: coming.tenant, cpu, wait });
        match next()? {
            Some(found) => *coming = found,
            None => {
                *coming = NOTHING;
                return Ok(u64::MAX);
            }
        }
    }
    Ok(coming.time.0)
}
