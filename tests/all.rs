//! Integration tests: one binary, a module per subject.

mod bill_laws;
mod bills;
mod cli;
mod program;
mod schema;
mod sweep;
mod usage;
mod usage_errors;
