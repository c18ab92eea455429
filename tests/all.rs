//! All integration tests: one binary, one module per topic.

mod advice;
mod bill_laws;
mod bills;
mod browser_report;
mod catalogue;
mod cli;
mod closed_forms;
mod common;
mod corpora;
mod crossovers;
mod determinism;
mod fuzz;
mod laws;
mod own_model;
mod program;
mod right_sizing;
mod schema;
mod sweep;
mod usage;
mod usage_errors;
