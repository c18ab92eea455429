//! The report of a curve: cost against traffic.

use super::bill::{Billed, bill};
use super::page::{Bill, Block, Case, Cell, Column, Page, Row, Section, Table};
use super::reproduction::{Reproduction, reproduction_section};
use super::{Assumption, assumptions, render, run};
use crate::experiment::Point;
use crate::experiment::curve::{CaseCurve, Curve, METRICS, Metric};
use crate::hosting::facts::Digest;
use crate::metrics::{Estimate, Figures};
use crate::report::curve::order_of;
use crate::report::figure::drawing::Drawing;
use crate::report::figure::traffic;
use crate::report::format::{money, short_count};
use crate::report::notes::of_unverified;
use crate::report::{self, comparison};
use crate::scenario::Scenario;

/// The report of a curve as one HTML document. `notes` say what was not modelled.
pub fn curve_report(
    scenario: &Scenario,
    curve: &Curve,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> String {
    render::page(&curve_page(scenario, curve, notes, reproduction, assumptions))
}

/// The page of [`curve_report`], for those who want to add to it.
pub fn curve_page(
    scenario: &Scenario,
    curve: &Curve,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> Page {
    let (metric, counted) = judged_by(curve);
    let case = |case: &CaseCurve| Case { name: case.name.clone(), hosting: case.hosting.clone() };
    Page {
        kind: "curve".into(),
        question: run::question(&scenario.title),
        answer: report::curve::whole_answer(curve),
        remark: remark(scenario, curve),
        cases: curve.cases.iter().map(case).collect(),
        tables: [regions(curve, metric, counted), crossovers(curve)]
            .into_iter()
            .filter(|t| !t.rows.is_empty())
            .collect(),
        figures: figures(&scenario.title, curve),
        sections: vec![
            points(curve),
            invoices(curve),
            assumptions::section(assumptions),
            run::caveats(&endings(curve, notes)),
            reproduction_section(reproduction, &facts(scenario, curve)),
        ],
    }
}

/// The headings of the figures, by the stems of their files.
const HEADINGS: [(&str, &str); 4] = [
    ("curve", "Total cost of ownership against traffic"),
    ("curve-invoice", "Invoice against traffic"),
    ("latency-against-traffic", "Latency against traffic"),
    ("utilisation-against-traffic", "Utilisation against traffic"),
];

/// The figures; where invoices are all that is paid, TCO has none of its own.
fn figures(title: &str, curve: &Curve) -> Vec<(Drawing, String)> {
    let mut figures = report::curve::figures(curve, title);
    if judged_by(curve).1 != "TCO" {
        figures.retain(|(stem, _)| *stem != "curve");
    }
    let heading = |stem| HEADINGS.iter().find(|(known, _)| *known == stem).map_or(stem, |(_, heading)| *heading);
    figures.iter().map(|(stem, figure)| (traffic::draw(figure), heading(stem).to_string())).collect()
}

/// The metric that decides, and its word: TCO, or the invoice where the two are the same.
pub(in crate::report) fn judged_by(curve: &Curve) -> (Metric, &'static str) {
    let points = curve.cases.iter().flat_map(|case| case.points.iter().flatten());
    let differs = |point: &Point| point.estimate(METRICS[0].1).mean != point.estimate(METRICS[1].1).mean;
    if points.into_iter().any(differs) { (METRICS[1].1, "TCO") } else { (METRICS[0].1, "invoice") }
}

fn remark(scenario: &Scenario, curve: &Curve) -> String {
    let at = |traffic: Option<&f64>| traffic.map_or("–".into(), |t| short_count(curve.requests_per_month(*t)));
    format!(
        "{} points of traffic from {} to {} requests a month, each case sized anew at each; {} replications, seed {}",
        curve.traffic.len(),
        at(curve.traffic.first()),
        at(curve.traffic.last()),
        scenario.run.replications,
        scenario.run.seed
    )
}

fn regions(curve: &Curve, metric: Metric, counted: &str) -> Table {
    let at = |traffic: f64| {
        let requests = curve.requests_per_month(traffic);
        Cell::number(short_count(requests), Some(requests))
    };
    let index = |name: &str| curve.cases.iter().position(|case| case.name == name);
    let row = |region: &crate::experiment::curve::Region| Row {
        case: index(&region.case),
        sum: false,
        cells: vec![Cell::word(region.words()), at(region.from), at(region.to)],
    };
    Table {
        title: format!("The cheapest case by {counted}, by requests a month"),
        sortable: false,
        columns: vec![Column::of_words("Case"), Column::of_numbers("From"), Column::of_numbers("To")],
        rows: curve.cheapest(metric).iter().map(row).collect(),
    }
}

fn crossovers(curve: &Curve) -> Table {
    let row = |c: &crate::experiment::curve::Crossover| {
        let [at, low, high] = [c.traffic, c.low, c.high].map(|traffic| curve.requests_per_month(traffic));
        let counted = if c.metric == METRICS[0].0 { "invoice" } else { "TCO" };
        let interval = format!("{} to {}", short_count(low), short_count(high));
        let cells = vec![
            Cell::word(&c.below),
            Cell::word(&c.above),
            Cell::word(counted),
            Cell::number(short_count(at), Some(at)),
            Cell::number(interval, Some(low)),
            Cell::number(money(c.value), Some(c.value)),
        ];
        Row { cells, ..Row::default() }
    };
    let words = ["Cheaper below", "Cheaper above", "By"].map(Column::of_words);
    let numbers = ["Requests a month", "Interval that the noise covers", "Both cost"].map(Column::of_numbers);
    Table {
        title: "Where the cheaper of two cases changes".into(),
        sortable: true,
        columns: words.into_iter().chain(numbers).collect(),
        rows: curve.crossovers.iter().map(row).collect(),
    }
}

/// Every case at every traffic.
fn points(curve: &Curve) -> Section {
    let rows = curve.cases.iter().enumerate().flat_map(|(index, case)| {
        curve.traffic.iter().zip(&case.points).map(move |(traffic, point)| {
            let cells = point_cells(case, curve.requests_per_month(*traffic), point);
            Row { case: Some(index), sum: false, cells }
        })
    });
    let words = [
        "Requests a month",
        "Invoice",
        "Labour",
        "Own servers",
        "TCO",
        "Per M req.",
        "p99",
        "Served",
        "CPU used",
        "SLO",
    ];
    let mut columns = vec![Column::of_words("Case")];
    columns.extend(words.map(Column::of_numbers));
    columns.insert(2, Column::of_words("Ordered"));
    let title = "Every case at every traffic, per month; ± is half of the 95 % confidence interval".into();
    Section {
        id: "points".into(),
        title: "Points".into(),
        intro: String::new(),
        blocks: vec![Block::Table(Table { title, sortable: true, columns, rows: rows.collect() })],
    }
}

fn point_cells(case: &CaseCurve, requests: f64, point: &Result<Point, String>) -> Vec<Cell> {
    let mut cells = vec![Cell::word(&case.name), Cell::number(short_count(requests), Some(requests))];
    let point = match point {
        Ok(point) => point,
        Err(why) => {
            cells.push(Cell::word(format!("none: {why}")));
            cells.extend(std::iter::repeat_n(Cell::word("–"), 8));
            cells.push(Cell::word("–"));
            return cells;
        }
    };
    cells.push(Cell::word(order_of(point)));
    type Show = fn(Estimate) -> comparison::Cell;
    let shown: [(Metric, Show); 8] = [
        (&["invoice_usd", "total"], comparison::money),
        (&["labour_usd", "total"], comparison::money),
        (&["owned_usd"], comparison::money),
        (&["tco_usd"], comparison::money),
        (&["usd_per_million_requests"], comparison::money),
        (&["latency_s", "p99"], comparison::duration),
        (&["availability"], comparison::served),
        (&["fleet", "cpu_used"], comparison::percent),
    ];
    cells.extend(shown.map(|(path, show)| {
        let cell = show(point.estimate(path));
        Cell::number(cell.mean, cell.value).beside(cell.half.unwrap_or_default())
    }));
    cells.push(match point.slo_met {
        _ if point.overload.is_some() => Cell::word("overload").tone("bad"),
        Some(true) => Cell::word("met").tone("good"),
        Some(false) => Cell::word("missed").tone("bad"),
        None => Cell::word("–"),
    });
    cells
}

/// The bills at the traffic nearest to the scenario's own.
fn invoices(curve: &Curve) -> Section {
    let away = |traffic: f64| libm::log(traffic).abs();
    let nearest = (0..curve.traffic.len()).min_by(|a, b| away(curve.traffic[*a]).total_cmp(&away(curve.traffic[*b])));
    let at = nearest.map_or(f64::NAN, |index| curve.requests_per_month(curve.traffic[index]));
    let bills: Vec<Bill> = nearest.map_or_else(Vec::new, |nearest| {
        let of_case =
            |(index, case): (usize, &CaseCurve)| Some(bill_at(index, case, case.points[nearest].as_ref().ok()?));
        curve.cases.iter().enumerate().filter_map(of_case).collect()
    });
    Section {
        id: "invoices".into(),
        title: "Invoices".into(),
        intro: format!(
            "What each case costs a month at {} requests, the point nearest to the scenario's own traffic, in US dollars.",
            short_count(at)
        ),
        blocks: vec![Block::Bills(bills)],
    }
}

fn bill_at(index: usize, case: &CaseCurve, point: &Point) -> Bill {
    let mut figures = Figures::new();
    point.replications.iter().for_each(|replication| figures.push_paths(replication.figures.iter().cloned()));
    let hosting = format!("{} {}", case.hosting, order_of(point));
    let invoices = point.replications.first().map_or(&[][..], |first| first.billed.invoices.as_slice());
    bill(&Billed { case: index, name: &case.name, hosting: &hosting, figures: &figures, invoices })
}

/// The notes, and why lines end before the greatest traffic.
fn endings(curve: &Curve, notes: &[String]) -> Vec<String> {
    let ends = curve.cases.iter().filter_map(|case| Some(format!("{} goes no further: {}.", case.name, case.ends()?)));
    let remarks = report::curve::remarks(curve);
    notes.iter().cloned().chain(of_unverified(&curve.unverified)).chain(ends).chain(remarks).collect()
}

fn facts(scenario: &Scenario, curve: &Curve) -> Vec<(&'static str, String)> {
    let mut digest = Digest::default();
    for point in curve.cases.iter().flat_map(|case| case.points.iter().flatten()) {
        point.replications.iter().for_each(|replication| digest.add(replication.digest));
    }
    vec![
        ("Seed", scenario.run.seed.to_string()),
        ("Replications", scenario.run.replications.to_string()),
        ("Digest", format!("{:016x}", digest.0)),
    ]
}
