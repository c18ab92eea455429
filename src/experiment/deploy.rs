//! From a case's plan to the numbers that a simulation needs.

use crate::billing::{Meter, Over};
use crate::catalogue::{Allotment, Discipline, Size};
use crate::fleet::Demand;
use crate::hosting::Deployment;
use crate::hosting::deployment::{Fact, Gauge};
use crate::hosting::keep_alive::KeepAlive;
use crate::hosting::scaling::Scaling;
use crate::scenario::{App, Case, DeploymentPlan, FleetPlan, InstancesChoice, SizeChoice};
use crate::units::{Bytes, Cores};

/// What is ordered for one app: the choices that a plan may leave open, made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The size.
    pub size: Size,
    /// How many instances stand ready.
    pub instances: u32,
    /// The target of target tracking.
    pub target: Option<f64>,
    /// The fewest and most instances of target tracking, where those were found.
    pub limits: Option<(u32, u32)>,
    /// The commitment, where that was found.
    pub committed: Option<Commit>,
}

/// A commitment that was found to be cheapest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The plan's name.
    pub plan: String,
    /// How many instances.
    pub instances: u32,
}

impl Order {
    /// The orders of a case's apps, where it states them all.
    pub fn of_case(case: &Case) -> Option<Vec<Order>> {
        case.deployments.iter().map(Order::stated).collect()
    }

    /// The order that a plan states; `None` where it leaves something to be found.
    pub fn stated(plan: &DeploymentPlan) -> Option<Order> {
        let SizeChoice::Named(size) = &plan.size else { return None };
        let instances = match plan.instances {
            Some(InstancesChoice::Count(count)) => count,
            Some(InstancesChoice::RightSize) => return None,
            None => 0,
        };
        let target = match &plan.terms.scaling {
            Some(Scaling::TargetUtilisation(_)) if plan.fixed_number => None,
            Some(Scaling::TargetUtilisation(rule)) if rule.open_limits != (false, false) => return None,
            Some(Scaling::TargetUtilisation(rule)) => Some(rule.target?),
            _ => None,
        };
        Some(Order { size: size.clone(), instances, target, limits: None, committed: None })
    }

    /// What is ordered, in a few words: "2 × 512mb", "1024mb", "m4.large, target 60 %, 2 to 9".
    pub fn words(&self) -> String {
        let most = |most: u32| if most == u32::MAX { " or more".to_string() } else { format!(" to {most}") };
        let limits = self.limits.map_or_else(String::new, |(least, top)| format!(", {least}{}", most(top)));
        let mut text = match (self.target, self.instances) {
            (Some(target), _) => format!("{}, target {:.0} %{limits}", self.size.name, 100.0 * target),
            (None, 0) => self.size.name.clone(),
            (None, count) => format!("{count} × {}", self.size.name),
        };
        if let Some(commit) = &self.committed {
            text.push_str(&format!(", {} of them on {}", commit.instances, commit.plan));
        }
        text
    }
}

/// Cores and memory of a size on a server, for an app.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// The cores that an instance has.
    pub cores: Cores,
    /// The memory that it has.
    pub memory: Bytes,
    /// What it reserves.
    pub reserve: Demand,
}

/// Cuts a size from the fleet's servers.
///
/// # Errors
/// Says which is too large: the app for the size, or the size for the server.
pub fn cut(plan: &DeploymentPlan, size: &Size, app: &App, fleet: &FleetPlan) -> Result<Slice, String> {
    let isolation = &plan.model.isolation;
    let (overhead, whole) = (isolation.memory(), isolation.whole_server());
    let server = &fleet.server;
    let cores = match size.cpu {
        Allotment::Fixed(cores) => cores,
        Allotment::Server | Allotment::App => server.cores,
    };
    let memory = match size.memory {
        Allotment::Fixed(memory) => memory,
        Allotment::App => app.memory,
        Allotment::Server => Bytes(server.memory.0.saturating_sub(if whole { 0 } else { overhead.0 })),
    };
    if app.memory > memory {
        return Err(format!("the app `{}` needs {}, and the size `{}` has {memory}", app.name, app.memory, size.name));
    }
    let reserved = fleet.reserved(size.reserve_cpu.unwrap_or(cores));
    let reserve = if whole { Demand::whole() } else { isolation.demand(reserved, memory) };
    let too_large = if whole {
        cores > server.cores || memory > server.memory
    } else {
        reserved > server.cores || Bytes(memory.0.saturating_add(overhead.0)) > server.memory
    };
    if too_large {
        let with = if whole || overhead.0 == 0 { String::new() } else { format!(" and {overhead} of overhead") };
        return Err(format!(
            "the size `{}` ({cores} cores, {memory}{with}) is larger than the server `{}` ({} cores, {})",
            size.name, server.name, server.cores, server.memory
        ));
    }
    Ok(Slice { cores, memory, reserve })
}

