//! What a scenario file asks for.

pub mod expect;
