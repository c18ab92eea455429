//! A directory belongs to one process at a time.

use crate::files::{held_by, lock_list, process};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

/// Held while a process works in a directory; the system lets go of it however the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the locks last as long as the open files")] (File, Option<File>));

impl Lock {
    /// Locks a directory that exists.
    ///
    /// # Errors
    /// Where another process holds it, or it cannot be written to.
    pub fn take(directory: &Path) -> Result<Lock, String> {
        let list = lock_list(directory)?;
        let path = directory.join(".lock");
        if path.exists() && !path.is_file() {
            return Err(format!("`{}` is no plain file: choose another --output", path.display()));
        }
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path);
        let mut file = file.map_err(|error| format!("`{}` cannot be opened: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                // For who comes second; what cannot be written down is only not told.
                let _ = file.set_len(0).and_then(|()| writeln!(file, "# process {} (sweep)", process()));
                Ok(Lock((file, list)))
            }
            Err(TryLockError::WouldBlock) => Err(held_by(&file, directory)),
            // Where nothing can be locked (in a browser) there is no other process.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
                Ok(Lock((file, list)))
            }
            Err(TryLockError::Error(error)) => Err(format!("`{}` cannot be locked: {error}", path.display())),
        }
    }
}
