//! The answer to a run in one sentence: what is the cheapest, of what its cost is made, what made
//! the next one dearer, and on what that turns. It is drawn from the figures of the result alone.

mod hours;

use super::format::{money, percent, significant};
use super::{CaseResult, ResultDocument};
use crate::metrics::{Estimate, Figures, is_equal};

/// From this many times as dear on, "12 times as much" is easier to grasp than "1,100 % more".
const TIMES: f64 = 2.0;
/// A case that serves less than the best one by more than this share is no answer to the same question.
const SERVED: f64 = 1e-3;
/// From so many times on, the next one's own cost tells more.
const MOST_TIMES: f64 = 1e6;
/// A wage is told as what the answer turns on where it is at most so many times another one.
const FAR: f64 = 10.0;
/// And where no wage is stated, up to so many dollars an hour.
const HIGHEST_WAGE: f64 = 250.0;

/// A case with its cost.
#[derive(Clone, Copy)]
struct Ranked<'r> {
    cost: f64,
    case: &'r CaseResult,
}

/// The answer of a run.
pub fn of_run(result: &ResultDocument) -> String {
    let all = ranked(result);
    let most = all.iter().filter_map(|r| served(r.case)).fold(0.0, f64::max);
    let (able, unable): (Vec<Ranked<'_>>, Vec<Ranked<'_>>) =
        all.iter().partition(|ranked| fault(ranked.case, most).is_none());
    let Some(best) = able.first() else { return of_none(&all, most) };
    let among = if unable.is_empty() { "" } else { " of those that do what is asked" };
    let why = parts(&best.case.figures);
    let cost = money(best.cost);
    let head = match able.get(1) {
        None if result.cases.len() == 1 => format!("{} costs {cost} a month{why}", best.case.name),
        None => format!("{} is the only case that does what is asked: {cost} a month{why}", best.case.name),
        Some(next) => against(*best, *next, &able, among, &why),
    };
    let drifts =
        (!best.case.is_settled()).then(|| format!("{} has not settled: its levels still drift", best.case.name));
    let cheaper = cheaper_but_unable(&unable, best.cost, most);
    let clauses = [Some(head), drifts, cheaper, turning_point(*best, &able)];
    let labour = hours::clauses(*best, &able);
    format!("{}.", clauses.into_iter().flatten().chain(labour).collect::<Vec<_>>().join("; "))
}

/// Cases with a cost, the cheapest first.
fn ranked(result: &ResultDocument) -> Vec<Ranked<'_>> {
    let cost = |case: &CaseResult| case.estimate(&["tco_usd"]).mean;
    let mut ranked: Vec<Ranked<'_>> =
        result.cases.iter().filter_map(|case| Some(Ranked { cost: cost(case)?, case })).collect();
    ranked.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    ranked
}

/// The share of the requests that were served.
fn served(case: &CaseResult) -> Option<f64> {
    let count = |name: &str| case.estimate(&["requests", name]).mean;
    let arrived = count("arrived")? - count("in_flight").unwrap_or(0.0);
    case.estimate(&["availability"]).mean.or_else(|| (arrived > 0.0).then_some(count("served")? / arrived))
}

/// Why a case is no answer: it misses its objective, or serves less than the one that serves the most.
fn fault(case: &CaseResult, most: f64) -> Option<String> {
    let share = served(case);
    let serves_less =
        share.is_some_and(|share| share < most - SERVED) || (share.is_none() && most > 0.0 && asked(case));
    let overload = case.unsettled.iter().find(|why| why.starts_with("overloaded"));
    match (case.slo_met, share) {
        _ if overload.is_some() => Some("is overloaded".into()),
        (Some(false), Some(share)) if share < most - SERVED => {
            Some(format!("misses its objective (it serves {} of its requests)", percent(share)))
        }
        (Some(false), _) => Some("misses its objective".into()),
        (_, Some(share)) if serves_less && share > 0.0 => {
            Some(format!("serves {} of its requests alone", percent(share)))
        }
        _ if serves_less => Some("serves no request".into()),
        _ => None,
    }
}

/// Whether anybody came.
fn asked(case: &CaseResult) -> bool {
    case.estimate(&["requests", "arrived"]).mean.is_some_and(|arrived| arrived > 0.0)
}

