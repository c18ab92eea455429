//! From a case's plan to the numbers that a simulation needs.

use super::cluster;
use crate::billing::meter::Reads;
use crate::billing::{Meter, Over};
use crate::catalogue::{Allotment, Discipline, Size};
use crate::fleet::{Demand, Isolation};
use crate::hosting::Deployment;
use crate::hosting::cluster::ClusterPlan;
use crate::hosting::credits::CreditRule;
use crate::hosting::deployment::{Fact, Gauge, StartPhase, TenantRoom};
use crate::hosting::initial::Initial;
use crate::hosting::keep_alive::KeepAlive;
use crate::hosting::quota::QuotaRule;
use crate::hosting::routing::QueueAt;
use crate::hosting::scaling::Scaling;
use crate::hosting::scaling::controller::Rule;
use crate::scenario::{App, Case, CpuLimit, DeploymentPlan, FleetPlan, InitialChoice, InstancesChoice, SizeChoice};
use crate::units::{Bytes, Cores};
use std::sync::Arc;

/// What is ordered for one app: the choices that a plan may leave open, made.
#[derive(Clone, Debug, PartialEq)]
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

/// What an instance takes of a server's memory besides its own: where a size was sold, the customer's system and all
/// that runs in it live in what was sold.
fn overhead(isolation: &Isolation, size: &Size) -> Bytes {
    match size.memory {
        Allotment::App => isolation.around_app(),
        Allotment::Fixed(_) | Allotment::Server => isolation.around_size(),
    }
}

