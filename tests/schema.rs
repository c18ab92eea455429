//! The JSON Schemas: what the program reads is valid, what it writes is valid, and a key that no
//! schema has is refused.

use crate::program::{run, with_small};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The schema, as the program prints it.
fn validator(name: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&run(root(), &["schema", name]).out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    jsonschema::validator_for(&schema).unwrap()
}

fn toml(text: &str) -> Value {
    toml::from_str(text).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value, name: &str) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

/// All files with that ending below a directory of the project, in alphabetical order.
fn files(directory: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut to_see = vec![root().join(directory)];
    while let Some(directory) = to_see.pop() {
        for entry in std::fs::read_dir(directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                to_see.push(path);
            } else if path.extension().is_some_and(|e| e == "toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Value {
    toml(&std::fs::read_to_string(path).unwrap())
}

#[test]
fn every_scenario_of_the_project_is_valid() {
    let validator = validator("scenario");
    for path in files("scenarios") {
        assert_valid(&validator, &read(&path), &path.display().to_string());
    }
}

#[test]
fn every_model_and_server_of_the_catalogue_is_valid() {
    let (models, servers) = (validator("model"), validator("server"));
    let of = |directory: &str| files(&format!("models/{directory}"));
    let families = ["colocation", "dedicated", "vps", "container", "paas", "serverless", "textbook"];
    let found: Vec<PathBuf> = families.iter().flat_map(|family| of(family)).collect();
    assert!(found.len() >= 40);
    for path in found {
        assert_valid(&models, &read(&path), &path.display().to_string());
    }
    for path in of("servers") {
        assert_valid(&servers, &read(&path), &path.display().to_string());
    }
}

#[test]
fn a_scenario_with_every_key_is_valid_for_the_schema_and_for_the_program() {
    let path = root().join("tests/schema/every-key.toml");
    assert_valid(&validator("scenario"), &read(&path), "every-key.toml");
    let checked = run(root(), &["check", "tests/schema/every-key.toml"]);
    assert_eq!(checked.err, "");
    assert_eq!(checked.status, Some(0));
}

#[test]
fn the_kinds_of_usage_are_valid() {
    let validator = validator("usage");
    let valid = [
        "hosting = 'a'\nmonth = '2017-08'\n[[usage]]\nsize = '512mb'\nrequests = 3_000_000\ntime = '1 s'",
        "hosting = 'a'\nmonth = '30 days'\n[[usage]]\nsize = 'm4.large'\ncount = 2\ntime = '61 min'\nstart = '1 h'",
        "hosting = 'a'\n[[usage]]\nresource = 'x'\nmeter = 'egress-gb'\nquantity = '150'",
        "hosting = 'a'\n[[usage]]\nmeter = 'bandwidth-p95-mbps'\nin = [12, '14.5', 3.5]\nout = [1]",
        "hosting = 'a'\nwith = ['b']\nallowances = false\ncommitment = { plan = 'p', instances = { 'm4.large' = 2 } }",
        "[model]\nfamily = 'vps'\ncurrency = 'EUR'\n[[model.charge]]\nname = 'x'\nmeter = 'widgets'\nprice = '1'",
    ];
    for text in valid {
        assert_valid(&validator, &toml(&format!("schema = 1\n{text}")), text);
    }
    for path in files("tests/good/usage") {
        assert_valid(&validator, &read(&path), &path.display().to_string());
    }
    let wrong = [
        "hosting = 'a'\n[model]\nfamily = 'vps'\ncurrency = 'EUR'\ncharge = []",
        "month = '2017-08'",
        "hosting = 'a'\nmonth = '2017-13'",
        "hosting = 'a'\n[[usage]]\nrequests = -1",
        "hosting = 'a'\n[[usage]]\nmeter = 'egress-gb'\nquantity = 1.5",
        "hosting = 'a'\n[[usage]]\nrequests = 1\nmeter = 'egress-gb'\nquantity = 1",
    ];
    for text in wrong {
        assert!(!validator.is_valid(&toml(&format!("schema = 1\n{text}"))), "{text}");
    }
}

#[test]
fn what_a_run_writes_is_valid() {
    let validator = validator("result");
    let directory = with_small();
    let done = run(directory.path(), &["run", "small.toml", "--format", "json", "--no-files"]);
    assert_valid(&validator, &serde_json::from_str(&done.out).unwrap(), "small.toml");
    let path = root().join("tests/schema/every-key.toml");
    let arguments = ["run", path.to_str().unwrap(), "--format", "json", "--no-files", "--replications", "1"];
    let done = run(directory.path(), &arguments);
    let result: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{}", done.err));
    assert_valid(&validator, &result, "every-key.toml");
    let mut wrong = result.clone();
    wrong["cases"]["plain"]["tco_usd"] = 5.into();
    assert!(!validator.is_valid(&wrong));
}

/// The pointers of all objects in a document.
fn objects(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let key = key.replace('~', "~0").replace('/', "~1");
                objects(inner, format!("{pointer}/{key}"), found);
            }
            found.push(pointer);
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| objects(item, format!("{pointer}/{i}"), found));
        }
        _ => {}
    }
}

