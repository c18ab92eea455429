//! Where a sweep came from: what its report says beside its numbers.
//!
//! It is written to `origin.json` beside a sweep's store, so that `merge` and `sensitivity`, which
//! do not see the scenario, make the report that one machine would have made.

use crate::document::{LONGEST_TABLE, read_plain_text};
use crate::experiment::{scenario_notes, unverified};
use crate::files::write_atomically;
use crate::report::html::{Assumption, Reproduction, assumptions};
use crate::report::notes::of_unverified;
use crate::scenario::Scenario;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The name of the file.
const FILE: &str = "origin.json";

/// Where a sweep came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The scenario as it was read.
    pub scenario: String,
    /// The command line.
    pub command: String,
    /// What was not modelled.
    pub notes: Vec<String>,
    /// What the first point rests on.
    pub assumptions: Vec<Assumption>,
}

impl Origin {
    /// The origin of a sweep, of which `first` is the first point.
    pub fn of(first: &Scenario, reproduction: &Reproduction) -> Origin {
        Origin {
            scenario: reproduction.scenario_text.clone(),
            command: reproduction.command.clone(),
            notes: scenario_notes(first).into_iter().chain(of_unverified(&unverified(&first.cases))).collect(),
            assumptions: assumptions(first),
        }
    }

    /// What a directory's file says; nothing where there is none.
    pub fn read(directory: &Path) -> Option<Origin> {
        serde_json::from_str(&read_plain_text(&directory.join(FILE), LONGEST_TABLE).ok()?).ok()
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, directory: &Path) -> std::io::Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::other)?;
        write_atomically(&directory.join(FILE), format!("{text}\n").as_bytes())
    }
}
