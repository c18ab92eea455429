//! What the keys of arrivals hold.

use super::time_of_day;
use crate::document::{Quantity, non_negative, positive_span, rate, span};
use crate::units::Span;

pub(super) const RATE: Quantity<f64> = Quantity { schema: "rate", read: rate };
pub(super) const DURATION: Quantity<Span> = Quantity { schema: "duration", read: span };
/// A length of time above zero.
pub(super) const LENGTH: Quantity<Span> = Quantity { schema: "duration", read: positive_span };
pub(super) const TIME_OF_DAY: Quantity<Span> = Quantity { schema: "time-of-day", read: time_of_day };
pub(super) const FACTOR: Quantity<f64> = Quantity { schema: "number-of-zero-or-more", read: non_negative };
