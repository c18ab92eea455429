//! The page of the article: its claims in its own order, each with its number, its verdict and what would change it.

use super::page::{Block, Cell, Claim, Column, Input, Page, Row, Section, Table};
use super::{render, svg};
use crate::experiment::claim::{Judged, Verdict};
use crate::report::article::{TITLE, amount, command, number, of_section, shown, summary, verdict};
use crate::report::figure::drawing::Drawing;
use crate::report::figure::{along, beside};
use crate::scenario::claim::{Assumed, LABOUR, SECTIONS};

/// The place of the page that has the hours of labour.
const HOURS: &str = "hours";

/// What the badges mean.
const BADGES: [(&str, &str); 3] = [
    ("measured", "it comes out of the simulation"),
    ("arithmetic", "it follows from prices alone"),
    ("assumed", "it follows from an input that somebody typed in, which is named"),
];

/// The page as one HTML document; `stack` are the article's own figure, of each time, and what it trades, with headings.
pub fn article_report(all: &[Judged], stack: &[(Drawing, String)]) -> String {
    render::page(&article_page(all, stack))
}

/// The page of [`article_report`].
pub fn article_page(all: &[Judged], stack: &[(Drawing, String)]) -> Page {
    let mut sections = vec![overview(all)];
    sections.extend(SECTIONS.iter().enumerate().filter_map(|(at, _)| section(all, at)));
    sections.extend(the_figure(stack, all.len()));
    let facts = BADGES.iter().map(|(word, meaning)| (word.to_string(), meaning.to_string())).collect();
    sections.push(Section {
        id: "badges".into(),
        title: "How to read a verdict".into(),
        intro: "A verdict is computed from the claim's scenario and never typed. Each claim has a mutation, a change of its inputs that must break it; hostsim article --mutations tries them all.".into(),
        blocks: vec![Block::Facts(facts)],
    });
    sections.extend(hours(all));
    Page {
        kind: "article".into(),
        question: TITLE.into(),
        answer: summary(all),
        remark: "Made by hostsim article; each claim names the command that makes its numbers again.".into(),
        sections,
        ..Page::default()
    }
}

/// The article's figure: who manages what. Numbers of figures go on after those of the claims.
fn the_figure(stack: &[(Drawing, String)], before: usize) -> Option<Section> {
    let figure = |(at, (drawing, heading)): (usize, &(Drawing, String))| {
        Block::Figure(Box::new(svg::figure(drawing, before + at + 1, heading)))
    };
    let blocks: Vec<Block> = stack.iter().enumerate().map(figure).collect();
    (!blocks.is_empty()).then(|| Section {
        id: "stack".into(),
        title: "The figure: who manages the stack".into(),
        intro: "Drawn from what the catalogue's models leave to their users (hostsim models --stack). A cell tells its hours, and who pays, where one points at it.".into(),
        blocks,
    })
}

fn tone(judged: &Judged) -> &'static str {
    match judged.verdict {
        Verdict::Holds => "good",
        Verdict::HoldsIf { .. } if judged.here => "assumption",
        Verdict::HoldsIf { .. } | Verdict::DoesNotHold => "bad",
    }
}

fn overview(all: &[Judged]) -> Section {
    let columns = ["Claim", "Verdict"].map(Column::of_words).to_vec();
    let row = |(at, judged): (usize, &Judged)| {
        let claim = Cell::word(format!("{} {}", judged.claim.number, judged.claim.says)).link(id(at));
        let verdict = Cell::word(verdict(judged)).tone(tone(judged)).below(judged.badge.word());
        Row { cells: vec![claim, verdict], ..Row::default() }
    };
    let table = Table {
        title: "In the article's order".into(),
        columns,
        rows: all.iter().enumerate().map(row).collect(),
        ..Table::default()
    };
    Section { id: "claims".into(), title: "The claims".into(), intro: String::new(), blocks: vec![Block::Table(table)] }
}

fn section(all: &[Judged], at: usize) -> Option<Section> {
    let (id, title) = SECTIONS[at];
    let place = |judged: &Judged| all.iter().position(|other| std::ptr::eq(other, judged)).unwrap_or(0);
    let blocks: Vec<Block> =
        of_section(all, at).map(|judged| Block::Claim(Box::new(claim(judged, place(judged))))).collect();
    (!blocks.is_empty()).then(|| Section { id: id.into(), title: title.into(), intro: String::new(), blocks })
}

/// The word of the place of a claim: two may have one number.
fn id(at: usize) -> String {
    format!("claim-{}", at + 1)
}

fn claim(judged: &Judged, at: usize) -> Claim {
    let claim = &judged.claim;
    let input = |assumed: &Assumed| {
        let link = match assumed.path.as_str() {
            LABOUR => HOURS.to_string(),
            _ if assumed.is_of_scenario() => format!("{}-scenario", id(at)),
            _ => String::new(),
        };
        Input { path: assumed.path.clone(), link, known: assumed.known.clone() }
    };
    Claim {
        id: id(at),
        heading: format!("{}. {}", claim.number, claim.says),
        verdict: verdict(judged),
        tone: tone(judged).into(),
        badge: judged.badge.word().into(),
        number: number(judged),
        number_is: claim.number_is.clone(),
        article: claim.article.clone(),
        figure: figure(judged, at),
        assumed: claim.assumes.iter().map(input).collect(),
        changes: claim.changes.clone(),
        command: command(judged),
        scenario: (format!("scenarios/{}.toml", judged.stem), judged.text.clone()),
    }
}

/// Along its bound, where it has one; else all cases beside each other.
fn figure(judged: &Judged, at: usize) -> svg::Figure {
    let claim = &judged.claim;
    if let Some(bound) = &judged.along {
        let drawing = along::draw(&claim.says, bound, |value| amount(&bound.figure, value));
        return svg::figure(&drawing, at + 1, &format!("{} and {}, by {}", bound.sides.0, bound.sides.1, bound.is));
    }
    let subtitle = format!("{} of each case; the whiskers are 95 % confidence intervals", claim.decides.figure());
    let drawing = beside::draw(&claim.says, &subtitle, &judged.beside, |value| shown(judged, value));
    svg::figure(&drawing, at + 1, "Case by case")
}

/// The hours of labour as the catalogue has them, where a claim assumes them.
fn hours(all: &[Judged]) -> Option<Section> {
    let rests = |judged: &Judged| judged.claim.assumes.iter().any(|assumed| assumed.path == LABOUR);
    all.iter().any(rests).then(|| Section {
        id: HOURS.into(),
        title: "The hours of labour".into(),
        intro: "Assumptions, each with its range and where it comes from (hostsim models --labour).".into(),
        blocks: vec![Block::Verbatim(LABOUR.into(), crate::billing::labour::TEXT.into())],
    })
}
