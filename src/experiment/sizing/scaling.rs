//! The target and the limits of target tracking. Nothing is taken to be monotone here: a higher
//! target has fewer instances, but more of them are started late.

use super::bounds::MOST_INSTANCES;
use super::search::{Level, Refusal, Search};
use crate::catalogue::Size;
use crate::experiment::deploy::Order;
use crate::hosting::scaling::{Scaling, TargetUtilisation};
use crate::scenario::InstancesChoice;

/// The targets that are tried.
const TARGETS: [f64; 10] = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
/// The least numbers of instances that are tried.
const LEAST: [u32; 14] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 512, 2048];
/// An order that a screening found dearer than the best by this factor is not asked again.
const DEARER: f64 = 1.1;

impl Search<'_> {
    /// The rule, where one is in force.
    pub fn rule(&self) -> Option<TargetUtilisation> {
        match &self.plan().terms.scaling {
            Some(Scaling::TargetUtilisation(rule)) if self.scales() => Some(rule.clone()),
            _ => None,
        }
    }

    /// The cheapest target and limits that do.
    ///
    /// # Errors
    /// Says why none do.
    pub fn cheapest_scaling(&mut self, size: &Size, rule: &TargetUtilisation) -> Result<(Order, f64), Refusal> {
        let mut screened = Vec::new();
        let mut refusal: Option<Refusal> = None;
        for target in targets(rule) {
            match self.least_limit(size, rule, target)? {
                Ok(found) => screened.push(found),
                Err(why) if refusal.as_ref().is_none_or(|known| why.excess < known.excess) => refusal = Some(why),
                Err(_) => {}
            }
        }
        screened.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut best: Option<(Order, f64)> = None;
        for (order, cost) in screened {
            if best.as_ref().is_some_and(|(_, least)| cost > DEARER * least) {
                break;
            }
            let judgement = self.judge(&order, Level::All)?;
            if judgement.met && best.as_ref().is_none_or(|(_, least)| judgement.tco_usd < *least) {
                best = Some((order, judgement.tco_usd));
            } else if !judgement.met {
                refusal.get_or_insert_with(|| self.refusal(&order, &judgement));
            }
        }
        let (order, cost) =
            best.ok_or_else(|| refusal.unwrap_or_else(|| "no target meets the objective".to_string().into()))?;
        if rule.open_limits.1 { self.most_limit(order, cost) } else { Ok((order, cost)) }
    }

    /// Under a target: the cheapest least number of instances that does, by a screening.
    fn least_limit(
        &mut self,
        size: &Size,
        rule: &TargetUtilisation,
        target: f64,
    ) -> Result<Result<(Order, f64), Refusal>, Refusal> {
        let stated = match self.plan().instances {
            Some(InstancesChoice::Count(count)) => count,
            _ => 0,
        };
        let most = if rule.open_limits.1 { size.most.unwrap_or(u32::MAX) } else { rule.max };
        let sold = self.fewest_sold(size)..=most.min(MOST_INSTANCES);
        let least: Vec<u32> = LEAST.into_iter().filter(|least| sold.contains(least)).collect();
        let least = if rule.open_limits.0 { least } else { vec![rule.min] };
        let mut refusal = None;
        for least in least {
            let limits = (rule.open_limits != (false, false)).then_some((least, most));
            let order = Order { instances: stated, target: Some(target), limits, ..self.plain(size, 0) };
            let judgement = self.judge(&order, Level::Screen)?;
            if judgement.met {
                return Ok(Ok((order, judgement.tco_usd)));
            }
            let worse = |known: &Refusal| judgement.excess() > 0.999 * known.excess;
            let in_vain = refusal.as_ref().is_some_and(worse) && least >= 8;
            refusal = Some(self.refusal(&order, &judgement));
            if in_vain {
                break;
            }
        }
        Ok(Err(refusal.unwrap_or_else(|| "no number of instances was tried".to_string().into())))
    }

    /// The smallest greatest number that still does, below what was used.
    fn most_limit(&mut self, order: Order, cost: f64) -> Result<(Order, f64), Refusal> {
        let (least, _) = order.limits.unwrap_or((1, u32::MAX));
        let capped = |most: u32| Order { limits: Some((least, most)), ..order.clone() };
        let judgement = self.judge(&order, Level::All)?;
        let peak = |r: &crate::experiment::Replication| r.figure("instances_peak").unwrap_or(1.0);
        let tenants = self.scenario.apps[0].workload.tenants.max(1);
        let used = judgement.replications.iter().map(peak).fold(1.0, f64::max) as u32;
        let (mut low, mut high) = (least.max(1) - 1, used.div_ceil(tenants).max(used.min(least)).max(least));
        let mut found = (capped(high), self.judge(&capped(high), Level::All)?);
        if !found.1.met {
            return Ok((order, cost));
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let judgement = self.judge(&capped(middle), Level::All)?;
            if judgement.met {
                high = middle;
                found = (capped(middle), judgement);
            } else {
                low = middle;
            }
        }
        Ok((found.0, found.1.tco_usd))
    }
}

fn targets(rule: &TargetUtilisation) -> Vec<f64> {
    rule.target.map_or_else(|| TARGETS.to_vec(), |target| vec![target])
}
