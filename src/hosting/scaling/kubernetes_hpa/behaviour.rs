//! What holds a recommendation back: windows, and rates of change (`behavior` of autoscaling/v2).
//! (kubernetes, pkg/controller/podautoscaler/horizontal.go)

use crate::units::{Span, Time};

/// Which of several policies is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The one that allows the most change.
    Max,
    /// The one that allows the least.
    Min,
    /// None: no change in this direction.
    Disabled,
}

/// How much a policy allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So many pods.
    Pods(u32),
    /// So many per cent of those there were when the period began.
    Percent(f64),
}

/// One policy: an amount in a period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    /// The amount.
    pub amount: Amount,
    /// The period.
    pub period: Span,
}

/// What is allowed in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// How far back recommendations count.
    pub window: Span,
    /// Which policy is in force.
    pub select: Select,
    /// The policies.
    pub policies: Vec<Policy>,
}

/// The two directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Upward.
    pub up: Direction,
    /// Downward.
    pub down: Direction,
}

const FIFTEEN: Span = Span(15_000_000_000);

impl Default for Behaviour {
    /// What Kubernetes fills in for the parts that are left out.
    fn default() -> Behaviour {
        let policy = |amount| Policy { amount, period: FIFTEEN };
        let up = vec![policy(Amount::Pods(4)), policy(Amount::Percent(100.0))];
        Behaviour {
            up: Direction { window: Span(0), select: Select::Max, policies: up },
            down: Direction {
                window: Span(300_000_000_000),
                select: Select::Max,
                policies: vec![policy(Amount::Percent(100.0))],
            },
        }
    }
}

/// What happened at a moment: a recommendation, or a number of pods added or removed.
pub type Entry = (Time, u32);

/// The highest of what was recommended in the window and what is now (without `behavior`).
pub fn stabilise(history: &[Entry], desired: u32, window: Span, now: Time) -> u32 {
    let recent = history.iter().filter(|entry| entry.0 + window >= now);
    recent.map(|entry| entry.1).fold(desired, u32::max)
}

/// The number nearest to the present one between the lowest recommendation of the window upward
/// and the highest of the window downward.
pub fn stabilise_by(behaviour: &Behaviour, history: &[Entry], current: u32, desired: u32, now: Time) -> u32 {
    let younger = |window: Span| history.iter().filter(move |entry| entry.0 + window > now).map(|entry| entry.1);
    let lowest = younger(behaviour.up.window).fold(desired, u32::min);
    let highest = younger(behaviour.down.window).fold(desired, u32::max);
    current.max(lowest).min(highest)
}

/// The limits without `behavior`: the least and the most, and at most twice as many, or four.
pub fn clamp(current: u32, desired: u32, min: u32, max: u32) -> u32 {
    let most = max.min(current.saturating_mul(2).max(4));
    if desired < min { min } else { desired.min(most) }
}

/// The limits with `behavior`: what the policies allow, given what was changed within their periods.
pub fn limit(behaviour: &Behaviour, past: &Past, current: u32, desired: u32, bounds: (u32, u32)) -> u32 {
    let (min, max) = bounds;
    if desired > current {
        desired.min(max.min(ceiling(&behaviour.up, past, current).max(current)))
    } else if desired < current {
        desired.max(min.max(floor(&behaviour.down, past, current).min(current)))
    } else {
        desired
    }
}

/// The changes of the past, as policies look at them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// Pods that were added.
    pub ups: Vec<Entry>,
    /// Pods that were removed.
    pub downs: Vec<Entry>,
    /// The present moment.
    pub now: Time,
}

impl Past {
    /// How many replicas there were when a period began that ends now.
    fn at_start(&self, current: u32, period: Span) -> i64 {
        let sum = |events: &[Entry]| {
            events.iter().filter(|entry| entry.0 + period > self.now).map(|entry| i64::from(entry.1)).sum::<i64>()
        };
        i64::from(current) - sum(&self.ups) + sum(&self.downs)
    }

    /// Notes a change, and forgets those that no policy looks at any more.
    pub fn note(&mut self, from: u32, to: u32, behaviour: &Behaviour) {
        if to > from {
            self.ups.push((self.now, to - from));
        } else if to < from {
            self.downs.push((self.now, from - to));
        }
        let policies = behaviour.up.policies.iter().chain(&behaviour.down.policies);
        let longest = policies.map(|policy| policy.period).max().unwrap_or(Span(0));
        let now = self.now;
        self.ups.retain(|entry| entry.0 + longest > now);
        self.downs.retain(|entry| entry.0 + longest > now);
    }
}

fn ceiling(up: &Direction, past: &Past, current: u32) -> u32 {
    let limits = up.policies.iter().map(|policy| {
        let start = past.at_start(current, policy.period);
        match policy.amount {
            Amount::Pods(pods) => start + i64::from(pods),
            Amount::Percent(percent) => (start as f64 * (1.0 + percent / 100.0)).ceil() as i64,
        }
    });
    let chosen = match up.select {
        Select::Max => limits.max(),
        Select::Min => limits.min(),
        Select::Disabled => None,
    };
    chosen.map_or(current, |limit| limit.clamp(0, i64::from(u32::MAX)) as u32)
}

fn floor(down: &Direction, past: &Past, current: u32) -> u32 {
    let limits = down.policies.iter().map(|policy| {
        let start = past.at_start(current, policy.period);
        match policy.amount {
            Amount::Pods(pods) => start - i64::from(pods),
            Amount::Percent(percent) => (start as f64 * (1.0 - percent / 100.0)).trunc() as i64,
        }
    });
    let chosen = match down.select {
        Select::Max => limits.min(),
        Select::Min => limits.max(),
        Select::Disabled => None,
    };
    chosen.map_or(current, |limit| limit.clamp(0, i64::from(u32::MAX)) as u32)
}
