//! The answer in one sentence, drawn from the numbers.

use crate::experiment::curve::{Curve, Metric};
use crate::metrics::Estimate;
use crate::report::format::{money, percent, short_count, significant};
use crate::report::{CaseResult, ResultDocument};

/// From this many times as dear on, "12 times as much" is easier to grasp than "1,100 % more".
const TIMES: f64 = 2.0;

/// Which case is the cheapest of a run, of which parts its cost is, and how far the next one is.
pub fn of_run(result: &ResultDocument) -> String {
    let ranked = ranked(result, |case| case.slo_met != Some(false));
    let missed = result.cases.iter().filter(|case| case.slo_met == Some(false)).count();
    let Some((cost, best)) = ranked.first() else {
        return match ranked_any(result) {
            Some((cost, case)) => format!(
                "No case meets its objective; the cheapest of them, {}, would cost {} a month.",
                case.name,
                money(cost)
            ),
            None => "No case has a cost.".into(),
        };
    };
    let (name, parts) = (&best.name, parts(best));
    match ranked.get(1) {
        None if missed == 0 => format!("{name} costs {} a month{parts}.", money(*cost)),
        None => format!("{name} is the only case that meets its objective: {} a month{parts}.", money(*cost)),
        Some((next_cost, next)) => {
            let among = if missed > 0 { " of those that meet their objective" } else { "" };
            let first = format!("{name} is the cheapest{among}, at {} a month{parts}", money(*cost));
            format!("{first}; {}.", against(best, *cost, next, *next_cost))
        }
    }
}

/// Cases with a cost, the cheapest first.
fn ranked(result: &ResultDocument, counts: fn(&CaseResult) -> bool) -> Vec<(f64, &CaseResult)> {
    let cost = |case: &CaseResult| case.estimate(&["tco_usd"]).mean;
    let mut ranked: Vec<(f64, &CaseResult)> =
        result.cases.iter().filter(|case| counts(case)).filter_map(|case| Some((cost(case)?, case))).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    ranked
}

fn ranked_any(result: &ResultDocument) -> Option<(f64, &CaseResult)> {
    ranked(result, |_| true).into_iter().next()
}

/// " ($0.43 on the invoice and $55.00 of labour)", where there is more than one part.
fn parts(case: &CaseResult) -> String {
    let named: [(&[&str], &str); 3] = [
        (&["invoice_usd", "total"], "on the invoice"),
        (&["owned_usd"], "for servers of one's own"),
        (&["labour_usd", "total"], "of labour"),
    ];
    let amounts = named.iter().filter_map(|(path, words)| {
        let amount = case.estimate(path).mean.filter(|amount| *amount != 0.0)?;
        Some(format!("{} {words}", money(amount)))
    });
    let amounts: Vec<String> = amounts.collect();
    match amounts.as_slice() {
        [] | [_] => String::new(),
        [first, second] => format!(" ({first} and {second})"),
        [first, rest @ ..] => format!(" ({first}, {})", rest.join(" and ")),
    }
}

/// How much dearer the next case is, or that the noise covers it.
fn against(best: &CaseResult, cost: f64, next: &CaseResult, next_cost: f64) -> String {
    let values = |case: &CaseResult| case.figures.values(&["tco_usd"]).unwrap_or_default().to_vec();
    if Estimate::paired_difference(&values(best), &values(next)).straddles(0.0) {
        return format!("{} may cost no more: the noise of the simulation covers the difference", next.name);
    }
    if next_cost <= cost {
        return format!("{} costs the same", next.name);
    }
    let share = next_cost / cost;
    let more = match share {
        share if !share.is_finite() || share <= 0.0 => String::new(),
        share if share >= TIMES => format!(", {} times as much", significant(share, 2)),
        share => format!(", {} more", percent(share - 1.0)),
    };
    format!("the next, {}, costs {}{more}", next.name, money(next_cost))
}

/// The cheapest case by region of traffic.
pub fn of_curve(curve: &Curve, metric: Metric, counted: &str) -> String {
    let regions = curve.cheapest(metric);
    let at = |traffic: f64| short_count(curve.requests_per_month(traffic));
    let ends = |from: f64, to: f64| format!("from {} to {} requests a month", at(from), at(to));
    match regions.as_slice() {
        [] => "No case meets its objective at any of these traffics.".into(),
        [only] => format!("By {counted}, {} is the cheapest throughout, {}.", only.case, ends(only.from, only.to)),
        [first, .., last] => {
            let mut sentence = format!("By {counted}, {} is the cheapest below {}", first.case, at(first.to));
            sentence += " requests a month";
            for region in &regions[1..regions.len() - 1] {
                sentence += &format!(", then {} up to {}", region.case, at(region.to));
            }
            format!("{sentence}, and {} above that.", last.case)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Figures;
    use crate::report::document::tests::example;

    fn case(name: &str, costs: &[f64], met: Option<bool>) -> CaseResult {
        let mut figures = Figures::new();
        costs.iter().for_each(|cost| {
            figures.push([(&["tco_usd"][..], Some(*cost)), (&["invoice_usd", "total"], Some(*cost))]);
        });
        CaseResult { name: name.into(), figures, slo_met: met, ..CaseResult::default() }
    }

    fn answer(cases: Vec<CaseResult>) -> String {
        of_run(&ResultDocument { cases, ..ResultDocument::default() })
    }

    #[test]
    fn the_cheapest_and_the_next_are_named_with_their_amounts() {
        let expected = "lambda is the cheapest, at $55.43 a month ($0.43 on the invoice and $55.00 of labour); \
                        the next, droplet, costs $55.43, 0 % more.";
        let said = of_run(&example());
        assert!(said.starts_with(&expected[..90]), "{said}");
        let cases = vec![case("a", &[100.0, 100.0], None), case("b", &[12.0, 12.0], None)];
        assert_eq!(answer(cases), "b is the cheapest, at $12.00 a month; the next, a, costs $100, 8.3 times as much.");
        let cases = vec![case("a", &[110.0, 110.0], None), case("b", &[100.0, 100.0], None)];
        assert_eq!(answer(cases), "b is the cheapest, at $100 a month; the next, a, costs $110, 10 % more.");
    }

    #[test]
    fn what_misses_its_objective_is_no_answer() {
        let cases = vec![case("a", &[1.0], Some(false)), case("b", &[3.0], Some(true))];
        assert_eq!(answer(cases), "b is the only case that meets its objective: $3.00 a month.");
        let cases = vec![case("a", &[1.0], Some(false)), case("b", &[3.0], Some(false))];
        assert_eq!(answer(cases), "No case meets its objective; the cheapest of them, a, would cost $1.00 a month.");
        assert_eq!(answer(vec![]), "No case has a cost.");
    }

    #[test]
    fn noise_and_equal_costs_are_said() {
        let cases = vec![case("a", &[10.0, 12.0], None), case("b", &[11.5, 11.0], None)];
        assert!(answer(cases).contains("b may cost no more: the noise"));
        let cases = vec![case("a", &[10.0, 10.0], None), case("b", &[10.0, 10.0], None)];
        assert!(answer(cases).ends_with("b costs the same."));
        let cases = vec![case("a", &[0.0, 0.0], None), case("b", &[10.0, 10.0], None)];
        assert!(answer(cases).ends_with("the next, b, costs $10.00."));
    }
}
