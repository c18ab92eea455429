//! `[expect]`: claims about the result that `run` checks on the means (`experiment::expect` does).
//!
//! `"lambda.tco_usd" = "< 0.5 * droplet.tco_usd"`: on the left a case and the flat name of one of
//! its figures; then `<`, `<=`, `>`, `>=`, `==` (to a relative 10⁻⁹) or `within 5 % of`; on the
//! right a number, a figure of a case, or a number times such a figure. `slo_met` (and `settled`) is 1 where the
//! objectives are met and 0 where not.

mod ratio;

pub use ratio::Ratio;

use crate::document::{Diagnostics, Node, Origin, Table, suggest, text};
use crate::metrics::{self, FIGURES};
use crate::units::{parse_percent, parse_span};

/// The relative difference up to which two figures are equal.
const EQUAL: f64 = 1e-9;

/// A claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    pub(crate) left: Figure,
    pub(crate) relation: Relation,
    pub(crate) right: Side,
    pub(crate) claim: String,
}

/// A figure of a case, and where it is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub(crate) case: String,
    /// Its flat name.
    pub name: String,
    /// Where it is written.
    pub at: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Relation {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
    Within(f64),
}

/// A number times a figure, or a number alone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Side {
    pub(crate) factor: f64,
    pub(crate) figure: Option<Figure>,
}

impl Expectation {
    /// What its two sides are called: "lambda", "0.5 × droplet", "999"; with the figure's name where they differ in it.
    pub fn names(&self) -> (String, String) {
        let named = |figure: &Figure, alike: bool| {
            if alike { figure.case.clone() } else { format!("{}.{}", figure.case, figure.name) }
        };
        let Some(right) = &self.right.figure else {
            return (named(&self.left, true), format!("{} (what the claim asks for)", self.right.factor));
        };
        let alike = right.name == self.left.name;
        let times = if self.right.factor == 1.0 { String::new() } else { format!("{} × ", self.right.factor) };
        (named(&self.left, alike), format!("{times}{}", named(right, alike)))
    }

    /// The flat name of the figure at its left.
    pub fn figure(&self) -> &str {
        &self.left.name
    }

    /// The figures that it names.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        std::iter::once(&self.left).chain(&self.right.figure)
    }

    /// Reads the table `[expect]`, in the order of the file; `cases` are the names there are.
    pub fn read_all(node: &Node, cases: &[&str], diagnostics: &mut Diagnostics) -> Vec<Expectation> {
        let Some(entries) = Table::of(node, diagnostics).and(node.as_table()) else { return Vec::new() };
        entries.iter().filter_map(|(key, node)| Expectation::read(key, node, cases, diagnostics)).collect()
    }

    /// Reads one claim; notes what is malformed and which case does not exist.
    pub fn read(key: &str, node: &Node, cases: &[&str], diagnostics: &mut Diagnostics) -> Option<Expectation> {
        let left = Figure::read(key, node.key, cases, diagnostics);
        let written = text(node, diagnostics)?;
        let parsed = parse(&written).map_err(|message| {
            let help = "write for example \"< 1\", \">= 0.5 * other.tco_usd\" or \"within 5 % of 3.2\"";
            diagnostics.error(node.at, message, help);
        });
        let Ok((relation, factor, name)) = parsed else {
            // All that is wrong with a claim is said at once.
            if let Some(left) = left.filter(|left| metrics::figure::of_any_app(&left.name).is_none()) {
                let (message, help) = unknown_figure(&left.name);
                diagnostics.error(left.at, message, help);
            }
            return None;
        };
        let figure = match name {
            Some(name) => Some(Figure::read(name, node.at, cases, diagnostics)?),
            None => None,
        };
        Some(Expectation { left: left?, relation, right: Side { factor, figure }, claim: format!("{key} {written}") })
    }
}

impl Relation {
    pub(crate) fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Relation::Below => left < right,
            Relation::AtMost => left <= right,
            Relation::Above => left > right,
            Relation::AtLeast => left >= right,
            Relation::Equal => (left - right).abs() <= EQUAL * left.abs().max(right.abs()),
            Relation::Within(share) => (left - right).abs() <= share * right.abs(),
        }
    }
}

impl Figure {
    /// Splits `case.figure` after the longest name of a case (which may hold dots itself).
    fn read(written: &str, at: Origin, cases: &[&str], diagnostics: &mut Diagnostics) -> Option<Figure> {
        let after = |case: &&str| written.strip_prefix(*case)?.strip_prefix('.').filter(|name| !name.is_empty());
        let found = cases.iter().filter(|case| after(case).is_some()).max_by_key(|case| case.len());
        if let Some(case) = found {
            return Some(Figure { case: case.to_string(), name: after(case)?.to_string(), at });
        }
        match written.split_once('.') {
            Some((case, _)) => {
                diagnostics.error(at, format!("there is no case `{case}`"), suggest(case, cases.iter().copied()));
            }
            None => {
                let help = "name the case and the figure: \"lambda.invoice_usd\"";
                diagnostics.error(at, format!("`{written}` is not the figure of a case"), help);
            }
        }
        None
    }
}

/// Words that people use for figures.
const CALLED: [(&str, &[&str]); 5] = [
    ("cost", &["tco_usd", "invoice_usd"]),
    ("price", &["invoice_usd", "tco_usd"]),
    ("total", &["tco_usd", "invoice_usd"]),
    ("latency", &["latency_p99_s", "latency_mean_s"]),
    ("cold", &["requests_cold_share"]),
];

