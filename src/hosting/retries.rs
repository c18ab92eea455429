//! Callers who try again. Each attempt is a request of its own to the service and its bill; to the caller, the first
//! to the last are one: it arrives with the first and ends with the last.

use super::request::Request;
use super::world::{Event, Outcome, World};
use crate::document::{Diagnostics, Node, Table, count, list, named, non_negative, span};
use crate::units::{Span, Time};

/// How callers try again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retries {
    /// How often at most, after the first attempt.
    pub most: u16,
    /// How long after an attempt has failed the next is sent, the first time.
    pub after: Span,
    /// What that time is multiplied by from attempt to attempt.
    pub factor: f64,
    /// By which part of it at most it is drawn shorter or longer.
    pub jitter: f64,
    /// After which ends.
    pub on: On,
}

/// The ends after which one tries again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct On {
    /// The caller waited for too long.
    pub timed_out: bool,
    /// There was no place.
    pub rejected: bool,
    /// The instance failed.
    pub lost: bool,
    /// The platform stopped it.
    pub stopped: bool,
}

impl On {
    fn holds(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Served => false,
            Outcome::TimedOut => self.timed_out,
            Outcome::Rejected => self.rejected,
            Outcome::Lost => self.lost,
            Outcome::Stopped => self.stopped,
        }
    }

    fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<On> {
        const ENDS: [(&str, Outcome); 4] = [
            ("timed-out", Outcome::TimedOut),
            ("rejected", Outcome::Rejected),
            ("lost", Outcome::Lost),
            ("stopped", Outcome::Stopped),
        ];
        let ends = list(node, diagnostics, |node, d| named(node, d, "end of a request", &ENDS))?;
        let has = |outcome| ends.contains(&outcome);
        Some(On {
            timed_out: has(Outcome::TimedOut),
            rejected: has(Outcome::Rejected),
            lost: has(Outcome::Lost),
            stopped: has(Outcome::Stopped),
        })
    }
}

impl Retries {
    /// Reads `{ most = 3, after = "50 ms", factor = 2, jitter = 0.5, on = ["timed-out"] }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Retries> {
        let mut table = Table::of(node, diagnostics)?;
        let most = table.required("most", diagnostics, read_most);
        let after = table.required("after", diagnostics, span);
        let factor = table.default("factor", 1.0, diagnostics, read_factor);
        let jitter = table.default("jitter", 0.0, diagnostics, crate::document::fraction);
        let usual = On { timed_out: true, rejected: true, lost: true, stopped: false };
        let on = table.default("on", usual, diagnostics, On::read);
        table.finish(diagnostics);
        Some(Retries { most: most?, after: after?, factor, jitter, on })
    }

    /// How long after an attempt's end the next is sent; `draw` is uniform on (0, 1].
    fn delay(&self, attempt: u16, draw: impl FnOnce() -> f64) -> Span {
        let spread = if self.jitter > 0.0 { 1.0 + self.jitter * (2.0 * draw() - 1.0) } else { 1.0 };
        let grown = libm::pow(self.factor, f64::from(attempt - 1));
        Span((self.after.0 as f64 * grown * spread) as u64)
    }
}

fn read_most(node: &Node, diagnostics: &mut Diagnostics) -> Option<u16> {
    let most = count(node, diagnostics)?;
    u16::try_from(most).ok().filter(|most| *most < u16::MAX).or_else(|| {
        diagnostics.error(node.at, format!("{most} attempts are too many"), "at most 65534");
        None
    })
}

fn read_factor(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let factor = non_negative(node, diagnostics)?;
    if factor < 1.0 {
        diagnostics.error(node.at, "a factor below 1 would try again ever faster", "a number of at least 1");
        return None;
    }
    Some(factor)
}

/// An attempt that is to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    arrival: Time,
    cpu: u64,
    wait: u64,
    lane: u32,
    deployment: u32,
    attempt: u16,
    was_cold: bool,
}

impl Attempt {
    /// When the request first came, and to which deployment.
    pub(crate) fn of(&self) -> (Time, u32) {
        (self.arrival, self.deployment)
    }
}

impl World {
    /// Whether a request whose caller has left while its work goes on was tried again.
    pub(super) fn was_tried_again(&self, request: u32) -> bool {
        let Request { gone, attempt, deployment, .. } = self.requests[request];
        let rule = self.deployments[deployment as usize].retries;
        gone && rule.is_some_and(|rule| attempt <= rule.most && rule.on.holds(Outcome::TimedOut))
    }

    /// Whether a request that has ended so is tried again; if so, the next attempt is on its way.
    pub(crate) fn try_again(&mut self, request: u32, outcome: Outcome) -> bool {
        let ended = &self.requests[request];
        let deployment = ended.deployment as usize;
        let Some(rule) = self.deployments[deployment].retries else { return false };
        if ended.attempt > rule.most || !rule.on.holds(outcome) {
            return false;
        }
        let streams = &mut self.retry_streams;
        let at = self.now + rule.delay(ended.attempt, || streams[deployment].uniform());
        let next = Attempt {
            arrival: ended.arrival,
            cpu: ended.cpu,
            wait: ended.wait,
            lane: ended.lane,
            deployment: ended.deployment,
            attempt: ended.attempt + 1,
            was_cold: ended.was_cold || ended.cold,
        };
        let key = self.retrying.insert(next);
        self.agenda.schedule(at, Event::TryAgain { slot: key.slot });
        true
    }

    /// The next attempt comes: a request that its hosting model is to be told of, and its deployment.
    pub(crate) fn arrive_again(&mut self, slot: u32) -> (u32, u32) {
        let Attempt { arrival, cpu, wait, lane, deployment, attempt, was_cold } = self.retrying[slot];
        self.retrying.remove(slot);
        let again = Request::new(arrival, cpu, wait, lane, deployment);
        let key = self.requests.insert(Request { sent: self.now, entered: self.now, attempt, was_cold, ..again });
        let measured = self.is_measured(arrival);
        let facts = &mut self.facts[deployment as usize];
        facts.attempts += u64::from(measured);
        facts.offered_cpu += u128::from(cpu);
        facts.offered_wait += u128::from(wait);
        facts.present.add(self.now, 1);
        if self.briefs[deployment as usize].has_timeout {
            self.start_aging(key.slot);
        }
        (key.slot, deployment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_attempts_grows_and_is_spread_evenly_about_it() {
        let on = On { timed_out: true, ..On::default() };
        let rule = Retries { most: 3, after: Span(100), factor: 2.0, jitter: 0.0, on };
        assert_eq!([1, 2, 3].map(|attempt| rule.delay(attempt, || 0.9).0), [100, 200, 400]);
        let spread = Retries { jitter: 0.5, ..rule };
        assert_eq!([0.0, 0.5, 1.0].map(|draw| spread.delay(2, || draw).0), [100, 200, 300]);
        assert!(on.holds(Outcome::TimedOut) && !on.holds(Outcome::Lost) && !on.holds(Outcome::Served));
    }
}
