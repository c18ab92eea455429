//! From what people have to what was asked of it: logs, metrics exports and bills are read as they are.
//!
//! ```text
//! files → source (opened, decompressed) → items (lines, JSON entries, CSV rows) → a format → found
//! ```
//!
//! A format is one file in `format/` and its line there. Nothing of a file is held but sums, a bounded list of
//! requests and a bounded table of routes, so a file may have any length.

mod document;
mod field;
mod fit;
mod format;
mod found;
mod item;
mod read;
mod routes;
mod source;
mod traffic;
mod write;

pub use document::moment;
pub use format::names;
pub use found::{Dropped, Drops, Found, Request, Stamp};
pub use read::{ImportError, ImportOptions, import};
pub use routes::{Routes, folded};
pub use traffic::Traffic;
pub use write::{WriteOptions, traffic_file, write};
