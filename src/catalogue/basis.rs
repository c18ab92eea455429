//! `[basis]`: what is said of a model's service rests on what, term by term.

use super::model::Model;
use crate::document::{Confidence, Diagnostics, Node, Table, text};

/// The terms of the service that a source may be given for.
pub const TERMS: [&str; 8] = [
    "routing",
    "queue-at",
    "binding",
    "cpu-period",
    "time-limit",
    "concurrency",
    "concurrency-limit",
    "concurrency-growth",
];

/// The source of one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The term's key.
    pub term: &'static str,
    /// Where it comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Basis {
    /// Reads the table.
    pub fn read_all(node: &Node, d: &mut Diagnostics) -> Option<Vec<Basis>> {
        let mut table = Table::of(node, d)?;
        let mut all = Vec::new();
        for term in TERMS {
            let told = table.optional(term, d, |node, d| {
                let mut table = Table::of(node, d)?;
                let source = table.required("source", d, text);
                let confidence = table.default("confidence", Confidence::Assumption, d, Confidence::read);
                table.finish(d);
                Some(Basis { term, source: source?, confidence })
            });
            all.extend(told);
        }
        table.finish(d);
        Some(all)
    }
}

impl Model {
    /// The terms of the service that decide a number and so want a source: which are in force.
    pub fn terms_in_force(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut put = |term, value: Option<String>| found.extend(value.map(|value| (term, value)));
        let terms = &self.terms;
        if self.is_served_by_a_pool() {
            put("routing", Some(terms.routing.unwrap_or_default().name().into()));
            put("queue-at", terms.queue_at.map(|at| at.name().into()));
        } else {
            put("binding", Some(terms.binding.unwrap_or_default().name().into()));
        }
        if self.sells_shares() {
            let period = self.sizes.values().find_map(|size| size.credits.map(|rule| rule.period));
            let period = period.filter(|period| period.0 > 0).unwrap_or(self.cpu_period);
            put("cpu-period", Some(period.to_string()));
        }
        put("time-limit", self.time_limit.map(|limit| limit.to_string()));
        put("concurrency", terms.concurrency.map(|most| most.to_string()));
        put("concurrency-limit", terms.concurrency_limit.map(|most| most.to_string()));
        put(
            "concurrency-growth",
            terms.growth.map(|rule| format!("{} at once, {} more each {}", rule.burst, rule.step, rule.every)),
        );
        found
    }

    /// Where one of them comes from.
    pub fn basis_of(&self, term: &str) -> Option<&Basis> {
        self.basis.iter().find(|basis| basis.term == term)
    }

    fn is_served_by_a_pool(&self) -> bool {
        !self.terms.scaling.as_ref().is_some_and(|scaling| scaling.is_on_demand())
    }

    /// Whether an instance can have less than its threads could use: by a size, a range, or a container's limit.
    fn sells_shares(&self) -> bool {
        let share = |size: &super::Size| {
            let cores = size.fixed_cores().as_f64();
            cores > 0.0 && size.credits.is_none() && cores < size.threads.unwrap_or(cores.ceil())
        };
        let by_period = |size: &super::Size| size.credits.is_some_and(|rule| rule.period.0 > 0);
        self.cluster.is_some()
            || self.size_range.is_some()
            || self.sizes.values().any(|size| share(size) || by_period(size))
    }
}
