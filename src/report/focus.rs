//! The invoices of a run as FOCUS 1.2: a row for every case, tenant and charge.

use super::ResultDocument;
use crate::billing::calendar::Month;
use crate::billing::focus::{Account, rows, write};
use crate::catalogue::Model;
use crate::experiment::invoices::AccountInvoice;
use crate::scenario::Scenario;

/// The CSV of all cases' invoices, as the first replication has them. An account is a tenant of a
/// case: `case/tenant`. All are for one month: the first
/// after the newest of the models' terms, so that a file does not mix years.
pub fn to_focus(scenario: &Scenario, result: &ResultDocument) -> Vec<u8> {
    let mut accounts = Vec::new();
    let since = latest(scenario);
    for (case, result) in scenario.cases.iter().zip(&result.cases) {
        for one in &result.invoices {
            let model = case.deployments.iter().map(|plan| &*plan.model).find(|model| model.name == one.hosting);
            for tenant in &one.members {
                accounts.push((Named::new(scenario, &case.name, *tenant, model, &since), one));
            }
        }
    }
    let accounts: Vec<(Account<'_>, &AccountInvoice)> =
        accounts.iter().map(|(named, one)| (named.account(), *one)).collect();
    let mut text = Vec::new();
    let all = accounts.iter().flat_map(|(account, one)| rows(account, &one.invoice, &one.at_list));
    // Writing to memory does not fail.
    let _ = write(all, &mut text);
    text
}

/// The newest date of the terms that the cases are billed by.
fn latest(scenario: &Scenario) -> String {
    let plans = scenario.cases.iter().flat_map(|case| &case.deployments);
    plans.map(|plan| plan.model.as_of.clone()).max().unwrap_or_default()
}

/// The words of an account.
struct Named {
    id: String,
    hosting: String,
    provider: String,
    product: String,
    family: &'static str,
    period: (String, String),
}

impl Named {
    fn new(scenario: &Scenario, case: &str, tenant: u32, model: Option<&Model>, since: &str) -> Named {
        let month = Month { length: scenario.run.month_length(), calendar: None };
        let word = |of: fn(&Model) -> &String, other: &str| model.map_or_else(|| other.to_string(), |m| of(m).clone());
        Named {
            id: format!("{case}/{tenant}"),
            hosting: word(|model| &model.name, "own charges"),
            provider: word(|model| &model.provider, "the developer"),
            product: word(|model| &model.product, "own charges"),
            family: model.map_or("vps", |model| model.family.name()),
            period: month.bounds(since),
        }
    }

    fn account(&self) -> Account<'_> {
        Account {
            id: &self.id,
            name: &self.id,
            hosting: &self.hosting,
            provider: &self.provider,
            product: &self.product,
            family: self.family,
            period: (&self.period.0, &self.period.1),
            resources: &[],
        }
    }
}
