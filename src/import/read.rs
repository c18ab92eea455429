//! Reading files through: what format they are of, in which order, and what is in them.

use super::format::{Head, KINDS, Kind, Reading};
use super::found::Found;
use super::item::{Entries, Item, Lines, Shape, parse, stands_in_entries};
use super::source::{Opened, Source, explain, sources};
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead};
use std::path::PathBuf;

/// How files are to be read.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// The format's name; found from the content where left out.
    pub format: Option<String>,
    /// The zone of stamps that have no offset; UTC where left out.
    pub zone: Option<jiff::tz::TimeZone>,
    /// Reasons for which requests are left out that are kept otherwise.
    pub without: Vec<&'static str>,
}

/// Why files cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    /// The file.
    pub file: PathBuf,
    /// The line, where there is one.
    pub line: Option<u64>,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file.display(), self.message),
            None => write!(f, "{}: {}", self.file.display(), self.message),
        }
    }
}

impl std::error::Error for ImportError {}

/// Reads files through.
///
/// # Errors
/// No such file; a format that is not known, or not the same in all; nothing of the format in them.
pub fn import(arguments: &[PathBuf], options: &ImportOptions) -> Result<Found, ImportError> {
    let mut opened = Vec::new();
    let mut kind: Option<&'static Kind> = None;
    let mut empty = Vec::new();
    for source in sources(arguments)? {
        let wrong = |message: String| ImportError { file: source.path.clone(), line: None, message };
        let open = source.open().map_err(|e| wrong(explain(&e)))?;
        if open.head.trim_ascii().is_empty() {
            empty.push(source.path.display().to_string());
            continue;
        }
        let head = Head::new(&open.head);
        let this = recognise(&head, options).map_err(wrong)?;
        match kind {
            Some(kind) if kind.family != this.family => {
                let message = format!(
                    "this looks like {}, the file before like {}: import them one by one",
                    this.name, kind.name
                );
                return Err(wrong(message));
            }
            _ => kind = Some(kind.unwrap_or(this)),
        }
        let first = first_stamp(this, &open.head, options);
        // Only a stream cannot be opened again; to hold every file open would take too many.
        let held = source.is_stream().then_some(open);
        opened.push((first, source, held));
    }
    let Some(kind) = kind else {
        let file = arguments.first().cloned().unwrap_or_default();
        return Err(ImportError { file, line: None, message: "the file is empty: there is nothing to import".into() });
    };
    opened.sort_by_key(|(first, ..)| first.unwrap_or(i64::MIN));
    let found = read_all(kind, opened, options)?;
    Ok(with_notes(found, &empty))
}

fn with_notes(mut found: Found, empty: &[String]) -> Found {
    empty.iter().for_each(|file| found.note(format!("{file} is empty")));
    found
}

