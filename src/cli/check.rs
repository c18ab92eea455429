//! `hostsim check`.

use super::failure::sound;
use super::options::CatalogueOption;
use super::{Execute, Failure, terminal};
use clap::Args;
use hostsim::check;
use hostsim::document::Diagnostics;
use hostsim::scenario::read_source;
use std::path::PathBuf;

/// Find every mistake in scenario, model, usage and server files, and simulate nothing
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim check my-scenario.toml
  hostsim check scenarios/*.toml models/*/*.toml
  hostsim check my-scenario.toml --models my-models/
  cat my-scenario.toml | hostsim check -")]
pub struct Check {
    /// The files, told apart by what they hold; - reads the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    catalogue: CatalogueOption,
}

impl Execute for Check {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        let catalogue = self.catalogue.load(&mut diagnostics);
        for file in &self.files {
            let before = diagnostics.count();
            if let Some(source) = read_source(file, &mut diagnostics)
                && diagnostics.count() == before
            {
                check::check(&source, &catalogue, &mut diagnostics);
            }
            if diagnostics.count() == before {
                terminal::print(&format!("{}: ok\n", file.display()))?;
            }
        }
        sound(diagnostics)
    }
}
