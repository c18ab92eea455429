//! `[[core]]`: what a virtual CPU of a model's sizes does, so that cores can be compared.

use super::size::{Size, thread_share};
use crate::document::{Confidence, Diagnostics, Node, Table, list, positive, text};

/// What a virtual CPU of some sizes is.
#[derive(Clone, Debug)]
pub struct CoreRule {
    /// Names of sizes, or their beginnings with a `*` behind; none: all.
    pub sizes: Vec<String>,
    /// What one busy thread does, that of the reference core being 1.
    pub speed: f64,
    /// What is left of that for each of two busy threads of one core; 1 where a virtual CPU is a core of its own.
    pub thread: f64,
    /// The processor's name.
    pub processor: String,
    /// Where that comes from.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl CoreRule {
    /// Reads one rule; a pattern that fits none of the model's sizes is refused.
    pub fn read(node: &Node, names: &[String], d: &mut Diagnostics) -> Option<CoreRule> {
        let mut table = Table::of(node, d)?;
        let sizes = table.optional("sizes", d, |node, d| list(node, d, text)).unwrap_or_default();
        let speed = table.required("speed", d, positive);
        let thread = table.default("thread", 1.0, d, thread_share);
        let processor = table.default("processor", String::new(), d, text);
        let source = table.default("source", String::new(), d, text);
        let confidence = table.default("confidence", Confidence::Assumption, d, Confidence::read);
        table.finish(d);
        let idle = sizes.iter().find(|pattern| !names.iter().any(|name| fits(pattern, name)));
        if let (Some(pattern), false) = (idle, names.is_empty()) {
            let at = node.get("sizes").map_or(node.at, |node| node.at);
            d.error(at, format!("no size is called `{pattern}`"), "a size's name, or its beginning with a * behind");
            return None;
        }
        Some(CoreRule { sizes, speed: speed?, thread, processor, source, confidence })
    }

    /// Whether it holds for a size.
    pub fn holds_for(&self, name: &str) -> bool {
        self.sizes.is_empty() || self.sizes.iter().any(|pattern| fits(pattern, name))
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

/// A size as the last rule that holds for it says; its own `speed` prevails.
pub(super) fn dressed(rules: &[CoreRule], size: Size) -> Size {
    match rules.iter().rev().find(|rule| rule.holds_for(&size.name)) {
        Some(rule) if size.speed.is_none() => Size { speed: Some(rule.speed), thread: rule.thread, ..size },
        _ => size,
    }
}
