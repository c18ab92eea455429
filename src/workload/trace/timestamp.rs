//! Moments and lengths in files: seconds, or dates with times.

use super::moment::parse_dated;

/// Nanoseconds of a moment: "1995-07-01 00:00:01.5", "1995-07-01T00:00:01Z" since 1970 (UTC), or
/// seconds as they stand. `None` for anything else.
pub(super) fn parse_moment(text: &str) -> Option<i64> {
    parse_seconds(text).or_else(|| parse_dated(text.as_bytes()).map(|dated| dated.nanoseconds))
}

/// Whether a text says when by a date, or by seconds since 1970 (past 1973, so that seconds from
/// the start of a trace are not taken for it).
pub(super) fn is_absolute(text: &str) -> bool {
    // Micro- and nanoseconds since 1970 outrun the seconds that 64 bits of nanoseconds hold.
    let counts_since_1970 = text.parse::<i64>().is_ok_and(|number| number >= ABSOLUTE / 1_000_000_000);
    counts_since_1970 || parse_dated(text.as_bytes()).is_some() || parse_seconds(text).is_some_and(|t| t >= ABSOLUTE)
}

/// 10^8 seconds: March 1973 since 1970, or three years and two months since the start of a trace.
pub(super) const ABSOLUTE: i64 = 100_000_000 * 1_000_000_000;

/// Nanoseconds of a number of seconds, exactly where it is written without an exponent.
pub(super) fn parse_seconds(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let value = unsigned_nanoseconds(digits)?;
    Some(if negative { -value } else { value })
}

fn unsigned_nanoseconds(digits: &str) -> Option<i64> {
    if digits.contains(['e', 'E']) {
        let value: f64 = digits.parse().ok()?;
        let nanoseconds = value * 1e9;
        return (0.0..9.2e18).contains(&nanoseconds).then_some(nanoseconds as i64);
    }
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && part.is_empty() || !plain(whole) || !plain(part) {
        return None;
    }
    let seconds: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanoseconds = 0;
    for place in 0..9 {
        nanoseconds = nanoseconds * 10 + i64::from(part.as_bytes().get(place).map_or(0, |b| b - b'0'));
    }
    let up = i64::from(part.as_bytes().get(9).is_some_and(|b| *b >= b'5'));
    seconds.checked_mul(1_000_000_000)?.checked_add(nanoseconds + up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_exact() {
        assert_eq!(parse_moment("0.0794909"), Some(79_490_900));
        assert_eq!(parse_moment("57.15786004066467"), Some(57_157_860_041));
        assert_eq!(parse_moment("-1.5"), Some(-1_500_000_000));
        assert_eq!(parse_moment("1e3"), Some(1_000_000_000_000));
        assert_eq!(parse_moment("1970-01-02"), Some(86_400_000_000_000));
        assert_eq!(parse_moment("1998-04-30 21:30:00"), Some(893_971_800_000_000_000));
        assert_eq!(parse_moment("2000-03-01T00:00:00.25Z"), Some(951_868_800_250_000_000));
        for wrong in ["", ".", "NaN", "inf", "12a", "1998-13-01 00:00:00", "1998-04-30 25:00:00", "-", "1998-04"] {
            assert_eq!(parse_moment(wrong), None, "{wrong}");
        }
    }
}
