//! What several tests need: from the text of a scenario to its result, and estimates with their
//! standard errors.

use hostsim::catalogue::Catalogue;
use hostsim::document::{Diagnostics, Node};
use hostsim::experiment::{self, Progress, RunError, RunOptions};
use hostsim::report::ResultDocument;
use hostsim::scenario::Scenario;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The embedded catalogue, with the texts that its places point into; read once.
pub fn catalogue() -> (Diagnostics, &'static Catalogue) {
    static LOADED: OnceLock<(Diagnostics, Catalogue)> = OnceLock::new();
    let (diagnostics, catalogue) = LOADED.get_or_init(|| {
        let mut diagnostics = Diagnostics::default();
        let catalogue = Catalogue::load(None, &mut diagnostics);
        (diagnostics, catalogue)
    });
    (diagnostics.clone(), catalogue)
}

/// Reads a scenario's text; the rendered errors where there are any.
pub fn read(text: &str, directory: &Path) -> Result<Scenario, String> {
    let (mut diagnostics, catalogue) = catalogue();
    let source = diagnostics.sources.add("scenario.toml", text);
    let root = Node::parse(source, &mut diagnostics);
    let scenario = Scenario::read(&root, directory, catalogue, &mut diagnostics);
    match scenario {
        Some(scenario) if diagnostics.is_empty() => Ok(scenario),
        _ => Err(diagnostics.render(false)),
    }
}

/// Runs a scenario that has been read.
pub fn run_scenario(scenario: &Scenario) -> Result<ResultDocument, RunError> {
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    experiment::run(scenario, &RunOptions::default(), &progress)
}

/// Reads and runs a scenario's text.
pub fn run(text: &str) -> ResultDocument {
    let scenario = read(text, &root()).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    run_scenario(&scenario).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The replications' values of a case's figure, by its flat name; all of them defined.
pub fn values(result: &ResultDocument, case: &str, name: &str) -> Vec<f64> {
    let figures = &result.case(case).unwrap_or_else(|| panic!("no case {case}")).figures;
    let values = figures.values_of_flat(name).unwrap_or_else(|| panic!("{case} has no figure {name}"));
    values.iter().map(|value| value.unwrap_or_else(|| panic!("{case}.{name} is undefined"))).collect()
}

/// The mean of some values and its standard error.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// A case's figure is what theory expects: its mean over replications may miss by four of its own standard errors,
/// which are to be no more than a share of what is expected.
pub fn check(result: &ResultDocument, case: &str, figure: &str, expected: f64, precision: f64) {
    let (mean, error) = mean_and_error(&values(result, case, figure));
    let place = format!("{case}.{figure}: {mean} ± {error}, expected {expected}");
    assert!(error <= precision * expected.abs(), "too noisy to judge: {place}");
    assert!((mean - expected).abs() <= 4.0 * error, "{place}");
}

/// Runs ten replications of these cases, after a warm-up of an eighth of what is measured.
pub fn simulated(seconds: u32, seed: u32, apps: &str, cases: &[(&str, &str)]) -> ResultDocument {
    let mut text = format!(
        "schema = 1\n[run]\nduration = \"{seconds} s\"\nwarm-up = \"{} s\"\nreplications = 10\nseed = {seed}\n{apps}\n",
        seconds / 8
    );
    for (name, case) in cases {
        text.push_str(&format!("[case.{name}]\n{case}\n"));
    }
    run(&text)
}

/// So many random cases, or as many as `PROPTEST_CASES` says: the same ones each time, or others by `PROPTEST_RNG_SEED`.
pub fn config(cases: u32) -> proptest::test_runner::Config {
    use proptest::test_runner::RngSeed;
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|text| text.parse().ok());
    proptest::test_runner::Config {
        cases: asked.unwrap_or(cases),
        rng_seed: RngSeed::Fixed(seed.unwrap_or(1)),
        failure_persistence: None,
        ..proptest::test_runner::Config::default()
    }
}
