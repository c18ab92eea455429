//! Right-sizing: the cheapest order that meets the objective, found by simulation with common
//! random numbers.
//!
//! More instances never serve the same requests later but by the noise of routing, so the fewest
//! are found by doubling and bisection; that one fewer does not do is checked, not assumed. Each
//! size is first bounded from below by what it would cost idle, with the fewest instances that
//! its offered load allows, and is only simulated where that is less than the best found.

use super::deploy::{Order, cut};
use super::objective::{Judged, Verdict, verdicts};
use super::replicate::{Replication, Trial};
use super::simulated::Simulated;
use crate::catalogue::Size;
use crate::hosting::scaling::Scaling;
use crate::scenario::{Case, CommitmentChoice, DeploymentPlan, InstancesChoice, Scenario, SizeChoice};
use crate::workload::{AppWorkload, Arrivals};
use rayon::prelude::*;

/// The most instances that a search goes up to.
const MOST_INSTANCES: u32 = 1 << 16;
/// So many growths that bring nothing, and a search gives up.
const GIVES_UP: u32 = 3;
/// Replications that a search judges by; the final order is judged by all.
const SCREENING: u64 = 3;
/// The targets of target tracking that are tried, from the cheapest.
const TARGETS: [f64; 10] = [0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

/// What was tried, and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The app.
    pub app: String,
    /// The size.
    pub size: String,
    /// Instances, or where they scale the target's percentage.
    pub order: String,
    /// Whether the objective was met.
    pub met: bool,
    /// What it costs a month, in dollars (TCO).
    pub tco_usd: f64,
}

/// The orders found for a case, and what was tried.
#[derive(Clone, Debug)]
pub struct Found {
    /// Per app.
    pub orders: Vec<Order>,
    /// What was tried.
    pub tried: Vec<Attempt>,
}

/// Whether a case leaves something to be found.
pub fn is_open(case: &Case) -> bool {
    case.deployments.iter().any(|plan| Order::stated(plan).is_none() || commitment_is_open(plan))
}

fn commitment_is_open(plan: &DeploymentPlan) -> bool {
    match &plan.commitment {
        CommitmentChoice::Cheapest => true,
        CommitmentChoice::Plan { instances, .. } => *instances == Some(InstancesChoice::RightSize),
        CommitmentChoice::None => false,
    }
}

/// Finds the orders of a case at some traffic.
///
/// # Errors
/// Says why no order meets the objective.
pub fn find(scenario: &Scenario, case: &Case, traffic: f64) -> Result<Found, String> {
    find_between(scenario, case, traffic, &[])
}

/// As [`find`], by simulations of which some may have been run before.
///
/// # Errors
/// As [`find`].
pub fn find_by(scenario: &Scenario, case: &Case, traffic: f64, simulated: &Simulated) -> Result<Found, String> {
    find_with(scenario, case, traffic, &[], simulated)
}

/// As [`find`], where the numbers of instances are known to lie between two (per app; nothing
/// where they are not known): those of a lesser and of a greater traffic.
///
/// # Errors
/// As [`find`].
pub fn find_between(
    scenario: &Scenario,
    case: &Case,
    traffic: f64,
    between: &[Option<(Order, Order)>],
) -> Result<Found, String> {
    find_with(scenario, case, traffic, between, &Simulated::default())
}

fn find_with(
    scenario: &Scenario,
    case: &Case,
    traffic: f64,
    between: &[Option<(Order, Order)>],
    simulated: &Simulated,
) -> Result<Found, String> {
    let mut found = Found { orders: Vec::new(), tried: Vec::new() };
    for (index, plan) in case.deployments.iter().enumerate() {
        let order = match Order::stated(plan) {
            Some(order) if !commitment_is_open(plan) => {
                cut(plan, &order.size, &scenario.apps[plan.app], &case.fleet)?;
                order
            }
            _ => {
                let (alone, only) = alone(scenario, case, index);
                let between = between.get(index).cloned().flatten();
                let search = Search { scenario: &alone, case: &only, traffic, between, simulated, tried: Vec::new() };
                search.run(&mut found.tried)?
            }
        };
        found.orders.push(order);
    }
    Ok(found)
}

