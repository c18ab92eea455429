//! The report of a run.

use super::bill::{Billed, bill};
use super::page::{Block, Case, Cell, Column, Page, Row, Section, Table};
use super::reproduction::{Reproduction, reproduction_section};
use super::{Assumption, assumptions, labour, render};
use crate::report::comparison::{self, hosting, subtitle};
use crate::report::{CaseResult, ResultDocument, by_app, figure, format, ledger, notes, tenants, waiting};

/// So many tenants are listed at most.
const MOST_TENANTS: usize = 500;

/// The report of a run as one HTML document.
pub fn run_report(result: &ResultDocument, reproduction: &Reproduction, assumptions: &[Assumption]) -> String {
    render::page(&run_page(result, reproduction, assumptions))
}

/// The page of [`run_report`], for those who want to add to it.
pub fn run_page(result: &ResultDocument, reproduction: &Reproduction, assumptions: &[Assumption]) -> Page {
    let headings = ["Cost", "Latency", "Instances and servers over time", "Service over time", "Use of the servers"];
    let figures = figure::figures(result).into_iter().zip(headings).map(|((_, drawing), heading)| (drawing, heading));
    let tornado = labour::tornado(result).map(|drawing| (drawing, "What hours of labour would change"));
    Page {
        kind: "run".into(),
        question: question(&result.title),
        answer: crate::report::answer::of_run(result),
        remark: subtitle(result),
        cases: result.cases.iter().map(|case| Case { name: case.name.clone(), hosting: hosting(case) }).collect(),
        tables: [comparison(result)].into_iter().chain(by_app(result)).collect(),
        figures: figures.chain(tornado).map(|(drawing, heading)| (drawing, heading.to_string())).collect(),
        sections: [Some(latency(result)), tenants_section(result)]
            .into_iter()
            .flatten()
            .chain([
                invoices(result),
                ledger_section(result),
                labour::section(result),
                assumptions::section(assumptions),
                caveats(&notes(result)),
                reproduction_section(reproduction, &facts(result)),
            ])
            .collect(),
    }
}

/// The title, or what stands for one that was left out.
pub fn question(title: &str) -> String {
    if title.trim().is_empty() { "What does it cost?".into() } else { title.into() }
}

fn comparison(result: &ResultDocument) -> Table {
    let matter = comparison::columns(result);
    let columns = matter.iter().map(|c| Column::of_numbers(c.heading.join(" ").trim_end()));
    let row = |(index, case): (usize, &CaseResult)| Row {
        case: Some(index),
        sum: false,
        cells: [Cell::word(&case.name).below(hosting(case))].into_iter().chain(cells(case, &matter)).collect(),
    };
    Table {
        title: "The cases, per month; ± is half of the 95 % confidence interval".into(),
        sortable: true,
        columns: [Column::of_words("Case")].into_iter().chain(columns).collect(),
        rows: result.cases.iter().enumerate().map(row).collect(),
    }
}

fn cells(case: &CaseResult, columns: &[&comparison::Column]) -> Vec<Cell> {
    columns.iter().map(|column| shown((column.cell)(case))).collect()
}

/// The apps compared, where there are several.
fn by_app(result: &ResultDocument) -> Option<Table> {
    let rows = by_app::rows(result);
    let words = ["App", "Case"].map(Column::of_words);
    let numbers = by_app::COLUMNS.iter().map(|column| Column::of_numbers(column.heading.join(" ").trim_end()));
    let row = |row: &by_app::Row<'_>| Row {
        case: result.cases.iter().position(|case| case.name == row.case.name),
        sum: false,
        cells: [&row.app.name, &row.case.name]
            .map(Cell::word)
            .into_iter()
            .chain(by_app::COLUMNS.iter().map(|column| shown((column.cell)(row))))
            .collect(),
    };
    (!rows.is_empty()).then(|| Table {
        title: "The apps: each one's share of the invoice, and how it was served".into(),
        sortable: true,
        columns: words.into_iter().chain(numbers).collect(),
        rows: rows.iter().map(row).collect(),
    })
}

fn shown(cell: comparison::Cell) -> Cell {
    let tone = match cell.mean.as_str() {
        "met" => "good",
        "missed" => "bad",
        _ => "",
    };
    Cell::number(cell.mean, cell.value).below(cell.half.unwrap_or_default()).tone(tone)
}

/// What latency is made of.
fn latency(result: &ResultDocument) -> Section {
    let names: Vec<&str> = result.cases.iter().map(|case| case.name.as_str()).collect();
    let grid = waiting::grid(result);
    let block = match grid.is_empty() {
        true => Block::Text("No request waited for anything but its own service.".into()),
        false => Block::Table(Table::of_grid(waiting::TITLE, &grid, &names)),
    };
    let intro = "Service is what a request takes alone on its instance; crowding, how much longer it was inside as it \
                 shared a processor or a server; queueing, its waiting to be inside; cold start, its waiting while an \
                 instance was starting for it. The second line of each is of the slowest percent.";
    Section { id: "waiting".into(), title: "Where the time goes".into(), intro: intro.into(), blocks: vec![block] }
}

/// Figures over tenants, where an app has many.
fn tenants_section(result: &ResultDocument) -> Option<Section> {
    let names: Vec<&str> = result.cases.iter().map(|case| case.name.as_str()).collect();
    let grid = tenants::grid(result);
    if grid.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Table(Table::of_grid(tenants::TITLE, &grid, &names))];
    if result.details && (1..=MOST_TENANTS).contains(&tenants::count(result)) {
        blocks.push(Block::Table(Table::of_grid("Every tenant", &tenants::each(result), &names)));
    }
    let intro = "A mean over all requests hides those whom it goes badly.";
    Some(Section { id: "tenants".into(), title: "Tenants".into(), intro: intro.into(), blocks })
}

/// What each case earns its provider, and what that costs it.
fn ledger_section(result: &ResultDocument) -> Section {
    Section {
        id: "ledger".into(),
        title: "The provider's ledger".into(),
        intro: "What each case earns its provider a month, and what that costs it, in US dollars.".into(),
        blocks: vec![Block::Table(Table::of_grid(ledger::TITLE, &ledger::grid(result), &[]))],
    }
}

fn invoices(result: &ResultDocument) -> Section {
    let of_case = |(index, case): (usize, &CaseResult)| {
        let hosting = hosting(case);
        let CaseResult { name, figures, invoices, .. } = case;
        bill(&Billed { case: index, name, hosting: &hosting, figures, invoices })
    };
    Section {
        id: "invoices".into(),
        title: "Invoices".into(),
        intro: "What each case costs a month, line by line, in US dollars: means over all replications.".into(),
        blocks: vec![Block::Bills(result.cases.iter().enumerate().map(of_case).collect())],
    }
}

/// What was not modelled, and what else one must know to read the numbers.
pub fn caveats(notes: &[String]) -> Section {
    let block = match notes.is_empty() {
        true => Block::Text("The simulation had nothing to remark.".into()),
        false => Block::List(notes.to_vec()),
    };
    Section {
        id: "caveats".into(),
        title: "What was not modelled".into(),
        intro: "And what else one must know to read the numbers rightly.".into(),
        blocks: vec![block],
    }
}

fn facts(result: &ResultDocument) -> Vec<(&'static str, String)> {
    vec![
        ("Seed", result.seed.to_string()),
        ("Replications", result.replications.to_string()),
        ("Simulated time of each", format::duration(result.duration_s)),
        ("Digest", result.digest.clone()),
    ]
}
