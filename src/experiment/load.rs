//! Whether a case can do what is asked of it: the work that is offered against the work that can be
//! done, and what is left undone at the window's end.

use super::objective::{Judged, Name};
use super::replicate::Replication;
use crate::hosting::deployment::Deployment;
use crate::hosting::facts::AppFacts;
use crate::hosting::scaling::Scaling;
use crate::hosting::sharing::divide;
use crate::metrics::{drifts, growth};
use crate::scenario::{App, Scenario};
use crate::simulation::Simulation;
use crate::units::{Cores, NANOS_PER_SECOND, format};
use crate::workload::Arrivals;
use crate::workload::arrivals::DAY;
use std::sync::Arc;

/// The part of an objective that says whether the offered work can be done.
pub const LOAD: &str = "load";
/// The part that says whether requests pile up.
pub const BACKLOG: &str = "backlog";
/// The part that says whether the number of requests in the system still grows at the window's end.
pub const GROWTH: &str = "growth";
/// The greatest growth that is none that matters: of a tenth, as a drift is.
const GROWS: f64 = 0.1;
/// A greater share of the requests than this, left undone beyond what is inside at any time, is a
/// pile.
const LEFT: f64 = 0.02;
/// The noise of a count that is allowed for, in its standard deviations.
const NOISE: f64 = 3.0;

/// What is asked of an app's instances, and what they can do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Cores of work, or places in use, that the arrivals of the window ask for.
    pub offered: f64,
    /// What the instances have of them; infinite where nothing bounds their number.
    pub capacity: f64,
    /// Whether it is cores, or places.
    pub in_cores: bool,
    /// The share of the arrivals that piled up over the window, and how much of it noise may be.
    pub backlog: f64,
    /// The greatest share that is no pile.
    pub backlog_bound: f64,
    /// Whether arrivals go on when the window is over, as those of a single batch or of a recording
    /// do not.
    pub goes_on: bool,
}

impl Load {
    /// The offered work as a share of what can be done.
    pub fn ratio(&self) -> f64 {
        if self.offered <= 0.0 { 0.0 } else { self.offered / self.capacity }
    }

    /// Whether more is offered than can be done.
    pub fn is_over(&self) -> bool {
        self.ratio() > 1.0
    }

    /// Whether neither more is offered than can be done nor requests pile up.
    pub fn holds(&self) -> bool {
        !self.is_over() && self.backlog <= self.backlog_bound
    }

    /// What an objective is judged on besides its own parts: no objective is met for good where
    /// requests pile up, however long it takes until they are late. Nothing is demanded where
    /// arrivals end.
    pub fn judged(&self) -> [Judged; 2] {
        let part = |name, found: f64, bound| {
            let found = if self.goes_on { found } else { 0.0 };
            Judged { name: Name::Borrowed(name), found, bound, at_least: false }
        };
        [part(LOAD, self.ratio(), 1.0), part(BACKLOG, self.backlog.max(0.0), self.backlog_bound)]
    }
}

/// The load of each app in a simulation at its end.
pub fn loads(scenario: &Scenario, simulation: &Simulation) -> Vec<Load> {
    let apps = scenario.apps.iter().enumerate();
    apps.map(|(index, app)| load(scenario, app, index, simulation)).collect()
}

fn load(scenario: &Scenario, app: &App, index: usize, simulation: &Simulation) -> Load {
    let world = &simulation.world;
    let (plan, facts) = (world.deployment(index as u32), &world.facts()[index]);
    let length = length(scenario, app);
    let seconds = |nanoseconds: u128| nanoseconds as f64 / NANOS_PER_SECOND as f64;
    let share = plan.cores.as_f64().min(1.0) * plan.speed;
    let cores = seconds(facts.offered_cpu) / plan.speed / length;
    let places = (seconds(facts.offered_cpu) / share + seconds(facts.offered_wait)) / length;
    let instances = instances(plan, facts, simulation);
    let have_places = instances * f64::from(plan.places);
    let have_cores = match of_nodes(scenario, simulation, index) {
        // What it asks for it has, on nodes that are still to come if need be.
        Some(cores) => cores.max(instances * plan.requested().as_f64()).min(instances * plan.cores.as_f64()),
        None => instances * plan.cores.as_f64(),
    };
    let (mut offered, mut capacity, in_cores) = match cores / have_cores >= places / have_places {
        true => (cores, have_cores, true),
        false => (places, have_places, false),
    };
    // Users who wait for answers ask for no more than can be done; and what does more than its share
    // (borrowed, or left by others) has more than its share.
    let done = facts.work.mean(world.end()).unwrap_or(0.0) / 1e9 / plan.useful;
    if app.workload.arrivals.is_closed() || (in_cores && done > have_cores) {
        capacity = f64::INFINITY;
    }
    if facts.arrived == 0 || (matches!(app.workload.arrivals, Arrivals::Batch(_)) && batches(scenario, app) < 2) {
        offered = 0.0;
    }
    let (backlog, backlog_bound) = backlog(app, facts, index, simulation, places);
    Load { offered, capacity, in_cores, backlog, backlog_bound, goes_on: goes_on(scenario, app) }
}

