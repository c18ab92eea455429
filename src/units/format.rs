//! Numbers as people write them.

/// Shown for what is undefined.
pub const UNDEFINED: &str = "–";

/// The most digits after the point of an amount.
const MOST_DECIMALS: usize = 9;

/// Dollars for a table: "$0.0042", "$5.00", "$123", "$1,234", "-$12.30".
pub fn money(dollars: f64) -> String {
    money_with(dollars, money_decimals(dollars))
}

/// The digits after the point that an amount deserves: cents below $100, two significant digits
/// below one cent, none from $100 on.
pub fn money_decimals(dollars: f64) -> usize {
    match dollars.abs() {
        a if a >= 99.995 => 0,
        a if a >= 0.01 || a == 0.0 => 2,
        a => significant_decimals(a, 2).min(MOST_DECIMALS),
    }
}

/// Dollars with so many digits after the point.
pub fn money_with(dollars: f64, decimals: usize) -> String {
    let digits = grouped(dollars.abs(), decimals);
    if dollars != 0.0 && dollars.is_finite() && decimals >= MOST_DECIMALS && is_nothing(&digits) {
        // However little, it is not nothing.
        let below = if dollars < 0.0 { ("more", "-") } else { ("less", "") };
        return format!("{} than {}${:.MOST_DECIMALS$}", below.0, below.1, 1e-9);
    }
    let sign = if dollars < 0.0 && !is_nothing(&digits) { "-" } else { "" };
    format!("{sign}${digits}")
}

/// Whether all digits are zeros.
fn is_nothing(digits: &str) -> bool {
    !digits.bytes().any(|b| (b'1'..=b'9').contains(&b))
}

/// Dollars for an axis or a label: "$5", "$0.50", "$1.2k", "$3M".
pub fn short_money(dollars: f64) -> String {
    let sign = if dollars < 0.0 { "-" } else { "" };
    let text = short_number(dollars.abs(), ["", "k", "M", "B"]);
    let dimes = text.split_once('.').is_some_and(|(_, after)| after.len() == 1);
    format!("{sign}${text}{}", if dimes { "0" } else { "" })
}

/// A number for an axis or a label: "0.25", "950", "1.2 k", "61 M".
pub fn short_count(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", short_number(value.abs(), ["", " k", " M", " bn"]))
}

/// Two or three significant digits, with the thousands as a suffix.
fn short_number(value: f64, suffixes: [&str; 4]) -> String {
    let mut scaled = value;
    let mut step = 0;
    while scaled >= 999.5 && step < 3 {
        scaled /= 1000.0;
        step += 1;
    }
    format!("{}{}", significant(scaled, if scaled >= 100.0 { 3 } else { 2 }), suffixes[step])
}

/// A number with so many significant digits and no zeros at its end: "0.25", "12", "1.2".
pub fn significant(value: f64, digits: usize) -> String {
    let text = format!("{value:.*}", significant_decimals(value, digits).min(12));
    without_zeros(&text).to_string()
}

/// A decimal text without the zeros at its end.
pub fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// How many digits after the point show so many significant ones.
pub fn significant_decimals(value: f64, digits: usize) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    let before = libm::log10(value.abs()).floor() as i64 + 1;
    (digits as i64 - before).max(0) as usize
}

/// A length of time in seconds: "850 µs", "62 ms", "1.24 s", "3.5 min", "2.1 h", "4 days".
pub fn duration(seconds: f64) -> String {
    let (unit, name) = duration_unit(seconds);
    format!("{} {name}", significant(seconds / unit, 3))
}

/// The unit in which a length of time is best said: its length in seconds and its name.
pub fn duration_unit(seconds: f64) -> (f64, &'static str) {
    match seconds.abs() {
        0.0 => (1.0, "s"),
        a if a < 0.999_5e-6 => (1e-9, "ns"),
        a if a < 0.999_5e-3 => (1e-6, "µs"),
        a if a < 0.999_5 => (1e-3, "ms"),
        a if a < 119.5 => (1.0, "s"),
        a if a < 7_170.0 => (60.0, "min"),
        a if a < 172_000.0 => (3_600.0, "h"),
        _ => (86_400.0, "days"),
    }
}

