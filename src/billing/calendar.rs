//! The month that an invoice is for: a calendar month, or a length of time.

use crate::document::{Diagnostics, Node, text};
use crate::units::{HOUR, Span, YEAR, parse_span};

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
            let length = Span(days_in_month(year, month) * 24 * HOUR.0);
            return Ok(Month { length, calendar: Some(calendar) });
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
        let start = days_from_epoch(i64::from(year), i64::from(month), 1) * 86_400;
        let seconds = (self.length.0 / crate::units::NANOS_PER_SECOND) as i64;
        (instant(start), instant(start + seconds))
    }
}

/// "2017-08" as a year and a number of a month that may be none.
fn calendar_month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    (digits(year, 4) && digits(month, 2)).then_some(())?;
    Some((year.parse().ok()?, month.parse().ok()?))
}

fn days_in_month(year: u32, month: u32) -> u64 {
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let first = |(year, month): (u32, u32)| days_from_epoch(i64::from(year), i64::from(month), 1);
    (first(next) - first((year, month))) as u64
}

/// Days since 1970-01-01 of a date in the Gregorian calendar (Howard Hinnant, "chrono-compatible
/// low-level date algorithms", `days_from_civil`).
fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse (`civil_from_days`), with the time of day.
fn instant(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
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
        for text in ["2017-13", "2017-00", "0 h", "2017-8", "august", "", "2 years"] {
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
