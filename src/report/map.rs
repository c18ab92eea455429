//! A map as JSON, CSV, text and figure.

use super::figure::map::MapFigure;
use super::format;
use super::json::estimate_json;
use super::notes::of_unverified;
use crate::experiment::map::{Cell, Map};
use crate::metrics::Estimate;
use serde_json::{Value, json};

/// The JSON document.
pub fn to_json(map: &Map) -> String {
    let values = |axis: &crate::scenario::map::MapAxis| axis.values.iter().map(|v| v.1.clone()).collect::<Vec<_>>();
    let cell = |cell: &Cell| {
        let costs: serde_json::Map<String, Value> = map
            .cases
            .iter()
            .zip(&cell.costs)
            .map(|(name, cost)| (name.clone(), estimate_json(cost.as_ref().unwrap_or(&Estimate::of(&[])))))
            .collect();
        let (cheapest, margin) = cell.cheapest().map_or((Value::Null, Value::Null), |(case, margin)| {
            (map.cases[case].clone().into(), if margin.is_finite() { margin.into() } else { Value::Null })
        });
        json!({ "cheapest": cheapest, "margin": margin, map.plan.metric: costs })
    };
    let rows: Vec<Vec<Value>> = map.cells.iter().map(|row| row.iter().map(cell).collect()).collect();
    let document = json!({
        "schema": 1,
        "metric": map.plan.metric,
        "x": { "path": map.plan.x.path, "values": values(&map.plan.x) },
        "y": { "path": map.plan.y.path, "values": values(&map.plan.y) },
        "cases": map.cases,
        "cells": rows,
        "unverified": map.unverified,
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// One row per cell and case (RFC 4180).
pub fn to_csv(map: &Map) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let ci95 = format!("{}_ci95", map.plan.metric);
    // Writing to memory does not fail.
    let _ = writer.write_record([
        &map.plan.x.path,
        &map.plan.y.path,
        "case",
        map.plan.metric,
        &ci95,
        "cheapest",
        "infeasible",
    ]);
    for (row, y) in map.cells.iter().zip(&map.plan.y.values) {
        for (cell, x) in row.iter().zip(&map.plan.x.values) {
            let best = cell.cheapest().map(|(case, _)| case);
            for (index, (name, cost)) in map.cases.iter().zip(&cell.costs).enumerate() {
                let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
                let estimate = cost.as_ref().ok();
                let _ = writer.write_record([
                    &x.1,
                    &y.1,
                    name,
                    &number(estimate.and_then(|e| e.mean)),
                    &number(estimate.and_then(|e| e.ci95)),
                    &(best == Some(index)).to_string(),
                    &cost.as_ref().err().cloned().unwrap_or_default(),
                ]);
            }
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The map as text: the cheapest case of each cell, with the margin over the second cheapest.
pub fn to_table(map: &Map, title: &str, markdown: bool) -> String {
    let mut table = comfy_table::Table::new();
    use comfy_table::presets::{ASCII_MARKDOWN, UTF8_HORIZONTAL_ONLY};
    table.load_style(if markdown { ASCII_MARKDOWN } else { UTF8_HORIZONTAL_ONLY });
    let corner = format!("{} \\ {}", map.plan.y.path, map.plan.x.path);
    table.set_header([corner].into_iter().chain(map.plan.x.values.iter().map(|value| value.1.clone())));
    for (row, y) in map.cells.iter().zip(&map.plan.y.values).rev() {
        let cell = |cell: &Cell| match cell.cheapest() {
            Some((case, margin)) if margin.is_finite() => format!("{}\n+{}", map.cases[case], format::percent(margin)),
            Some((case, _)) => map.cases[case].clone(),
            None => "–".into(),
        };
        table.add_row([y.1.clone()].into_iter().chain(row.iter().map(cell)));
    }
    let what = if map.plan.metric == "tco_usd" { "TCO" } else { "invoice" };
    format!("{title}\nthe case of the least {what}, and by how much the second is dearer\n\n{table}\n{}", unsure(map))
}

fn unsure(map: &Map) -> String {
    let lines: String = of_unverified(&map.unverified).iter().map(|line| format!("- {line}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// What is drawn.
pub fn figure(map: &Map, title: &str) -> MapFigure {
    let values = |axis: &crate::scenario::map::MapAxis| axis.values.iter().map(|v| v.1.clone()).collect();
    let what = if map.plan.metric == "tco_usd" { "TCO" } else { "invoice" };
    MapFigure {
        title: title.to_string(),
        subtitle: format!("the case of the least {what}, and by how much the second is dearer"),
        x: (map.plan.x.path.clone(), values(&map.plan.x)),
        y: (map.plan.y.path.clone(), values(&map.plan.y)),
        cases: map.cases.clone(),
        cells: map.cells.iter().map(|row| row.iter().map(Cell::cheapest).collect()).collect(),
    }
}
