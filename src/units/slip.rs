//! What somebody meant who wrote a number or a unit as it is written elsewhere.

use super::{Currency, parse_decimal};

/// How else the units are written. Where there is more than one that may be meant, all are named.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("ns nsec nsecs nano nanos nanosecond nanoseconds", &["ns"]),
    ("us µs μs usec usecs micro micros microsec microsecond microseconds", &["us"]),
    ("ms msec msecs milli millis millisec millisecond milliseconds", &["ms"]),
    ("s sec secs second seconds", &["s"]),
    ("m", &["min", "months"]),
    ("min mins minute minutes", &["min"]),
    ("h hr hrs hour hours", &["h"]),
    ("d day days", &["days"]),
    ("w wk wks week weeks", &["weeks"]),
    ("mo mon mos mth month months", &["months"]),
    ("y yr yrs a year years annum", &["years"]),
    ("b byte bytes octet octets", &["B"]),
    ("k kb kilobyte kilobytes", &["kB", "KiB"]),
    ("m mb meg megs megabyte megabytes", &["MB", "MiB"]),
    ("g gb gig gigs gigabyte gigabytes", &["GB", "GiB"]),
    ("t tb terabyte terabytes", &["TB", "TiB"]),
    ("ki kib kibibyte kibibytes", &["KiB"]),
    ("mi mib mebibyte mebibytes", &["MiB"]),
    ("gi gib gibibyte gibibytes", &["GiB"]),
    ("ti tib tebibyte tebibytes", &["TiB"]),
    ("w watt watts", &["W"]),
    ("kw kilowatt kilowatts", &["kW"]),
    ("percent pct", &["%"]),
];

/// What stands before the time in a rate, where anything does.
const EVENTS: [&str; 16] = [
    "requests",
    "request",
    "reqs",
    "req",
    "calls",
    "call",
    "hits",
    "hit",
    "queries",
    "query",
    "events",
    "event",
    "1",
    "transactions",
    "ops",
    "r",
];

/// The times that a rate may be per.
const PER: &[(&str, &str)] = &[
    ("s sec secs second seconds", "/s"),
    ("m min mins minute minutes", "/min"),
    ("h hr hour hours", "/h"),
    ("d day days", "/day"),
    ("mo mon month months", "/month"),
];

/// Rates that have a word of their own.
const RATES: &[(&str, &str)] =
    &[("rps qps tps ops hz rate", "/s"), ("rpm qpm", "/min"), ("rph", "/h"), ("rpd", "/day")];

const SYMBOLS: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("pounds", "GBP"),
    ("cents", "USD"),
];

/// Whether `word` is one of the words of a list, which stand apart in a text.
fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// The units among `known` that may be meant by another; none where nothing is near.
pub(super) fn units<'u>(written: &str, known: &[(&'u str, u64)]) -> Vec<&'u str> {
    let of = |name: &str| known.iter().find(|(unit, _)| *unit == name).map(|(unit, _)| *unit);
    if let Some((unit, _)) = known.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(written)) {
        return vec![unit];
    }
    let lower = written.to_lowercase();
    let lists = ELSEWHERE.iter().filter(|(list, _)| among(list, &lower));
    let found: Vec<&str> = lists.flat_map(|(_, names)| names.iter().filter_map(|name| of(name))).collect();
    if !found.is_empty() {
        return found;
    }
    if let Some(found) = rate(&lower).and_then(of) {
        return vec![found];
    }
    if ELSEWHERE.iter().any(|(list, _)| among(list, &lower)) {
        return Vec::new(); // A unit of something else.
    }
    let distance = |unit: &&'u str| strsim::damerau_levenshtein(&lower, &unit.to_lowercase());
    let near = known
        .iter()
        .map(|(unit, _)| *unit)
        .filter(|unit| lower.len() >= 3 && unit.len() >= 3 && lower.len() < 40 && distance(unit) <= 1);
    near.min_by_key(distance).into_iter().collect()
}

/// The unit in the number that goes with it: "1 year", "2 years".
pub(super) fn of_one<'u>(number: &str, unit: &'u str) -> &'u str {
    let pairs = [("hour", "hours"), ("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")];
    match pairs.iter().find(|(one, many)| *one == unit || *many == unit) {
        Some((one, _)) if number == "1" => one,
        Some((_, many)) => many,
        None => unit,
    }
}

