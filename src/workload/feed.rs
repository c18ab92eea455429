//! Where a simulation's requests come from: a generator, or a tape of what one gave.
//!
//! All cases of a scenario, and all orders that one is sized by, meet the same requests (common
//! random numbers). What drew them once need not draw them again: to generate is a fifth of a
//! simulation's work.

use super::{Arrival, Generator, WorkloadError};
use crate::units::Time;
use std::sync::Arc;

/// Arrivals of a window, as they are played.
const WINDOW: usize = 2_048;

/// All the requests that a generator gives, in their order.
pub type Tape = Arc<[Arrival]>;

/// A source of requests.
pub struct Feed(Kind);

enum Kind {
    Fresh(Generator),
    /// Generated, and kept while there are no more than `most`.
    Recorded {
        generator: Generator,
        tape: Vec<Arrival>,
        most: usize,
    },
    /// Played, from a place on.
    Played(Tape, usize),
    /// At its end, with what was recorded.
    Over(Option<Tape>),
}

impl From<Generator> for Feed {
    fn from(generator: Generator) -> Feed {
        Feed(Kind::Fresh(generator))
    }
}

impl From<Tape> for Feed {
    fn from(tape: Tape) -> Feed {
        Feed(Kind::Played(tape, 0))
    }
}

impl Feed {
    /// A generator whose requests are kept, where they are no more than so many and depend on no
    /// answers.
    pub fn recorded(generator: Generator, most: usize) -> Feed {
        match generator.is_open() {
            true => Feed(Kind::Recorded { generator, tape: Vec::new(), most }),
            false => generator.into(),
        }
    }

    /// Puts the next arrivals into `out`; false (and none) at the end.
    ///
    /// # Errors
    /// As [`Generator::next_window`].
    pub fn next_window(&mut self, out: &mut Vec<Arrival>) -> Result<bool, WorkloadError> {
        match &mut self.0 {
            Kind::Fresh(generator) => return generator.next_window(out),
            Kind::Recorded { generator, tape, most } => {
                if generator.next_window(out)? {
                    if tape.len() + out.len() <= *most {
                        tape.extend_from_slice(out);
                    } else {
                        (*tape, *most) = (Vec::new(), 0);
                    }
                    return Ok(true);
                }
                let complete = *most > 0;
                let tape = std::mem::take(tape);
                self.0 = Kind::Over(complete.then(|| tape.into()));
            }
            Kind::Played(tape, played) => {
                let window = &tape[*played..tape.len().min(*played + WINDOW)];
                out.clear();
                out.extend_from_slice(window);
                if !window.is_empty() {
                    *played += window.len();
                    return Ok(true);
                }
                // What has been simulated may be kept for long: not so its requests.
                self.0 = Kind::Over(None);
            }
            Kind::Over(_) => out.clear(),
        }
        Ok(false)
    }

    /// The next request of a user who waited for an answer, as [`Generator::closed_next`].
    pub fn closed_next(&mut self, app: u32, tenant: u32, now: Time) -> Option<Arrival> {
        match &mut self.0 {
            Kind::Fresh(generator) => generator.closed_next(app, tenant, now),
            _ => None,
        }
    }

    /// What was recorded, once it has come to its end.
    pub fn take_tape(&mut self) -> Option<Tape> {
        match &mut self.0 {
            Kind::Over(tape) => tape.take(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{app, poisson, seconds};
    use super::*;

    fn all(feed: &mut Feed) -> Vec<Arrival> {
        let (mut found, mut window) = (Vec::new(), Vec::new());
        while feed.next_window(&mut window).unwrap() {
            found.extend_from_slice(&window);
        }
        found
    }

    fn generator() -> Generator {
        Generator::new(&[app("a", 1, poisson(1.0))], 1, 0, 1.0, seconds(0.0, 10_000.0)).unwrap()
    }

    #[test]
    fn a_tape_plays_what_the_generator_gave() {
        let fresh = all(&mut generator().into());
        assert!(fresh.len() > 3 * WINDOW, "several windows: {}", fresh.len());
        let mut recorded = Feed::recorded(generator(), fresh.len());
        assert_eq!(all(&mut recorded), fresh);
        let tape = recorded.take_tape().unwrap();
        assert_eq!(all(&mut tape.into()), fresh);
    }

    #[test]
    fn a_tape_that_would_be_too_long_is_not_kept() {
        let fresh = all(&mut generator().into());
        let mut recorded = Feed::recorded(generator(), fresh.len() - 1);
        assert_eq!(all(&mut recorded), fresh);
        assert!(recorded.take_tape().is_none());
    }
}
