//! When things happen: the agenda of events, and named streams of random numbers.

mod agenda;
pub mod random;

pub use agenda::Agenda;
pub use random::Stream;
