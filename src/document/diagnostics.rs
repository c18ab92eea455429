//! What is wrong with the input, each with its place, shown as compilers show it.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};
use std::collections::BTreeSet;
use std::ops::Range;

/// Which file a place is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A place: bytes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file.
    pub source: SourceId,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

impl Origin {
    /// The place of a range of bytes.
    pub fn new(source: SourceId, span: Range<usize>) -> Origin {
        Origin { source, start: span.start as u32, end: span.end as u32 }
    }
}

/// The texts of all files read so far, by name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<(String, String)>,
}

impl Sources {
    /// Keeps a text under the name that errors will show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.files.push((name.into(), text.into()));
        SourceId(self.files.len() as u32 - 1)
    }

    /// The text of a file.
    pub fn text(&self, source: SourceId) -> &str {
        &self.files[source.0 as usize].1
    }

    /// The name of a file.
    pub fn name(&self, source: SourceId) -> &str {
        &self.files[source.0 as usize].0
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Diagnostic {
    at: Origin,
    message: String,
    help: String,
}

/// The errors found so far, and the texts that they point into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    /// The files that places refer to.
    pub sources: Sources,
    errors: BTreeSet<Diagnostic>,
}

impl Diagnostics {
    /// Notes an error: what is wrong at `at`, and (where `help` is not empty) what to do.
    pub fn error(&mut self, at: Origin, message: impl Into<String>, help: impl Into<String>) {
        self.errors.insert(Diagnostic { at, message: message.into(), help: help.into() });
    }

    /// Diagnostics with the same texts, in which nothing is noted yet.
    pub fn beside(&self) -> Diagnostics {
        Diagnostics { sources: self.sources.clone(), errors: BTreeSet::new() }
    }

    /// The errors: place, message and help of each.
    pub fn errors(&self) -> impl Iterator<Item = (Origin, &str, &str)> {
        self.errors.iter().map(|error| (error.at, error.message.as_str(), error.help.as_str()))
    }

    /// How many errors there are.
    pub fn count(&self) -> usize {
        self.errors.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// All errors, in the order of the files, each with `file:line:column`, the line, and the
    /// word underlined; in colour where `colour` says so.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut out = String::new();
        for error in &self.errors {
            out.push_str(&self.render_one(error, &renderer));
            out.push_str("\n\n");
        }
        out
    }

    fn render_one(&self, error: &Diagnostic, renderer: &Renderer) -> String {
        let text = self.sources.text(error.at.source);
        let span = clamp(text, error.at.start as usize, error.at.end as usize);
        let snippet = Snippet::source(text)
            .path(self.sources.name(error.at.source))
            .annotation(AnnotationKind::Primary.span(span));
        let mut group = Level::ERROR.primary_title(&error.message).element(snippet);
        if !error.help.is_empty() {
            group = group.element(Level::HELP.message(&error.help));
        }
        renderer.render(&[group])
    }
}

/// A span within the text, on character boundaries, and cut to its first line, so that an error
/// about a long table shows one line.
fn clamp(text: &str, start: usize, end: usize) -> Range<usize> {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_end = text[start..].find('\n').map_or(text.len(), |n| start + n);
    let mut end = end.clamp(start, line_end);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
