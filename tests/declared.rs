//! Keys that are declared where they are read: each is accepted, every other is refused at its place, and the page of
//! the documentation has them all.

use crate::common::{read, root};
use hostsim::document::{Declared, Field, Literal, Shape};
use hostsim::workload::distribution::{DistributionKind, Form, KINDS, Parameter};
use hostsim::workload::{Arrivals, Unit};

/// A value for a field, by its definition in the schemas; apart from its neighbours', where two must differ.
fn example(field: &Field, place: usize) -> String {
    match field.schema {
        "rate" => format!("\"{} /s\"", place + 1),
        "duration" => format!("\"{} h\"", place + 2),
        "moment" | "time-of-day" => format!("\"{:02}:00\"", 8 + place),
        "number-of-zero-or-more" | "number-above-zero" => "1.5".into(),
        "count" => "3".into(),
        "distribution-of-time" => "{ constant = \"1 s\" }".into(),
        other => panic!("{other}: write an example of it here"),
    }
}

/// A scenario whose app has these arrivals.
fn with(kind: &str, keys: &[(String, String)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!(
        "schema = 1\n[app.a]\narrivals.{kind} = {{ {} }}\n[case.c]\nhosting = \"textbook-serverless\"\nsize = \"1-core\"\n",
        keys.join(", ")
    )
}

fn errors(kind: &Declared, keys: &[(String, String)]) -> String {
    read(&with(kind.name, keys), &root()).err().unwrap_or_default()
}

fn examples(fields: &[Field]) -> Vec<(String, String)> {
    fields.iter().enumerate().map(|(place, field)| (field.name.to_string(), example(field, place))).collect()
}

/// The kinds whose keys are declared.
fn tables() -> impl Iterator<Item = (Declared, &'static [Field])> {
    Arrivals::declared().filter_map(|kind| match kind.shape {
        Shape::Keys(fields) => Some((kind, fields)),
        Shape::Defined(_) => None,
    })
}

#[test]
fn every_declared_key_is_accepted_and_every_other_refused_at_its_place() {
    assert!(tables().count() >= 8);
    for (kind, fields) in tables() {
        let keys = examples(fields);
        assert_eq!(errors(&kind, &keys), "", "{}", kind.name);
        let mut more = keys.clone();
        more.push(("nobody-knows-this".into(), "1".into()));
        let refused = errors(&kind, &more);
        let place = with(kind.name, &more).lines().nth(2).unwrap().find("nobody").unwrap() + 1;
        assert!(refused.contains("unknown key `nobody-knows-this`"), "{}: {refused}", kind.name);
        assert!(refused.contains(&format!("scenario.toml:3:{place}")), "{}: {refused}", kind.name);
        let mut near = keys.clone();
        near[0].0 += "x";
        assert!(errors(&kind, &near).contains(&format!("did you mean `{}`?", fields[0].name)), "{}", kind.name);
    }
}

#[test]
fn what_has_no_default_must_be_there() {
    for (kind, fields) in tables() {
        for (place, field) in fields.iter().enumerate() {
            let mut fewer = examples(fields);
            fewer.remove(place);
            let found = errors(&kind, &fewer);
            let missing = format!("the key `{}` is missing here", field.name);
            assert_eq!(found.contains(&missing), field.default.is_none(), "{}: {found}", kind.name);
            assert_eq!(found.is_empty(), field.default.is_some(), "{}: {found}", kind.name);
        }
    }
}

/// The rows of the documentation between two headings.
fn section(begin: &str, end: &str) -> String {
    let text = std::fs::read_to_string(root().join("docs/scenarios.md")).unwrap();
    let from = text.find(begin).unwrap_or_else(|| panic!("no {begin}"));
    let length = text[from..].find(end).unwrap_or_else(|| panic!("no {end}"));
    text[from..from + length].to_string()
}

#[test]
fn the_documentation_names_every_kind_and_key_with_its_default() {
    let rows = section("**Arrivals**", "Trace files are");
    for kind in Arrivals::declared() {
        let word = format!("`{}`", kind.name);
        let row = rows.lines().find(|row| row.split('|').nth(1).is_some_and(|cell| cell.contains(&word)));
        let row = row.unwrap_or_else(|| panic!("no row of {word}"));
        let Shape::Keys(fields) = kind.shape else { continue };
        for field in fields {
            let default = match field.default {
                None => String::new(),
                Some(Literal::Text(text)) => format!(" = \"{text}\""),
                Some(Literal::Number(number)) => format!(" = {number:?}"),
            };
            assert!(
                row.contains(&format!("`{}{default}", field.name)),
                "{word}: no `{}{default}` in {row}",
                field.name
            );
        }
    }
}

/// The ways in which a kind of distribution of times is written, each with its keys.
fn ways(kind: &DistributionKind) -> Vec<Vec<(String, String)>> {
    let Form::Ways(ways) = kind.form else { return Vec::new() };
    let fields = |way: &&[Parameter]| way.iter().map(|parameter| parameter.field(Unit::Time)).collect::<Vec<Field>>();
    ways.iter().map(|way| examples(&fields(way))).collect()
}

fn with_distribution(kind: &str, keys: &[(String, String)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!(
        "schema = 1\n[app.a]\ncpu.{kind} = {{ {} }}\n[case.c]\nhosting = \"textbook-serverless\"\nsize = \"1-core\"\n",
        keys.join(", ")
    )
}

/// The program and the schema take the same keys of each way, and no other.
#[test]
fn every_way_of_a_distribution_is_accepted_by_the_program_and_the_schema() {
    let validator = jsonschema::validator_for(&hostsim::schema::of("scenario").unwrap()).unwrap();
    let valid = |text: &str| validator.is_valid(&toml::from_str::<serde_json::Value>(text).unwrap());
    let mut seen = 0;
    for kind in &KINDS {
        for keys in ways(kind) {
            let text = with_distribution(kind.name, &keys);
            assert_eq!(read(&text, &root()).err(), None, "{text}");
            assert!(valid(&text), "{text}");
            for left_out in 0..keys.len() {
                let mut fewer = keys.clone();
                let (name, _) = fewer.remove(left_out);
                let text = with_distribution(kind.name, &fewer);
                assert!(read(&text, &root()).is_err() && !valid(&text), "{name} may be left out of {}", kind.name);
            }
            let mut more = keys.clone();
            more.push(("nobody-knows-this".into(), "1".into()));
            let text = with_distribution(kind.name, &more);
            let refused = read(&text, &root()).err().unwrap_or_default();
            assert!(
                refused.contains("unknown key `nobody-knows-this`") && refused.contains("scenario.toml:3:"),
                "{refused}"
            );
            assert!(!valid(&text), "{text}");
            seen += 1;
        }
    }
    assert!(seen >= 10);
}

#[test]
fn the_documentation_names_every_kind_and_parameter_of_distributions() {
    let line = section("**Distributions:**", "## `[case.NAME]`");
    for kind in &KINDS {
        assert!(line.contains(&format!("`{}", kind.name)), "{}", kind.name);
        let Form::Ways(ways) = kind.form else { continue };
        for parameter in ways.iter().flat_map(|way| way.iter()) {
            assert!(line.contains(parameter.field(Unit::Time).name), "{}: {parameter:?}", kind.name);
        }
    }
}
