//! The report of a map: the cheapest case over two axes.

use super::page::{Case, Cell, Column, Page, Row, Table};
use super::reproduction::{Reproduction, reproduction_section};
use super::{Assumption, assumptions, render, run};
use crate::experiment::map::{self, Map};
use crate::report::comparison;
use crate::report::figure::map::draw;
use crate::report::format::{money, percent};
use crate::report::map::{figure, named, warm_ups};
use crate::report::notes::of_unverified;
use crate::scenario::Scenario;

/// The report of a map as one HTML document. `notes` say what was not modelled.
pub fn map_report(
    scenario: &Scenario,
    map: &Map,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> String {
    render::page(&map_page(scenario, map, notes, reproduction, assumptions))
}

/// The page of [`map_report`], for those who want to add to it.
pub fn map_page(
    scenario: &Scenario,
    map: &Map,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> Page {
    let hosting = |name: &String| {
        let case = scenario.cases.iter().find(|case| case.name == *name);
        let mut models: Vec<&str> =
            case.into_iter().flat_map(|case| &case.deployments).map(|plan| plan.model.name.as_str()).collect();
        models.dedup();
        models.join(", ")
    };
    let (x, y) = (&map.plan.x, &map.plan.y);
    Page {
        kind: "map".into(),
        question: run::question(&scenario.title),
        answer: crate::report::map::answer(map),
        remark: format!("{} values of {} by {} values of {}", x.values.len(), x.path, y.values.len(), y.path),
        cases: map.cases.iter().map(|name| Case { name: name.clone(), hosting: hosting(name) }).collect(),
        tables: vec![cells(map)],
        figures: vec![(draw(&figure(map, &scenario.title)), "The cheapest case".into())],
        sections: vec![
            assumptions::section(assumptions),
            run::caveats(
                &notes.iter().cloned().chain(of_unverified(&map.unverified)).chain(warm_ups(map)).collect::<Vec<_>>(),
            ),
            reproduction_section(reproduction, &[("Seed", scenario.run.seed.to_string())]),
        ],
    }
}

/// Which case wins most often, and which others win at all.
pub(in crate::report) fn answer(map: &Map) -> String {
    let found = map.cells.iter().flatten().filter_map(|cell| Some((cell, cell.cheapest()?.0)));
    // Of equal cases none wins.
    let (tied, won): (Vec<_>, Vec<_>) = found.partition(|(cell, _)| !cell.ties.is_empty());
    let winners: Vec<usize> = won.iter().map(|(_, case)| *case).collect();
    let less: Vec<usize> =
        won.iter().filter(|(cell, case)| cell.serves_less(*case).is_some()).map(|(_, case)| *case).collect();
    let all: usize = map.cells.iter().map(Vec::len).sum();
    let mut wins: Vec<(usize, usize)> =
        (0..map.cases.len()).map(|case| (winners.iter().filter(|winner| **winner == case).count(), case)).collect();
    wins.retain(|(count, _)| *count > 0);
    wins.sort_by_key(|(count, case)| (std::cmp::Reverse(*count), *case));
    let share = |count: usize| percent(count as f64 / all.max(1) as f64);
    let said: Vec<String> = wins
        .iter()
        .map(|(count, case)| format!("{} in {}{}", map.cases[*case], share(*count), alone(&less, *case)))
        .collect();
    let none = all - winners.len() - tied.len();
    let none = if none > 0 { format!("; in {} no case meets its objective", share(none)) } else { String::new() };
    let ties = "the cheapest cost the same, or the noise covers which costs less";
    let ties = if tied.is_empty() { String::new() } else { format!("; in {} {ties}", share(tied.len())) };
    match said.as_slice() {
        [] if !tied.is_empty() => format!("No case is the cheapest by itself anywhere on the map{ties}{none}."),
        [] => "No case meets its objective anywhere on the map.".into(),
        said => format!("The cheapest case is {} of the map{ties}{none}.", said.join(", ")),
    }
}

/// What is said of a winner that serves less than another in some of the fields that it wins.
fn alone(less: &[usize], case: usize) -> &'static str {
    if less.contains(&case) { " (where it serves less than another, in some)" } else { "" }
}

/// A row for every cell of the map.
fn cells(map: &Map) -> Table {
    let (x, y) = (&map.plan.x, &map.plan.y);
    let mut columns = vec![Column::of_words(&x.path), Column::of_words(&y.path), Column::of_words("Cheapest")];
    columns.push(Column::of_numbers("Second is dearer by"));
    columns.extend(map.cases.iter().map(Column::of_numbers));
    let rows = map.cells.iter().enumerate().flat_map(|(row, cells)| {
        cells.iter().enumerate().map(move |(column, cell)| cell_row(map, (column, row), cell))
    });
    Table {
        title: "Every field of the map, in US dollars a month".into(),
        sortable: true,
        columns,
        rows: rows.collect(),
    }
}

fn cell_row(map: &Map, (column, row): (usize, usize), cell: &map::Cell) -> Row {
    let place = |axis: &crate::scenario::map::MapAxis, index: usize| {
        let text = axis.values.get(index).map_or("", |value| value.1.as_str());
        Cell::number(text, Some(index as f64))
    };
    let cheapest = cell.cheapest();
    let tied =
        |case: usize| cell.ties.iter().fold(named(map, cell, case), |a, b| format!("{a} or {}", named(map, cell, *b)));
    let name = cheapest.map_or("none".into(), |(case, _)| tied(case));
    let margin = cheapest.map(|(_, margin)| margin).filter(|margin| margin.is_finite() && cell.ties.is_empty());
    let second = cheapest.filter(|(_, margin)| margin.is_nan() && cell.ties.is_empty());
    let second = second.and_then(|_| cell.second_is_dearer_by()).map(money);
    let mut cells = vec![place(&map.plan.x, column), place(&map.plan.y, row), Cell::word(name)];
    cells.push(Cell::number(margin.map(percent).or(second).unwrap_or("–".into()), margin));
    cells.extend(cell.costs.iter().map(|cost| match cost {
        Err(_) => Cell::word("–"),
        Ok(cost) => {
            let shown = comparison::money(*cost);
            Cell::number(shown.mean, shown.value).beside(shown.half.unwrap_or_default())
        }
    }));
    Row { case: cheapest.map(|(case, _)| case), sum: false, cells }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Diagnostics, Origin};
    use crate::metrics::Estimate;
    use crate::scenario::map::MapPlan;

    #[test]
    fn the_answer_counts_fields_and_every_field_is_a_row() {
        let cost = |usd: f64| Ok(Estimate { mean: Some(usd), ci95: Some(0.1) });
        let plan = MapPlan::usual(Origin::new(Diagnostics::default().sources.add("map.toml", ""), 0..0));
        let (columns, rows) = (plan.x.values.len(), plan.y.values.len());
        let cell = |costs| map::Cell {
            costs,
            ties: Vec::new(),
            at_ends: [None; 2],
            served: vec![Some(1.0); 2],
            warm_up_s: None,
        };
        let mut cells = vec![vec![cell(vec![cost(5.0), cost(10.0)]); columns]; rows];
        cells[0][0] = cell(vec![cost(5.0), cost(4.0)]);
        cells[0][1] = map::Cell { costs: vec![Err("too small".into()), Err("too slow".into())], ..cell(Vec::new()) };
        let map = Map {
            plan,
            cases: vec!["vps".into(), "lambda".into()],
            cells,
            standing: ((0, 0), Vec::new()),
            simulated: 0,
            shared: 0,
            unverified: Vec::new(),
        };
        let said = answer(&map);
        assert!(said.starts_with("The cheapest case is vps in 96.") && said.contains("lambda in 1.9 %"), "{said}");
        assert!(said.ends_with("of the map; in 1.9 % no case meets its objective."), "{said}");
        let table = super::cells(&map);
        assert_eq!(table.rows.len(), rows * columns);
        let text = |row: usize| table.rows[row].cells.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>();
        assert_eq!(text(0)[2..], ["lambda", "25 %", "$5.00", "$4.00"]);
        assert_eq!(text(1)[2..], ["none", "–", "–", "–"]);
        assert_eq!((table.rows[0].case, table.rows[1].case), (Some(1), None));
    }
}
