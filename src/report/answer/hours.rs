//! What an answer says of labour where labour decides it: which case the invoice alone would choose, how much the one-off
//! work of bringing an app there may take, and whether the ranges of the hours cover the answer.

use super::Ranked;
use crate::report::CaseResult;
use crate::report::format::{money, significant};

/// A case's one-off hours may be so many times those that it is given, or so many hours where it is given none, to be told of.
const FAR: f64 = 4.0;
const MOST: f64 = 400.0;

/// The clauses, those that hold.
pub fn clauses(best: Ranked<'_>, able: &[Ranked<'_>]) -> Vec<String> {
    let decides = without_labour(best, able);
    let once = decides.as_ref().and_then(|_| once(best, able));
    [decides, once, once_of_others(best, able), ranges(best, able)].into_iter().flatten().collect()
}

fn mean(case: &CaseResult, path: &[&str]) -> Option<f64> {
    case.estimate(path).mean
}

fn labour(case: &CaseResult) -> Option<f64> {
    mean(case, &["labour_usd", "total"])
}

/// Whether another case would be the cheapest without labour; which, and at what cost.
fn without_labour(best: Ranked<'_>, able: &[Ranked<'_>]) -> Option<String> {
    let bare = |ranked: &Ranked<'_>| Some(ranked.cost - labour(ranked.case)?);
    let own = bare(&best)?;
    let costs = able.iter().filter_map(|ranked| Some((bare(ranked)?, ranked.case)));
    let (cost, case) = costs.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let differs = case.name != best.case.name && own - cost > 0.005;
    differs.then(|| format!("labour decides this: without it {} is the cheapest, at {}", case.name, money(cost)))
}

/// What one hour, done once, adds to a month; and the one-off hours that a case is given to bring the apps there.
fn set_up(case: &CaseResult) -> Option<(f64, f64)> {
    let hour = mean(case, &["labour_usd", "set_up_hour"]).filter(|usd| *usd > 0.0)?;
    let slices = ["porting", "building"].map(|slice| mean(case, &["labour_usd", "slices", slice]).unwrap_or(0.0));
    Some((hour, slices.iter().sum::<f64>() / hour))
}

/// "that holds as long as to move the app takes less than 111 h": against the nearest case of another family.
fn once(best: Ranked<'_>, able: &[Ranked<'_>]) -> Option<String> {
    let (hour, given) = set_up(best.case)?;
    if matches!(best.case.family.as_str(), "colocation" | "dedicated" | "vps") && given == 0.0 {
        return None; // A machine runs an app as it is.
    }
    let next = able.iter().find(|ranked| ranked.case.family != best.case.family)?;
    let most = given + (next.cost - best.cost) / hour;
    let near = if given > 0.0 { most <= FAR * given } else { most <= MOST };
    let name = &best.case.name;
    let hours = significant(most, 3);
    near.then(|| match given > 0.0 {
        true => format!("{name} it is if the rewrite takes less than {hours} h (here {})", significant(given, 3)),
        false => format!(
            "{name} it is if the rewrite takes less than {hours} h more than for {} (here none is counted; `exists` of an app)",
            next.case.name
        ),
    })
}

/// "lambda would be the cheapest if its rewrite took less than 91 h (here 120)".
fn once_of_others(best: Ranked<'_>, able: &[Ranked<'_>]) -> Option<String> {
    let least = |other: &Ranked<'_>| {
        let (hour, given) = set_up(other.case)?;
        let at = given - (other.cost - best.cost) / hour;
        let name = other.case.name.clone();
        (given > 0.0 && at > 0.0 && other.case.family != best.case.family).then_some((at, given, name))
    };
    let (at, given, name) = able.iter().skip(1).filter_map(least).max_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)))?;
    let (at, given) = (significant(at, 3), significant(given, 3));
    Some(format!("{name} would be the cheapest if its rewrite took less than {at} h (here {given})"))
}

