//! What a user reads: the result as a table, JSON, CSV, Markdown and figures.
//!
//! A [`ResultDocument`] holds all that a run has learned; every format is a function of it alone,
//! so that no two of them can disagree.

pub mod advice;
pub mod answer;
pub mod article;
mod by_app;
pub mod compare;
mod comparison;
mod csv;
pub mod curve;
mod document;
pub mod figure;
mod files;
pub mod focus;
pub mod html;
mod json;
mod ledger;
pub mod map;
mod markdown;
mod notes;
pub mod sacrifice;
pub mod sweep;
mod table;

pub use crate::units::format;
pub use csv::to_csv;
pub use document::{AppResult, CaseResult, ResultDocument, Timeline};
pub use figure::write_figures;
pub use files::{check_writable, in_place_of, write_atomically};
pub use json::{estimate_json, to_json};
pub use ledger::to_ledger;
pub use markdown::to_markdown;
pub use notes::notes;
pub use table::{colour_wanted, to_table, to_table_within};
