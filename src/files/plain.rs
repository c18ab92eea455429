//! Plain files: what stands in a file or a directory, and was not typed by the person who waits, must be one. A pipe that
//! nobody writes to would keep its reader waiting for ever.

use std::fs::{File, metadata};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;

/// Opens a plain file: no directory, pipe or device.
///
/// # Errors
/// What the file system says, or that it is none.
pub fn open_plain(path: &Path) -> Result<File> {
    let kind = metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a directory, not a file"));
    }
    if !kind.is_file() {
        let message = "it is a pipe or a device: what comes from there must be written to a file first";
        return Err(Error::new(ErrorKind::NotSeekable, message));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_and_a_device_are_none() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(open_plain(directory.path()).unwrap_err().kind(), ErrorKind::IsADirectory);
        if cfg!(unix) {
            assert_eq!(open_plain(Path::new("/dev/null")).unwrap_err().kind(), ErrorKind::NotSeekable);
        }
        std::fs::write(directory.path().join("a"), "a").unwrap();
        assert!(open_plain(&directory.path().join("a")).is_ok());
    }
}
