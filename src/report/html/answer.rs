//! The answer in one sentence, drawn from the numbers.

use super::sweep::range_in_words;
use crate::experiment::advise::{Advice, Offer};
use crate::experiment::curve::{Curve, METRICS, Metric, Region};
use crate::metrics::{Estimate, Figures, is_equal};
use crate::report::advice::served_alone;
use crate::report::answer::{dearer_for, more, parts};
use crate::report::curve::order_of;
use crate::report::format::{duration, grouped, money, percent, short_count};
use crate::report::sweep::{CaseSummary, Swept};
use crate::sweep::sensitivity::{Data, cheapest_at_ends, cheapest_cases, tied_and_short};

/// How much dearer the next one is than the best; `covered` by the noise or not.
fn distance((cost, next_cost): (f64, f64), next: &str, covered: bool) -> String {
    if covered {
        return format!("{next} may cost no more: the noise of the simulation covers the difference");
    }
    if next_cost <= cost || is_equal(cost, next_cost) {
        return format!("{next} costs the same");
    }
    let more = more(cost, next_cost);
    format!("the next, {next}, costs {}{more}", money(next_cost))
}

/// The cheapest case by region of traffic, and where none meets its objective.
pub fn of_curve(curve: &Curve, metric: Metric, counted: &str) -> String {
    let regions = curve.cheapest(metric);
    let at = |traffic: f64| short_count(curve.requests_per_month(traffic));
    let (Some(first), Some(last)) = (regions.first(), regions.last()) else {
        return "No case meets its objective at any of these traffics.".into();
    };
    let shown = |region: &Region| Stretch {
        case: region.words(),
        from: at(region.from),
        to: at(region.to),
        allowed: allowed(curve, metric, region.to),
    };
    let begins = curve.traffic.first().is_some_and(|least| *least < first.from);
    let ends = curve.traffic.last().is_some_and(|most| *most > last.to);
    by_region(counted, &regions.iter().map(shown).collect::<Vec<_>>(), (begins, ends))
}

/// A region of traffic in words.
struct Stretch {
    /// The cheapest case.
    case: String,
    /// From so many requests a month.
    from: String,
    /// To so many.
    to: String,
    /// What the noise allows of that; may be empty.
    allowed: String,
}

/// The sentence about at least one region; `gaps`: whether there is traffic before the first and
/// after the last one, at which no case meets its objective.
fn by_region(counted: &str, regions: &[Stretch], gaps: (bool, bool)) -> String {
    let (first, last) = (&regions[0], &regions[regions.len() - 1]);
    let none = "no case meets its objective";
    let before = if gaps.0 { format!("; below {} {none}", first.from) } else { String::new() };
    let after = if gaps.1 { format!("; above {} {none}", last.to) } else { String::new() };
    if regions.len() == 1 {
        let throughout = if gaps == (false, false) { " throughout," } else { "" };
        let ends = format!("from {} to {} requests a month", first.from, first.to);
        return format!("By {counted}, {} is the cheapest{throughout} {ends}{before}{after}.", first.case);
    }
    let mut sentence =
        format!("By {counted}, {} is the cheapest below {} requests a month{}", first.case, first.to, first.allowed);
    for region in &regions[1..regions.len() - 1] {
        sentence += &format!(", then {} up to {}{}", region.case, region.to, region.allowed);
    }
    format!("{sentence}, and {} above that{before}{after}.", last.case)
}

/// From which ratio of its ends on the interval of a border is worth words.
const WIDE: f64 = 1.1;

/// " (the noise allows 19 M to 43 M)", where a border between regions is not well known.
fn allowed(curve: &Curve, metric: Metric, border: f64) -> String {
    let named = METRICS.iter().find(|(_, path)| *path == metric).map_or("", |(name, _)| name);
    let here = curve.crossovers.iter().find(|c| c.metric == named && c.traffic == border);
    let at = |traffic: f64| short_count(curve.requests_per_month(traffic));
    here.filter(|c| c.high > c.low * WIDE)
        .map_or(String::new(), |c| format!(" (the noise allows {} to {})", at(c.low), at(c.high)))
}

/// The cheapest order, how far the next one is, and what would change that.
pub fn of_advice(advice: &Advice) -> String {
    let Some(best) = advice.offers.first() else {
        return match advice.refused.len() {
            0 => "No model of the catalogue was looked at.".into(),
            1 => "The one model that was looked at cannot meet the objective.".into(),
            count => format!("None of the {count} models that were looked at can meet the objective."),
        };
    };
    let cost = |offer: &Offer| offer.tco().mean.unwrap_or(f64::NAN);
    let p99 = best.p99().mean.map_or(String::new(), |p99| format!(" and a p99 of {}", duration(p99)));
    let order = order_of(&best.point);
    let why = parts(&figures(best));
    let first = format!("Order {} ({order}), for {} a month{why}{p99}", best.hosting, money(cost(best)));
    let next = match advice.offers.get(1) {
        None if advice.refused.is_empty() => String::new(),
        None => "; nothing else that was looked at meets the objective".into(),
        Some(next) => {
            let values = |offer: &Offer| offer.point.values(&["tco_usd"]);
            let covered = Estimate::paired_difference(&values(best), &values(next)).straddles(0.0);
            let costs = (cost(best), cost(next));
            let equal = is_equal(costs.0, costs.1);
            let dearer = if covered || equal { String::new() } else { dearer_for(&figures(best), &figures(next)) };
            format!("; {}{dearer}", distance(costs, &next.hosting, covered && !equal))
        }
    };
    format!("{first}{next}{}{}.", served_alone(advice, 0), turns_on(advice))
}

