//! Files that are whole or not there.

mod claim;
mod name;
mod packed;
mod plain;

pub use claim::{Claim, LIST, Unclaimed, claim, give_all_back, held_by, lock_list};
pub use name::file_name;
pub use packed::{ENDING, Unpacked, pack};
pub use plain::open_plain;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Writes a file under a temporary name beside it and renames it, so that a reader never sees
/// half a file and an interrupted run leaves the old one. Makes the directory where it is missing.
///
/// # Errors
/// What the file system says, with the path in front.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    in_place_of(path, |temporary| fs::write(temporary, bytes))
}

/// Lets `write` make a file under a temporary name with the same ending, and renames it to `path`.
///
/// # Errors
/// What `write` or the file system says, with the path in front; the temporary file is removed.
pub fn in_place_of(path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let temporary = temporary_name(path);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    let done = made
        .and_then(|()| write(&temporary))
        .and_then(|()| claim::before_placing(path, &temporary))
        .and_then(|()| fs::rename(&temporary, path));
    done.map_err(|error| {
        // It may never have been made; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        io::Error::new(error.kind(), format!("{}: {error}", path.display()))
    })
}

/// Tries whether files can be written to a directory, or it be made, before what goes there is computed. Nothing is
/// left of the trial.
///
/// # Errors
/// What the file system says, with the path in front.
pub fn check_writable(directory: &Path) -> io::Result<()> {
    let trial = directory.join(format!(".{}-trial", process()));
    let missing: Vec<&Path> = directory.ancestors().take_while(|path| !path.exists()).collect();
    let tried = fs::create_dir_all(directory)
        .and_then(|()| fs::write(&trial, b""))
        .and_then(|()| fs::remove_file(&trial))
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", directory.display())));
    // What is interrupted or fails leaves no empty directory; one that is not empty any more stays.
    for made in missing.into_iter().filter(|path| !path.as_os_str().is_empty()) {
        let _ = fs::remove_dir(made);
    }
    tried
}

/// The number of this process; 1 where there are no others (in a browser).
#[must_use]
pub fn process() -> u32 {
    if cfg!(target_family = "wasm") { 1 } else { std::process::id() }
}

/// A name in the same directory that no two processes share and that keeps the ending, by which
/// encoders choose the format.
fn temporary_name(path: &Path) -> PathBuf {
    let mut name = OsString::from(format!(".{}-", process()));
    name.push(path.file_name().unwrap_or_default());
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_a_file_and_leaves_nothing_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("new/result.json");
        write_atomically(&path, b"one").unwrap();
        write_atomically(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_keeps_the_old_file_and_names_the_path() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        write_atomically(&path, b"old").unwrap();
        let half = |temporary: &Path| {
            fs::write(temporary, b"half")?;
            Err(io::Error::other("disk full"))
        };
        let error = in_place_of(&path, half).unwrap_err().to_string();
        assert!(error.contains("a.csv") && error.contains("disk full"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