fn of_none(all: &[Ranked<'_>], most: f64) -> String {
    let Some(first) = all.first() else { return "No case has a cost.".into() };
    let why = fault(first.case, most).unwrap_or_default();
    let (name, cost) = (&first.case.name, money(first.cost));
    match all.len() {
        1 => format!("{name} {why}; it would cost {cost} a month."),
        _ => format!("No case does what is asked; the cheapest, {name}, {why} and would cost {cost} a month."),
    }
}

/// The best and the next: which is cheaper, by how much and for what, or that they are not told apart.
fn against(best: Ranked<'_>, next: Ranked<'_>, able: &[Ranked<'_>], among: &str, why: &str) -> String {
    let (name, cost) = (&best.case.name, money(best.cost));
    let ties: Vec<&str> =
        able.iter().take_while(|other| is_equal(best.cost, other.cost)).map(|r| r.case.name.as_str()).collect();
    if ties.len() > 1 {
        return format!("{} cost the same, the least{among}: {cost} a month{why}", listed(&ties));
    }
    let covered = difference(best.case, next.case).straddles(0.0);
    if covered {
        let both = listed(&[name, &next.case.name]);
        let costs = format!("{cost} and {} a month", money(next.cost));
        return format!(
            "{both} are the cheapest{among}, at {costs}{why}: the noise of the simulation covers which of them costs less"
        );
    }
    let first = format!("{name} is the cheapest{among}, at {cost} a month{why}");
    let more = more(best.cost, next.cost);
    format!(
        "{first}; the next, {}, costs {}{more}{}",
        next.case.name,
        money(next.cost),
        dearer_for(&best.case.figures, &next.case.figures)
    )
}

fn difference(a: &CaseResult, b: &CaseResult) -> Estimate {
    let values = |case: &CaseResult| case.figures.values(&["tco_usd"]).unwrap_or_default().to_vec();
    Estimate::paired_difference(&values(a), &values(b))
}

/// "a and b", "a, b and c".
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_string(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// ", twice as much", ", 12 times as much", ", 4 % more".
pub(super) fn more(cost: f64, next_cost: f64) -> String {
    match next_cost / cost {
        // Of nothing, or of a credit, there is no share.
        share if !share.is_finite() || cost <= 0.0 || share >= MOST_TIMES => String::new(),
        share if significant(share, 2) == "2" => ", twice as much".to_string(),
        share if share >= TIMES => format!(", {} times as much", significant(share, 2)),
        share => format!(", {} more", percent(share - 1.0)),
    }
}

/// The parts of a cost, each with the words for it.
const PARTS: [(&[&str], &str); 3] = [
    (&["invoice_usd", "total"], "on the invoice"),
    (&["owned_usd"], "for servers of one's own"),
    (&["labour_usd", "total"], "of labour"),
];

/// " ($0.43 on the invoice and $55.00 of labour)"; of an invoice alone, its greatest charge.
pub(super) fn parts(case: &Figures) -> String {
    let amounts: Vec<String> = PARTS
        .iter()
        .filter_map(|(path, words)| {
            let amount = case.estimate(path).mean.filter(|amount| *amount != 0.0)?;
            Some(format!("{} {words}", money(amount)))
        })
        .collect();
    match amounts.as_slice() {
        [] => String::new(),
        [_] => greatest_charge(case),
        several => format!(" ({})", listed_amounts(several)),
    }
}

/// "$5.00 on the invoice and $200 of labour".
pub(super) fn listed_amounts(amounts: &[String]) -> String {
    match amounts {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, rest @ ..] => format!("{first}, {}", rest.join(" and ")),
    }
}

/// " ($3.10 of it for `compute`)", where an invoice has several lines.
fn greatest_charge(case: &Figures) -> String {
    let charges = items(case, &["invoice_usd", "lines"]);
    let paid = charges.iter().filter(|(_, amount)| *amount > 0.0).count();
    let greatest = charges.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|_| paid > 1);
    greatest.map_or(String::new(), |(name, amount)| format!(" ({} of it for {name})", money(amount)))
}

/// The figures directly under a path, by name.
fn items(case: &Figures, under: &[&str]) -> Vec<(String, f64)> {
    let below = |path: &[String]| path.len() == under.len() + 1 && path.iter().zip(under).all(|(a, b)| a == b);
    let found = case.iter().filter(|(path, _)| below(path));
    found.filter_map(|(path, values)| Some((path.last()?.clone(), Estimate::of(values).mean?))).collect()
}

/// ", for its labour ($50.00 more, most for the operating-system)": what made a case dearer.
pub(super) fn dearer_for(best: &Figures, next: &Figures) -> String {
    let excess = |path: &[&str]| -> f64 {
        let of = |case: &Figures| case.estimate(path).mean.unwrap_or(0.0);
        of(next) - of(best)
    };
    let candidates = [
        (excess(&["invoice_usd", "total"]), "its invoice", Some(&["invoice_usd", "lines"][..])),
        (excess(&["owned_usd"]), "its servers", None),
        (excess(&["labour_usd", "total"]), "its labour", Some(&["labour_usd", "slices"][..])),
    ];
    let greatest = candidates.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((more, words, lines)) = greatest.filter(|(more, ..)| *more > 0.0) else { return String::new() };
    let line = lines.and_then(|under| greatest_excess(best, next, under, more));
    let line = line.map_or(String::new(), |name| format!(", most of it for {name}"));
    format!(", for {words} ({} more{line})", money(more))
}

/// The line whose amount is at least half of what a part costs more.
fn greatest_excess(best: &Figures, next: &Figures, under: &[&str], more: f64) -> Option<String> {
    let before = items(best, under);
    let excess = |(name, amount): (String, f64)| {
        let earlier = before.iter().find(|(other, _)| *other == name).map_or(0.0, |(_, amount)| *amount);
        (name, amount - earlier)
    };
    let greatest = items(next, under).into_iter().map(excess).max_by(|a, b| a.1.total_cmp(&b.1));
    greatest.filter(|(_, excess)| *excess >= more / 2.0).map(|(name, _)| name)
}

/// The cheapest case that would cost less and does not do what is asked.
fn cheaper_but_unable(unable: &[Ranked<'_>], cost: f64, most: f64) -> Option<String> {
    let first = unable.first().filter(|first| first.cost < cost)?;
    Some(format!("{} would cost {}, but {}", first.case.name, money(first.cost), fault(first.case, most)?))
}

/// The hours of a case, and what it costs without them.
fn hours(case: &CaseResult) -> Option<(f64, f64, f64)> {
    let mean = |path: &[&str]| case.estimate(path).mean;
    let salaries = mean(&["labour_usd", "slices", "salaries"]).unwrap_or(0.0);
    let (hours, paid) = (mean(&["labour_usd", "hours"])?, mean(&["labour_usd", "total"])? - salaries);
    Some((hours, paid, mean(&["tco_usd"])? - paid))
}

/// The wage nearest to the scenario's at which another case would be the cheapest: costs are straight in the wage.
fn turning_point<'r>(best: Ranked<'r>, able: &[Ranked<'r>]) -> Option<String> {
    let (own_hours, paid, rest) = hours(best.case)?;
    let wage = able.iter().filter_map(|r| hours(r.case)).find(|(hours, paid, _)| *hours > 0.0 && *paid > 0.0);
    let wage = wage.map_or(if own_hours > 0.0 { paid / own_hours } else { 0.0 }, |(hours, paid, _)| paid / hours);
    let flip = |other: Ranked<'r>| {
        let (other_hours, _, other_rest) = hours(other.case)?;
        let at = (other_rest - rest) / (own_hours - other_hours);
        let tells = at.is_finite() && at > 0.0 && !is_equal(at, wage) && !is_equal(best.cost, other.cost);
        tells.then_some((at, other.case.name.as_str()))
    };
    let distance = |at: f64| if wage > 0.0 { (at / wage).max(wage / at) } else { at };
    let flips = able.iter().skip(1).copied().filter_map(flip);
    let (at, name) = flips.min_by(|a, b| distance(a.0).total_cmp(&distance(b.0)))?;
    let near = if wage > 0.0 { distance(at) <= FAR } else { at <= HIGHEST_WAGE };
    let side = if at > wage { "above" } else { "below" };
    let stated = if wage > 0.0 { format!(" (here {})", money(wage)) } else { " (none is stated)".into() };
    near.then(|| format!("with a wage {side} {} an hour{stated} {name} would be the cheapest", money(at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::result::tests::example;

    /// A case whose invoice and hours at 50 USD/h are given, and how much of its requests is served.
    fn case(name: &str, invoices: &[f64], hours: f64, served: f64, met: Option<bool>) -> CaseResult {
        let mut figures = Figures::new();
        for invoice in invoices {
            figures.push([
                (&["requests", "arrived"][..], Some(1000.0)),
                (&["requests", "served"], Some(1000.0 * served)),
                (&["invoice_usd", "total"], Some(*invoice)),
                (&["invoice_usd", "lines", "machines"], Some(invoice * 0.75)),
                (&["invoice_usd", "lines", "egress"], Some(invoice * 0.25)),
                (&["owned_usd"], Some(0.0)),
                (&["labour_usd", "total"], Some(hours * 50.0)),
                (&["labour_usd", "hours"], Some(hours)),
                (&["labour_usd", "slices", "hardware"], Some(hours * 50.0)),
                (&["tco_usd"], Some(invoice + hours * 50.0)),
                (&["availability"], (served > 0.0).then_some(served)),
            ]);
        }
        CaseResult { name: name.into(), figures, slo_met: met, ..CaseResult::default() }
    }

    fn plain(name: &str, costs: &[f64]) -> CaseResult {
        case(name, costs, 0.0, 1.0, None)
    }

    fn answer(cases: Vec<CaseResult>) -> String {
        of_run(&ResultDocument { cases, ..ResultDocument::default() })
    }

    #[test]
    fn the_cheapest_is_named_with_its_parts_and_what_made_the_next_dearer() {
        assert_eq!(
            answer(vec![plain("a", &[100.0, 100.0]), plain("b", &[12.0, 12.0])]),
            "b is the cheapest, at $12.00 a month ($9.00 of it for machines); the next, a, costs $100, 8.3 times as \
             much, for its invoice ($88.00 more, most of it for machines)."
        );
        assert!(answer(vec![plain("a", &[10.0; 2]), plain("b", &[20.0; 2])]).contains("twice as much"));
        assert!(answer(vec![plain("a", &[110.0; 2]), plain("b", &[100.0; 2])]).contains("$110, 10 % more"));
        assert!(answer(vec![plain("a", &[3.0])]).starts_with("a costs $3.00 a month"));
        assert_eq!(answer(vec![]), "No case has a cost.");
    }

    /// 10 + 2 w = 60 + w at a wage of 50: at 40 the first is the cheaper, at 60 the second.
    #[test]
    fn the_wage_at_which_it_turns_is_told() {
        let text = answer(vec![case("a", &[10.0; 2], 2.0, 1.0, None), case("b", &[65.0; 2], 1.0, 1.0, None)]);
        assert_eq!(
            text,
            "a is the cheapest, at $110 a month ($10.00 on the invoice and $100 of labour); the next, b, costs $115, \
             4.5 % more, for its invoice ($55.00 more, most of it for machines); with a wage above $55.00 an hour \
             (here $50.00) b would be the cheapest."
        );
        let text = answer(vec![case("a", &[10.0; 2], 2.0, 1.0, None), case("b", &[5.0; 2], 3.0, 1.0, None)]);
        assert!(
            text.contains("b, costs $155, 40.9 % more, for its labour ($50.00 more, most of it for hardware)"),
            "{text}"
        );
        assert!(
            text.contains("with a wage below $5.00 an hour (here $50.00) b would be the cheapest; labour decides"),
            "{text}"
        );
        let text = answer(vec![case("a", &[10.0; 2], 2.0, 1.0, None), case("b", &[20.0; 2], 3.0, 1.0, None)]);
        assert!(!text.contains("wage"), "no wage changes it: {text}");
    }

    #[test]
    fn what_misses_its_objective_or_serves_less_is_no_answer_and_is_said() {
        let cheap = |met| case("cheap", &[1.0; 2], 0.0, 1.0, met);
        let dear = |met| case("dear", &[3.0; 2], 0.0, 1.0, met);
        assert_eq!(
            answer(vec![cheap(Some(false)), dear(Some(true))]),
            "dear is the only case that does what is asked: $3.00 a month ($2.25 of it for machines); \
             cheap would cost $1.00, but misses its objective."
        );
        assert_eq!(
            answer(vec![cheap(Some(false)), dear(Some(false))]),
            "No case does what is asked; the cheapest, cheap, misses its objective and would cost $1.00 a month."
        );
        let text = answer(vec![case("cheap", &[1.0; 2], 0.0, 0.098, None), dear(None)]);
        assert!(
            text.starts_with("dear is the only case") && text.contains("serves 9.8 % of its requests alone"),
            "{text}"
        );
        let text = answer(vec![case("cheap", &[0.0; 2], 0.0, 0.0, None), dear(None), plain("more", &[4.0; 2])]);
        assert!(text.starts_with("dear is the cheapest of those that do what is asked"), "{text}");
        assert!(text.ends_with("cheap would cost $0.00, but serves no request."), "{text}");
    }

    #[test]
    fn ties_and_noise_are_said() {
        let text = answer(vec![plain("a", &[10.0, 10.0]), plain("b", &[10.0, 10.0]), plain("c", &[11.0, 11.0])]);
        assert!(text.starts_with("a and b cost the same, the least: $10.00 a month"), "{text}");
        let text = answer(vec![plain("a", &[10.0, 12.0]), plain("b", &[11.5, 11.0])]);
        assert!(text.starts_with("a and b are the cheapest, at $11.00 and $11.25 a month"), "{text}");
        assert!(text.contains("the noise of the simulation covers which of them costs less"), "{text}");
        let text = answer(vec![plain("a", &[0.0; 2]), plain("b", &[10.0; 2])]);
        assert!(text.contains("the next, b, costs $10.00, for its invoice"), "{text}");
    }

    #[test]
    fn the_example_reads_as_a_sentence() {
        let text = of_run(&example());
        assert!(
            text.starts_with("lambda is the cheapest, at $55.43 a month ($0.43 on the invoice and $55.00 of labour)")
        );
        assert!(text.ends_with('.') && !text.contains('\n'), "{text}");
    }
}
