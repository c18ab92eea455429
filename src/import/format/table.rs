//! Tables in CSV, read by the names of their columns.

use crate::import::field::known;
use crate::import::found::Found;

/// The names of the columns.
#[derive(Default)]
pub(super) struct Table {
    names: Vec<String>,
}

impl Table {
    /// Takes a row: false where it is the header, the header again, or cut off.
    pub(super) fn take(&mut self, row: &csv::StringRecord, number: u64, found: &mut Found) -> bool {
        if self.names.is_empty() {
            self.names =
                row.iter().map(|name| name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase()).collect();
            return false;
        }
        if row.iter().zip(&self.names).all(|(cell, name)| cell.trim().eq_ignore_ascii_case(name)) && row.len() > 1 {
            found.drop(number, "the header again");
            return false;
        }
        if row.len() < self.names.len() {
            found.drop(number, format!("cut off: {} of {} fields", row.len(), self.names.len()));
            return false;
        }
        true
    }

    /// The text of a column, where it says something.
    pub(super) fn get<'a>(&self, row: &'a csv::StringRecord, name: &str) -> Option<&'a str> {
        let place = self.names.iter().position(|n| n.eq_ignore_ascii_case(name))?;
        row.get(place).map(str::trim).filter(|text| known(text))
    }

    /// The text of the first of several columns that says something.
    pub(super) fn any<'a>(&self, row: &'a csv::StringRecord, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.get(row, name))
    }
}
