//! The report of advice: the cheapest orders that meet the objective, and what would change that.

use super::bill::{Billed, bill};
use super::page::{Bill, Block, Case, Cell, Column, Page, Row, Section, Table};
use super::reproduction::{Reproduction, reproduction_section};
use super::{Assumption, answer, assumptions, render, run};
use crate::experiment::advise::{Advice, Offer};
use crate::experiment::served;
use crate::hosting::facts::Digest;
use crate::metrics::{Figures, share_of};
use crate::report::advice;
use crate::report::comparison;
use crate::report::curve::order_of;
use crate::report::figure::{pareto, tornado};
use crate::report::format::{UNDEFINED, money, percent};
use crate::report::sacrifice::{self, Sacrifice};
use crate::scenario::Scenario;

/// Bills that are shown at most.
const MOST_BILLS: usize = 60;

/// The report of advice as one HTML document. `notes` say what was not modelled.
pub fn advice_report(
    scenario: &Scenario,
    advice: &Advice,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> String {
    render::page(&advice_page(scenario, advice, notes, reproduction, assumptions))
}

/// The page of [`advice_report`], for those who want to add to it.
pub fn advice_page(
    scenario: &Scenario,
    advice: &Advice,
    notes: &[String],
    reproduction: &Reproduction,
    assumptions: &[Assumption],
) -> Page {
    let case = |offer: &Offer| Case { name: offer.hosting.clone(), hosting: order_of(&offer.point) };
    Page {
        kind: "advice".into(),
        question: run::question(&scenario.title),
        answer: answer::of_advice(advice),
        remark: remark(scenario, advice),
        cases: advice.offers.iter().map(case).collect(),
        tables: vec![ranking(advice)].into_iter().filter(|table| !table.rows.is_empty()).collect(),
        figures: figures(advice, scenario),
        sections: vec![
            swings(advice),
            refused(advice),
            invoices(advice),
            assumptions::section(assumptions),
            run::caveats(notes),
            reproduction_section(reproduction, &facts(scenario, advice)),
        ],
    }
}

fn remark(scenario: &Scenario, advice: &Advice) -> String {
    let (offers, refused) = (advice.offers.len(), advice.refused.len());
    format!(
        "{} models of the catalogue, each sized by simulation until it meets the objective: {offers} can, {refused} cannot; \
         {} replications, seed {}",
        offers + refused,
        scenario.run.replications,
        scenario.run.seed
    )
}

fn figures(advice: &Advice, scenario: &Scenario) -> Vec<(crate::report::figure::drawing::Drawing, String)> {
    if advice.offers.is_empty() {
        return Vec::new();
    }
    let mut figures = vec![(pareto::draw(&advice::pareto(advice, scenario)), "Cost against latency".to_string())];
    if !advice.swings.is_empty() {
        let drawing = tornado::draw(&advice::tornado(advice, &scenario.title));
        figures.push((drawing, "What would change the answer first".to_string()));
    }
    figures
}

/// The ranked orders, and what each gives up.
fn ranking(advice: &Advice) -> Table {
    let sacrifices = sacrifice::sacrifices(advice);
    let least = advice.offers.first().and_then(|offer| offer.tco().mean);
    let row = |(index, offer): (usize, &Offer)| {
        let estimate = |path: &[&str]| {
            let shown = comparison::money(offer.point.estimate(path));
            Cell::number(shown.mean, shown.value).below(shown.half.unwrap_or_default())
        };
        let p99 = comparison::duration(offer.p99());
        let served = served::share(&offer.point);
        let more = offer.tco().mean.zip(least).map(|(cost, least)| cost - least);
        let cells = vec![
            Cell::word(&offer.hosting).below(order_of(&offer.point)),
            Cell::number((index + 1).to_string(), Some((index + 1) as f64)),
            Cell::word(offer.family),
            estimate(&["tco_usd"]),
            estimate(&["invoice_usd", "total"]),
            estimate(&["labour_usd", "total"]),
            estimate(&["owned_usd"]),
            Cell::number(p99.mean, p99.value).below(p99.half.unwrap_or_default()),
            Cell::number(served.map_or(UNDEFINED.into(), percent), served),
            Cell::number(more.map_or(UNDEFINED.into(), |more| dearer(offer, index, more, least)), more),
            given_up(advice, &sacrifices[index]),
        ];
        Row { case: Some(index), sum: false, cells }
    };
    let mut columns = vec![Column::of_words("Order"), Column::of_numbers("Rank"), Column::of_words("Family")];
    columns.extend(["TCO", "Invoice", "Labour", "Own servers", "p99", "Served", "Dearer by"].map(Column::of_numbers));
    columns.push(Column::of_words("What it gives up"));
    Table {
        title: "The cheapest order of each model that meets the objective, per month; ± is half of the 95 % \
                confidence interval"
            .into(),
        sortable: true,
        columns,
        rows: advice.offers.iter().enumerate().map(row).collect(),
    }
}

fn dearer(offer: &Offer, index: usize, more: f64, least: Option<f64>) -> String {
    match least {
        _ if index == 0 => UNDEFINED.into(),
        _ if offer.is_as_cheap() => "not distinguishable".into(),
        least => match least.and_then(|least| share_of(more, least)) {
            Some(share) => format!("{} ({})", money(more), percent(share)),
            None => money(more),
        },
    }
}

fn given_up(advice: &Advice, sacrifice: &Sacrifice) -> Cell {
    let tone = if matches!(sacrifice, Sacrifice::Both { .. }) { "" } else { "good" };
    Cell::word(sacrifice::in_words(advice, sacrifice)).tone(tone)
}

/// What would change the answer.
fn swings(advice: &Advice) -> Section {
    let first = advice.offers.first().map_or("", |offer| offer.hosting.as_str());
    let end = |(value, best): &(String, Option<(String, f64)>)| match best {
        Some((hosting, cost)) => {
            let cell = Cell::number(money(*cost), Some(*cost)).below(format!("{hosting} at {value}"));
            if hosting == first { cell } else { cell.tone("bad") }
        }
        None => Cell::word("nothing meets the objective").below(format!("at {value}")).tone("bad"),
    };
    let other = |best: &Option<(String, f64)>| best.as_ref().is_none_or(|(hosting, _)| hosting != first);
    let row = |swing: &crate::experiment::advise::Swing| {
        let changes = other(&swing.low.1) || other(&swing.high.1);
        let verdict = if changes { Cell::word("changes").tone("bad") } else { Cell::word("stays") };
        Row { cells: vec![Cell::word(&swing.name), verdict, end(&swing.low), end(&swing.high)], ..Row::default() }
    };
    let mut columns = ["Assumption", "The cheapest"].map(Column::of_words).to_vec();
    columns.extend(["With a low value", "With a high value"].map(Column::of_numbers));
    let table = Table {
        title: "The least total cost of ownership a month as one assumption at a time changes".into(),
        sortable: true,
        columns,
        rows: advice.swings.iter().map(row).collect(),
    };
    Section {
        id: "swings".into(),
        title: "What would change the answer".into(),
        intro: answer::of_swings(advice),
        blocks: if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] },
    }
}

