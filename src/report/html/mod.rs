//! Reports as HTML: one file each, which needs no other and no network.
//!
//! [`run_report`] and [`curve_report`] make a [`Page`] of their results and [`page`] turns any
//! page into HTML by templates that escape: what a user wrote is shown as it was written.

mod answer;
mod assumptions;
mod bill;
mod curve;
mod page;
mod render;
mod reproduction;
mod run;
mod svg;

pub use assumptions::{Assumption, assumptions};
pub use curve::{curve_figures, curve_page, curve_report};
pub use page::{Bill, Block, Case, Cell, Column, Page, Row, Section, Table};
pub use render::page;
pub use reproduction::{Reproduction, reproduction_section};
pub use run::{run_page, run_report};

use super::files::write_atomically;
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
