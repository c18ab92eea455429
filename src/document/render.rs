//! How errors are shown: as compilers show them, each with its place, its line and the word
//! underlined. What is shown is bounded, whatever the input holds: a line and a word are cut, signs
//! that would steer a terminal are made visible, and of very many errors the rest is counted.

use super::Origin;
use super::clean::visible;
use super::diagnostics::{Diagnostic, Sources};
use crate::units::format::wrap_at_blanks;

/// So many errors are shown in full; a file with more has one cause that the first ones show.
const MOST_SHOWN: usize = 40;
/// The most letters of a line of the file that are shown.
const LINE: usize = 160;
/// The letters kept before the word, where a line is cut on its left.
const BEFORE: usize = 40;
/// The most letters of a word in a message, and of a message.
const WORD: usize = 80;
const MESSAGE: usize = 1_000;
/// A tab is shown as so many blanks.
const TAB: &str = "    ";

const RED: &str = "\x1b[1;31m";
const BOLD: &str = "\x1b[1m";
const BLUE: &str = "\x1b[1;34m";
const PLAIN: &str = "\x1b[0m";

/// All errors, in the order of the files.
pub(super) fn render<'e>(
    sources: &Sources,
    errors: impl ExactSizeIterator<Item = &'e Diagnostic>,
    columns: Option<usize>,
    colour: bool,
) -> String {
    let count = errors.len();
    let mut places = Places::default();
    let mut out = String::new();
    for error in errors.take(MOST_SHOWN) {
        out.push_str(&one(sources, error, &mut places, &Paint { colour, columns }));
        out.push_str("\n\n");
    }
    if count > MOST_SHOWN {
        out.push_str(&format!("… and {} more, not shown\n\n", count - MOST_SHOWN));
    }
    out
}

fn one(sources: &Sources, error: &Diagnostic, places: &mut Places, paint: &Paint) -> String {
    let name = cut(&visible(sources.name(error.at.source)), MESSAGE);
    let message = cut(&visible(&error.message), MESSAGE);
    let help = cut(&visible(&error.help), MESSAGE);
    let Some(text) = sources.read(error.at.source) else {
        let help = if help.is_empty() { String::new() } else { format!("\n  = help: {}", paint.broken(&help, 10)) };
        return format!("{}{help}", paint.head(&format!("{name}: {message}")));
    };
    let place = places.find(text, error.at);
    let margin = " ".repeat(place.line.to_string().len());
    let bar = paint.of(BLUE, &format!("{margin} |"));
    let (shown, blanks, marks) = place.cut(text, paint.line(margin.len() + 3));
    let mut lines = vec![
        paint.head(&message),
        format!("{margin}{} {name}:{}:{}", paint.of(BLUE, "-->"), place.line, place.column),
        bar.clone(),
        format!("{} {shown}", paint.of(BLUE, &format!("{} |", place.line))).trim_end().to_string(),
        format!("{bar} {blanks}{}", paint.of(RED, &marks)),
    ];
    if !help.is_empty() {
        lines.push(bar);
        let help = paint.broken(&help, margin.len() + 9);
        lines.push(format!("{margin} {} help: {help}", paint.of(BLUE, "=")));
    }
    lines.join("\n")
}

struct Paint {
    colour: bool,
    columns: Option<usize>,
}

impl Paint {
    /// The first line of an error, and those that it goes on in.
    fn head(&self, message: &str) -> String {
        let lines = self.lines(message, 7).into_iter().map(|line| self.of(BOLD, &line)).collect::<Vec<_>>();
        format!("{}: {}", self.of(RED, "error"), lines.join(&format!("\n{:7}", "")))
    }

    /// A text behind so many signs of its line, in lines that fit, each as far in.
    fn broken(&self, text: &str, indent: usize) -> String {
        self.lines(text, indent).join(&format!("\n{:indent$}", ""))
    }

    fn lines(&self, text: &str, indent: usize) -> Vec<String> {
        match self.columns {
            Some(columns) => wrap_at_blanks(text, columns.saturating_sub(indent)),
            None => vec![text.to_string()],
        }
    }

    /// How much of a line of the file is shown behind so many signs.
    fn line(&self, margin: usize) -> usize {
        self.columns.map_or(LINE, |columns| columns.saturating_sub(margin + 2).clamp(BEFORE + 10, LINE))
    }

    fn of(&self, code: &str, text: &str) -> String {
        if self.colour { format!("{code}{text}{PLAIN}") } else { text.to_string() }
    }
}

/// Where a place is: its line and column from 1, and bytes of the text.
struct Place {
    line: usize,
    column: usize,
    line_start: usize,
    start: usize,
    end: usize,
}

/// Finds places in the order of the text, so that many errors cost one pass over it.
#[derive(Default)]
struct Places {
    source: Option<super::SourceId>,
    line: usize,
    line_start: usize,
}

impl Places {
    fn find(&mut self, text: &str, at: Origin) -> Place {
        let (start, end) = clamp(text, at.start as usize, at.end as usize);
        if self.source != Some(at.source) || start < self.line_start {
            *self = Places { source: Some(at.source), line: 1, line_start: 0 };
        }
        while let Some(length) = text[self.line_start..start].find('\n') {
            self.line += 1;
            self.line_start += length + 1;
        }
        let column = text[self.line_start..start].trim_start_matches('\u{feff}').chars().count() + 1;
        Place { line: self.line, column, line_start: self.line_start, start, end }
    }
}

impl Place {
    /// The line as it is shown (so many signs of it), the blanks before the marks, and the marks.
    fn cut(&self, text: &str, line: usize) -> (String, String, String) {
        let before: Vec<char> = text[self.line_start..self.start].trim_start_matches('\u{feff}').chars().collect();
        let word = &text[self.start..self.end];
        let after = text[self.end..].lines().next().unwrap_or_default();
        let left = if before.len() > line - BEFORE { before.len() - BEFORE } else { 0 };
        let head: String = before[left..].iter().collect();
        let head = if left > 0 { format!("…{}", shown(&head)) } else { shown(&head) };
        let room = line.saturating_sub(head.chars().count()).max(BEFORE);
        let word = cut(&shown(word), room);
        let tail: String = after.chars().take(room + 1).collect();
        let tail = cut(&shown(&tail), room.saturating_sub(word.chars().count()).max(1));
        let blanks = " ".repeat(head.chars().count());
        let marks = "^".repeat(word.chars().count().max(1));
        (format!("{head}{word}{tail}").trim_end().to_string(), blanks, marks)
    }
}

/// A span within the text, on the borders of letters, and cut to its first line, so that an error
/// about a long table shows one line.
fn clamp(text: &str, start: usize, end: usize) -> (usize, usize) {
    let mut start = start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let line = text[start..end].find('\n').map_or(end, |length| start + length);
    (start, start + text[start..line].trim_end_matches('\r').len())
}

/// A part of a line with its tabs as blanks and other signs that a terminal obeys made visible.
fn shown(text: &str) -> String {
    visible(&text.trim_end_matches('\r').replace('\t', TAB)).into_owned()
}

/// The text with its long words cut, and itself cut, each with an ellipsis.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most.min(WORD) {
        return text.to_string();
    }
    let word = |word: &str| match word.char_indices().nth(WORD) {
        Some((end, _)) => format!("{}…{}", &word[..end], if word.ends_with(' ') { " " } else { "" }),
        None => word.to_string(),
    };
    let words: String = text.split_inclusive(' ').map(word).collect();
    match words.char_indices().nth(most.max(1)) {
        Some(_) => words.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        None => words,
    }
}
