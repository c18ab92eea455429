//! Files that people name are read up to a stated length: one that never ends (`/dev/zero`, a pipe that
//! somebody goes on writing to) is refused instead of filling the memory. What stands in a file or a directory, and was
//! not typed by the person who waits, must be a plain file: a pipe that nobody writes to would never be read.

use crate::files::open_plain;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The longest file of TOML that is read: a scenario, a model, a usage file.
pub const LONGEST_TOML: u64 = 4 << 20;
/// The longest table or result that is read whole.
pub const LONGEST_TABLE: u64 = 256 << 20;

/// A file's bytes.
///
/// # Errors
/// What the file system says, or that it is longer than `most` bytes.
pub fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>> {
    read_all(File::open(path)?, most)
}

/// The text of a plain file.
///
/// # Errors
/// As [`read_text`], and where it is a directory, a pipe or a device.
pub fn read_plain_text(path: &Path, most: u64) -> Result<String> {
    text_of(read_all(open_plain(path)?, most)?)
}

fn text_of(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// A file's text.
///
/// # Errors
/// As [`read_bounded`], and where it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> Result<String> {
    text_of(read_bounded(path, most)?)
}

/// All that a reader gives.
///
/// # Errors
/// As [`read_bounded`].
pub fn read_all(reader: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let message = format!("it is longer than {}, the most that is read", crate::units::Bytes(most));
        return Err(Error::new(ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_refused_and_the_longest_is_read() {
        let error = read_all(std::io::repeat(0), 10_000).expect_err("it never ends");
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_all(std::io::repeat(7).take(10_000), 10_000).map(|bytes| bytes.len()).ok(), Some(10_000));
    }
}
