//! All integration tests: one binary, one module per topic.

mod bill_laws;
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
mod fuzz;
mod laws;
mod own_model;
mod program;
mod right_sizing;
mod schema;
mod sweep;
mod sweep_accounts;
mod sweep_columns;
mod sweep_coverage;
mod sweep_kubernetes;
mod sweep_slurm;
mod sweep_trouble;
mod usage;
mod usage_errors;
