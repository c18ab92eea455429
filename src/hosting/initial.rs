//! What is there when a simulation begins: instances that idle, and such as have a request inside.
//!
//! Without it a simulation begins with what was ordered, and nobody in it. What a transient comes to (how long a
//! burst takes to drain, how many starts a cold platform needs) depends on it.

use super::request::Request;
use super::world::World;
use crate::engine::Stream;
use crate::workload::Demand;

/// What each tenant begins with.
#[derive(Clone, Debug)]
pub struct Initial {
    /// Instances without a request, whose keep-alive begins then; `None` in a pool: all others.
    pub idle: Option<u32>,
    /// Instances with one request inside that has just begun.
    pub busy: u32,
    /// What those requests need: as any request of the app, from a stream of its own.
    pub cpu: Demand,
    /// Likewise of blocked time.
    pub wait: Demand,
}

impl World {
    /// A request that is there when the simulation begins. It came before anything is counted: it is no arrival,
    /// ends as nothing, is not billed and is not tried again; but it takes its place and its time.
    pub(crate) fn begin_with_request(&mut self, lane: u32) -> u32 {
        let (deployment, tenant) = (self.lanes[lane as usize].deployment, self.lanes[lane as usize].tenant);
        let plan = &self.deployments[deployment as usize];
        let stream = &mut self.initial_streams[deployment as usize];
        let draw = |demand: &Demand, stream: &mut Stream| demand.draw(tenant, stream);
        let (cpu, wait) = match &plan.initial {
            Some(initial) => (draw(&initial.cpu, stream), draw(&initial.wait, stream)),
            None => (0, 0),
        };
        let new = Request::new(self.now, cpu, wait, lane, deployment);
        let key = self.requests.insert(Request { was_there: true, attempt: u16::MAX, ..new });
        self.facts[deployment as usize].present.add(self.now, 1);
        if self.briefs[deployment as usize].has_timeout {
            self.start_aging(key.slot);
        }
        key.slot
    }

    /// Whether a request is one that came in the measured window.
    #[inline]
    pub(crate) fn counts(&self, request: &Request) -> bool {
        !request.was_there && self.is_measured(request.arrival)
    }
}
