//! Two results side by side: which figures differ beyond the noise, and which answers flipped.
//!
//! A difference is called one where it lies outside an interval that holds the truth in 95 of 100
//! comparisons *for all figures of a comparison together* (Bonferroni's bound): two runs of the same
//! scenario with two seeds are said to differ in at most 5 of 100 pairs, however many figures they
//! have. Where both results hold each replication's figures (`run --details`) and share their seed,
//! the differences of the pairs are judged, which are far narrower; else the two intervals.

mod read;
mod render;

pub use read::{Document, ReadError};
pub use render::{to_json, to_markdown, to_table};

use crate::metrics::{Estimate, share_of, student_quantile};
use indexmap::IndexMap;

/// How often the truth may be missed by any of the intervals.
const MISSED: f64 = 0.05;
/// A relative difference of two floats that is none.
const EQUAL: f64 = 1e-12;

/// A figure in both results.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its flat name.
    pub name: String,
    /// In the old result.
    pub old: Estimate,
    /// In the new one.
    pub new: Estimate,
    /// Whether the replications were compared in pairs.
    pub is_paired: bool,
    /// Whether it lies beyond the noise; `None` where nothing tells (a single replication).
    pub differs: Option<bool>,
}

impl Difference {
    /// New less old.
    pub fn by(&self) -> Option<f64> {
        Some(self.new.mean? - self.old.mean?)
    }

    /// New less old as a share of old; `None` of nothing, or next to nothing.
    pub fn share(&self) -> Option<f64> {
        share_of(self.by()?, self.old.mean?.abs())
    }
}

/// Two results, compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// What changed about the answer, in sentences; empty where it is the same.
    pub flips: Vec<String>,
    /// The figures that both have, case by case.
    pub cases: IndexMap<String, Vec<Difference>>,
    /// Cases that the old result alone has.
    pub only_old: Vec<String>,
    /// Cases that the new result alone has.
    pub only_new: Vec<String>,
}

impl Comparison {
    /// Compares two results.
    pub fn of(old: &Document, new: &Document) -> Comparison {
        let mut cases: IndexMap<String, Vec<Pair>> = IndexMap::new();
        let is_paired = old.seed == new.seed && old.replications == new.replications;
        for (name, before) in &old.cases {
            let Some(after) = new.cases.get(name) else { continue };
            let both =
                before.figures.iter().filter_map(|(figure, old)| Some((figure, old, after.figures.get(figure)?)));
            let pairs = both.map(|(figure, old, new)| pair(figure, old, new, is_paired)).collect();
            cases.insert(name.clone(), pairs);
        }
        let uncertain = cases.values().flatten().filter(|pair| pair.is_uncertain()).count();
        let mut judged = IndexMap::new();
        for (name, pairs) in cases {
            let judge = |pair: Pair| pair.judge(MISSED / uncertain.max(1) as f64, old.replications, new.replications);
            judged.insert(name, pairs.into_iter().map(judge).collect::<Vec<Difference>>());
        }
        let missing = |of: &Document, among: &Document| -> Vec<String> {
            of.cases.keys().filter(|name| !among.cases.contains_key(*name)).cloned().collect()
        };
        let flips = flips(old, new, &judged);
        Comparison { flips, cases: judged, only_old: missing(old, new), only_new: missing(new, old) }
    }

    /// How many figures differ, and how many there are.
    pub fn counts(&self) -> (usize, usize) {
        let all = self.cases.values().flatten();
        (all.clone().filter(|difference| difference.differs == Some(true)).count(), all.count())
    }

    /// The cases whose cost rose by more than a share, beyond the noise.
    pub fn dearer_by(&self, share: f64) -> Vec<&str> {
        let dearer = |differences: &Vec<Difference>| {
            let cost = differences.iter().find(|difference| difference.name == "tco_usd");
            cost.is_some_and(|cost| {
                // Of nothing, any amount is more than any share.
                let rise = cost.share().or(cost.by().map(|by| if by > 0.0 { f64::INFINITY } else { 0.0 }));
                cost.differs == Some(true) && rise.is_some_and(|rise| rise > share)
            })
        };
        self.cases.iter().filter(|(_, differences)| dearer(differences)).map(|(name, _)| name.as_str()).collect()
    }
}

