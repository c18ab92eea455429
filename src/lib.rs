//! hostsim: a discrete-event simulator of hosting economics.

pub mod billing;
pub mod document;
pub mod engine;
pub mod units;
