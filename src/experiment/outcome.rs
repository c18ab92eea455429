//! From a simulation at its end to the figures of a result.

use super::invoices::Billed;
use super::load::loads;
use super::objective::judge;
use super::replicate::{Replication, Trial};
use super::tenants;
use crate::billing::{FleetUse, owned_usd};
use crate::catalogue::Family;
use crate::document::as_f64;
use crate::fleet::ServerKind;
use crate::hosting::facts::AppFacts;
use crate::metrics::{Figure, Histogram, LatencyParts, Level, Path, figure};
use crate::scenario::{FleetPlan, WarmUp};
use crate::simulation::{Simulation, busy_core_seconds};
use crate::units::{Cores, Currency, Time, percentile};

/// Figures as they are gathered: a path, and a value where it is defined.
pub(super) struct Gathered {
    figures: Vec<(Path, Option<f64>)>,
    under: Vec<String>,
}

impl Gathered {
    pub(super) fn put(&mut self, figure: Figure, value: impl Into<Option<f64>>) {
        let keys = self.under.iter().map(String::as_str).chain(figure.path.iter().copied());
        self.figures.push((keys.map(String::from).collect(), value.into()));
    }

    /// One by a name.
    pub(super) fn put_by(&mut self, figure: Figure, name: &str, value: impl Into<Option<f64>>) {
        self.put(figure, value);
        if let Some((path, _)) = self.figures.last_mut() {
            path.push(name.into());
        }
    }
}

/// Which share of the requests are the slowest, of whose latency the parts are told apart.
const SLOWEST: f64 = 0.01;
/// The figures of the parts of latency, in the order of [`crate::metrics::PARTS`].
const LATENCY_SHARES: [Figure; 4] =
    [figure::LATENCY_SERVICE, figure::LATENCY_CROWDING, figure::LATENCY_QUEUEING, figure::LATENCY_COLD_START];
const SLOWEST_SHARES: [Figure; 4] =
    [figure::SLOWEST_SERVICE, figure::SLOWEST_CROWDING, figure::SLOWEST_QUEUEING, figure::SLOWEST_COLD_START];

/// What the requests of one or all apps came to.
#[derive(Default)]
struct Served {
    arrived: u64,
    served: u64,
    rejected: u64,
    timed_out: u64,
    lost: u64,
    stopped: u64,
    attempts: u64,
    cold: u64,
    waited: u64,
    latency: Histogram,
    queueing: Histogram,
    parts: LatencyParts,
}

impl Served {
    fn add(&mut self, facts: &AppFacts) {
        self.arrived += facts.arrived;
        self.served += facts.served;
        self.rejected += facts.rejected;
        self.timed_out += facts.timed_out;
        self.lost += facts.lost;
        self.stopped += facts.stopped;
        self.attempts += facts.attempts;
        self.cold += facts.cold;
        self.waited += facts.waited;
        self.latency.merge(&facts.latency);
        self.queueing.merge(&facts.queueing);
        self.parts.merge(&facts.parts);
    }

    fn in_flight(&self) -> u64 {
        self.arrived.saturating_sub(self.served + self.rejected + self.timed_out + self.lost + self.stopped)
    }

    fn availability(&self) -> Option<f64> {
        share(self.served, self.arrived - self.in_flight())
    }

