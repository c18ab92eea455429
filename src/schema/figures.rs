//! The figures of a result in its schema, from their one list.

use crate::metrics::figure::{FIGURES, Figure, GROUPS, PERCENTILES, Scope, Unit};
use serde_json::{Map, Value, json};

/// The property in whose place the figures come.
const PLACE: &str = "FIGURES";

/// Puts the figures of cases and apps, and a definition of each of their groups, into a result's definitions.
pub(super) fn fill(definitions: &mut Map<String, Value>) {
    for (group, meaning) in GROUPS {
        definitions.insert((*group).into(), definition(group, meaning));
    }
    let all = |_: &&Figure| true;
    let of_app = |figure: &&Figure| figure.scope == Scope::CaseAndApp;
    splice(definitions.get_mut("case"), &FIGURES.iter().filter(all).collect::<Vec<_>>());
    splice(definitions.get_mut("app"), &FIGURES.iter().filter(of_app).collect::<Vec<_>>());
}

fn definition(group: &str, meaning: &str) -> Value {
    let members: Vec<&Figure> = FIGURES.iter().filter(|figure| figure.group() == group).collect();
    let properties: Map<String, Value> =
        members.iter().filter_map(|figure| Some(((*figure.path.get(1)?).into(), value(figure)))).collect();
    let always = members.iter().filter(|figure| figure.only.is_empty() && figure.by.is_empty());
    let required: Vec<&str> = always.filter_map(|figure| figure.path.get(1).copied()).collect();
    let mut definition = json!({
        "description": meaning, "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    });
    if let Some(percentile) = PERCENTILES.iter().find(|figure| figure.group() == group) {
        let about = format!("{} Only where {}.", percentile.doc, percentile.only);
        definition["patternProperties"] =
            json!({ "^p[0-9]{1,2}(_[0-9]+)?$|^p9[0-9]+$": { "description": about, "$ref": "#/$defs/estimate" } });
    }
    definition
}

/// What stands at a figure's path.
fn value(figure: &Figure) -> Value {
    let only = if figure.only.is_empty() { String::new() } else { format!(" Only where {}.", figure.only) };
    let estimate = json!({ "$ref": "#/$defs/estimate" });
    match figure.unit {
        Unit::Flag if figure.only.is_empty() => json!({ "description": figure.doc, "type": "boolean" }),
        Unit::Flag => json!({ "description": figure.doc, "type": ["boolean", "null"] }),
        _ if !figure.by.is_empty() => {
            let about = format!("{} By {}.{only}", figure.doc, figure.by);
            json!({ "description": about, "type": "object", "additionalProperties": estimate })
        }
        _ => json!({ "description": format!("{}{only}", figure.doc), "$ref": "#/$defs/estimate" }),
    }
}

/// Puts figures in the place that a definition's properties have for them, and wants those that are everywhere.
fn splice(definition: Option<&mut Value>, figures: &[&Figure]) {
    let Some(Value::Object(definition)) = definition else { return };
    let mut found = Map::new();
    for figure in figures {
        let property = match figure.path {
            [_] => value(figure),
            _ => json!({ "$ref": format!("#/$defs/{}", figure.group()) }),
        };
        found.entry(figure.group()).or_insert(property);
    }
    if let Some(Value::Array(required)) = definition.get_mut("required") {
        let always = |key: &&String| {
            figures.iter().any(|f| f.group() == key.as_str() && (f.only.is_empty() || f.unit == Unit::Flag))
        };
        required.extend(found.keys().filter(always).map(|key| json!(key)));
    }
    if let Some(Value::Object(properties)) = definition.get_mut("properties") {
        let before = std::mem::take(properties);
        for (key, property) in before {
            match key == PLACE {
                true => properties.append(&mut found),
                false => drop(properties.insert(key, property)),
            }
        }
    }
}
