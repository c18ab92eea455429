//! A map as JSON, CSV, text and figure.

use super::figure::map::MapFigure;
use super::grid::{Grid, Screen};
use super::json::estimate_json;
use super::markdown::escape;
use super::notes::of_unverified;
use super::sweep::short_value;
use super::{format, html, standing, words};
use crate::document::harmless;
use crate::experiment::map::{Cell, Map};
use crate::metrics::Estimate;
use crate::scenario::map::MapAxis;
use crate::sweep::scale::plain_number;
use serde_json::{Value, json};

/// The JSON document.
pub fn to_json(map: &Map) -> String {
    let values = |axis: &crate::scenario::map::MapAxis| axis.values.iter().map(|v| v.1.clone()).collect::<Vec<_>>();
    let numbers = |axis: &MapAxis| axis.values.iter().map(|v| plain_number(&v.1)).collect::<Vec<_>>();
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
        let at_end = |end: usize| cell.at_ends[end].map(|case| map.cases[case].as_str());
        let served = map.cases.iter().zip(&cell.served).map(|(name, share)| (name.clone(), json!(share)));
        let served: serde_json::Map<String, Value> = served.collect();
        let mut found = json!({
            "cheapest": cheapest, "margin": margin, "ties": ties, "availability": served, map.plan.metric: costs,
            "infeasible": infeasible, "cheapest_at_low_hours": at_end(0), "cheapest_at_high_hours": at_end(1),
        });
        if let Some(warm_up) = cell.warm_up_s {
            found["warm_up_s"] = json!(warm_up);
        }
        found
    };
    let rows: Vec<Vec<Value>> = map.cells.iter().map(|row| row.iter().map(cell).collect()).collect();
    let document = json!({
        "schema": 1,
        "answer": answer(map),
        "metric": map.plan.metric,
        "x": { "path": map.plan.x.path, "values": values(&map.plan.x), "numbers": numbers(&map.plan.x) },
        "y": { "path": map.plan.y.path, "values": values(&map.plan.y), "numbers": numbers(&map.plan.y) },
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
    let number_of = |axis: &MapAxis| format!("{}_number", axis.path);
    let _ = writer.write_record(harmless([
        map.plan.x.path.as_str(),
        &number_of(&map.plan.x),
        &map.plan.y.path,
        &number_of(&map.plan.y),
        "case",
        map.plan.metric,
        &ci95,
        "cheapest",
        "tied",
        "availability",
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
                    &words::number(&x.1),
                    &y.1,
                    &words::number(&y.1),
                    name,
                    &number(estimate.and_then(|e| e.mean)),
                    &number(estimate.and_then(|e| e.ci95)),
                    &(best == Some(index)).to_string(),
                    &cell.ties.contains(&index).to_string(),
                    &number(cell.served[index]),
                    &cost.as_ref().err().cloned().unwrap_or_default(),
                ]));
            }
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// Which case is the cheapest in how much of the map, which axis decides that; and in the cell nearest to the scenario
/// as it stands, of what its cost is made and what makes the next one dearer.
pub fn answer(map: &Map) -> String {
    let counted = [Some(html::map::answer(map)), hours(map)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let ((x, y), points) = &map.standing;
    let able = points.iter().any(|(_, point)| point.is_ok());
    if !able || map.plan.metric != "tco_usd" {
        return format!("{counted}{}", decisive(map));
    }
    let place = |axis: &MapAxis, index: usize| {
        let value = axis.values.get(index).map_or(String::new(), |value| short_value(&value.1));
        if axis.is_traffic() {
            format!("{value} times the traffic")
        } else {
            format!("{} {value}", words::of_path(&axis.path))
        }
    };
    let cases = points.iter().map(|(name, point)| standing::case_of(name, point)).collect();
    let at = format!("{} and {}", place(&map.plan.x, *x), place(&map.plan.y, *y));
    format!("{counted}{} At {at}: {}", decisive(map), standing::sentence(cases))
}

/// " traffic decides most: …": along which axis the cheapest case changes more often.
fn decisive(map: &Map) -> String {
    let best = |row: usize, column: usize| map.cells[row][column].cheapest().map(|(case, _)| case);
    let (rows, columns) = (map.cells.len(), map.cells.first().map_or(0, Vec::len));
    let changes = |steps: Vec<[(usize, usize); 2]>| {
        let count = steps.iter().filter(|[a, b]| best(a.0, a.1) != best(b.0, b.1)).count();
        (!steps.is_empty()).then(|| count as f64 / steps.len() as f64)
    };
    let along_x = (0..rows).flat_map(|row| (1..columns).map(move |column| [(row, column - 1), (row, column)]));
    let along_y = (1..rows).flat_map(|row| (0..columns).map(move |column| [(row - 1, column), (row, column)]));
    let of = [(changes(along_x.collect()), &map.plan.x), (changes(along_y.collect()), &map.plan.y)];
    let most = of.iter().filter_map(|(share, axis)| Some(((*share)?, axis))).max_by(|a, b| a.0.total_cmp(&b.0));
    most.filter(|(share, _)| *share > 0.0).map_or(String::new(), |(share, axis)| {
        let name =
            if axis.is_traffic() { "The traffic".to_string() } else { format!("The {}", words::of_path(&axis.path)) };
        format!(" {name} decides most: the cheapest changes at {} of the steps along it.", format::percent(share))
    })
}

/// The answer, then the map: the cheapest case of each cell, with the margin over the second cheapest.
pub fn to_table(map: &Map, title: &str, screen: Screen) -> String {
    let mut text = format!("{}\n\n{}\n", screen.paragraph(&answer(map)), screen.paragraph(title));
    text += &format!("{}\n\n{}\n", screen.paragraph(&legend(map)), grid(map).to_text(screen));
    text + &screen
        .list(&reasons(map).into_iter().chain(warm_ups(map)).chain(of_unverified(&map.unverified)).collect::<Vec<_>>())
}

/// As Markdown.
pub fn to_markdown(map: &Map, title: &str) -> String {
    let lines = reasons(map).into_iter().chain(warm_ups(map)).chain(of_unverified(&map.unverified));
    let lines: String = lines.map(|line| format!("- {}\n", escape(&line))).collect();
    let (answer, title) = (escape(&answer(map)), escape(title));
    format!("{answer}\n\n# {title}\n\n{}\n\n{}\n{lines}", legend(map), grid(map).to_markdown())
}

fn grid(map: &Map) -> Grid {
    let ((_, x_values), (_, y_values)) = (axis_words(&map.plan.x), axis_words(&map.plan.y));
    let mut grid = Grid::new(1).numbers("");
    for value in x_values {
        grid = grid.words(value);
    }
    for (row, y) in map.cells.iter().zip(y_values).rev() {
        let cell = |cell: &Cell| {
            let Some((case, margin)) = cell.cheapest() else { return "–".into() };
            let ties = cell.ties.iter().map(|case| format!("or {}", named(map, cell, *case)));
            let more = cell.ties.is_empty().then(|| second(cell, margin));
            let lines: Vec<String> = [named(map, cell, case)].into_iter().chain(ties).chain(more).collect();
            lines.join("\n")
        };
        grid.row([y].into_iter().chain(row.iter().map(cell)));
    }
    grid
}

/// An axis in words with its unit, and its values in that.
fn axis_words(axis: &MapAxis) -> (String, Vec<String>) {
    let (unit, values) = words::in_one_unit(&axis.values.iter().map(|v| v.1.as_str()).collect::<Vec<_>>());
    let unit = unit.map_or(String::new(), |unit| format!(", {unit}"));
    (format!("{}{unit}", words::of_path(&axis.path)), values)
}

/// What the cells say.
fn legend(map: &Map) -> String {
    let what = if map.plan.metric == "tco_usd" { "TCO" } else { "invoice" };
    let (down, across) = (axis_words(&map.plan.y).0, axis_words(&map.plan.x).0);
    let mut text =
        format!("the case of the least {what}, and by how much the second is dearer; down: {down}; across: {across}");
    let cells = || map.cells.iter().flatten();
    let told = [
        (
            cells().any(|cell| !cell.ties.is_empty()),
            "or: they cost the same, or the noise covers which of them is cheaper",
        ),
        (
            cells().any(|cell| cell.cheapest().is_some_and(|(_, margin)| margin.is_infinite())),
            "alone: no other case meets the objective",
        ),
        (cells().any(|cell| cell.cheapest().is_none()), "–: none does"),
    ];
    told.iter().filter(|(told, _)| *told).for_each(|(_, words)| text.push_str(&format!("; {words}")));
    text
}

/// In how many cells the answer rests on the hours of labour, which are assumed; nothing where it never does, or where
/// hours cost nothing.
pub fn hours(map: &Map) -> Option<String> {
    let all: Vec<&Cell> = map.cells.iter().flatten().collect();
    let resting: Vec<&&Cell> = all.iter().filter(|cell| cell.rests_on_hours()).collect();
    let wins = |end: usize| {
        let won = |case: usize| resting.iter().filter(|cell| cell.at_ends[end] == Some(case)).count();
        let counted = (0..map.cases.len()).map(|case| (won(case), case)).filter(|(count, _)| *count > 0);
        counted.map(|(count, case)| format!("{} in {count}", map.cases[case])).collect::<Vec<_>>().join(", ")
    };
    (!resting.is_empty()).then(|| {
        format!(
            "In {} of {} cells the answer rests on the hours of labour: with the fewest of their ranges {}, with the most {}.",
            resting.len(),
            all.len(),
            wins(0),
            wins(1)
        )
    })
}

/// A case's name, with the share that it serves where another serves more.
pub fn named(map: &Map, cell: &Cell, case: usize) -> String {
    let less = cell.serves_less(case).map_or_else(String::new, |share| format!(" (serves {})", format::percent(share)));
    format!("{}{less}", map.cases[case])
}

/// By how much the second is dearer than the cheapest: in per cent where there is a share, else in dollars.
pub fn second(cell: &Cell, margin: f64) -> String {
    match cell.second_is_dearer_by() {
        None => "alone".into(),
        Some(_) if margin.is_finite() => format!("+{}", format::percent(margin)),
        Some(more) => format!("+{}", format::money(more)),
    }
}

/// The warm-ups, where they were found.
pub fn warm_ups(map: &Map) -> Option<String> {
    let known = || map.cells.iter().flatten().filter_map(|cell| cell.warm_up_s);
    let (least, most) = (known().reduce(f64::min)?, known().reduce(f64::max)?);
    let (least, most) = (format::duration(least), format::duration(most));
    let range = if least == most { least } else { format!("{least} to {most}") };
    Some(format!("The warm-up was found in each field by MSER-5: {range}."))
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

/// What the cheapest case serves, where that is less than another one.
fn best_serves_less(cell: &Cell) -> Option<f64> {
    cell.serves_less(cell.cheapest()?.0)
}

/// What is drawn.
pub fn figure(map: &Map, title: &str) -> MapFigure {
    let what = if map.plan.metric == "tco_usd" { "total cost of ownership" } else { "invoice" };
    MapFigure {
        title: title.to_string(),
        subtitle: format!("The case of the least {what}, each sized anew; paler where the second is nearly as cheap"),
        x: axis_words(&map.plan.x),
        y: axis_words(&map.plan.y),
        cases: map.cases.clone(),
        cells: map.cells.iter().map(|row| row.iter().map(Cell::cheapest).collect()).collect(),
        served: map.cells.iter().map(|row| row.iter().map(best_serves_less).collect()).collect(),
        ties: map.cells.iter().map(|row| row.iter().map(|cell| cell.ties.clone()).collect()).collect(),
    }
}
