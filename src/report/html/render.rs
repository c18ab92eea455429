//! From a page to HTML: the templates, which are part of the program.

use super::page::{Block, Page, Section, Table};
use super::svg;
use crate::report::figure::style::look;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The templates by name. Those whose names end in `.html` escape all that they are given.
const TEMPLATES: [(&str, &str); 6] = [
    ("page.html", include_str!("page.html")),
    ("section.html", include_str!("section.html")),
    ("table.html", include_str!("table.html")),
    ("figure.html", include_str!("figure.html")),
    ("claim.html", include_str!("claim.html")),
    ("switches.html", include_str!("switches.html")),
];
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// A page is smaller than so many bytes.
const MOST: usize = 2_000_000;
/// Rows of a table and bills, where all would make the page too large.
const MOST_ROWS: usize = 150;
/// Verbatim texts are cut after so many bytes, which keeps the page within its 2 MB.
const MOST_VERBATIM: usize = 128 * 1024;

/// The page as one HTML document that needs nothing else: no file, no network.
///
/// The same page makes the same text, byte by byte. What would be larger than 2 MB leaves out how
/// the invoices count, then rows and bills, then figures and the ends of long texts, and says so.
pub fn page(page: &Page) -> String {
    let steps: [fn(&mut Page); 4] = [without_accounts, with_fewer_rows, with_fewer_figures, with_short_texts];
    let mut html = whole(page);
    let mut lighter = page.clone();
    for step in steps {
        if html.len() < MOST {
            break;
        }
        step(&mut lighter);
        html = whole(&lighter);
    }
    html
}

fn without_accounts(page: &mut Page) {
    for block in page.sections.iter_mut().flat_map(|section| &mut section.blocks) {
        if let Block::Bills(bills) = block {
            bills.iter_mut().for_each(|bill| bill.accounts.clear());
        }
    }
    page.remark.push_str("; so large that this page leaves out how the invoices count");
}

fn with_fewer_rows(page: &mut Page) {
    let blocks = page.sections.iter_mut().flat_map(|section| &mut section.blocks);
    for block in blocks {
        match block {
            Block::Bills(bills) => bills.truncate(MOST_ROWS),
            Block::Table(table) => table.rows.truncate(MOST_ROWS),
            _ => {}
        }
    }
    page.tables.iter_mut().for_each(|table| table.rows.truncate(MOST_ROWS));
    page.cases.truncate(MOST_ROWS);
    page.remark.push_str(&format!(", and all rows and bills after the first {MOST_ROWS}: the CSV file has them"));
}

/// Leaves the first figure alone; the others are files beside the page.
fn with_fewer_figures(page: &mut Page) {
    page.figures.truncate(1);
    page.remark.push_str(", and all figures but the first, which are SVG and PNG files beside it");
}

/// Names and cells as long as nobody reads, in few rows and columns.
fn with_short_texts(page: &mut Page) {
    const FEW: usize = 40;
    page.figures.clear();
    let texts = [&mut page.question, &mut page.answer, &mut page.remark];
    texts.into_iter().for_each(|text| shorten(text, 2_000));
    page.cases.truncate(FEW);
    page.cases.iter_mut().for_each(|case| shorten(&mut case.name, 200));
    let blocks = page.sections.iter_mut().flat_map(|section| &mut section.blocks);
    for block in blocks {
        match block {
            Block::Bills(bills) => bills.clear(),
            Block::Table(table) => small(table, FEW),
            Block::List(sentences) => {
                sentences.truncate(FEW);
                sentences.iter_mut().for_each(|sentence| shorten(sentence, 1_000));
            }
            Block::Text(text) => shorten(text, 2_000),
            _ => {}
        }
    }
    page.tables.iter_mut().for_each(|table| small(table, FEW));
}

fn small(table: &mut Table, most: usize) {
    table.rows.truncate(most);
    table.columns.truncate(most);
    shorten(&mut table.title, 500);
    table.columns.iter_mut().for_each(|column| shorten(&mut column.heading, 200));
    for row in &mut table.rows {
        row.cells.truncate(most);
        row.cells.iter_mut().for_each(|cell| {
            [&mut cell.text, &mut cell.below, &mut cell.beside].into_iter().for_each(|text| shorten(text, 200));
        });
    }
}

fn shorten(text: &mut String, most: usize) {
    if text.len() > most {
        let end = (0..=most).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
}

fn whole(page: &Page) -> String {
    let figures: Vec<svg::Figure> =
        page.figures.iter().enumerate().map(|(i, (drawing, heading))| svg::figure(drawing, i + 1, heading)).collect();
    let context = context! {
        kind => page.kind.as_str(),
        question => page.question.as_str(),
        answer => page.answer.as_str(),
        remark => page.remark.as_str(),
        cases => Value::from(Serde(&page.cases)),
        colours => (0..page.cases.len()).map(colour).collect::<Vec<_>>(),
        tables => Value::from(Serde(&page.tables)),
        figures => Value::from(Serde(&figures)),
        sections => Value::from(Serde(page.sections.iter().map(cut).collect::<Vec<_>>())),
        style => Value::from_safe_string(STYLE.to_string()),
        script => Value::from_safe_string(SCRIPT.to_string()),
        script_hash => Value::from_safe_string(script_hash().to_string()),
        version => env!("CARGO_PKG_VERSION"),
    };
    let rendered = environment().get_template("page.html").and_then(|template| template.render(context));
    // The templates are part of the program and every page fills them alike: a test renders all.
    rendered.unwrap_or_else(|error| format!("<!doctype html><title>error</title><p>{}", error.kind()))
}

/// The hash of the page's own script, as its Content-Security-Policy names the one that it lets run.
fn script_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_of(SCRIPT))
}

/// SHA-256 in Base64.
pub(super) fn hash_of(script: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(script))
}

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment
            .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
        for (name, text) in TEMPLATES {
            let added = environment.add_template(name, text);
            debug_assert!(added.is_ok(), "{added:?}");
        }
        environment
    })
}

/// The colour of a case's lines; ink follows the page.
fn colour(case: usize) -> String {
    match look(case).colour {
        crate::report::figure::style::INK => "var(--ink)".into(),
        (r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

/// The section with its verbatim texts cut where they are far too long.
fn cut(section: &Section) -> Section {
    let mut section = section.clone();
    for block in &mut section.blocks {
        if let Block::Verbatim(_, text) = block
            && text.len() > MOST_VERBATIM
        {
            let end = (0..=MOST_VERBATIM).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
            let all = text.len();
            text.truncate(end);
            text.push_str(&format!("\n… cut here: the file has {all} bytes."));
        }
    }
    section
}
