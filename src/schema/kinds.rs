//! The kinds that a key may hold, in the schemas, as they are declared where they are read.

use crate::document::{Declared, Field, Literal, Shape};
use crate::workload::distribution::{DistributionKind, Form, KINDS, Parameter};
use crate::workload::{Arrivals, Unit};
use serde_json::{Map, Value, json};

/// The definitions that are made of what is declared.
pub(super) fn definitions() -> impl Iterator<Item = (&'static str, Value)> {
    let distributions = |unit: Unit| KINDS.iter().map(move |kind| (kind.name, distribution(kind, unit)));
    let arrivals = Arrivals::declared().map(|kind| (kind.name, of_kind(&kind)));
    [
        ("arrivals", one_of("How requests arrive at one tenant. Left out: none.", arrivals)),
        ("distribution-of-time", one_of("A distribution of times.", distributions(Unit::Time))),
        ("distribution-of-numbers", one_of("A distribution of plain numbers.", distributions(Unit::Number))),
    ]
    .into_iter()
}

/// A table with exactly one key, the word of a kind.
fn one_of(about: &str, kinds: impl Iterator<Item = (&'static str, Value)>) -> Value {
    let properties: Map<String, Value> = kinds.map(|(name, kind)| (name.into(), kind)).collect();
    json!({
        "description": about, "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
        "properties": properties,
    })
}

fn of_kind(kind: &Declared) -> Value {
    match kind.shape {
        Shape::Keys(fields) => described(kind.doc, table(fields)),
        Shape::Defined(definition) => json!({ "description": kind.doc, "$ref": format!("#/$defs/{definition}") }),
    }
}

fn distribution(kind: &DistributionKind, unit: Unit) -> Value {
    let fields = |way: &&[Parameter]| way.iter().map(|parameter| parameter.field(unit)).collect::<Vec<_>>();
    let reference = |definition: &str| json!({ "$ref": format!("#/$defs/{definition}") });
    let value = match (kind.form, unit) {
        (Form::Value, Unit::Time) => reference("duration"),
        (Form::Value, Unit::Number) => reference("number-of-zero-or-more"),
        (Form::Measured, Unit::Time) => reference("empirical-times"),
        (Form::Measured, Unit::Number) => reference("empirical-numbers"),
        (Form::Ways([way]), _) => table(&fields(way)),
        (Form::Ways(ways), _) => json!({ "oneOf": ways.iter().map(|way| table(&fields(way))).collect::<Vec<_>>() }),
    };
    described(kind.doc, value)
}

fn described(about: &str, mut value: Value) -> Value {
    value["description"] = json!(about);
    value
}

/// A table of these keys and no other.
fn table(fields: &[Field]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.into(), of_field(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.default.is_none()).map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
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
