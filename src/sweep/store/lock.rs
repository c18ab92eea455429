//! A directory belongs to one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held while a process works in a directory; the system lets go of it however the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File);

impl Lock {
    /// Locks a directory that exists.
    ///
    /// # Errors
    /// Where another process holds it, or it cannot be written to.
    pub fn take(directory: &Path) -> Result<Lock, String> {
        let path = directory.join(".lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| format!("`{}` cannot be opened: {error}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => {
                Err(format!("another process is working in `{}`: let it finish, or stop it", directory.display()))
            }
            // Where nothing can be locked (in a browser) there is no other process.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(Lock(file)),
            Err(TryLockError::Error(error)) => Err(format!("`{}` cannot be locked: {error}", path.display())),
        }
    }
}
