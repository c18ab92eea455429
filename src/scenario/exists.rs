//! `app.NAME.exists`: whether an app is there already, and where it runs.

use crate::catalogue::{FAMILIES, Family};
use crate::document::{Diagnostics, Node, suggest};

/// Whether an app is there already. What it takes to bring it to a hosting is work, done once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Exists {
    /// Nothing is said: it is there, and fits everywhere.
    #[default]
    Unsaid,
    /// It is new: it is built for its hosting, which takes more or fewer hours than for a machine.
    New,
    /// It runs in a family: to move it elsewhere takes the hours of `porting` there.
    In(Family),
}

/// The word for an app that is to be written.
const NEW: &str = "new";

impl Exists {
    /// Reads `"new"` or a family.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Exists> {
        let Some(word) = node.as_str() else {
            d.error(node.at, "expected a word", help(""));
            return None;
        };
        let family = FAMILIES.iter().find(|(name, _)| *name == word).map(|(_, family)| Exists::In(*family));
        let found = family.or((word == NEW).then_some(Exists::New));
        if found.is_none() {
            d.error(node.at, format!("no app exists in `{word}`"), help(word));
        }
        found
    }
}

fn help(word: &str) -> String {
    let words = FAMILIES.iter().map(|(name, _)| *name).chain([NEW]);
    format!(
        "write the family in which it runs today, or \"new\" for one that is to be written; {}",
        suggest(word, words)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Exists>, String) {
        let mut d = Diagnostics::default();
        let source = d.sources.add("test.toml", format!("exists = {text}"));
        let root = Node::parse(source, &mut d);
        let value = root.get("exists").and_then(|node| Exists::read(node, &mut d));
        (value, d.render(false))
    }

    #[test]
    fn an_app_is_new_or_runs_in_a_family() {
        assert_eq!(read("\"new\"").0, Some(Exists::New));
        assert_eq!(read("\"vps\"").0, Some(Exists::In(Family::Vps)));
        for text in ["\"nowhere\"", "\"vsp\"", "true", "\"\"", "[\"vps\"]"] {
            let (found, errors) = read(text);
            assert!(found.is_none() && errors.contains("test.toml:1:10") && errors.contains("new"), "{text}: {errors}");
        }
        assert!(read("\"vsp\"").1.contains("did you mean `vps`"), "{}", read("\"vsp\"").1);
    }
}