/// The cores that an app can have of nodes whose processors are shared: what the others leave, or its part by weights
/// where all of them ask for more than there is.
fn of_nodes(scenario: &Scenario, simulation: &Simulation, index: usize) -> Option<f64> {
    let world = &simulation.world;
    let own = world.deployments[index].cluster.as_ref().filter(|_| world.shares_nodes(index as u32))?;
    let sharing = (0..world.deployments.len()).filter(|other| {
        let plan = world.deployments[*other].cluster.as_ref();
        plan.is_some_and(|plan| plan.number == own.number)
    });
    let wants = sharing.clone().map(|other| {
        let (plan, facts) = (&world.deployments[other], &world.facts()[other]);
        let length = length(scenario, &scenario.apps[other]);
        let offered = facts.offered_cpu as f64 / NANOS_PER_SECOND as f64 / plan.speed / length;
        let count = facts.instances.mean(world.end()).unwrap_or(0.0);
        (offered, count * plan.requested().as_f64())
    });
    let (wants, mut granted) = (wants.collect::<Vec<_>>(), Vec::new());
    let capacity = world.nodes_of(own.number) * Cores(own.allocatable.cores).as_f64();
    divide(capacity, &wants, &mut granted);
    let taken: f64 = sharing.zip(&granted).filter(|(other, _)| *other != index).map(|(_, granted)| granted).sum();
    Some((capacity - taken).max(0.0))
}

/// The seconds over which the work of the window is offered: of batches, their days.
fn length(scenario: &Scenario, app: &App) -> f64 {
    let window = scenario.run.duration.seconds();
    match app.workload.arrivals {
        Arrivals::Batch(_) => batches(scenario, app).max(1) as f64 * DAY.seconds(),
        _ => window,
    }
    .max(1e-9)
}

/// How many batches come in the window.
fn batches(scenario: &Scenario, app: &App) -> u64 {
    let Arrivals::Batch(batch) = &app.workload.arrivals else { return 0 };
    let before = |moment: u64| (moment + DAY.0 - 1).saturating_sub(batch.at.0) / DAY.0;
    let window = scenario.window();
    before(window.end().0) - before(window.warm_up.0)
}

fn goes_on(scenario: &Scenario, app: &App) -> bool {
    match &app.workload.arrivals {
        Arrivals::None => false,
        Arrivals::Batch(_) => batches(scenario, app) > 1,
        Arrivals::Trace(trace) => trace.repeat,
        _ => true,
    }
}

/// The most instances that there can be: what was ordered was there, and what scales goes as far as
/// its limit, or as it went where the limit is not known.
fn instances(plan: &Deployment, facts: &AppFacts, simulation: &Simulation) -> f64 {
    let tenants = f64::from(plan.tenants);
    match &plan.scaling {
        Scaling::Fixed if plan.sleep.is_some() => f64::from(plan.instances) * tenants,
        Scaling::Fixed => facts.instances.mean(simulation.world.end()).unwrap_or(0.0),
        Scaling::TargetUtilisation(rule) if rule.max < u32::MAX => f64::from(rule.max) * tenants,
        Scaling::Controlled(rule) if rule.limits().1 < u32::MAX => f64::from(rule.limits().1) * tenants,
        Scaling::PerRequest if plan.concurrency_limit < u32::MAX => f64::from(plan.concurrency_limit) * tenants,
        _ => f64::INFINITY,
    }
}

