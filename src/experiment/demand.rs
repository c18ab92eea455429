//! What a simulation will need, estimated before it begins: requests to be drawn, and memory.

use super::replicate::Trial;
use crate::fleet::Fleet;
use crate::hosting::Deployment;
use crate::hosting::instance::Instance;
use crate::hosting::lane::Lane;
use crate::hosting::request::Request;
use crate::hosting::scaling::Scaling;
use crate::memory;
use crate::scenario::{App, Scenario};
use crate::units::NANOS_PER_SECOND;
use crate::workload::{Arrival, Arrivals, Demand};

/// No simulation draws more requests than this: it would take days.
pub const MOST_REQUESTS: f64 = 1e11;
/// What a tenant's arrivals, draws and meters take besides its lane.
const TENANT: f64 = 200.0;
/// A list that moves to a larger place is there twice, and the larger place is twice as large.
const MOVING: f64 = 3.0;

/// The requests that one simulation of a scenario draws, about, at a multiple of its traffic.
fn requests(scenario: &Scenario, traffic: f64) -> f64 {
    let window = scenario.window().warm_up.seconds() + scenario.run.duration.seconds();
    scenario.apps.iter().map(|app| rate(app) * traffic * window).sum()
}

/// Requests a second; of those in a recording none, which is as long as it is.
fn rate(app: &App) -> f64 {
    match app.workload.arrivals {
        Arrivals::Trace(_) => 0.0,
        _ => app.workload.mean_rate(),
    }
}

/// Refuses a scenario whose simulation would draw more requests than [`MOST_REQUESTS`].
///
/// # Errors
/// Says how many they are, and what to do.
pub fn refuse_endless(scenario: &Scenario, traffic: f64) -> Result<(), String> {
    let requests = requests(scenario, traffic);
    if requests <= MOST_REQUESTS {
        return Ok(());
    }
    Err(format!(
        "these are about {requests:.1e} requests a replication, and at most {MOST_REQUESTS:.0e} are simulated: \
         a shorter `duration`, or a lower rate"
    ))
}

impl Trial<'_> {
    /// Refuses what would take more memory than is allowed.
    ///
    /// # Errors
    /// With the estimate and what it is of.
    pub(super) fn refuse_too_large(&self, deployments: &[Deployment]) -> Result<(), String> {
        refuse_endless(self.scenario, self.traffic)?;
        let parts = self.case.deployments.iter().zip(deployments);
        let found: Vec<(f64, String)> = parts.map(|(plan, d)| self.of_app(&self.scenario.apps[plan.app], d)).collect();
        let servers = f64::from(self.case.fleet.count.unwrap_or(0));
        let fleet =
            (servers * Fleet::BYTES_A_SERVER as f64, format!("for {servers} servers in case `{}`", self.case.name));
        let all = found.iter().map(|(bytes, _)| bytes).sum::<f64>() + fleet.0;
        let worst = found.into_iter().chain([fleet]).max_by(|a, b| a.0.total_cmp(&b.0));
        let (_, what) = worst.unwrap_or_default();
        memory::estimate(all, &what).map_err(|error| error.to_string())
    }

    /// The bytes that one app takes at the most, about, and what they are.
    fn of_app(&self, app: &App, plan: &Deployment) -> (f64, String) {
        let tenants = f64::from(app.workload.tenants);
        let lanes = tenants * (size_of::<Lane>() as f64 + TENANT + 16.0 * plan.gauges.len() as f64);
        let waiting = self.waiting(app, plan);
        let inside = self.inside(app, plan);
        let instances = match plan.scaling.is_on_demand() {
            true => inside.min(f64::from(plan.concurrency_limit)) + tenants * f64::from(plan.provisioned),
            false => tenants * f64::from(plan.instances),
        };
        let at_once = match &app.workload.arrivals {
            Arrivals::Batch(batch) => batch.size as f64 * tenants * self.traffic,
            Arrivals::Closed(closed) => closed.users as f64 * tenants * self.traffic,
            _ => 0.0,
        };
        let requests = waiting + inside + at_once;
        let bytes = lanes
            + MOVING * requests * (size_of::<Request>() + 8) as f64
            + at_once * (2 * size_of::<Arrival>()) as f64
            + MOVING * instances * (size_of::<Instance>() + 8) as f64;
        let what = format!(
            "for `{}` in case `{}`: tenants {}, instances {}, requests that wait since more work is offered than can be \
             done {}, others at once {}",
            app.name,
            self.case.name,
            about(tenants),
            about(instances),
            about(waiting),
            about(inside + at_once)
        );
        (bytes, what)
    }

    /// The requests that wait at the end, where more work is offered than can ever be done.
    fn waiting(&self, app: &App, plan: &Deployment) -> f64 {
        if !matches!(plan.scaling, Scaling::Fixed) || plan.timeout.is_some() || app.workload.arrivals.is_closed() {
            return 0.0;
        }
        let rate = rate(app) * self.traffic;
        let (instances, window) = (f64::from(plan.instances) * f64::from(app.workload.tenants), self.scenario.window());
        let capacity = instances * plan.cores.as_f64() * plan.speed;
        let offered = rate * mean_seconds(&app.workload.cpu);
        if offered <= capacity || instances == 0.0 {
            return 0.0;
        }
        let length = window.horizon().0 as f64 / NANOS_PER_SECOND as f64;
        let queue = f64::from(plan.queue_limit);
        let bound =
            if plan.queue_at_limit { queue * instances.max(f64::from(app.workload.tenants)) } else { f64::INFINITY };
        (rate * length * (1.0 - capacity / offered)).min(bound)
    }

    /// The requests that are inside at once where none waits, by Little's law.
    fn inside(&self, app: &App, plan: &Deployment) -> f64 {
        if app.workload.arrivals.is_closed() {
            return 0.0;
        }
        let pace = (plan.cores.as_f64().min(1.0) * plan.speed).max(1e-9);
        let time = mean_seconds(&app.workload.cpu) / pace + mean_seconds(&app.workload.wait);
        rate(app) * self.traffic * time.min(self.scenario.window().horizon().0 as f64 / NANOS_PER_SECOND as f64)
    }
}

/// A number of things, about.
fn about(count: f64) -> String {
    if count < 1e6 { format!("{count:.0}") } else { format!("{count:.1e}") }
}

/// The mean of what a request needs, in seconds; of what a trace says, nothing is known beforehand.
fn mean_seconds(demand: &Demand) -> f64 {
    match demand {
        Demand::Drawn(distribution) => distribution.mean() / NANOS_PER_SECOND as f64,
        Demand::None | Demand::Tenants(_) => 0.0,
    }
}
