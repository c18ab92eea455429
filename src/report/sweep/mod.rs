//! A sweep's report: its figures, and `sweep.html`.

mod figures;
mod grouping;
mod origin;
mod summary;

pub use figures::{drawn_metrics, figures};
pub use grouping::short_value;
pub use origin::Origin;
pub use summary::{CaseSummary, summaries, within_the_noise};

use super::figure::write_figure;
use super::html;
use crate::sweep::sensitivity::{Data, Report, analyse_data};
use std::path::Path;

/// Larger tables than this are only reported on when that is asked for.
pub const MANY_RUNS: u64 = 2_000_000;

/// All that a sweep's report is made of.
pub struct Swept {
    /// What it found.
    pub data: Data,
    /// What that depends on.
    pub report: Report,
    /// What `sweep.json` says.
    pub about: serde_json::Value,
    /// Where it came from, where that is known.
    pub origin: Option<Origin>,
}

impl Swept {
    /// Reads the directory of a finished sweep, and analyses it.
    ///
    /// # Errors
    /// Where its files cannot be read, or a metric is none of theirs.
    pub fn read(directory: &Path, metrics: &[String]) -> Result<Swept, String> {
        let data = Data::read(directory, metrics)?;
        let report = analyse_data(&data);
        let text = std::fs::read_to_string(directory.join("sweep.json")).unwrap_or_default();
        let about = serde_json::from_str(&text).unwrap_or_default();
        Ok(Swept { data, report, about, origin: Origin::read(directory) })
    }

    /// Writes the figures that fit the design, and `sweep.html`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, directory: &Path) -> std::io::Result<()> {
        for (stem, _, drawing) in figures(self) {
            write_figure(directory, &stem, &drawing)?;
        }
        html::write_report(&directory.join("sweep.html"), &html::sweep_report(self))
    }
}

#[cfg(test)]
pub mod tests;
