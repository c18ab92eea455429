//! Exact numbers as bills need them: read, rounded, written.

use crate::document::{Diagnostics, Node, Origin, Value, price, quantity};
use crate::units::{Exact, decimal_text, parse_decimal};
use num_bigint::BigInt;
use num_traits::{Signed, Zero};

/// Digits after the point of a number that has no finite decimal text.
const PLACES_OF_A_FRACTION: u32 = 12;
/// The longest finite decimal text that is written in full: byte·nanoseconds in GiB-seconds need 39.
const MOST_PLACES: u32 = 60;

/// A whole number as an exact one.
pub fn whole(value: u64) -> Exact {
    Exact::from(BigInt::from(value))
}

/// The sum; quick where one of both is zero, as fractions of big integers are not.
pub fn plus(sum: &Exact, part: Exact) -> Exact {
    if sum.is_zero() {
        part
    } else if part.is_zero() {
        sum.clone()
    } else {
        sum + part
    }
}

/// The least multiple of `granule` (above zero) that is not below `value`.
pub fn round_up(value: &Exact, granule: &Exact) -> Exact {
    (value / granule).ceil() * granule
}

/// The nearest multiple of `step` (above zero); a half goes away from zero.
pub fn round_to(value: &Exact, step: &Exact) -> Exact {
    // round_half_up(value / step) × step, without reducing the fraction in between.
    let (numerator, denominator) = (value.numer().abs() * step.denom(), value.denom() * step.numer());
    let steps = (numerator * 2u8 + &denominator) / (denominator * 2u8);
    let magnitude = Exact::new(steps * step.numer(), step.denom().clone());
    if value.is_negative() { -magnitude } else { magnitude }
}

/// The decimal text: all digits where they end, and else rounded to twelve after the point.
pub fn exact_text(value: &Exact) -> String {
    let mut rest = value.denom().clone();
    let mut places = [0u32; 2];
    for (place, factor) in places.iter_mut().zip([2u32, 5]) {
        while (&rest % factor).is_zero() && *place <= MOST_PLACES {
            rest /= factor;
            *place += 1;
        }
    }
    let needed = places[0].max(places[1]);
    let ends = rest == BigInt::from(1) && needed <= MOST_PLACES;
    decimal_text(value, if ends { needed } else { PLACES_OF_A_FRACTION })
}

/// Reads an exact number of zero or more.
pub fn amount(node: &Node, diagnostics: &mut Diagnostics) -> Option<Exact> {
    checked(node, diagnostics, "a number of zero or more", |value| !value.is_negative())
}

/// Reads an exact number above zero.
pub fn positive_amount(node: &Node, diagnostics: &mut Diagnostics) -> Option<Exact> {
    checked(node, diagnostics, "a number above zero", Exact::is_positive)
}

fn checked(node: &Node, diagnostics: &mut Diagnostics, expected: &str, holds: fn(&Exact) -> bool) -> Option<Exact> {
    let value = price(node, diagnostics)?;
    if holds(&value) {
        return Some(value);
    }
    diagnostics.error(node.at, format!("expected {expected}, found {}", exact_text(&value)), "");
    None
}

/// Reads an exact number as it stands in a size: an integer, a decimal string, or a TOML decimal
/// whose text is taken as written (these are measures, not money).
pub fn measure(node: &Node, diagnostics: &mut Diagnostics) -> Option<Exact> {
    let Value::Float(_, text) = &node.value else { return amount(node, diagnostics) };
    match parse_decimal(text) {
        Ok(value) if !value.is_negative() => Some(value),
        Ok(_) => wrong(node.at, diagnostics, format!("expected a number of zero or more, found {text}")),
        Err(message) => wrong(node.at, diagnostics, message),
    }
}

/// Reads a share exactly: "19 %" is 19/100. At least zero.
pub fn exact_percent(node: &Node, diagnostics: &mut Diagnostics) -> Option<Exact> {
    let share = quantity(node, diagnostics, "19 %", |text| {
        let number =
            text.trim().strip_suffix('%').ok_or_else(|| format!("\"{text}\" has no %: expected one as \"19 %\""))?;
        parse_decimal(number.trim()).map(|value| value / whole(100))
    })?;
    if share.is_negative() {
        return wrong(node.at, diagnostics, "expected a percentage of zero or more".into());
    }
    Some(share)
}

fn wrong<T>(at: Origin, diagnostics: &mut Diagnostics, message: String) -> Option<T> {
    diagnostics.error(at, message, "");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        parse_decimal(text).unwrap()
    }

    #[test]
    fn texts_are_exact_where_they_can_be() {
        assert_eq!(exact_text(&Exact::new(1.into(), BigInt::from(1u64 << 39))).len(), 41);
        assert_eq!(exact_text(&Exact::new(1.into(), 3.into())), "0.333333333333");
        assert_eq!(exact_text(&exact("-18.740")), "-18.74");
        assert_eq!(exact_text(&Exact::zero()), "0");
    }

    #[test]
    fn rounding() {
        assert_eq!(round_to(&exact("0.005"), &exact("0.01")), exact("0.01"));
        assert_eq!(round_to(&exact("0.004999"), &exact("0.01")), exact("0"));
        assert_eq!(round_to(&exact("7.5"), &exact("5")), exact("10"));
        assert_eq!(round_to(&exact("-0.005"), &exact("0.01")), exact("-0.01"));
        assert_eq!(round_to(&exact("1.0249"), &exact("0.05")), exact("1"));
        assert_eq!(round_up(&exact("1000001"), &exact("1000000")), exact("2000000"));
        assert_eq!(round_up(&exact("0"), &exact("1000000")), exact("0"));
    }
}
