//! Dates of the calendar, by `jiff`.

use jiff::civil::Date;

/// The first day that is counted from.
const FIRST: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01 of a date; `None` for a day that no month has.
pub fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    Some(date.duration_since(FIRST).as_hours() / 24)
}

/// Days of a month (1 to 12) of the years 0 to 9998; `None` where there is no such month.
pub fn days_in_month(year: u32, month: u32) -> Option<u64> {
    let first = Date::new(year.try_into().ok()?, month.try_into().ok()?, 1).ok()?;
    (year < 9999).then(|| first.days_in_month().unsigned_abs().into())
}

/// A moment, in seconds since 1970, as `YYYY-MM-DDTHH:mm:ssZ`; `None` beyond the year 9999.
pub fn instant(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(days_since_1970(1970, 1, 1), Some(0));
        assert_eq!(days_since_1970(1969, 12, 31), Some(-1));
        assert_eq!(days_since_1970(2000, 2, 29), Some(11_016));
        for (year, month, day) in
            [(2026, 2, 31), (2026, 2, 29), (1900, 2, 29), (2026, 4, 31), (2026, 13, 1), (2026, 1, 0), (2026, 300, 1)]
        {
            assert_eq!(days_since_1970(year, month, day), None, "{year}-{month}-{day}");
        }
        assert_eq!(
            [days_in_month(2016, 2), days_in_month(1900, 2), days_in_month(2017, 13)],
            [Some(29), Some(28), None]
        );
        assert_eq!(instant(951_868_799).as_deref(), Some("2000-02-29T23:59:59Z"));
        assert_eq!(instant(i64::MAX), None);
    }
}
