//! A map as JSON, CSV, text and figure.

use super::figure::map::MapFigure;
use super::format;
use super::json::estimate_json;
use super::notes::of_unverified;
use super::sweep::short_value;
use crate::document::harmless;
use crate::experiment::map::{Cell, Map};
use crate::metrics::Estimate;
use crate::scenario::map::{MapAxis, TRAFFIC};
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
        let ties: Vec<&str> = cell.ties.iter().map(|case| map.cases[*case].as_str()).collect();
        let why = map.cases.iter().zip(&cell.costs).filter_map(|(name, cost)| Some((name, cost.as_ref().err()?)));
        let infeasible: serde_json::Map<String, Value> =
            why.map(|(name, why)| (name.clone(), why.clone().into())).collect();
        json!({ "cheapest": cheapest, "margin": margin, "ties": ties, map.plan.metric: costs, "infeasible": infeasible })
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
    let _ = writer.write_record(harmless([
        &map.plan.x.path,
        &map.plan.y.path,
        "case",
        map.plan.metric,
        &ci95,
        "cheapest",
        "tied",
        "infeasible",
    ]));
    for (row, y) in map.cells.iter().zip(&map.plan.y.values) {
        for (cell, x) in row.iter().zip(&map.plan.x.values) {
            let best = cell.cheapest().map(|(case, _)| case);
            for (index, (name, cost)) in map.cases.iter().zip(&cell.costs).enumerate() {
                let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
                let estimate = cost.as_ref().ok();
                let _ = writer.write_record(harmless([
                    &x.1,
                    &y.1,
                    name,
                    &number(estimate.and_then(|e| e.mean)),
                    &number(estimate.and_then(|e| e.ci95)),
                    &(best == Some(index)).to_string(),
                    &cell.ties.contains(&index).to_string(),
                    &cost.as_ref().err().cloned().unwrap_or_default(),
                ]));
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
    table.set_header([corner].into_iter().chain(map.plan.x.values.iter().map(|value| short_value(&value.1))));
    for (row, y) in map.cells.iter().zip(&map.plan.y.values).rev() {
        let cell = |cell: &Cell| match cell.cheapest() {
            Some((case, _)) if !cell.ties.is_empty() => {
                let tied = cell.ties.iter().map(|case| format!("or {}", map.cases[*case]));
                std::iter::once(map.cases[case].clone()).chain(tied).collect::<Vec<_>>().join("\n")
            }
            Some((case, margin)) if margin.is_finite() => format!("{}\n+{}", map.cases[case], format::percent(margin)),
            Some((case, _)) => format!("{}\nalone", map.cases[case]),
            None => "–".into(),
        };
        table.add_row([short_value(&y.1)].into_iter().chain(row.iter().map(cell)));
    }
    let what = if map.plan.metric == "tco_usd" { "TCO" } else { "invoice" };
    let mut text = format!("{title}\nthe case of the least {what}, and by how much the second is dearer");
    let cells = || map.cells.iter().flatten();
    let told = [
        (cells().any(|cell| !cell.ties.is_empty()), "or: the noise covers which of them is cheaper"),
        (
            cells().any(|cell| cell.cheapest().is_some_and(|(_, margin)| margin.is_infinite())),
            "alone: no other case meets the objective",
        ),
        (cells().any(|cell| cell.cheapest().is_none()), "–: none does"),
    ];
    for (_, words) in told.iter().filter(|(told, _)| *told) {
        text.push_str(&format!("; {words}"));
    }
    text.push_str(&format!("\n\n{table}\n\n"));
    reasons(map).iter().for_each(|line| text.push_str(&format!("- {line}\n")));
    text.push_str(&unsure(map));
    text
}

fn unsure(map: &Map) -> String {
    let lines: String = of_unverified(&map.unverified).iter().map(|line| format!("- {line}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

/// Of each case that does not meet its objective everywhere: in how many cells, and why in the
/// first of them.
fn reasons(map: &Map) -> Vec<String> {
    let all: usize = map.cells.iter().map(Vec::len).sum();
    let of_case = |(index, name): (usize, &String)| {
        let failed: Vec<(&Cell, String)> = map
            .cells
            .iter()
            .zip(&map.plan.y.values)
            .flat_map(|(row, y)| {
                let place = move |x: &str| {
                    format!("{} {}, {} {}", map.plan.x.path, short_value(x), map.plan.y.path, short_value(&y.1))
                };
                row.iter().zip(&map.plan.x.values).map(move |(cell, x)| (cell, place(&x.1)))
            })
            .filter(|(cell, _)| cell.costs[index].is_err())
            .collect();
        let (first, place) = failed.first()?;
        let why = first.costs[index].as_ref().err()?;
        Some(format!("{name} is out of the question in {} of {all} cells; at {place}: {why}.", failed.len()))
    };
    map.cases.iter().enumerate().filter_map(of_case).collect()
}

/// What is drawn.
pub fn figure(map: &Map, title: &str) -> MapFigure {
    let values = |axis: &MapAxis| axis.values.iter().map(|v| short_value(&v.1)).collect();
    let name = |axis: &MapAxis| match axis.path.as_str() {
        TRAFFIC => "traffic, times the scenario's".to_string(),
        path => path.to_string(),
    };
    let what = if map.plan.metric == "tco_usd" { "total cost of ownership" } else { "invoice" };
    MapFigure {
        title: title.to_string(),
        subtitle: format!("The case of the least {what}, each sized anew; paler where the second is nearly as cheap"),
        x: (name(&map.plan.x), values(&map.plan.x)),
        y: (name(&map.plan.y), values(&map.plan.y)),
        cases: map.cases.clone(),
        cells: map.cells.iter().map(|row| row.iter().map(Cell::cheapest).collect()).collect(),
        ties: map.cells.iter().map(|row| row.iter().map(|cell| cell.ties.clone()).collect()).collect(),
    }
}
