//! A result read back from its JSON.

use crate::document::checksum::{self, Checked};
use crate::experiment::served::less;
use crate::metrics::{Estimate, flat_name, is_equal};
use indexmap::IndexMap;
use serde_json::{Map, Value};
use std::fmt;

/// A `result.json`, as far as a comparison needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// The scenario's title.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// Replications of every case.
    pub replications: u64,
    /// The answer in a sentence.
    pub answer: String,
    /// The cases by name.
    pub cases: IndexMap<String, Case>,
    /// Whether it has a checksum, which is right.
    pub is_checked: bool,
}

/// What is known of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// Its figures by flat name.
    pub figures: IndexMap<String, Figure>,
    /// Whether its objectives are met.
    pub slo_met: Option<bool>,
    /// Whether more is asked of it than it can do.
    pub is_overloaded: bool,
}

/// A figure: its estimate and, where they were kept, each replication's value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    pub(super) estimate: Estimate,
    pub(super) values: Option<Vec<Option<f64>>>,
}

/// What is said of a document that is not as it was written.
const CHANGED: &str = "its checksum is not that of what it says, so that it was damaged, or changed since it was written: \
                       run the scenario again (or, where the change is meant, take the key `checksum` out)";

/// Why a text is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError(String);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl Document {
    /// Reads the text of a `result.json`.
    ///
    /// # Errors
    /// What is not JSON, or no result of this program, or not as it was written.
    pub fn parse(text: &str) -> Result<Document, ReadError> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| ReadError(format!("this is not JSON: {error}")))?;
        let no_result = || ReadError("this is no result of `hostsim run`: expected a result.json".into());
        if value["schema"] != 1 {
            return Err(no_result());
        }
        let (Some(cases), Some(seed)) = (value["cases"].as_object(), value["seed"].as_u64()) else {
            return Err(no_result());
        };
        let replications = value["replications"].as_u64().ok_or_else(no_result)?;
        let checked = checksum::check(text, &value);
        if checked == Checked::Changed {
            return Err(ReadError(CHANGED.into()));
        }
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_string();
        let cases = cases.iter().map(|(name, case)| (name.clone(), Case::of(case))).collect();
        let is_checked = checked == Checked::AsWritten;
        Ok(Document { title: word("title"), seed, replications, answer: word("answer"), cases, is_checked })
    }

    fn cost(&self, case: &str) -> Estimate {
        self.cases.get(case).and_then(|case| case.figures.get("tco_usd")).map(|f| f.estimate).unwrap_or_default()
    }

    /// The cheapest case among those that do what is asked: they meet their objective, are settled, and serve
    /// as much as the one that serves the most. Of equal cases none is the cheapest.
    pub fn cheapest(&self) -> Option<&str> {
        let able = self.cases.keys().filter(|name| self.is_able(name));
        let mut costs: Vec<(f64, &str)> =
            able.filter_map(|name| Some((self.cost(name).mean?, name.as_str()))).collect();
        costs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (cost, name) = *costs.first()?;
        costs.get(1).is_none_or(|next| !is_equal(cost, next.0)).then_some(name)
    }

    /// Whether a case does what is asked.
    fn is_able(&self, name: &str) -> bool {
        let share = |case: &Case| case.figures.get("availability").and_then(|figure| figure.estimate.mean);
        let names: Vec<&String> = self.cases.keys().collect();
        let shares: Vec<Option<f64>> = self.cases.values().map(share).collect();
        let Some((index, case)) = names.iter().position(|known| *known == name).zip(self.cases.get(name)) else {
            return false;
        };
        case.slo_met != Some(false) && !case.is_overloaded && less(&shares, index).is_none()
    }

    /// Whether one case is cheaper than another beyond the noise, or the other is no answer here.
    pub fn is_cheaper(&self, one: &str, other: &str) -> bool {
        if !self.is_able(other) {
            return true;
        }
        let (a, b) = (self.cost(one), self.cost(other));
        let noise = a.ci95.unwrap_or(0.0).hypot(b.ci95.unwrap_or(0.0));
        a.mean.zip(b.mean).is_some_and(|(a, b)| b - a > noise)
    }
}

impl Case {
    fn of(value: &Value) -> Case {
        let mut figures = IndexMap::new();
        if let Some(object) = value.as_object() {
            gather(object, &mut Vec::new(), &mut figures);
        }
        if let Some(kept) = value["values"].as_object() {
            for (name, values) in kept {
                let values = values.as_array().map(|values| values.iter().map(Value::as_f64).collect());
                if let Some(figure) = figures.get_mut(name) {
                    figure.values = values;
                }
            }
        }
        // The note that says it: `settled` is false of what merely drifts, too.
        let notes = value["notes"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let is_overloaded = value["settled"] == false && notes.into_iter().any(|note| note.starts_with("overloaded"));
        Case { figures, slo_met: value["slo_met"].as_bool(), is_overloaded }
    }
}

/// Gathers the estimates below an object by their flat names. The figures of the apps are those of
/// the case again, where there is one.
fn gather(object: &Map<String, Value>, path: &mut Vec<String>, figures: &mut IndexMap<String, Figure>) {
    for (key, value) in object {
        let Some(inner) = value.as_object() else { continue };
        if path.is_empty() && (key == "values" || (key == "apps" && inner.len() < 2)) {
            continue;
        }
        path.push(key.clone());
        if inner.contains_key("mean") && inner.contains_key("ci95") {
            let estimate = Estimate { mean: inner["mean"].as_f64(), ci95: inner["ci95"].as_f64() };
            figures.insert(flat_name(path), Figure { estimate, values: None });
        } else {
            gather(inner, path, figures);
        }
        path.pop();
    }
}
