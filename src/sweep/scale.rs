//! Numbers with their units, between which ranges are laid.

use crate::document::as_f64;
use crate::document::{Node, Origin, Value};
use crate::units::{
    parse_bytes, parse_energy_price, parse_money, parse_money_rate, parse_percent, parse_power, parse_rate, parse_span,
};

/// How a number was written, and so how those between are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Notation {
    /// An integer: those between are rounded to whole numbers.
    Whole,
    /// A decimal number.
    Decimal,
    /// A string: a number and a unit (perhaps none).
    Text(String),
}

/// A number as a user writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// The number before the unit.
    pub number: f64,
    /// How it was written.
    pub notation: Notation,
}

impl Scaled {
    /// Takes a value apart; `None` where it is not a number with or without a unit.
    pub fn of(node: &Node) -> Option<Scaled> {
        match &node.value {
            Value::Integer(Some(value)) => Some(Scaled { number: *value as f64, notation: Notation::Whole }),
            Value::Float(value, _) if value.is_finite() => Some(Scaled { number: *value, notation: Notation::Decimal }),
            Value::String(text) => {
                let (number, unit) = number_and_unit(text)?;
                Some(Scaled { number, notation: Notation::Text(unit.to_string()) })
            }
            _ => None,
        }
    }

    /// This number in the notation of another; `None` where the two are not of a kind.
    pub fn within(&self, other: &Scaled) -> Option<f64> {
        match (&self.notation, &other.notation) {
            (Notation::Text(own), Notation::Text(wanted)) if own == wanted => Some(self.number),
            (Notation::Text(own), Notation::Text(wanted)) => {
                let ((kind, own), (wanted_kind, wanted)) = (unit_scale(own)?, unit_scale(wanted)?);
                (kind == wanted_kind).then(|| self.number * own / wanted)
            }
            (Notation::Text(_), _) | (_, Notation::Text(_)) => None,
            _ => Some(self.number),
        }
    }
}

impl Notation {
    /// The notation for values between two: decimal where either is.
    pub fn joined(&self, other: &Notation) -> Notation {
        if *other == Notation::Decimal { Notation::Decimal } else { self.clone() }
    }

    /// Writes a number, to twelve digits (so that 0.1 + 0.2 is 0.3).
    pub fn write(&self, number: f64, at: Origin) -> Node {
        let short: f64 = format!("{number:.11e}").parse().unwrap_or(number);
        let value = match self {
            Notation::Whole => Value::Integer(Some(number.round() as i64)),
            Notation::Decimal => Value::Float(short, format!("{short:?}")),
            Notation::Text(unit) if unit.is_empty() => Value::String(short.to_string()),
            Notation::Text(unit) => Value::String(format!("{short} {unit}")),
        };
        Node::synthetic(value, at)
    }
}

/// The number at the beginning of a text, and the unit after it.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+'))).unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

/// The value of a cell of a table in base units (nanoseconds, bytes, dollars an hour), so that
/// cells with different units can be compared; `None` where it is not a number.
pub fn magnitude(cell: &str) -> Option<f64> {
    let (number, unit) = number_and_unit(cell)?;
    if unit.is_empty() {
        return Some(number);
    }
    unit_scale(unit).map(|(_, scale)| number * scale)
}

/// The value of a cell of a table as a plain number: seconds, bytes, a second, dollars an hour; `None` where it is no
/// number.
pub fn plain_number(cell: &str) -> Option<f64> {
    parse_span(cell).map_or_else(|_| magnitude(cell), |span| Some(span.0 as f64 / 1e9))
}

/// The kind of a unit, and what one of it is in the kind's base unit.
fn unit_scale(unit: &str) -> Option<(String, f64)> {
    let one = format!("1 {unit}");
    let kind = |kind: &str, scale: f64| Some((kind.to_string(), scale));
    if let Ok(span) = parse_span(&one) {
        return kind("time", span.0 as f64);
    }
    if let Ok(bytes) = parse_bytes(&one) {
        return kind("data", bytes.0 as f64);
    }
    if let Ok(rate) = parse_rate(&one) {
        return kind("rate", rate);
    }
    if let Ok(watts) = parse_power(&one) {
        return kind("power", watts);
    }
    if let Ok(share) = parse_percent(&one) {
        return kind("share", share);
    }
    if let Ok(price) = parse_energy_price(&one) {
        return kind(&format!("{:?} of energy", price.currency), as_f64(&price.amount));
    }
    if let Ok(rate) = parse_money_rate(&one) {
        return kind(&format!("{:?} over time", rate.currency), as_f64(&rate.per_hour));
    }
    let money = parse_money(&one).ok()?;
    kind(&format!("{:?}", money.currency), as_f64(&money.amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_compare_across_units() {
        assert_eq!(magnitude("1 GiB"), magnitude("1024 MiB"));
        assert_eq!(magnitude("730 USD/month"), magnitude("1 USD/h"));
        assert_eq!(magnitude("2 min"), magnitude("120 s"));
        assert_eq!((magnitude("7"), magnitude("none"), magnitude("{ fixed = \"1 s\" }")), (Some(7.0), None, None));
    }
}
