//! The checksum of a document that is read again, so that one wrong bit in it is noticed.
//!
//! It is the last key of the document: SHA-256 over all that stands before it, closed by a brace, without the spaces
//! and line ends between the words of the JSON. A document that is only laid out anew keeps its checksum.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io;

/// The key.
pub const KEY: &str = "checksum";
/// The digits of a checksum.
const DIGITS: usize = 64;

/// What a document's checksum says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is as it was written.
    AsWritten,
    /// It has none.
    Without,
    /// It is not as it was written.
    Changed,
}

/// A document as pretty-printed JSON that ends with a newline, with its checksum as its last key. What is no object
/// has none.
pub fn with_checksum(document: &Value) -> String {
    let mut text = format!("{document:#}");
    let sum = sum(&significant(&text));
    match text.strip_suffix("\n}") {
        Some(body) if document.is_object() => {
            let length = body.len();
            text.truncate(length);
            // Writing to a string cannot fail.
            let _ = write!(text, ",\n  \"{KEY}\": \"{sum}\"\n}}\n");
        }
        _ => text.push('\n'),
    }
    text
}

/// What the checksum says of a document, whose text and value these are.
pub fn check(text: &str, document: &Value) -> Checked {
    if document.get(KEY).is_none() {
        return Checked::Without;
    }
    let all = significant(text);
    let is_right = || -> Option<bool> {
        let rest = all.strip_suffix(b"\"}")?;
        let (rest, stated) = rest.split_at_checked(rest.len().checked_sub(DIGITS)?)?;
        let before = rest.strip_suffix(format!(",\"{KEY}\":\"").as_bytes())?;
        Some(sum(&[before, b"}"].concat()).as_bytes() == stated)
    };
    if is_right() == Some(true) { Checked::AsWritten } else { Checked::Changed }
}

/// The bytes of a JSON text without the white space that stands outside its strings.
fn significant(text: &str) -> Vec<u8> {
    let (mut quoted, mut escaped) = (false, false);
    let is_significant = |byte: &u8| {
        if !quoted {
            quoted = *byte == b'"';
            return !byte.is_ascii_whitespace();
        }
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = false,
            _ => {}
        }
        true
    };
    text.bytes().filter(is_significant).collect()
}

fn sum(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(DIGITS), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A reader or writer that sums up what passes through it.
#[derive(Debug)]
pub struct Summed<T> {
    inner: T,
    sum: Sha256,
}

impl<T> Summed<T> {
    /// Nothing has passed yet.
    pub fn new(inner: T) -> Summed<T> {
        Summed { inner, sum: Sha256::new() }
    }

    /// What it reads from or writes to, and the SHA-256 of all that has passed.
    pub fn finish(self) -> (T, String) {
        (self.inner, hexadecimal(&self.sum.finalize()))
    }
}

impl<T: io::Read> io::Read for Summed<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sum.update(&buffer[..read]);
        Ok(read)
    }
}

impl<T: io::Write> io::Write for Summed<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(text: &str) -> Option<Checked> {
        serde_json::from_str(text).ok().map(|value| check(text, &value))
    }

    fn text() -> String {
        with_checksum(
            &json!({ "schema": 1, "title": "a \"b\" \\ c  d", "cost": 1.5e-7, "empty": {}, "list": [1, 2, []] }),
        )
    }

    #[test]
    fn every_wrong_bit_is_noticed() {
        let text = text();
        assert_eq!(checked(&text), Some(Checked::AsWritten));
        let value: Value = serde_json::from_str(&text).unwrap();
        for bit in 0..text.len() * 8 {
            let mut bytes = text.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let Ok(hit) = String::from_utf8(bytes) else { continue };
            match checked(&hit) {
                None | Some(Checked::Changed) => {}
                // The name of the key itself was hit: that is said too.
                Some(Checked::Without) => assert!(!hit.contains("\"checksum\""), "bit {bit}"),
                // Between words, one sort of white space became another.
                Some(Checked::AsWritten) => {
                    assert_eq!(serde_json::from_str::<Value>(&hit).unwrap(), value, "bit {bit}")
                }
            }
        }
    }

    #[test]
    fn what_is_laid_out_anew_is_as_written_and_what_says_another_thing_is_not() {
        let value: Value = serde_json::from_str(&text()).unwrap();
        assert_eq!(checked(&value.to_string()), Some(Checked::AsWritten));
        assert_eq!(checked(&text().replace("1.5e-7", "1.5e-6")), Some(Checked::Changed));
        // Spaces within a string are part of what is said.
        assert_eq!(checked(&text().replace("c  d", "c d")), Some(Checked::Changed));
        assert_eq!(checked("{ \"schema\": 1 }"), Some(Checked::Without));
        assert_eq!(checked("{ \"checksum\": \"\" }"), Some(Checked::Changed));
        assert_eq!(checked("{ \"checksum\": 5, \"schema\": 1 }"), Some(Checked::Changed));
    }

    /// By `printf '{"a":1}' | sha256sum`.
    #[test]
    fn it_is_the_known_hash_of_the_text_without_spaces() {
        let text = with_checksum(&json!({ "a": 1 }));
        let known = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
        assert_eq!(text, format!("{{\n  \"a\": 1,\n  \"checksum\": \"{known}\"\n}}\n"));
    }
}
