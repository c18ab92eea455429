//! Hours of labour as what they are, assumptions: from the fewest to the most of their ranges, and what it takes to bring
//! an app to the best offer. Neither changes what happens in a simulation, so that nothing is simulated again.

use super::Offer;
use super::flips::Flip;
use super::swings::{Ranked, Swing};
use crate::billing::{LabourTable, Position, Slice, Spread};
use crate::units::format;

/// Where the cheapest changes is found to within this part of a range.
const STEPS: u32 = 200;

/// The swings of hours, those that change anything.
pub fn swings(offers: &[Offer]) -> Vec<Swing> {
    [all(offers), once(offers)].into_iter().flatten().collect()
}

/// All hours of all offers from low to high together.
fn all(offers: &[Offer]) -> Option<Swing> {
    let best = offers.first()?;
    let hours = |path: &str| best.point.estimate(&["labour_usd", path]).mean;
    let spread = Spread { low: hours("hours_low")?, middle: hours("hours")?, high: hours("hours_high")? };
    let ends = [Ranked::of(at(offers, 0.0)), Ranked::of(at(offers, 1.0))];
    let flip = nearest(&best.hosting, |position| Ranked::of(at(offers, position)));
    let factor = |position: f64| spread.at(Position::of(position)) / spread.middle.max(1e-9);
    let flip = flip.map(|(position, to)| Flip {
        factor: factor(position),
        at: format!("{} h a month", format::significant(spread.at(Position::of(position)), 3)),
        to,
    });
    let shown = |hours: f64| format!("low ({} h)", format::significant(hours, 3));
    let words = [shown(spread.low), shown(spread.high).replace("low", "high")];
    let usd = |path: &str| best.point.estimate(&["labour_usd", path]).mean;
    (usd("low")? < usd("high")?).then(|| swing("hours of labour", words, offers, ends, flip))
}

/// The one-off hours that bring the app to the family of the best offer: from none to the most of their range.
fn once(offers: &[Offer]) -> Option<Swing> {
    let best = offers.first()?;
    let hour = best.point.estimate(&["labour_usd", "set_up_hour"]).mean.filter(|usd| *usd > 0.0)?;
    let usd = |slice: &str| best.point.estimate(&["labour_usd", "slices", slice]).mean.unwrap_or(0.0);
    let given = (usd("porting") + usd("building")) / hour;
    let most = LabourTable::built_in().hours(Slice::Porting, best.family).set_up.high.max(given);
    let moved = |hours: f64| {
        let cost = |offer: &Offer| {
            let more = if offer.family == best.family { (hours - given) * hour } else { 0.0 };
            let values = offer.point.values(&["tco_usd"]).into_iter().map(|tco| Some(tco? + more));
            (offer.hosting.clone(), values.collect())
        };
        Ranked::of(offers.iter().map(cost).collect())
    };
    let turns = |position: f64| moved(most * position);
    let flip = nearest_from(&best.hosting, given / most.max(1e-9), turns).map(|(position, to)| Flip {
        factor: if given > 0.0 { most * position / given } else { 1.0 + position },
        at: format!("{} h", format::significant(most * position, 3)),
        to,
    });
    let ends = [moved(0.0), moved(most)];
    let words = ["0 h".into(), format!("{} h", format::significant(most, 3))];
    (most > 0.0).then(|| swing(&format!("porting to {}", best.family), words, offers, ends, flip))
}

fn swing(name: &str, words: [String; 2], offers: &[Offer], ends: [Ranked; 2], flip: Option<Flip>) -> Swing {
    let base = Ranked::of(offers.iter().map(|o| (o.hosting.clone(), o.point.values(&["tco_usd"]))).collect());
    let [low, high] = words;
    Swing {
        name: name.into(),
        low: (low, ends[0].best()),
        high: (high, ends[1].best()),
        ends: [ends[0].end(&base), ends[1].end(&base)],
        flip,
    }
}

/// The costs of all offers with their hours at a place in the ranges.
fn at(offers: &[Offer], position: f64) -> Vec<(String, Vec<Option<f64>>)> {
    let cost = |offer: &Offer| {
        let of = |path: &[&str]| offer.point.values(path);
        let labour = of(&["labour_usd", "total"]).into_iter().zip(of(&["labour_usd", "low"]));
        let labour = labour.zip(of(&["labour_usd", "high"])).zip(of(&["tco_usd"]));
        let values = labour.map(|(((middle, low), high), tco)| {
            let spread = Spread { low: low?, middle: middle?, high: high? };
            Some(tco? - spread.middle + spread.at(Position::of(position)))
        });
        (offer.hosting.clone(), values.collect())
    };
    offers.iter().map(cost).collect()
}

fn nearest(best: &str, at: impl Fn(f64) -> Ranked) -> Option<(f64, String)> {
    nearest_from(best, 0.5, at)
}

/// The place nearest to `from` at which another offer is the cheapest, and which: costs are straight between the ends and
/// the middle, so that steps miss nothing that is wider than one.
fn nearest_from(best: &str, from: f64, at: impl Fn(f64) -> Ranked) -> Option<(f64, String)> {
    let places = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
    let other = |place: f64| at(place).best().filter(|(name, _)| name != best).map(|(name, _)| (place, name));
    places.filter_map(other).min_by(|a, b| (a.0 - from).abs().total_cmp(&(b.0 - from).abs()))
}
