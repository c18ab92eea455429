//! Which products are serverless, by the test that the story of their evolution ends with: one
//! need not reserve a number of instances, and an idle app's bill at the end of the month is
//! negligible.
//!
//! The second half is simulated: an app that nobody uses, for a month, in every size that the
//! model has; the cheapest counts.

use super::entry::Entry;
use crate::cli::failure::Failure;
use crate::cli::grid::{Cell, Grid};
use hostsim::catalogue::{Catalogue, SizeRange};
use hostsim::document::{Diagnostics, Node};
use hostsim::experiment::{self, Progress, RunOptions};
use hostsim::hosting::scaling::Scaling;
use hostsim::scenario::Scenario;
use hostsim::units::Currency;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// An idle month that costs less than this, in the model's currency, is negligible: a tenth of
/// what the cheapest machines that are always on cost (2.50 USD a month in 2017).
const NEGLIGIBLE: f64 = 0.25;

/// A row with the verdict for each model.
///
/// # Errors
/// A model that cannot be simulated.
pub fn table(entries: &[Entry], catalogue: &Catalogue) -> Result<Grid, Failure> {
    let mut grid = Grid::new(&[
        ("name", "Name"),
        ("family", "Family"),
        ("no_instances_to_reserve", "No instances to reserve"),
        ("idle_month", ">Idle month"),
        ("size", "Cheapest size"),
        ("serverless", "Serverless"),
    ]);
    let word = |holds: bool| Cell::of(holds, if holds { "yes" } else { "no" });
    for entry in entries {
        let (idle_month, size) = idle_month(entry, catalogue)?;
        let none_reserved = entry.model.is_on_demand();
        grid.push(vec![
            Cell::text(&entry.model.name),
            Cell::text(entry.model.family.name()),
            word(none_reserved),
            Cell::of(idle_month, format!("{idle_month:.2} {}", entry.model.prices.currency)),
            Cell::text(size),
            word(none_reserved && idle_month < NEGLIGIBLE),
        ]);
    }
    Ok(grid)
}

/// The least that an idle month costs, in the model's currency, and the size that costs it.
fn idle_month(entry: &Entry, catalogue: &Catalogue) -> Result<(f64, String), Failure> {
    let scenario = idle_scenario(entry, catalogue)?;
    let stop = AtomicBool::new(false);
    let result = experiment::run(&scenario, &RunOptions::default(), &Progress { done: &|_, _| {}, stop: &stop });
    let result = result.map_err(|error| Failure::Running(format!("{}: {error}", entry.model.name)))?;
    let invoices = result.cases.iter().filter_map(|case| {
        let total = case.estimate(&["invoice_usd", "total"]).mean?;
        Some((total, case.size.clone().unwrap_or_default()))
    });
    let cheapest = invoices.min_by(|a, b| a.0.total_cmp(&b.0));
    cheapest.ok_or_else(|| Failure::Running(format!("{}: no size could be simulated", entry.model.name)))
}

fn idle_scenario(entry: &Entry, catalogue: &Catalogue) -> Result<Scenario, Failure> {
    let mut diagnostics = Diagnostics::default();
    let source = diagnostics.sources.add(format!("an idle month on {}", entry.model.name), text(entry));
    let root = Node::parse(source, &mut diagnostics);
    let scenario = Scenario::read(&root, Path::new(""), catalogue, &mut diagnostics);
    scenario.ok_or_else(|| Failure::Files(Box::new(diagnostics)))
}

/// The scenario: a case for each size, on servers that any size fits.
fn text(entry: &Entry) -> String {
    let mut text = String::from(
        "schema = 1\ntitle = \"An idle month\"\n[run]\nduration = \"730 h\"\nreplications = 1\n\
         [fleet]\nserver = { cores = 1024, memory = \"64 TiB\" }\n[app.idle]\nmemory = \"16 MiB\"\n",
    );
    let currency = entry.model.prices.currency;
    if currency != Currency::USD {
        // Amounts are judged in the model's own currency.
        text.push_str(&format!("[currency]\n{currency} = \"1 USD\"\n"));
    }
    let is_fixed = matches!(entry.model.terms.scaling, None | Some(Scaling::Fixed));
    let least: Vec<u32> = entry.model.sizes.values().map(|size| size.least.unwrap_or(1)).collect();
    for (index, size) in sizes(entry).iter().enumerate() {
        let least = least.get(index).copied().unwrap_or(1);
        let instances = if is_fixed { format!("instances = {least}\n") } else { String::new() };
        text.push_str(&format!("[case.c{index}]\nhosting = \"{}\"\nsize = {size}\n{instances}", entry.model.name));
    }
    text
}

/// The sizes as a scenario writes them; the smallest, where the customer picks.
fn sizes(entry: &Entry) -> Vec<String> {
    let model = &entry.model;
    let mut sizes: Vec<String> =
        model.sizes.keys().map(|name| hostsim::document::Value::String(name.clone())).map(written).collect();
    if let Some(least) = model.size_range.as_ref().filter(|_| sizes.is_empty()).and_then(SizeRange::smallest) {
        sizes.push(format!("{{ cpu = {}, memory = \"{} B\" }}", least.fixed_cores(), least.fixed_memory().0));
    }
    sizes
}

fn written(value: hostsim::document::Value) -> String {
    Node::synthetic(value, hostsim::document::Origin::new(hostsim::document::SourceId(0), 0..0)).to_toml()
}
