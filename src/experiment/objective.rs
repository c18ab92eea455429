//! Objectives: what was demanded of an app, against what it got.

use super::load::{BACKLOG, GROWTH, LOAD};
use crate::hosting::facts::AppFacts;
use crate::metrics::{Estimate, Histogram};
use crate::scenario::{Bound, Slo, Statistic};
use crate::units::format;
use std::borrow::Cow;

/// The name of a part of an objective: "p99", "queueing p80", "availability".
pub type Name = Cow<'static, str>;

/// One part of an objective in one replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Its name.
    pub name: Name,
    /// What was found, in seconds or as a share; infinite where requests were not served.
    pub found: f64,
    /// The bound.
    pub bound: f64,
    /// Whether the bound is a least value.
    pub at_least: bool,
}

impl Judged {
    /// Whether this holds.
    pub fn holds(&self) -> bool {
        if self.at_least { self.found >= self.bound } else { self.found <= self.bound }
    }

    /// By which factor it is on the wrong side of its bound (below 1: on the right side): of a
    /// share that must be great, what is missing of it counts. Infinite where it never holds.
    pub fn excess(&self) -> f64 {
        let (found, bound) =
            if self.at_least { (1.0 - self.found, 1.0 - self.bound) } else { (self.found, self.bound) };
        match (found, bound) {
            (found, _) if found <= 0.0 => 0.0,
            (_, bound) if bound <= 0.0 => f64::INFINITY,
            (found, bound) => found / bound,
        }
    }

    /// "p99 1.8 s (at most 1 s is demanded)".
    pub fn said(&self) -> String {
        let value = |value: f64| match self.name.as_ref() {
            "availability" | "rejected-share" | LOAD | BACKLOG | GROWTH => format::percent(value),
            _ if value.is_infinite() => "infinite, as too many requests are not served".into(),
            _ => format::duration(value),
        };
        match self.name.as_ref() {
            LOAD => return format!("the work offered is {} of what can be done", value(self.found)),
            GROWTH => {
                let share = value(self.found);
                return format!(
                    "the requests in the system still grow at the window's end, by {share} over its last quarter \
                     (simulate longer, or begin with a `warm-up`)"
                );
            }
            BACKLOG => return format!("{} of the requests pile up over the window", value(self.found)),
            _ => {}
        }
        let (side, near) = if self.at_least { ("at least", "just under ") } else { ("at most", "just over ") };
        let (found, bound) = (value(self.found), value(self.bound));
        // What is missed by less than is shown would read as if it were met.
        let near = if found == bound && !self.holds() { near } else { "" };
        format!("{} {near}{found} ({side} {bound} is demanded)", self.name)
    }
}

/// The mean of each part over replications: what verdicts are on.
pub fn means(replications: &[&[Judged]]) -> Vec<Judged> {
    let Some(first) = replications.first() else { return Vec::new() };
    let mean =
        |part: usize| replications.iter().map(|parts| parts[part].found).sum::<f64>() / replications.len() as f64;
    first.iter().enumerate().map(|(part, judged)| Judged { found: mean(part), ..judged.clone() }).collect()
}

/// What an app's objective is judged on, from one replication. `ended` counts the requests of the
/// window that are not in flight. Those that were not served, and those that are still there after
/// they were followed for as long as the rule says, count as infinitely late.
///
/// Where requests came and none was served, no part of an objective holds, availability (of nothing)
/// among them.
pub fn judge(slo: &Slo, facts: &AppFacts, ended: u64) -> Vec<Judged> {
    let part = |name: Name, bound: &Bound, times: &Histogram, mean: Option<f64>| {
        let nanoseconds = match bound.statistic {
            // Nothing came: nothing was late.
            _ if facts.arrived == 0 => Some(0.0),
            Statistic::Mean => mean,
            Statistic::Quantile(share) => times.quantile_among(share, facts.arrived),
            Statistic::Max => times.quantile_among(1.0, facts.arrived),
        };
        let found = nanoseconds.map_or(f64::INFINITY, |ns| ns / 1e9);
        Judged { name, found, bound: bound.most.seconds(), at_least: false }
    };
    let latency =
        slo.latency.iter().map(|bound| part(bound.name.clone().into(), bound, &facts.latency, facts.mean_so_far()));
    let queueing = slo.queueing.iter().map(|bound| {
        part(format!("queueing {}", bound.name).into(), bound, &facts.queueing, facts.mean_queueing_so_far())
    });
    let share = |count: u64, of: u64, none: f64| if of == 0 { none } else { count as f64 / of as f64 };
    let availability = slo.availability.map(|bound| {
        let found = if facts.arrived == 0 { 1.0 } else { share(facts.served, ended, 0.0) };
        Judged { name: "availability".into(), found, bound, at_least: true }
    });
    let rejected = slo.rejected_share.map(|bound| {
        let nothing = facts.arrived > 0 && facts.served == 0;
        let found = if nothing { 1.0 } else { share(facts.rejected, facts.arrived, 0.0) };
        Judged { name: "rejected-share".into(), found, bound, at_least: false }
    });
    latency.chain(queueing).chain(availability).chain(rejected).collect()
}

/// The verdict on one part over all replications.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Its key.
    pub name: Name,
    /// Whether the mean meets the bound.
    pub met: bool,
    /// Whether the interval leaves that open.
    pub straddles: bool,
}

/// The verdicts on an objective: each part on the mean of its replications.
pub fn verdicts(replications: &[&[Judged]]) -> Vec<Verdict> {
    let Some(first) = replications.first() else { return Vec::new() };
    first
        .iter()
        .enumerate()
        .map(|(part, judged)| {
            let values: Vec<Option<f64>> = replications.iter().map(|parts| Some(parts[part].found)).collect();
            let mean = values.iter().flatten().sum::<f64>() / values.len() as f64;
            let met = if judged.at_least { mean >= judged.bound } else { mean <= judged.bound };
            let straddles = mean.is_finite() && Estimate::of(&values).straddles(judged.bound);
            Verdict { name: judged.name.clone(), met, straddles }
        })
        .collect()
}
