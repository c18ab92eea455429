//! hostsim: a discrete-event simulator of hosting economics.

pub mod document;
pub mod engine;
pub mod metrics;
pub mod report;
pub mod scenario;
pub mod units;
