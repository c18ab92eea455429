//! The same load simulated by hostsim, with all its meters and metrics.

use super::Load;
use super::reference::Counts;
use hostsim::billing::Each;
use hostsim::billing::charge::RoundTime;
use hostsim::engine::Stream;
use hostsim::fleet::{Fleet, Policy};
use hostsim::hosting::deployment::{Fact, Gauge, StartPhase};
use hostsim::hosting::keep_alive::KeepAlive;
use hostsim::hosting::routing::Routing;
use hostsim::hosting::scaling::Scaling;
use hostsim::hosting::{Deployment, Recovery, WhenFull};
use hostsim::simulation::{Drain, Seed, Simulation, Window};
use hostsim::units::{Bytes, Cores, Span, Time};
use hostsim::workload::arrivals::Poisson;
use hostsim::workload::{AppWorkload, Arrivals, Demand, Distribution, Generator};

/// What a run gives: the counts, and the digest of everything that happened.
pub struct Run {
    pub counts: Counts,
    pub digest: u64,
}

/// Simulates the load from beginning to end.
pub fn run(load: &Load) -> Run {
    let apps: Vec<AppWorkload> = (0..load.apps).map(|app| workload(load, app)).collect();
    let deployments = (0..load.apps).map(|app| deployment(load, app)).collect();
    let policy = Policy::named("first-fit").expect("a policy");
    let fleet =
        Fleet::new(Some(load.servers), load.capacity, policy, Stream::named(load.seed, 0, "bench", "placement"));
    let generator = Generator::new(&apps, load.seed, 0, 1.0, Time(0)..Time(load.end)).expect("a generator");
    let window = Window { warm_up: Span(0), duration: Span(load.end), drain: Drain::For(Span(0)) };
    let seed = Seed { seed: load.seed, replication: 0 };
    let mut simulation = Simulation::new(deployments, fleet, None, generator, window, seed);
    simulation.run().expect("no trace is read");
    result(&simulation)
}

fn result(simulation: &Simulation) -> Run {
    let mut counts = Counts::default();
    for facts in simulation.world.facts() {
        counts.arrived += facts.arrived;
        counts.served += facts.served;
        counts.started += facts.started;
        counts.rejected += facts.rejected;
        counts.instances += facts.instances.value() as u64;
    }
    Run { counts, digest: digest(simulation) }
}

/// Of what happened, in its order, and of what was observed of it.
fn digest(simulation: &Simulation) -> u64 {
    let mut digest = simulation.world.case_facts().digest;
    let now = simulation.world.now();
    for facts in simulation.world.facts() {
        for level in [&facts.instances, &facts.starting, &facts.busy, &facts.work, &facts.present] {
            digest.add(level.integral(now) as u64);
            digest.add(level.peak() as u64);
        }
        for histogram in [&facts.latency, &facts.queueing] {
            digest.add(histogram.sum() as u64);
            histogram.cumulative().for_each(|(value, below)| digest.add(value ^ below << 40));
        }
    }
    digest.0
}

fn workload(load: &Load, app: u32) -> AppWorkload {
    AppWorkload {
        name: load.name(app),
        tenants: 1,
        arrivals: Arrivals::Poisson(Poisson { rate: load.rate_of_app() }),
        cpu: Demand::Drawn(Distribution::log_normal(load.service_mean, load.service_cv)),
        wait: Demand::None,
        activity: None,
        traffic: 1.0,
        response: Bytes(0),
    }
}

/// AWS Lambda as it billed in 2017: each request's time, rounded up to 100 ms.
fn deployment(load: &Load, app: u32) -> Deployment {
    let time = RoundTime { minimum: 100_000_000, granule: 100_000_000 };
    let each = Each { time, ..Each::default() };
    let start = Distribution::constant(load.start as f64);
    Deployment {
        app: load.name(app),
        tenants: 1,
        cores: Cores::ONE,
        reserve: load.reserve,
        memory_used: load.reserve.memory,
        by_tenant: None,
        places: 1,
        thread: 1.0,
        speed: 1.0,
        useful: 1.0,
        start: vec![StartPhase::of_every_instance("runtime", start, false)],
        credits: None,
        quota: None,
        cluster: None,
        queue_limit: 0,
        queue_at_limit: false,
        timeout: None,
        retries: None,
        time_limit: None,
        scaling: Scaling::PerRequest,
        initial: None,
        instances: 0,
        routing: Routing::LeastLoaded,
        queue_at: hostsim::hosting::routing::QueueAt::Pool,
        keep_alive: KeepAlive::Fixed(Span(load.keep_alive)),
        provisioned: 0,
        binding: Default::default(),
        reserved: None,
        account: app,
        account_limit: u32::MAX,
        concurrency_limit: 1_000,
        growth: None,
        sleep: None,
        recovery: Recovery { waits_for_repair: false, detection: Distribution::constant(0.0), retries: true },
        when_full: WhenFull::Reject,
        gauges: vec![Gauge { fact: Fact::RequestTime { provisioned: None }, each }],
        hourly: false,
        bandwidth: false,
        closed: false,
    }
}
