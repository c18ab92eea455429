//! Labour is an assumption, and is seen to be one: ranges, one-off work, deployments, and what is charged to whom.

use crate::common::catalogue;
use hostsim::billing::Slice;
use hostsim::catalogue::{Catalogue, Model};
use hostsim::document::{Diagnostics, Node, Origin, SourceId};
use hostsim::experiment::{Progress, RunOptions, run};
use hostsim::report::{CaseResult, ResultDocument};
use hostsim::scenario::Scenario;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const API: &str = "schema = 1\n[run]\nduration = \"1 h\"\nreplications = 1\n[app.a]\narrivals.constant = { rate = \"1 /s\" }\n\
    cpu.constant = \"5 ms\"\nmemory = \"64 MiB\"\n[labour]\nwage = \"60 USD/h\"\nhorizon = \"30 months\"\n\
    [case.vps]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
    [case.functions]\nhosting = \"aws-lambda-2017\"\nsize = \"512mb\"\n\
    [case.docker]\nhosting = \"docker-on-digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n";

fn result(text: &str) -> ResultDocument {
    let (mut d, catalogue) = catalogue();
    let id = d.sources.add("scenario.toml", text);
    let root = Node::parse(id, &mut d);
    let scenario = Scenario::read(&root, Path::new(""), catalogue, &mut d);
    let scenario = scenario.unwrap_or_else(|| panic!("{}", d.render(false)));
    let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
    run(&scenario, &RunOptions::default(), &progress).unwrap_or_else(|error| panic!("{error}"))
}

fn case<'r>(result: &'r ResultDocument, name: &str) -> &'r CaseResult {
    result.cases.iter().find(|case| case.name == name).unwrap()
}

fn figure(result: &ResultDocument, name: &str, path: &[&str]) -> f64 {
    case(result, name).estimate(path).mean.unwrap_or_else(|| panic!("{name} has no {path:?}"))
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{found}, not {expected}");
}

const HOURS: &[&str] = &["labour_usd", "hours"];

/// 120 hours of a rewrite over 30 months are 4 a month; what is there already, or is said nothing of, takes none.
#[test]
fn an_app_that_exists_elsewhere_is_moved_and_one_that_is_new_is_built() {
    let plain = result(API);
    let exists = |word: &str| result(&API.replace("[labour]", &format!("exists = \"{word}\"\n[labour]")));
    let more = |found: &ResultDocument, name: &str| figure(found, name, HOURS) - figure(&plain, name, HOURS);
    let moved = exists("vps");
    near(more(&moved, "functions"), 4.0);
    near(figure(&moved, "functions", &["labour_usd", "slices", "porting"]), 240.0);
    near(more(&moved, "docker"), 24.0 / 30.0);
    near(more(&moved, "vps"), 0.0);
    near(more(&exists("serverless"), "functions"), 0.0);
    near(more(&exists("serverless"), "vps"), 4.0 / 30.0);
    near(more(&exists("new"), "docker"), 4.0 / 30.0);
    near(more(&exists("new"), "functions"), 0.0);
    // An hour more, once: 60 dollars over 30 months.
    near(figure(&plain, "functions", &["labour_usd", "set_up_hour"]), 2.0);
    // What happens does not depend on it.
    assert_eq!(plain.digest, moved.digest);
}

/// The ends that every result has are those that a scenario gets by asking for them.
#[test]
fn the_ends_of_the_ranges_are_what_a_scenario_may_ask_for() {
    let at = |hours: &str| result(&API.replace("[labour]", &format!("exists = \"vps\"\n[labour]\nhours = {hours}")));
    let middle = at("\"middle\"");
    for name in ["vps", "functions", "docker"] {
        near(figure(&at("\"low\""), name, HOURS), figure(&middle, name, &["labour_usd", "hours_low"]));
        near(figure(&at("1"), name, &["labour_usd", "total"]), figure(&middle, name, &["labour_usd", "high"]));
    }
    // The rewrite alone: 200 hours in place of 120.
    let rewrite = at("{ porting = \"high\" }");
    near(figure(&rewrite, "functions", HOURS) - figure(&middle, "functions", HOURS), 80.0 / 30.0);
}

/// Eight deployments a month in place of four: each costs what the family's row says, 0.3, 0.05 and 0.1 h.
#[test]
fn deployments_cost_by_family_and_are_counted_for_all() {
    let (four, eight) = (result(API), result(&API.replace("[labour]", "[labour]\ndeployments = 8")));
    for (name, each) in [("vps", 0.3), ("functions", 0.05), ("docker", 0.1)] {
        near(figure(&eight, name, HOURS) - figure(&four, name, HOURS), 4.0 * each);
    }
}

/// A managed cluster's hours are not charged to an engine on one machine; a cluster's own are.
#[test]
fn an_engine_on_one_machine_is_no_cluster() {
    let engine = figure(&result(API), "docker", &["labour_usd", "slices", "virtualisation"]);
    near(engine, 0.5 * 60.0);
    let cluster =
        result(&API.replace(
            "docker-on-digitalocean-2017\"\nsize = \"512mb\"",
            "kubernetes-on-ec2-2017\"\nsize = \"t2.medium\"",
        ));
    near(figure(&cluster, "docker", &["labour_usd", "slices", "virtualisation"]), 30.0 * 60.0);
}

/// Hours that a model states of a slice which it does not leave to its users would silently never count.
#[test]
fn no_model_of_the_catalogue_states_hours_in_vain() {
    let mut d = Diagnostics::default();
    let catalogue = Catalogue::load(None, &mut d);
    for (name, _) in catalogue.models() {
        let model = catalogue.resolve(name, Origin::new(SourceId(0), 0..0), &mut d);
        let model = model.and_then(|tree| Model::read(name, &tree, &mut d)).unwrap_or_else(|| panic!("{name}"));
        for (slice, _) in model.labour.slices() {
            let once = matches!(slice, Slice::Porting | Slice::Building);
            assert!(once || model.manages.contains(&slice), "{name}: {}", slice.name());
        }
    }
}

/// A run's report draws by how much the answer moves where the hours of one case alone go to the ends of their ranges;
/// where an hour costs nothing there is nothing to draw.
#[test]
fn a_runs_report_draws_what_hours_would_change() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = |wage: &str| {
        format!(
            "schema = 1\n[run]\nduration = \"10 min\"\nreplications = 1\n[labour]\nwage = \"{wage} USD/h\"\n\
             [app.api]\narrivals.constant = {{ rate = \"1 /s\" }}\nwait.constant = \"20 ms\"\nmemory = \"100 MiB\"\n\
             [case.droplet]\nhosting = \"digitalocean-2017\"\nsize = \"512mb\"\ninstances = 1\n\
             [case.dyno]\nhosting = \"heroku-2017\"\nsize = \"hobby\"\ninstances = 1\n"
        )
    };
    for (wage, drawn) in [("55", true), ("0", false)] {
        std::fs::write(directory.path().join("hours.toml"), scenario(wage)).unwrap();
        let done = crate::program::run(directory.path(), &["run", "hours.toml", "--force"]);
        assert_eq!(done.status, Some(0), "{}", done.err);
        let page = std::fs::read_to_string(directory.path().join("output/hours/report.html")).unwrap();
        for part in ["What hours of labour would change", "hours of dyno: ", "by how much dyno is the cheapest"] {
            assert_eq!(page.contains(part), drawn, "{part} at {wage}");
        }
    }
}
