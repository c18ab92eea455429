//! Percentiles by name: `p50`, `p99.9`, and `p999` for the same.

/// Digits after a percentile's point at most: beyond, no simulation has requests enough.
const MOST_DIGITS: usize = 6;

/// Whether a word is meant as a percentile: a `p` and a digit.
pub fn is_one(word: &str) -> bool {
    word.strip_prefix('p').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The share that a name says: `p80` 0.8, `p99.9` and `p999` 0.999.
///
/// # Errors
/// What to write instead.
pub fn share(word: &str) -> Result<f64, String> {
    let expected = "a percentile between 0 and 100: p50, p80, p99, p99.9";
    let digits = word.strip_prefix('p').ok_or(expected)?;
    let (whole, part) = digits.split_once('.').unwrap_or_else(|| match digits.len() {
        0..=2 => (digits, ""),
        _ => digits.split_at_checked(2).unwrap_or((digits, "")),
    });
    if digits.ends_with('.') {
        return Err(expected.into());
    }
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 2 || part.len() > MOST_DIGITS || !all_digits(whole) || !all_digits(part) {
        let help = if digits == "100" { "the longest of all is `max`" } else { expected };
        return Err(help.into());
    }
    if !digits.contains('.') && !part.is_empty() && !whole.starts_with('9') {
        let help =
            if digits == "100" { "the longest of all is `max`".into() } else { format!("write p{whole}.{part}") };
        return Err(help);
    }
    let percent: f64 = format!("{whole}.{part}0").parse().map_err(|_| expected)?;
    // By thousandths of thousandths, so that p99.9 is the float 0.999.
    let share = (percent * 1e6).round() / 1e8;
    if share > 0.0 { Ok(share) } else { Err(expected.into()) }
}

/// The name of a share: `p50`, `p99.9`.
pub fn name(share: f64) -> String {
    format!("p{}", (share * 1e8).round() / 1e6)
}

/// The same as the key of a figure, in which a point would be a path's: `p50`, `p999`, `p2_5`.
pub fn key(share: f64) -> String {
    // p95 is 95 % and no 9.5 %.
    name(share).replace('.', if share >= 0.9 { "" } else { "_" })
}

/// The share that a figure's key says.
pub fn of_key(key: &str) -> Option<f64> {
    let found = is_one(key).then(|| share(&key.replace('_', ".")).ok()).flatten()?;
    (self::key(found) == key).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_shares() {
        let known = [("p50", 0.5), ("p80", 0.8), ("p5", 0.05), ("p99.9", 0.999), ("p999", 0.999), ("p9999", 0.9999)];
        for (word, expected) in known {
            assert_eq!(share(word), Ok(expected), "{word}");
        }
        assert_eq!(share("p99.0"), Ok(0.99));
        assert_eq!(share("p2.5"), Ok(0.025));
        for wrong in ["p0", "p100", "p100.0", "p", "p505", "p99.", "p9.9.9", "p-5", "p1e1", "p00", "p99.12345678"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_read_back() {
        for share in [0.5, 0.8, 0.025, 0.999, 0.9995, 0.09, 0.095, 0.9] {
            assert_eq!(of_key(&key(share)), Some(share), "{}", key(share));
        }
        assert_eq!((key(0.999).as_str(), key(0.025).as_str(), name(0.999).as_str()), ("p999", "p2_5", "p99.9"));
        assert_eq!(of_key("peak"), None);
    }
}
