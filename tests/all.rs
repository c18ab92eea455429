//! All integration tests: one binary, one module per topic.

mod closed_forms;
mod common;
mod laws;
