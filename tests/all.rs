//! All integration tests: one binary, one module per topic.

mod bill_laws;
mod bill_rules;
mod bill_terms;
mod bills;
mod browser_report;
mod catalogue;
mod cli;
mod closed_forms;
mod clusters;
mod common;
mod corpora;
mod credits;
mod determinism;
mod focus;
mod fuzz;
mod laws;
mod own_model;
mod program;
mod right_sizing;
mod schema;
mod simulated_bills;
mod sweep;
mod usage;
mod usage_errors;
mod worked_bills;
mod worked_machines;
