//! The invoices of a replication: every account's, added up.

use super::deploy::{Order, gauge};
use crate::billing::account::{Choice, LaneUse, Scale, account_invoice};
use crate::billing::{Charge, Committed, Invoice, PriceList};
use crate::catalogue::{Allotment, Model, Size};
use crate::hosting::World;
use crate::hosting::metering::BANDWIDTH_INTERVAL;
use crate::scenario::{Case, CommitmentChoice, DeploymentPlan, InstancesChoice, Scenario};
use crate::units::{Bytes, Exact};
use indexmap::IndexMap;
use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};
use std::collections::HashMap;

/// Amounts in dollars, all tenants together.
#[derive(Clone, Debug, Default)]
pub struct Billed {
    /// The sum of the invoices.
    pub total: f64,
    /// By line.
    pub lines: IndexMap<String, f64>,
    /// By app: of an invoice for several, its share by [`AccountInvoice::shares`]; `None` where they
    /// share nodes, which are nobody's in particular.
    pub by_app: Vec<Option<f64>>,
    /// By tenant, where an app has several: its invoices together. Costs of the user's own are nobody's.
    pub by_tenant: Vec<f64>,
    /// What went beyond the end of a price list.
    pub errors: Vec<String>,
    /// Each distinct account's invoices: the tenants that have them, the model, the invoice.
    pub invoices: Vec<AccountInvoice>,
}

/// An invoice, and whose it is.
#[derive(Clone, Debug)]
pub struct AccountInvoice {
    /// The first tenant that has this invoice.
    pub tenant: u32,
    /// How many tenants have it.
    pub tenants: u32,
    /// The tenants that have it.
    pub members: Vec<u32>,
    /// The model's name; empty for costs of the user's own.
    pub hosting: String,
    /// The apps that are on it.
    pub apps: Vec<String>,
    /// The invoice.
    pub invoice: Invoice,
    /// The same use without allowances and commitments.
    pub at_list: Invoice,
    /// The deployments that are on it, each with its share of the total: what its use alone would
    /// cost at list prices, of the sum of these; empty where nodes are shared.
    pub shares: Vec<(usize, f64)>,
}

/// Everything that the invoices are computed from.
pub struct Books<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    /// The case.
    pub case: &'a Case,
    /// What was ordered for each app.
    pub orders: &'a [Order],
    /// The simulation, at its window's end.
    pub world: &'a World,
}

/// One invoice's ground: the plan whose price list it is, and the deployments that are on it.
struct Sheet<'a> {
    list: &'a PriceList,
    hosting: &'a str,
    plan: Option<&'a DeploymentPlan>,
    deployments: Vec<usize>,
}

/// What one account's lanes used, and the deployment of each: accounts that have the same have one invoice.
#[derive(Debug, Default, PartialEq, Eq, Hash)]
struct Lanes {
    deployments: Vec<usize>,
    used: Vec<LaneUse>,
}

