//! Loading a scenario, with what the command line replaces.

use super::Failure;
use super::options::CatalogueOption;
use clap::Args;
use hostsim::document::Diagnostics;
use hostsim::experiment;
use hostsim::report::html::Reproduction;
use hostsim::scenario::{self, Scenario, Source};
use std::path::Path;

/// What the command line may replace of a scenario's `[run]`.
#[derive(Args)]
pub struct Replace {
    /// Replace the scenario's seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Replace the scenario's number of replications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub replications: Option<u32>,
}

/// A scenario that is well-formed.
pub fn scenario(
    path: &Path,
    catalogue: &CatalogueOption,
    replace: &Replace,
    diagnostics: &mut Diagnostics,
) -> Result<(Source, Scenario), Failure> {
    let catalogue = catalogue.load(diagnostics);
    let loaded = scenario::load_file(path, &catalogue, diagnostics);
    let Some((source, mut scenario)) = loaded.filter(|_| diagnostics.is_empty()) else {
        return Err(Failure::Files(Box::new(std::mem::take(diagnostics))));
    };
    scenario.run.seed = replace.seed.unwrap_or(scenario.run.seed);
    scenario.run.replications = replace.replications.unwrap_or(scenario.run.replications);
    Ok((source, scenario))
}

/// A scenario that can be run as it is: its apps fit their sizes, and those the servers.
pub fn to_run(
    path: &Path,
    catalogue: &CatalogueOption,
    replace: &Replace,
    diagnostics: &mut Diagnostics,
) -> Result<(Source, Scenario), Failure> {
    let loaded = scenario(path, catalogue, replace, diagnostics)?;
    experiment::validate(&loaded.1, diagnostics);
    if diagnostics.is_empty() { Ok(loaded) } else { Err(Failure::Files(Box::new(std::mem::take(diagnostics)))) }
}

/// What a report says of how to get the same numbers again.
pub fn reproduction(source: &Source, command: &str) -> Reproduction {
    Reproduction {
        scenario_text: source.text.clone(),
        command: format!("hostsim {command} {}.toml", stem(source)),
        version: env!("CARGO_PKG_VERSION").to_string(),
    }
}

/// The name of the directory that a scenario's files go to.
pub fn stem(source: &Source) -> &str {
    if source.stem == "-" { "standard-input" } else { &source.stem }
}
