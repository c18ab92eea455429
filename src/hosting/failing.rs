//! Servers that fail: when, for how long, and what becomes of the instances on them.
//!
//! Each server has a stream of its own, so that it fails at the same moments whatever else a
//! scenario holds. There is one pending event for each server that will fail before the end, and
//! none where servers do not fail.

use super::instance::State;
use super::request::Stage;
use super::slab::{Key, NONE};
use super::world::{Event, Notice, Outcome, World};
use crate::engine::Stream;
use crate::fleet::ServerId;
use crate::units::{HOUR, Span, Time};
use crate::workload::Distribution;
use std::collections::BTreeMap;

/// How servers fail and are repaired.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// Mean time from the end of a repair to the next failure; exponential.
    pub mtbf: Span,
    /// How long a repair takes.
    pub repair: Distribution,
}

/// What becomes of the instances on a server that fails.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// They are down until the server is repaired; else they are made anew on another one.
    pub waits_for_repair: bool,
    /// How long it takes to notice that they are gone (where they are made anew, in a pool).
    pub detection: Distribution,
    /// Requests inside begin again; else they are lost.
    pub retries: bool,
}

/// The failures of one simulation.
pub(crate) struct Failing {
    rule: Failures,
    seed: (u64, u64),
    /// The streams of servers that fail (again) before the end.
    streams: BTreeMap<u32, Stream>,
    /// How many servers have been given their first failure.
    known: u32,
    /// Per deployment: for the time until a failure is noticed.
    detection: Vec<Stream>,
}

impl Failing {
    pub(crate) fn new(rule: Failures, seed: (u64, u64), apps: impl Iterator<Item = String>) -> Failing {
        let detection = apps.map(|app| Stream::named(seed.0, seed.1, &app, "detection")).collect();
        Failing { rule, seed, streams: BTreeMap::new(), known: 0, detection }
    }
}

/// Monday to Friday, 8 to 19: a third of the week. A call outside it is a night call.
fn is_office_hour(now: Time) -> bool {
    let hour = now.0 / HOUR.0 % (7 * 24);
    hour / 24 < 5 && (8..19).contains(&(hour % 24))
}

impl World {
    /// Whether servers fail in this simulation.
    pub fn has_failures(&self) -> bool {
        self.failing.is_some()
    }

    /// Gives servers that are new their first failure.
    pub(crate) fn watch_new_servers(&mut self) {
        while let Some(failing) = &mut self.failing
            && (failing.known as usize) < self.fleet.servers().len()
        {
            let server = failing.known;
            failing.known += 1;
            let stream = Stream::named(failing.seed.0, failing.seed.1, "", &format!("failure {server}"));
            failing.streams.insert(server, stream);
            self.schedule_failure(server);
        }
    }

    /// The next failure of a server that works now.
    fn schedule_failure(&mut self, server: u32) {
        let Some(failing) = &mut self.failing else { return };
        let Some(stream) = failing.streams.get_mut(&server) else { return };
        let after = Span((stream.exponential() * failing.rule.mtbf.0 as f64) as u64);
        let at = self.now + after;
        if at < self.horizon {
            self.agenda.schedule(at, Event::ServerFails { server });
        } else {
            failing.streams.remove(&server);
        }
    }

    /// A server fails, if it is on.
    pub(crate) fn server_fails(&mut self, server: u32) -> Notice {
        if !self.fleet.fail(ServerId(server)) {
            self.schedule_failure(server);
            return Notice::Nothing;
        }
        let Some(failing) = &mut self.failing else { return Notice::Nothing };
        let Some(stream) = failing.streams.get_mut(&server) else { return Notice::Nothing };
        let repaired = self.now + failing.rule.repair.sample_span(stream);
        self.agenda.schedule(repaired, Event::ServerRepaired { server });
        self.case.failures += u64::from(self.now >= self.measured_from);
        Notice::ServerFailed { server }
    }

    /// A server is repaired: what was down on it works again.
    pub(crate) fn server_repaired(&mut self, server: u32) -> Notice {
        self.fleet.repair(ServerId(server));
        self.schedule_failure(server);
        self.room_freed = true;
        Notice::ServerRepaired { server }
    }

    /// The instances on a server.
    pub(crate) fn instances_on(&self, server: u32) -> Vec<Key> {
        let on = |slot: &u32| self.instances[*slot].server == ServerId(server);
        self.instances.used().filter(on).map(|slot| self.instances.key(slot)).collect()
    }

    /// How long it takes to notice that an instance of a deployment is gone.
    pub(crate) fn draw_detection(&mut self, deployment: u32) -> Span {
        let detection = &self.deployments[deployment as usize].recovery.detection;
        let streams = self.failing.as_mut().map(|failing| &mut failing.detection);
        streams.map_or(Span(0), |streams| detection.sample_span(&mut streams[deployment as usize]))
    }

    /// An instance's server has failed: the requests inside are lost, or (as those bound to it)
    /// displaced; the instance is empty then. A hosting model stops it, or takes it down.
    pub fn crash(&mut self, instance: u32) {
        let deployment = self.instances[instance].deployment as usize;
        let retries = self.deployments[deployment].recovery.retries;
        if self.now >= self.measured_from && !is_office_hour(self.now) {
            self.facts[deployment].night_calls += 1;
        }
        let here: Vec<u32> = self.requests.used().filter(|slot| self.requests[*slot].instance == instance).collect();
        for request in here {
            match self.requests[request].stage {
                Stage::Queued => {
                    self.unqueue(request);
                    self.displace(request);
                    continue;
                }
                Stage::Bound => {
                    self.unbind(request);
                    self.displace(request);
                    continue;
                }
                Stage::Computing => self.stop_computing(request),
                Stage::Waiting => {}
            }
            if retries {
                self.expel(request);
            } else {
                self.finish(request, Outcome::Lost);
            }
        }
    }

    /// A request inside an instance has to begin again elsewhere; its first attempt is not billed.
    fn expel(&mut self, request: u32) {
        let (instance, lane) = (self.requests[request].instance, self.requests[request].lane);
        let deployment = self.requests[request].deployment as usize;
        let place = &mut self.instances[instance];
        place.inside -= 1;
        self.lanes[lane as usize].engaged -= 1;
        if place.inside == 0 {
            let (since, provisioned) = (place.busy_since, place.provisioned);
            self.facts[deployment].busy.add(self.now, -1);
            self.meter_busy(lane, deployment, since, provisioned, true);
            self.give_share(instance);
        }
        // What is scheduled for it concerns it no more.
        self.requests.renew(request);
        self.displace(request);
    }

    fn displace(&mut self, request: u32) {
        let displaced = &mut self.requests[request];
        displaced.stage = Stage::Queued;
        displaced.instance = NONE;
        self.displaced.push(request);
    }

    /// An instance that has crashed stays on its server until that is repaired.
    pub fn take_down(&mut self, instance: u32) {
        let deployment = self.instances[instance].deployment as usize;
        if self.instances[instance].state == State::Starting {
            self.facts[deployment].starting.add(self.now, -1);
        }
        self.instances[instance].state = State::Down;
        // Its start, if it was starting, does not end any more.
        self.instances.renew(instance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_week_is_office_hours() {
        let hours = (0..7 * 24).filter(|hour| is_office_hour(Time(hour * HOUR.0))).count();
        assert_eq!(hours, 55);
        assert!(!is_office_hour(Time(3 * HOUR.0)) && is_office_hour(Time((7 * 24 + 8) * HOUR.0)));
        assert!(!is_office_hour(Time((5 * 24 + 12) * HOUR.0)));
    }
}
