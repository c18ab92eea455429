//! `[claim]`: a claim of the article, what decides it, and what would break it.

use super::axis::Axis;
use super::expect::{Expectation, Ratio};
use super::map::MapAxis;
use crate::document::{Diagnostics, Node, Table, list, named, text};

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
    /// What its verdict rests on.
    pub badge: Badge,
    /// The figure, or the quotient of two, that decides it.
    pub decides: Ratio,
    /// What that number is, in words.
    pub number_is: String,
    /// What the article says of that number.
    pub article: String,
    /// It holds where all of these do.
    pub holds: Vec<Expectation>,
    /// The inputs that were typed in and decide it, with what is known of them.
    pub assumes: Vec<String>,
    /// What would change the verdict, in words.
    pub changes: String,
    /// Where its verdict may turn: an input, and values of it in order.
    pub bound: Option<MapAxis>,
    /// With these values the verdict must be another, or an expectation of the scenario must fail.
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
        let assumes = table.default("assumes", Vec::new(), d, |node, d| list(node, d, text));
        let changes = table.required("changes", d, text);
        let bound = table.optional("bound", d, MapAxis::read);
        let mutation = table.required("mutation", d, read_mutation);
        table.finish(d);
        if badge == Some(Badge::Assumed) && assumes.is_empty() {
            d.error(
                node.key,
                "a claim that is assumed names what is",
                "assumes = [\"the input: what is known of it\"]",
            );
        }
        Some(Claim {
            number: number?,
            section: section?,
            says: says?,
            badge: badge?,
            decides: decides?,
            number_is: number_is?,
            article: article?,
            holds: holds?,
            assumes,
            changes: changes?,
            bound,
            mutation: mutation?,
        })
    }
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
