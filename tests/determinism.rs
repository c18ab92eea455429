//! The same input gives the same facts: over two runs, one of them with one thread and one with two, for every
//! scenario that is shipped and every one of the good corpus (made short, so that this is quick).

use crate::common::{catalogue, root, run_scenario};
use hostsim::experiment::RunError;
use hostsim::report::{ResultDocument, to_json};
use hostsim::scenario::{InstancesChoice, Scenario, SizeChoice, load_file};
use hostsim::units::Span;
use std::path::PathBuf;

/// The longest time that is simulated here: half an hour.
const SHORT: Span = Span(1_800_000_000_000);

#[test]
fn the_digest_is_the_same_over_two_runs_with_one_thread_and_with_two() {
    let mut compared = 0;
    for path in scenarios() {
        let (mut diagnostics, catalogue) = catalogue();
        let Some((_, scenario)) = load_file(&path, catalogue, &mut diagnostics) else {
            panic!("{}", diagnostics.render(false));
        };
        let Some(scenario) = shortened(scenario) else { continue };
        let one = with_threads(1, &scenario).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = with_threads(2, &scenario).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(one.digest, again.digest, "{} with two threads", path.display());
        assert_eq!(to_json(&one), to_json(&again), "{}", path.display());
        compared += 1;
    }
    assert!(compared >= 5, "{compared} scenarios were compared");
}

/// The shipped scenarios and the good corpus.
fn scenarios() -> Vec<PathBuf> {
    let directories = ["scenarios", "tests/good/scenario"].map(|directory| root().join(directory));
    let entries = directories.iter().filter_map(|directory| std::fs::read_dir(directory).ok()).flatten();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths
}

/// Two replications of at most half an hour; `None` where a case is left to be right-sized.
fn shortened(mut scenario: Scenario) -> Option<Scenario> {
    scenario.run.replications = scenario.run.replications.min(2);
    scenario.run.warm_up = scenario.run.warm_up.min(SHORT);
    scenario.run.duration = scenario.run.duration.min(SHORT);
    scenario.cases.retain(|case| {
        case.deployments
            .iter()
            .all(|plan| matches!(plan.size, SizeChoice::Named(_)) && plan.instances != Some(InstancesChoice::RightSize))
    });
    (!scenario.cases.is_empty()).then_some(scenario)
}

fn with_threads(threads: usize, scenario: &Scenario) -> Result<ResultDocument, RunError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads");
    pool.install(|| run_scenario(scenario))
}
