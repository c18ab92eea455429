//! The target and the limits of target tracking. Nothing is taken to be monotone here: a higher
//! target has fewer instances, but more of them are started late.

use super::bounds::MOST_INSTANCES;
use super::instances::HOPELESS;
use super::search::{Level, Refusal, Search};
use super::sizes::nearest;
use crate::catalogue::Size;
use crate::experiment::deploy::Order;
use crate::experiment::replicate::Replication;
use crate::hosting::scaling::{Scaling, TargetUtilisation};
use std::sync::Arc;

/// The targets that are tried.
const TARGETS: [f64; 10] = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
/// The least numbers of instances that are tried.
const LEAST: [u32; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 512, 2048];
/// A target that costs more than the best by this factor is dearer than the noise could tell.
const DEARER: f64 = 1.1;
/// Where more instances may be worse, this many least numbers are tried although none is better than the one before.
const IN_VAIN: usize = 4;

impl Search<'_> {
    /// The rule, where one is in force.
    pub fn rule(&self) -> Option<TargetUtilisation> {
        match &self.plan().terms.scaling {
            Some(Scaling::TargetUtilisation(rule)) if self.scales() => Some(rule.clone()),
            _ => None,
        }
    }

    /// The cheapest target and limits that do. Of a size that is dearer than what is known, no more is found
    /// than just that.
    ///
    /// # Errors
    /// Says why none do.
    pub fn cheapest_scaling(&mut self, size: &Size, rule: &TargetUtilisation) -> Result<(Order, f64), Refusal> {
        let mut refusal = None;
        let mut screened = self.steps(size, rule, &mut refusal)?;
        screened.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut best: Option<(Order, f64)> = None;
        for (order, cost) in screened {
            // What looks dearer than the best is not asked of all replications.
            if best.as_ref().is_some_and(|(_, least)| cost >= *least) {
                break;
            }
            let judgement = self.judge(&order, Level::Screen)?;
            if self.is_dearer(&judgement) {
                best.get_or_insert((order, cost));
                break;
            }
            let judgement = self.judge(&order, Level::All)?;
            if judgement.met && best.as_ref().is_none_or(|(_, least)| judgement.tco_usd < *least) {
                best = Some((order, judgement.tco_usd));
            } else if !judgement.met {
                nearest(&mut refusal, self.refusal(&order, &judgement));
            }
        }
        let (order, cost) =
            best.ok_or_else(|| refusal.unwrap_or_else(|| "no target meets the objective".to_string().into()))?;
        let worth = rule.open_limits.1 && cost <= DEARER * self.known;
        if worth { self.most_limit(order, cost) } else { Ok((order, cost)) }
    }

    /// What a screening finds to do, from the highest target on: a lower one has more instances, so that it is of
    /// use only where it does with a lower least number, or where no higher one does. Ends where that is dearer than
    /// the best.
    fn steps(
        &mut self,
        size: &Size,
        rule: &TargetUtilisation,
        refusal: &mut Option<Refusal>,
    ) -> Result<Vec<(Order, f64)>, Refusal> {
        let all = self.least_numbers(size, rule)?;
        let (mut least, mut dearer) = (all.as_slice(), 0);
        let mut found: Vec<(Order, f64)> = Vec::new();
        for target in targets(rule) {
            if dearer > 1 || self.is_hopeless(size, rule, least, refusal)? {
                break;
            }
            let orders: Vec<Order> = least.iter().map(|least| self.tracking(size, rule, target, *least)).collect();
            let best = found.iter().map(|(_, cost)| *cost).fold(self.known, f64::min);
            let cost = match self.least_that_does(size, &orders)? {
                Least::Found { place, cost, sure } => {
                    found.push((orders[place].clone(), cost));
                    // Where there is a doubt, the next target is there in its stead.
                    least = &least[..if sure { place } else { place + 1 }];
                    cost
                }
                Least::None(why, cost) => {
                    nearest(refusal, why);
                    cost
                }
            };
            dearer = if cost > DEARER * best { dearer + 1 } else { 0 };
        }
        Ok(found)
    }

    /// An order under a target, with so many instances at the least.
    fn tracking(&self, size: &Size, rule: &TargetUtilisation, target: f64, least: u32) -> Order {
        let order = self.limited(size, Some(target), (least, greatest(size, rule)));
        if rule.open_limits == (false, false) { Order { limits: None, ..order } } else { order }
    }

    /// Whether not even the lowest target, with the most of some least numbers of instances, comes near the objective.
    fn is_hopeless(
        &mut self,
        size: &Size,
        rule: &TargetUtilisation,
        least: &[u32],
        refusal: &mut Option<Refusal>,
    ) -> Result<bool, Refusal> {
        let (Some(least), Some(target)) = (least.last(), targets(rule).last().copied()) else { return Ok(true) };
        if self.more_may_be_worse(size) {
            return Ok(false);
        }
        let order = self.tracking(size, rule, target, *least);
        let judgement = self.judge(&order, Level::Screen)?;
        let hopeless = !judgement.met && judgement.clear && judgement.excess() > HOPELESS;
        if hopeless {
            nearest(refusal, self.refusal(&order, &judgement));
        }
        Ok(hopeless)
    }

    /// The least numbers of instances that are tried: those that cost less idle than what is known, and are not
    /// beyond what could be of use.
    fn least_numbers(&mut self, size: &Size, rule: &TargetUtilisation) -> Result<Vec<u32>, Refusal> {
        let most = greatest(size, rule);
        if !rule.open_limits.0 {
            return Ok(vec![rule.min]);
        }
        let useful = self.ideal(size).most;
        let sold = self.fewest_sold(size)..=most.min(MOST_INSTANCES);
        let mut least: Vec<u32> = Vec::new();
        for number in LEAST.into_iter().filter(|number| sold.contains(number)) {
            let enough = least.last().is_some_and(|last| *last >= useful);
            let target = rule.target.or(Some(0.5));
            let dear = || Ok::<_, String>(self.idle_cost(&self.limited(size, target, (number, number)))? > self.known);
            if enough || (self.known.is_finite() && !least.is_empty() && dear()?) {
                break;
            }
            least.push(number);
        }
        Ok(least)
    }

    /// The first of some orders, each with more instances at the least, that does, by a screening. Where the last
    /// of them does not, none is taken to, unless more may be worse.
    fn least_that_does(&mut self, size: &Size, orders: &[Order]) -> Result<Least, Refusal> {
        let mut none: Option<Refusal> = None;
        let (mut low, mut high) = (0, orders.len());
        let (mut found, mut first) = (None, 0.0);
        let one_by_one = self.more_may_be_worse(size);
        let mut next = if one_by_one { 0 } else { orders.len().saturating_sub(1) };
        while low < high {
            let judgement = self.judge(&orders[next], Level::Screen)?;
            if judgement.met {
                high = next;
                found = Some(Least::Found { place: next, cost: judgement.tco_usd, sure: judgement.sure });
            } else {
                let why = self.refusal(&orders[next], &judgement);
                first = if next == 0 { judgement.tco_usd } else { first };
                let vain = none.as_ref().is_some_and(|before| why.excess > 0.999 * before.excess) && next > IN_VAIN;
                low = if one_by_one && vain { high } else { next + 1 };
                nearest(&mut none, why);
            }
            next = if one_by_one { low } else { low + (high - low) / 2 };
        }
        let none = || none.unwrap_or_else(|| "no number of instances was tried".to_string().into());
        Ok(found.unwrap_or_else(|| Least::None(none(), first)))
    }

    /// The smallest greatest number that still does, below what was used.
    fn most_limit(&mut self, order: Order, cost: f64) -> Result<(Order, f64), Refusal> {
        let (least, _) = order.limits.unwrap_or((1, u32::MAX));
        let judgement = self.judge(&order, Level::All)?;
        let peak = |r: &Arc<Replication>| r.figure("instances_peak").unwrap_or(1.0);
        let tenants = self.scenario.apps[0].workload.tenants.max(1);
        let used = judgement.replications.iter().map(peak).fold(1.0, f64::max) as u32;
        let highest = used.div_ceil(tenants).max(used.min(least)).max(least);
        let mut most = self.bisect_limit(&order, (least.max(1) - 1, highest), Level::Screen)?;
        if !self.judge(&capped(&order, most), Level::All)?.met {
            most = self.bisect_limit(&order, (most, highest), Level::All)?;
        }
        while most > least.max(1) {
            let fewer = capped(&order, most - 1);
            let screened = self.judge(&fewer, Level::Screen)?;
            if (!screened.met && screened.clear) || !self.judge(&fewer, Level::All)?.met {
                break;
            }
            most -= 1;
        }
        let found = self.judge(&capped(&order, most), Level::All)?;
        if found.met { Ok((capped(&order, most), found.tco_usd)) } else { Ok((order, cost)) }
    }

    /// The least greatest number that does, of those above one that does not, up to one that is taken to do.
    fn bisect_limit(&mut self, order: &Order, (mut low, mut high): (u32, u32), level: Level) -> Result<u32, Refusal> {
        while high > low + 1 {
            let middle = low + (high - low) / 2;
            if self.judge(&capped(order, middle), level)?.met { high = middle } else { low = middle }
        }
        Ok(high)
    }
}

/// An order with another greatest number.
fn capped(order: &Order, most: u32) -> Order {
    let (least, _) = order.limits.unwrap_or((1, u32::MAX));
    Order { limits: Some((least, most)), ..order.clone() }
}

/// What became of a list of orders.
enum Least {
    /// The place of the first that does, what it costs, and whether there is no doubt.
    Found { place: usize, cost: f64, sure: bool },
    /// None does; and what the first costs, if that was looked at.
    None(Refusal, f64),
}

/// The greatest number of instances, where no smaller one is asked for.
fn greatest(size: &Size, rule: &TargetUtilisation) -> u32 {
    if rule.open_limits.1 { size.most.unwrap_or(u32::MAX) } else { rule.max }
}

fn targets(rule: &TargetUtilisation) -> Vec<f64> {
    rule.target.map_or_else(|| TARGETS.to_vec(), |target| vec![target])
}
