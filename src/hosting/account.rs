//! What an account may have at once: one limit for tenant k of all apps of a case on one model.
//!
//! The limit is on instances that are in use (a request inside, or one that waits for the start); its growth is on
//! instances that exist: `burst` at once, and what was taken of that comes back by `step` after each `every`, and
//! with each instance that goes.

use super::deployment::{Deployment, Growth};
use super::lane::Lane;
use super::world::World;
use crate::units::{Span, Time};
use std::collections::BTreeMap;

/// An account's instances.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// The most in use at once, without what is set apart for single apps.
    limit: u32,
    /// How many are in use, of those.
    in_use: u32,
    allowance: Option<Allowance>,
    /// Lanes whose requests wait for a share of it, and whether they are to be told that it may have one.
    waiting: Vec<u32>,
    is_freed: bool,
}

/// What is left of the growth that is allowed.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    rule: Growth,
    left: u32,
    /// Since when the next step is on its way; none is while all is there.
    since: Option<Time>,
}

impl Allowance {
    fn new(rule: Growth) -> Allowance {
        Allowance { rule, left: rule.burst, since: None }
    }

    fn grow(&mut self, now: Time) {
        let Some(since) = self.since else { return };
        let every = self.rule.every.0.max(1);
        let steps = (now - since).0 / every;
        if steps > 0 {
            let more = steps.saturating_mul(u64::from(self.rule.step));
            self.left = (u64::from(self.left).saturating_add(more)).min(u64::from(self.rule.burst)) as u32;
            self.since = Some(since + Span(steps * every));
        }
        if self.left == self.rule.burst {
            self.since = None;
        }
    }

    fn take(&mut self, now: Time) {
        self.left = self.left.saturating_sub(1);
        self.since.get_or_insert(now);
    }

    fn give_back(&mut self) {
        self.left = self.left.saturating_add(1).min(self.rule.burst);
    }
}

/// The accounts of a case, and by lane which is its own.
pub(crate) fn open(deployments: &[Deployment], lanes: &mut [Lane]) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for lane in lanes {
        let plan = &deployments[lane.deployment as usize];
        let place = *known.entry((plan.account, lane.tenant)).or_insert_with(|| {
            accounts.push(Account {
                limit: plan.account_limit,
                allowance: plan.growth.map(Allowance::new),
                ..Account::default()
            });
            accounts.len() - 1
        });
        lane.account = place as u32;
        if let Some(reserved) = plan.reserved {
            accounts[place].limit = accounts[place].limit.saturating_sub(reserved);
        }
    }
    accounts
}

impl World {
    /// Whether one more instance of a lane may be in use.
    #[inline]
    pub(crate) fn may_use_another(&self, lane: u32) -> bool {
        let line = &self.lanes[lane as usize];
        let brief = &self.briefs[line.deployment as usize];
        if !brief.has_limit {
            return true;
        }
        let account = &self.accounts[line.account as usize];
        line.in_use < brief.concurrency_limit && (brief.is_set_apart || account.in_use < account.limit)
    }

    /// Whether one more instance may be made now. Where not, the moment at which more may be.
    pub(crate) fn may_grow(&mut self, lane: u32) -> Result<(), Time> {
        let now = self.now;
        let account = &mut self.accounts[self.lanes[lane as usize].account as usize];
        let Some(allowance) = &mut account.allowance else { return Ok(()) };
        allowance.grow(now);
        if allowance.left > 0 {
            return Ok(());
        }
        Err(allowance.since.unwrap_or(now) + allowance.rule.every)
    }

    /// An instance has been made.
    #[inline]
    pub(crate) fn has_grown(&mut self, lane: u32) {
        let now = self.now;
        let line = &self.lanes[lane as usize];
        if self.briefs[line.deployment as usize].has_growth
            && let Some(allowance) = &mut self.accounts[line.account as usize].allowance
        {
            allowance.grow(now);
            allowance.take(now);
        }
    }

