//! The end of the measured window. What came in it is followed beyond, so the world goes on; levels,
//! the lives of instances and what is counted of them stay with the window: they are put aside when
//! it closes, and put back when the simulation is over. The loop in between pays nothing for it.

use super::deployment::Fact;
use super::facts::{AppFacts, CaseFacts, Digest};
use super::lane::Lane;
use super::metering::LaneRecord;
use super::world::World;
use crate::metrics::Level;

/// What belongs to the window and not to the requests that came in it.
pub(crate) struct Closed {
    apps: Vec<Kept>,
    case: CaseFacts,
    sums: Vec<u128>,
    records: Vec<LaneRecord>,
}

/// Of an app.
struct Kept {
    levels: [Level; 5],
    started: u64,
    night_calls: u64,
    offered: (u128, u128),
    spent: u128,
}

impl Kept {
    fn of(facts: &AppFacts) -> Kept {
        Kept {
            levels: [facts.instances, facts.starting, facts.busy, facts.work, facts.present],
            started: facts.started,
            night_calls: facts.night_calls,
            offered: (facts.offered_cpu, facts.offered_wait),
            spent: facts.spent,
        }
    }

    fn put_back(self, facts: &mut AppFacts) {
        [facts.instances, facts.starting, facts.busy, facts.work, facts.present] = self.levels;
        (facts.started, facts.night_calls, facts.spent) = (self.started, self.night_calls, self.spent);
        (facts.offered_cpu, facts.offered_wait) = self.offered;
    }
}

impl World {
    /// The measured window is over: instances are metered up to now, and what they came to is put
    /// aside.
    pub(crate) fn close_window(&mut self) -> Closed {
        let present: Vec<u32> = self.requests.used().collect();
        for slot in present {
            let (sent, deployment) = (self.requests[slot].sent, self.requests[slot].deployment);
            self.facts[deployment as usize].spent += u128::from((self.now - self.cut(sent)).0);
        }
        self.meter_what_runs();
        let aside = |lane: &mut Lane| {
            let samples = std::mem::take(&mut lane.record.samples);
            std::mem::replace(&mut lane.record, LaneRecord { samples, ..LaneRecord::default() })
        };
        Closed {
            apps: self.facts.iter().map(Kept::of).collect(),
            case: self.case.clone(),
            sums: self.sums.clone(),
            records: self.lanes.iter_mut().map(aside).collect(),
        }
    }

    /// The simulation is over: what came in the window and is still there is metered up to now, and
    /// what was put aside is put back.
    pub(crate) fn end_simulation(&mut self, closed: Closed) {
        self.meter_requests_in_flight();
        self.now = self.end;
        for (facts, kept) in self.facts.iter_mut().zip(closed.apps) {
            kept.put_back(facts);
        }
        let Digest(digest) = self.case.digest;
        self.case = CaseFacts { digest: Digest(digest), ..closed.case };
        for (lane, record) in self.lanes.iter_mut().zip(closed.records) {
            let samples = std::mem::take(&mut lane.record.samples);
            lane.record = LaneRecord { samples, ..record };
            let gauges = &self.deployments[lane.deployment as usize].gauges;
            for (place, gauge) in (lane.sums as usize..).zip(gauges) {
                if !matches!(gauge.fact, Fact::RequestTime { .. } | Fact::RequestCpu) {
                    self.sums[place] = closed.sums[place];
                }
            }
        }
    }

    /// Whether all that came in the window has ended, and all work that goes on for those whose callers
    /// have left.
    pub(crate) fn is_followed_to_its_end(&self) -> bool {
        let callers: u64 = self.facts.iter().map(AppFacts::in_flight).sum();
        let works_on = |slot: u32| self.requests[slot].gone && self.counts(&self.requests[slot]);
        callers == 0 && (!self.briefs.iter().any(|brief| brief.has_timeout) || !self.requests.used().any(works_on))
    }

    /// What it takes to see whether all is over, in requests that are looked at.
    pub(crate) fn looked_through(&self) -> usize {
        if self.briefs.iter().any(|brief| brief.has_timeout) { self.requests.slots() } else { 0 }
    }
}
