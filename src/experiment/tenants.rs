//! Figures over the tenants of apps that have many: a mean over all requests hides those whom it goes badly.

use super::invoices::Billed;
use super::outcome::Gathered;
use crate::hosting::World;
use crate::hosting::facts::TenantFacts;
use crate::metrics::{Estimate, Figure, figure, spread};
use crate::scenario::Scenario;

/// One tenant of one app in one replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantRow {
    /// The app's place in the scenario.
    pub app: usize,
    /// Which tenant, from 1.
    pub tenant: usize,
    /// Requests that arrived.
    pub arrived: f64,
    /// The share of those for which an instance was started.
    pub cold_share: Option<f64>,
    /// The mean latency of those served, in seconds.
    pub latency_mean_s: Option<f64>,
    /// The tenant's invoices of all its apps together, in dollars a month.
    pub invoice_usd: Option<f64>,
}

/// One tenant of one app over all replications.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TenantResult {
    /// The app.
    pub app: String,
    /// Which tenant, from 1.
    pub tenant: usize,
    /// Requests that arrived.
    pub arrived: Estimate,
    /// The share of those for which an instance was started.
    pub cold_share: Estimate,
    /// The mean latency of those served, in seconds.
    pub latency_mean_s: Estimate,
    /// The tenant's invoices of all its apps together, in dollars a month.
    pub invoice_usd: Estimate,
}

/// Quartiles and the worst, in the order of [`spread`].
const COLD_SHARES: [Figure; 4] = [
    figure::TENANTS_COLD_SHARE_LOWER_QUARTILE,
    figure::TENANTS_COLD_SHARE_MEDIAN,
    figure::TENANTS_COLD_SHARE_UPPER_QUARTILE,
    figure::TENANTS_COLD_SHARE_WORST,
];
const LATENCIES: [Figure; 4] = [
    figure::TENANTS_LATENCY_MEAN_LOWER_QUARTILE,
    figure::TENANTS_LATENCY_MEAN_MEDIAN,
    figure::TENANTS_LATENCY_MEAN_UPPER_QUARTILE,
    figure::TENANTS_LATENCY_MEAN_WORST,
];
const INVOICES: [Figure; 4] = [
    figure::TENANTS_INVOICE_LOWER_QUARTILE,
    figure::TENANTS_INVOICE_MEDIAN,
    figure::TENANTS_INVOICE_UPPER_QUARTILE,
    figure::TENANTS_INVOICE_WORST,
];

/// The tenants of a simulation at its end.
pub(super) struct Tenants<'a> {
    apps: Vec<&'a [TenantFacts]>,
    /// Each tenant's requests to all its apps; nothing where no app has several.
    all: Vec<TenantFacts>,
    bills: &'a [f64],
}

impl<'a> Tenants<'a> {
    pub(super) fn of(world: &'a World, billed: &'a Billed) -> Tenants<'a> {
        let apps: Vec<&[TenantFacts]> = world.facts().iter().map(|facts| facts.tenants.as_slice()).collect();
        let count = apps.iter().map(|tenants| tenants.len()).max().unwrap_or(0);
        let mut all = vec![TenantFacts::default(); count];
        for tenants in &apps {
            all.iter_mut().zip(tenants.iter()).for_each(|(sum, tenant)| sum.add(tenant));
        }
        let bills = if billed.errors.is_empty() { billed.by_tenant.as_slice() } else { &[] };
        Tenants { apps, all, bills }
    }

    /// The figures over all tenants of the case.
    pub(super) fn put_all(&self, gathered: &mut Gathered) {
        if self.all.is_empty() {
            return;
        }
        put_requests(gathered, &self.all);
        put(gathered, INVOICES, self.bills.to_vec());
    }

    /// Those over the tenants of one app.
    pub(super) fn put_app(&self, gathered: &mut Gathered, app: usize) {
        if !self.apps[app].is_empty() {
            put_requests(gathered, self.apps[app]);
        }
    }

    /// A row for each tenant of each app that has several.
    pub(super) fn rows(&self, scenario: &Scenario) -> Vec<TenantRow> {
        let of_app = |app: usize| {
            self.apps[app].iter().enumerate().map(move |(tenant, facts)| TenantRow {
                app,
                tenant: tenant + 1,
                arrived: facts.arrived as f64,
                cold_share: facts.cold_share(),
                latency_mean_s: facts.latency_mean_s(),
                invoice_usd: self.bills.get(tenant).copied(),
            })
        };
        (0..scenario.apps.len()).flat_map(of_app).collect()
    }
}

fn put_requests(gathered: &mut Gathered, tenants: &[TenantFacts]) {
    gathered.put(figure::TENANTS, tenants.len() as f64);
    put(gathered, COLD_SHARES, tenants.iter().filter_map(TenantFacts::cold_share).collect());
    put(gathered, LATENCIES, tenants.iter().filter_map(TenantFacts::latency_mean_s).collect());
}

fn put(gathered: &mut Gathered, figures: [Figure; 4], values: Vec<f64>) {
    let spread = spread(values);
    for (index, figure) in figures.into_iter().enumerate() {
        gathered.put(figure, spread.map(|spread| spread[index]));
    }
}

/// The rows of all replications put together.
pub(super) fn merged(scenario: &Scenario, replications: &[&[TenantRow]]) -> Vec<TenantResult> {
    let Some(first) = replications.first() else { return Vec::new() };
    let estimate = |index: usize, of: fn(&TenantRow) -> Option<f64>| {
        Estimate::of(&replications.iter().map(|rows| rows.get(index).and_then(of)).collect::<Vec<_>>())
    };
    let row = |(index, row): (usize, &TenantRow)| TenantResult {
        app: scenario.apps[row.app].name.clone(),
        tenant: row.tenant,
        arrived: estimate(index, |row| Some(row.arrived)),
        cold_share: estimate(index, |row| row.cold_share),
        latency_mean_s: estimate(index, |row| row.latency_mean_s),
        invoice_usd: estimate(index, |row| row.invoice_usd),
    };
    first.iter().enumerate().map(row).collect()
}
