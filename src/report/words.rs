//! Names of axes in words, and their values in the axis' own unit.

use super::format::significant;
use super::sweep::short_value;
use crate::scenario::map::TRAFFIC;
use crate::sweep::scale::plain_number;

/// A dotted path of keys in words: "memory of api", "keep-alive of lambda", "labour wage".
pub fn of_path(path: &str) -> String {
    let keys: Vec<&str> = path.split('.').map(|key| key.trim_matches('"')).collect();
    let worded = |keys: &[&str]| keys.join(" ").replace('_', "-");
    match keys.as_slice() {
        [TRAFFIC] => "traffic, times the scenario's".into(),
        ["labour", "hours"] => "labour hours (0 fewest to 1 most)".into(),
        ["app" | "case" | "model", name, rest @ ..] if !rest.is_empty() => format!("{} of {name}", worded(rest)),
        keys => worded(keys),
    }
}

/// The unit that all values share ("USD/h"), and the values without it; no unit where they have none in common.
pub fn in_one_unit(values: &[&str]) -> (Option<String>, Vec<String>) {
    let split = |value: &str| -> Option<(f64, String)> {
        let text = value.trim().trim_matches('"');
        let at = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '+')))?;
        let (number, unit) = (text[..at].replace('_', "").parse().ok()?, text[at..].trim().to_string());
        (!unit.is_empty()).then_some((number, unit))
    };
    let pairs: Option<Vec<(f64, String)>> = values.iter().map(|value| split(value)).collect();
    match pairs {
        Some(pairs) if pairs.windows(2).all(|two| two[0].1 == two[1].1) && !pairs.is_empty() => {
            let unit = pairs[0].1.clone();
            (Some(unit), pairs.iter().map(|(number, _)| significant(*number, 3)).collect())
        }
        _ => (None, values.iter().map(|value| short_value(value)).collect()),
    }
}

/// A value of an axis with its name, of which the unit is a part: "labour wage 20 USD/h".
pub fn at(name: &str, value: &str) -> String {
    match name.rsplit_once(", ") {
        Some((name, unit)) => format!("{name} {value} {unit}"),
        None => format!("{name} {value}"),
    }
}

/// A value of an axis as a plain number: bytes, seconds, dollars an hour; empty where it is none.
pub fn number(value: &str) -> String {
    plain_number(value).map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words() {
        for (path, words) in [
            ("traffic", "traffic, times the scenario's"),
            ("labour.wage", "labour wage"),
            ("labour.hours", "labour hours (0 fewest to 1 most)"),
            ("app.api.memory", "memory of api"),
            ("app.api.arrivals.poisson.rate", "arrivals poisson rate of api"),
            ("case.lambda.keep-alive", "keep-alive of lambda"),
        ] {
            assert_eq!(of_path(path), words);
        }
    }

    #[test]
    fn values_of_one_unit_are_numbers_in_it() {
        assert_eq!(in_one_unit(&["20 USD/h", "120.7 USD/h"]), (Some("USD/h".into()), vec!["20".into(), "121".into()]));
        assert_eq!(in_one_unit(&["64 MiB", "1 GiB"]).0, None);
        assert_eq!(in_one_unit(&["none", "histogram"]).0, None);
        assert_eq!(number("64 MiB"), "67108864");
        assert_eq!(at("labour wage, USD/h", "20"), "labour wage 20 USD/h");
        assert_eq!([number("250 ms"), number("20 USD/h"), number("none")], ["0.25", "20", ""]);
    }
}
