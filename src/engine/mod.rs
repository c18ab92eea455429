//! When things happen: the agenda of events, and named streams of random numbers.

pub mod random;

pub use random::Stream;
