//! One replication of one case: simulated, and turned into figures.

use super::cluster;
use super::deploy::{Order, deployment};
use super::invoices::{Billed, Books};
use super::load::Load;
use super::objective::Judged;
use super::outcome;
use super::tapes::Tapes;
use super::tenants::TenantRow;
use crate::engine::Stream;
use crate::fleet::Fleet;
use crate::hosting::{Behaviour, Deployment, HostingModel};
use crate::metrics::{Histogram, Path, flat_name};
use crate::scenario::{Case, Scenario, WarmUp};
use crate::simulation::{Seed, Series, Simulation};
use crate::units::Cores;
use crate::workload::Feed;

/// What is simulated: a scenario's case, under an order, at some traffic.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The case.
    pub case: &'a Case,
    /// What is ordered, per app.
    pub orders: &'a [Order],
    /// What every app's arrivals are multiplied by.
    pub traffic: f64,
    /// The replication, from 0.
    pub replication: u64,
}

/// What a replication gives.
#[derive(Clone, Debug)]
pub struct Replication {
    /// All figures, by path.
    pub figures: Vec<(Path, Option<f64>)>,
    /// The invoices.
    pub billed: Billed,
    /// Latencies of all apps together, in nanoseconds.
    pub latency: Histogram,
    /// Latencies of each app, in nanoseconds, where there are several.
    pub latency_by_app: Vec<Histogram>,
    /// Per app: what its objective's parts are judged on.
    pub objectives: Vec<Vec<Judged>>,
    /// Per app: what is asked of it, and what can be done.
    pub loads: Vec<Load>,
    /// The shortest time, in seconds, for which a request that is still there has been there; `None` where
    /// all have ended.
    pub followed_s: Option<f64>,
    /// What each tenant's requests came to, and its bill, where an app has several.
    pub tenants: Vec<TenantRow>,
    /// Instances and servers over time.
    pub series: Series,
    /// The digest of its facts.
    pub digest: u64,
}

impl Replication {
    /// The figure with a flat name, such as `latency_p99_s`; `None` where it is undefined.
    pub fn figure(&self, flat: &str) -> Option<f64> {
        self.figures.iter().find(|(path, _)| flat_name(path) == flat).and_then(|(_, value)| *value)
    }
}

impl Trial<'_> {
    /// Simulates, bills and measures.
    ///
    /// # Errors
    /// Where an app does not fit its size or a size no server, or a trace cannot be read.
    pub fn run(&self) -> Result<Replication, String> {
        Ok(self.measure(&self.simulate()?))
    }

    /// Simulates with a behaviour of one's own in the place of those that the case's models have,
    /// for the deployments (the scenario's apps, in their order) for which there is one; bills and
    /// measures as ever.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn run_with<M: HostingModel + 'static>(
        &self,
        mut behaviour: impl FnMut(u32) -> Option<M>,
    ) -> Result<Replication, String> {
        let mut simulation = self.simulation()?;
        for deployment in 0..self.orders.len() {
            if let Some(own) = behaviour(deployment as u32) {
                simulation.set_behaviour(deployment, Behaviour::Other(Box::new(own)));
            }
        }
        simulation.run().map_err(|error| error.to_string())?;
        Ok(self.measure(&simulation))
    }

    /// Bills and measures a simulation at its end: this trial's own, or that of one with the same
    /// [`Trial::fingerprint`], which differs in prices, wages and objectives alone.
    pub fn measure(&self, simulation: &Simulation) -> Replication {
        outcome::replication(self, simulation, self.books(simulation).bill())
    }

    /// Simulates to the window's end.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn simulate(&self) -> Result<Simulation, String> {
        let mut simulation = self.simulation()?;
        simulation.run().map_err(|error| error.to_string())?;
        Ok(simulation)
    }

    /// As [`Trial::simulate`], with requests that other trials may have met, and to be met by others.
    pub(super) fn simulate_among(&self, tapes: &Tapes) -> Result<Simulation, String> {
        let requests = self.requests();
        let mut simulation = self.simulation_of(tapes.feed(&requests)?)?;
        simulation.run().map_err(|error| error.to_string())?;
        tapes.keep(&requests, simulation.take_tape());
        Ok(simulation)
    }

    /// The books of a simulation that has run.
    pub fn books<'b>(&'b self, simulation: &'b Simulation) -> Books<'b> {
        Books { scenario: self.scenario, case: self.case, orders: self.orders, world: &simulation.world }
    }

    /// The simulation, ready to run.
    ///
    /// # Errors
    /// As [`Trial::run`].
    pub fn simulation(&self) -> Result<Simulation, String> {
        self.simulation_of(self.requests().generator()?.into())
    }

    fn simulation_of(&self, feed: Feed) -> Result<Simulation, String> {
        let (scenario, case) = (self.scenario, self.case);
        self.check_warm_up()?;
        let window = scenario.window();
        let seed = Seed { seed: scenario.run.seed, replication: self.replication };
        let deployments = self.deployments()?;
        self.refuse_too_large(&deployments)?;
        let stream = Stream::named(seed.seed, seed.replication, "", "placement");
        let fleet = Fleet::new(case.fleet.count, case.fleet.server.capacity(), case.fleet.placement, stream);
        let fleet = fleet.owning(case.fleet.owned);
        let crowding = self.may_crowd().then_some(case.fleet.server.cores);
        let mut simulation = Simulation::new(deployments, fleet, crowding, feed, window, seed);
        if let Some(failures) = &case.fleet.failures {
            simulation.set_failures(failures.clone(), seed);
        }
        Ok(simulation)
    }

    /// A warm-up that is still to be found, or cannot be, is none that could be simulated.
    ///
    /// # Errors
    /// Where there is one.
    pub(super) fn check_warm_up(&self) -> Result<(), String> {
        match &self.scenario.run.warm_up_rule {
            WarmUp::Given | WarmUp::Found => Ok(()),
            WarmUp::NotFound(why) => Err(why.clone()),
            WarmUp::ToFind => Err("the warm-up is to be found first (`experiment::warm_up`)".into()),
        }
    }

    /// What is deployed, per app, with the clusters that several share.
    ///
    /// # Errors
    /// Where an app does not fit its size or a size no server.
    pub(super) fn deployments(&self) -> Result<Vec<Deployment>, String> {
        let case = self.case;
        let plans = case.deployments.iter().zip(self.orders);
        let mut deployments: Vec<_> = plans
            .map(|(plan, order)| deployment(case, plan, &self.scenario.apps[plan.app], order))
            .collect::<Result<_, _>>()?;
        cluster::number(case, self.orders, &mut deployments);
        Ok(deployments)
    }

    /// Whether instances could ever want more cores than their server has: only where fewer are
    /// reserved than they have.
    fn may_crowd(&self) -> bool {
        let reserves_less = |order: &Order| {
            order.size.reserve_cpu.is_some_and(|reserved| match order.size.cpu {
                crate::catalogue::Allotment::Fixed(cores) => reserved < cores,
                _ => reserved < Cores(u64::MAX),
            })
        };
        self.case.fleet.overcommit_cpu > 1.0 || self.orders.iter().any(reserves_less)
    }
}
