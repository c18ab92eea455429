//! Why a case is the cheapest where it is: of what its cost is made, and what makes the next one dearer.

use super::Swept;
use crate::report::answer::listed_amounts;
use crate::report::format::money;
use crate::sweep::sensitivity::{Data, cheapest_cases};

/// The parts of a cost with the words for them, in a winner and in what is dearer.
const PARTS: [(&str, &str, &str); 3] = [
    ("invoice_usd", "on the invoice", "its invoice"),
    ("owned_usd", "for servers of one's own", "its servers"),
    ("labour_usd", "of labour", "its labour"),
];

/// The figures that the reasons are read from.
pub fn figures() -> Vec<String> {
    PARTS.map(|(name, ..)| name.to_string()).to_vec()
}

/// " (there on average $5.00 on the invoice and $200 of labour; the next, functions, costs $25.00 more, for its labour)":
/// over the points at which the case is the cheapest. Empty where the parts are not known.
pub fn reasons(swept: &Swept, best: usize) -> String {
    let Some(data) = &swept.costs else { return String::new() };
    let cheapest = cheapest_cases(&swept.data);
    let own: Vec<usize> = (0..cheapest.len()).filter(|point| cheapest[*point] == Some(best)).collect();
    let amounts = PARTS.iter().filter_map(|(name, words, _)| {
        let amount = mean(data, name, best, &own).filter(|amount| *amount != 0.0)?;
        Some(format!("{} {words}", money(amount)))
    });
    let amounts: Vec<String> = amounts.collect();
    let next = next(swept, best, &own).map_or_else(String::new, |next| dearer(data, best, next, &own));
    if amounts.is_empty() { String::new() } else { format!(" (on average {} there{next})", listed_amounts(&amounts)) }
}

/// A figure's mean over some points; nothing where one of them has none.
fn mean(data: &Data, name: &str, case: usize, points: &[usize]) -> Option<f64> {
    let metric = data.metrics.iter().position(|known| known == name)?;
    let sum = points.iter().map(|point| data.mean(metric, case, *point)).sum::<Option<f64>>()?;
    (!points.is_empty()).then(|| sum / points.len() as f64)
}

/// The case that is most often the second cheapest at some points.
fn next(swept: &Swept, best: usize, points: &[usize]) -> Option<usize> {
    let data = &swept.data;
    let metric = data.metrics.iter().position(|known| known == "tco_usd")?;
    let second = |point: usize| {
        let able = (0..data.cases.len()).filter(|case| *case != best && data.met[*case].get(point) == Some(&true));
        let costs = able.filter_map(|case| Some((data.mean(metric, case, point)?, case)));
        costs.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, case)| case)
    };
    let mut counts = vec![0; data.cases.len()];
    points.iter().filter_map(|point| second(*point)).for_each(|case| counts[case] += 1);
    let most = (0..counts.len()).rev().max_by_key(|case| counts[*case])?;
    (counts[most] > 0).then_some(most)
}

fn dearer(data: &Data, best: usize, next: usize, points: &[usize]) -> String {
    let both: Vec<usize> =
        points.iter().copied().filter(|point| mean(data, "tco_usd", next, &[*point]).is_some()).collect();
    let excess = |name: &str| Some(mean(data, name, next, &both)? - mean(data, name, best, &both)?);
    let Some(more) = excess("tco_usd").filter(|more| *more > 0.0) else { return String::new() };
    let parts = PARTS.iter().filter_map(|(name, _, words)| Some((excess(name)?, *words)));
    let greatest = parts.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(excess, _)| *excess > 0.0);
    let why = greatest.map_or(String::new(), |(_, words)| format!(", for {words}"));
    format!("; the next, {}, costs {} more{why}", data.cases[next], money(more))
}