impl Books<'_> {
    /// Makes all invoices and adds them up.
    pub fn bill(&self) -> Billed {
        let mut billed = Billed { by_app: vec![Some(0.0); self.scenario.apps.len()], ..Billed::default() };
        let scale = Scale { month: self.scenario.run.month_length(), simulated: self.scenario.run.duration };
        for sheet in self.sheets() {
            self.bill_sheet(&sheet, &scale, &mut billed);
        }
        billed
    }

    /// The price lists of the case, each with the deployments that it bills; the costs of the
    /// user's own last.
    fn sheets(&self) -> Vec<Sheet<'_>> {
        let mut sheets: IndexMap<&str, Sheet<'_>> = IndexMap::new();
        for (index, plan) in self.case.deployments.iter().enumerate() {
            let model = &plan.model;
            let sheet = sheets.entry(model.name.as_str()).or_insert_with(|| Sheet {
                list: &model.prices,
                hosting: &model.name,
                plan: Some(plan),
                deployments: Vec::new(),
            });
            sheet.deployments.push(index);
        }
        let mut sheets: Vec<Sheet<'_>> = sheets.into_values().collect();
        if !self.case.own.charges.is_empty() {
            let deployments = (0..self.case.deployments.len()).collect();
            sheets.push(Sheet { list: &self.case.own, hosting: "", plan: None, deployments });
        }
        sheets
    }

    fn bill_sheet(&self, sheet: &Sheet<'_>, scale: &Scale, billed: &mut Billed) {
        let tenants = sheet.deployments.iter().map(|d| self.world.deployments[*d].tenants).max().unwrap_or(0);
        let rate = self.scenario.currencies.rate(sheet.list.currency).unwrap_or_else(Exact::zero);
        // Costs of the user's own are paid once, not by every tenant.
        let accounts = if sheet.plan.is_none() { 1 } else { tenants };
        let mut known: HashMap<Lanes, usize> = HashMap::new();
        for tenant in 0..accounts {
            let lanes = self.lanes(sheet, tenant, sheet.plan.is_none().then_some(tenants));
            let place = match known.get(&lanes) {
                Some(place) => *place,
                None => match self.make(sheet, tenant, &lanes, scale) {
                    Ok(made) => {
                        billed.invoices.push(made);
                        known.insert(lanes, billed.invoices.len() - 1);
                        billed.invoices.len() - 1
                    }
                    Err(error) => {
                        if !billed.errors.contains(&error) {
                            billed.errors.push(error);
                        }
                        continue;
                    }
                },
            };
            billed.invoices[place].tenants += 1;
            billed.invoices[place].members.push(tenant);
            let AccountInvoice { invoice, shares, .. } = billed.invoices[place].clone();
            add(sheet, &invoice, &shares, &rate, billed);
            if sheet.plan.is_some() && tenants > 1 {
                let own = tenant as usize;
                billed.by_tenant.resize(billed.by_tenant.len().max(tenants as usize), 0.0);
                billed.by_tenant[own] += (&invoice.total * &rate).to_f64().unwrap_or(f64::NAN);
            }
        }
    }

    fn make(&self, sheet: &Sheet<'_>, tenant: u32, lanes: &Lanes, scale: &Scale) -> Result<AccountInvoice, String> {
        let none = Vec::new();
        let choice = Choice {
            with: sheet.plan.map_or(&none, |plan| &plan.with),
            allowances: sheet.plan.is_none_or(|plan| plan.allowances),
            committed: self.committed(sheet, lanes),
        };
        let priced = |lanes: &[LaneUse], choice: &Choice<'_>| {
            account_invoice(sheet.list, lanes, choice, scale).map_err(|error| format!("{}: {error}", sheet.hosting))
        };
        let invoice = priced(&lanes.used, &choice)?;
        let plain = Choice { allowances: false, committed: Vec::new(), ..choice };
        let at_list = priced(&lanes.used, &plain)?;
        let alone = |own: &[LaneUse]| priced(own, &plain).map(|invoice| invoice.total.to_f64().unwrap_or(0.0));
        let shares = self.shares(lanes, alone)?;
        let apps = sheet.deployments.iter().map(|d| self.scenario.apps[*d].name.clone()).collect();
        let hosting = sheet.hosting.to_string();
        Ok(AccountInvoice { tenant, tenants: 0, members: Vec::new(), hosting, apps, invoice, at_list, shares })
    }

    /// The share of each deployment in what several pay together.
    fn shares(
        &self,
        lanes: &Lanes,
        alone: impl Fn(&[LaneUse]) -> Result<f64, String>,
    ) -> Result<Vec<(usize, f64)>, String> {
        let groups: Vec<&[usize]> = lanes.deployments.chunk_by(|a, b| a == b).collect();
        if let [only] = groups[..] {
            return Ok(vec![(only[0], 1.0)]);
        }
        if let Some(parts) = self.parts(&groups) {
            return Ok(parts);
        }
        if lanes.deployments.iter().any(|deployment| self.world.deployments[*deployment].cluster.is_some()) {
            return Ok(Vec::new());
        }
        let (mut costs, mut first) = (Vec::new(), 0);
        for group in &groups {
            costs.push(alone(&lanes.used[first..first + group.len()])?);
            first += group.len();
        }
        let (sum, equal) = (costs.iter().sum::<f64>(), 1.0 / costs.len() as f64);
        let share = |cost: f64| if sum > 0.0 { cost / sum } else { equal };
        Ok(groups.iter().zip(costs).map(|(group, cost)| (group[0], share(cost))).collect())
    }

    /// The parts of apps that all stand together on machines: by their weights, and by how many of these there are.
    fn parts(&self, groups: &[&[usize]]) -> Option<Vec<(usize, f64)>> {
        let part = |group: &&[usize]| {
            let plan = &self.case.deployments[group[0]];
            let part = plan.together.and(plan.cluster.container)?.part?;
            let machines = plan.cluster.nodes.map_or(1, |(count, _)| count);
            Some((group[0], part * f64::from(machines) * group.len() as f64))
        };
        let parts: Vec<(usize, f64)> = groups.iter().map(part).collect::<Option<_>>()?;
        let all: f64 = parts.iter().map(|(_, part)| part).sum();
        Some(parts.into_iter().map(|(app, part)| (app, part / all)).collect())
    }

    /// What the account committed to: what was found to be cheapest, or what the case states.
    fn committed(&self, sheet: &Sheet<'_>, lanes: &Lanes) -> Vec<Committed> {
        let Some(first) = sheet.plan else { return Vec::new() };
        let plans = &first.model.prices.commitments;
        let mut committed: Vec<Committed> = Vec::new();
        for (deployment, lane) in lanes.deployments.iter().zip(&lanes.used) {
            let Some((name, instances, spend)) = self.commitment(*deployment, lane) else { continue };
            let Some(plan) = plans.iter().position(|commitment| commitment.name == name) else { continue };
            if spend.is_none() && !plans[plan].offers(lane.size) {
                continue; // a size found to be the cheapest, for which the plan is not sold
            }
            match committed.iter_mut().find(|known| known.plan == plan && known.spend == spend) {
                Some(known) if spend.is_none() => known.instances.push((lane.size, instances)),
                Some(_) => {}
                None => {
                    let instances = if spend.is_some() { Vec::new() } else { vec![(lane.size, instances)] };
                    committed.push(Committed { plan, instances, spend });
                }
            }
        }
        committed
    }

    /// The plan that a deployment commits to, for how many instances (on a cluster: nodes; as many
    /// as run, where it is not said) or how much money: what was found to be cheapest, or what the
    /// case states.
    fn commitment(&self, deployment: usize, lane: &LaneUse) -> Option<(&str, u64, Option<Exact>)> {
        let order = &self.orders[deployment];
        if let Some(found) = &order.committed {
            return Some((&found.plan, u64::from(found.instances), None));
        }
        let CommitmentChoice::Plan { plan, instances, spend } = &self.case.deployments[deployment].commitment else {
            return None;
        };
        let run = match self.world.deployments[deployment].cluster {
            Some(_) => lane.alive.len() as u64,
            None => u64::from(order.instances),
        };
        let count = match instances {
            Some(InstancesChoice::Count(count)) => u64::from(*count),
            _ => run,
        };
        Some((plan, count, spend.clone()))
    }

    /// What one account's lanes used; all tenants' together where `all` of them are asked for.
    fn lanes(&self, sheet: &Sheet<'_>, tenant: u32, all: Option<u32>) -> Lanes {
        let tenants = all.map_or(tenant..tenant + 1, |all| 0..all);
        let mut found = Lanes::default();
        for deployment in &sheet.deployments {
            let lanes = self.world.lanes_of(*deployment as u32);
            for tenant in tenants.clone().take_while(|tenant| *tenant < lanes.len() as u32) {
                found.deployments.push(*deployment);
                found.used.push(self.lane(sheet, *deployment, lanes.start + tenant));
            }
        }
        found
    }

    fn lane(&self, sheet: &Sheet<'_>, deployment: usize, lane: u32) -> LaneUse {
        let plan = &self.case.deployments[deployment];
        let size = &self.orders[deployment].size;
        let numbers = &self.world.deployments[deployment];
        let line = &self.world.lanes[lane as usize];
        let app = &self.scenario.apps[deployment];
        let places: Vec<Option<usize>> =
            sheet.list.charges.iter().map(|charge| place(charge, deployment, self.world)).collect();
        let sum = |place: &Option<usize>| place.map_or(0, |gauge| self.world.sums[line.sums as usize + gauge]);
        // Idle time wraps while it is summed; what is below zero in the end is none.
        let sum = |place: &Option<usize>| Some(sum(place)).filter(|sum| *sum <= i128::MAX as u128).unwrap_or(0);
        let position = |sums: &Vec<u128>| places.iter().map(|place| place.map_or(0, |gauge| sums[gauge])).collect();
        let memory = match size.memory {
            Allotment::Fixed(memory) => memory,
            Allotment::App => numbers.memory_of(line.tenant).map_or(app.memory, Bytes),
            Allotment::Server => self.case.fleet.server.memory,
        };
        let (units, watts) = self.rented(plan, size);
        let instances = line.record.lives.len() as u64;
        LaneUse {
            size: size_index(&plan.model, &size.name),
            requests: line.billed,
            served: line.served,
            response: app.workload.response.0,
            times: places.iter().map(sum).collect(),
            by_position: line.record.lives.iter().map(position).collect(),
            memory: memory.0,
            cores: numbers.cluster.as_ref().map_or(numbers.cores, |cluster| cluster.cores).0,
            hertz: size.ghz.clone().unwrap_or_else(Exact::zero) * Exact::from(BigInt::from(1_000_000_000u64)),
            disk: plan.disk.unwrap_or(size.disk).0,
            volume: plan.disk.map_or(0, |disk| disk.0),
            request: app.around.request.0,
            log: app.around.log.0,
            stored: app.around.stored.0,
            calls: app.around.calls.clone(),
            call_bytes: app.around.call_bytes.0,
            connections: app.around.connections.clone(),
            open: app.around.open.0,
            rules: app.around.rules,
            rack_units: instances * units,
            watts: instances * watts,
            bandwidth_p95: self.bandwidth(lane, app.workload.response.0),
            surplus: line.record.surplus,
            alive: line.record.alive.clone(),
            hourly: line.record.hourly.clone(),
        }
    }

    /// Rack units and watts (at its peak) of what an instance rents: of the whole server, where
    /// it has one to itself.
    fn rented(&self, plan: &DeploymentPlan, size: &Size) -> (u64, u64) {
        let server = &self.case.fleet.server;
        if plan.model.isolation.whole_server() {
            let watts = server.power.peak_watts;
            (u64::from(size.rented_units(server.rack_units, watts)), watts.round() as u64)
        } else {
            (u64::from(size.rack_units), 0)
        }
    }

    /// The 95th percentile of the five-minute samples of what a lane sent, in Mbit/s: the
    /// greatest left when the top 5 % of samples are dropped.
    fn bandwidth(&self, lane: u32, response: u64) -> Exact {
        let samples = &self.world.lanes[lane as usize].record.samples;
        let intervals = self.scenario.run.duration.0.div_ceil(BANDWIDTH_INTERVAL.0).max(1) as usize;
        let mut counts = samples.clone();
        counts.resize(intervals.max(counts.len()), 0);
        counts.sort_unstable();
        let dropped = counts.len() / 20;
        let count = counts[counts.len() - 1 - dropped.min(counts.len() - 1)];
        let bits = BigInt::from(count) * response * 8;
        Exact::new(bits, BigInt::from(300u64 * 1_000_000))
    }
}

/// Which of a deployment's gauges a charge reads.
fn place(charge: &Charge, deployment: usize, world: &World) -> Option<usize> {
    let wanted = gauge(charge)?;
    world.deployments[deployment].gauges.iter().position(|known| *known == wanted)
}

/// A size's index in its model's price list.
fn size_index(model: &Model, name: &str) -> Option<usize> {
    model.prices.sizes.iter().position(|known| known == name)
}

fn add(sheet: &Sheet<'_>, invoice: &Invoice, shares: &[(usize, f64)], rate: &Exact, billed: &mut Billed) {
    let dollars = |amount: &Exact| (amount * rate).to_f64().unwrap_or(f64::NAN);
    let total = dollars(&invoice.total);
    billed.total += total;
    for line in &invoice.lines {
        *billed.lines.entry(line.name.clone()).or_insert(0.0) += dollars(&line.amount);
    }
    for (deployment, share) in shares {
        if let Some(sum) = &mut billed.by_app[*deployment] {
            *sum += share * total;
        }
    }
    if shares.is_empty() {
        sheet.deployments.iter().for_each(|deployment| billed.by_app[*deployment] = None);
    }
}
