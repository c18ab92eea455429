//! Reading quantities: a decimal number, a space or none, a unit.

use super::{Bytes, Currency, Exact, Money, MoneyRate, Span, parse_decimal, slip};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

const SPANS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("hour", 3_600_000_000_000),
    ("hours", 3_600_000_000_000),
    ("day", 86_400_000_000_000),
    ("days", 86_400_000_000_000),
    ("week", 604_800_000_000_000),
    ("weeks", 604_800_000_000_000),
    ("month", 2_628_000_000_000_000),
    ("months", 2_628_000_000_000_000),
    ("year", 31_536_000_000_000_000),
    ("years", 31_536_000_000_000_000),
];

const BYTES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

const RATES: &[(&str, u64)] = &[("/s", 1), ("/min", 60), ("/h", 3_600), ("/day", 86_400), ("/month", 2_628_000)];

const MONEY_PERIODS_IN_HOURS: &[(&str, u64)] = &[("h", 1), ("month", 730), ("year", 8_760)];

/// Splits "20 ms" into its number and its unit.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+'))).unwrap_or(text.len());
    (text[..end].trim(), text[end..].trim())
}

/// The number and the unit's factor, or what is wrong.
fn scaled(text: &str, what: &str, example: &str, units: &[(&str, u64)]) -> Result<Exact, String> {
    if let Some(better) = slip::number(text) {
        return Err(slip::not_a_number(text, &better));
    }
    let (number, unit) = split(text);
    let named = || units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    if number.is_empty() {
        return Err(format!("expected {what} such as \"{example}\", found \"{text}\""));
    }
    let value = parse_decimal(number)?;
    if unit.is_empty() {
        return Err(format!("\"{text}\" has no unit: expected {what} such as \"{example}\" (units: {})", named()));
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        return Err(match slip::units(unit, units).as_slice() {
            [] => format!("\"{unit}\" is not a unit of {what} (units: {})", named()),
            near => {
                let near: Vec<String> =
                    near.iter().map(|name| format!("\"{number} {}\"", slip::of_one(number, name))).collect();
                format!("\"{unit}\" is not a unit of {what}; did you mean {}?", near.join(" or "))
            }
        });
    };
    if value.is_negative() {
        return Err(format!("\"{text}\" is negative: expected {what} of zero or more"));
    }
    Ok(value * Exact::from(BigInt::from(*factor)))
}

fn whole(value: &Exact, text: &str, most: u64) -> Result<u64, String> {
    super::round_half_up(value)
        .to_u64()
        .filter(|v| *v <= most)
        .ok_or_else(|| format!("\"{text}\" is too large to be computed with"))
}

/// Reads a length of time: "250 ms", "7 days". Fractions of a nanosecond are rounded.
///
/// # Errors
/// Says what was expected.
pub fn parse_span(text: &str) -> Result<Span, String> {
    let value = scaled(text, "a length of time", "20 ms", SPANS)?;
    whole(&value, text, Span::MAX.0).map(Span)
}

/// Reads an amount of data: "512 MiB". A fraction of a byte is dropped, so that slices cut from a
/// server fit it.
///
/// # Errors
/// Says what was expected.
pub fn parse_bytes(text: &str) -> Result<Bytes, String> {
    let value = scaled(text, "an amount of memory or data", "512 MiB", BYTES)?;
    whole(&value.floor(), text, 1 << 62).map(Bytes)
}

/// Reads a rate: "2 /s", "50 /h". Returns events per second.
///
/// # Errors
/// Says what was expected.
pub fn parse_rate(text: &str) -> Result<f64, String> {
    let (number, unit) = split(text);
    let per_unit = scaled(text, "a rate", "2 /s", &RATES.iter().map(|(n, _)| (*n, 1)).collect::<Vec<_>>())?;
    let seconds = RATES.iter().find(|(name, _)| *name == unit).map_or(1, |(_, s)| *s);
    let rate = (per_unit / Exact::from(BigInt::from(seconds))).to_f64().unwrap_or(f64::INFINITY);
    if rate > 1e12 { Err(format!("{number} {unit} is too high a rate: at most 10^12 /s")) } else { Ok(rate) }
}

/// Reads electric power in watts: "120 W", "4 kW".
///
/// # Errors
/// Says what was expected.
pub fn parse_power(text: &str) -> Result<f64, String> {
    let value = scaled(text, "a power", "120 W", &[("W", 1), ("kW", 1_000)])?;
    value.to_f64().filter(|v| v.is_finite()).ok_or_else(|| format!("\"{text}\" is too large"))
}

