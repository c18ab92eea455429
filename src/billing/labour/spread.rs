//! Hours that nobody measured: a low, a middle and a high value, and where between them one stands.

use super::Slice;
use crate::document::{Diagnostics, Node, Table, Value, number, span};
use crate::units::HOUR;
use std::collections::BTreeMap;

/// Hours as what they are, an assumption: from low over the middle to high.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// As few as it may be.
    pub low: f64,
    /// What is counted unless a scenario says otherwise.
    pub middle: f64,
    /// As many as it may be.
    pub high: f64,
}

/// Where between the low and the high value hours are counted: 0 is low, ½ the middle, 1 high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position(f64);

impl Position {
    /// As few hours as may be.
    pub const LOW: Position = Position(0.0);
    /// The hours in the middle.
    pub const MIDDLE: Position = Position(0.5);
    /// As many hours as may be.
    pub const HIGH: Position = Position(1.0);

    /// A place from 0 (low) to 1 (high); what lies outside is the nearer end.
    pub fn of(at: f64) -> Position {
        Position(if at.is_nan() { 0.5 } else { at.clamp(0.0, 1.0) })
    }

    /// Reads `"low"`, `"middle"`, `"high"`, or a number from 0 to 1.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Position> {
        let words = [("low", Position::LOW), ("middle", Position::MIDDLE), ("high", Position::HIGH)];
        let help = "write \"low\", \"middle\", \"high\", or a number from 0 (low) over 0.5 (middle) to 1 (high)";
        let found = match &node.value {
            Value::String(word) => words.iter().find(|(name, _)| name == word).map(|(_, position)| *position),
            _ => number(node, d).filter(|at| (0.0..=1.0).contains(at)).map(Position),
        };
        if found.is_none() {
            d.error(node.at, "this is no place in the ranges of the hours", help);
        }
        found
    }
}

impl Spread {
    /// Hours that are known: all three are the same.
    pub fn exactly(hours: f64) -> Spread {
        Spread { low: hours, middle: hours, high: hours }
    }

    /// The hours at a position: straight from low to the middle, and from there to high.
    pub fn at(&self, position: Position) -> f64 {
        match position.0 {
            at if at <= 0.5 => self.low + (self.middle - self.low) * 2.0 * at,
            at => self.middle + (self.high - self.middle) * (2.0 * at - 1.0),
        }
    }

    /// Whether the three differ.
    pub fn is_range(&self) -> bool {
        self.low < self.high
    }

    /// Reads a number of hours, a length of time, or `{ low, middle, high }` of these.
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Spread> {
        Spread::read_with(node, d, false)
    }

    /// The same, where hours may be saved: numbers below zero are taken.
    pub fn read_signed(node: &Node, d: &mut Diagnostics) -> Option<Spread> {
        Spread::read_with(node, d, true)
    }

    fn read_with(node: &Node, d: &mut Diagnostics, signed: bool) -> Option<Spread> {
        let read = |node: &Node, d: &mut Diagnostics| hours(node, d, signed);
        if node.as_table().is_none() {
            return read(node, d).map(Spread::exactly);
        }
        let mut table = Table::of(node, d)?;
        let low = table.required("low", d, read);
        let middle = table.required("middle", d, read);
        let high = table.required("high", d, read);
        table.finish(d);
        let spread = Spread { low: low?, middle: middle?, high: high? };
        if spread.low > spread.middle || spread.middle > spread.high {
            let found = format!("{}, {}, {}", spread.low, spread.middle, spread.high);
            d.error(node.at, format!("this range of hours is not in order: {found}"), "low ≤ middle ≤ high");
            return None;
        }
        Some(spread)
    }
}

impl std::fmt::Display for Spread {
    /// "120 (40 to 200)".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.is_range() {
            true => write!(f, "{} ({} to {})", self.middle, self.low, self.high),
            false => write!(f, "{}", self.middle),
        }
    }
}

/// Reads hours: a plain number, or a length of time such as "4 h" or "30 min".
fn hours(node: &Node, d: &mut Diagnostics, signed: bool) -> Option<f64> {
    match node.value {
        Value::String(_) => span(node, d).map(|span| span.0 as f64 / HOUR.0 as f64),
        _ if signed => number(node, d),
        _ => crate::document::non_negative(node, d),
    }
}

/// Where in their ranges the hours of a scenario are counted: all of them, or slice by slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Positions {
    all: Position,
    slices: BTreeMap<Slice, Position>,
}

impl Default for Positions {
    fn default() -> Positions {
        Positions::all(Position::MIDDLE)
    }
}

impl Positions {
    /// All hours at one position.
    pub fn all(at: Position) -> Positions {
        Positions { all: at, slices: BTreeMap::new() }
    }

    /// Where a slice's hours are counted.
    pub fn of(&self, slice: Slice) -> Position {
        self.slices.get(&slice).copied().unwrap_or(self.all)
    }

    /// The same with one slice elsewhere.
    pub fn with(mut self, slice: Slice, at: Position) -> Positions {
        self.slices.insert(slice, at);
        self
    }

    /// Reads a position for all, or a table of positions by slice (the others stay in the middle).
    pub fn read(node: &Node, d: &mut Diagnostics) -> Option<Positions> {
        if node.as_table().is_none() {
            return Position::read(node, d).map(Positions::all);
        }
        let mut table = Table::of(node, d)?;
        let mut positions = Positions::default();
        for (name, slice) in Slice::ALL {
            if let Some(at) = table.optional(name, d, Position::read) {
                positions = positions.with(slice, at);
            }
        }
        table.finish(d);
        Some(positions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(text: &str, read: fn(&Node, &mut Diagnostics) -> Option<T>) -> (Option<T>, String) {
        let mut d = Diagnostics::default();
        let source = d.sources.add("test.toml", format!("v = {text}"));
        let root = Node::parse(source, &mut d);
        let value = root.get("v").and_then(|node| read(node, &mut d));
        (value, d.render(false))
    }

    #[test]
    fn a_range_runs_straight_from_low_over_the_middle_to_high() {
        let spread = read("{ low = 40, middle = \"120 h\", high = 200 }", Spread::read).0.unwrap();
        for (at, hours) in [(0.0, 40.0), (0.25, 80.0), (0.5, 120.0), (0.75, 160.0), (1.0, 200.0)] {
            assert_eq!(spread.at(Position(at)), hours);
        }
        assert_eq!(spread.to_string(), "120 (40 to 200)");
        assert_eq!(read("4", Spread::read).0, Some(Spread::exactly(4.0)));
        assert_eq!(read("{ low = -8, middle = 0, high = 8 }", Spread::read_signed).0.unwrap().low, -8.0);
    }

    #[test]
    fn ranges_upside_down_and_places_outside_are_refused() {
        for text in ["{ low = 3, middle = 2, high = 4 }", "{ low = 1, middle = 5, high = 4 }"] {
            let (found, errors) = read(text, Spread::read);
            assert!(found.is_none() && errors.contains("not in order") && errors.contains("test.toml:1:5"), "{errors}");
        }
        assert!(read("{ low = 1, middle = 2 }", Spread::read).1.contains("high"));
        assert!(read("{ low = -1, middle = 2, high = 3 }", Spread::read).1.contains("zero or more"));
        for text in ["\"lowest\"", "1.5", "-0.1"] {
            let (found, errors) = read(text, Position::read);
            assert!(found.is_none() && errors.contains("from 0 (low)"), "{text}: {errors}");
        }
    }
}
