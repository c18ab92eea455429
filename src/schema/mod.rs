//! JSON Schemas (draft 2020-12) of what users write and read, for editors and scripts.
//!
//! What several of them need (quantities, distributions, charges) stands once, in files of
//! definitions; a printed schema holds those that it refers to.

mod figures;
mod kinds;

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The kinds of documents that have a schema: their names, and the schema's text.
const ROOTS: [(&str, &str); 16] = [
    ("scenario", include_str!("scenario.json")),
    ("model", include_str!("model.json")),
    ("usage", include_str!("usage.json")),
    ("server", include_str!("server.json")),
    ("result", include_str!("result.json")),
    ("curve", include_str!("curve.json")),
    ("map", include_str!("map.json")),
    ("advice", include_str!("advice.json")),
    ("sweep", include_str!("sweep.json")),
    ("sensitivity", include_str!("sensitivity.json")),
    ("compare", include_str!("compare.json")),
    ("article", include_str!("article.json")),
    ("invoice", include_str!("invoice.json")),
    ("trace", include_str!("trace.json")),
    ("import", include_str!("import.json")),
    ("models", include_str!("models.json")),
];

/// Definitions that the schemas share.
const SHARED: [&str; 6] = [
    include_str!("quantities.json"),
    include_str!("workload.json"),
    include_str!("hosting.json"),
    include_str!("charges.json"),
    include_str!("controllers.json"),
    include_str!("estimates.json"),
];

/// The names of the kinds of documents.
pub fn names() -> [&'static str; 16] {
    ROOTS.map(|(name, _)| name)
}

/// The schema of a kind of document, with every definition that it refers to; `None` where there
/// is no kind of that name.
pub fn of(name: &str) -> Option<Value> {
    let (_, text) = ROOTS.iter().find(|(known, _)| *known == name)?;
    let mut root: Map<String, Value> = serde_json::from_str(text).ok()?;
    let mut own = match root.remove("$defs") {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    if name == "result" {
        figures::fill(&mut own);
    }
    let needed = reachable(&root, &own);
    if !needed.is_empty() {
        root.insert("$defs".into(), Value::Object(needed));
    }
    Some(Value::Object(root))
}

/// The definitions that a schema refers to, and those that they refer to, in alphabetical order.
fn reachable(root: &Map<String, Value>, own: &Map<String, Value>) -> Map<String, Value> {
    let mut all = own.clone();
    let shared = SHARED.iter().filter_map(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
    shared.for_each(|definitions| {
        for (name, definition) in definitions {
            all.entry(name).or_insert(definition);
        }
    });
    kinds::definitions().for_each(|(name, definition)| {
        all.insert(name.into(), definition);
    });
    let mut names = BTreeSet::new();
    references(&Value::Object(root.clone()), &mut names);
    let mut to_follow: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = to_follow.pop() {
        let mut more = BTreeSet::new();
        all.get(&name).into_iter().for_each(|definition| references(definition, &mut more));
        to_follow.extend(more.into_iter().filter(|name| names.insert(name.clone())));
    }
    names.into_iter().filter_map(|name| all.remove(&name).map(|definition| (name, definition))).collect()
}

/// The names of the definitions that a value refers to.
fn references(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            if let Some(name) = entries.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/")) {
                names.insert(name.to_string());
            }
            entries.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_its_definition() {
        for name in names() {
            let schema = of(name).unwrap();
            let mut referred = BTreeSet::new();
            references(&schema, &mut referred);
            let defined = |reference: &String| schema["$defs"].get(reference).is_some();
            assert!(referred.iter().all(defined), "{name}: {referred:?}");
            assert!(jsonschema::meta::is_valid(&schema), "{name}");
        }
        assert!(of("nothing").is_none());
    }

    #[test]
    fn every_shared_definition_is_used_by_some_schema() {
        let used: BTreeSet<String> = names()
            .iter()
            .flat_map(|name| {
                of(name).unwrap()["$defs"]
                    .as_object()
                    .into_iter()
                    .flat_map(|defs| defs.keys().cloned())
                    .collect::<Vec<_>>()
            })
            .collect();
        for text in SHARED {
            let shared: Map<String, Value> = serde_json::from_str(text).unwrap();
            let unused: Vec<&String> = shared.keys().filter(|name| !used.contains(*name)).collect();
            assert!(unused.is_empty(), "{unused:?}");
        }
    }
}
