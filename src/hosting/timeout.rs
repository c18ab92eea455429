//! Time-outs without an event per request: a deployment's requests stand in order of arrival, so
//! the oldest is given up first, and one timer per deployment follows the oldest.

use super::request::Stage;
use super::slab::NONE;
use super::world::{Event, Notice, Outcome, World};
use crate::document::{Diagnostics, Node, Table, named, positive_span};
use crate::units::Span;

/// When callers leave, and what becomes of their requests then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout {
    /// How long after its arrival the caller of a request leaves.
    pub after: Span,
    /// What becomes of the work.
    pub work: Work,
}

/// What becomes of a request's work when its caller has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// It goes on: nobody tells the service. It keeps its place in line and is done all the same.
    #[default]
    GoesOn,
    /// It is dropped where it has not begun; what has goes on.
    UnlessWaiting,
    /// It is dropped wherever it is.
    Stops,
}

impl Timeout {
    /// Reads `"30 s"` or `{ after = "30 s", work = "goes-on" }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Timeout> {
        if node.as_table().is_none() {
            return positive_span(node, diagnostics).map(|after| Timeout { after, work: Work::default() });
        }
        let words = [("goes-on", Work::GoesOn), ("unless-waiting", Work::UnlessWaiting), ("stops", Work::Stops)];
        let mut table = Table::of(node, diagnostics)?;
        let after = table.required("after", diagnostics, positive_span);
        let read = |node: &Node, d: &mut Diagnostics| named(node, d, "fate of the work", &words);
        let work = table.default("work", Work::default(), diagnostics, read);
        table.finish(diagnostics);
        Some(Timeout { after: after?, work })
    }
}

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

    /// Lets the oldest request's caller leave where that is due, and follows the next.
    pub(crate) fn check_timeouts(&mut self, deployment: u32) -> Notice {
        self.aging[deployment as usize].armed = false;
        let oldest = self.aging[deployment as usize].oldest;
        let Some(timeout) = self.deployments[deployment as usize].timeout else { return Notice::Nothing };
        if oldest == NONE {
            return Notice::Nothing;
        }
        let due = self.requests[oldest].sent + timeout.after <= self.now;
        let notice = if due { self.leave(oldest, timeout.work) } else { Notice::Nothing };
        self.arm_timeout(deployment);
        notice
    }

    /// The caller of a request leaves.
    fn leave(&mut self, request: u32, work: Work) -> Notice {
        let waits = matches!(self.requests[request].stage, Stage::Queued | Stage::Bound);
        if work == Work::Stops || (work == Work::UnlessWaiting && waits) {
            return self.give_up(request, Outcome::TimedOut);
        }
        self.tell(request, Outcome::TimedOut);
        self.requests[request].gone = true;
        Notice::Nothing
    }

    fn arm_timeout(&mut self, deployment: u32) {
        let oldest = self.aging[deployment as usize].oldest;
        if let (Some(timeout), true) = (self.deployments[deployment as usize].timeout, oldest != NONE) {
            let at = self.requests[oldest].sent + timeout.after;
            self.agenda.schedule(at.max(self.now), Event::TimedOut { deployment });
            self.aging[deployment as usize].armed = true;
        }
    }
}