/// What an order came to, with all its replications.
fn figures(offer: &Offer) -> Figures {
    let mut figures = Figures::new();
    offer.point.replications.iter().for_each(|replication| figures.push_paths(replication.figures.iter().cloned()));
    figures
}

/// "; with a wage of 30 USD/h it would be …": the assumption that would change the answer first.
fn turns_on(advice: &Advice) -> String {
    let first = advice.swings.iter().find_map(|swing| Some((swing, swing.flip.as_ref()?)));
    first.map_or_else(String::new, |(swing, flip)| {
        format!("; it turns first on {}: at {} {} would be the cheapest", swing.name, flip.at, flip.to)
    })
}

/// Which assumption would change the answer, and to what.
pub fn of_swings(advice: &Advice) -> String {
    let Some(best) = advice.offers.first() else { return String::new() };
    let mut changes = Vec::new();
    for swing in &advice.swings {
        for (value, found) in [&swing.low, &swing.high] {
            match found {
                Some((hosting, cost)) if *hosting != best.hosting => {
                    changes.push(format!("with {} {value} it is {hosting}, at {} a month", swing.name, money(*cost)));
                }
                Some(_) => {}
                None => changes.push(format!("with {} {value} nothing meets the objective", swing.name)),
            }
        }
    }
    match changes.as_slice() {
        [] if advice.swings.is_empty() => String::new(),
        [] => format!("None of these assumptions alone takes the first place from {}.", best.hosting),
        changes => format!("{} is the cheapest as the scenario stands; {}.", best.hosting, changes.join("; ")),
    }
}

/// Which case is the cheapest at how many of a sweep's points, of what its cost is made there, what makes the next one
/// dearer, and what decides that.
pub fn of_sweep(swept: &Swept, summaries: &[CaseSummary]) -> String {
    let (data, all) = (&swept.data, swept.data.points.len());
    let mut wins: Vec<(usize, usize)> =
        summaries.iter().enumerate().map(|(case, summary)| (summary.cheapest, case)).filter(|w| w.0 > 0).collect();
    wins.sort_by_key(|(count, case)| (std::cmp::Reverse(*count), *case));
    let share = |count: usize| percent(count as f64 / all.max(1) as f64);
    let name = |case: usize| data.cases[case].as_str();
    let points = if all == 1 { "the only point".into() } else { format!("the {} points", grouped(all as f64, 0)) };
    let first = match wins.as_slice() {
        [] if tied_and_short(data).0 > 0 => return format!("No case is the cheapest by itself at any of {points}."),
        [] => return format!("No case meets its objectives at any of {points}."),
        [(_, case)] if data.cases.len() == 1 => {
            let cost = data.metrics.iter().position(|metric| metric == "tco_usd");
            let range = cost.and_then(|cost| summaries[*case].ranges[cost]).map(range_in_words).unwrap_or_default();
            format!("{} costs {range} a month over {points}", name(*case))
        }
        [(count, case)] if *count == all => format!("{} is the cheapest at all of {points}", name(*case)),
        [(count, case), rest @ ..] => {
            let others = rest.iter().map(|(count, case)| format!(", {} at {}", name(*case), share(*count)));
            format!("{} is the cheapest at {} of {points}{}", name(*case), share(*count), others.collect::<String>())
        }
    };
    let (tied, _) = tied_and_short(data);
    let none = all - tied - wins.iter().map(|(count, _)| count).sum::<usize>();
    let ties = if tied > 0 { format!("; at {} several cost the same, the least", share(tied)) } else { String::new() };
    let none = if none > 0 { format!("; at {} no case meets its objectives", share(none)) } else { String::new() };
    let why = crate::report::sweep::reasons(swept, wins[0].1);
    let hours = rests_on_hours(data).unwrap_or_default();
    format!("{first}{why}{ties}{none}{}{hours}.", decisive(swept, wins[0].1, wins.len() > 1))
}

