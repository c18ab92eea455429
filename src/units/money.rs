//! Money: exact amounts in a currency.

use super::decimal::Exact;
use num_bigint::BigInt;
use num_traits::{One, Signed};
use std::fmt;

/// An ISO 4217 currency code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The dollar in which results are stated.
    pub const USD: Currency = Currency(*b"USD");

    /// Reads a code such as "EUR".
    pub fn parse(text: &str) -> Option<Currency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Currency(bytes))
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An exact amount of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Money {
    /// The amount in whole units of the currency.
    pub amount: Exact,
    /// The currency.
    pub currency: Currency,
}

/// An exact amount of a currency per hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyRate {
    /// The amount per hour.
    pub per_hour: Exact,
    /// The currency.
    pub currency: Currency,
}

/// The nearest whole number; a half goes away from zero, as invoices round.
pub fn round_half_up(value: &Exact) -> BigInt {
    let two = BigInt::from(2);
    let doubled = value.numer().abs() * &two + value.denom();
    let magnitude = doubled / (value.denom() * two);
    if value.is_negative() { -magnitude } else { magnitude * BigInt::one() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        for (numerator, expected) in [(5, 3), (4, 2), (-5, -3), (-3, -2), (1, 1), (0, 0), (3, 2)] {
            let value = Exact::new(BigInt::from(numerator), BigInt::from(2));
            assert_eq!(round_half_up(&value), BigInt::from(expected), "{numerator}/2");
        }
    }
}
