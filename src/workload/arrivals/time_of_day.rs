//! Times of the day: "15:00".

use crate::document::{Diagnostics, Node, quantity};
use crate::units::{NANOS_PER_SECOND, Span};

/// A day.
pub const DAY: Span = Span(86_400 * NANOS_PER_SECOND);

/// Reads "15:00" or "15:00:30" as the length since midnight; "24:00" is the day's end.
///
/// # Errors
/// Says what was expected.
pub fn parse_time_of_day(text: &str) -> Result<Span, String> {
    let wrong = || format!("expected a time of day such as \"15:00\", found \"{text}\"");
    let parts: Vec<&str> = text.trim().split(':').collect();
    let digits = |p: &str| (p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit())).then(|| p.parse::<u64>().ok());
    let parts: Option<Vec<u64>> = parts.into_iter().map(|p| digits(p).flatten()).collect();
    let seconds = match parts.ok_or_else(wrong)?.as_slice() {
        [hour, minute] if *minute < 60 => hour * 3_600 + minute * 60,
        [hour, minute, second] if *minute < 60 && *second < 60 => hour * 3_600 + minute * 60 + second,
        _ => return Err(wrong()),
    };
    let length = Span(seconds * NANOS_PER_SECOND);
    if length > DAY { Err(wrong()) } else { Ok(length) }
}

/// Reads a time of the day from a node.
pub fn time_of_day(node: &Node, diagnostics: &mut Diagnostics) -> Option<Span> {
    quantity(node, diagnostics, "15:00", parse_time_of_day)
}
