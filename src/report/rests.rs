//! Which quantiles rest on too few requests for their intervals to hold, by the figures of a result.

use crate::experiment::CaseResult;
use crate::metrics::{Figures, QUANTILES, too_few_beyond};
use serde_json::{Map, Value};

/// What stands before a quantile that rests on too few.
pub const MARK: &str = "~";

/// How many requests a replication lie beyond a quantile of a case (or, after the prefix, of an app of it),
/// where they are too few; nothing where they are enough, or the quantile is not known.
pub fn on_few(figures: &Figures, prefix: &[&str], quantile: &str) -> Option<f64> {
    let mean = |path: &[&str]| {
        let whole: Vec<&str> = prefix.iter().chain(path).copied().collect();
        figures.estimate(&whole).mean
    };
    mean(&["latency_s", quantile])?;
    let share = QUANTILES.iter().find(|(name, _)| *name == quantile)?.1;
    let followed = mean(&["requests", "served"])? + mean(&["requests", "in_flight"]).unwrap_or(0.0);
    too_few_beyond(share, followed, figures.replications())
}

/// All of them, for JSON: `{ "p999": 1.2 }`.
pub fn to_json(figures: &Figures, prefix: &[&str]) -> Value {
    let few = |(name, _): &(&str, f64)| Some((name.to_string(), on_few(figures, prefix, name)?.into()));
    Value::Object(QUANTILES.iter().filter_map(few).collect::<Map<String, Value>>())
}

/// The mark before a case's quantile, where it rests on too few.
pub fn mark(case: &CaseResult, quantile: &str) -> &'static str {
    if on_few(&case.figures, &[], quantile).is_some() { MARK } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_figures_tell_what_a_quantile_rests_on() {
        let mut figures = Figures::new();
        for _ in 0..5 {
            figures.push([
                (&["requests", "served"][..], Some(1_190.0)),
                (&["requests", "in_flight"], Some(10.0)),
                (&["latency_s", "p50"], Some(0.02)),
                (&["latency_s", "p99"], Some(0.1)),
                (&["latency_s", "p999"], Some(0.2)),
                (&["apps", "a", "requests", "served"], Some(100.0)),
                (&["apps", "a", "latency_s", "p99"], Some(0.1)),
                (&["apps", "a", "latency_s", "p999"], None),
            ]);
        }
        let found = to_json(&figures, &[]);
        assert_eq!(found.as_object().unwrap().keys().collect::<Vec<_>>(), ["p999"]);
        assert!((found["p999"].as_f64().unwrap() - 1.2).abs() < 1e-9);
        assert_eq!(
            to_json(&figures, &["apps", "a"]),
            json!({ "p99": 1.0000000000000009 }),
            "what is not known is not told"
        );
        assert_eq!(to_json(&Figures::new(), &[]), json!({}));
    }
}
