//! The manifests for Kubernetes against the schema of its API (as the Python package
//! kubernetes-validate carries it).

use crate::program::{SMALL, run};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// The package that has the schemas; its version is that of the API.
const PACKAGE: &str = "kubernetes-validate==1.37.0";

/// The objects of the manifests of a sweep: a ConfigMap and two Jobs.
fn objects() -> Vec<Value> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.toml"), format!("{SMALL}[sweep.grid]\n\"run.seed\" = [1, 2]\n")).unwrap();
    let arguments = ["sweep", "s.toml", "--submit", "kubernetes", "--shards", "4", "--threads", "2", "--seed", "7"];
    let done = run(
        directory.path(),
        &[&arguments[..], &["--submit-options", "image=registry/hostsim:1 claim=results"]].concat(),
    );
    assert_eq!(done.status, Some(0), "{}", done.err);
    assert!(done.out.contains("2 points, 8 runs") && done.out.contains("kubectl apply -f"), "{}", done.out);
    let read = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(directory.path().join("output/s").join(name)).unwrap()).unwrap()
    };
    let mut objects = read("job.json")["items"].as_array().unwrap().clone();
    objects.push(read("merge.json"));
    objects
}

/// The command of the Job's container is one that the program takes.
#[test]
fn a_manifest_s_command_is_a_command() {
    let objects = objects();
    let container = &objects[1]["spec"]["template"]["spec"]["containers"][0];
    let words: Vec<&str> = container["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words[0], "hostsim");
    let directory = tempfile::tempdir().unwrap();
    let at = |word: &str| directory.path().join(word.trim_start_matches('/')).display().to_string();
    let local: Vec<String> =
        words[1..].iter().map(|word| if word.starts_with('/') { at(word) } else { (*word).to_string() }).collect();
    std::fs::create_dir_all(directory.path().join("scenario")).unwrap();
    let text = objects[0]["data"]["s.toml"].as_str().unwrap();
    std::fs::write(directory.path().join("scenario/s.toml"), text).unwrap();
    for index in 0..4 {
        let arguments: Vec<&str> = local.iter().map(String::as_str).collect();
        let mut command = crate::program::program(directory.path(), &arguments);
        let done = command.env("JOB_COMPLETION_INDEX", index.to_string()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let merge = objects[2]["spec"]["template"]["spec"]["containers"][0]["command"].as_array().unwrap();
    let merge: Vec<String> = merge[1..]
        .iter()
        .map(|word| word.as_str().unwrap())
        .map(|word| if word.starts_with('/') { at(word) } else { word.into() })
        .collect();
    let done = run(directory.path(), &merge.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(done.status, Some(0), "{}", done.err);
    assert!(directory.path().join("output/s/points.csv").exists());
}

#[test]
fn options_for_kubernetes_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("s.toml"), format!("{SMALL}[sweep.grid]\n\"run.seed\" = [1, 2]\n")).unwrap();
    let wrong = ["sweep", "s.toml", "--submit", "kubernetes", "--shards", "4", "--submit-options", "imag=x"];
    let done = run(directory.path(), &wrong);
    assert!(done.status == Some(2) && done.err.contains("expected image=NAME or claim=NAME"), "{}", done.err);
}

#[test]
#[ignore = "ci: needs Python and its package registry"]
fn ci_kubernetes_manifests_are_what_the_api_takes() {
    let directory = tempfile::tempdir().unwrap();
    let Some(validate) = installed(directory.path()) else {
        return eprintln!("skipped: {PACKAGE} cannot be installed here");
    };
    let valid = |object: &Value| {
        let file = directory.path().join("object.json");
        std::fs::write(&file, object.to_string()).unwrap();
        let done = Command::new(&validate).arg("--strict").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        if done.status.success() { Ok(()) } else { Err(said) }
    };
    let objects = objects();
    for object in &objects {
        assert_eq!(valid(object), Ok(()), "{object:#}");
    }
    // The schema does find what is wrong: a key that is none, a value of another type, a word that
    // is no choice, and a key at the wrong depth.
    type Change = fn(&mut Value);
    let changes: [Change; 4] = [
        |job| job["spec"]["completionsMode"] = json!("Indexed"),
        |job| job["spec"]["completions"] = json!("four"),
        |job| job["spec"]["podFailurePolicy"]["rules"][0]["action"] = json!({ "name": "Ignore" }),
        |job| job["spec"]["template"]["spec"]["containers"][0]["restart"] = json!("Never"),
    ];
    for change in changes {
        let mut job = objects[1].clone();
        change(&mut job);
        assert!(valid(&job).is_err(), "{job:#}");
    }
}

/// The validator, in an environment of its own; `None` where it cannot be had.
fn installed(directory: &Path) -> Option<std::path::PathBuf> {
    let quietly = |command: &mut Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    let made = quietly(Command::new("python3").args(["-m", "venv"]).arg(directory.join("venv")));
    let pip = directory.join("venv/bin/pip");
    let had = made && quietly(Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]));
    had.then(|| directory.join("venv/bin/kubernetes-validate"))
}
