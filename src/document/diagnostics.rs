//! What is wrong with the input, each with its place, shown as compilers show it.

use super::render;
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
    files: Vec<(String, Option<String>)>,
}

impl Sources {
    /// Keeps a text under the name that errors will show.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.files.push((name.into(), Some(text.into())));
        SourceId(self.files.len() as u32 - 1)
    }

    /// Keeps the name of a file whose text could not be read.
    fn add_unread(&mut self, name: impl Into<String>) -> SourceId {
        self.files.push((name.into(), None));
        SourceId(self.files.len() as u32 - 1)
    }

    /// The text of a file.
    pub fn text(&self, source: SourceId) -> &str {
        self.read(source).unwrap_or_default()
    }

    /// The text of a file; `None` where it could not be read.
    pub(super) fn read(&self, source: SourceId) -> Option<&str> {
        self.files[source.0 as usize].1.as_deref()
    }

    /// The name of a file.
    pub fn name(&self, source: SourceId) -> &str {
        &self.files[source.0 as usize].0
    }
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Diagnostic {
    pub(super) at: Origin,
    pub(super) message: String,
    pub(super) help: String,
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

    /// Notes an error about a file that could not be read, which has no line to show.
    pub fn unreadable(&mut self, name: impl Into<String>, message: impl Into<String>, help: impl Into<String>) {
        let source = self.sources.add_unread(name);
        self.error(Origin::new(source, 0..0), message, help);
    }

    /// Says what to do of an error that was noted without it: the one at `at` whose message begins
    /// with `begins`.
    pub fn advise(&mut self, at: Origin, begins: &str, help: &str) {
        // They stand in the order of their places: those at this one follow each other.
        let first = Diagnostic { at, message: String::new(), help: String::new() };
        let mut here = self.errors.range(first..).take_while(|error| error.at == at);
        let found = here.find(|error| error.message.starts_with(begins)).cloned();
        if let Some(error) = found {
            self.errors.remove(&error);
            self.error(at, error.message, help);
        }
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
        self.render_within(None, colour)
    }

    /// As [`Diagnostics::render`], in lines of at most so many columns.
    pub fn render_within(&self, columns: Option<usize>, colour: bool) -> String {
        render::render(&self.sources, self.errors.iter(), columns, colour)
    }
}