fn refused(advice: &Advice) -> Section {
    let row = |(name, why): &(String, String)| Row { cells: vec![Cell::word(name), Cell::word(why)], ..Row::default() };
    let table = Table {
        title: "Models that cannot meet the objective".into(),
        sortable: true,
        columns: ["Model", "Why"].map(Column::of_words).to_vec(),
        rows: advice.refused.iter().map(row).collect(),
    };
    let block = match advice.refused.is_empty() {
        true => Block::Text("Every model that was looked at can meet the objective.".into()),
        false => Block::Table(table),
    };
    Section { id: "refused".into(), title: "What cannot".into(), intro: String::new(), blocks: vec![block] }
}

fn invoices(advice: &Advice) -> Section {
    let bills: Vec<Bill> = advice.offers.iter().enumerate().take(MOST_BILLS).map(bill_of).collect();
    Section {
        id: "invoices".into(),
        title: "Invoices".into(),
        intro: "What each order costs a month, line by line, in US dollars: means over all replications.".into(),
        blocks: vec![Block::Bills(bills)],
    }
}

fn bill_of((index, offer): (usize, &Offer)) -> Bill {
    let mut figures = Figures::new();
    offer.point.replications.iter().for_each(|replication| figures.push_paths(replication.figures.iter().cloned()));
    let invoices = offer.point.replications.first().map_or(&[][..], |first| first.billed.invoices.as_slice());
    let hosting = order_of(&offer.point);
    bill(&Billed { case: index, name: &offer.hosting, hosting: &hosting, figures: &figures, invoices })
}

fn facts(scenario: &Scenario, advice: &Advice) -> Vec<(&'static str, String)> {
    let mut digest = Digest::default();
    let replications = advice.offers.iter().flat_map(|offer| &offer.point.replications);
    replications.for_each(|replication| digest.add(replication.digest));
    vec![
        ("Seed", scenario.run.seed.to_string()),
        ("Replications", scenario.run.replications.to_string()),
        ("Digest", format!("{:016x}", digest.0)),
    ]
}
