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
pub mod figure;
pub mod focus;
pub mod grid;
pub mod html;
mod json;
mod ledger;
pub mod map;
mod markdown;
mod notes;
pub mod rests;
pub mod sacrifice;
pub mod stack;
mod standing;
pub mod sweep;
mod table;
pub mod tenants;
pub mod trade;
pub mod waiting;
mod words;

pub use crate::experiment::{AppResult, CaseResult, ResultDocument, Timeline};
pub use crate::units::format;
pub use csv::{series_to_csv, to_csv};
pub use figure::write_figures;
pub use grid::Screen;
pub use json::{estimate_json, to_json};
pub use ledger::{to_ledger, to_ledger_markdown};
pub use markdown::{escape as escape_markdown, to_markdown};
pub use notes::notes;
pub use table::{colour_wanted, to_table, to_table_within};