/// The scenario and case with one app alone: its orders do not depend on the others'.
fn alone(scenario: &Scenario, case: &Case, index: usize) -> (Scenario, Case) {
    let mut alone = scenario.clone();
    alone.apps = vec![scenario.apps[index].clone()];
    alone.cases = Vec::new();
    let mut only = case.clone();
    only.deployments = vec![DeploymentPlan { app: 0, ..case.deployments[index].clone() }];
    (alone, only)
}

/// The search for one app's order.
struct Search<'a> {
    scenario: &'a Scenario,
    case: &'a Case,
    traffic: f64,
    /// The orders of a lesser and of a greater traffic.
    between: Option<(Order, Order)>,
    simulated: &'a Simulated,
    tried: Vec<Attempt>,
}

/// What an order came to.
struct Judgement {
    met: bool,
    close: bool,
    tco_usd: f64,
    verdicts: Vec<Verdict>,
    first: Vec<Judged>,
}

impl Judgement {
    /// Whether some part of the objective came out better by more than a thousandth.
    fn is_better_than(&self, other: &Judgement) -> bool {
        self.first.iter().zip(&other.first).any(|(now, before)| {
            let gain = if now.at_least { now.found - before.found } else { before.found - now.found };
            gain > 1e-3 * before.found.abs() || (before.found.is_infinite() && now.found.is_finite())
        })
    }
}