    /// `asked`: the percentiles of latency and of waiting that objectives name.
    fn put(&self, gathered: &mut Gathered, asked: &[Vec<f64>; 2]) {
        let counts = [
            (figure::ARRIVED, self.arrived),
            (figure::SERVED, self.served),
            (figure::REJECTED, self.rejected),
            (figure::TIMED_OUT, self.timed_out),
            (figure::LOST, self.lost),
            (figure::STOPPED, self.stopped),
            (figure::IN_FLIGHT, self.in_flight()),
            (figure::ATTEMPTS, self.attempts),
            (figure::COLD, self.cold),
            (figure::WAITED, self.waited),
        ];
        for (figure, count) in counts {
            gathered.put(figure, count as f64);
        }
        gathered.put(figure::COLD_SHARE, share(self.cold, self.arrived));
        gathered.put(figure::WAITED_SHARE, share(self.waited, self.arrived));
        gathered.put(figure::REJECTED_SHARE, share(self.rejected, self.arrived));
        let seconds = |nanoseconds: Option<f64>| nanoseconds.map(|ns| ns / 1e9);
        gathered.put(figure::LATENCY_MEAN, seconds(self.latency.mean()));
        // Those still there are late in every quantile, which is not known where it falls on one of them.
        let followed = self.served + self.in_flight();
        let quantiles = [
            (figure::LATENCY_P50, 0.5),
            (figure::LATENCY_P90, 0.9),
            (figure::LATENCY_P95, 0.95),
            (figure::LATENCY_P99, 0.99),
            (figure::LATENCY_P999, 0.999),
            (figure::LATENCY_MAX, 1.0),
        ];
        for (figure, quantile) in quantiles {
            gathered.put(figure, seconds(self.latency.quantile_among(quantile, followed)));
        }
        gathered.put(figure::QUEUEING_MEAN, seconds(self.queueing.mean()));
        gathered.put(figure::QUEUEING_P99, seconds(self.queueing.quantile_among(0.99, followed)));
        for (figures, slowest) in [(LATENCY_SHARES, 1.0), (SLOWEST_SHARES, SLOWEST)] {
            let shares = self.parts.shares(slowest);
            for (index, figure) in figures.into_iter().enumerate() {
                gathered.put(figure, shares.map(|shares| shares[index]));
            }
        }
        let [latency, queueing] = asked;
        for share in latency.iter().filter(|share| quantiles.iter().all(|(_, known)| known != *share)) {
            let found = seconds(self.latency.quantile_among(*share, followed));
            gathered.put_by(figure::LATENCY_PERCENTILE, &percentile::key(*share), found);
        }
        for share in queueing.iter().filter(|share| **share != 0.99) {
            let found = seconds(self.queueing.quantile_among(*share, followed));
            gathered.put_by(figure::QUEUEING_PERCENTILE, &percentile::key(*share), found);
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Gathers everything of a replication.
pub fn replication(trial: &Trial<'_>, simulation: &Simulation, billed: Billed) -> Replication {
    let mut gathered = Gathered { figures: Vec::new(), under: Vec::new() };
    let mut all = Served::default();
    let world = &simulation.world;
    world.facts.iter().for_each(|facts| all.add(facts));
    let asked = trial.scenario.percentiles();
    all.put(&mut gathered, &asked);
    let rented: Vec<Rented<'_>> =
        world.facts.iter().zip(&world.deployments).map(|(f, plan)| (f, plan.requested())).collect();
    put_instances(&mut gathered, &rented, Some(&world.case.instances), world.end);
    let kilowatt_hours = put_fleet(&mut gathered, trial, simulation);
    put_money(&mut gathered, trial, simulation, &billed, &all, kilowatt_hours);
    gathered.put(figure::AVAILABILITY, all.availability());
    if trial.scenario.run.warm_up_rule == WarmUp::Found {
        gathered.put(figure::WARM_UP, trial.scenario.run.warm_up.seconds());
    }
    let tenants = tenants::Tenants::of(world, &billed);
    tenants.put_all(&mut gathered);
    let (mut objectives, loads) = (Vec::new(), loads(trial.scenario, simulation));
    let mut latency_by_app = Vec::new();
    let followed = world.facts.iter().filter_map(|facts| facts.youngest).min();
    for (app, facts) in trial.scenario.apps.iter().zip(&world.facts) {
        let mut served = Served::default();
        served.add(facts);
        gathered.under = vec!["apps".into(), app.name.clone()];
        served.put(&mut gathered, &asked);
        put_instances(&mut gathered, &rented[objectives.len()..=objectives.len()], None, world.end);
        gathered.put(figure::INVOICE, billed.by_app[objectives.len()].filter(|_| billed.errors.is_empty()));
        tenants.put_app(&mut gathered, objectives.len());
        let mut judged = judge(&app.slo, facts, facts.arrived - served.in_flight());
        if !judged.is_empty() {
            judged.extend(loads[objectives.len()].judged());
        }
        objectives.push(judged);
        if world.facts.len() > 1 {
            latency_by_app.push(served.latency);
        }
    }
    Replication {
        figures: gathered.figures,
        tenants: tenants.rows(trial.scenario),
        billed,
        latency: all.latency,
        latency_by_app,
        objectives,
        loads,
        followed_s: followed.map(|ns| ns as f64 / 1e9),
        series: simulation.series().clone(),
        digest: world.case.digest.0,
    }
}

/// What came of an app, and the cores of each of its instances.
type Rented<'a> = (&'a AppFacts, Cores);

/// Time averages of the instances of one or several apps, and the share of their cores that did requests' work. Where it is not of the whole case, the
/// peak is the one app's.
fn put_instances(gathered: &mut Gathered, rented: &[Rented<'_>], all: Option<&Level>, end: Time) {
    let apps: Vec<&AppFacts> = rented.iter().map(|(facts, _)| *facts).collect();
    let mean = |level: fn(&AppFacts) -> &Level| -> f64 {
        apps.iter().map(|facts| level(facts).mean(end).unwrap_or(0.0)).sum()
    };
    let (count, starting) = (mean(|facts| &facts.instances), mean(|facts| &facts.starting));
    let busy = mean(|facts| &facts.busy);
    let peak = all.map_or_else(|| apps.iter().map(|facts| facts.instances.peak()).sum(), Level::peak);
    let started: u64 = apps.iter().map(|facts| facts.started).sum();
    gathered.put(figure::INSTANCES_MEAN, count);
    gathered.put(figure::INSTANCES_PEAK, peak as f64);
    gathered.put(figure::INSTANCES_BUSY, busy);
    gathered.put(figure::INSTANCES_IDLE, (count - starting - busy).max(0.0));
    gathered.put(figure::INSTANCES_STARTING, starting);
    gathered.put(figure::INSTANCES_STARTED, started as f64);
    let of = |level: &Level| level.mean(end).unwrap_or(0.0);
    let cores: f64 = rented.iter().map(|(facts, cores)| of(&facts.instances) * cores.as_f64()).sum();
    let work: f64 = apps.iter().map(|facts| of(&facts.work) / 1e9).sum();
    gathered.put(figure::INSTANCES_CPU_USED, (cores > 0.0).then(|| work / cores));
}

/// The fleet's use; returns the energy of the window in kWh.
fn put_fleet(gathered: &mut Gathered, trial: &Trial<'_>, simulation: &Simulation) -> f64 {
    let (world, server) = (&simulation.world, &trial.case.fleet.server);
    let end = world.end;
    let seconds = |level: &Level| level.integral(end) as f64 / 1e9;
    let servers = seconds(&world.case.servers);
    let (core_seconds, byte_seconds) = (servers * server.cores.as_f64(), servers * server.memory.0 as f64);
    // Work is counted in thousand-millionths of a core.
    let work: f64 = world.facts.iter().map(|facts| seconds(&facts.work) / 1e9).sum();
    let of = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let kilowatt_hours = energy(server, simulation, servers);
    gathered.put(figure::SERVERS_MEAN, world.case.servers.mean(end));
    gathered.put(figure::SERVERS_PEAK, world.case.servers.peak() as f64);
    gathered.put(figure::CPU_USED, of(work, core_seconds));
    gathered.put(figure::CPU_RESERVED, of(seconds(&world.case.cores_reserved) / 1e6, core_seconds));
    gathered.put(figure::MEMORY_USED, of(seconds(&world.case.memory_used), byte_seconds));
    gathered.put(figure::MEMORY_RESERVED, of(seconds(&world.case.memory_reserved), byte_seconds));
    gathered.put(figure::ENERGY, kilowatt_hours);
    gathered.put(figure::REFUSED, world.case.refused as f64);
    if world.has_failures() {
        gathered.put(figure::FAILURES, world.case.failures as f64);
    }
    if !world.clusters.is_empty() {
        gathered.put(figure::NODES_MEAN, world.case.nodes.mean(end));
        gathered.put(figure::NODES_PEAK, world.case.nodes.peak() as f64);
    }
    kilowatt_hours
}

/// Kilowatt-hours of the window: along a straight line the totals are enough, along a curve the stretches of the
/// time series are added up.
fn energy(server: &ServerKind, simulation: &Simulation, server_seconds: f64) -> f64 {
    let (world, cores) = (&simulation.world, server.cores.as_f64());
    if server.power.between.is_empty() {
        let busy = busy_core_seconds(&world.facts, &world.deployments, world.end);
        return server.power.kilowatt_hours(std::iter::once((server_seconds, busy)), cores);
    }
    let series = simulation.series();
    let length = world.end.since(world.measured_from).seconds() / series.servers.len().max(1) as f64;
    let stretches = series.servers.iter().zip(&series.busy_cores);
    server.power.kilowatt_hours(stretches.map(|(servers, busy)| (servers * length, busy * length)), cores)
}

fn put_money(
    gathered: &mut Gathered,
    trial: &Trial<'_>,
    simulation: &Simulation,
    billed: &Billed,
    all: &Served,
    kilowatt_hours: f64,
) {
    let (scenario, case) = (trial.scenario, trial.case);
    let dollars = |currency: Currency| scenario.currencies.rate(currency).map_or(f64::NAN, |rate| as_f64(&rate));
    let month = scenario.run.month_length();
    let bought = bought(&case.fleet, &simulation.world.case.servers);
    let owned_servers = owned_servers(trial, simulation, bought);
    let owned = owned_usd(&case.fleet.server, owned_servers, month, &dollars);
    // Where the price list does not sell what was used, nobody knows what it would have cost.
    let invoiced = billed.errors.is_empty().then_some(billed.total);
    gathered.put(figure::INVOICE, invoiced);
    for (name, amount) in &billed.lines {
        gathered.put_by(figure::INVOICE_LINES, name, *amount);
    }
    gathered.put(figure::OWNED, owned);
    let labour_total = super::labour::gather(gathered, trial, simulation, &dollars);
    let total = invoiced.map(|invoiced| invoiced + owned + labour_total);
    gathered.put(figure::TCO, total);
    let served = all.served as f64 * month.seconds() / scenario.run.duration.seconds();
    gathered.put(figure::PER_MILLION, total.filter(|_| served > 0.0).map(|total| total / served * 1e6));
    let used = FleetUse {
        bought,
        owned_by_developers: owned_servers,
        kilowatt_hours,
        simulated: scenario.run.duration,
        month,
        revenue_usd: billed.total,
    };
    let ledger = case.provider.ledger(&case.fleet.server, &used, &dollars);
    gathered.put(figure::REVENUE, invoiced.map(|_| ledger.revenue));
    gathered.put(figure::COST, ledger.cost());
    gathered.put(figure::MARGIN, invoiced.map(|_| ledger.margin()));
    for (name, amount) in ledger.lines() {
        gathered.put_by(figure::PROVIDER_LINES, name, amount);
    }
}

/// The servers that somebody had to buy: those of a fixed fleet or as many as are owned, else the most that were ever
/// on in the window. That most of them are off at night does not give their price back.
fn bought(fleet: &FleetPlan, servers: &Level) -> f64 {
    match fleet.count.or(fleet.owned) {
        Some(count) => f64::from(count),
        None => servers.peak() as f64,
    }
}

/// Servers that are the developer's own: all, where the whole case is colocation, else the most that
/// colocated instances ever had to themselves.
fn owned_servers(trial: &Trial<'_>, simulation: &Simulation, bought: f64) -> f64 {
    let colocated = |index: usize| trial.case.deployments[index].model.family == Family::Colocation;
    let count = trial.case.deployments.len();
    if (0..count).all(colocated) {
        return bought;
    }
    let most = |index: usize| simulation.world.facts[index].instances.peak() as f64;
    (0..count).filter(|index| colocated(*index)).map(most).sum::<f64>().min(bought)
}