/// Puts a key that nobody knows into one object after the other: each time it must be refused.
/// Where names are free, its value is not what a name may stand for. The values of a sweep are
/// left out: what they may be depends on their paths.
fn assert_unknown_keys_are_refused(validator: &jsonschema::Validator, document: &Value, name: &str) {
    let mut found = Vec::new();
    objects(document, String::new(), &mut found);
    for pointer in found.into_iter().filter(|pointer| !pointer.starts_with("/sweep/grid/case")) {
        let mut changed = document.clone();
        let object = changed.pointer_mut(&pointer).and_then(Value::as_object_mut).unwrap();
        object.insert("nobody-knows-this".into(), true.into());
        assert!(!validator.is_valid(&changed), "{name}: an unknown key at `{pointer}` is accepted");
    }
}

/// What every form of `models` prints, what `trace` and `import` say: valid, and no key beside those that the schema
/// has. Names in tables by name are free: what stands there is of another kind.
#[test]
fn what_models_trace_and_import_print_is_valid_and_has_no_other_key() {
    let directory = tempfile::tempdir().unwrap();
    let log =
        "198.51.100.4 - - [26/Oct/2025:02:00:01 +0100] \"GET /a HTTP/1.1\" 200 10 \"-\" \"UA\"\nno line of a log\n";
    let spans = "arrival,end\n2025-10-26T02:00:00Z,2025-10-26T02:00:01Z\n2025-10-26T02:00:07Z,2025-10-26T02:00:09Z\n";
    for (name, text) in [
        ("a.log", log),
        ("counts.csv", "time,hits\n2026-03-01 00:00:00,1\n2026-03-01 00:01:00,5\n2026-03-01 00:02:00,2\n"),
        ("requests.csv", spans),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let commands: [(&str, &[&str]); 14] = [
        ("models", &["models", "--era", "all"]),
        ("models", &["models", "aws-lambda-2017"]),
        ("models", &["models", "linode-2017"]),
        ("models", &["models", "two-socket-2017"]),
        ("models", &["models", "--servers"]),
        ("models", &["models", "--labour"]),
        ("models", &["models", "aws", "--cores", "--no-files"]),
        ("models", &["models", "aws", "--service"]),
        ("models", &["models", "lambda", "--serverless-test"]),
        ("trace", &["trace", "counts.csv", "--interval", "1 min"]),
        ("trace", &["trace", "requests.csv", "counts.csv", "--interval", "1 min"]),
        ("import", &["import", "a.log", "--no-files"]),
        ("import", &["import", "counts.csv", "--as", "counts", "--no-files"]),
        ("invoice", &["bill", "usage.toml"]),
    ];
    let usage =
        "schema = 1\nhosting = \"aws-lambda-2017\"\n[[usage]]\nsize = \"512mb\"\nrequests = 3\ntime = \"1 s\"\n";
    std::fs::write(directory.path().join("usage.toml"), usage).unwrap();
    for (schema, command) in commands {
        let done = run(directory.path(), &[command, &["--format", "json"]].concat());
        let document: Value = serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{command:?}: {}", done.err));
        let validator = validator(schema);
        assert_valid(&validator, &document, &format!("{command:?}"));
        assert_unknown_keys_are_refused(&validator, &document, &format!("{command:?}"));
    }
}

#[test]
fn a_key_that_the_schema_does_not_know_is_refused_wherever_it_stands() {
    let scenario = validator("scenario");
    assert_unknown_keys_are_refused(&scenario, &read(&root().join("tests/schema/every-key.toml")), "every-key.toml");
    let models = validator("model");
    for path in ["serverless/aws-lambda-now", "vps/aws-ec2-2017", "vps/gce-2017", "paas/heroku-2017"] {
        assert_unknown_keys_are_refused(&models, &read(&root().join(format!("models/{path}.toml"))), path);
    }
    let servers = validator("server");
    assert_unknown_keys_are_refused(&servers, &read(&root().join("models/servers/small-2017.toml")), "small-2017");
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    let validator = validator("scenario");
    let text = std::fs::read_to_string(root().join("tests/schema/every-key.toml")).unwrap();
    let changes = [
        ("duration = \"2 h\"", "duration = \"2\""),
        ("duration = \"2 h\"", "duration = 2"),
        ("rate = \"2 /min\"", "rate = \"2 /fortnight\""),
        ("memory = \"32 MiB\"\nresponse", "memory = \"32 mb\"\nresponse"),
        ("arrivals.poisson = { rate", "arrivals.poison = { rate"),
        ("placement = \"first-fit\"", "placement = \"fist-fit\""),
        ("price = \"15\"", "price = 1.5"),
        ("wage = \"50 USD/h\"", "wage = \"50\""),
        ("schema = 1", "schema = 2"),
    ];
    for (right, wrong) in changes {
        assert!(text.contains(right), "{right}");
        assert!(!validator.is_valid(&toml(&text.replacen(right, wrong, 1))), "{wrong}");
    }
}
