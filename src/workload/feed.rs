//! Where a simulation's requests come from: a generator, or a tape of what one gave.
//!
//! All cases of a scenario, and all orders that one is sized by, meet the same requests (common
//! random numbers). What drew them once need not draw them again: to generate is a fifth of a
//! simulation's work.

use super::{Arrival, Generator, WorkloadError};
use crate::units::Time;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The requests that a generator gave, in their order, window by window; and the generator, which
/// gives those that come after them where one simulation goes on longer than another.
#[derive(Clone)]
pub struct Tape(Arc<Recording>);

struct Recording {
    windows: Vec<Box<[Arrival]>>,
    more: Mutex<More>,
}

struct More {
    generator: Generator,
    windows: Vec<Box<[Arrival]>>,
}

impl Tape {
    fn of(windows: Vec<Box<[Arrival]>>, generator: Generator) -> Tape {
        Tape(Arc::new(Recording { windows, more: Mutex::new(More { generator, windows: Vec::new() }) }))
    }

    /// How many requests are on it.
    pub fn requests(&self) -> usize {
        let more = self.more();
        self.0.windows.iter().chain(&more.windows).map(|window| window.len()).sum()
    }

    fn more(&self) -> MutexGuard<'_, More> {
        self.0.more.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a window into `out`; false (and nothing) behind the last.
    fn play(&self, place: usize, out: &mut Vec<Arrival>) -> Result<bool, WorkloadError> {
        out.clear();
        if let Some(window) = self.0.windows.get(place) {
            out.extend_from_slice(window);
            return Ok(true);
        }
        let mut more = self.more();
        let More { generator, windows } = &mut *more;
        if let Some(window) = windows.get(place - self.0.windows.len()) {
            out.extend_from_slice(window);
            return Ok(true);
        }
        let found = generator.next_window(out)?;
        if found {
            windows.push(out.as_slice().into());
        }
        Ok(found)
    }
}

/// A source of requests.
pub struct Feed(Kind);

enum Kind {
    Fresh(Generator),
    /// Generated, and kept while there is room for so many more.
    Recorded {
        generator: Generator,
        windows: Vec<Box<[Arrival]>>,
        room: Option<usize>,
    },
    /// Played, from a window on.
    Played(Tape, usize),
    /// At its end.
    Over,
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
            true => Feed(Kind::Recorded { generator, windows: Vec::new(), room: Some(most) }),
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
            Kind::Recorded { generator, windows, room } => {
                if generator.next_window(out)? {
                    *room = room.and_then(|room| room.checked_sub(out.len()));
                    match room {
                        Some(_) => windows.push(out.as_slice().into()),
                        None => *windows = Vec::new(),
                    }
                    return Ok(true);
                }
            }
            Kind::Played(tape, played) => {
                let found = tape.play(*played, out)?;
                *played += 1;
                return Ok(found);
            }
            Kind::Over => out.clear(),
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

    /// Ends it, and gives what was recorded so far. What has been simulated may be kept for long:
    /// not so its requests.
    pub fn take_tape(&mut self) -> Option<Tape> {
        match std::mem::replace(&mut self.0, Kind::Over) {
            Kind::Recorded { generator, windows, room: Some(_) } => Some(Tape::of(windows, generator)),
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
        assert!(fresh.len() > 9_000, "several windows: {}", fresh.len());
        let mut recorded = Feed::recorded(generator(), fresh.len());
        assert_eq!(all(&mut recorded), fresh);
        let tape = recorded.take_tape().unwrap();
        assert_eq!(tape.requests(), fresh.len());
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