/// A share: "12 %", "0.4 %", "99.95 %"; near 1 with as many digits as tell it from 1.
pub fn percent(share: f64) -> String {
    let rest = 1.0 - share;
    if share > 0.99 && rest > 0.0 {
        let decimals = significant_decimals(rest * 100.0 * (1.0 + 1e-9), 1).clamp(1, 6);
        let text = format!("{:.decimals$} %", share * 100.0);
        return if text.starts_with("100") { "100 %".into() } else { text };
    }
    format!("{} %", significant(share * 100.0, if share.abs() >= 0.1 { 3 } else { 2 }))
}

/// A number with its thousands apart: "1,234.5".
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{out}") } else { format!("{sign}{out}.{fraction}") }
}

/// A level such as a number of instances: "1", "2.35", "12.4", "1,234".
pub fn level(value: f64) -> String {
    if value.abs() >= 99.95 { grouped(value, 0) } else { significant(value, 3) }
}

/// A half-width in two significant digits, whatever digits its mean is shown with: rounded as any number,
/// so that it never looks wider than it is by a digit of the mean that it does not reach. `None` where it
/// is nothing but the noise of floating-point sums beside the mean, or less than a thousandth of the last
/// digit that the mean is shown with (which has so many after the point): that digit is certain.
pub fn half_width(half: f64, mean: f64, decimals: usize) -> Option<String> {
    if half <= mean.abs() * 1e-9 || half * 10f64.powi(decimals as i32) < 1e-3 {
        return None;
    }
    let decimals = significant_decimals(half, 2).min(12);
    let text = grouped(half, decimals);
    Some(if decimals > 0 { without_zeros(&text).to_string() } else { text })
}

/// The text with control characters (which could command a terminal or break a line) replaced by
/// blanks.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The text in lines of at most `width` characters, broken after blanks and dashes where it can
/// be; what does not fit into `most` lines is cut with an ellipsis.
pub fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let width = width.max(2);
    let mut lines: Vec<String> = vec![String::new()];
    let pieces = text.split_inclusive([' ', '-', '_', '/']).flat_map(|piece| chunks(piece, width));
    for piece in pieces {
        let line = lines.last_mut().filter(|l| l.chars().count() + piece.trim_end().chars().count() <= width);
        match line {
            Some(line) => line.push_str(&piece),
            None => lines.push(piece),
        }
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    if lines.len() > most.max(1) {
        lines.truncate(most.max(1));
        let kept: String = lines[lines.len() - 1].chars().take(width - 1).collect();
        *lines.last_mut().unwrap_or(&mut String::new()) = format!("{kept}…");
    }
    lines
}