/// Cuts a size from the fleet's servers: an instance, or the node of a cluster.
fn cut_size(plan: &DeploymentPlan, size: &Size, app: &App, fleet: &FleetPlan) -> Result<Slice, String> {
    let isolation = match plan.model.cluster {
        Some(_) => &plan.model.isolation.around_containers().0,
        None => &plan.model.isolation,
    };
    let (overhead, whole) = (overhead(isolation, size), isolation.whole_server());
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
    if app.memory > memory && plan.model.cluster.is_none() {
        let which = largest(app);
        return Err(format!(
            "the app `{}` needs {}{which}, and the size `{}` has {memory}",
            app.name, app.memory, size.name
        ));
    }
    let reserved = fleet.reserved(size.reserve_cpu.unwrap_or(cores));
    let reserve = if whole { Demand::whole() } else { isolation.demand(reserved, memory, overhead) };
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

/// What an instance of a size has and reserves.
///
/// # Errors
/// Says which is too large: the app for the size (or its container), or the size for the server.
pub fn cut(plan: &DeploymentPlan, size: &Size, app: &App, fleet: &FleetPlan) -> Result<Slice, String> {
    Ok(cut_instance(plan, size, app, fleet)?.0)
}

/// Cuts an instance of a size from the fleet's servers, or from a node of that size.
fn cut_instance(
    plan: &DeploymentPlan,
    size: &Size,
    app: &App,
    fleet: &FleetPlan,
) -> Result<(Slice, Option<ClusterPlan>), String> {
    let slice = cut_size(plan, size, app, fleet)?;
    match &plan.model.cluster {
        None => Ok((slice, None)),
        Some(terms) => cluster::pack(plan, terms, size, app, slice).map(|(slice, plan)| (slice, Some(plan))),
    }
}

/// The CPU credits of an instance. A node's belong to its only container; where several share it, none
/// are simulated.
pub(super) fn credits(plan: &DeploymentPlan, size: &Size) -> Option<CreditRule> {
    let rule = size.credits.filter(|_| plan.cluster.container.is_none())?;
    Some(CreditRule { at_beginning: plan.credits.unwrap_or(0.0), ..rule })
}

/// The quota that an instance is held to: where its requests can use more cores at once than it has on average.
/// One with credits is while it has none saved. A container without a limit of its own is held to none.
fn quota(plan: &DeploymentPlan, size: &Size, slice: &Slice, node: Option<Cores>, places: u32) -> Option<QuotaRule> {
    let cores = slice.cores.as_f64();
    if let Some(rule) = credits(plan, size) {
        let (period, tick, share) = (rule.period, rule.tick, rule.baseline());
        return (period.0 > 0 && share < cores).then_some(QuotaRule { period, share, threads: cores, tick });
    }
    let threads = match node {
        Some(node) => {
            let container = plan.cluster.container.filter(|asked| asked.cpu.is_some() || asked.part.is_some())?;
            let is_free = container.cpu_limit == Some(CpuLimit::Free);
            (!is_free).then_some(node.as_f64().ceil())?
        }
        None => size.threads.unwrap_or(cores.ceil()),
    };
    let period = size.cpu_period.unwrap_or(plan.model.cpu_period);
    let tick = size.cpu_tick.unwrap_or(plan.model.cpu_tick);
    let at_once = threads.min(f64::from(places));
    (period.0 > 0 && cores < at_once).then_some(QuotaRule { period, share: cores, threads, tick })
}

fn start_of_instance(plan: &DeploymentPlan, size: &Size) -> Vec<StartPhase> {
    plan.start.iter().filter(|phase| !phase.of_node && phase.applies_to(&size.name)).cloned().collect()
}

/// Which tenant needs most, where they differ.
fn largest(app: &App) -> String {
    let place = |rows: &Arc<[Bytes]>| rows.iter().position(|memory| *memory == app.memory);
    app.memory_by_tenant.as_ref().and_then(place).map_or(String::new(), |tenant| format!(" (its tenant {tenant})"))
}

/// What an instance of each tenant takes, where they differ: a size that takes the app's own
/// memory is as large as the tenant's app; of another one each uses its own part.
fn by_tenant(plan: &DeploymentPlan, size: &Size, app: &App, slice: Slice) -> Option<Arc<[TenantRoom]>> {
    let rows = app.memory_by_tenant.as_ref()?;
    let overhead = overhead(&plan.model.isolation, size).0;
    let room = |memory: &Bytes| {
        let cut = matches!(size.memory, Allotment::App) && !slice.reserve.is_whole();
        let reserve = if cut { slice.reserve.memory - slice.memory.0 + memory.0 } else { slice.reserve.memory };
        TenantRoom {
            reserve: Demand { memory: reserve, ..slice.reserve },
            memory_used: memory.0 + overhead,
            memory: if matches!(size.memory, Allotment::App) { memory.0 } else { slice.memory.0 },
        }
    };
    Some(rows.iter().map(room).collect())
}

/// What a busy thread of a size does: what was sold with it, where the scenario does not say how fast its servers are.
pub fn speed(fleet: &FleetPlan, size: &Size) -> f64 {
    if fleet.server.own_speed { fleet.server.speed } else { size.speed.unwrap_or(fleet.server.speed) }
}

/// What is left of that for each of two busy threads of one core.
pub fn thread(fleet: &FleetPlan, size: &Size) -> f64 {
    if fleet.server.own_speed { 1.0 } else { size.thread }
}

/// The deployment of one app.
///
/// # Errors
/// As [`cut`].
pub fn deployment(case: &Case, plan: &DeploymentPlan, app: &App, order: &Order) -> Result<Deployment, String> {
    let (slice, cluster) = cut_instance(plan, &order.size, app, &case.fleet)?;
    let terms = &plan.terms;
    let scaling = scaling(plan, order, app);
    let on_demand = scaling.is_on_demand();
    let default_places = if on_demand { 1 } else { u32::MAX };
    let stated = plan.concurrency_asked.or(order.size.concurrency).or(terms.concurrency);
    let concurrency = stated.unwrap_or(default_places).min(order.size.most_concurrency.unwrap_or(u32::MAX));
    let whole_cores = ((slice.cores.0 / Cores::ONE.0).max(1)).min(u64::from(u32::MAX)) as u32;
    let fifo = terms.discipline == Some(Discipline::Fifo);
    let routing = terms.routing.unwrap_or_default();
    let useful = plan.model.isolation.cpu_share();
    let places = if fifo { concurrency.min(whole_cores) } else { concurrency };
    let node = cluster.as_ref().map(|cluster| cluster.cores);
    let overhead = match plan.model.cluster {
        Some(_) => plan.model.isolation.around_containers().1.around_app(),
        None => overhead(&plan.model.isolation, &order.size),
    };
    Ok(Deployment {
        app: app.name.clone(),
        tenants: app.workload.tenants,
        cores: slice.cores,
        reserve: slice.reserve,
        memory_used: app.memory.0 + overhead.0,
        by_tenant: if cluster.is_some() { None } else { by_tenant(plan, &order.size, app, slice) },
        credits: credits(plan, &order.size),
        quota: quota(plan, &order.size, &slice, node, places),
        cluster,
        places,
        speed: speed(&case.fleet, &order.size) * useful,
        thread: thread(&case.fleet, &order.size),
        useful,
        start: start_of_instance(plan, &order.size),
        queue_limit: plan.queue.unwrap_or(u32::MAX),
        queue_at_limit: plan.queue.is_some(),
        timeout: app.timeout,
        retries: app.retries,
        time_limit: plan.model.time_limit,
        instances: order.instances,
        initial: initial(plan, app),
        routing,
        queue_at: terms.queue_at.unwrap_or_else(|| QueueAt::under(routing)),
        keep_alive: terms.keep_alive.clone().unwrap_or(KeepAlive::Forever),
        provisioned: plan.provisioned,
        binding: terms.binding.unwrap_or_default(),
        concurrency_limit: plan.own_limit.unwrap_or(u32::MAX),
        reserved: plan.reserved,
        account: account(case, plan),
        account_limit: plan.account_limit.unwrap_or(u32::MAX),
        growth: terms.growth,
        sleep: order.size.sleep.or(terms.sleep),
        recovery: plan.model.recovery.clone(),
        when_full: case.fleet.when_full,
        gauges: gauges(case, plan),
        hourly: !plan.model.prices.commitments.is_empty() || plan.model.prices.charges.iter().any(|c| c.is_hourly()),
        bandwidth: charges(case, plan).any(|charge| charge.meter == Meter::BandwidthP95Mbps),
        closed: app.workload.arrivals.is_closed(),
        scaling,
    })
}

/// What an app begins with.
fn initial(plan: &DeploymentPlan, app: &App) -> Option<Box<Initial>> {
    let (cpu, wait) = (&app.workload.cpu, &app.workload.wait);
    let InitialChoice { idle, busy, .. } = plan.initial?;
    Some(Box::new(Initial { idle, busy, cpu: cpu.clone(), wait: wait.clone() }))
}

/// The number of an app's account: apps on one model share it.
fn account(case: &Case, plan: &DeploymentPlan) -> u32 {
    let same = |other: &DeploymentPlan| other.model.name == plan.model.name;
    case.deployments.iter().position(same).unwrap_or_default() as u32
}

/// The scaling in force: a number of instances that the case orders stands for itself, unless
/// the case has a scaling of its own.
fn scaling(plan: &DeploymentPlan, order: &Order, app: &App) -> Scaling {
    match (&plan.terms.scaling, order.target) {
        (Some(Scaling::TargetUtilisation(_)), _) if plan.fixed_number => Scaling::Fixed,
        (Some(Scaling::TargetUtilisation(rule)), target) => {
            let mut rule = rule.clone();
            rule.target = target.or(rule.target);
            (rule.min, rule.max) = order.limits.unwrap_or((rule.min, rule.max));
            rule.open_limits = (false, false);
            Scaling::TargetUtilisation(rule)
        }
        (Some(Scaling::Controlled(_)), _) if plan.fixed_number => Scaling::Fixed,
        (Some(Scaling::Controlled(rule)), _) => Scaling::Controlled(controlled(rule, plan, app)),
        (Some(scaling), _) => scaling.clone(),
        (None, _) => Scaling::Fixed,
    }
}

/// A controller's rule, with what the app and the case's other terms add to it.
fn controlled(rule: &Rule, plan: &DeploymentPlan, app: &App) -> Rule {
    let mut rule = rule.clone();
    match &mut rule {
        Rule::ElasticBeanstalk(trigger) => trigger.response = app.workload.response.0 as f64,
        Rule::CloudRun(service) => {
            service.min_instances = service.min_instances.max(plan.provisioned);
            if let Some(idle) = plan.terms.keep_alive.as_ref().and_then(KeepAlive::typical) {
                service.idle = idle;
            }
        }
        _ => {}
    }
    rule
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
    let by_life = Some(Fact::LifeTime { provisioned });
    let fact = match charge.meter.reads() {
        Reads::CpuTime => Some(Fact::RequestCpu),
        Reads::Time if charge.meter == Meter::ProvisionedGibSeconds => Some(Fact::LifeTime { provisioned: Some(true) }),
        _ if charge.flat => None,
        Reads::Months => by_life,
        Reads::Time => match charge.over {
            Over::Request => Some(Fact::RequestTime { provisioned }),
            Over::Busy => Some(Fact::BusyTime { provisioned }),
            Over::Idle => {
                return Some(Gauge { fact: Fact::IdleTime { provisioned }, each: Default::default() });
            }
            Over::Life => by_life,
            Over::Month => None,
        },
        Reads::Disk if charge.over == Over::Life => by_life,
        Reads::Disk | Reads::Requests | Reads::Level | Reads::Surplus | Reads::Stored => None,
        Reads::Balancer | Reads::Invoice | Reads::Statement => None,
    }?;
    Some(Gauge { fact, each: charge.each })
}
