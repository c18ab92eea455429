//! The labour of a case: the slices that its models leave to the developer, what it takes to bring the apps there, and
//! how far all of these hours are known.

use super::Trial;
use super::outcome::Gathered;
use crate::billing::{LabourTable, LabourUse, Managed, Slice, SliceLabour};
use crate::metrics::figure;
use crate::scenario::{DeploymentPlan, Exists};
use crate::simulation::Simulation;
use crate::units::Currency;

/// Puts the figures of labour down, and answers its cost in US dollars.
pub(super) fn gather(
    gathered: &mut Gathered,
    trial: &Trial<'_>,
    simulation: &Simulation,
    dollars: &dyn Fn(Currency) -> f64,
) -> f64 {
    let (case, month) = (trial.case, trial.scenario.run.month_length());
    let slices = by_slice(trial, simulation, dollars);
    let salaries = case.labour.salaries_usd(month, dollars);
    let wage = case.labour.wage_usd(dollars);
    let total = slices.iter().map(|slice| slice.usd).sum::<f64>() + salaries;
    gathered.put(figure::LABOUR, total);
    gathered.put(figure::LABOUR_HOURS, slices.iter().map(|slice| slice.hours).sum::<f64>());
    let ends = [(figure::LABOUR_LOW, figure::LABOUR_HOURS_LOW), (figure::LABOUR_HIGH, figure::LABOUR_HOURS_HIGH)];
    for (end, (usd, hours)) in ends.into_iter().enumerate() {
        let sum = slices.iter().map(|slice| slice.bounds[end]).sum::<f64>();
        gathered.put(usd, sum * wage + salaries);
        gathered.put(hours, sum);
    }
    let tenants: f64 = (0..case.deployments.len()).map(|index| tenants(simulation, index)).sum();
    gathered.put(figure::LABOUR_SET_UP_HOUR, wage * tenants * case.labour.part_of_horizon(month));
    for slice in &slices {
        gathered.put_by(figure::LABOUR_SLICES, slice.slice.name(), slice.usd);
    }
    if salaries > 0.0 {
        gathered.put_by(figure::LABOUR_SLICES, "salaries", salaries);
    }
    total
}

/// The part of a machine that an app has by its weight.
fn part(plan: &DeploymentPlan) -> f64 {
    plan.together.and(plan.cluster.container).and_then(|container| container.part).unwrap_or(1.0)
}

fn tenants(simulation: &Simulation, index: usize) -> f64 {
    f64::from(simulation.world.deployments[index].tenants)
}

/// The labour of all deployments, by slice.
fn by_slice(trial: &Trial<'_>, simulation: &Simulation, dollars: &dyn Fn(Currency) -> f64) -> Vec<SliceLabour> {
    let mut sum: Vec<SliceLabour> = Vec::new();
    let (world, run) = (&simulation.world, &trial.scenario.run);
    let months = run.month_length().seconds() / run.duration.seconds();
    for (index, plan) in trial.case.deployments.iter().enumerate() {
        let facts = &world.facts[index];
        let earlier = trial.case.deployments[..index].iter().enumerate();
        let on_model = earlier.filter(|(_, other)| other.model.name == plan.model.name);
        let counted = on_model.map(|(other, _)| tenants(simulation, other)).fold(0.0, f64::max);
        let slices = slices(plan, trial.scenario.apps[plan.app].exists);
        let managed = Managed { family: plan.model.family.name(), slices: &slices, overrides: &plan.model.labour };
        let used = LabourUse {
            // Of a machine that apps stand on together each has its part.
            instances: facts.instances.mean(world.end).unwrap_or(0.0) * part(plan),
            tenants: tenants(simulation, index),
            accounts: (tenants(simulation, index) - counted).max(0.0),
            month: run.month_length(),
            night_calls: world.has_failures().then_some(facts.night_calls as f64 * months),
        };
        for slice in trial.case.labour.of_slices(LabourTable::built_in(), managed, used, dollars) {
            add(&mut sum, slice);
        }
    }
    sum
}

/// What a model leaves to its users, and the one-off work to bring an app there.
fn slices(plan: &DeploymentPlan, exists: Exists) -> Vec<Slice> {
    let once = match exists {
        Exists::Unsaid => None,
        Exists::New => Some(Slice::Building),
        Exists::In(family) => (family != plan.model.family).then_some(Slice::Porting),
    };
    let new = once.filter(|slice| !plan.model.manages.contains(slice));
    plan.model.manages.iter().copied().chain(new).collect()
}

fn add(sum: &mut Vec<SliceLabour>, slice: SliceLabour) {
    match sum.iter_mut().find(|known| known.slice == slice.slice) {
        Some(known) => {
            known.hours += slice.hours;
            known.usd += slice.usd;
            known.bounds.iter_mut().zip(slice.bounds).for_each(|(bound, more)| *bound += more);
        }
        None => sum.push(slice),
    }
}