/// What the two results say of a figure, before it is judged.
struct Pair {
    name: String,
    old: Estimate,
    new: Estimate,
    differences: Option<Vec<f64>>,
}

fn pair(name: &str, old: &read::Figure, new: &read::Figure, may_pair: bool) -> Pair {
    let pairs = old.values.as_ref().zip(new.values.as_ref()).filter(|(a, b)| may_pair && a.len() == b.len());
    let differences = pairs.and_then(|(a, b)| a.iter().zip(b).map(|(a, b)| Some((*b)? - (*a)?)).collect());
    Pair { name: name.to_string(), old: old.estimate, new: new.estimate, differences }
}

impl Pair {
    fn is_uncertain(&self) -> bool {
        let width = |estimate: &Estimate| estimate.ci95.is_none_or(|half| half > 0.0);
        self.old.mean.is_some() && self.new.mean.is_some() && (width(&self.old) || width(&self.new))
    }

    fn judge(self, missed: f64, old_n: u64, new_n: u64) -> Difference {
        let differs = match (self.old.mean, self.new.mean) {
            (None, None) => Some(false),
            (Some(_), None) | (None, Some(_)) => None,
            (Some(old), Some(new)) if (old - new).abs() <= EQUAL * old.abs().max(new.abs()) => Some(false),
            (Some(old), Some(new)) => match &self.differences {
                Some(values) => beyond_pairs(values, missed),
                None => beyond(new - old, (&self.old, old_n), (&self.new, new_n), missed),
            },
        };
        Difference { name: self.name, old: self.old, new: self.new, is_paired: self.differences.is_some(), differs }
    }
}

/// Whether the mean of the differences of pairs lies beyond what their scatter allows.
fn beyond_pairs(values: &[f64], missed: f64) -> Option<bool> {
    let known: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    let estimate = Estimate::of(&known);
    let (mean, half) = (estimate.mean?, estimate.ci95?);
    let freedom = values.len() as u64 - 1;
    Some(mean.abs() > half / student_quantile(0.975, freedom) * student_quantile(1.0 - missed / 2.0, freedom))
}

/// Whether two means lie apart beyond what their two intervals allow: Welch's test, with the degrees of freedom of
/// the smaller sample, which is on the safe side.
fn beyond(by: f64, (old, old_n): (&Estimate, u64), (new, new_n): (&Estimate, u64), missed: f64) -> Option<bool> {
    let error = |estimate: &Estimate, n: u64| -> Option<f64> {
        let half = estimate.ci95?;
        Some(if half == 0.0 { 0.0 } else { half / student_quantile(0.975, n.max(2) - 1) })
    };
    let (a, b) = (error(old, old_n)?, error(new, new_n)?);
    let freedom = old_n.min(new_n).max(2) - 1;
    Some(by.abs() > (a * a + b * b).sqrt() * student_quantile(1.0 - missed / 2.0, freedom))
}

/// What changed about the answer: the cheapest case that does what is asked, and each verdict on an objective. What
/// the noise covers is no flip.
fn flips(old: &Document, new: &Document, cases: &IndexMap<String, Vec<Difference>>) -> Vec<String> {
    let mut flips = Vec::new();
    if let (Some(before), Some(after)) = (old.cheapest(), new.cheapest())
        && before != after
        && (old.is_cheaper(before, after) && new.is_cheaper(after, before))
    {
        flips.push(format!("the cheapest was {before} and is {after}"));
    }
    for (name, differences) in cases {
        let verdicts = (old.cases[name].slo_met, new.cases[name].slo_met);
        let moved =
            differences.iter().any(|difference| difference.differs != Some(false) && is_of_service(&difference.name));
        match verdicts {
            (Some(true), Some(false)) if moved => flips.push(format!("{name} met its objective and misses it")),
            (Some(false), Some(true)) if moved => flips.push(format!("{name} missed its objective and meets it")),
            _ => {}
        }
    }
    flips
}

/// Whether a figure is one that objectives bound.
fn is_of_service(name: &str) -> bool {
    name.contains("latency") || name.contains("availability") || name.contains("requests_")
}

#[cfg(test)]
mod tests;
