//! Quantities: exact decimals, time, bytes, cores, money. Integers inside, units outside.
//!
//! Every quantity that a user writes is a decimal number followed by a unit ("250 ms", "512 MiB",
//! "0.20 USD"). Numbers are read exactly, as fractions, and only then turned into the integer
//! (nanoseconds, bytes, millionths of a core) that the simulator computes with.

mod bytes;
mod cores;
mod date;
mod decimal;
pub mod format;
mod money;
pub mod percentile;
mod quantity;
mod slip;
mod time;

pub use bytes::Bytes;
pub use cores::Cores;
pub use date::{days_in_month, days_since_1970, instant};
pub use decimal::{Exact, MOST_DIGITS, decimal_text, exact_of_f64, parse_decimal};
pub use money::{Currency, Money, MoneyRate, round_half_up};
pub use quantity::{
    parse_bytes, parse_energy_price, parse_money, parse_money_rate, parse_percent, parse_power, parse_rate, parse_span,
};
pub use time::{HOUR, MINUTE, MONTH, NANOS_PER_SECOND, Span, Time, YEAR};
