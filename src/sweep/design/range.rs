//! Ranges: `{ from, to, points, spacing }`.

use crate::document::{Diagnostics, Node, Table, Value, named, positive_count};
use crate::sweep::scale::{Notation, Scaled};

/// How the values of a range lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spacing {
    /// At equal distances.
    #[default]
    Linear,
    /// At equal ratios.
    Logarithmic,
}

impl Spacing {
    /// Reads the word.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Spacing> {
        named(node, d, "spacing", &[("linear", Spacing::Linear), ("logarithmic", Spacing::Logarithmic)])
    }
}

/// Two ends and what lies between.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    from: f64,
    to: f64,
    notation: Notation,
    spacing: Spacing,
}

/// The most points of one range.
const MOST_POINTS: u64 = 1_000_000;

impl Range {
    /// Reads the ends under the keys `low` and `high`, and the spacing where there may be one.
    pub fn read(
        node: &Node,
        table: &mut Table<'_>,
        (low, high): (&'static str, &'static str),
        d: &mut Diagnostics,
    ) -> Option<Range> {
        let from = table.required(low, d, scaled);
        let to = table.required(high, d, scaled);
        let spacing = table.default("spacing", Spacing::Linear, d, Spacing::read);
        let (from, to) = (from?, to?);
        let notation = from.notation.joined(&to.notation);
        let Some(to) = to.within(&from) else {
            d.error(node.at, format!("`{low}` and `{high}` are not of the same unit"), "");
            return None;
        };
        if spacing == Spacing::Logarithmic && (from.number <= 0.0 || to <= 0.0) {
            d.error(node.at, "a logarithmic range lies above zero", "spacing = \"linear\"");
            return None;
        }
        Some(Range { from: from.number, to, notation, spacing })
    }

    /// The value at a share of the way.
    pub fn at(&self, share: f64) -> f64 {
        match self.spacing {
            _ if share <= 0.0 => self.from,
            _ if share >= 1.0 => self.to,
            Spacing::Linear => self.from + (self.to - self.from) * share,
            Spacing::Logarithmic => self.from * libm::exp(libm::log(self.to / self.from) * share),
        }
    }

    /// The whole number at a share of the way, down or up.
    fn whole(&self, share: f64) -> f64 {
        let steps = (self.to - self.from).abs();
        self.from + ((steps + 1.0) * share).floor().min(steps) * (self.to - self.from).signum()
    }

    /// Whether it goes down.
    pub fn falls(&self) -> bool {
        self.to < self.from
    }

    /// The value at a share of the way, as it would be written. Whole numbers share the way
    /// equally.
    pub fn sample(&self, share: f64, node: &Node) -> Node {
        let value = match (&self.notation, self.spacing) {
            (Notation::Whole, Spacing::Linear) => self.whole(share),
            _ => self.at(share),
        };
        self.notation.write(value, node.at)
    }
}

fn scaled(node: &Node, d: &mut Diagnostics) -> Option<Scaled> {
    let found = Scaled::of(node);
    if found.is_none() {
        let message = format!("expected a number or a quantity, found {}", node.value.describe());
        d.error(node.at, message, "such as 4, 0.5 or \"64 MiB\"");
    }
    found
}

/// The values of an axis of a grid: a list, or a range.
pub fn values(node: &Node, d: &mut Diagnostics) -> Option<Vec<Node>> {
    match &node.value {
        Value::Array(items) if items.is_empty() => {
            d.error(node.at, "this axis has no values", "at least one, such as [1, 2]; or leave the axis out");
            None
        }
        Value::Array(items) => Some(items.clone()),
        Value::Table(_) => range(node, d),
        other => {
            let message = format!("expected a list of values or a range, found {}", other.describe());
            d.error(node.at, message, "[1, 2] or { from = 1, to = 8, points = 4 }");
            None
        }
    }
}

fn range(node: &Node, d: &mut Diagnostics) -> Option<Vec<Node>> {
    if node.get("from").is_none() && node.get("to").is_none() {
        let help = "a list of values, or { from, to, points }; a dotted path stands in quotes";
        d.error(node.key, "this is neither a list nor a range", help);
        return None;
    }
    let mut table = Table::of(node, d)?;
    let range = Range::read(node, &mut table, ("from", "to"), d);
    let points = table.required("points", d, positive_count);
    table.finish(d);
    let (range, points) = (range?, points?);
    if points > MOST_POINTS {
        d.error(node.at, format!("{points} points are too many for one axis"), format!("at most {MOST_POINTS}"));
        return None;
    }
    let share = |k: u64| if points == 1 { 0.0 } else { k as f64 / (points - 1) as f64 };
    let values: Vec<Node> = (0..points).map(|k| range.notation.write(range.at(share(k)), node.at)).collect();
    let mut texts: Vec<String> = values.iter().map(Node::to_toml).collect();
    texts.dedup();
    if texts.len() < values.len() {
        d.error(node.at, "several points of this range are the same value", "fewer points, or decimal ends (1.0)");
        return None;
    }
    Some(values)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The values of `x = …` as TOML, or the errors.
    pub fn shown(text: &str) -> String {
        let mut d = Diagnostics::default();
        let source = d.sources.add("test.toml", text);
        let root = Node::parse(source, &mut d);
        let values = values(root.get("x").unwrap(), &mut d).unwrap_or_default();
        values.iter().map(Node::to_toml).collect::<Vec<_>>().join(" ") + &d.render(false)
    }

    #[test]
    fn values_keep_their_notation() {
        assert_eq!(shown("x = { from = 1, to = 7, points = 3 }"), "1 4 7");
        assert_eq!(shown("x = { from = 0.1, to = 1, points = 4 }"), "0.1 0.4 0.7 1.0");
        assert_eq!(
            shown("x = { from = \"4 GiB\", to = \"64 GiB\", points = 5, spacing = \"logarithmic\" }"),
            "\"4 GiB\" \"8 GiB\" \"16 GiB\" \"32 GiB\" \"64 GiB\""
        );
        assert_eq!(
            shown("x = { from = \"512 MiB\", to = \"1 GiB\", points = 3 }"),
            "\"512 MiB\" \"768 MiB\" \"1024 MiB\""
        );
        assert_eq!(
            shown("x = { from = \"20 USD/h\", to = \"120 USD/h\", points = 4 }"),
            "\"20 USD/h\" \"53.3333333333 USD/h\" \"86.6666666667 USD/h\" \"120 USD/h\""
        );
        assert_eq!(shown("x = [\"none\", { fixed = \"10 min\" }]"), "\"none\" { fixed = \"10 min\" }");
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for (text, expected) in [
            ("x = []", "this axis has no values"),
            ("x = 3", "expected a list of values or a range"),
            ("x = { from = \"1 s\", to = \"1 GiB\", points = 2 }", "not of the same unit"),
            ("x = { from = 0, to = 4, points = 2, spacing = \"logarithmic\" }", "lies above zero"),
            ("x = { from = 1, to = 2, points = 9 }", "the same value"),
            ("x = { from = 1, to = 2 }", "the key `points` is missing"),
            ("x = { from = 1, to = 2, points = 2, spacin = \"linear\" }", "did you mean `spacing`?"),
            ("x.memory = [1]", "stands in quotes"),
        ] {
            assert!(shown(text).contains(expected), "{expected} is not in {}", shown(text));
        }
    }
}
