//! `hostsim import`.

use super::options::{Format, FormatOption};
use super::{Execute, Failure, terminal};
use clap::Args;
use hostsim::import::{ImportOptions, import};
use std::path::PathBuf;

/// Make a scenario of logs, metrics exports and bills
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim import access.log.1.gz access.log
  hostsim import /var/log/nginx/ --output shop
  zcat *.gz | hostsim import - --format json

The format is found from the content. Files may be compressed (gz, xz, zst), globs, directories of
rotated files or - for the standard input; they are read in the order of their time.")]
pub struct Import {
    /// The files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The format [default: found from the content]
    #[arg(long = "as", value_name = "NAME")]
    format_of_files: Option<String>,
    /// The zone of times that have no offset, as Europe/Berlin [default: UTC]
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    zone: Option<jiff::tz::TimeZone>,
    #[command(flatten)]
    format: FormatOption,
}

fn zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZone::get(name).map_err(|_| "expected a zone's name, as Europe/Berlin or UTC".into())
}

impl Execute for Import {
    fn execute(self) -> Result<(), Failure> {
        let options =
            ImportOptions { format: self.format_of_files.clone(), zone: self.zone.clone(), without: Vec::new() };
        let found = import(&self.files, &options).map_err(|error| Failure::Input(error.to_string()))?;
        if self.format.format == Format::Json {
            let text = serde_json::to_string_pretty(&found.document()).map_err(|e| Failure::Running(e.to_string()))?;
            return terminal::print(&format!("{text}\n"));
        }
        Ok(())
    }
}
