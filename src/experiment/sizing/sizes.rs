//! The cheapest size.

use super::instances::HOPELESS;
use super::search::{Level, Refusal, Search};
use crate::catalogue::Size;
use crate::experiment::deploy::{Order, cut};
use crate::scenario::{InstancesChoice, Scenario, SizeChoice};
use crate::units::Span;
use crate::workload::Arrivals;

/// A size that a screening found dearer than the best by this factor is not looked at again.
const DEARER: f64 = 1.1;
/// A size that a screening found to miss its objective by this factor, too.
const FAR: f64 = 3.0;
/// A screening of sizes simulates this part of many requests.
const PART: u64 = 8;
/// Of fewer requests than these no part is screened that could be avoided.
const MANY: f64 = 40_000.0;
/// The requests that a screening simulates at the least.
const ENOUGH: f64 = 500.0;
/// The runs of an order, in all replications, that a screening of all sizes may take.
const RUNS: u64 = 2;

/// A size that may do.
struct Candidate {
    size: Size,
    /// What it costs at least, or about.
    cost: f64,
    /// What it may come to: those that seem cheaper are tried before.
    likely: f64,
}

impl Search<'_> {
    /// The cheapest order of all that the plan leaves open.
    ///
    /// # Errors
    /// Says why none does, of the size that comes nearest.
    pub fn cheapest(&mut self) -> Result<Order, String> {
        let load = self.offered_load();
        let mut refusal: Option<Refusal> = None;
        let mut best = None;
        let (candidates, sure) = self.candidates(load, &mut refusal)?;
        for Candidate { size, cost, .. } in candidates {
            // A bound holds always, an estimate about.
            let limit = if sure { cost } else { cost / DEARER };
            if limit >= self.known {
                continue;
            }
            match self.cheapest_of(&size, load) {
                Ok((order, cost)) if cost < self.known => {
                    self.know(&order, cost);
                    best = Some(order);
                }
                Ok(_) => {}
                Err(why) => nearest(&mut refusal, why),
            }
        }
        let none = || refusal.map_or_else(|| "no size does".into(), |refusal| refusal.why);
        best.ok_or_else(none)
    }

    /// The cheapest order of a size; where a first look finds it dearer than what is known, just that.
    fn cheapest_of(&mut self, size: &Size, load: f64) -> Result<(Order, f64), Refusal> {
        if let Some(rule) = self.rule() {
            return self.cheapest_scaling(size, &rule);
        }
        let count = match self.plan().instances {
            Some(InstancesChoice::RightSize) => return self.fewest_instances(size, load),
            Some(InstancesChoice::Count(count)) => count,
            None => 0,
        };
        let order = self.plain(size, count);
        let screened = self.judge(&order, Level::Screen)?;
        if !screened.met && screened.clear && screened.excess() > HOPELESS {
            return Err(self.refusal(&order, &screened));
        }
        if self.is_dearer(&screened) {
            return Ok((order, screened.tco_usd));
        }
        let few = self.judge(&order, Level::Few)?;
        if !few.met && few.clear {
            return Err(self.refusal(&order, &few));
        }
        let judgement = self.judge(&order, Level::All)?;
        if judgement.met { Ok((order, judgement.tco_usd)) } else { Err(self.refusal(&order, &judgement)) }
    }

    /// The sizes that may do, cheapest first, and whether their costs are bounds (or estimates).
    fn candidates(&mut self, load: f64, refusal: &mut Option<Refusal>) -> Result<(Vec<Candidate>, bool), String> {
        let plan = self.plan().clone();
        let app = &self.scenario.apps[0];
        let sizes = match &plan.size {
            SizeChoice::Named(size) => vec![size.clone()],
            SizeChoice::Cheapest => plan.model.choices(app.memory),
        };
        let mut too_small = String::from("the model has no sizes");
        let mut fitting = Vec::new();
        for size in sizes {
            if let Some(refused) = plan.unorderable(&size) {
                too_small = refused.why;
                continue;
            }
            match cut(&plan, &size, app, &self.case.fleet) {
                Ok(_) if plan.instances.is_some() => match self.ideal(&size).refusal {
                    Some(why) => nearest(refusal, why),
                    None => fitting.push(size),
                },
                Ok(_) => fitting.push(size),
                Err(why) => too_small = why,
            }
        }
        if fitting.is_empty() {
            return match refusal {
                Some(_) => Ok((Vec::new(), true)),
                None => Err(too_small),
            };
        }
        let bounded = plan.instances.is_some() && !self.scales();
        let mut candidates = Vec::new();
        if bounded || self.rule().is_some() || fitting.len() < 3 {
            for size in fitting {
                let cost = self.least_cost(&size, load)?;
                candidates.push(Candidate { cost, likely: self.likely_cost(&size, load)?.max(cost), size });
            }
        } else {
            candidates = self.screened(fitting, refusal)?;
        }
        candidates.sort_by(|a, b| a.likely.total_cmp(&b.likely).then(a.cost.total_cmp(&b.cost)));
        Ok((candidates, bounded))
    }

    /// What sizes cost that scale by themselves, by a short simulation of each; without those that
    /// are far from meeting the objective.
    fn screened(&mut self, sizes: Vec<Size>, refusal: &mut Option<Refusal>) -> Result<Vec<Candidate>, String> {
        let short = self.shortened(sizes.len());
        let scenario = short.as_ref().unwrap_or(self.scenario);
        let mut candidates = Vec::new();
        for size in sizes {
            let order = self.plain(&size, 0);
            let judgement = self.judged_in(scenario, &order)?;
            if !judgement.met && judgement.excess() > FAR {
                nearest(refusal, self.refusal(&order, &judgement));
            } else {
                candidates.push(Candidate { cost: judgement.tco_usd, likely: judgement.tco_usd, size });
            }
        }
        Ok(candidates)
    }

    /// A part of the scenario, where arrivals are the same at all times and there are enough: so short that
    /// to look at all sizes takes no more than some runs of an order.
    fn shortened(&self, sizes: usize) -> Option<Scenario> {
        let workload = &self.scenario.apps[0].workload;
        let steady = matches!(workload.arrivals, Arrivals::Poisson(_) | Arrivals::Constant(_));
        let run = &self.scenario.run;
        let requests = workload.mean_rate() * self.traffic * run.duration.seconds();
        let wanted = if requests < MANY { (sizes as u64).div_ceil(RUNS * self.all()) } else { PART };
        let part = wanted.min((requests / ENOUGH) as u64);
        if !steady || part < 2 || run.month == crate::scenario::Month::Duration {
            return None;
        }
        let mut short = self.scenario.clone();
        short.run.duration = Span(run.duration.0 / part);
        Some(short)
    }
}

/// Keeps the refusal that comes nearest to the objective.
pub fn nearest(kept: &mut Option<Refusal>, why: Refusal) {
    if kept.as_ref().is_none_or(|known| why.excess < known.excess) {
        *kept = Some(why);
    }
}
