//! From a page to HTML: the templates, which are part of the program.

use super::page::{Page, Section};
use super::svg;
use crate::report::figure::style::look;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, context};
use std::sync::OnceLock;

/// The templates by name. Those whose names end in `.html` escape all that they are given.
const TEMPLATES: [(&str, &str); 5] = [
    ("page.html", include_str!("page.html")),
    ("section.html", include_str!("section.html")),
    ("table.html", include_str!("table.html")),
    ("figure.html", include_str!("figure.html")),
    ("switches.html", include_str!("switches.html")),
];
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Verbatim texts are cut after so many bytes, which keeps the page within its 2 MB.
const MOST_VERBATIM: usize = 128 * 1024;

/// The page as one HTML document that needs nothing else: no file, no network.
///
/// The same page makes the same text, byte by byte.
pub fn page(page: &Page) -> String {
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
        version => env!("CARGO_PKG_VERSION"),
    };
    let rendered = environment().get_template("page.html").and_then(|template| template.render(context));
    // The templates are part of the program and every page fills them alike: a test renders all.
    rendered.unwrap_or_else(|error| format!("<!doctype html><title>error</title><p>{}", error.kind()))
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
        if let super::page::Block::Verbatim(_, text) = block
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
