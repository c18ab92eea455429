//! `[expect]`: claims about the result that `run` checks on the means.
//!
//! `"lambda.tco_usd" = "< 0.5 * droplet.tco_usd"`: on the left a case and the flat name of one of
//! its figures; then `<`, `<=`, `>`, `>=`, `==` (to a relative 10⁻⁹) or `within 5 % of`; on the
//! right a number, a figure of a case, or a number times such a figure. `slo_met` (and `settled`) is 1 where the
//! objectives are met and 0 where not.

mod ratio;

pub use ratio::Ratio;

use crate::document::{Diagnostics, Node, Origin, Table, suggest, text};
use crate::report::{CaseResult, ResultDocument};
use crate::units::parse_percent;

/// The relative difference up to which two figures are equal.
const EQUAL: f64 = 1e-9;

/// A claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    left: Figure,
    relation: Relation,
    right: Side,
    claim: String,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it holds.
    pub holds: bool,
    /// The claim with the numbers found: "holds: lambda.invoice_usd < 1: 0.43".
    pub text: String,
}

/// A claim that cannot be checked: what is wrong at which place, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where the name stands.
    pub at: Origin,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// A figure of a case, and where it is named.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    case: String,
    /// Its flat name.
    pub name: String,
    /// Where it is written.
    pub at: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Relation {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
    Within(f64),
}

/// A number times a figure, or a number alone.
#[derive(Clone, Debug, PartialEq)]
struct Side {
    factor: f64,
    figure: Option<Figure>,
}

impl Mistake {
    /// Notes the mistake among the other errors.
    pub fn note(&self, diagnostics: &mut Diagnostics) {
        diagnostics.error(self.at, &self.message, &self.help);
    }
}

impl Expectation {
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
        let (relation, factor, name) = parsed.ok()?;
        let figure = match name {
            Some(name) => Some(Figure::read(name, node.at, cases, diagnostics)?),
            None => None,
        };
        Some(Expectation { left: left?, relation, right: Side { factor, figure }, claim: format!("{key} {written}") })
    }

    /// Checks the claim on the means. An undefined figure satisfies no claim.
    ///
    /// # Errors
    /// Names a figure that the case does not have, with the nearest one that it has.
    pub fn check(&self, result: &ResultDocument) -> Result<Outcome, Mistake> {
        let left = self.left.mean(result)?;
        let right = match &self.right.figure {
            Some(figure) => figure.mean(result)?.map(|mean| self.right.factor * mean),
            None => Some(self.right.factor),
        };
        let holds = matches!((left, right), (Some(left), Some(right)) if self.relation.holds(left, right));
        let shown = |value: Option<f64>| value.map_or("undefined".to_string(), brief);
        let verdict = if holds { "holds" } else { "fails" };
        let compared = if self.right.figure.is_some() { format!(" against {}", shown(right)) } else { String::new() };
        Ok(Outcome { holds, text: format!("{verdict}: {}: {}{compared}", self.claim, shown(left)) })
    }
}

impl Relation {
    fn holds(self, left: f64, right: f64) -> bool {
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

    fn mean(&self, result: &ResultDocument) -> Result<Option<f64>, Mistake> {
        Ok(crate::metrics::Estimate::of(&self.values(result)?).mean)
    }

    /// The figure's value in each replication.
    fn values(&self, result: &ResultDocument) -> Result<Vec<Option<f64>>, Mistake> {
        let case = result.case(&self.case).ok_or_else(|| Mistake {
            at: self.at,
            message: format!("the result has no case `{}`", self.case),
            help: suggest(&self.case, result.cases.iter().map(|c| c.name.as_str())),
        })?;
        self.values_in(case)
    }

    fn values_in(&self, case: &CaseResult) -> Result<Vec<Option<f64>>, Mistake> {
        if self.name == "slo_met" {
            return Ok(vec![case.slo_met.map(|met| f64::from(u8::from(met)))]);
        }
        if self.name == "settled" {
            return Ok(vec![Some(f64::from(u8::from(case.is_settled())))]);
        }
        let values = case.figures.values_of_flat(&self.name).ok_or_else(|| {
            let names: Vec<String> = case.figures.flat_names().collect();
            Mistake {
                at: self.at,
                message: format!("the case `{}` has no figure `{}`", self.case, self.name),
                help: suggest(&self.name, names.iter().map(String::as_str)),
            }
        })?;
        Ok(values.to_vec())
    }
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
        _ => Ok((1.0, Some(text))),
    }
}

