//! hostsim: a discrete-event simulator of hosting economics.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod billing;
pub mod catalogue;
pub mod check;
pub mod document;
pub mod engine;
pub mod experiment;
pub mod files;
pub mod fleet;
pub mod hosting;
pub mod import;
pub mod metrics;
pub mod report;
pub mod scenario;
pub mod schema;
pub mod simulation;
pub mod sweep;
pub mod units;
pub mod workload;
