//! Exact decimal numbers, kept as fractions of big integers: money is never a binary float.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// An exact number.
pub type Exact = BigRational;

/// The most digits a written number may have, before and after the point together. More would
/// still be computed exactly, but no price list has them: they are a slip.
pub const MOST_DIGITS: usize = 30;

/// Reads "12", "-0.00001667" or "1_000.5" exactly. No exponent, no infinity, no NaN.
///
/// # Errors
/// Says in words what is wrong with the text.
pub fn parse_decimal(text: &str) -> Result<Exact, String> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let ends_well = |s: &str| !s.starts_with('_') && !s.ends_with('_');
    let dangling_point = digits.contains('.') && fraction.is_empty();
    if whole.is_empty() || dangling_point || !all_digits(whole) || !all_digits(fraction) {
        return Err(match super::slip::number(text) {
            Some(better) => super::slip::not_a_number(text, &better),
            None => format!("`{text}` is not a decimal number"),
        });
    }
    if !ends_well(whole) || !ends_well(fraction) {
        return Err(format!("`{text}` has an underscore that is not between digits"));
    }
    let joined: String = whole.chars().chain(fraction.chars()).filter(|c| *c != '_').collect();
    if joined.trim_start_matches('0').len() > MOST_DIGITS || joined.len() > 2 * MOST_DIGITS {
        return Err(format!("`{text}` has more digits than can be kept exactly (at most {MOST_DIGITS})"));
    }
    let places = fraction.bytes().filter(u8::is_ascii_digit).count();
    let numerator: BigInt = joined.parse::<BigInt>().map_err(|e| e.to_string())? * sign;
    Ok(Exact::new(numerator, BigInt::from(10).pow(places as u32)))
}

/// The shortest decimal text of an exact number; a fraction without a finite decimal text (one
/// third) is rounded half up to `most_places` digits after the point.
pub fn decimal_text(value: &Exact, most_places: u32) -> String {
    let scale = BigInt::from(10).pow(most_places);
    let scaled = value * Exact::from(scale.clone());
    let whole = if scaled.is_integer() { scaled.to_integer() } else { super::round_half_up(&scaled) };
    let negative = whole.is_negative();
    let digits = format!("{:0>width$}", whole.abs().to_string(), width = most_places as usize + 1);
    let (before, after) = digits.split_at(digits.len() - most_places as usize);
    let after = after.trim_end_matches('0');
    let sign = if negative && !whole.is_zero() { "-" } else { "" };
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}

/// The exact value of a finite binary float (used for factors such as a count, never for money).
pub fn exact_of_f64(value: f64) -> Exact {
    BigRational::from_float(value).unwrap_or_else(Exact::one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_same_text() {
        for text in ["0", "1", "-1", "0.00001667", "18.74", "123456789.000000001", "-0.5"] {
            assert_eq!(decimal_text(&parse_decimal(text).unwrap(), 12), text);
        }
        assert_eq!(decimal_text(&parse_decimal("1_000.50").unwrap(), 12), "1000.5");
        assert_eq!(decimal_text(&Exact::new(1.into(), 3.into()), 6), "0.333333");
    }

    #[test]
    fn refuses_what_is_not_a_decimal() {
        for text in ["", "-", ".5", "5.", "1e3", "NaN", "inf", "1,5", "1__", "_1", "0x10", "1.2.3"] {
            assert!(parse_decimal(text).is_err(), "{text} was read");
        }
        assert!(parse_decimal(&"9".repeat(31)).unwrap_err().contains("more digits"));
        assert!(parse_decimal(&format!("0.{}", "0".repeat(80))).is_err());
    }
}
