//! Which column of a file is meant, and columns of plain numbers.

use super::TraceError;
use super::rows::Rows;
use crate::document::{Diagnostics, Node, Value};
use std::path::Path;

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// The only one that fits.
    #[default]
    Only,
    /// By its name in the header.
    Named(String),
    /// By its place, from 0 (users count from 1).
    Number(usize),
}

impl Column {
    /// Reads a column's name, or its number from 1.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Column> {
        match &node.value {
            Value::String(name) => Some(Column::Named(name.clone())),
            Value::Integer(Some(number)) if *number >= 1 => Some(Column::Number(*number as usize - 1)),
            _ => {
                diagnostics.error(node.at, "expected a column's name, or its number from 1", "");
                None
            }
        }
    }
}

/// The most values of a measured distribution; they are held in memory.
const MOST_VALUES: usize = 10_000_000;

/// The numbers of one column, all of zero or more.
///
/// # Errors
/// The first mistake, with its line.
pub fn read_numbers(path: &Path, column: &Column) -> Result<Vec<f64>, TraceError> {
    let mut rows = Rows::open(path)?;
    let column = rows.choose(column, |text| number(text).is_some())?;
    let mut values = Vec::new();
    while rows.next()? {
        let text = rows.field(column)?;
        match number(text) {
            Some(value) if values.len() < MOST_VALUES => values.push(value),
            Some(_) => return Err(rows.wrong("there are more than ten million values")),
            None => return Err(rows.wrong(format!("expected a number of zero or more, found \"{text}\""))),
        }
    }
    if values.is_empty() {
        return Err(TraceError::new(path, None, "the file holds no numbers"));
    }
    Ok(values)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|v: &f64| v.is_finite() && *v >= 0.0)
}

/// Whether a cell looks as if it were meant for a number: one with separators too, so that it is not passed over.
pub(super) fn looks_like_a_number(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\'' | '_')).collect();
    plain.parse::<f64>().is_ok_and(f64::is_finite)
}

/// A number of requests: a whole number of zero or more ("94.0" is one).
pub(super) fn parse_count(text: &str) -> Result<u64, String> {
    if let Ok(count) = text.parse::<u64>() {
        return check_size(count);
    }
    match text.parse::<f64>() {
        Ok(value) if value < 0.0 => Err(format!("expected a number of requests, found a negative one: {text}")),
        Ok(value) if value.is_finite() && value.fract() == 0.0 && value <= MOST_REQUESTS as f64 => Ok(value as u64),
        Ok(value) if value.is_finite() && value.fract() != 0.0 => {
            Err(format!("expected a whole number of requests, found {text}"))
        }
        Ok(value) if value > MOST_REQUESTS as f64 => check_size(u64::MAX),
        _ if text.is_empty() => Err("expected a whole number of requests, found an empty cell".into()),
        _ if looks_like_a_number(text) => {
            Err(format!("expected a whole number of requests without separators, found \"{text}\""))
        }
        _ => Err(format!("expected a whole number of requests, found \"{text}\"")),
    }
}

/// The most requests of one interval; sums of a file then fit 64 bits.
const MOST_REQUESTS: u64 = 1_000_000_000_000;

fn check_size(count: u64) -> Result<u64, String> {
    if count > MOST_REQUESTS { Err("more than 10^12 requests in one interval".into()) } else { Ok(count) }
}
