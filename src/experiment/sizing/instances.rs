//! The fewest instances of a size that meet the objective.

use super::judgement::Judgement;
use super::search::{Level, Refusal, Search};
use crate::billing::{Charge, Free};
use crate::catalogue::Size;
use crate::experiment::deploy::Order;
use crate::hosting::routing::Routing;

/// So many growths that bring nothing, and a search gives up.
const GIVES_UP: u32 = 3;
/// Four times what could keep up, and the objective is missed by this factor still: give up.
pub const HOPELESS: f64 = 2.0;
/// Where more requests than this come in the time after which an idle instance sleeps, none does.
const SELDOM: f64 = 100.0;
/// So many numbers are tried where more instances may be worse.
const SCANNED: u32 = 24;

impl Search<'_> {
    /// The fewest instances that do (or more, where what they include makes them cheaper). Of a size that is dearer
    /// than what is known, no more is found than just that.
    ///
    /// # Errors
    /// Says why none do.
    pub fn fewest_instances(&mut self, size: &Size, load: f64) -> Result<(Order, f64), Refusal> {
        let (worse, most) = (self.more_may_be_worse(size), self.most_useful(size)?);
        let least = self.least_instances(size, load);
        if !worse && most < self.most_sold(size).min(ample(least)) {
            self.does_at_most(size, most)?;
        }
        let bracket = match self.known_range(size) {
            Some(range) => Ok(range),
            None => self.gallop(size, load, Level::Screen, most),
        };
        let found = match bracket {
            Ok((low, high)) => {
                let found = self.bisect(size, low, high, Level::Screen)?;
                let order = self.plain(size, found);
                let screened = self.judge(&order, Level::Screen)?;
                if !worse && self.is_dearer(&screened) && !self.includes_something() {
                    return Ok((order, screened.tco_usd));
                }
                self.confirm(size, found, most)?
            }
            Err(refusal) if worse => {
                let least = least.max(1);
                let end = least.saturating_add(SCANNED).min(most.saturating_add(1));
                self.scan(size, least..end)?.ok_or(refusal)?
            }
            Err(refusal) => return Err(refusal),
        };
        let fewer = if worse { self.scan(size, least.clamp(1, found.0)..found.0)? } else { None };
        self.while_cheaper(size, fewer.unwrap_or(found))
    }

    /// The most instances of a size that it makes sense to try: as many as can be ordered, and as are cheaper than
    /// what is known.
    fn most_useful(&mut self, size: &Size) -> Result<u32, Refusal> {
        let sold = self.most_sold(size);
        if self.known.is_infinite() {
            return Ok(sold);
        }
        let most = self.ideal(size).most.min(sold);
        Ok(match self.most_worth(size, most)? {
            worth if worth < most => worth.max(self.fewest_sold(size)),
            _ => sold,
        })
    }

    /// Whether a size does with as many instances as are cheaper than the best that is known.
    fn does_at_most(&mut self, size: &Size, most: u32) -> Result<(), Refusal> {
        let order = self.plain(size, most);
        let mut judgement = self.judge(&order, Level::Screen)?;
        let dearer = self.is_dearer(&judgement) && !self.includes_something();
        if !judgement.met && !judgement.clear && !dearer {
            judgement = self.judge(&order, Level::All)?;
        }
        if judgement.met { Ok(()) } else { Err(self.refusal(&order, &judgement)) }
    }

    /// Fewer instances than do, and as many as do, from the orders of neighbouring traffics.
    fn known_range(&self, size: &Size) -> Option<(u32, u32)> {
        let (lesser, greater) = self.between.as_ref()?;
        let same = lesser.size.name == size.name && greater.size.name == size.name;
        (same && lesser.instances <= greater.instances).then(|| (lesser.instances.max(1) - 1, greater.instances))
    }

    /// Between fewer instances than do, and as many as do: from the fewest that could keep up, in
    /// steps that double, up or (where the objective tolerates an overload) down.
    fn gallop(&mut self, size: &Size, load: f64, level: Level, most: u32) -> Result<(u32, u32), Refusal> {
        let floor = self.fewest_sold(size);
        let least = self.least_instances(size, load).clamp(floor, most.max(floor));
        if !self.judge(&self.plain(size, least), level)?.met {
            if let Some(refusal) = self.ideal(size).refusal {
                return Err(refusal);
            }
            self.ample(size, least, most)?;
            return self.grow(size, least, level, most);
        }
        let (mut high, mut step) = (least, 1);
        while high > floor {
            let fewer = high.saturating_sub(step).max(floor);
            if !self.judge(&self.plain(size, fewer), level)?.met {
                return Ok((fewer, high));
            }
            (high, step) = (fewer, step * 2);
        }
        Ok((floor - 1, high))
    }

    /// Whether far more instances than could be needed come near the objective at all: where they
    /// do not, it is not their number that is wanting.
    fn ample(&mut self, size: &Size, least: u32, most: u32) -> Result<(), Refusal> {
        if self.more_may_be_worse(size) {
            return Ok(());
        }
        let order = self.plain(size, ample(least).min(most));
        let judgement = self.judge(&order, Level::Screen)?;
        let hopeless = !judgement.met && judgement.clear && judgement.excess() > HOPELESS;
        if hopeless { Err(self.refusal(&order, &judgement)) } else { Ok(()) }
    }

    /// Tries ever more instances than a number that does not do.
    fn grow(&mut self, size: &Size, from: u32, level: Level, most: u32) -> Result<(u32, u32), Refusal> {
        let most = self.ideal(size).most.max(from.saturating_add(GIVES_UP)).min(most);
        let (mut low, mut step) = (from, from.div_ceil(16));
        let mut before: Option<Judgement> = None;
        let mut in_vain = 0;
        loop {
            let high = low.saturating_add(step).min(most);
            let order = self.plain(size, high);
            let judgement = self.judge(&order, level)?;
            if judgement.met {
                return Ok((low, high));
            }
            // More instances helped no more, several times over: none will.
            let vain = before.as_ref().is_some_and(|before| !judgement.is_better_than(before));
            in_vain = if vain { in_vain + 1 } else { 0 };
            if (in_vain >= GIVES_UP && high >= 4 * from) || high >= most {
                return Err(self.refusal(&order, &judgement));
            }
            before = Some(judgement);
            (low, step) = (high, step * 2);
        }
    }

    fn bisect(&mut self, size: &Size, mut low: u32, mut high: u32, level: Level) -> Result<u32, Refusal> {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.judge(&self.plain(size, middle), level)?.met { high = middle } else { low = middle }
        }
        Ok(high)
    }

    /// Judges the number found by all replications, and moves it where those say otherwise.
    fn confirm(&mut self, size: &Size, found: u32, most: u32) -> Result<(u32, f64), Refusal> {
        let mut judgement = self.judge(&self.plain(size, found), Level::All)?;
        if !judgement.met {
            let (low, high) = self.grow(size, found, Level::All, most)?;
            let found = self.bisect(size, low, high, Level::All)?;
            return Ok((found, self.judge(&self.plain(size, found), Level::All)?.tco_usd));
        }
        let mut instances = found;
        while instances > self.fewest_sold(size) {
            let fewer = self.plain(size, instances - 1);
            let screened = self.judge(&fewer, Level::Screen)?;
            if !screened.met && screened.clear {
                break;
            }
            let all = self.judge(&fewer, Level::All)?;
            if !all.met {
                break;
            }
            (instances, judgement) = (instances - 1, all);
        }
        Ok((instances, judgement.tco_usd))
    }

    /// Whether more instances may serve worse: they sleep sooner the less each has to do; routing
    /// by chance or by turns has luck of its own; servers that are shared have no room for all.
    pub fn more_may_be_worse(&self, size: &Size) -> bool {
        let plan = self.plan();
        let by_load = matches!(plan.terms.routing.unwrap_or_default(), Routing::LeastLoaded);
        let app = &self.scenario.apps[0].workload;
        let rate = app.mean_rate() * self.traffic / f64::from(app.tenants.max(1));
        let sleeps = size.sleep.or(plan.terms.sleep).is_some_and(|after| rate * after.seconds() < SELDOM);
        let fleet = &self.case.fleet;
        !by_load || sleeps || fleet.count.is_some() || fleet.overcommit_cpu > 1.0
    }

    /// The least number of a range that does; of a long range, some are looked at.
    fn scan(&mut self, size: &Size, range: std::ops::Range<u32>) -> Result<Option<(u32, f64)>, Refusal> {
        let step = range.end.saturating_sub(range.start).div_ceil(SCANNED).max(1);
        for instances in range.step_by(step as usize) {
            let order = self.plain(size, instances);
            if self.judge(&order, Level::Screen)?.met {
                let judgement = self.judge(&order, Level::All)?;
                if judgement.met {
                    return Ok(Some((instances, judgement.tco_usd)));
                }
            }
        }
        Ok(None)
    }

    /// Adds instances as long as what each includes (its part of a pooled allowance) saves more
    /// than it costs.
    fn while_cheaper(&mut self, size: &Size, (mut instances, mut cost): (u32, f64)) -> Result<(Order, f64), Refusal> {
        let (mut step, most) = (1, self.most_sold(size));
        while instances < most && self.pays_beyond_what_is_included(&self.plain(size, instances))? {
            let more = self.judge(&self.plain(size, instances.saturating_add(step).min(most)), Level::All)?;
            if more.met && more.tco_usd < cost && instances + step <= most {
                (instances, cost) = (instances + step, more.tco_usd);
                step *= 2;
            } else if step == 1 {
                break;
            } else {
                step = 1;
            }
        }
        Ok((self.plain(size, instances), cost))
    }

    /// Whether the invoice has a line that more instances would make less: use beyond what all
    /// instances together include.
    fn pays_beyond_what_is_included(&mut self, order: &Order) -> Result<bool, Refusal> {
        if !self.includes_something() {
            return Ok(false);
        }
        let pooled: Vec<String> = self.included().map(|charge| charge.name.clone()).collect();
        let judgement = self.judge(order, Level::All)?;
        let lines = judgement.replications.iter().flat_map(|replication| &replication.billed.lines);
        Ok(lines.into_iter().any(|(name, amount)| pooled.contains(name) && *amount > 0.0))
    }

    /// Charges that each instance makes less.
    fn included(&self) -> impl Iterator<Item = &Charge> {
        let charges = self.plan().model.prices.charges.iter();
        charges.filter(|charge| matches!(charge.free, Free::PerInstance { .. }) && !charge.free.is_nothing())
    }

    fn includes_something(&self) -> bool {
        self.included().next().is_some()
    }
}

/// Far more instances than could be needed, where so many could keep up.
fn ample(least: u32) -> u32 {
    least.saturating_mul(4).saturating_add(8)
}