/// A finite number, with `_` between digits as TOML allows; no words such as `inf`.
fn number(text: &str) -> Option<f64> {
    let looks_so = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let value: f64 = text.replace('_', "").parse().ok()?;
    (looks_so && value.is_finite()).then_some(value)
}

/// Up to six significant digits, without zeros at the end.
fn brief(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Figures;

    const CASES: [&str; 3] = ["lambda", "droplet", "a.b"];

    fn read(text: &str) -> (Vec<Expectation>, String) {
        let mut diagnostics = Diagnostics::default();
        let source = diagnostics.sources.add("test.toml", text);
        let node = Node::parse(source, &mut diagnostics);
        let read = Expectation::read_all(&node, &CASES, &mut diagnostics);
        (read, diagnostics.render(false))
    }

    fn result() -> ResultDocument {
        let case = |name: &str, tco: f64| {
            let mut figures = Figures::new();
            figures.push([
                (&["tco_usd"][..], Some(tco)),
                (&["latency_s", "p99"], Some(0.25)),
                (&["requests", "cold_share"], None),
            ]);
            CaseResult { name: name.into(), figures, slo_met: Some(true), ..CaseResult::default() }
        };
        ResultDocument {
            cases: vec![case("lambda", 0.43), case("droplet", 5.0), case("a.b", 1.0)],
            ..Default::default()
        }
    }

    fn outcome(text: &str) -> Outcome {
        let (read, errors) = read(text);
        assert_eq!(errors, "");
        read[0].check(&result()).unwrap()
    }

    #[test]
    fn every_relation_holds_where_it_should_and_nowhere_else() {
        let claims = [
            ("< 0.44", true),
            ("< 0.43", false),
            ("<= 0.43", true),
            ("> 0.42", true),
            ("> 0.43", false),
            (">= 0.43", true),
            (">=0.431", false),
            ("== 0.4300000001", true),
            ("== 0.430001", false),
            ("within 5 % of 0.45", true),
            ("within 5 % of 0.46", false),
            ("< 0.5 * droplet.tco_usd", true),
            ("< 0.05 * droplet.tco_usd", false),
            ("within 1 % of 0.086 * droplet.tco_usd", true),
            ("< droplet.tco_usd", true),
            ("== 0.43 * a.b.tco_usd", true),
            ("> droplet.latency_p99_s", true),
        ];
        for (claim, holds) in claims {
            let outcome = outcome(&format!("\"lambda.tco_usd\" = \"{claim}\""));
            assert_eq!(outcome.holds, holds, "{}", outcome.text);
        }
        assert!(outcome("\"lambda.slo_met\" = \"== true\"").holds);
    }

    #[test]
    fn the_outcome_says_what_was_found() {
        assert_eq!(outcome("\"lambda.tco_usd\" = \"< 1\"").text, "holds: lambda.tco_usd < 1: 0.43");
        let text = outcome("\"lambda.tco_usd\" = \"> 2 * droplet.tco_usd\"").text;
        assert_eq!(text, "fails: lambda.tco_usd > 2 * droplet.tco_usd: 0.43 against 10");
        let undefined = outcome("\"lambda.requests_cold_share\" = \"< 1\"");
        assert_eq!((undefined.holds, undefined.text.ends_with(": undefined")), (false, true));
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
        assert_eq!(errors.matches("error").count(), 3, "{errors}");
    }

    #[test]
    fn an_unknown_figure_is_a_mistake_with_the_nearest_name() {
        let (read, _) = read("\"lambda.latency_p99\" = \"< 1\"");
        let mistake = read[0].check(&result()).unwrap_err();
        assert!(mistake.message.contains("`lambda` has no figure `latency_p99`"));
        assert_eq!(mistake.help, "did you mean `latency_p99_s`?");
    }
}
