//! hostsim: a discrete-event simulator of hosting economics. What the same application costs, and how fast it answers,
//! on owned servers, rented servers, virtual machines, containers, a platform and serverless functions.
//!
//! # The pipeline
//!
//! Data flows one way, and so do the modules: none knows one that is further down.
//!
//! | module | |
//! |---|---|
//! | [`document`], [`units`] | a TOML text as a tree whose every word knows its place; quantities, exactly |
//! | [`catalogue`] | hosting models and servers, by name |
//! | [`scenario`] | what is asked: apps, cases, what is expected; valid by construction |
//! | [`workload`], [`import`] | who comes; from what people have (logs, metrics, bills) to that |
//! | [`engine`], [`fleet`], [`hosting`], [`simulation`] | when, where, under what contract |
//! | [`billing`] | what it costs whom: meters, charges, invoices, labour, the provider's ledger |
//! | [`metrics`] | levels, histograms, the list of all [figures](metrics::FIGURES), estimates |
//! | [`experiment`], [`sweep`] | cases × replications, right-sizing, curves, maps; points × cases × replications |
//! | [`report`], [`schema`] | tables, files, figures, pages; the JSON Schemas |
//!
//! # An example
//!
//! ```
//! use hostsim::experiment::{self, Progress, RunOptions};
//! use hostsim::scenario::Scenario;
//! use std::sync::atomic::AtomicBool;
//!
//! let scenario = Scenario::from_text(r#"
//!     schema = 1
//!     run = { duration = "1 h", replications = 3 }
//!     app.api = { arrivals.poisson = { rate = "2 /s" }, cpu.exponential = { mean = "100 ms" }, memory = "128 MiB" }
//!     case.machine = { hosting = "textbook-vps", size = "1-core", instances = 1 }
//!     case.functions = { hosting = "textbook-serverless", size = "1-core" }
//! "#)?;
//! let progress = Progress { done: &|_, _| {}, stop: &AtomicBool::new(false) };
//! let result = experiment::run(&scenario, &RunOptions::default(), &progress).map_err(|error| error.to_string())?;
//! let latency = |case: &str| result.case(case).and_then(|case| case.estimate(&["latency_s", "mean"]).mean);
//! // On demand nobody waits for another's CPU; on one core two share it now and then: 0.1 / (1 - 0.2) s.
//! assert!((latency("functions").unwrap() - 0.1).abs() < 0.005);
//! assert!((latency("machine").unwrap() - 0.125).abs() < 0.01);
//! # Ok::<(), String>(())
//! ```
//!
//! A behaviour of one's own is a [`hosting::HostingModel`], a placement policy a [`fleet::Policy::new`]; `examples/` has
//! one of each, and an arrival process that is drawn outside and replayed.
//!
//! # What is stable
//!
//! The program's commands, the files that it reads and writes and their schemas. The library's items are what the
//! program needs, and may change with any version; results change only where the changelog says so.
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
pub mod memory;
pub mod metrics;
pub mod report;
pub mod scenario;
pub mod schema;
pub mod simulation;
pub mod sweep;
pub mod units;
pub mod workload;
