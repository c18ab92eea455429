//! Tables in text: rows of fields, a header perhaps.

use super::file::{MOST_LINES, explain, open};
use super::moment::parse_dated;
use super::timestamp::parse_moment;
use super::{Column, TraceError};
use std::io::{BufRead, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest line that is read: a file without line ends must not fill the memory.
const LONGEST_LINE: u64 = 1 << 20;

/// Said of a log where a table is looked for.
const LOG: &str = "; this looks like an access log: `hostsim import` makes a scenario of it";

/// A table being read.
pub(super) struct Rows {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    delimiter: u8,
    line: Vec<u8>,
    fields: Vec<Range<usize>>,
    /// The number of the current line, from 1.
    pub(super) number: u64,
    /// Names of the columns, where the first line has them.
    pub(super) header: Option<Vec<String>>,
    /// Whether the current line has not been given out yet.
    waiting: bool,
    /// The first bytes of the file, from which columns are chosen.
    head: Vec<u8>,
}

impl Rows {
    /// Opens a table and reads its header, if it has one: a first line without any number.
    pub(super) fn open(path: &Path) -> Result<Rows, TraceError> {
        let opened = open(path)?;
        let mut rows = Rows {
            path: path.to_path_buf(),
            reader: opened.reader,
            delimiter: delimiter(&opened.head),
            head: opened.head,
            line: Vec::new(),
            fields: Vec::new(),
            number: 0,
            header: None,
            waiting: false,
        };
        rows.waiting = rows.advance()?;
        let fields = rows.texts();
        if rows.waiting && fields.iter().all(|f| parse_moment(f).is_none()) {
            rows.header = Some(fields);
            rows.waiting = false;
        }
        Ok(rows)
    }

    /// Takes the first line for the header, though names of columns be numbers.
    pub(super) fn with_header(mut self) -> Rows {
        if std::mem::take(&mut self.waiting) {
            self.header = Some(self.texts());
        }
        self
    }

    /// Goes to the next row; false at the end.
    pub(super) fn next(&mut self) -> Result<bool, TraceError> {
        if std::mem::take(&mut self.waiting) {
            return Ok(true);
        }
        self.advance()
    }

    /// Goes to the first row of data without passing it; false where there is none.
    pub(super) fn peek(&mut self) -> Result<bool, TraceError> {
        if !self.waiting {
            self.waiting = self.advance()?;
        }
        Ok(self.waiting)
    }

    /// A field of the current row.
    pub(super) fn field(&self, column: usize) -> Result<&str, TraceError> {
        let Some(range) = self.fields.get(column) else {
            let message = format!("expected at least {} fields, found {}", column + 1, self.fields.len());
            return Err(self.wrong(message));
        };
        std::str::from_utf8(&self.line[range.clone()]).map_err(|_| self.wrong("this is not text in UTF-8"))
    }

    /// How many fields the current row has.
    pub(super) fn width(&self) -> usize {
        self.fields.len()
    }

    /// An error at the current line.
    pub(super) fn wrong(&self, message: impl Into<String>) -> TraceError {
        TraceError::new(&self.path, self.number, message)
    }

    /// The place of a column that must be there.
    pub(super) fn column(&self, name: &str) -> Result<usize, TraceError> {
        let names = self.header.as_deref().unwrap_or_default();
        let found = names.iter().position(|n| n.eq_ignore_ascii_case(name));
        found.ok_or_else(|| {
            let found = if names.is_empty() { "no header".into() } else { shown(names) };
            let log = if looks_like_a_log(&self.head) { LOG } else { "" };
            let message = format!("expected a column named `{name}`, found {found}{log}");
            // The header is what is wrong, whatever has been read since.
            let line = if names.is_empty() { self.number.max(1) } else { 1 };
            TraceError::new(&self.path, line, message)
        })
    }

    /// The place of a column named, or numbered, or the only one among those that `may` be it.
    pub(super) fn choose(&mut self, column: &Column, may: impl Fn(&str) -> bool) -> Result<usize, TraceError> {
        self.peek()?;
        match column {
            Column::Named(name) => self.column(name),
            Column::Number(number) if *number < self.width() => Ok(*number),
            Column::Number(number) => {
                Err(self.wrong(format!("expected a column number {}, found {} columns", number + 1, self.width())))
            }
            Column::Only => {
                let fit = self.fitting(may);
                match fit.as_slice() {
                    [only] => Ok(*only),
                    _ => {
                        let name = |place: &usize| Some(self.header.as_ref()?.get(*place)?.clone());
                        let names: Vec<String> = match fit.len() {
                            0 => self.header.clone().unwrap_or_default(),
                            _ => fit.iter().filter_map(name).collect(),
                        };
                        let names = if names.is_empty() { String::new() } else { format!(" ({})", shown(&names)) };
                        let help = match fit.len() {
                            0 if looks_like_a_log(&self.head) => LOG,
                            0 => "",
                            _ => ": say which with `column`",
                        };
                        Err(self.wrong(format!("{} columns could be meant{names}{help}", fit.len())))
                    }
                }
            }
        }
    }

    /// The columns of which a cell in the first rows may be what is looked for. One cell that is not must not make
    /// another column be taken.
    fn fitting(&self, may: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut rows = self.head.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty());
        if self.header.is_some() {
            rows.next();
        }
        let mut fit = Vec::new();
        for line in rows.take(LOOKED_AT) {
            for (place, range) in fields(line, self.delimiter).into_iter().enumerate() {
                if !fit.contains(&place) && may(&String::from_utf8_lossy(&line[range])) {
                    fit.push(place);
                }
            }
        }
        fit.sort_unstable();
        fit
    }

    /// The place of the column that has times with dates, if one has.
    pub(super) fn dated(&self, other_than: usize) -> Option<usize> {
        let is = |text: &str| parse_dated(text.as_bytes()).is_some() || super::timestamp::is_absolute(text);
        self.fitting(is).into_iter().find(|place| *place != other_than)
    }

    /// The columns with numbers that are no dates.
    pub(super) fn numbers(&self) -> Vec<usize> {
        self.fitting(super::column::looks_like_a_number)
    }

    /// A column's name.
    pub(super) fn name(&self, column: usize) -> Option<&str> {
        self.header.as_ref()?.get(column).map(String::as_str)
    }

    /// The place of a column of this name, or of this name with a unit behind it: `duration`, `duration_ms`.
    pub(super) fn column_with_unit(&self, name: &str) -> Result<usize, TraceError> {
        let is = |n: &String| {
            let rest = n.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).map(|_| &n[name.len()..]);
            rest.is_some_and(|rest| !rest.is_empty() && super::unit_of(n).is_some() && rest.len() <= 15)
        };
        let found = self.header.as_deref().unwrap_or_default().iter().position(is);
        self.column(name).or_else(|error| found.ok_or(error))
    }

    /// An error at a cell of the current row.
    pub(super) fn wrong_cell(&self, column: usize, message: impl std::fmt::Display) -> TraceError {
        match self.name(column) {
            Some(name) => self.wrong(format!("{message}, in column `{}`", shown(&[name.to_string()]))),
            None => self.wrong(message.to_string()),
        }
    }

    /// The fields of the current row.
    pub(super) fn texts(&self) -> Vec<String> {
        self.fields.iter().map(|range| String::from_utf8_lossy(&self.line[range.clone()]).into_owned()).collect()
    }

    /// Reads the next line that is not blank.
    fn advance(&mut self) -> Result<bool, TraceError> {
        loop {
            self.line.clear();
            self.fields.clear();
            self.number += 1;
            let mut line = self.reader.by_ref().take(LONGEST_LINE);
            let read = line.read_until(b'\n', &mut self.line);
            let read = read.map_err(|error| TraceError::new(&self.path, self.number, explain(&error)))?;
            if read == 0 {
                return Ok(false);
            }
            if self.number > MOST_LINES {
                return Err(self.wrong(format!("the file has more than {MOST_LINES} lines, the most that are read")));
            }
            if read as u64 == LONGEST_LINE {
                return Err(self.wrong("this line is longer than 1 MiB: expected a table with one row in a line"));
            }
            if self.line.contains(&0) {
                return Err(self.wrong("this is not text: expected a table with one row in a line"));
            }
            if !self.line.trim_ascii().is_empty() {
                self.split();
                return Ok(true);
            }
        }
    }

    /// Finds the fields: between delimiters that no quotes surround, without the quotes and blanks around them.
    fn split(&mut self) {
        self.fields = fields(&self.line, self.delimiter);
    }
}

