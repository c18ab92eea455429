//! The command line: what is typed, what comes out of which stream, and with which status.

use crate::program::{SMALL, program, run, run_with_input, with_small};
use std::io::Read;
use std::path::Path;
use std::process::Stdio;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn help_of_the_program_and_of_every_command() {
    let help = run(root(), &["--help"]);
    assert_eq!((help.status, help.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!("help", help.out);
    for command in [
        "run",
        "curve",
        "map",
        "advise",
        "sweep",
        "merge",
        "sensitivity",
        "compare",
        "bill",
        "check",
        "models",
        "schema",
        "trace",
        "ui",
        "completions",
        "man",
    ] {
        let help = run(root(), &[command, "--help"]);
        assert_eq!(help.status, Some(0));
        insta::assert_snapshot!(format!("help-{command}"), help.out);
    }
}

#[test]
fn a_wrong_command_line_ends_with_status_2_and_an_empty_standard_output() {
    let wrong: [&[&str]; 8] = [
        &[],
        &["runn", "x.toml"],
        &["run"],
        &["run", "x.toml", "--replications", "0"],
        &["run", "x.toml", "--precision", "0%"],
        &["run", "x.toml", "--format", "yaml"],
        &["run", "x.toml", "--output", "a", "--no-files"],
        &["schema", "everything"],
    ];
    for arguments in wrong {
        let done = run(root(), arguments);
        assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!done.err.is_empty(), "{arguments:?}");
    }
    assert!(run(root(), &["runn"]).err.contains("'run'"));
}

#[test]
fn a_wrong_file_ends_with_status_2_and_every_mistake_with_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let wrong =
        SMALL.replace("duration", "durashun").replace("\"1 /s\"", "\"1\"").replace("textbook-vps", "textbook-vsp");
    std::fs::write(directory.path().join("bad.toml"), wrong).unwrap();
    for command in ["run", "check"] {
        let done = run(directory.path(), &[command, "bad.toml"]);
        assert_eq!((done.status, done.out.as_str()), (Some(2), ""));
        let expected =
            ["bad.toml:5:1", "did you mean `duration`?", "has no unit", "did you mean `textbook-vps`?", "3 mistakes"];
        for expected in expected {
            assert!(done.err.contains(expected), "{expected} is not in\n{}", done.err);
        }
    }
    assert!(!directory.path().join("output").exists());
    let missing = run(directory.path(), &["run", "nowhere.toml"]);
    assert_eq!(missing.status, Some(2));
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);
}

#[test]
fn run_prints_the_table_and_writes_whole_files() {
    let directory = with_small();
    let done = run(directory.path(), &["run", "small.toml"]);
    assert_eq!((done.status, done.err.as_str()), (Some(0), ""));
    assert!(done.out.contains("machine") && done.out.contains("functions"), "{}", done.out);
    assert!(!done.out.contains('\x1b'), "no colours in a pipe");
    let output = directory.path().join("output/small");
    let mut found: Vec<String> =
        std::fs::read_dir(&output).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    for file in ["result.json", "result.csv", "table.md", "cost.svg", "cost.png", "latency.svg", "timeline.png"] {
        assert!(found.contains(&file.to_string()), "{file} is not among {found:?}");
    }
    assert!(found.iter().all(|name| !name.starts_with('.')), "{found:?}");
    for name in &found {
        let bytes = std::fs::read(output.join(name)).unwrap();
        let whole = match name.rsplit('.').next().unwrap() {
            "svg" => String::from_utf8(bytes).unwrap().trim_end().ends_with("</svg>"),
            "png" => bytes.starts_with(b"\x89PNG") && bytes.ends_with(b"IEND\xaeB`\x82"),
            "json" => serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(),
            "html" => String::from_utf8(bytes).unwrap().trim_end().ends_with("</html>"),
            _ => bytes.ends_with(b"\n"),
        };
        assert!(whole, "{name}");
    }
}

