//! The whole catalogue: every model can be read and billed, and some scenario uses it. Its idle
//! month, busy month and one hour are pinned in `tests/catalogue-bills.txt` (`UPDATE_EXPECT=1`
//! rewrites it), and what a simulation meters is billed as a usage file of the same is.

use crate::common::{catalogue, root, run};
use hostsim::billing::usage;
use hostsim::catalogue::{Model, ModelOrigin};
use hostsim::units::decimal_text;

fn models() -> Vec<Model> {
    let (mut diagnostics, catalogue) = catalogue();
    let names: Vec<String> = catalogue.models().filter(|m| m.1 == ModelOrigin::BuiltIn).map(|m| m.0.into()).collect();
    let read = |name: String| {
        let at = catalogue.written(&name)?.at;
        let tree = catalogue.resolve(&name, at, &mut diagnostics)?;
        Model::read(&name, &tree, &mut diagnostics)
    };
    let models: Vec<Option<Model>> = names.into_iter().map(read).collect();
    assert!(diagnostics.is_empty(), "{}", diagnostics.render(false));
    models.into_iter().flatten().collect()
}

/// The total of a usage file, or why it has none.
fn total(text: &str) -> String {
    let (mut diagnostics, catalogue) = catalogue();
    let source = diagnostics.sources.add("usage.toml", text);
    match usage::read(source, catalogue, &mut diagnostics) {
        Some(bill) if diagnostics.is_empty() => {
            format!("{} {}", decimal_text(&bill.invoice.total, 2), bill.invoice.currency)
        }
        _ => diagnostics.render(false),
    }
}

/// The usage files of a model's first size: an idle month, a busy one, an hour.
fn months(model: &Model) -> [String; 3] {
    let head = format!("schema = 1\nhosting = \"{}\"\nmonth = \"730 h\"\n", model.name);
    let size = match (model.sizes.first(), &model.size_range) {
        (Some((name, _)), _) => format!("size = \"{name}\"\n"),
        (None, Some(range)) => {
            let least = range.smallest().unwrap();
            format!("cpu = \"{}\"\nmemory = \"{} B\"\n", least.fixed_cores(), least.fixed_memory().0)
        }
        (None, None) => String::new(),
    };
    let row = |keys: &str| format!("{head}[[usage]]\n{size}{keys}");
    if model.is_on_demand() {
        let busy = "requests = 30_000_000\ntime = \"200 ms\"\ncpu-time = \"50 ms\"\nresponse = \"10 kB\"\n";
        let hour = "requests = 3_600\ntime = \"200 ms\"\ncpu-time = \"50 ms\"\nresponse = \"10 kB\"\n";
        [head.clone(), row(busy), row(hour)]
    } else {
        [row("count = 1\n"), row("count = 5\n"), row("count = 1\ntime = \"1 h\"\n")]
    }
}

