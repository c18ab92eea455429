//! The month that an invoice is for: a calendar month, or a length of time.

use crate::document::{Diagnostics, Node, text};
use crate::units::{HOUR, Span, YEAR, days_in_month, days_since_1970, instant, parse_span};

/// The month that an invoice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its length.
    pub length: Span,
    /// The calendar's year and month (1 to 12), where it is one.
    pub calendar: Option<(u32, u32)>,
}

impl Default for Month {
    /// 730 hours.
    fn default() -> Month {
        Month { length: crate::units::MONTH, calendar: None }
    }
}

impl Month {
    /// Reads "2017-08", "730 h" or "30 days".
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<Month> {
        let written = text(node, diagnostics)?;
        match Month::parse(&written) {
            Ok(month) => Some(month),
            Err(message) => {
                diagnostics.error(
                    node.at,
                    message,
                    "a calendar month such as \"2017-08\", or a length such as \"730 h\"",
                );
                None
            }
        }
    }

    /// Reads "2017-08", "730 h" or "30 days".
    ///
    /// # Errors
    /// Says what was expected. A month is longer than nothing and at most a year.
    pub fn parse(text: &str) -> Result<Month, String> {
        if let Some(calendar) = calendar_month(text) {
            let (year, month) = calendar;
            if !(1..=12).contains(&month) {
                return Err(format!("\"{text}\" is not a month: a year has twelve"));
            }
            let days = days_in_month(year, month).ok_or_else(|| format!("\"{text}\" is beyond the last year, 9998"))?;
            return Ok(Month { length: Span(days * 24 * HOUR.0), calendar: Some(calendar) });
        }
        let length =
            parse_span(text).map_err(|_| format!("\"{text}\" is neither a calendar month nor a length of time"))?;
        if length.0 == 0 || length > Span(YEAR.0 + 24 * HOUR.0) {
            return Err(format!("\"{text}\" cannot be an invoice's month: expected more than nothing, at most a year"));
        }
        Ok(Month { length, calendar: None })
    }

    /// Its first moment and the first after it, as `YYYY-MM-DDTHH:mm:ssZ`; one that is a length
    /// alone begins with the month `since` ("2017-08").
    pub fn bounds(&self, since: &str) -> (String, String) {
        let (year, month) = self.calendar.or_else(|| calendar_month(since)).unwrap_or((1970, 1));
        let start = days_since_1970(year.into(), month.into(), 1).unwrap_or(0) * 86_400;
        let seconds = (self.length.0 / crate::units::NANOS_PER_SECOND) as i64;
        let moment = |seconds| instant(seconds).unwrap_or_default();
        (moment(start), moment(start + seconds))
    }
}

/// "2017-08" as a year and a number of a month that may be none.
fn calendar_month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    (digits(year, 4) && digits(month, 2)).then_some(())?;
    Some((year.parse().ok()?, month.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_months_have_their_own_lengths() {
        let hours = |text: &str| Month::parse(text).unwrap().length.0 / HOUR.0;
        for (text, expected) in
            [("2017-08", 744), ("2017-02", 672), ("2016-02", 696), ("1900-02", 672), ("2000-02", 696), ("2017-12", 744)]
        {
            assert_eq!(hours(text), expected, "{text}");
        }
        assert_eq!((hours("730 h"), hours("30 days"), hours("1 month")), (730, 720, 730));
    }

    #[test]
    fn what_is_no_month_is_refused() {
        for text in ["2017-13", "2017-00", "0 h", "2017-8", "9999-12", "august", "", "2 years"] {
            assert!(Month::parse(text).is_err(), "{text} was read");
        }
    }

    #[test]
    fn bounds_are_instants() {
        let bounds = |text: &str| Month::parse(text).unwrap().bounds("2017-08");
        assert_eq!(bounds("2017-12"), ("2017-12-01T00:00:00Z".into(), "2018-01-01T00:00:00Z".into()));
        assert_eq!(bounds("36 h"), ("2017-08-01T00:00:00Z".into(), "2017-08-02T12:00:00Z".into()));
        assert_eq!(bounds("2016-02").1, "2016-03-01T00:00:00Z");
    }
}
