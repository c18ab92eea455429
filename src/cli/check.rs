//! `hostsim check`.

use super::catalogue::ByName;
use super::failure::sound;
use super::options::CatalogueOption;
use super::{Execute, Failure, terminal};
use clap::Args;
use hostsim::billing::{LabourTable, usage};
use hostsim::catalogue::{Catalogue, Model};
use hostsim::document::{Diagnostics, Node, Value};
use hostsim::experiment::validate;
use hostsim::scenario::{Scenario, Source, currency, read_source};
use indexmap::IndexMap;
use std::path::PathBuf;

/// Find every mistake in scenario, model, usage and server files, and simulate nothing
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim check my-scenario.toml
  hostsim check scenarios/*.toml models/*/*.toml
  hostsim check my-scenario.toml --models my-models/
  cat my-scenario.toml | hostsim check -")]
pub struct Check {
    /// The files, told apart by what they hold; - reads the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    catalogue: CatalogueOption,
}

impl Execute for Check {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        for file in &self.files {
            let before = diagnostics.count();
            if let Some(source) = read_source(file, &mut diagnostics)
                && diagnostics.count() == before
            {
                check(&source, &catalogue, &mut diagnostics);
            }
            if diagnostics.count() == before {
                terminal::print(&format!("{}: ok\n", file.display()))?;
            }
        }
        sound(diagnostics)
    }
}

/// A kind of file: a key that no other kind has at its top, and how such a file is read.
type Kind = (&'static str, fn(&Source, &Catalogue, &mut Diagnostics));

/// The kinds, in the order in which they are tried.
const KINDS: [Kind; 10] = [
    ("app", check_scenario),
    ("case", check_scenario),
    ("usage", check_usage),
    ("hosting", check_usage),
    ("family", check_model),
    ("extends", check_model),
    ("charge", check_model),
    ("cores", check_server),
    ("application", check_labour),
    ("EUR", check_rates),
];

fn check(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    match KINDS.iter().find(|(key, _)| source.root.get(key).is_some()) {
        Some((_, read)) => read(source, catalogue, d),
        None => {
            let help = "a scenario has [app.NAME] and [case.NAME], a model `family` or `extends`, a usage file \
                        `hosting` or [[usage]], a server `cores`";
            d.error(source.root.at, "this is no scenario, model, usage or server file", help);
        }
    }
}

fn check_scenario(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    let before = d.count();
    let scenario = Scenario::read(&source.root, &source.directory, catalogue, d);
    if let Some(scenario) = scenario.filter(|_| d.count() == before) {
        validate(&scenario, d);
        unused_models(source, &scenario, catalogue, d);
    }
}

/// The models that a scenario states and no case has, which nothing else reads.
fn unused_models(source: &Source, scenario: &Scenario, catalogue: &Catalogue, d: &mut Diagnostics) {
    let Some(models) = source.root.get("model") else { return };
    let mut own = catalogue.clone();
    own.add_inline(models);
    let used = |name: &str| scenario.cases.iter().flat_map(|c| &c.deployments).any(|plan| plan.model.name == name);
    for (name, node) in models.as_table().into_iter().flatten().filter(|(name, _)| !used(name)) {
        if let Some(whole) = own.resolve(name, node.at, d) {
            Model::read(name, &whole, d);
        }
    }
}

fn check_usage(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    usage::read(source.root.at.source, &ByName(catalogue), d);
}

fn check_model(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    let mut catalogue = catalogue.clone();
    let named = IndexMap::from([(source.stem.clone(), source.root.clone())]);
    catalogue.add_inline(&Node::synthetic(Value::Table(named), source.root.at));
    if let Some(node) = catalogue.resolve(&source.stem, source.root.at, d) {
        Model::read(&source.stem, &node, d);
    }
}

fn check_server(source: &Source, catalogue: &Catalogue, d: &mut Diagnostics) {
    catalogue.read_server(&source.root, d);
}

fn check_labour(source: &Source, _: &Catalogue, d: &mut Diagnostics) {
    LabourTable::read(&source.root, d);
}

/// The catalogue's dated rates of exchange.
fn check_rates(source: &Source, _: &Catalogue, d: &mut Diagnostics) {
    currency::read_rates(&source.root, d);
}
