//! The figures of a result are declared once: whatever lists them has them all, and nothing else.

use crate::common::{read, root, run};
use hostsim::metrics::{FIGURES, Figure, Unit, figure};
use hostsim::report::{ResultDocument, to_csv, to_json};
use serde_json::Value;

/// A case with a cluster whose servers fail, an objective, a wage: it has every figure that there is.
fn everything() -> ResultDocument {
    run(r#"
schema = 1
run = { duration = "2 h", replications = 1, warm-up = "auto" }
fleet.server = { cores = 8, memory = "32 GiB", mtbf = "1 h", repair.constant = "1 min", price = "2000 USD", life = "3 years" }
provider.energy = "0.1 USD/kWh"
labour = { wage = "50 USD/h" }
[app.api]
tenants = 2
arrivals.poisson = { rate = "1 /s" }
cpu.constant = "50 ms"
memory = "100 MiB"
slo.p99 = "10 s"
[model.cluster]
family = "container"
currency = "USD"
isolation = ["vm", "container"]
scaling = "fixed"
size.node = { cpu = 2, memory = "4 GiB" }
cluster.scheduler = "kubernetes"
manages = ["application"]
charge = [{ name = "nodes", meter = "instance-hours", price = "0.10" }]
[case.c]
hosting = "cluster"
size = "node"
instances = 2
"#)
}

fn is_called(figure: &Figure, flat: &str) -> bool {
    figure::called(flat, &["api"]) == Some(figure)
}

/// What cases say of all but their verdicts, which are said at the objectives.
fn counted() -> impl Iterator<Item = &'static Figure> {
    FIGURES.iter().filter(|figure| figure.unit != Unit::Flag)
}

#[test]
fn a_run_has_every_figure_and_no_other() {
    let result = everything();
    let figures = &result.cases[0].figures;
    for declared in counted() {
        let found = figures.iter().any(|(path, _)| figure::at(path) == Some(declared));
        assert!(found, "nothing fills {}", declared.flat_name());
    }
    for (path, _) in figures.iter() {
        assert!(figure::at(path).is_some(), "{path:?} is not declared");
    }
}

#[test]
fn every_list_has_every_figure() {
    let result = everything();
    let csv = to_csv(&result);
    let columns: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let json: Value = serde_json::from_str(&to_json(&result)).unwrap();
    let schema = hostsim::schema::of("result").unwrap();
    for figure in FIGURES {
        let name = figure.flat_name();
        let column = columns.iter().any(|column| is_called(figure, column.trim_end_matches("_ci95")));
        assert!(column, "result.csv has no {name}");
        let pointer = format!("/cases/c/{}", figure.path.join("/"));
        assert!(json.pointer(&pointer).is_some(), "result.json has no {pointer}");
        let described = match figure.path {
            [key] => schema.pointer(&format!("/$defs/case/properties/{key}")),
            path => schema.pointer(&format!("/$defs/{}/properties/{}", path[0], path[1])),
        };
        assert!(described.is_some(), "the schema has no {name}");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut more = json.clone();
    more["cases"]["c"]["fleet"]["failure"] = more["cases"]["c"]["fleet"]["failures"].clone();
    assert!(!validator.is_valid(&more));
}

/// `[expect]` knows each, of a case and of an app where it is said of one.
#[test]
fn every_figure_can_be_expected() {
    let expected = |name: &str| {
        let text = format!(
            "schema = 1\n[app.api]\nmemory = \"1 MiB\"\n[case.c]\nhosting = \"textbook-vps\"\nsize = \"1-core\"\ninstances = 1\n\
             [expect]\n\"c.{name}\" = \">= 0\"\n"
        );
        let (mut diagnostics, _) = crate::common::catalogue();
        let scenario = read(&text, &root()).unwrap_or_else(|errors| panic!("{errors}"));
        hostsim::experiment::validate(&scenario, &mut diagnostics);
        diagnostics.is_empty()
    };
    for figure in FIGURES {
        let name = figure.flat_name().replace("NAME", "compute");
        assert!(expected(&name), "{name}");
        let of_app = format!("apps_api_{name}");
        assert_eq!(expected(&of_app), figure.scope == figure::Scope::CaseAndApp, "{of_app}");
    }
    assert!(!expected("fleet_failed"));
}

/// The page of the documentation, as it is to be.
fn page() -> String {
    let mut text = String::from(
        "# Figures\n\nAll that a result says in numbers, in the order of `result.json`. The name is that of a column of `result.csv`, of `[expect]`\n\
         and of a sweep's `points.csv`: the path joined by `_`, its unit last. `NAME` stands for a name of the user's, of a charge, a slice\n\
         of the stack, a cost. What is said of an app too has the name `apps_APP_…`.\n\n\
         | figure | in the JSON | unit | of | meaning |\n|---|---|---|---|---|\n",
    );
    for figure in FIGURES.iter().chain(figure::PERCENTILES) {
        let unit = match figure.unit {
            Unit::Number => "number",
            Unit::Share => "share",
            Unit::Seconds => "s",
            Unit::Dollars => "USD",
            Unit::Hours => "h",
            Unit::KilowattHours => "kWh",
            Unit::Flag => "yes or no",
        };
        let of = if figure.scope == figure::Scope::Case { "case" } else { "case, app" };
        let only = if figure.only.is_empty() { String::new() } else { format!(" Only where {}.", figure.only) };
        let name = if figure.by.is_empty() { "" } else { ".NAME" };
        text += &format!(
            "| `{}` | `{}{name}` | {unit} | {of} | {}{only} |\n",
            figure.flat_name(),
            figure.path.join("."),
            figure.doc
        );
    }
    text
}

#[test]
fn the_documentation_has_every_figure() {
    let path = root().join("docs/figures.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, page(), "renew it with UPDATE_EXPECT=1");
}
