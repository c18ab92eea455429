//! The page of the article: its claims in its own order, each with its number, its verdict and what would change it.

use super::page::{Block, Cell, Column, Page, Row, Section, Table};
use super::{render, svg};
use crate::experiment::claim::{Judged, Verdict};
use crate::report::article::{TITLE, number, of_section, shown, summary, verdict};
use crate::report::figure::beside;
use crate::report::figure::drawing::Drawing;
use crate::scenario::claim::{Badge, SECTIONS};

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
    let mut sections: Vec<Section> = SECTIONS.iter().enumerate().filter_map(|(at, _)| section(all, at)).collect();
    sections.extend(the_figure(stack, all.len()));
    let facts = BADGES.iter().map(|(word, meaning)| (word.to_string(), meaning.to_string())).collect();
    sections.push(Section {
        id: "badges".into(),
        title: "How to read a verdict".into(),
        intro: "A verdict is computed from the claim's scenario and never typed. Each claim has a mutation, a change of its inputs that must break it; `hostsim article --mutations` tries them all.".into(),
        blocks: vec![Block::Facts(facts)],
    });
    Page {
        kind: "article".into(),
        question: TITLE.into(),
        answer: summary(all),
        remark: "`hostsim article` makes this page; each claim names the command that makes its numbers again".into(),
        tables: vec![overview(all)],
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
        intro: "Drawn from what the catalogue's models leave to their users (`hostsim models --stack`). A cell tells its hours, and how it is paid, where one points at it.".into(),
        blocks,
    })
}

fn tone(of: &Verdict) -> &'static str {
    match of {
        Verdict::Holds => "good",
        Verdict::HoldsIf { .. } => "assumption",
        Verdict::DoesNotHold => "bad",
    }
}

fn overview(all: &[Judged]) -> Table {
    let columns = ["Claim", "What it says", "Verdict", "Rests on"].map(Column::of_words).to_vec();
    let row = |judged: &Judged| {
        let claim = &judged.claim;
        let cells = vec![
            Cell::word(&claim.number),
            Cell::word(&claim.says),
            Cell::word(verdict(&judged.verdict)).tone(tone(&judged.verdict)),
            Cell::word(claim.badge.word()),
        ];
        Row { cells, ..Row::default() }
    };
    Table {
        title: "The claims in the article's order".into(),
        columns,
        rows: all.iter().map(row).collect(),
        ..Table::default()
    }
}

fn section(all: &[Judged], at: usize) -> Option<Section> {
    let (id, title) = SECTIONS[at];
    let place = |judged: &Judged| all.iter().position(|other| std::ptr::eq(other, judged)).unwrap_or(0);
    let blocks: Vec<Block> = of_section(all, at).flat_map(|judged| blocks(judged, place(judged) + 1)).collect();
    (!blocks.is_empty()).then(|| Section { id: id.into(), title: title.into(), intro: String::new(), blocks })
}

fn blocks(judged: &Judged, figure: usize) -> Vec<Block> {
    let claim = &judged.claim;
    let mut facts = vec![
        ("Verdict".to_string(), verdict(&judged.verdict)),
        (claim.number_is.clone(), format!("{}; the article: {}", number(judged), claim.article)),
        ("Rests on".to_string(), badge(claim.badge)),
    ];
    facts.extend(claim.assumes.iter().map(|input| ("Assumed".to_string(), input.clone())));
    facts.push(("What would change it".to_string(), claim.changes.clone()));
    facts.push(("Again".to_string(), format!("hostsim run scenarios/{}.toml", judged.stem)));
    let subtitle = format!("{} of each case; the whiskers are 95 % confidence intervals", claim.decides.figure());
    let drawing = beside::draw(&claim.says, &subtitle, &judged.beside, |value| shown(judged, value));
    let heading = format!("Claim {}: {}", claim.number, claim.says);
    vec![Block::Figure(Box::new(svg::figure(&drawing, figure, &heading))), Block::Facts(facts)]
}

fn badge(badge: Badge) -> String {
    let meaning = BADGES.iter().find(|(word, _)| *word == badge.word()).map_or("", |(_, meaning)| meaning);
    format!("{}: {meaning}", badge.word())
}
