//! What a sweep and a merge print.

use crate::cli::{Failure, terminal};
use clap::ValueEnum;
use hostsim::sweep::parquet;
use std::path::Path;

/// What goes to the standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What was done, in words
    #[default]
    Table,
    /// What the sweep is, as in sweep.json
    Json,
    /// Every run, as in points.csv
    Csv,
    /// As `table`; and points.parquet is written beside points.csv (a build with the cargo feature
    /// `parquet` can)
    Parquet,
}

impl Format {
    /// Refuses what this build cannot write.
    pub fn check(self) -> Result<(), Failure> {
        if self == Format::Parquet && !parquet::AVAILABLE {
            return Err(Failure::Input(parquet::HOW_TO_BUILD.into()));
        }
        Ok(())
    }

    /// Prints what was asked for of a finished sweep: its own words for a table.
    pub fn print(self, directory: &Path, words: &str) -> Result<(), Failure> {
        let file = |name: &str| std::fs::read_to_string(directory.join(name)).map_err(Failure::from);
        match self {
            Format::Csv => terminal::print(&file("points.csv")?),
            Format::Json => terminal::print(&file("sweep.json")?),
            Format::Table | Format::Parquet => terminal::print(words),
        }
    }
}