fn fields(line: &[u8], delimiter: u8) -> Vec<Range<usize>> {
    let (mut start, mut quoted) = (0, false);
    let mut fields = Vec::new();
    let end = line.trim_ascii_end().len();
    for at in 0..=end {
        let byte = line.get(at).filter(|_| at < end);
        quoted ^= byte == Some(&b'"');
        if at == end || (byte == Some(&delimiter) && !quoted) {
            fields.push(trimmed(line, start, at));
            start = at + 1;
        }
    }
    fields
}

/// Rows from which columns are chosen.
const LOOKED_AT: usize = 100;

/// Whether a file is none of the tables of a trace but a log.
fn looks_like_a_log(head: &[u8]) -> bool {
    let has = |words: &[u8]| memchr::memmem::find(head, words).is_some();
    has(b" HTTP/") || has(b"#Fields:") || head.trim_ascii_start().starts_with(b"{") || has(b"REPORT RequestId")
}

/// The most names of columns that a message lists, and the most letters of each.
const SHOWN: (usize, usize) = (20, 40);

/// Names of columns for a message: a file that is something else may have a first line of any length.
fn shown(names: &[String]) -> String {
    let name = |name: &String| {
        let mut letters: String =
            name.chars().take(SHOWN.1).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        if letters.len() < name.len() {
            letters.push('…');
        }
        letters
    };
    let mut all: Vec<String> = names.iter().take(SHOWN.0).map(name).collect();
    if names.len() > SHOWN.0 {
        all.push(format!("and {} more", names.len() - SHOWN.0));
    }
    all.join(", ")
}

fn trimmed(line: &[u8], mut start: usize, mut end: usize) -> Range<usize> {
    let skip = |byte: u8| byte.is_ascii_whitespace() || byte == b'"';
    while start < end && skip(line[start]) {
        start += 1;
    }
    while start < end && skip(line[end - 1]) {
        end -= 1;
    }
    start..end
}

/// The delimiter that the first line uses: a comma unless it has none.
fn delimiter(head: &[u8]) -> u8 {
    let head = head.trim_ascii_start();
    let first = head.split(|b| *b == b'\n').next().unwrap_or(head);
    [b',', b';', b'\t'].into_iter().find(|d| first.contains(d)).unwrap_or(b',')
}