/// "; at 2 of the points that rests on the hours of labour: with the fewest of their ranges one-droplet at 2": nothing where
/// it rests on them nowhere.
fn rests_on_hours(data: &Data) -> Option<String> {
    let ends = cheapest_at_ends(data)?;
    let middle = cheapest_cases(data);
    let moved = |end: &Vec<Option<usize>>, point: usize| {
        middle[point].is_some() && end[point].is_some() && end[point] != middle[point]
    };
    let wins = |end: &Vec<Option<usize>>| {
        let won =
            |case: usize| (0..middle.len()).filter(|point| moved(end, *point) && end[*point] == Some(case)).count();
        let counted = (0..data.cases.len()).map(|case| (won(case), case)).filter(|(count, _)| *count > 0);
        counted.map(|(count, case)| format!("{} at {count}", data.cases[case])).collect::<Vec<_>>().join(", ")
    };
    let said =
        ["fewest", "most"].iter().zip(&ends).map(|(word, end)| (word, wins(end))).filter(|(_, wins)| !wins.is_empty());
    let said: Vec<String> = said.map(|(word, wins)| format!("with the {word} of their ranges {wins}")).collect();
    let resting = (0..middle.len()).filter(|point| ends.iter().any(|end| moved(end, *point))).count();
    (resting > 0).then(|| {
        let points = grouped(resting as f64, 0);
        format!("; at {points} of the points that rests on the hours of labour: {}", said.join(", "))
    })
}

/// Which axis changes the cheapest case most often; and where there is one winner, or no grid, what
/// its cost depends on most.
fn decisive(swept: &Swept, best: usize, contested: bool) -> String {
    let greatest = |analysis: &str, case: &str| {
        let findings = swept.report.findings.iter().filter(|f| f.analysis == analysis && f.metric == "tco_usd");
        let own = findings.filter(|f| f.case == case).filter_map(|f| Some((f.value?, f.axis.as_str())));
        own.filter(|(value, _)| *value > 0.0).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    if let Some((share, axis)) = greatest("flips", "").filter(|_| contested) {
        return format!("; {axis} decides most: the cheapest changes at {} of the steps along it", percent(share));
    }
    let case = swept.data.cases[best].as_str();
    let found = ["sobol-total", "variance-share"].iter().find_map(|analysis| greatest(analysis, case));
    found.map_or(String::new(), |(share, axis)| {
        let share = percent(share.min(1.0));
        format!("; what {case} costs depends most on {axis}, which explains {share} of the variance")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sweep::{summaries, tests as sweeps};

    #[test]
    fn advice_says_when_nothing_can() {
        let mut advice = Advice::default();
        assert_eq!(of_advice(&advice), "No model of the catalogue was looked at.");
        advice.refused = vec![("a".into(), "too small".into()); 2];
        assert_eq!(of_advice(&advice), "None of the 2 models that were looked at can meet the objective.");
        assert_eq!(of_swings(&advice), "");
    }

    #[test]
    fn a_curve_says_where_nothing_is_feasible_and_what_the_noise_allows() {
        let stretch = |case: &str, from: &str, to: &str, allowed: &str| Stretch {
            case: case.into(),
            from: from.into(),
            to: to.into(),
            allowed: allowed.into(),
        };
        let one = [stretch("vps", "1 M", "9 M", "")];
        assert_eq!(
            by_region("TCO", &one, (false, false)),
            "By TCO, vps is the cheapest throughout, from 1 M to 9 M requests a month."
        );
        assert_eq!(
            by_region("TCO", &one, (true, true)),
            "By TCO, vps is the cheapest from 1 M to 9 M requests a month; below 1 M no case meets its objective; above 9 M no case meets its objective."
        );
        let three = [
            stretch("lambda", "1 M", "2 M", " (the noise allows 1.5 M to 3 M)"),
            stretch("vps", "2 M", "5 M", ""),
            stretch("own", "5 M", "9 M", ""),
        ];
        assert_eq!(
            by_region("invoice", &three, (false, true)),
            "By invoice, lambda is the cheapest below 2 M requests a month (the noise allows 1.5 M to 3 M), \
             then vps up to 5 M, and own above that; above 9 M no case meets its objective."
        );
    }

    #[test]
    fn a_sweep_says_what_decides_and_when_nothing_meets_its_objective() {
        let cells: Vec<[String; 2]> = (0..6).map(|i| [format!("{} /s", i / 2), format!("{} USD/h", i % 2)]).collect();
        let points: Vec<[&str; 2]> = cells.iter().map(|[x, y]| [x.as_str(), y.as_str()]).collect();
        let of = |cases: &[&str], cost: &dyn Fn(usize, usize) -> Option<f64>| {
            let directory = sweeps::written("grid", cases, &points, |point, case, _| cost(point, case));
            let swept = Swept::read(directory.path(), &[]).unwrap();
            of_sweep(&swept, &summaries(&swept.data))
        };
        let one = of(&["vps"], &|point, _| Some(5.0 + 2.0 * (point / 2) as f64));
        let expected = "vps costs $5.00 to $9.00 a month over the 6 points; what vps costs depends most on load.rate, which explains 100 % of the variance.";
        assert_eq!(one, expected);
        let two = of(&["vps", "lambda"], &|point, case| Some(if case == 0 { 3.0 } else { 1.0 + point as f64 }));
        assert!(two.starts_with("vps is the cheapest at ") && two.contains("load.rate decides most"), "{two}");
        let always = of(&["vps", "lambda"], &|_, case| Some(3.0 + case as f64));
        assert_eq!(always, "vps is the cheapest at all of the 6 points.");
        assert_eq!(of(&["vps", "lambda"], &|_, _| None), "No case meets its objectives at any of the 6 points.");
    }
}
