//! hostsim: a discrete-event simulator of hosting economics.

pub mod document;
pub mod engine;
pub mod metrics;
pub mod units;