/// The figures that a word is used for, or that have it among the words of their names.
fn meant(name: &str, known: &[String]) -> Option<String> {
    let called = CALLED.iter().find(|(word, _)| *word == name).map(|(_, names)| names.to_vec());
    let words = |flat: &&String| flat.split('_').any(|word| word == name);
    let found = called.unwrap_or_else(|| known.iter().filter(words).map(String::as_str).take(3).collect());
    let quoted: Vec<String> = found.iter().map(|name| format!("`{name}`")).collect();
    (!quoted.is_empty()).then(|| format!("did you mean {}?", quoted.join(" or ")))
}

/// What is said of a figure that there is not, and what is meant instead.
pub fn unknown_figure(name: &str) -> (String, String) {
    let known: Vec<String> = FIGURES.iter().map(metrics::Figure::flat_name).collect();
    let near = meant(name, &known).unwrap_or_else(|| suggest(name, known.iter().map(String::as_str)));
    let help = format!("{near}; names are those of the columns of result.csv, such as latency_p99_s");
    (format!("there is no figure `{name}`"), help.trim_start_matches("; ").to_string())
}

/// The relation, the factor and the name on the right of it.
fn parse(text: &str) -> Result<(Relation, f64, Option<&str>), String> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("within ") {
        let (share, right) = rest.split_once(" of ").ok_or_else(|| format!("`{text}` lacks the word `of`"))?;
        let share = parse_percent(share.trim())?;
        let (factor, name) = side(right)?;
        return Ok((Relation::Within(share), factor, name));
    }
    let signs = [
        ("<=", Relation::AtMost),
        (">=", Relation::AtLeast),
        ("==", Relation::Equal),
        ("<", Relation::Below),
        (">", Relation::Above),
    ];
    let found = signs.iter().find_map(|(sign, relation)| Some((*relation, text.strip_prefix(sign)?)));
    let (relation, right) = found.ok_or_else(|| format!("`{text}` does not begin with <, <=, >, >=, == or within"))?;
    let (factor, name) = side(right)?;
    Ok((relation, factor, name))
}

/// `3.2`, `true`, `other.tco_usd` or `0.5 * other.tco_usd`.
fn side(text: &str) -> Result<(f64, Option<&str>), String> {
    let text = text.trim();
    if let Some((factor, name)) = text.split_once('*') {
        let factor = number(factor.trim()).ok_or_else(|| format!("`{}` is not a number", factor.trim()))?;
        return if name.trim().is_empty() {
            Err("nothing follows `*`".into())
        } else {
            Ok((factor, Some(name.trim())))
        };
    }
    match (text, number(text)) {
        ("", _) => Err("nothing stands on the right of the sign".into()),
        ("true", _) => Ok((1.0, None)),
        ("false", _) => Ok((0.0, None)),
        (_, Some(value)) => Ok((value, None)),
        _ if text.starts_with(|c: char| c.is_ascii_digit()) => Err(with_a_unit(text)),
        _ => Ok((1.0, Some(text))),
    }
}

/// What is wrong with "500 ms", and the number that is meant.
fn with_a_unit(text: &str) -> String {
    let seconds = parse_span(text).ok().map(|span| span.seconds());
    let meant = seconds.or_else(|| parse_percent(text).ok());
    // Without the last digits of a binary fraction.
    let rounded = |number: f64| (number * 1e12).round() / 1e12;
    let meant = meant.map_or(String::new(), |number| format!("; write {}", rounded(number)));
    format!("`{text}` is not a number: figures are in seconds, dollars and shares, and written without a unit{meant}")
}

/// A finite number, with `_` between digits as TOML allows; no words such as `inf`.
fn number(text: &str) -> Option<f64> {
    let looks_so = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let value: f64 = text.replace('_', "").parse().ok()?;
    (looks_so && value.is_finite()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: [&str; 3] = ["lambda", "droplet", "a.b"];

    fn read(text: &str) -> (Vec<Expectation>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("test.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let read = Expectation::read_all(&node, &CASES, &mut diagnostics);
        (read, diagnostics.render(false))
    }

    #[test]
    fn what_is_malformed_is_named_at_its_place() {
        let wrong = [
            ("\"lambda.tco_usd\" = \"= 1\"", "does not begin with"),
            ("\"lambda.tco_usd\" = \"<\"", "nothing stands on the right"),
            ("\"lambda.tco_usd\" = \"< x * droplet.tco_usd\"", "`x` is not a number"),
            ("\"lambda.tco_usd\" = \"< 2 *\"", "nothing follows"),
            ("\"lambda.tco_usd\" = \"within 5 of 3\"", "%"),
            ("\"lambda.tco_usd\" = \"within 5 %\"", "lacks the word `of`"),
            ("\"lambda.tco_usd\" = 1", "expected a string"),
            ("\"lambda.tco_usd\" = \"< inf\"", "is not the figure of a case"),
            ("\"lamda.tco_usd\" = \"< 1\"", "did you mean `lambda`?"),
            ("\"lambda.tco_usd\" = \"< droplets.tco_usd\"", "did you mean `droplet`?"),
            ("lambda = \"< 1\"", "name the case and the figure"),
        ];
        for (text, expected) in wrong {
            let (read, errors) = read(text);
            assert!(
                read.is_empty() && errors.contains(expected) && errors.contains("test.toml:1:"),
                "{text}: {errors}"
            );
        }
    }

    #[test]
    fn both_sides_errors_are_reported_at_once() {
        let (_, errors) = read("\"lamda.tco_usd\" = \"< droplets.tco_usd\"\n\"lambda.x\" = \"!\"");
        assert_eq!(errors.matches("error").count(), 4, "{errors}");
    }
}
