//! `hostsim schema`.

use super::{Execute, Failure, terminal};
use clap::Args;
use clap::builder::PossibleValuesParser;
use hostsim::schema;

/// Print the JSON Schema of a kind of file, for editors and scripts
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim schema scenario > scenario.schema.json
  hostsim schema result | jq '.properties'

A file says which schema it follows by a first line such as
  #:schema ./scenario.schema.json")]
pub struct Schema {
    /// The kind of file
    #[arg(value_name = "KIND", value_parser = PossibleValuesParser::new(schema::names()))]
    kind: String,
}

impl Execute for Schema {
    fn execute(self) -> Result<(), Failure> {
        let schema = schema::of(&self.kind).ok_or_else(|| Failure::Input(format!("no schema of {}", self.kind)))?;
        terminal::print(&format!("{schema:#}\n"))
    }
}
