//! Opening files, compressed or not.

use super::TraceError;
use crate::files::{Unpacked, open_plain};
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 1 << 16;

/// An opened file: its first bytes, decompressed, and a reader of all of it.
pub(super) struct Opened {
    pub(super) head: Vec<u8>,
    pub(super) reader: Box<dyn BufRead + Send>,
}

/// Opens a file; gzip, xz and zstd are recognised by their first bytes, whatever the name.
pub(super) fn open(path: &Path) -> Result<Opened, TraceError> {
    let wrong = |error: std::io::Error| TraceError::new(path, None, explain(&error));
    if path.is_dir() {
        return Err(TraceError::new(path, None, "this is a directory, not a file"));
    }
    // A TOML file's were made visible when it was read.
    let is_control = |c: char| c.is_control() || matches!(c, '\u{2400}'..='\u{2421}');
    if path.to_string_lossy().contains(is_control) {
        let message = "no such file: the path holds a control character; in \"double quotes\" a backslash begins an \
                       escape: write the path in 'single quotes', or with /";
        return Err(TraceError::new(path, None, message));
    }
    let file = BufReader::with_capacity(1 << 16, open_plain(path).map_err(wrong)?);
    let reader = Unpacked::new(file).map_err(wrong)?;
    let mut reader = Bounded { reader: Box::new(reader), left: LONGEST };
    let mut head = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut head).map_err(wrong)?;
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).to_vec();
    if head.iter().all(u8::is_ascii_whitespace) && (head.len() as u64) < HEAD {
        return Err(TraceError::new(path, None, "the file is empty: expected numbers, or rows of a table"));
    }
    let whole = Cursor::new(head.clone()).chain(reader);
    Ok(Opened { head, reader: Box::new(BufReader::with_capacity(1 << 16, whole)) })
}

/// The most bytes (decompressed) and lines of a trace: one that never ends must not be read for ever.
const LONGEST: u64 = 8 << 30;
pub(super) const MOST_LINES: u64 = 100_000_000;

/// A reader that fails where there is more than the most.
struct Bounded {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            std::io::Error::new(std::io::ErrorKind::FileTooLarge, "there is more than 8 GiB of it, decompressed")
        })?;
        Ok(read)
    }
}

/// What an error of reading means, in words.
pub(super) fn explain(error: &std::io::Error) -> String {
    use std::io::ErrorKind as K;
    match error.kind() {
        K::NotFound => "no such file (paths are relative to the scenario's directory)".into(),
        K::FileTooLarge => format!("the file is too long: {error}"),
        K::PermissionDenied => "the file may not be read (permission denied)".into(),
        K::UnexpectedEof => "the compressed file ends too early: it is truncated".into(),
        K::InvalidInput | K::InvalidData => format!("the compressed file is damaged ({error})"),
        _ => format!("the file cannot be read ({error})"),
    }
}
