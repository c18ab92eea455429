//! The kinds that a key may hold, in the schemas, as they are declared where they are read.

use crate::document::{Declared, Field, Literal, Shape};
use crate::workload::Arrivals;
use serde_json::{Map, Value, json};

/// The definitions that are made of what is declared.
pub(super) fn definitions() -> impl Iterator<Item = (&'static str, Value)> {
    let about = "How requests arrive at one tenant. Left out: none.";
    [("arrivals", one_of(about, Arrivals::declared()))].into_iter()
}

/// A table with exactly one key, the word of a kind.
fn one_of(about: &str, kinds: impl Iterator<Item = Declared>) -> Value {
    let properties: Map<String, Value> = kinds.map(|kind| (kind.name.into(), of_kind(&kind))).collect();
    json!({
        "description": about, "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": properties,
    })
}

fn of_kind(kind: &Declared) -> Value {
    match kind.shape {
        Shape::Keys(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|field| (field.name.into(), of_field(field))).collect();
            let required: Vec<&str> = fields.iter().filter(|f| f.default.is_none()).map(|field| field.name).collect();
            json!({
                "description": kind.doc, "type": "object", "properties": properties, "required": required,
                "additionalProperties": false,
            })
        }
        Shape::Defined(definition) => json!({ "description": kind.doc, "$ref": format!("#/$defs/{definition}") }),
    }
}

fn of_field(field: &Field) -> Value {
    let mut value = json!({ "description": field.doc, "$ref": format!("#/$defs/{}", field.schema) });
    match field.default {
        None => {}
        Some(Literal::Text(text)) => value["default"] = json!(text),
        Some(Literal::Number(number)) => value["default"] = json!(number),
    }
    value
}
