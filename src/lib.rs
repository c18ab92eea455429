//! hostsim: a discrete-event simulator of hosting economics.

pub mod document;
pub mod engine;
pub mod units;
pub mod workload;
