//! Reports as HTML: one file each, which needs no other and no network.
//!
//! [`run_report`], [`curve_report`], [`map_report`], [`advice_report`] and [`sweep_report`] make a [`Page`] of their results and [`page`] turns any
//! page into HTML by templates that escape: what a user wrote is shown as it was written.

mod advice;
pub(super) mod answer;
mod article;
mod assumptions;
mod bill;
pub(super) mod curve;
mod labour;
pub(super) mod map;
mod page;
mod render;
mod reproduction;
mod run;
mod svg;
mod sweep;

pub use advice::{advice_page, advice_report};
pub use article::{article_page, article_report};
pub use assumptions::{Assumption, assumptions};
pub use curve::{curve_page, curve_report};
pub use map::{map_page, map_report};
pub use page::{Bill, Block, Case, Cell, Column, Page, Row, Section, Table};
pub use render::page;
pub use reproduction::{Reproduction, reproduction_section};
pub use run::{run_page, run_report};
pub use sweep::{sweep_page, sweep_report};

use crate::files::write_atomically;
use std::io;
use std::path::Path;

/// Writes a report: the whole file, or none.
///
/// # Errors
/// What the file system says, with the path in front.
pub fn write_report(path: &Path, html: &str) -> io::Result<()> {
    write_atomically(path, html.as_bytes())
}

#[cfg(test)]
mod tests;