/// The rate that words such as "rps", "req/s" or "per minute" mean.
fn rate(lower: &str) -> Option<&'static str> {
    if let Some((_, rate)) = RATES.iter().find(|(list, _)| among(list, lower)) {
        return Some(rate);
    }
    let rest = EVENTS.iter().find_map(|event| lower.strip_prefix(event)).unwrap_or(lower).trim_start();
    let (before, per) = rest.split_once('/').or_else(|| rest.split_once("per ")).or_else(|| rest.split_once("a "))?;
    if !before.trim().is_empty() {
        return None;
    }
    PER.iter().find(|(list, _)| among(list, per.trim())).map(|(_, rate)| *rate)
}

/// The text with its number written with a decimal point and no separators, where it is written
/// otherwise: "10,5 ms", "1,000 /s", "1 000 /s", "1'000", "1e3 /s", ".5 s".
pub(super) fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let separates = |c: char| matches!(c, ',' | '.' | '\'' | '’' | '_' | ' ' | '\u{a0}' | '\u{202f}');
    let end = text.find(|c: char| !(c.is_ascii_digit() || separates(c) || "+-".contains(c))).unwrap_or(text.len());
    let (head, rest) = (text[..end].trim_end(), &text[end..]);
    if !head.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (head, rest) = with_exponent(head, rest).unwrap_or((head.to_string(), rest));
    if head == text[..end].trim_end() && parse_decimal_plainly(&head) {
        return None;
    }
    let plain = plain(&head)?;
    let unit = rest.trim_start();
    Some(if unit.is_empty() { plain } else { format!("{plain} {unit}") })
}

/// What is wrong with a number, and how it is written.
pub(super) fn not_a_number(text: &str, better: &str) -> String {
    let either = thousands_or_decimal(text)
        .map_or(String::new(), |other| format!(", or \"{other}\" if the comma is a decimal one"));
    format!("\"{text}\" is no number: numbers have a decimal point and no separators; write \"{better}\"{either}")
}

/// "1.000 /s" for "1,000 /s", which may be meant either way.
fn thousands_or_decimal(text: &str) -> Option<String> {
    let (whole, rest) = text.split_once(',')?;
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let alone = !rest.contains(',') && !text.contains('.') && digits == 3 && !whole.starts_with('0');
    alone.then(|| format!("{whole}.{rest}"))
}

fn parse_decimal_plainly(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let good = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    good(whole) && good(fraction)
}

/// "1" and "e3 /s" as "1000" and "/s".
fn with_exponent<'t>(head: &str, rest: &'t str) -> Option<(String, &'t str)> {
    let power = rest.strip_prefix(['e', 'E'])?;
    let sign = usize::from(power.starts_with(['+', '-']));
    let digits = power[sign..].bytes().take_while(u8::is_ascii_digit).count();
    let value: f64 = format!("{head}e{}", &power[..sign + digits]).parse().ok()?;
    (digits > 0 && value.abs() < 1e15 && value.abs() > 1e-9).then(|| (value.to_string(), &power[sign + digits..]))
}

/// A number without separators of thousands and with a point before its decimals.
fn plain(head: &str) -> Option<String> {
    let spaced: String = head.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’' | '_')).collect();
    let (commas, points) = (spaced.matches(',').count(), spaced.matches('.').count());
    let last = spaced.rfind([',', '.']);
    let decimal = match (commas, points) {
        (0, 0) => None,
        (1, 0) => last.filter(|at| spaced.len() - at != 4 || spaced.starts_with("0,")),
        (0, 1) => last,
        (1, _) | (_, 1) if commas > 0 && points > 0 => last,
        _ => None,
    };
    let digits = |text: &str| text.replace([',', '.'], "");
    let joined = match decimal {
        Some(at) => format!("{}.{}", digits(&spaced[..at]), digits(&spaced[at..])),
        None => digits(&spaced),
    };
    let joined = if joined.starts_with('.') { format!("0{joined}") } else { joined };
    let joined = joined.strip_suffix('.').unwrap_or(&joined).to_string();
    parse_decimal_plainly(&joined).then_some(joined)
}

/// What is wrong with an amount of money, and how it is written where that can be told.
pub(super) fn money(text: &str, wrong: &str) -> String {
    match better_money(text) {
        Some(better) => format!("{wrong}; did you mean \"{better}\"?"),
        None => wrong.to_string(),
    }
}

