//! How far an assumption must change before the answer does.

use super::Offer;
use super::swings::Ranked;
use crate::metrics::{is_equal, share_of};
use crate::units::format;

/// Where the answer changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// The assumption's factor there; 1 is as the scenario stands.
    pub factor: f64,
    /// The value there, in words.
    pub at: String,
    /// The model that is cheapest beyond.
    pub to: String,
}

/// A change of traffic is found to within this factor.
const NARROW: f64 = 1.05;

/// The best offer's prices, all together, at which another becomes the cheapest: from both TCOs and
/// its invoice.
pub fn of_prices(offers: &[Offer]) -> Option<Flip> {
    let [best, second, ..] = offers else { return None };
    // Of two that cost the same neither is the answer: nothing has to change for the other to be.
    let more = second.tco().mean? - best.tco().mean?;
    if is_equal(more, 0.0) {
        return None;
    }
    let invoice = best.point.estimate(&["invoice_usd", "total"]).mean.filter(|invoice| *invoice > 0.0)?;
    // Where the invoice is next to nothing no change of its prices turns the answer.
    let factor = 1.0 + share_of(more, invoice)?;
    Some(Flip { factor, at: format!("+{}", format::percent(factor - 1.0)), to: second.hosting.clone() })
}

/// The wage nearest to the scenario's at which another offer becomes the cheapest: TCO is straight
/// in it, with the hours as slope.
pub fn of_wage(offers: &[Offer], wage: f64) -> Option<Flip> {
    let best = offers.first()?;
    let line = |offer: &Offer| Some((offer.tco().mean?, offer.point.estimate(&["labour_usd", "hours"]).mean?));
    let (cost, hours) = line(best)?;
    let crossing = |offer: &Offer| {
        let (other_cost, other_hours) = line(offer)?;
        let at = wage + (other_cost - cost) / (hours - other_hours);
        let factor = if wage > 0.0 { at / wage } else { f64::MAX };
        let changes = at.is_finite() && at >= 0.0 && (at - wage).abs() > 1e-9;
        changes.then(|| (at, Flip { factor, at: format!("{}/h", format::money(at)), to: offer.hosting.clone() }))
    };
    let nearest = offers.iter().skip(1).filter_map(crossing);
    nearest.min_by(|a, b| (a.0 - wage).abs().total_cmp(&(b.0 - wage).abs())).map(|(_, flip)| flip)
}

/// The traffic nearest to the scenario's at which another offer becomes the cheapest, by bisection
/// towards each end at which another is.
pub fn by_search(base: &Ranked, ends: &[Ranked; 2], at: &dyn Fn(f64) -> Ranked) -> Option<Flip> {
    let best = base.best()?.0;
    let search = |(end, reached): (&Ranked, f64)| {
        let mut to = end.best()?.0;
        if to == best {
            return None;
        }
        let (mut same, mut other): (f64, f64) = (1.0, reached);
        while (other / same).max(same / other) > NARROW {
            let middle = (same * other).sqrt();
            match at(middle).best() {
                Some((name, _)) if name == best => same = middle,
                found => {
                    to = found.map_or(to, |(name, _)| name);
                    other = middle;
                }
            }
        }
        let factor = (same * other).sqrt();
        Some(Flip { factor, at: format!("{} times", format::significant(factor, 2)), to })
    };
    let found = [search((&ends[0], 1.0 / 3.0)), search((&ends[1], 3.0))];
    found.into_iter().flatten().min_by(|a, b| libm::log(a.factor).abs().total_cmp(&libm::log(b.factor).abs()))
}

/// Whether another offer is the cheapest at one of two ends, half and twice the assumption.
pub fn at_ends(base: &Ranked, ends: &[Ranked; 2], words: [&str; 2]) -> Option<Flip> {
    let best = base.best()?.0;
    let at = |(index, factor): (usize, f64)| {
        let to = ends[index].best()?.0;
        (to != best).then(|| Flip { factor, at: words[index].into(), to })
    };
    at((0, 0.5)).or_else(|| at((1, 2.0)))
}
