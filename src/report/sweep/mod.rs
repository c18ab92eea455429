//! A sweep's report: its figures, and `sweep.html`.

mod figures;
mod grouping;
mod origin;
mod reasons;
mod summary;

pub use figures::{drawn_metrics, figures};
pub use grouping::short_value;
pub use origin::Origin;
pub use reasons::reasons;
pub use summary::{CaseSummary, summaries, within_the_noise};

use super::figure::write_figure;
use super::grid::{Grid, Screen};
use super::html;
use crate::document::checksum::{KEY, with_checksum};
use crate::document::{LONGEST_TABLE, read_plain_text};
use crate::files::write_atomically;
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
    /// Of what the costs are made, where its table tells.
    pub costs: Option<Data>,
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
        let text = read_plain_text(&directory.join("sweep.json"), LONGEST_TABLE).unwrap_or_default();
        let about = serde_json::from_str(&text).unwrap_or_default();
        let costs = Data::read(directory, &reasons::figures()).ok();
        Ok(Swept { data, report, about, costs, origin: Origin::read(directory) })
    }

    /// The answer: which case is the cheapest at how many points, why, and what decides that.
    pub fn answer(&self) -> String {
        html::answer::of_sweep(self, &summaries(&self.data))
    }

    /// Writes the figures that fit the design, `sweep.html`, and the answer into `sweep.json`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, directory: &Path) -> std::io::Result<()> {
        for (stem, _, drawing) in figures(self) {
            write_figure(directory, &stem, &drawing)?;
        }
        html::write_report(&directory.join("sweep.html"), &html::sweep_report(self))?;
        let mut about = self.about.clone();
        about.as_object_mut().and_then(|about| about.shift_remove(KEY));
        about["answer"] = self.answer().into();
        write_atomically(&directory.join("sweep.json"), with_checksum(&about).as_bytes())
    }
}

/// The findings of an analysis as a table for people, those of a kind together, with the notes below.
pub fn findings(report: &Report, screen: Screen) -> String {
    let rows = report.rows();
    let [analysis, metric, case, axis, level, found, interval] = rows[0].clone();
    let mut grid = Grid::new(3).words(analysis).words(metric).words(case).words(axis).words(level);
    grid = grid.numbers(found).words(interval);
    for (index, row) in rows.iter().enumerate().skip(1) {
        if index > 1 && row[0] != rows[index - 1][0] {
            grid.rule();
        }
        grid.row(row.clone());
    }
    let notes: Vec<String> = report.notes.iter().map(|note| format!("note: {note}")).collect();
    grid.to_text(screen) + &screen.list(&notes)
}

#[cfg(test)]
pub mod tests;
