//! A value between two of a bound, where its kind has one: how a turn is found closer than the values listed.

use crate::document::{Node, Value};
use crate::units::{format, parse_bytes, parse_rate, parse_span};

/// A turn is known well enough within this part of the larger of its two ends …
const OF_ITSELF: f64 = 0.01;
/// … or, where it begins at nothing, within this part of the way from the first value listed to the last.
const OF_ALL: f64 = 0.002;

/// A value of a bound, with how people read it.
pub(super) type Listed = (Node, String);

/// What lies half way between two values, to three digits; `None` where they are close enough (`all` are the first and
/// the last value listed), are whole numbers with none between, or are of a kind that has no middle: times of day, names.
pub(super) fn between(low: &Listed, high: &Listed, all: (&Listed, &Listed)) -> Option<Listed> {
    let scale = Scale::of(low, high)?;
    let (from, to) = (scale.number(low)?, scale.number(high)?);
    let width = (to - from).abs();
    let range = scale.number(all.1)? - scale.number(all.0)?;
    if width <= OF_ITSELF * from.abs().max(to.abs()) || (from == 0.0 && width <= OF_ALL * range.abs()) {
        return None;
    }
    let middle = rounded(from.midpoint(to), scale.whole);
    let inside = middle > from.min(to) && middle < from.max(to);
    inside.then(|| scale.written(middle, high))
}

/// To a whole number, or to three digits.
fn rounded(value: f64, whole: bool) -> f64 {
    if whole { value.round() } else { format::significant(value, 3).parse().unwrap_or(value) }
}

/// In what two values are counted.
struct Scale {
    /// Whether they are whole numbers, and what is between them is one.
    whole: bool,
    /// The unit behind the number.
    unit: String,
}

impl Scale {
    fn of(low: &Listed, high: &Listed) -> Option<Scale> {
        // The smaller unit is the lower value's, but for a nothing, which may be of any.
        let like = if low.1.starts_with("0 ") { high } else { low };
        let whole = |node: &Node| matches!(node.value, Value::Integer(..));
        let unit = match &like.0.value {
            Value::String(shown) => shown.split_once(' ').map_or("", |(_, unit)| unit),
            _ => "",
        };
        Some(Scale { whole: whole(&low.0) && whole(&high.0), unit: unit.to_string() })
    }

    /// A value in the scale's unit.
    fn number(&self, (node, shown): &Listed) -> Option<f64> {
        let (number, unit) = shown.split_once(' ').unwrap_or((shown, ""));
        if !matches!(node.value, Value::String(_)) || unit == self.unit {
            return number.parse().ok().filter(|value: &f64| value.is_finite());
        }
        let one = format!("1 {}", self.unit);
        Some(base(shown)? / base(&one)?)
    }

    /// A number as the other end of the scale is written.
    fn written(&self, number: f64, like: &Listed) -> Listed {
        let value = match &like.0.value {
            Value::String(_) => Value::String(format!("{number} {}", self.unit).trim_end().to_string()),
            _ if self.whole => Value::Integer(Some(number as i64)),
            _ => Value::Float(number, format!("{number:?}")),
        };
        let shown = match &value {
            Value::String(text) => text.clone(),
            _ => number.to_string(),
        };
        (Node { value, ..like.0.clone() }, shown)
    }
}

/// A quantity in its own kind's base unit: seconds, bytes, events a second.
fn base(text: &str) -> Option<f64> {
    let span = parse_span(text).map(|span| span.seconds());
    let bytes = |_| parse_bytes(text).map(|bytes| bytes.0 as f64);
    span.or_else(bytes).or_else(|_| parse_rate(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Diagnostics, Origin};

    fn at() -> Origin {
        let mut diagnostics = Diagnostics::default();
        let id = diagnostics.sources.add("values.toml", "a = 1\n");
        Node::parse(id, &mut diagnostics).at
    }

    fn listed(value: Value) -> Listed {
        let shown = match &value {
            Value::String(text) => text.clone(),
            Value::Float(number, _) => number.to_string(),
            _ => String::new(),
        };
        (Node::synthetic(value, at()), shown)
    }

    fn text(text: &str) -> Listed {
        listed(Value::String(text.into()))
    }

    fn float(number: f64) -> Listed {
        listed(Value::Float(number, format!("{number:?}")))
    }

    fn middle(low: &Listed, high: &Listed) -> Option<String> {
        between(low, high, (low, high)).map(|(_, shown)| shown)
    }

    #[test]
    fn the_middle_is_of_the_same_kind_and_unit() {
        for (low, high, expected) in [
            ("3.8 /h", "4 /h", Some("3.9 /h")),
            ("354 MiB", "371 MiB", Some("362 MiB")),
            ("256 KiB", "1 MiB", Some("640 KiB")),
            ("30 min", "1 h", Some("45 min")),
            ("2000", "2100", Some("2050")),
            ("0.0003", "0.0005", Some("0.0004")),
            ("0 B", "1 MiB", Some("0.5 MiB")),
            ("7.2 USD/h", "7.29266 USD/h", Some("7.25 USD/h")),
            ("7.25 USD/h", "7.29266 USD/h", None),
            ("19:45", "20:00", None),
            ("t2.micro", "t2.small", None),
        ] {
            assert_eq!(middle(&text(low), &text(high)).as_deref(), expected, "{low} to {high}");
        }
        assert_eq!(middle(&float(0.005), &float(0.02)).as_deref(), Some("0.0125"));
    }

    #[test]
    fn whole_numbers_have_whole_ones_between_them() {
        let mut diagnostics = Diagnostics::default();
        let id = diagnostics.sources.add("values.toml", "values = [4, 8, 5, 6]\n");
        let root = Node::parse(id, &mut diagnostics);
        let Some(Value::Array(values)) = root.get("values").map(|node| &node.value) else { panic!("no list") };
        let listed: Vec<Listed> = values.iter().map(|node| (node.clone(), node.to_toml())).collect();
        assert_eq!(middle(&listed[0], &listed[1]).as_deref(), Some("6"));
        assert_eq!(middle(&listed[2], &listed[3]), None);
    }

    #[test]
    fn what_is_close_beside_all_that_was_listed_is_close_enough() {
        let all = (float(0.0), float(100.0));
        assert!(between(&float(0.0), &float(0.3), (&all.0, &all.1)).is_some());
        assert!(between(&float(0.0), &float(0.15), (&all.0, &all.1)).is_none());
    }
}
