//! Plain lists of whole numbers, in one line or one below the other.

use super::TraceError;
use super::column::parse_count;
use super::file::{MOST_LINES, explain};
use std::io::BufRead;
use std::path::{Path, PathBuf};

/// A list being read.
pub(super) struct List {
    path: PathBuf,
    reader: Box<dyn BufRead + Send>,
    line: u64,
    place: u64,
}

/// The longest word of a list.
const LONGEST: usize = 64;

impl List {
    pub(super) fn new(path: &Path, reader: Box<dyn BufRead + Send>) -> List {
        List { path: path.to_path_buf(), reader, line: 1, place: 0 }
    }

    /// Whether a file that begins so is a list: its first line holds whole numbers with blanks
    /// between, or it is the only line.
    pub(super) fn is_list(head: &[u8]) -> bool {
        let mut lines = head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        let wordy = first.iter().any(u8::is_ascii_alphabetic);
        let table = first.iter().any(|b| matches!(b, b',' | b';' | b'\t' | b':'));
        !wordy && (!table || lines.next().is_none())
    }

    /// The next number and its line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<(u64, u64)>, TraceError> {
        let mut word = [0; LONGEST];
        let mut length = 0;
        loop {
            let chunk = self.reader.fill_buf().map_err(|e| TraceError::new(&self.path, self.line, explain(&e)))?;
            let ended = chunk.is_empty();
            let mut used = 0;
            let mut found = ended;
            for byte in chunk {
                let between = byte.is_ascii_whitespace() || matches!(byte, b',' | b';');
                if between && length > 0 {
                    found = true;
                    break;
                }
                used += 1;
                self.line += u64::from(*byte == b'\n');
                if !between {
                    if length == LONGEST || *byte == 0 {
                        let message = "this is not text: expected whole numbers with blanks between";
                        return Err(TraceError::new(&self.path, self.line, message));
                    }
                    word[length] = *byte;
                    length += 1;
                }
            }
            self.reader.consume(used);
            if found {
                return if length == 0 { Ok(None) } else { self.number(&word[..length]).map(Some) };
            }
        }
    }

    fn number(&mut self, word: &[u8]) -> Result<(u64, u64), TraceError> {
        self.place += 1;
        if self.place > MOST_LINES {
            let message = format!("the file has more than {MOST_LINES} numbers, the most that are read");
            return Err(TraceError::new(&self.path, self.line, message));
        }
        let text = String::from_utf8_lossy(word);
        let count = parse_count(&text).map_err(|message| {
            TraceError::new(&self.path, self.line, format!("{message} (number {} of the file)", self.place))
        })?;
        Ok((count, self.line))
    }
}
