//! `check` says before anything runs what `run`, `curve`, `map`, `advise`, `sweep` and `bill` would refuse:
//! whatever one of them ends with status 2, `check` does too, and it says ok to what they do.

use crate::common::catalogue;
use crate::corpora::files;
use crate::program::run;
use hostsim::check::check;
use hostsim::scenario::read_source;
use std::path::PathBuf;

/// The files of a corpus of bad ones that `check` has nothing to say against.
fn passed(directory: &str) -> Vec<String> {
    let accepted = |path: &PathBuf| {
        let (mut diagnostics, catalogue) = catalogue();
        if let Some(source) = read_source(path, &mut diagnostics).filter(|_| diagnostics.is_empty()) {
            check(&source, catalogue, &mut diagnostics);
        }
        diagnostics.is_empty()
    };
    files(directory).iter().filter(|path| accepted(path)).map(|path| path.display().to_string()).collect()
}

#[test]
fn check_refuses_every_bad_scenario_map_model_and_usage_file() {
    for directory in ["tests/bad/scenario", "tests/bad/map", "tests/bad/model"] {
        assert_eq!(passed(directory), Vec::<String>::new(), "{directory}");
    }
}

#[test]
fn check_refuses_every_bad_sweep_but_those_that_are_only_large() {
    let large = ["tests/bad/sweep/far-too-many.toml", "tests/bad/sweep/no-axes.toml", "tests/bad/sweep/too-many.toml"];
    let passed = passed("tests/bad/sweep");
    assert!(passed.iter().all(|path| large.contains(&path.as_str())), "{passed:?}");
}

/// What commands find missing or wrong of scenarios that are well-formed.
#[test]
fn check_finds_what_a_command_would_refuse() {
    let head = "schema = 1\n[run]\nduration = '1 min'\nreplications = 1\n";
    let app = "[app.a]\narrivals.poisson = { rate = '1 /s' }\ncpu.constant = '10 ms'\nmemory = '50 MiB'\n";
    let slo = "slo = { p99 = '1 s' }\n";
    let case = "[case.c]\nhosting = 'digitalocean-2017'\nsize = '512mb'\ninstances = 1\n";
    let cheapest = "[case.c]\nhosting = 'digitalocean-2017'\nsize = 'cheapest'\ninstances = 'right-size'\n";
    let quiet = "[app.a]\ncpu.constant = '10 ms'\nmemory = '50 MiB'\n";
    let wrong: [(&str, &str, String); 11] = [
        ("run", "larger", format!("{}{case}", app.replace("50 MiB", "5 GiB"))),
        ("run", "no slo", format!("{app}{cheapest}")),
        ("run", "no such figure", format!("{app}{case}[expect]\n'c.latency_p98_s' = '< 1'\n")),
        ("run", "no such case", format!("{app}{case}[expect]\n'd.latency_p99_s' = '< 1'\n")),
        (
            "run",
            "missing file",
            format!("{}{case}", app.replace("poisson = { rate = '1 /s' }", "trace = { file = 'none.csv' }")),
        ),
        ("run", "missing model", format!("{app}{}", case.replace("digitalocean-2017", "nothing-2017"))),
        ("curve", "no traffic", format!("{quiet}{case}[curve]\nrequests = 1000\n")),
        (
            "map",
            "a path that leads nowhere",
            format!(
                "{app}{slo}{case}[map]\nx = {{ path = 'case.c.sizes', values = ['512mb'] }}\ny = {{ path = 'traffic', values = [1] }}\n"
            ),
        ),
        ("sweep", "a path that leads nowhere", format!("{app}{case}[sweep.grid]\n'case.c.sizes' = ['512mb']\n")),
        (
            "sweep",
            "a bad sample",
            format!("{app}{case}[sweep.sample]\npoints = 0\n'case.c.instances' = {{ from = 1, to = 2 }}\n"),
        ),
        (
            "sweep",
            "one bad value among many",
            format!(
                "{app}{case}[sweep.grid]\n'case.c.instances' = [1, 2, 3, 'four']\n'run.seed' = {{ from = 1, to = 3000, points = 3000 }}\n"
            ),
        ),
    ];
    let directory = tempfile::tempdir().expect("a directory");
    for (command, why, text) in wrong {
        std::fs::write(directory.path().join("it.toml"), format!("{head}{text}")).expect("a file");
        let mut arguments = vec![command, "it.toml", "--no-files"];
        arguments.truncate(if command == "sweep" { 2 } else { 3 });
        assert_eq!(run(directory.path(), &arguments).status, Some(2), "{command}: {why}");
        let checked = run(directory.path(), &["check", "it.toml"]);
        assert_eq!(checked.status, Some(2), "check, {why}: {}", checked.out);
        assert!(checked.err.contains("it.toml:"), "{why}: {}", checked.err);
    }
    // No case has this model, so that nothing else reads it.
    let unused = format!("{head}{app}{case}[model.m]\nextends = 'nope'\n");
    std::fs::write(directory.path().join("it.toml"), unused).expect("a file");
    assert_eq!(run(directory.path(), &["check", "it.toml"]).status, Some(2));
}

#[test]
fn a_use_that_outruns_the_month_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let tried = |hosting: &str, row: &str| {
        let text = format!("schema = 1\nhosting = '{hosting}'\nmonth = '2017-08'\n[[usage]]\n{row}\n");
        std::fs::write(directory.path().join("usage.toml"), text).expect("a file");
        let (billed, checked) =
            (run(directory.path(), &["bill", "usage.toml"]), run(directory.path(), &["check", "usage.toml"]));
        assert_eq!(billed.status, checked.status, "{row}");
        (billed.status, billed.err)
    };
    let machine = "size = 'm4.large'\n";
    for row in ["time = '10 years'", "count = 3\ntime = '745 h'", "time = '40 h'\nstart = '720 h'", "start = '800 h'"] {
        let (status, errors) = tried("aws-ec2-2017", &format!("{machine}{row}"));
        assert!(status == Some(2) && errors.contains("the month that is billed"), "{row}: {errors}");
    }
    for row in ["time = '744 h'", "count = 3\ntime = '100 h'\nstart = '644 h'"] {
        assert_eq!(tried("aws-ec2-2017", &format!("{machine}{row}")).0, Some(0), "{row}");
    }
    let (status, errors) = tried("aws-lambda-2017", "size = '128mb'\nrequests = 1\ntime = '10 years'");
    assert!(status == Some(2) && errors.contains("10 years") | errors.contains("the month"), "{errors}");
}
