//! The durable store of a sweep: an append-only file of checksummed records.
//!
//! `kill -9` loses nothing that was appended, a power cut at most the last second; a torn end is
//! dropped when the file is opened again. A record that is damaged costs itself alone: what stands behind it is found
//! again by its frame and checksum.

mod bytes;
mod lock;
mod log;
mod record;

pub use lock::Lock;
pub(crate) use log::sync_directory;
pub use log::{Damage, Log, LogReader, Place};
pub use record::{Header, Record, RunRecord};

use std::path::{Path, PathBuf};

/// The store's file in a directory.
pub fn file_in(directory: &Path) -> PathBuf {
    directory.join("runs.log")
}
