//! What came of a scenario's claims about its result.

use super::result::{CaseResult, ResultDocument};
use crate::document::{Diagnostics, Origin, suggest};
use crate::metrics::Estimate;
use crate::scenario::Expectation;
use crate::scenario::expect::{Figure, Ratio};

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

impl Mistake {
    /// Notes the mistake among the other errors.
    pub fn note(&self, diagnostics: &mut Diagnostics) {
        diagnostics.error(self.at, &self.message, &self.help);
    }
}

impl Expectation {
    /// Checks the claim on the means. An undefined figure satisfies no claim.
    ///
    /// # Errors
    /// Names a figure that the case does not have, with the nearest one that it has.
    pub fn check(&self, result: &ResultDocument) -> Result<Outcome, Mistake> {
        let (left, right) = self.sides(result)?;
        let holds = matches!((left, right), (Some(left), Some(right)) if self.relation.holds(left, right));
        let shown = |value: Option<f64>| value.map_or("undefined".to_string(), brief);
        let verdict = if holds { "holds" } else { "fails" };
        let compared = if self.right.figure.is_some() { format!(" against {}", shown(right)) } else { String::new() };
        Ok(Outcome { holds, text: format!("{verdict}: {}: {}{compared}", self.claim, shown(left)) })
    }
}

impl Expectation {
    /// The means that it compares: what stands at its left and at its right.
    ///
    /// # Errors
    /// As [`Expectation::check`].
    pub fn sides(&self, result: &ResultDocument) -> Result<(Option<f64>, Option<f64>), Mistake> {
        let right = match &self.right.figure {
            Some(figure) => figure.mean(result)?.map(|mean| self.right.factor * mean),
            None => Some(self.right.factor),
        };
        Ok((self.left.mean(result)?, right))
    }
}

impl Figure {
    fn mean(&self, result: &ResultDocument) -> Result<Option<f64>, Mistake> {
        Ok(Estimate::of(&self.values(result)?).mean)
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

impl Ratio {
    /// Its estimate: of the replications' own quotients, since all cases see the same requests.
    ///
    /// # Errors
    /// Names a figure that the case does not have.
    pub fn estimate(&self, result: &ResultDocument) -> Result<Estimate, Mistake> {
        let over = self.over.values(result)?;
        let Some(under) = &self.under else { return Ok(Estimate::of(&over)) };
        let quotient =
            |(over, under): (&Option<f64>, &Option<f64>)| Some((*over)? / under.filter(|under| *under != 0.0)?);
        Ok(Estimate::of(&over.iter().zip(&under.values(result)?).map(quotient).collect::<Vec<_>>()))
    }

    /// The same figure of every case that has it, to be drawn beside each other.
    pub fn beside(&self, result: &ResultDocument) -> Vec<(String, Estimate)> {
        let of = |case: &CaseResult| {
            let figure = Figure { case: case.name.clone(), ..self.over.clone() };
            Some((case.name.clone(), Estimate::of(&figure.values(result).ok()?)))
        };
        result.cases.iter().filter_map(of).collect()
    }
}

/// Up to six significant digits, without zeros at the end.
fn brief(value: f64) -> String {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Node;
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
    fn an_unknown_figure_is_a_mistake_with_the_nearest_name() {
        let (read, _) = read("\"lambda.latency_p99\" = \"< 1\"");
        let mistake = read[0].check(&result()).unwrap_err();
        assert!(mistake.message.contains("`lambda` has no figure `latency_p99`"));
        assert_eq!(mistake.help, "did you mean `latency_p99_s`?");
    }
}
