//! `[claim]`: a claim of the article, what decides it, and what would break it.

mod assumed;

pub use assumed::{Assumed, LABOUR};

use super::axis::Axis;
use super::expect::{Expectation, Ratio};
use super::map::MapAxis;
use crate::document::{Diagnostics, Node, Origin, Table, named, text};

/// Where the article makes a claim.
pub const SECTIONS: [(&str, &str); 6] = [
    ("servers", "In the beginning, there were servers"),
    ("virtual-servers", "Virtual servers"),
    ("containers", "Containers"),
    ("paas", "Platform as a service"),
    ("serverless", "Serverless"),
    ("test", "What is serverless, and what is next"),
];

/// What a verdict rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Badge {
    /// It comes out of the simulation.
    Measured,
    /// It follows from prices alone.
    Arithmetic,
    /// It follows from an input that somebody typed in.
    Assumed,
}

impl Badge {
    /// The word that a scenario writes.
    pub fn word(self) -> &'static str {
        BADGES.iter().find(|(_, badge)| *badge == self).map_or("", |(word, _)| word)
    }
}

const BADGES: [(&str, Badge); 3] =
    [("measured", Badge::Measured), ("arithmetic", Badge::Arithmetic), ("assumed", Badge::Assumed)];

/// A claim of the article.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its number in the list of claims: "19", "11 and 12".
    pub number: String,
    /// Where the article makes it: the place in [`SECTIONS`].
    pub section: usize,
    /// What it says, in our words.
    pub says: String,
    /// What it says that its verdict rests on; judging it says whether that is so.
    pub badge: Badge,
    /// Where the badge is written.
    pub badge_at: Origin,
    /// The figure, or the quotient of two, that decides it.
    pub decides: Ratio,
    /// What that number is, in words.
    pub number_is: String,
    /// What the article says of that number.
    pub article: String,
    /// It holds where all of these do.
    pub holds: Vec<Expectation>,
    /// The inputs that were typed in and decide it, with what is known of them.
    pub assumes: Vec<Assumed>,
    /// What would change the verdict, in words.
    pub changes: String,
    /// Where its verdict may turn: an input, and values of it in order.
    pub bound: Option<MapAxis>,
    /// What that input is, in words; its path where none are given.
    pub bound_is: String,
    /// With these values the verdict must be another.
    pub mutation: Vec<(Axis, Node)>,
}

impl Claim {
    /// Reads `[claim]`; `cases` are the names of the scenario's cases.
    pub fn read(node: &Node, cases: &[&str], d: &mut Diagnostics) -> Option<Claim> {
        let mut table = Table::of(node, d)?;
        let sections: Vec<(&str, usize)> = SECTIONS.iter().enumerate().map(|(at, (word, _))| (*word, at)).collect();
        let number = table.required("number", d, text);
        let section = table.required("section", d, |node, d| named(node, d, "section of the article", &sections));
        let says = table.required("says", d, text);
        let badge = table.required("badge", d, |node, d| named(node, d, "badge", &BADGES));
        let decides = table.required("decides", d, |node, d| Ratio::read(node, cases, d));
        let number_is = table.required("number-is", d, text);
        let article = table.required("article", d, text);
        let holds = table.required("holds", d, |node, d| Some(Expectation::read_all(node, cases, d)));
        let assumes = table.default("assumes", Vec::new(), d, Assumed::read_all);
        let changes = table.required("changes", d, text);
        let bound = table.optional("bound", d, read_bound);
        let bound_is = table.optional("bound-is", d, text);
        let mutation = table.required("mutation", d, read_mutation);
        table.finish(d);
        let badge_at = node.get("badge").map_or(node.at, |badge| badge.at);
        if let Some(badge) = badge {
            agree(badge, badge_at, &assumes, d);
        }
        if let (None, Some(written)) = (node.get("bound"), node.get("bound-is")) {
            d.error(written.key, "there is no `bound` that these words could be for", "");
        }
        if let (Some([]), Some(written)) = (holds.as_deref(), node.get("holds")) {
            d.error(written.key, "a claim holds where something does", "\"a.tco_usd\" = \"< b.tco_usd\"");
        }
        let path = bound.as_ref().map_or(String::new(), |bound| bound.path.clone());
        Some(Claim {
            number: number?,
            section: section?,
            says: says?,
            badge: badge?,
            badge_at,
            decides: decides?,
            number_is: number_is?,
            article: article?,
            holds: holds?,
            assumes,
            changes: changes?,
            bound,
            bound_is: bound_is.unwrap_or(path),
            mutation: mutation?,
        })
    }
}

/// What is assumed is named, and what is named is assumed.
fn agree(badge: Badge, at: Origin, assumes: &[Assumed], d: &mut Diagnostics) {
    if badge == Badge::Assumed && assumes.is_empty() {
        let help = "[claim.assumes] with \"model.mine.isolation.vm.cpu-tax\" = \"what is known of it\"";
        d.error(at, "a claim that is assumed names what is", help);
    } else if badge != Badge::Assumed && !assumes.is_empty() {
        let message = format!("this claim names what it assumes, and says that it is {}", badge.word());
        d.error(at, message, "a claim that rests on an input that was typed in is \"assumed\"");
    }
}

/// An input of the scenario and at least two values of it, between which the verdict may turn.
fn read_bound(node: &Node, d: &mut Diagnostics) -> Option<MapAxis> {
    let bound = MapAxis::read(node, d)?;
    let at = |key: &str| node.get(key).map_or(node.at, |node| node.at);
    if bound.axis.is_none() {
        d.error(at("path"), "a claim's bound is a key of the scenario", "such as \"app.api.arrivals.poisson.rate\"");
        return None;
    }
    if bound.values.len() < 2 {
        d.error(
            at("values"),
            "a bound needs two values at least",
            "its verdict may turn between the first and the last",
        );
        return None;
    }
    if let Some(pair) = bound.values.windows(2).find(|pair| is_less(&pair[1].1, &pair[0].1)) {
        let message = format!("the values of a bound stand in order: {} does not follow {}", pair[1].1, pair[0].1);
        d.error(at("values"), message, "the smallest first");
        return None;
    }
    Some(bound)
}

/// Whether an amount is smaller than another of the same unit; where their units differ, or they are no amounts, nobody
/// knows.
fn is_less(one: &str, other: &str) -> bool {
    let split = |text: &str| {
        let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
        Some((number.parse::<f64>().ok()?, unit.to_string()))
    };
    matches!((split(one), split(other)), (Some((a, unit)), Some((b, same))) if unit == same && a < b)
}

/// `"model.x.isolation.vm.cpu-tax" = 0.0`: dotted paths, each with the value that is put there.
fn read_mutation(node: &Node, d: &mut Diagnostics) -> Option<Vec<(Axis, Node)>> {
    Table::of(node, d)?;
    let entries = node.as_table().into_iter().flatten();
    let read: Option<Vec<_>> =
        entries.map(|(path, value)| Some((Axis::read(path, value.key, d)?, value.clone()))).collect();
    if read.as_ref().is_some_and(Vec::is_empty) {
        d.error(node.at, "a mutation changes something", "\"app.api.memory\" = \"1 GiB\"");
        return None;
    }
    read
}
