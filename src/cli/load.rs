//! Loading a scenario, with what the command line replaces.

use super::Failure;
use super::options::CatalogueOption;
use clap::Args;
use hostsim::document::Diagnostics;
use hostsim::experiment;
use hostsim::files::file_name;
use hostsim::report::html::Reproduction;
use hostsim::scenario::{self, Scenario, Source};
use std::path::Path;

/// What the command line may replace of a scenario.
#[derive(Args, Default)]
pub struct Replace {
    /// Replace the scenario's seed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    pub seed: Option<u64>,
    /// Replace the scenario's number of replications
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub replications: Option<u32>,
    /// Multiply every app's arrivals: 2 asks what twice the traffic costs
    #[arg(long, value_name = "X", value_parser = parse_traffic, allow_negative_numbers = true)]
    pub traffic: Option<f64>,
}

impl Replace {
    fn of(&self, scenario: &mut Scenario) {
        scenario.run.seed = self.seed.unwrap_or(scenario.run.seed);
        scenario.run.replications = self.replications.unwrap_or(scenario.run.replications);
        scenario.apps.iter_mut().for_each(|app| app.workload.traffic *= self.traffic.unwrap_or(1.0));
    }

    /// The options as they are written.
    fn options(&self) -> String {
        let seed = self.seed.map(|seed| format!(" --seed {seed}"));
        let replications = self.replications.map(|number| format!(" --replications {number}"));
        let traffic = self.traffic.map(|factor| format!(" --traffic {factor}"));
        seed.into_iter().chain(replications).chain(traffic).collect()
    }
}

/// What arrivals are multiplied by.
fn parse_traffic(text: &str) -> Result<f64, String> {
    let factor = text.trim().parse::<f64>().ok().filter(|factor| (1e-9..=1e9).contains(factor));
    factor.ok_or_else(|| "expected what every app's arrivals are multiplied by, such as 2 or 0.5".to_string())
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
    replace.of(&mut scenario);
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
pub fn reproduction(source: &Source, command: &str, replaced: &Replace) -> Reproduction {
    Reproduction {
        scenario_text: source.text.clone(),
        command: format!("hostsim {command} {}.toml{}", stem(source), replaced.options()),
        version: env!("CARGO_PKG_VERSION").to_string(),
    }
}

/// The name of the directory that a scenario's files go to.
pub fn stem(source: &Source) -> String {
    if source.stem == "-" { "standard-input".into() } else { file_name(&source.stem) }
}