fn better_money(text: &str) -> Option<String> {
    let (amount, per) = text.split_once('/').map_or((text, None), |(amount, per)| (amount, Some(per.trim())));
    let amount = amount.trim();
    let word: String = amount.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '_' | ' ')).collect();
    let number: String = amount.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let lower = word.to_lowercase();
    let code =
        SYMBOLS.iter().find(|(symbol, _)| *symbol == lower && *symbol != "cents").map(|(_, code)| code.to_string());
    let code = code.or_else(|| Currency::parse(&word.to_uppercase()).map(|currency| currency.code().to_string()))?;
    parse_decimal(&number).ok()?;
    let per = match per.map(str::to_lowercase) {
        None => String::new(),
        Some(per) if per == "kwh" => "/kWh".into(),
        Some(per) => {
            let periods = [
                ("h hr hrs hour hours", "/h"),
                ("mo mon mth month months", "/month"),
                ("y yr yrs a year years annum", "/year"),
            ];
            periods.iter().find(|(list, _)| among(list, &per))?.1.to_string()
        }
    };
    let better = format!("{number} {code}{per}");
    (better != text).then_some(better)
}

#[cfg(test)]
mod tests {
    use super::super::{parse_bytes, parse_money, parse_money_rate, parse_power, parse_rate, parse_span};

    fn says<T>(found: Result<T, String>, expected: &str) {
        let text = found.err().unwrap_or_else(|| "nothing".into());
        assert!(text.contains(expected), "{expected:?} is not in {text:?}");
    }

    #[test]
    fn the_nearest_unit_is_named() {
        for (text, expected) in [
            ("10 µs", "\"10 us\""),
            ("10 μs", "\"10 us\""),
            ("10 usec", "\"10 us\""),
            ("10 msec", "\"10 ms\""),
            ("10 milliseconds", "\"10 ms\""),
            ("3 secs", "\"3 s\""),
            ("10m", "\"10 min\" or \"10 months\""),
            ("5 minutes", "\"5 min\""),
            ("2 hrs", "\"2 h\""),
            ("3 d", "\"3 days\""),
            ("1 y", "\"1 year\""),
            ("1 MS", "\"1 ms\""),
            ("2 weekss", "\"2 weeks\""),
        ] {
            says(parse_span(text), expected);
        }
        for (text, expected) in [
            ("512M", "\"512 MB\" or \"512 MiB\""),
            ("4G", "\"4 GB\" or \"4 GiB\""),
            ("512Mi", "\"512 MiB\""),
            ("1 KB", "\"1 kB\""),
            ("2 gigabytes", "\"2 GB\" or \"2 GiB\""),
        ] {
            says(parse_bytes(text), expected);
        }
        for (text, expected) in [
            ("2 rps", "\"2 /s\""),
            ("2 req/s", "\"2 /s\""),
            ("2 requests per second", "\"2 /s\""),
            ("100 rpm", "\"100 /min\""),
            ("7 calls/hour", "\"7 /h\""),
            ("9 per day", "\"9 /day\""),
            ("2 Hz", "\"2 /s\""),
            ("3/sec", "\"3 /s\""),
        ] {
            says(parse_rate(text), expected);
        }
        says(parse_power("3 watts"), "\"3 W\"");
        says(parse_span("1 parsec"), "units: ns, us, ms");
    }

    #[test]
    fn numbers_are_written_with_a_point_and_nothing_between_thousands() {
        for (text, expected) in [
            ("10,5 ms", "\"10.5 ms\""),
            ("0,500 s", "\"0.500 s\""),
            ("1'000 s", "\"1000 s\""),
            ("1 000 s", "\"1000 s\""),
            ("1.234,5 s", "\"1234.5 s\""),
            ("1,234.5 s", "\"1234.5 s\""),
            ("1,000,000 s", "\"1000000 s\""),
            ("1e3 s", "\"1000 s\""),
            (".5 s", "\"0.5 s\""),
        ] {
            says(parse_span(text), expected);
            says(parse_span(text), "decimal point and no separators");
        }
        says(parse_rate("1,000 /s"), "write \"1000 /s\", or \"1.000 /s\"");
        says(parse_money("1,50 USD"), "\"1.50 USD\"");
        says(crate::units::parse_decimal("0,20"), "\"0.20\"");
    }

    #[test]
    fn money_is_a_number_and_a_code() {
        for (text, expected) in [
            ("€55/h", "\"55 EUR/h\""),
            ("$55/hour", "\"55 USD/h\""),
            ("55 usd/h", "\"55 USD/h\""),
            ("55 dollars/hr", "\"55 USD/h\""),
            ("60000 USD/yr", "\"60000 USD/year\""),
        ] {
            says(parse_money_rate(text), expected);
        }
        says(parse_money("$5"), "\"5 USD\"");
        says(parse_money("5 €"), "\"5 EUR\"");
    }
}