/// The share of the window's arrivals by which those in the system grew from its first stretch to its
/// last, beyond what would be inside if all were served at once; and the share that is no pile: 2 %,
/// or three standard deviations of a Poisson count. (Found is an overload of 2 % where more than
/// 22,500 requests came, of 10 % from 1,100 on, of 30 % from 170 on.)
fn backlog(app: &App, facts: &AppFacts, index: usize, simulation: &Simulation, inside: f64) -> (f64, f64) {
    let arrived = facts.arrived as f64;
    let steady = !matches!(app.workload.arrivals, Arrivals::Batch(_) | Arrivals::Spike(_) | Arrivals::Closed(_));
    let ends = simulation.present_at_ends(index).filter(|_| steady && arrived > 0.0);
    let Some((first, last)) = ends else { return (0.0, LEFT) };
    ((last - first - inside) / arrived, LEFT.max(NOISE / arrived.sqrt()))
}

/// Whether all arrivals have one rate, so that levels come to rest.
pub fn is_steady(scenario: &Scenario) -> bool {
    let came = scenario.apps.iter().any(|app| !matches!(app.workload.arrivals, Arrivals::None));
    came && scenario.apps.iter().all(|app| app.workload.arrivals.is_steady())
}

/// What an order is judged on besides its objective, where arrivals have one rate: that the requests in the
/// system have come to rest. (Found by the test of a drift, over all replications: see
/// [`crate::metrics::drifts`].)
pub fn at_rest(replications: &[Arc<Replication>]) -> Judged {
    let present: Vec<&[f64]> = replications.iter().map(|r| r.series.present.as_slice()).collect();
    Judged { name: GROWTH.into(), found: growth(&present).unwrap_or(0.0), bound: GROWS, at_least: false }
}

/// Why an order cannot do what is offered: an overload, or requests that pile up under arrivals that go on.
pub fn overload(scenario: &Scenario, replications: &[&Replication]) -> Option<String> {
    let goes_on = |index: &usize| replications.iter().any(|r| r.loads[*index].goes_on);
    let apps = (0..scenario.apps.len()).filter(goes_on);
    apps.filter_map(|index| of_load(scenario, replications, index)).next()
}

/// What keeps a case from being settled, in words; nothing where it is: more work offered than can be
/// done, requests that pile up, a level that still drifts.
pub fn unsettled(scenario: &Scenario, replications: &[&Replication]) -> Vec<String> {
    let mut found: Vec<String> =
        (0..scenario.apps.len()).filter_map(|index| of_load(scenario, replications, index)).collect();
    if found.is_empty() && is_steady(scenario) {
        let instances: Vec<&[f64]> = replications.iter().map(|r| r.series.instances.as_slice()).collect();
        let present: Vec<&[f64]> = replications.iter().map(|r| r.series.present.as_slice()).collect();
        for (name, levels) in [("instances", instances), ("requests in the system", present)] {
            if drifts(&levels) {
                found.push(format!(
                    "not settled: the number of {name} still drifts at the window's end: simulate longer, or begin \
                     with a longer `warm-up`."
                ));
            }
        }
    }
    found
}

/// What is wrong with the load of an app, in words.
fn of_load(scenario: &Scenario, replications: &[&Replication], index: usize) -> Option<String> {
    let loads = || replications.iter().map(|r| r.loads[index]);
    let mean = |of: fn(Load) -> f64| loads().map(of).sum::<f64>() / replications.len().max(1) as f64;
    let of = if scenario.apps.len() > 1 { format!(" of `{}`", scenario.apps[index].name) } else { String::new() };
    if mean(|load| load.ratio()) > 1.0 {
        let unit = if loads().next().is_some_and(|load| load.in_cores) { "cores of work" } else { "places" };
        let number = |value: f64| format::significant(value, 3);
        let (offered, capacity) = (number(mean(|l| l.offered)), number(mean(|l| l.capacity)));
        return Some(format!("overloaded{of}: {offered} {unit} are asked for and there are {capacity}."));
    }
    (mean(|load| load.backlog - load.backlog_bound) > 0.0).then(|| {
        let share = format::percent(mean(|load| load.backlog));
        format!(
            "not settled: {share} of the requests{of} pile up over the window; what is shown grows with the duration."
        )
    })
}
