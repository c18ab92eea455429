//! What a file is made of: lines, entries of JSON, rows of a table. One at a time, of bounded length.

use serde_json::Value;
use std::borrow::Cow;
use std::io::{self, BufRead};

/// The longest line; longer ones are passed over.
const LONGEST_LINE: usize = 1 << 20;
/// The longest JSON document: those that are not lists or lines must fit the memory.
const LONGEST_DOCUMENT: usize = 1 << 28;
/// So much without an end of a line, an entry or a row is no log: it may never end.
const LONGEST_ITEM: usize = 1 << 28;

fn endless(what: &str) -> io::Error {
    let most = crate::units::Bytes(LONGEST_ITEM as u64);
    io::Error::new(io::ErrorKind::FileTooLarge, format!("{what} has no end within {most}"))
}

/// How a format's files are cut up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Lines of text.
    Lines,
    /// A JSON value in each line, the entries of one array, or values one after the other.
    Json,
    /// A table in CSV.
    Table,
}

/// One of them.
pub(super) enum Item<'a> {
    Line(&'a [u8]),
    Json(Value),
    Row(&'a csv::StringRecord),
}

/// Lines, with their ends cut off. A line that is too long is given as far as it was read, marked as cut.
pub(super) struct Lines {
    line: Vec<u8>,
}

impl Lines {
    pub(super) fn new() -> Lines {
        Lines { line: Vec::new() }
    }

    /// The next line, and whether it has no end or was too long; `None` at the end.
    pub(super) fn next(&mut self, reader: &mut dyn BufRead) -> io::Result<Option<(&[u8], bool)>> {
        self.line.clear();
        let (mut any, mut passed) = (false, 0);
        let cut = loop {
            let chunk = match reader.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break any;
            }
            any = true;
            let end = memchr::memchr(b'\n', chunk);
            let taken = end.unwrap_or(chunk.len());
            passed += taken;
            if passed > LONGEST_ITEM {
                return Err(endless("a line"));
            }
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            self.line.extend_from_slice(&chunk[..taken.min(room)]);
            reader.consume(taken + usize::from(end.is_some()));
            if end.is_some() {
                break self.line.len() >= LONGEST_LINE;
            }
        };
        Ok(any.then(|| (self.line.strip_suffix(b"\r").unwrap_or(&self.line), cut)))
    }
}

/// Values of JSON that stand in no line of their own: entries of an array, or documents one after the other.
pub(super) struct Entries {
    pub(super) number: u64,
    text: Vec<u8>,
    array: bool,
    begun: bool,
}

impl Entries {
    pub(super) fn new() -> Entries {
        Entries { number: 0, text: Vec::new(), array: false, begun: false }
    }

    /// The text of the next value; `None` at the end. An unfinished one is given as it stands.
    pub(super) fn next(&mut self, reader: &mut dyn BufRead) -> io::Result<Option<&[u8]>> {
        self.text.clear();
        let (mut depth, mut quoted, mut escaped) = (0_u64, false, false);
        let mut passed = 0;
        loop {
            if passed > LONGEST_ITEM {
                return Err(endless("an entry"));
            }
            let chunk = reader.fill_buf()?;
            if chunk.is_empty() {
                let any = !self.text.is_empty();
                self.number += u64::from(any);
                return Ok(any.then_some(&self.text));
            }
            let (mut used, mut ended) = (0, false);
            for byte in chunk {
                used += 1;
                if depth == 0 {
                    match byte {
                        b'[' if !self.begun => self.array = true,
                        b'{' | b'[' => {
                            depth = 1;
                            self.text.push(*byte);
                        }
                        _ => {}
                    }
                    self.begun |= !byte.is_ascii_whitespace();
                    continue;
                }
                if self.text.len() < LONGEST_DOCUMENT {
                    self.text.push(*byte);
                }
                match byte {
                    _ if escaped => escaped = false,
                    b'\\' if quoted => escaped = true,
                    b'"' => quoted = !quoted,
                    b'{' | b'[' if !quoted => depth += 1,
                    b'}' | b']' if !quoted => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    ended = true;
                    break;
                }
            }
            reader.consume(used);
            passed += used;
            if ended {
                self.number += 1;
                return Ok(Some(&self.text));
            }
        }
    }
}

/// Whether JSON stands otherwise than one value in a line: an array, or values over several lines.
pub(super) fn stands_in_entries(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let first = head.split(|b| *b == b'\n').next().unwrap_or_default().trim_ascii();
    match head.first() {
        Some(b'[') => true,
        Some(b'{') => matches!(first.last(), Some(b'{' | b'[' | b',')) || first == b"{",
        _ => false,
    }
}

/// Reads a value, and one that is broken only by `\xHH`, which is no JSON (nginx without `escape=json` writes it):
/// the second of the two is whether it was repaired.
pub(super) fn parse(text: &[u8]) -> Option<(Value, bool)> {
    if let Ok(value) = serde_json::from_slice(text) {
        return Some((value, false));
    }
    let lossy = String::from_utf8_lossy(text);
    let repaired = repair(&lossy)?;
    serde_json::from_str(&repaired).ok().map(|value| (value, true))
}

fn repair(text: &str) -> Option<Cow<'_, str>> {
    let mut repaired = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut any = false;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        repaired.push_str(before);
        let hexadecimal = after.get(2..4).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        if after.as_bytes().get(1) == Some(&b'x') && hexadecimal {
            repaired.push_str("\\u00");
            rest = &after[2..];
            any = true;
        } else {
            let length = 1 + after[1..].chars().next().map_or(0, char::len_utf8);
            repaired.push_str(&after[..length]);
            rest = &after[length..];
        }
    }
    repaired.push_str(rest);
    (any || text.contains('\u{fffd}')).then_some(Cow::Owned(repaired))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_an_array_and_documents() {
        let mut entries = Entries::new();
        let mut text: &[u8] = b" [ {\"a\": \"}\\\"\"},\n {\"b\": [1, {}]} ]\n";
        assert_eq!(entries.next(&mut text).unwrap(), Some(&b"{\"a\": \"}\\\"\"}"[..]));
        assert_eq!(entries.next(&mut text).unwrap(), Some(&b"{\"b\": [1, {}]}"[..]));
        assert_eq!(entries.next(&mut text).unwrap(), None);
        let mut two = Entries::new();
        let mut text: &[u8] = b"{\n\"a\": 1}\n{\n\"b\"";
        assert_eq!(two.next(&mut text).unwrap(), Some(&b"{\n\"a\": 1}"[..]));
        assert_eq!(two.next(&mut text).unwrap(), Some(&b"{\n\"b\""[..]));
        assert_eq!(two.next(&mut text).unwrap(), None);
    }

    #[test]
    fn nginx_escapes_are_repaired() {
        let (value, repaired) = parse(br#"{"a":"\x22b\x22 \\x22"}"#).unwrap();
        assert!(repaired);
        assert_eq!(value["a"], "\"b\" \\x22");
        assert!(parse(b"{\"a\":").is_none());
    }

    #[test]
    fn lines_say_when_they_are_cut() {
        let mut lines = Lines::new();
        let mut text: &[u8] = b"a\r\n\nb";
        assert_eq!(lines.next(&mut text).unwrap(), Some((&b"a"[..], false)));
        assert_eq!(lines.next(&mut text).unwrap(), Some((&b""[..], false)));
        assert_eq!(lines.next(&mut text).unwrap(), Some((&b"b"[..], true)));
        assert_eq!(lines.next(&mut text).unwrap(), None);
    }
}
