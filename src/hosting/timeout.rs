//! Time-outs without an event per request: a deployment's requests stand in order of arrival, so
//! the oldest is given up first, and one timer per deployment follows the oldest.

use super::slab::NONE;
use super::world::{Event, Notice, World};

/// The requests of a deployment under a time-out, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aging {
    oldest: u32,
    newest: u32,
    armed: bool,
}

impl Default for Aging {
    fn default() -> Self {
        Aging { oldest: NONE, newest: NONE, armed: false }
    }
}

impl World {
    /// A request that has just arrived comes under its deployment's time-out.
    pub(crate) fn start_aging(&mut self, request: u32) {
        let deployment = self.requests[request].deployment;
        let aging = &mut self.aging[deployment as usize];
        let newest = std::mem::replace(&mut aging.newest, request);
        if newest == NONE {
            aging.oldest = request;
        } else {
            self.requests[newest].newer = request;
            self.requests[request].older = newest;
        }
        if !self.aging[deployment as usize].armed {
            self.arm_timeout(deployment);
        }
    }

    /// A request is over.
    pub(crate) fn stop_aging(&mut self, request: u32) {
        let (older, newer, deployment) = {
            let ended = &self.requests[request];
            (ended.older, ended.newer, ended.deployment as usize)
        };
        if older == NONE {
            self.aging[deployment].oldest = newer
        } else {
            self.requests[older].newer = newer
        }
        if newer == NONE { self.aging[deployment].newest = older } else { self.requests[newer].older = older }
    }

    /// Gives up the oldest request where it is due, and follows the next.
    pub(crate) fn check_timeouts(&mut self, deployment: u32) -> Notice {
        self.aging[deployment as usize].armed = false;
        let oldest = self.aging[deployment as usize].oldest;
        let Some(timeout) = self.deployments[deployment as usize].timeout else { return Notice::Nothing };
        if oldest == NONE {
            return Notice::Nothing;
        }
        let due = self.requests[oldest].arrival + timeout <= self.now;
        let notice = if due { self.give_up(oldest) } else { Notice::Nothing };
        self.arm_timeout(deployment);
        notice
    }

    fn arm_timeout(&mut self, deployment: u32) {
        let oldest = self.aging[deployment as usize].oldest;
        if let (Some(timeout), true) = (self.deployments[deployment as usize].timeout, oldest != NONE) {
            let at = self.requests[oldest].arrival + timeout;
            self.agenda.schedule(at.max(self.now), Event::TimedOut { deployment });
            self.aging[deployment as usize].armed = true;
        }
    }
}
