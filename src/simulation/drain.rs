//! What came in the window is followed to its end: arrivals go on as before, unmeasured.

use super::{Halted, Simulation};
use crate::units::{Span, Time};

/// How long what came in the window is followed beyond its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drain {
    /// So long at the most.
    For(Span),
    /// As long as the rule asks for: until what is left has been there longer than the bound, and
    /// twice as long as the longest that was served; but no longer than the bound, or than all that
    /// was simulated before, whichever is more.
    Auto {
        /// The largest bound of any objective; nothing where there is none.
        bound: Span,
    },
}

/// So many steps are done, at the least, before it is looked whether all is over.
const STEPS: usize = 64;

impl Drain {
    /// The longest that there can be after so much has been simulated.
    pub fn most(self, simulated: Span) -> Span {
        match self {
            Drain::For(length) => length,
            Drain::Auto { bound } => bound.max(simulated),
        }
    }

    /// How long it is where the longest that was served took so long.
    fn length(self, simulated: Span, longest: Option<u64>) -> Span {
        match (self, longest) {
            (Drain::Auto { bound }, Some(longest)) => {
                bound.max(Span(longest.saturating_mul(2))).min(self.most(simulated))
            }
            _ => self.most(simulated),
        }
    }
}

impl Simulation {
    /// Goes on until all that came in the window has ended, or has been there for too long.
    pub(super) fn drain(&mut self) -> Result<(), Halted> {
        while !self.world.is_followed_to_its_end() {
            let until = self.followed_until();
            let mut over = true;
            // Those that are there are looked through: no more often than it takes to serve them.
            for _ in 0..STEPS.max(self.world.looked_through()) {
                over = !self.go_on(until)?;
                if over {
                    break;
                }
            }
            if over && until == self.followed_until() {
                self.world.now = until;
                break;
            }
        }
        Ok(())
    }

    fn followed_until(&self) -> Time {
        let world = &self.world;
        let longest = world.facts.iter().filter_map(|facts| facts.latency.max()).max();
        world.end + self.drain.length(world.end - Time(0), longest)
    }

    /// The next event or arrival before a moment; false where there is none.
    fn go_on(&mut self, until: Time) -> Result<bool, Halted> {
        if self.coming == self.window.len() {
            self.coming = 0;
            self.feed.next_window(&mut self.window)?;
            self.account()?;
        }
        let arrival = self.window.get(self.coming).copied();
        let event = self.world.agenda.next_time();
        match (event, arrival) {
            (Some(time), arrival) if time < until && arrival.is_none_or(|arrival| time <= arrival.time) => self.step(),
            (_, Some(arrival)) if arrival.time < until => {
                self.coming += 1;
                self.world.now = arrival.time;
                self.arrive(&arrival);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}
