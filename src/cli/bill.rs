//! `hostsim bill`.

use super::catalogue::ByName;
use super::options::{CatalogueOption, FormatOption};
use super::{Execute, Failure};
use clap::Args;
use std::path::PathBuf;

/// Price a usage file: an invoice without a simulation
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim bill usage.toml")]
pub struct Bill {
    /// The usage file; - reads the standard input
    #[arg(value_name = "USAGE")]
    usage: PathBuf,
    #[command(flatten)]
    format: FormatOption,
    #[command(flatten)]
    catalogue: CatalogueOption,
}

impl Execute for Bill {
    fn execute(self) -> Result<(), Failure> {
        let _ = (self.usage, self.format.format, self.catalogue.models, |c| ByName(c));
        Ok(())
    }
}