#[test]
fn every_format_goes_to_the_standard_output_and_json_is_what_the_file_holds() {
    let directory = with_small();
    let json = run(directory.path(), &["run", "small.toml", "--format", "json", "--output", "there"]);
    assert_eq!(json.out, std::fs::read_to_string(directory.path().join("there/result.json")).unwrap());
    assert!(!directory.path().join("output").exists());
    let csv = run(directory.path(), &["run", "small.toml", "--format", "csv", "--no-files"]);
    assert!(csv.out.starts_with("case,hosting,family,size,slo_met,"));
    assert_eq!(csv.out.lines().count(), 3);
    let markdown = run(directory.path(), &["run", "small.toml", "--format", "markdown", "--no-files"]);
    assert!(markdown.out.contains("\n# A small one\n") && !markdown.out.starts_with('#'), "the answer comes first");
    assert!(!directory.path().join("output").exists(), "--no-files writes nothing");
}

#[test]
fn the_command_line_replaces_seed_and_replications_and_threads_change_nothing() {
    let directory = with_small();
    let json = |more: &[&str]| -> serde_json::Value {
        let arguments = [&["run", "small.toml", "--format", "json", "--no-files", "--quiet"], more].concat();
        serde_json::from_str(&run(directory.path(), &arguments).out).unwrap()
    };
    let plain = json(&[]);
    assert_eq!((&plain["seed"], &plain["replications"]), (&1.into(), &2.into()));
    let other = json(&["--seed", "9", "--replications", "3"]);
    assert_eq!((&other["seed"], &other["replications"]), (&9.into(), &3.into()));
    assert_ne!(plain["digest"], other["digest"]);
    assert_eq!(json(&["--threads", "1"]), json(&["--threads", "2"]));
    let precise = json(&["--precision", "2%"]);
    assert!(precise["replications"].as_u64().unwrap() > 2, "{}", precise["replications"]);
}

#[test]
fn a_scenario_is_read_from_the_standard_input() {
    let directory = tempfile::tempdir().unwrap();
    let done = run_with_input(directory.path(), &["run", "-", "--format", "json", "--no-files"], SMALL);
    assert_eq!(done.status, Some(0), "{}", done.err);
    assert!(done.out.contains("\"A small one\""));
    assert_eq!(run_with_input(directory.path(), &["check", "-"], SMALL).out, "-: ok\n");
    assert_eq!(run_with_input(directory.path(), &["check", "-"], "schema = 1\n").status, Some(2));
}

#[test]
fn a_claim_that_does_not_hold_ends_with_status_3_after_the_result() {
    let directory = tempfile::tempdir().unwrap();
    let with = |claim: &str| format!("{SMALL}\n[expect]\n{claim}\n");
    let arguments = ["run", "-", "--no-files"];
    let holds = run_with_input(directory.path(), &arguments, &with("\"machine.invoice_usd\" = \"== 0\""));
    assert_eq!((holds.status, holds.err.as_str()), (Some(0), ""));
    let fails = run_with_input(directory.path(), &arguments, &with("\"machine.requests_served\" = \"< 10\""));
    assert_eq!(fails.status, Some(3));
    assert!(fails.err.contains("machine.requests_served"), "{}", fails.err);
    assert!(fails.out.contains("A small one"));
    let unknown = run_with_input(directory.path(), &arguments, &with("\"machine.requests_servd\" = \"< 10\""));
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.err.contains("requests_served"), "{}", unknown.err);
}