/// Reads a share: "5 %" is 0.05.
///
/// # Errors
/// Says what was expected.
pub fn parse_percent(text: &str) -> Result<f64, String> {
    let value = scaled(text, "a percentage", "5 %", &[("%", 1)])?;
    value.to_f64().map(|v| v / 100.0).filter(|v| v.is_finite()).ok_or_else(|| format!("\"{text}\" is too large"))
}

/// Reads an amount of money: "5 USD".
///
/// # Errors
/// Says what was expected.
pub fn parse_money(text: &str) -> Result<Money, String> {
    let (amount, unit) = money_number(text, "5 USD")?;
    let currency = Currency::parse(unit).ok_or_else(|| {
        slip::money(text, &format!("\"{unit}\" is not a currency: expected an amount such as \"5 USD\""))
    })?;
    Ok(Money { amount, currency })
}

/// Reads money over time: "55 USD/h", "60 USD/month" (730 h), "96000 USD/year" (8,760 h).
///
/// # Errors
/// Says what was expected.
pub fn parse_money_rate(text: &str) -> Result<MoneyRate, String> {
    let (amount, unit) = money_number(text, "55 USD/h")?;
    let expected = || {
        slip::money(
            text,
            &format!("\"{unit}\" is not a currency over time: expected one such as \"55 USD/h\", per h, month or year"),
        )
    };
    let (code, period) = unit.split_once('/').ok_or_else(expected)?;
    let currency = Currency::parse(code.trim()).ok_or_else(expected)?;
    let hours = MONEY_PERIODS_IN_HOURS.iter().find(|(name, _)| *name == period.trim()).ok_or_else(expected)?.1;
    Ok(MoneyRate { per_hour: amount / Exact::from(BigInt::from(hours)), currency })
}

/// Reads a price of energy: "0.08 USD/kWh".
///
/// # Errors
/// Says what was expected.
pub fn parse_energy_price(text: &str) -> Result<Money, String> {
    let (amount, unit) = money_number(text, "0.08 USD/kWh")?;
    let expected =
        || slip::money(text, &format!("\"{unit}\" is not a price of energy: expected one such as \"0.08 USD/kWh\""));
    let (code, per) = unit.split_once('/').ok_or_else(expected)?;
    let currency = Currency::parse(code.trim()).filter(|_| per.trim() == "kWh").ok_or_else(expected)?;
    Ok(Money { amount, currency })
}

fn money_number<'t>(text: &'t str, example: &str) -> Result<(Exact, &'t str), String> {
    if let Some(better) = slip::number(text) {
        return Err(slip::not_a_number(text, &better));
    }
    let (number, unit) = split(text);
    if number.is_empty() {
        return Err(slip::money(text, &format!("expected an amount such as \"{example}\", found \"{text}\"")));
    }
    let amount = parse_decimal(number)?;
    if unit.is_empty() {
        return Err(format!("\"{text}\" has no currency: expected an amount such as \"{example}\""));
    }
    if amount.is_negative() {
        return Err(format!("\"{text}\" is negative: expected an amount of zero or more"));
    }
    Ok((amount, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact() {
        assert_eq!(parse_span("250 ms").unwrap(), Span(250_000_000));
        assert_eq!(parse_span("1.5h").unwrap(), Span(5_400_000_000_000));
        assert_eq!(parse_span("1 month").unwrap(), crate::units::MONTH);
        assert_eq!(parse_bytes("1.5 GiB").unwrap(), Bytes(3 << 29));
        assert_eq!(parse_bytes("10 GB").unwrap(), Bytes(10_000_000_000));
        assert_eq!(parse_rate("50 /h").unwrap(), 50.0 / 3600.0);
        assert_eq!(parse_power("4 kW").unwrap(), 4000.0);
        assert_eq!(parse_percent("5 %").unwrap(), 0.05);
        let yearly = parse_money_rate("96000 USD/year").unwrap();
        assert_eq!(yearly.per_hour, parse_decimal("96000").unwrap() / parse_decimal("8760").unwrap());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parse_span("1").unwrap_err().contains("no unit"));
        assert!(parse_span("1 parsec").unwrap_err().contains("not a unit"));
        assert!(parse_span("1 MS").unwrap_err().contains("did you mean \"1 ms\""));
        assert!(parse_span("-1 s").unwrap_err().contains("negative"));
        assert!(parse_span("NaN s").unwrap_err().contains("expected"));
        assert!(parse_span("99999999999 years").unwrap_err().contains("too large"));
        assert!(parse_bytes("1 mb").unwrap_err().contains("did you mean \"1 MB\""));
        assert!(parse_money("5").unwrap_err().contains("no currency"));
        assert!(parse_money_rate("5 USD").unwrap_err().contains("over time"));
        assert!(parse_rate("2").unwrap_err().contains("no unit"));
    }
}
