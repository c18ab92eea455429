//! `hostsim merge`.

use super::sweep::{self, Format};
use super::{Execute, Failure, interrupt};
use clap::Args;
use hostsim::report::sweep::Origin;
use hostsim::sweep::merge::{MergeError, merge, shard_directories};
use hostsim::sweep::parquet;
use std::path::PathBuf;

/// Put the shards of a sweep together, where nothing is missing, doubled or of another sweep
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim merge output/study                          all shards that are in this directory
  hostsim merge a/shard-1-of-2 b/shard-2-of-2 --output study

Writes points.csv, failures.csv, sweep.json, sweep.html and the figures: the files that one machine
would have written, to the byte.")]
pub struct Merge {
    /// The shards' directories, or those that they are in
    #[arg(value_name = "DIR", required = true)]
    directories: Vec<PathBuf>,
    /// Where the files go [default: the directory that the first shard's is in]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// What goes to the standard output
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

impl Execute for Merge {
    fn execute(self) -> Result<(), Failure> {
        let failure = |error: MergeError| match error {
            MergeError::Unfit(message) => Failure::Input(message),
            MergeError::Failed(message) => Failure::Running(message),
        };
        self.format.check()?;
        let directories = shard_directories(&self.directories).map_err(failure)?;
        let output = self.output.unwrap_or_else(|| beside(&directories[0]));
        let merged = interrupt::after_writing(|| merge(&self.directories, &output)).map_err(failure)?;
        let (points, runs, failed) = (merged.points, merged.runs, merged.failed);
        if let Some(origin) = Origin::read(&directories[0]) {
            origin.write(&output)?;
        }
        let answer = sweep::report(&output, runs)?.map_or_else(String::new, |answer| sweep::first(&answer));
        if self.format == Format::Parquet {
            interrupt::after_writing(|| parquet::write(&directories, &output))?;
        }
        let words = format!("{answer}{points} points, {runs} runs, {failed} failed; in {}\n", output.display());
        self.format.print(&output, &words)?;
        if failed > 0 {
            let place = output.join("failures.csv");
            return Err(Failure::Running(format!("{failed} of {runs} runs failed: see {}", place.display())));
        }
        Ok(())
    }
}

/// The directory of the whole sweep: that of a shard's, and a whole one's own.
fn beside(directory: &std::path::Path) -> PathBuf {
    let name = directory.file_name().and_then(|name| name.to_str()).unwrap_or("");
    match directory.parent() {
        Some(parent) if name.starts_with("shard-") => parent.to_path_buf(),
        _ => directory.to_path_buf(),
    }
}
