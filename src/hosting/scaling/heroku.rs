//! Heroku's autoscaling of web dynos: one dyno an event, events at least a minute apart.
//! (devcenter.heroku.com/articles/autoscaling, October 2024; how it finds the number that is
//! needed is not published)

/// The setting of an app's web dynos.
#[derive(Clone, Debug, PartialEq)]
pub struct Heroku {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// For how many minutes fewer must do before one goes. Heroku says only that it removes "less
    /// aggressively": the number is an assumption.
    pub minutes_before_down: u32,
}

/// For how many minutes fewer would have done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Surplus {
    minutes: u32,
}

impl Surplus {
    /// One minute: the dynos after it, where so many are needed.
    pub fn minute(&mut self, rule: &Heroku, current: u32, needed: u32) -> u32 {
        self.minutes = if needed < current { self.minutes.saturating_add(1) } else { 0 };
        let wanted = match needed {
            needed if needed > current => current + 1,
            needed if needed < current && self.minutes >= rule.minutes_before_down => current.saturating_sub(1),
            _ => current,
        };
        wanted.max(rule.min.max(1)).min(rule.max)
    }
}