    /// An instance has gone.
    #[inline]
    pub(crate) fn has_shrunk(&mut self, lane: u32) {
        let line = &self.lanes[lane as usize];
        if self.briefs[line.deployment as usize].has_growth {
            let account = &mut self.accounts[line.account as usize];
            if let Some(allowance) = &mut account.allowance {
                allowance.give_back();
            }
            self.note_freed(self.lanes[lane as usize].account);
        }
    }

    /// Those who wait for a share of an account may have one.
    #[inline]
    fn note_freed(&mut self, account: u32) {
        let freed = &mut self.accounts[account as usize];
        if !freed.waiting.is_empty() && !std::mem::replace(&mut freed.is_freed, true) {
            self.freed_accounts.push(account);
        }
    }

    /// An instance is in use from now on.
    #[inline]
    pub(crate) fn take_share(&mut self, instance: u32) {
        let place = &mut self.instances[instance];
        let brief = &self.briefs[place.deployment as usize];
        if !brief.has_limit || std::mem::replace(&mut place.in_use, true) {
            return;
        }
        let line = &mut self.lanes[place.lane as usize];
        line.in_use += 1;
        self.accounts[line.account as usize].in_use += u32::from(!brief.is_set_apart);
    }

    /// An instance is in use no more.
    #[inline]
    pub(crate) fn give_share(&mut self, instance: u32) {
        let place = &mut self.instances[instance];
        if !std::mem::replace(&mut place.in_use, false) {
            return;
        }
        let line = &mut self.lanes[place.lane as usize];
        line.in_use -= 1;
        let account = line.account;
        let is_set_apart = self.briefs[place.deployment as usize].is_set_apart;
        self.accounts[account as usize].in_use -= u32::from(!is_set_apart);
        self.note_freed(account);
    }

    /// A lane's hosting model is to be called ([`super::HostingModel::room`]) when its account may have room for it.
    pub(crate) fn await_share(&mut self, lane: u32) {
        let line = &mut self.lanes[lane as usize];
        if !std::mem::replace(&mut line.awaits_share, true) {
            self.accounts[line.account as usize].waiting.push(lane);
        }
    }

    /// The lanes that wait for a share of an account, where it has one, by who has waited longest; they have to ask
    /// again.
    pub(crate) fn take_waiting_for(&mut self, account: u32) -> Vec<u32> {
        let now = self.now;
        let account = &mut self.accounts[account as usize];
        account.is_freed = false;
        if let Some(allowance) = &mut account.allowance {
            allowance.grow(now);
        }
        if account.in_use >= account.limit || account.allowance.is_some_and(|allowance| allowance.left == 0) {
            return Vec::new();
        }
        let mut lanes = std::mem::take(&mut account.waiting);
        for lane in &lanes {
            self.lanes[*lane as usize].awaits_share = false;
        }
        let since = |lane: &u32| match self.lanes[*lane as usize].first {
            super::slab::NONE => Time(u64::MAX),
            first => self.requests[first].sent,
        };
        lanes.sort_by_key(|lane| (since(lane), *lane));
        lanes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_comes_back_in_steps_and_no_more_than_that() {
        let rule = Growth { burst: 3, step: 2, every: Span(10) };
        let mut allowance = Allowance::new(rule);
        let take = |allowance: &mut Allowance, at: u64| {
            allowance.grow(Time(at));
            let may = allowance.left > 0;
            if may {
                allowance.take(Time(at));
            }
            may
        };
        assert_eq!([5, 6, 7, 8, 14].map(|at| take(&mut allowance, at)), [true, true, true, false, false]);
        // The first step comes ten after the first that was taken.
        assert_eq!([15, 15, 15].map(|at| take(&mut allowance, at)), [true, true, false]);
        allowance.give_back();
        assert!(take(&mut allowance, 16) && !take(&mut allowance, 16));
        // Nothing is saved up beyond the burst.
        assert_eq!([1000; 4].map(|at| take(&mut allowance, at)), [true, true, true, false]);
    }
}
