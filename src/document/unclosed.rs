//! What a text opens and never closes: a list or table over several lines, a text over several lines. The parser takes all
//! that follows for a part of it and notes a mistake in every line; the person made one, where it was opened.
//!
//! This runs over texts with mistakes alone, and finds nothing in what is sound.

use std::ops::Range;

/// A text that runs on is looked for in so many lines.
const LINES_OF_A_TEXT: usize = 100;

/// Something that is opened and never closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where it is opened.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: &'static str,
    /// What to do.
    pub help: &'static str,
    /// What belongs to it, as far as can be told.
    extent: Range<usize>,
    /// Whether an empty text is to stand in its place.
    is_text: bool,
}

/// All that a text opens and never closes, in order.
pub(super) fn find(text: &str) -> Vec<Unclosed> {
    let mut scan = Scan { text, open: Vec::new(), begun: 0, is_value: false, mismatched: None, found: Vec::new() };
    let mut start = 0;
    while start < text.len() {
        start = scan.line(start);
    }
    if let Some(first) = scan.open.first() {
        scan.unclosed_bracket(scan.mismatched.unwrap_or(*first), text.len());
    }
    scan.found
}

/// The text without what is not closed, everything else in its place.
pub(super) fn without(text: &str, found: &[Unclosed]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for unclosed in found {
        let extent = &mut bytes[unclosed.extent.clone()];
        extent.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        if let (true, [first, second, ..]) = (unclosed.is_text, extent) {
            (*first, *second) = (b'"', b'"');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

struct Scan<'t> {
    text: &'t str,
    /// Where the brackets stand that are open.
    open: Vec<usize>,
    /// Where the line begins in which the present entry does.
    begun: usize,
    /// Whether its `=` was met.
    is_value: bool,
    /// The first bracket of the entry that another kind's closes.
    mismatched: Option<usize>,
    found: Vec<Unclosed>,
}

impl Scan<'_> {
    /// Looks at the line that begins at a place, and at further ones that a text in it takes; returns where the next begins.
    fn line(&mut self, start: usize) -> usize {
        let end = self.line_end(start);
        let line = &self.text[start..end];
        if let Some(at) = self.open.last().copied()
            && self.is_apart(at, start, line)
        {
            let blamed = self.mismatched.unwrap_or(self.open[0]);
            self.unclosed_bracket(blamed, start);
        }
        if self.open.is_empty() {
            (self.begun, self.is_value, self.mismatched) = (start, false, None);
            if line.trim_start().starts_with('[') {
                return end + 1;
            }
        }
        self.signs(start, end) + 1
    }

    /// Goes through the signs of a line; returns where the last line ends that it took.
    fn signs(&mut self, start: usize, mut end: usize) -> usize {
        let mut at = start;
        while at < end {
            match self.text.as_bytes()[at] {
                b'#' => break,
                b'=' => self.is_value = true,
                b'"' | b'\'' => match self.quote(at, end) {
                    Quoted::UpTo(after) => {
                        if after > end {
                            end = self.line_end(after);
                        }
                        at = after;
                        continue;
                    }
                    // Its bracket may stand within the text.
                    Quoted::InThisLine => {
                        self.open.retain(|open| *open < start);
                        return end;
                    }
                },
                b'[' | b'{' if self.is_value => self.open.push(at),
                sign @ (b']' | b'}') => self.close(sign, end),
                _ => {}
            }
            at += 1;
        }
        end
    }

    fn close(&mut self, sign: u8, end: usize) {
        let opening = if sign == b']' { b'[' } else { b'{' };
        let Some(place) = self.open.iter().rposition(|open| self.text.as_bytes()[*open] == opening) else { return };
        if let Some(within) = self.open.get(place + 1) {
            self.mismatched.get_or_insert(*within);
        }
        self.open.truncate(place);
        if let (true, Some(at)) = (self.open.is_empty(), self.mismatched) {
            self.unclosed_bracket(at, end);
        }
    }

    /// What begins with the quote at a place of the line that ends there.
    fn quote(&mut self, at: usize, end: usize) -> Quoted {
        let rest = &self.text[at..];
        let quote = &rest[..1];
        let three = quote.repeat(3);
        if rest.starts_with(&three) {
            let inner = at + 3;
            return match closing(&self.text[inner..], &three) {
                Some(place) => {
                    // Up to two quotes before the closing three belong to the text.
                    let after = inner + place + 3;
                    let more =
                        self.text[after..].bytes().take(2).take_while(|byte| [*byte] == quote.as_bytes()).count();
                    Quoted::UpTo(after + more)
                }
                None => {
                    self.unclosed_text(at, at..self.text.len(), "close it with the three quotes that opened it");
                    Quoted::UpTo(self.text.len())
                }
            };
        }
        if let Some(place) = closing(&self.text[at + 1..end], quote) {
            return Quoted::UpTo(at + 1 + place + 1);
        }
        match self.runs_on(end, quote).filter(|_| self.is_value) {
            Some(after) => {
                let help = "a text ends in the line in which it begins; one over several lines stands between \"\"\" and \"\"\"";
                self.unclosed_text(at, at..after, help);
                Quoted::UpTo(after)
            }
            None => Quoted::InThisLine,
        }
    }

    /// Behind the quote that ends a text which runs on after its line: `None` where something else begins before.
    fn runs_on(&self, end: usize, quote: &str) -> Option<usize> {
        let mut start = end + 1;
        for _ in 0..LINES_OF_A_TEXT {
            let line = self.text.get(start..self.line_end(start))?;
            if line.trim_start().starts_with('#') || is_header(line) || is_entry(line) {
                return None;
            }
            if line.matches(quote).count() % 2 == 1 {
                return line.find(quote).map(|place| start + place + 1);
            }
            start += line.len() + 1;
        }
        None
    }

    /// Whether the line that begins at `start` cannot belong to what is opened at a place.
    fn is_apart(&self, at: usize, start: usize, line: &str) -> bool {
        if self.text.as_bytes()[at] == b'[' {
            return is_header(line) || is_entry(line);
        }
        // An inline table may go on over lines, each further in, or after a comma.
        let indent = |line: &str| line.len() - line.trim_start().len();
        let before = self.text[self.begun..start].trim_end();
        is_header(line)
            || is_entry(line) && indent(line) <= indent(&self.text[self.begun..]) && !before.ends_with([',', '{'])
    }

    fn unclosed_bracket(&mut self, at: usize, end: usize) {
        let (message, help) = match self.text.as_bytes()[at] {
            b'[' => ("this is not TOML: the list that begins here is not closed", "write ] after its last value"),
            _ => ("this is not TOML: the table that begins here is not closed", "write } after its last value"),
        };
        let extent = self.begun..end;
        self.found.retain(|earlier| earlier.extent.start < extent.start);
        self.found.push(Unclosed { at: at..at + 1, message, help, extent, is_text: false });
        (self.open, self.mismatched) = (Vec::new(), None);
    }

    fn unclosed_text(&mut self, at: usize, extent: Range<usize>, help: &'static str) {
        let message = "this is not TOML: the text that begins here is not closed";
        self.found.push(Unclosed { at: at..at + 1, message, help, extent, is_text: true });
    }

    fn line_end(&self, start: usize) -> usize {
        self.text.get(start..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |length| start + length)
    }
}

/// How far a text goes.
enum Quoted {
    /// Behind its last quote.
    UpTo(usize),
    /// It ends nowhere in its line, which the parser tells best.
    InThisLine,
}

/// Where the quotes stand that close a text; in double quotes a backslash takes the next sign along.
fn closing(text: &str, quotes: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let place = at + text[at..].find(quotes)?;
        let backslashes = text[..place].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if quotes.starts_with('\'') || backslashes % 2 == 0 {
            return Some(place);
        }
        at = place + 1;
    }
}

/// Whether a line is the head of a table, `[case.a]`, and no list within a list.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim();
    let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).trim();
    let is_bare = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    is_bare && !["true", "false", "inf", "nan"].contains(&name) && is_key(name)
}

/// Whether a line begins with `key =`.
fn is_entry(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, _)| is_key(key.trim()))
}

/// Whether this may be a key, its parts with dots between.
fn is_key(text: &str) -> bool {
    let balanced = |quote: char| text.matches(quote).count().is_multiple_of(2);
    let known = |c: char| c.is_ascii_alphanumeric() || "_-. \"'".contains(c);
    !text.is_empty() && text.chars().all(known) && balanced('"') && balanced('\'')
}