/// The deployment of one app.
///
/// # Errors
/// As [`cut`].
pub fn deployment(case: &Case, plan: &DeploymentPlan, app: &App, order: &Order) -> Result<Deployment, String> {
    let slice = cut(plan, &order.size, app, &case.fleet)?;
    let terms = &plan.terms;
    let scaling = scaling(plan, order);
    let on_demand = scaling.is_on_demand();
    let default_places = if on_demand { 1 } else { u32::MAX };
    let concurrency = terms.concurrency.unwrap_or(default_places);
    let whole_cores = ((slice.cores.0 / Cores::ONE.0).max(1)).min(u64::from(u32::MAX)) as u32;
    let fifo = terms.discipline == Some(Discipline::Fifo);
    let useful = plan.model.isolation.cpu_share();
    Ok(Deployment {
        app: app.name.clone(),
        tenants: app.workload.tenants,
        cores: slice.cores,
        reserve: slice.reserve,
        memory_used: app.memory.0 + plan.model.isolation.memory().0,
        places: if fifo { concurrency.min(whole_cores) } else { concurrency },
        speed: case.fleet.server.speed * useful,
        useful,
        start: plan.start.clone(),
        queue_limit: plan.queue.unwrap_or(u32::MAX),
        queue_at_limit: plan.queue.is_some(),
        timeout: app.timeout,
        time_limit: plan.model.time_limit,
        instances: order.instances,
        routing: terms.routing.unwrap_or_default(),
        keep_alive: terms.keep_alive.clone().unwrap_or(KeepAlive::Forever),
        provisioned: plan.provisioned,
        concurrency_limit: terms.concurrency_limit.unwrap_or(u32::MAX),
        growth: terms.growth,
        sleep: order.size.sleep.or(terms.sleep),
        when_full: case.fleet.when_full,
        gauges: gauges(case, plan),
        hourly: !plan.model.prices.commitments.is_empty() || plan.model.prices.charges.iter().any(|c| c.is_hourly()),
        bandwidth: charges(case, plan).any(|charge| charge.meter == Meter::BandwidthP95Mbps),
        closed: app.workload.arrivals.is_closed(),
        scaling,
    })
}

/// The scaling in force: a number of instances that the case orders stands for itself, unless
/// the case has a scaling of its own.
fn scaling(plan: &DeploymentPlan, order: &Order) -> Scaling {
    match (&plan.terms.scaling, order.target) {
        (Some(Scaling::TargetUtilisation(_)), _) if plan.fixed_number => Scaling::Fixed,
        (Some(Scaling::TargetUtilisation(rule)), target) => {
            let mut rule = rule.clone();
            rule.target = target.or(rule.target);
            (rule.min, rule.max) = order.limits.unwrap_or((rule.min, rule.max));
            rule.open_limits = (false, false);
            Scaling::TargetUtilisation(rule)
        }
        (Some(scaling), _) => scaling.clone(),
        (None, _) => Scaling::Fixed,
    }
}

fn charges<'c>(case: &'c Case, plan: &'c DeploymentPlan) -> impl Iterator<Item = &'c crate::billing::Charge> {
    plan.model.prices.charges.iter().chain(&case.own.charges)
}

/// The sums that the charges of a case need of one deployment, each once.
fn gauges(case: &Case, plan: &DeploymentPlan) -> Vec<Gauge> {
    let mut gauges: Vec<Gauge> = Vec::new();
    for charge in charges(case, plan) {
        if let Some(gauge) = gauge(charge)
            && !gauges.contains(&gauge)
        {
            gauges.push(gauge);
        }
    }
    gauges
}

/// The sum that a charge needs; `None` where it needs none of times.
pub fn gauge(charge: &crate::billing::Charge) -> Option<Gauge> {
    let provisioned = match charge.of {
        crate::billing::Of::All => None,
        crate::billing::Of::OnDemand => Some(false),
        crate::billing::Of::Provisioned => Some(true),
    };
    let fact = match (&charge.meter, charge.over) {
        (Meter::CpuMilliseconds, _) => Fact::RequestCpu,
        (Meter::ProvisionedGibSeconds, _) => Fact::LifeTime { provisioned: Some(true) },
        (Meter::Months, _) if charge.flat => return None,
        (Meter::Months, _) => Fact::LifeTime { provisioned },
        (meter, Over::Request) if meter.is_time() => Fact::RequestTime { provisioned },
        (meter, Over::Busy) if meter.is_time() => Fact::BusyTime { provisioned },
        (meter, Over::Life) if meter.is_time() || meter.is_storage() => Fact::LifeTime { provisioned },
        _ => return None,
    };
    Some(Gauge { fact, each: charge.each })
}