fn recognise(head: &Head<'_>, options: &ImportOptions) -> Result<&'static Kind, String> {
    if let Some(name) = &options.format {
        let named = KINDS.iter().find(|kind| kind.name == name || kind.also.contains(&name.as_str()));
        return named.ok_or_else(|| format!("`{name}` is no format: expected one of {}", super::names().join(", ")));
    }
    if head.text.contains(&0) {
        return Err("this is not text: expected a log, an export of metrics or a bill (plain, gz, xz or zst)".into());
    }
    KINDS.iter().find(|kind| (kind.recognises)(head)).ok_or_else(|| {
        let line =
            String::from_utf8_lossy(head.lines().next().unwrap_or_default()).chars().take(120).collect::<String>();
        format!(
            "no format is recognised (it begins \"{line}\"): say which with --as, one of {}",
            super::names().join(", ")
        )
    })
}

/// The first stamp of the first part of a file, by which files are put in order.
fn first_stamp(kind: &'static Kind, text: &[u8], options: &ImportOptions) -> Option<i64> {
    let mut found = Found::new(kind.name);
    let head = Head::new(text);
    let mut reading = (kind.begin)(&head, options, &mut found);
    let mut reader = text;
    through(kind.shape, &head, &mut reader, reading.as_mut(), &mut found).ok()?;
    found.first
}

fn read_all(
    kind: &'static Kind,
    files: Vec<(Option<i64>, Source, Option<Opened>)>,
    options: &ImportOptions,
) -> Result<Found, ImportError> {
    let mut found = Found::new(kind.name);
    found.without.clone_from(&options.without);
    let mut reading: Option<Box<dyn Reading>> = None;
    let mut path = PathBuf::new();
    for (place, (_, source, held)) in files.into_iter().enumerate() {
        path.clone_from(&source.path);
        let wrong = |message: String| ImportError { file: source.path.clone(), line: None, message };
        let mut open = held.map_or_else(|| source.open(), Ok).map_err(|e| wrong(explain(&e)))?;
        let head_text = std::mem::take(&mut open.head);
        let head = Head::new(&head_text);
        found.files.push(source.path.display().to_string());
        found.file = place;
        let reading = match &mut reading {
            Some(reading) => {
                reading.next_file();
                reading
            }
            None => reading.insert((kind.begin)(&head, options, &mut found)),
        };
        if let Err(error) = through(kind.shape, &head, &mut *open.reader, reading.as_mut(), &mut found) {
            found.warn(format!("{}: {}; what stands before that was read", source.path.display(), explain(&error)));
        }
    }
    let wrong = |line: Option<u64>, message: String| ImportError { file: path.clone(), line, message };
    if let Some(mut reading) = reading {
        reading.end(&mut found).map_err(|message| wrong(None, message))?;
    }
    let nothing = found.requests.is_none() && kind.is_traffic && found.intervals.is_none();
    if nothing {
        let first = found.dropped.listed.first();
        let broken = found.warnings.first().map_or(String::new(), |warning| format!(" ({warning})"));
        let why = first.map_or(broken, |d| format!(", of the first: {}", d.why));
        let message =
            format!("{} entries were read as {}, and none is a request{why}", found.dropped.total(), kind.name);
        return Err(wrong(first.map(|d| d.number), message));
    }
    Ok(found)
}

/// Gives everything in a file to a format.
fn through(
    shape: Shape,
    head: &Head<'_>,
    reader: &mut dyn BufRead,
    reading: &mut dyn Reading,
    found: &mut Found,
) -> io::Result<()> {
    found.entries = false;
    match shape {
        Shape::Lines => lines(reader, reading, found),
        Shape::Json if stands_in_entries(head.text) => {
            found.entries = true;
            entries(reader, reading, found)
        }
        Shape::Json => json_lines(reader, reading, found),
        Shape::Table => rows(head, reader, reading, found),
    }
}

fn lines(reader: &mut dyn BufRead, reading: &mut dyn Reading, found: &mut Found) -> io::Result<()> {
    let mut lines = Lines::new();
    let mut number = 0;
    while let Some((line, cut)) = lines.next(reader)? {
        number += 1;
        if !line.is_empty() {
            found.cut = cut;
            reading.item(Item::Line(line), number, found);
        }
    }
    Ok(())
}

fn json_lines(reader: &mut dyn BufRead, reading: &mut dyn Reading, found: &mut Found) -> io::Result<()> {
    let mut lines = Lines::new();
    let mut number = 0;
    let mut repaired = 0_u64;
    while let Some((line, _)) = lines.next(reader)? {
        number += 1;
        let line = json_of(line);
        if line.is_empty() {
            continue;
        }
        match parse(line) {
            Some((value, mended)) => {
                repaired += u64::from(mended);
                reading.item(Item::Json(value), number, found);
            }
            None => found.drop(number, "cut off or malformed: not JSON"),
        }
    }
    if repaired > 0 {
        found.note(format!(
            "{repaired} lines held \\xHH, which is no JSON, and were read as \\u00HH (nginx: escape=json)"
        ));
    }
    Ok(())
}

/// The JSON of a line: what a log collector put before the first brace is passed over.
fn json_of(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    match memchr::memchr(b'{', line) {
        Some(at) if at > 0 && at < 200 && !line.starts_with(b"[") => &line[at..],
        _ => line,
    }
}

fn entries(reader: &mut dyn BufRead, reading: &mut dyn Reading, found: &mut Found) -> io::Result<()> {
    let mut entries = Entries::new();
    let mut number = 0;
    while let Some(text) = entries.next(reader)? {
        number += 1;
        match parse(text) {
            Some((value, _)) => reading.item(Item::Json(value), number, found),
            None => found.drop(number, "cut off or malformed: not JSON"),
        }
    }
    Ok(())
}

/// The longest row of a table: a quote that is never closed would fill the memory.
const LONGEST_ROW: usize = 16 << 20;

/// A reader that gives so many bytes, until it is given more.
struct Rationed<'a> {
    reader: &'a mut dyn BufRead,
    left: &'a Cell<usize>,
}

impl io::Read for Rationed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            let most = crate::units::Bytes(LONGEST_ROW as u64);
            let message = format!("a row has no end within {most}: is a quote left open?");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let room = self.left.get().min(buffer.len());
        let read = self.reader.read(&mut buffer[..room])?;
        self.left.set(self.left.get() - read);
        Ok(read)
    }
}

fn rows(head: &Head<'_>, reader: &mut dyn BufRead, reading: &mut dyn Reading, found: &mut Found) -> io::Result<()> {
    let left = Cell::new(LONGEST_ROW);
    let mut rows = csv::ReaderBuilder::new();
    let rows = rows.has_headers(false).flexible(true).delimiter(head.delimiter());
    let mut rows = rows.from_reader(Rationed { reader, left: &left });
    let mut record = csv::ByteRecord::new();
    loop {
        left.set(LONGEST_ROW);
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => return Err(io::Error::other(error.to_string())),
        }
        let number = record.position().map_or(0, csv::Position::line);
        let row = csv::StringRecord::from_byte_record_lossy(record.clone());
        reading.item(Item::Row(&row), number, found);
    }
}