#[test]
fn a_reader_that_goes_away_is_status_1_without_a_word() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = program(directory.path(), &["schema", "scenario"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(1), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_standard_output_is_status_1_and_nothing_is_a_result() {
    let directory = with_small();
    let shell = |redirected: &str| {
        let line = format!("exec {} run small.toml --no-files {redirected}", env!("CARGO_BIN_EXE_hostsim"));
        std::process::Command::new("sh").args(["-c", &line]).current_dir(directory.path()).output().unwrap()
    };
    let closed = shell(">&-");
    assert_eq!(closed.status.code(), Some(1), "{}", String::from_utf8_lossy(&closed.stderr));
    assert!(String::from_utf8_lossy(&closed.stderr).contains("closed"));
    assert_eq!(shell(">/dev/null").status.code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_with_status_1() {
    let directory = with_small();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = program(directory.path(), &["run", "small.toml", "--no-files"]);
    let done = command.stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(!done.stderr.is_empty());
    std::fs::write(directory.path().join("output"), "a file where the directory would be").unwrap();
    let done = run(directory.path(), &["run", "small.toml"]);
    assert_eq!(done.status, Some(1));
    // It is found before anything is simulated.
    assert!(done.err.contains("output") && done.out.is_empty(), "{}", done.err);
}

#[cfg(unix)]
#[test]
fn control_c_ends_with_status_1_and_leaves_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let long = SMALL.replace("\"1 h\"", "\"10 years\"").replace("\"1 /s\"", "\"30 /s\"");
    std::fs::write(directory.path().join("long.toml"), long).unwrap();
    let mut command = program(directory.path(), &["run", "long.toml", "--threads", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It says that it takes long once it has begun: then it can be interrupted.
    let mut first = [0; 1];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let mut words = String::new();
    child.stderr.as_mut().unwrap().read_to_string(&mut words).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(words.contains("error: interrupted; ") && words.contains("the same command begins anew"), "{words}");
    assert!(!directory.path().join("output").exists());
}

#[test]
fn colours_are_for_terminals_and_never_with_no_color() {
    let directory = tempfile::tempdir().unwrap();
    for value in [None, Some("1")] {
        let mut command = program(directory.path(), &["run", "nowhere.toml"]);
        command.envs(value.map(|value| ("NO_COLOR", value)));
        let done = command.output().unwrap();
        assert!(!done.stderr.contains(&b'\x1b'));
    }
}

#[test]
fn check_tells_files_apart_and_goes_on_after_a_bad_one() {
    let directory = with_small();
    let file = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    file("model.toml", "schema = 1\nextends = \"aws-lambda-2017\"\nconcurrency = 2\n");
    file("server.toml", "schema = 1\ncores = 8\nmemory = \"32 GiB\"\n");
    file(
        "usage.toml",
        "schema = 1\nhosting = \"aws-lambda-2017\"\n[[usage]]\nsize = \"128mb\"\nrequests = 1\ntime = \"1 s\"\n",
    );
    file("bad-model.toml", "schema = 1\nextends = \"aws-lambda-2017\"\nconcurency = 2\n");
    file("bad-usage.toml", "schema = 1\nhosting = \"aws-lambda-2018\"\n");
    file("bad-server.toml", "cores = 8\n");
    file("nothing.toml", "schema = 1\n");
    let files = [
        "small.toml",
        "bad-model.toml",
        "model.toml",
        "bad-server.toml",
        "server.toml",
        "bad-usage.toml",
        "usage.toml",
        "nothing.toml",
    ];
    let done = run(directory.path(), &[&["check"], &files[..]].concat());
    assert_eq!(done.status, Some(2));
    assert_eq!(done.out, "small.toml: ok\nmodel.toml: ok\nserver.toml: ok\nusage.toml: ok\n");
    for expected in ["concurrency", "the key `memory` is missing", "aws-lambda-2017", "this is no scenario"] {
        assert!(done.err.contains(expected), "{expected} is not in\n{}", done.err);
    }
}

#[test]
fn a_directory_of_models_adds_to_the_catalogue() {
    let directory = with_small();
    std::fs::create_dir_all(directory.path().join("mine/servers")).unwrap();
    let file = |name: &str, text: &str| std::fs::write(directory.path().join("mine").join(name), text).unwrap();
    file("own.toml", "schema = 1\nextends = \"textbook-vps\"\nproduct = \"Our own cloud\"\n");
    file("servers/ours.toml", "schema = 1\ncores = 8\nmemory = \"32 GiB\"\n");
    let scenario = SMALL.replace("textbook-vps", "own").replace("[app.api]", "[fleet]\nserver = \"ours\"\n[app.api]");
    let arguments = ["run", "-", "--no-files", "--models", "mine"];
    assert_eq!(run_with_input(directory.path(), &arguments, &scenario).status, Some(0));
    assert_eq!(run_with_input(directory.path(), &arguments[..3], &scenario).status, Some(2));
    let listed = run(directory.path(), &["models", "our", "cloud", "--models", "mine"]);
    assert!(listed.out.contains("own") && !listed.out.contains("textbook"), "{}", listed.out);
    file("wrong.toml", "schema = 1\nfamily = \"vpss\"\ncurrency = \"USD\"\n");
    let wrong = run(directory.path(), &["models", "--models", "mine"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.err.contains("wrong.toml:2:10"), "{}", wrong.err);
}

#[test]
fn models_are_listed_filtered_and_shown_in_full() {
    let list = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let done = run(root(), &[&["models", "--format", "json"], arguments].concat());
        assert_eq!(done.status, Some(0), "{}", done.err);
        let parsed: serde_json::Value = serde_json::from_str(&done.out).unwrap();
        parsed["models"].as_array().unwrap().clone()
    };
    let all = list(&["--era", "all"]);
    assert!(all.len() >= 40);
    let now = list(&[]);
    assert!(now.len() < all.len() && now.iter().all(|m| !m["name"].as_str().unwrap().ends_with("-2017")));
    let serverless = list(&["--family", "serverless", "--era", "2017"]);
    assert!(!serverless.is_empty() && serverless.len() < all.len());
    assert!(serverless.iter().all(|model| model["family"] == "serverless"));
    assert!(
        list(&["--provider", "amazon", "lambda"]).iter().all(|m| m["product"].as_str().unwrap().contains("Lambda"))
    );
    assert_eq!(run(root(), &["models", "nobody-has-this"]).status, Some(2));
    let page = run(root(), &["models", "aws-lambda-2017"]).out;
    for expected in
        ["0.00001667", "verified", "1536mb", "concurrency-limit: 1000", "runtime", "AWS Lambda pricing page"]
    {
        assert!(page.contains(expected), "{expected} is not in\n{page}");
    }
    assert!(run(root(), &["models", "two-socket-2017"]).out.contains("192 GiB"));
    assert!(run(root(), &["models", "--servers", "--format", "csv"]).out.contains("two-socket-2017,48,"));
    assert!(run(root(), &["models", "--labour"]).out.contains("operating-system"));
}

#[test]
fn every_model_has_a_page_in_every_format() {
    let listed: serde_json::Value = serde_json::from_str(&run(root(), &["models", "--format", "json"]).out).unwrap();
    for model in listed["models"].as_array().unwrap() {
        let name = model["name"].as_str().unwrap();
        for format in ["table", "json", "csv", "markdown"] {
            let done = run(root(), &["models", name, "--format", format]);
            assert_eq!(done.status, Some(0), "{name}: {}", done.err);
            // Its name, or (in CSV) the heading of its prices.
            assert!(done.out.contains(name) || done.out.starts_with("charge,"), "{name} as {format}");
        }
    }
}

#[test]
fn the_test_of_what_is_serverless() {
    let done = run(root(), &["models", "--serverless-test", "--era", "all", "--format", "json"]);
    assert_eq!(done.status, Some(0), "{}", done.err);
    let verdicts: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let verdict =
        |name: &str| verdicts["models"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap().clone();
    assert_eq!(verdict("aws-lambda-2017")["serverless"], true);
    assert_eq!(verdict("aws-lambda-2017")["idle_month"], 0.0);
    // Always on: one t2.nano for 730 hours at $0.0058.
    assert_eq!(verdict("aws-ec2-2017")["serverless"], false);
    assert_eq!(verdict("aws-ec2-2017")["idle_month"], 4.23);
    // Free of charge, and yet dynos have to be counted.
    assert_eq!(verdict("heroku-2017")["idle_month"], 0.0);
    assert_eq!(verdict("heroku-2017")["serverless"], false);
    // Instances come by themselves, and yet there is a monthly fee.
    assert_eq!(verdict("cloudflare-workers-now")["no_instances_to_reserve"], true);
    assert_eq!(verdict("cloudflare-workers-now")["serverless"], false);
}

#[test]
fn a_trace_is_described_before_it_is_used() {
    let directory = tempfile::tempdir().unwrap();
    let rows = ["arrival,duration", "0.5,0.1", "1.0,0.2", "61.0,0.1", "119.0,0.3"].join("\n");
    std::fs::write(directory.path().join("requests.csv"), rows + "\n").unwrap();
    std::fs::write(directory.path().join("counts.csv"), "0\n10\n20\n30\n").unwrap();
    let done = run(directory.path(), &["trace", "requests.csv", "--format", "json"]);
    assert_eq!(done.status, Some(0), "{}", done.err);
    let json: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    let trace = &json["traces"][0];
    assert_eq!((trace["format"].as_str(), trace["requests"].as_u64()), (Some("requests"), Some(4)));
    let counts = run(directory.path(), &["trace", "counts.csv", "--interval", "10 s", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&counts.out).unwrap();
    let trace = &json["traces"][0];
    // 60 requests in 40 s, at most 30 in 10 s; variance 125 over mean 15.
    assert_eq!((trace["mean_rps"].as_f64(), trace["peak_rps"].as_f64()), (Some(1.5), Some(3.0)));
    assert!((trace["dispersion"].as_f64().unwrap() - 125.0 / 15.0).abs() < 1e-9);
    let both = run(directory.path(), &["trace", "requests.csv", "nowhere.csv"]);
    assert_eq!(both.status, Some(2));
    assert!(both.out.contains("requests.csv") && both.err.contains("nowhere.csv"));
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let directory = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(directory.path(), &["completions", shell]);
        assert_eq!(script.status, Some(0));
        assert!(script.out.contains("replications") && script.out.contains("models"), "{shell}");
    }
    assert!(run(directory.path(), &["man"]).out.contains(".TH hostsim 1"));
    assert!(run(directory.path(), &["man", "run"]).out.contains("replications"));
    assert_eq!(run(directory.path(), &["man", "nothing"]).status, Some(2));
    assert_eq!(run(directory.path(), &["man", "--output", "pages"]).status, Some(0));
    assert!(directory.path().join("pages/hostsim-models.1").exists());
}

const USAGE: &str = r#"schema = 1
hosting = "aws-lambda-2017"
month = "2017-08"
[[usage]]
size = "512mb"
requests = 3_000_000
time = "1 s"
"#;

#[test]
fn a_usage_file_is_priced_in_every_format() {
    let directory = tempfile::tempdir().unwrap();
    let bill = |more: &[&str]| {
        let done = run_with_input(directory.path(), &[&["bill", "-"], more].concat(), USAGE);
        assert_eq!((done.status, done.err.as_str()), (Some(0), ""));
        done.out
    };
    // 2 M requests at $0.20 a million, and 3 M × 0.5 GB-s less 400,000 at $0.00001667.
    let json: serde_json::Value = serde_json::from_str(&bill(&["--format", "json"])).unwrap();
    assert_eq!((json["total"].as_str(), json["currency"].as_str()), (Some("18.74"), Some("USD")));
    assert!(bill(&[]).contains("18.74 USD") && bill(&["--format", "csv"]).contains("18.74"));
    assert!(bill(&["--format", "markdown"]).contains("| total |  |  |  |  |  | 18.74 USD |"));
    assert!(bill(&["--format", "focus"]).contains("BilledCost"));
    bill(&["--output", "bills"]);
    for file in ["invoice.json", "invoice.csv", "focus.csv"] {
        assert!(directory.path().join("bills").join(file).exists(), "{file}");
    }
    let wrong = run_with_input(directory.path(), &["bill", "-"], &USAGE.replace("512mb", "512"));
    assert_eq!((wrong.status, wrong.out.as_str()), (Some(2), ""));
    assert!(wrong.err.contains("-:5:8") && wrong.err.contains("512mb"), "{}", wrong.err);
}