impl Search<'_> {
    fn plan(&self) -> &DeploymentPlan {
        &self.case.deployments[0]
    }

    fn run(mut self, tried: &mut Vec<Attempt>) -> Result<Order, String> {
        let app = &self.scenario.apps[0];
        let open = Order::stated(self.plan()).is_none();
        if open && app.slo.is_empty() {
            return Err(format!("the app `{}` states no `slo` that an order could be sized to", app.name));
        }
        let result = if open { self.cheapest() } else { self.cheapest_commitment() };
        tried.append(&mut self.tried);
        result
    }

    fn cheapest_commitment(&mut self) -> Result<Order, String> {
        let order = Order::stated(self.plan()).ok_or("nothing is stated")?;
        self.commit(order)
    }

    /// The sizes that may do, each with the least that it could cost, cheapest first.
    fn candidates(&self) -> Result<Vec<(Size, f64)>, String> {
        let plan = self.plan();
        let named = match &plan.size {
            SizeChoice::Named(size) => vec![size.clone()],
            SizeChoice::Cheapest => plan.model.sizes.values().cloned().collect(),
        };
        let mut refused = String::new();
        let mut candidates = Vec::new();
        for size in named {
            match cut(plan, &size, &self.scenario.apps[0], &self.case.fleet) {
                Ok(_) => candidates.push((size.clone(), self.least_cost(&size)?)),
                Err(message) => refused = message,
            }
        }
        candidates.sort_by(|a, b| a.1.total_cmp(&b.1));
        if candidates.is_empty() { Err(refused) } else { Ok(candidates) }
    }

    fn cheapest(&mut self) -> Result<Order, String> {
        let mut best: Option<(Order, f64)> = None;
        let mut why = String::new();
        for (size, least) in self.candidates()? {
            if best.as_ref().is_some_and(|(_, cost)| least >= *cost) {
                break;
            }
            match self.fewest(&size) {
                Ok((order, cost)) if best.as_ref().is_none_or(|(_, known)| cost < *known) => best = Some((order, cost)),
                Ok(_) => {}
                Err(message) if why.is_empty() => why = message,
                Err(_) => {}
            }
        }
        let (order, _) = best.ok_or(why)?;
        self.commit(order)
    }

    /// The least that a size could cost: idle, with the fewest instances that its load allows.
    fn least_cost(&self, size: &Size) -> Result<f64, String> {
        let mut idle = self.scenario.clone();
        idle.apps[0].workload = AppWorkload { arrivals: Arrivals::None, ..idle.apps[0].workload.clone() };
        let target = self.plan().terms.scaling.as_ref().map(|_| 1.0);
        let order = Order { size: size.clone(), instances: self.least_instances(size), target, committed: None };
        let trial = Trial { scenario: &idle, case: self.case, orders: &[order], traffic: 1.0, replication: 0 };
        let scales = matches!(self.plan().terms.scaling, Some(Scaling::TargetUtilisation(_)));
        // What scales by itself may cost less than its steady load: only the idle cost bounds it.
        if scales { Ok(0.0) } else { Ok(tco(&self.simulated.run(&trial)?)) }
    }

    /// The fewest instances that could ever keep up with the offered load.
    fn least_instances(&self, size: &Size) -> u32 {
        let ordered = matches!(self.plan().instances, Some(InstancesChoice::RightSize));
        if let Some(InstancesChoice::Count(count)) = self.plan().instances {
            return count;
        }
        if !ordered {
            return 0;
        }
        let app = &self.scenario.apps[0];
        let load = app.workload.mean_rate() * self.traffic * app.workload.cpu.mean_seconds();
        let Ok(slice) = cut(self.plan(), size, app, &self.case.fleet) else { return 1 };
        let speed = self.case.fleet.server.speed * self.plan().model.isolation.cpu_share();
        let per_instance = slice.cores.as_f64() * speed;
        // The load of a finite sample may lie below its mean; a tenth is left for that.
        ((0.9 * load / per_instance).floor().max(1.0)).min(f64::from(MOST_INSTANCES)) as u32
    }

    /// The fewest instances (or the highest target) of a size that meet the objective.
    fn fewest(&mut self, size: &Size) -> Result<(Order, f64), String> {
        let order = |instances, target| Order { size: size.clone(), instances, target, committed: None };
        let plan = self.plan();
        let stated_target = match &plan.terms.scaling {
            Some(Scaling::TargetUtilisation(rule)) => rule.target,
            _ => None,
        };
        let open_target =
            matches!(&plan.terms.scaling, Some(Scaling::TargetUtilisation(rule)) if rule.target.is_none());
        match plan.instances {
            Some(InstancesChoice::RightSize) => self.fewest_instances(size),
            stated if open_target => {
                let count = if let Some(InstancesChoice::Count(count)) = stated { count } else { 0 };
                self.highest_target(size, count)
            }
            stated => {
                let count = if let Some(InstancesChoice::Count(count)) = stated { count } else { 0 };
                let order = order(count, stated_target);
                let judgement = self.judge(&order, self.all())?;
                if judgement.met { Ok((order, judgement.tco_usd)) } else { Err(self.refusal(size, &judgement)) }
            }
        }
    }

    fn fewest_instances(&mut self, size: &Size) -> Result<(Order, f64), String> {
        let order = |instances| Order { size: size.clone(), instances, target: None, committed: None };
        let screening = SCREENING.min(self.all());
        let (mut low, mut high) = match self.known_range(size) {
            Some(range) => range,
            None => self.gallop(size, screening)?,
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.judge(&order(middle), screening)?.met { high = middle } else { low = middle }
        }
        self.confirm(size, high, screening)
    }

    /// Fewer instances than do, and as many as do, from the orders of neighbouring traffics.
    fn known_range(&self, size: &Size) -> Option<(u32, u32)> {
        let (lesser, greater) = self.between.as_ref()?;
        let same = lesser.size.name == size.name && greater.size.name == size.name;
        (same && lesser.instances <= greater.instances).then(|| (lesser.instances.max(1) - 1, greater.instances))
    }

    /// Tries ever more instances, in steps that double, from the fewest that could keep up.
    fn gallop(&mut self, size: &Size, screening: u64) -> Result<(u32, u32), String> {
        let least = self.least_instances(size).max(1);
        let (mut low, mut high, mut step) = (least - 1, least, least.div_ceil(16));
        let mut before: Option<Judgement> = None;
        let mut in_vain = 0;
        loop {
            let order = Order { size: size.clone(), instances: high, target: None, committed: None };
            let judgement = self.judge(&order, screening)?;
            if judgement.met {
                return Ok((low, high));
            }
            // More instances helped no more, several times over: none will.
            let vain = before.as_ref().is_some_and(|before| !judgement.is_better_than(before));
            in_vain = if vain { in_vain + 1 } else { 0 };
            if (in_vain >= GIVES_UP && high >= 4 * least) || high >= MOST_INSTANCES {
                return Err(self.refusal(size, &judgement));
            }
            before = Some(judgement);
            low = high;
            high = (high + step).min(MOST_INSTANCES);
            step *= 2;
        }
    }

    /// Judges the number found by all replications, and moves it where those say otherwise.
    fn confirm(&mut self, size: &Size, found: u32, screening: u64) -> Result<(Order, f64), String> {
        let order = |instances| Order { size: size.clone(), instances, target: None, committed: None };
        let mut instances = found;
        let mut judgement = self.judge(&order(instances), self.all())?;
        while !judgement.met && instances < MOST_INSTANCES {
            instances += 1;
            judgement = self.judge(&order(instances), self.all())?;
        }
        while instances == found && instances > 1 && self.all() > screening {
            let fewer = self.judge(&order(instances - 1), screening)?;
            if !fewer.close {
                break;
            }
            let fewer = self.judge(&order(instances - 1), self.all())?;
            if !fewer.met {
                break;
            }
            instances -= 1;
            judgement = fewer;
        }
        Ok((order(instances), judgement.tco_usd))
    }

    /// The highest target, which is the cheapest, that meets the objective.
    fn highest_target(&mut self, size: &Size, instances: u32) -> Result<(Order, f64), String> {
        let order = |target: f64| Order { size: size.clone(), instances, target: Some(target), committed: None };
        let lowest = *TARGETS.last().unwrap_or(&0.1);
        let judgement = self.judge(&order(lowest), self.all())?;
        if !judgement.met {
            return Err(self.refusal(size, &judgement));
        }
        let (mut low, mut high) = (0, TARGETS.len() - 1);
        let mut cost = judgement.tco_usd;
        while low < high {
            let middle = (low + high) / 2;
            let judgement = self.judge(&order(TARGETS[middle]), self.all())?;
            if judgement.met {
                high = middle;
                cost = judgement.tco_usd;
            } else {
                low = middle + 1;
            }
        }
        Ok((order(TARGETS[high]), cost))
    }

    fn all(&self) -> u64 {
        u64::from(self.scenario.run.replications)
    }

    fn judge(&mut self, order: &Order, replications: u64) -> Result<Judgement, String> {
        let orders = std::slice::from_ref(order);
        let trial = |replication| Trial {
            scenario: self.scenario,
            case: self.case,
            orders,
            traffic: self.traffic,
            replication,
        };
        let done: Vec<Replication> =
            (0..replications).into_par_iter().map(|k| self.simulated.run(&trial(k))).collect::<Result<_, _>>()?;
        let judged: Vec<&[Judged]> = done.iter().map(|r| r.objectives[0].as_slice()).collect();
        let verdicts = verdicts(&judged);
        // What a price list does not sell (a pool's hours used up) cannot be ordered.
        let sold = done.iter().all(|replication| replication.billed.errors.is_empty());
        let met = sold && verdicts.iter().all(|verdict| verdict.met);
        let near = |part: &Judged| (part.found / part.bound - 1.0).abs() < 0.1;
        let judgement = Judgement {
            met,
            close: verdicts.iter().any(|v| v.straddles) || judged.iter().any(|parts| parts.iter().any(near)),
            tco_usd: done.iter().map(tco).sum::<f64>() / done.len() as f64,
            first: done.first().map(|r| r.objectives[0].clone()).unwrap_or_default(),
            verdicts,
        };
        self.tried.push(Attempt {
            app: self.scenario.apps[0].name.clone(),
            size: order.size.name.clone(),
            order: order.target.map_or_else(|| order.instances.to_string(), |t| format!("target {t}")),
            met,
            tco_usd: judgement.tco_usd,
        });
        Ok(judgement)
    }

    fn refusal(&self, size: &Size, judgement: &Judgement) -> String {
        let missed = judgement.verdicts.iter().zip(&judgement.first).find(|(verdict, _)| !verdict.met);
        let Some((_, part)) = missed else { return "the objective cannot be met".into() };
        let found = if part.found.is_finite() { format!("{:.4}", part.found) } else { "never".into() };
        format!("with size `{}` its {} stays at {found}, and {} is demanded", size.name, part.name, part.bound)
    }

    /// Chooses the commitment that makes an order cheapest, where that is left open.
    fn commit(&mut self, order: Order) -> Result<Order, String> {
        if !commitment_is_open(self.plan()) {
            return Ok(order);
        }
        super::commitment::choose(self.scenario, self.case, order, self.traffic, self.simulated)
    }
}

/// A replication's TCO in dollars.
pub fn tco(replication: &Replication) -> f64 {
    let found = replication.figures.iter().find(|(path, _)| path == &["tco_usd"]);
    found.and_then(|(_, value)| *value).unwrap_or(f64::NAN)
}