/// Which case is the cheapest with all hours at the ends of their ranges.
fn ranges(best: Ranked<'_>, able: &[Ranked<'_>]) -> Option<String> {
    let at = |end: &str| {
        let cost = |r: &Ranked<'_>| {
            Some((r.cost - labour(r.case)? + mean(r.case, &["labour_usd", end])?, r.case.name.clone()))
        };
        let (cost, name) = able.iter().filter_map(cost).min_by(|a, b| a.0.total_cmp(&b.0))?;
        (name != best.case.name).then(|| (name, money(cost)))
    };
    match (at("low"), at("high")) {
        (None, None) => None,
        (Some((name, cost)), None) => {
            Some(format!("with all hours at the low end of their ranges {name} is the cheapest, at {cost}"))
        }
        (None, Some((name, cost))) => {
            Some(format!("with all hours at the high end of their ranges {name} is the cheapest, at {cost}"))
        }
        (Some((low, _)), Some((high, _))) => {
            Some(format!("with the fewest hours of the ranges {low} is the cheapest, with the most {high}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metrics::Figures;
    use crate::report::{CaseResult, ResultDocument};

    /// An invoice, hours a month at 50 USD (low, middle, high), one-off hours of porting over 36 months.
    fn case(name: &str, family: &str, invoice: f64, hours: [f64; 3], porting: f64) -> CaseResult {
        let mut figures = Figures::new();
        let hour = 50.0 / 36.0;
        let labour = hours.map(|h| 50.0 * h + porting * hour);
        for _ in 0..2 {
            figures.push([
                (&["requests", "arrived"][..], Some(1000.0)),
                (&["requests", "served"], Some(1000.0)),
                (&["availability"], Some(1.0)),
                (&["invoice_usd", "total"], Some(invoice)),
                (&["labour_usd", "total"], Some(labour[1])),
                (&["labour_usd", "hours"], Some(labour[1] / 50.0)),
                (&["labour_usd", "low"], Some(labour[0])),
                (&["labour_usd", "high"], Some(labour[2])),
                (&["labour_usd", "set_up_hour"], Some(hour)),
                (&["labour_usd", "slices", "porting"], Some(porting * hour)),
                (&["tco_usd"], Some(invoice + labour[1])),
            ]);
        }
        CaseResult { name: name.into(), family: family.into(), figures, ..CaseResult::default() }
    }

    fn answer(cases: Vec<CaseResult>) -> String {
        crate::report::answer::of_run(&ResultDocument { cases, ..ResultDocument::default() })
    }

    /// 10 + 50 × 1 = 60 against 5 + 50 × 4 = 205 dollars: 145 dollars are 104.4 hours over 36 months.
    #[test]
    fn where_labour_decides_the_answer_says_how_much_a_rewrite_may_take() {
        let text = answer(vec![
            case("droplet", "vps", 5.0, [2.0, 4.0, 8.0], 0.0),
            case("lambda", "serverless", 10.0, [0.5, 1.0, 2.0], 0.0),
        ]);
        assert!(text.contains("labour decides this: without it droplet is the cheapest, at $5.00"), "{text}");
        assert!(text.contains("lambda it is if the rewrite takes less than 104 h more than for droplet"), "{text}");
        assert!(!text.contains("their ranges"), "lambda is the cheapest at both ends: {text}");
    }

    /// With 100 hours of porting (139 dollars a month) 199 against 205; with 120 the droplet is the cheapest.
    #[test]
    fn an_app_that_exists_elsewhere_is_told_of_from_both_sides() {
        let cases = |porting: f64| {
            vec![
                case("droplet", "vps", 5.0, [2.0, 4.0, 8.0], 0.0),
                case("lambda", "serverless", 10.0, [0.5, 1.0, 2.0], porting),
            ]
        };
        let text = answer(cases(100.0));
        assert!(text.contains("lambda it is if the rewrite takes less than 104 h (here 100)"), "{text}");
        assert!(text.contains("at the low end of their ranges droplet is the cheapest"), "{text}");
        // The droplet is now the cheapest with labour and without: labour decides nothing.
        let text = answer(cases(120.0));
        assert!(!text.contains("labour decides"), "{text}");
        assert!(text.contains("lambda would be the cheapest if its rewrite took less than 104 h (here 120)"), "{text}");
    }
}