#[test]
fn every_models_idle_month_busy_month_and_hour_are_what_they_were() {
    let mut found = String::new();
    for model in models() {
        let [idle, busy, hour] = months(&model).map(|text| total(&text));
        found.push_str(&format!("{}: idle {idle}, busy {busy}, one hour {hour}\n", model.name));
    }
    assert!(!found.contains("error"), "{found}");
    let beside = root().join("tests/catalogue-bills.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&beside, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&beside).unwrap_or_default();
    assert_eq!(found, expected);
}

#[test]
fn every_model_is_used_by_a_scenario() {
    let files = std::fs::read_dir(root().join("scenarios")).unwrap().map(|entry| entry.unwrap().path());
    let texts: Vec<String> = files.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let used = |name: &str| texts.iter().any(|text| text.contains(&format!("\"{name}\"")));
    let unused: Vec<String> = models().into_iter().map(|model| model.name).filter(|name| !used(name)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// One request a second for ten days, each of 200 ms: what is simulated and what a usage file
/// says come to the same invoice.
#[test]
fn a_simulated_case_is_billed_as_its_usage_file_is() {
    let cases = [
        ("aws-lambda-2017", "512mb", ""),
        ("google-cloud-functions-2017", "512mb", ""),
        ("digitalocean-2017", "1gb", "instances = 2"),
        ("aws-ec2-2017", "m4.large", "instances = 3"),
        ("heroku-2017", "standard-1x", "instances = 2"),
    ];
    for (hosting, size, instances) in cases {
        let result = run(&format!(
            "schema = 1\n[run]\nduration = \"10 days\"\nmonth = \"duration\"\nreplications = 1\n\
             [app.a]\narrivals.constant = {{ rate = \"1 /s\" }}\nwait.constant = \"200 ms\"\nmemory = \"64 MiB\"\n\
             [case.x]\nhosting = \"{hosting}\"\nsize = \"{size}\"\n{instances}\n"
        ));
        let simulated = result.cases[0].figures.estimate(&["invoice_usd", "total"]).mean.unwrap();
        let head = format!("schema = 1\nhosting = \"{hosting}\"\nmonth = \"10 days\"\n[[usage]]\nsize = \"{size}\"\n");
        let rows = match instances.rsplit(' ').next().filter(|count| !count.is_empty()) {
            Some(count) => format!("{head}count = {count}\n"),
            None => format!("{head}requests = 863_999\ntime = \"200 ms\"\n"),
        };
        let billed: f64 = total(&rows).split(' ').next().unwrap().parse().unwrap();
        assert!((simulated - billed).abs() < 0.005, "{hosting}: {simulated} simulated, {billed} billed");
    }
}

/// Two free dynos that never sleep use 1,460 of the pool's 1,000 hours: where one is not enough, the cheapest order
/// is one that is paid for.
#[test]
fn what_a_price_list_does_not_sell_is_no_order() {
    let ordered = |size: &str, instances: &str, rate: u32| {
        let result = run(&format!(
            "schema = 1\n[run]\nduration = \"20 min\"\nreplications = 1\n[app.a]\narrivals.constant = {{ rate = \"{rate} /s\" }}\n\
             cpu.constant = \"100 ms\"\nmemory = \"64 MiB\"\nslo = {{ p99 = \"2 s\" }}\n\
             [case.x]\nhosting = \"heroku-2017\"\nsize = \"{size}\"\ninstances = {instances}\n"
        ));
        let case = &result.cases[0];
        let beyond = case.notes.iter().any(|note| note.contains("beyond the end of its last tier"));
        // What is not sold has no price: not one of nothing.
        for figure in ["invoice_usd.total", "tco_usd", "usd_per_million_requests", "provider_usd.revenue"] {
            let path: Vec<&str> = figure.split('.').collect();
            assert_eq!(case.estimate(&path).mean.is_none(), beyond, "{figure} of {size}");
        }
        (case.size.clone().unwrap_or_default(), beyond)
    };
    // 730 hours are within a verified account's thousand: a second free dyno, which would not be, cannot be ordered.
    assert_eq!(ordered("free", "1", 1), ("free".into(), false));
    // A tenth of a core, and six tenths of which a shared dyno has 0.417 × 0.95 × 0.945, and no second of one sold once.
    assert_eq!(ordered("cheapest", "\"right-size\"", 1), ("free".into(), false));
    assert!(ordered("cheapest", "\"right-size\"", 6).0.starts_with("standard"));
}

/// What CI asks of the program: it knows every file that the catalogue and the scenarios are made of.
#[test]
fn every_shipped_file_is_checked() {
    let mut files = Vec::new();
    let mut folders = vec![root().join("models"), root().join("scenarios")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|ending| ending == "toml") => {
                    files.push(path.display().to_string())
                }
                false => {}
            }
        }
    }
    let arguments: Vec<&str> = std::iter::once("check").chain(files.iter().map(String::as_str)).collect();
    let done = crate::program::run(&root(), &arguments);
    assert_eq!(done.status, Some(0), "{}", done.err);
}

/// Who waits where and for how long decides as much as a price: each model of the catalogue says where it has that
/// from. `hostsim models --service` is the table of it.
#[test]
fn every_term_of_the_service_has_a_source() {
    let models = models();
    assert!(models.len() >= 60);
    let mut without = Vec::new();
    for model in &models {
        let terms = model.terms_in_force();
        assert!(terms.iter().any(|(term, _)| matches!(*term, "routing" | "binding")), "{}", model.name);
        let missing = terms.iter().filter(|(term, _)| model.basis_of(term).is_none_or(|basis| basis.source.is_empty()));
        without.extend(missing.map(|(term, value)| format!("{}: {term} = {value}", model.name)));
    }
    assert!(without.is_empty(), "{without:#?}");
    for (name, expected) in [
        ("heroku-2017", "random"),
        ("kubernetes-on-ec2-now", "random"),
        ("gke-2017", "random"),
        ("docker-on-ec2-2017", "round-robin"),
        ("aws-ec2-2017", "least-loaded"),
    ] {
        let model = models.iter().find(|model| model.name == name).unwrap();
        let routing = model.terms_in_force().into_iter().find(|(term, _)| *term == "routing");
        assert_eq!(routing, Some(("routing", expected.to_string())), "{name}");
    }
}

/// The page of the documentation is what the command prints.
#[test]
fn the_documentation_has_every_term_of_the_service() {
    let told = crate::program::run(&root(), &["models", "--service", "--format", "markdown"]).out;
    let page = format!(
        "# Who waits where\n\nRouting, binding, periods of shares and limits of every model, and where each has that from:\n\
         `hostsim models --service`. A term without a source is an assumption.\n\n{told}"
    );
    let path = root().join("docs/service.md");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "renew it with UPDATE_EXPECT=1");
}