/// The text in lines of at most `width` characters, broken at blanks alone: names and commands stay whole, be they wider than
/// the line. Escape sequences that colour it take no room.
pub fn wrap_at_blanks(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    let mut used = 0;
    for piece in text.split_inclusive(' ') {
        let (whole, bare) = (seen(piece), seen(piece.trim_end()));
        match lines.last_mut().filter(|_| used == 0 || used + bare <= width) {
            Some(line) => line.push_str(piece),
            None => {
                lines.push(piece.to_string());
                used = 0;
            }
        }
        used += whole;
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

/// Prose in lines of at most `width` characters, broken at blanks, so that names stay whole; only a word that is wider than the
/// line is broken, as [`wrap`] does.
pub fn wrap_words(text: &str, width: usize) -> Vec<String> {
    let broken = |line: String| if line.chars().count() > width { wrap(&line, width, usize::MAX) } else { vec![line] };
    wrap_at_blanks(text, width).into_iter().flat_map(broken).collect()
}

/// The characters of a text that are seen on a terminal.
pub fn seen(text: &str) -> usize {
    let mut parts = text.split('\x1b');
    let first = parts.next().unwrap_or_default().chars().count();
    first + parts.map(|part| part.split_once('m').map_or(0, |(_, rest)| rest.chars().count())).sum::<usize>()
}

/// A piece cut into parts of at most `width` characters.
fn chunks(piece: &str, width: usize) -> Vec<String> {
    let characters: Vec<char> = piece.chars().collect();
    match piece.trim_end().chars().count() <= width {
        true => vec![piece.to_string()],
        false => characters.chunks(width).map(|part| part.iter().collect()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_colours_stay_whole_where_a_line_is_broken() {
        let text = "see \x1b[1;31mhostsim\x1b[0m models --family vps aws-elastic-beanstalk-2017";
        let lines = ["see \x1b[1;31mhostsim\x1b[0m", "models", "--family vps", "aws-elastic-beanstalk-2017"];
        assert_eq!(wrap_at_blanks(text, 12), lines);
        assert_eq!(wrap_at_blanks(text, 200), [text]);
        assert_eq!(wrap_at_blanks("", 5), [""]);
        assert_eq!(wrap_words("see aws-lambda-2017 of us", 16), ["see", "aws-lambda-2017", "of us"]);
        assert_eq!(wrap_words("see aws-lambda-2017 of us", 12), ["see", "aws-lambda-", "2017", "of us"]);
    }

    #[test]
    fn money_as_people_write_it() {
        let written = [
            (0.0, "$0.00"),
            (0.0042, "$0.0042"),
            (4.2e-8, "$0.000000042"),
            (4.2e-13, "less than $0.000000001"),
            (-4.2e-13, "more than -$0.000000001"),
            (0.43, "$0.43"),
            (5.0, "$5.00"),
            (99.99, "$99.99"),
            (100.0, "$100"),
            (1234.4, "$1,234"),
            (1_234_567.0, "$1,234,567"),
            (-12.3, "-$12.30"),
            (-1500.0, "-$1,500"),
        ];
        for (dollars, expected) in written {
            assert_eq!(money(dollars), expected);
        }
        assert_eq!(money_with(-0.001, 2), "$0.00");
        let short = [
            (5.0, "$5"),
            (0.25, "$0.25"),
            (0.5, "$0.50"),
            (1234.0, "$1.2k"),
            (999.9, "$1k"),
            (61e6, "$61M"),
            (250.0, "$250"),
            (0.001, "$0.001"),
        ];
        for (dollars, expected) in short {
            assert_eq!(short_money(dollars), expected);
        }
    }

    #[test]
    fn counts_and_levels() {
        for (value, expected) in
            [(950.0, "950"), (1_200_000.0, "1.2 M"), (61_000.0, "61 k"), (0.0, "0"), (0.01, "0.01")]
        {
            assert_eq!(short_count(value), expected);
        }
        for (value, expected) in [(1.0, "1"), (2.346, "2.35"), (12.44, "12.4"), (1234.5, "1,234"), (0.0123, "0.0123")] {
            assert_eq!(level(value), expected);
        }
    }

    #[test]
    fn durations() {
        let written = [
            (0.0, "0 s"),
            (0.062, "62 ms"),
            (1.2345, "1.23 s"),
            (0.00085, "850 µs"),
            (210.0, "3.5 min"),
            (7_560.0, "2.1 h"),
            (345_600.0, "4 days"),
            (0.9999, "1 s"),
        ];
        for (seconds, expected) in written {
            assert_eq!(duration(seconds), expected);
        }
    }

    #[test]
    fn shares() {
        for (share, expected) in [
            (0.0, "0 %"),
            (0.12, "12 %"),
            (0.004, "0.4 %"),
            (0.9995, "99.95 %"),
            (0.9999, "99.99 %"),
            (1.0, "100 %"),
            (0.999_996, "99.9996 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }

    #[test]
    fn half_widths_have_two_digits_and_are_not_rounded_up_to_those_of_the_mean() {
        let written = [
            ((0.0056, 138.0, 0), Some("0.0056")),
            ((0.0001, 5.0, 2), Some("0.0001")),
            ((0.0123, 0.43, 2), Some("0.012")),
            ((0.02, 5.0, 2), Some("0.02")),
            ((0.0996, 5.0, 2), Some("0.1")),
            ((7.26, 138.0, 0), Some("7.3")),
            ((12.4, 1_234.0, 0), Some("12")),
            ((1_234.4, 9_000.0, 0), Some("1,234")),
            ((0.000_007_8, 1.0, 2), None),
            ((1e-12, 5.0, 2), None),
            ((0.0, 0.0, 2), None),
        ];
        for ((half, mean, decimals), expected) in written {
            assert_eq!(half_width(half, mean, decimals).as_deref(), expected, "{half}");
        }
    }

    #[test]
    fn lines_break_after_dashes_and_blanks() {
        assert_eq!(wrap("aws-lambda-2017 128mb", 12, 9), ["aws-lambda-", "2017 128mb"]);
        assert_eq!(wrap("one two three", 5, 9), ["one", "two", "three"]);
        assert_eq!(wrap("abcdefghij", 4, 2), ["abcd", "efg…"]);
        assert_eq!(wrap("", 4, 2), [""]);
        assert_eq!(printable("a\u{1b}[5m\nb"), "a [5m b");
    }
}
