//! Where a staircase crosses: one case needs one instance more, and with it costs more than the
//! other.
//!
//! Between a traffic at which `n` instances do and one at which `n + 1` are needed, only one
//! question is open: up to where `n` do. So nothing is sized anew, and only that order is
//! simulated; on the places of a [`Grid`], so that the crossings of several cases and metrics in
//! the same step find the same simulations.

use super::Crossover;
use super::crossings::{Bracket, End, FEW, Pair, within};
use super::stage::Stage;
use crate::experiment::deploy::Order;
use crate::experiment::point::Point;
use crate::experiment::sizing::Judgement;
use std::sync::Arc;

/// An end of an interval is looked for up to 2^6 places from the step.
const DOUBLINGS: u32 = 6;

/// The places between two neighbouring points of a curve, evenly on a logarithmic scale.
#[derive(Clone, Copy)]
pub struct Grid {
    ends: [f64; 2],
    parts: u32,
}

impl Grid {
    /// So many parts (a power of two) that neighbours differ by no more than a share.
    pub fn new(ends: [f64; 2], share: f64, least: u32) -> Grid {
        let parts = libm::log(ends[1] / ends[0]) / libm::log1p(share);
        Grid { ends, parts: (parts.clamp(1.0, 65_536.0) as u32 + 1).next_power_of_two().max(least) }
    }

    /// How many places there are beside the first.
    pub fn parts(&self) -> u32 {
        self.parts
    }

    /// The traffic at a place.
    pub fn at(&self, place: u32) -> f64 {
        match place {
            0 => self.ends[0],
            last if last == self.parts => self.ends[1],
            _ => self.ends[0] * libm::exp(self.log_ratio() * f64::from(place) / f64::from(self.parts)),
        }
    }

    /// The place nearest to a traffic.
    fn place(&self, traffic: f64) -> u32 {
        let place = libm::log(traffic / self.ends[0]) / self.log_ratio() * f64::from(self.parts);
        libm::round(place).clamp(0.0, f64::from(self.parts)) as u32
    }

    fn log_ratio(&self) -> f64 {
        libm::log(self.ends[1] / self.ends[0])
    }
}

/// One step of one case, beside another case that orders the same on both sides of it.
struct Stair<'b> {
    bracket: &'b Bracket,
    /// The case (of the scenario) whose order changes, and whether it is the bracket's first.
    case: usize,
    is_first: bool,
    /// What it orders below the step, and above it.
    orders: [Vec<Order>; 2],
    /// What the other orders.
    other: Vec<Order>,
    /// The step lies between these places; the costs may change places again beyond `bounds`.
    places: [u32; 2],
    bounds: [u32; 2],
}

impl Stage<'_> {
    /// The crossing in one step of one case; nothing where it is of another kind.
    pub fn stair(&self, found: &Bracket) -> Option<Crossover> {
        let stair = self.last_step(found)?;
        let few = self.scenario.run.replications.min(FEW);
        let places = self.flip(&stair, few)?;
        let sure = [self.sure(&stair, 0, places[0], few)?, self.sure(&stair, 1, places[1], few)?];
        let within = [0, 1].map(|side| sure[side].unwrap_or(stair.bounds[side]));
        let crosses = self.is_between(&stair, 0, within[0], few)? && self.is_between(&stair, 1, within[1], few)?;
        let traffic = |place: u32| found.grid.at(place);
        let interval = [0, 1].map(|side| sure[side].map_or(found.cell_end(side), traffic));
        let at = (traffic(places[0]) * traffic(places[1])).sqrt();
        let other = if stair.is_first { found.b } else { found.a };
        let value = self.placed(other, &stair.other, at, few)?.estimate(found.metric).mean?;
        crosses.then(|| self.crossover(found, at, interval.into(), value))
    }

    /// Narrows a bracket down until all that changes in it is one instance more of one case.
    fn last_step<'b>(&self, found: &'b Bracket) -> Option<Stair<'b>> {
        let bounds = found.ends.each_ref().map(|end| found.grid.place(end.traffic));
        let (mut ends, mut places) = (found.ends.clone(), bounds);
        loop {
            if let Some(is_first) = one_more(&ends) {
                let [changing, other] = if is_first { [0, 1] } else { [1, 0] };
                let orders = ends.each_ref().map(|end| end.orders[changing].clone());
                let case = [found.a, found.b][changing];
                let other = ends[0].orders[other].clone();
                return Some(Stair { bracket: found, case, is_first, orders, other, places, bounds });
            }
            if ends[0].orders_as(&ends[1]) || places[1] - places[0] < 2 || self.stopped() {
                return None;
            }
            let middle = places[0].midpoint(places[1]);
            let end = self.pair(found, &within(&ends), found.grid.at(middle), 1)?.end(found.metric)?;
            let side = usize::from(end.difference.signum() != ends[0].difference.signum());
            (ends[side], places[side]) = (end, middle);
        }
    }

    /// Neighbouring places between which the lesser order ceases to do, by a few replications.
    fn flip(&self, stair: &Stair<'_>, few: u32) -> Option<[u32; 2]> {
        let mut places = [self.outwards(stair, 0, few)?, self.outwards(stair, 1, few)?];
        while places[1] - places[0] > 1 && !self.stopped() {
            let middle = places[0].midpoint(places[1]);
            places[usize::from(!self.does_likely(stair, middle, few)?)] = middle;
        }
        Some(places)
    }

    /// A place on one side of the step: one replication may have put it on the wrong one.
    fn outwards(&self, stair: &Stair<'_>, side: usize, few: u32) -> Option<u32> {
        let places = (0..=DOUBLINGS).map(|doublings| stair.away(side, stair.places[side], doublings));
        for place in places {
            if self.does_likely(stair, place, few)? == (side == 0) {
                return Some(place);
            }
            if place == stair.bounds[side] {
                break;
            }
        }
        None
    }

    /// The nearest place beside the step of which no noise leaves it open on which side it is, of
    /// those at doubling distances within the bounds; none where all are doubtful.
    fn sure(&self, stair: &Stair<'_>, side: usize, from: u32, few: u32) -> Option<Option<u32>> {
        let (mut least, mut most) = (0, DOUBLINGS);
        while least < most {
            let doublings = least.midpoint(most);
            let place = stair.away(side, from, doublings);
            if self.is_sure(stair, side, place, few)? {
                most = doublings;
            } else {
                least = doublings + 1;
            }
        }
        Some((least < DOUBLINGS).then(|| stair.away(side, from, least)))
    }

    /// Whether a place is surely on one side: by a few replications, or else by all.
    fn is_sure(&self, stair: &Stair<'_>, side: usize, place: u32, few: u32) -> Option<bool> {
        let first = self.does(stair, place, few)?;
        let met = first.met == (side == 0);
        if first.sure || !met {
            return Some(first.sure && met);
        }
        let all = self.does(stair, place, self.scenario.run.replications)?;
        Some(all.sure && all.met == (side == 0))
    }

    /// Whether the lesser order does at a place: by one replication where that is far from the
    /// bound, else by a few.
    fn does_likely(&self, stair: &Stair<'_>, place: u32, few: u32) -> Option<bool> {
        let one = self.does(stair, place, 1)?;
        if one.sure { Some(one.met) } else { Some(self.does(stair, place, few)?.met) }
    }

    /// Whether the lesser order does at a place.
    fn does(&self, stair: &Stair<'_>, place: u32, replications: u32) -> Option<Judgement> {
        let point = self.placed(stair.case, &stair.orders[0], stair.bracket.grid.at(place), replications)?;
        point.slo_met.map(|_| Judgement::of(point.replications.into_iter().map(Arc::new).collect(), false))
    }

    /// Whether the costs of both cases at a place have the order that they have on that side of
    /// the step: whether it is this step that they cross in.
    fn is_between(&self, stair: &Stair<'_>, side: usize, place: u32, few: u32) -> Option<bool> {
        let (found, traffic) = (stair.bracket, stair.bracket.grid.at(place));
        let changing = self.placed(stair.case, &stair.orders[side], traffic, few)?;
        let other = self.placed(if stair.is_first { found.b } else { found.a }, &stair.other, traffic, few)?;
        let points = if stair.is_first { [changing, other] } else { [other, changing] };
        let difference = Pair { points }.difference(found.metric);
        Some(!difference.straddles(0.0) && difference.mean?.signum() == found.ends[side].difference.signum())
    }

    /// A case under an order that is known, replicated.
    pub fn placed(&self, case: usize, orders: &[Order], traffic: f64, replications: u32) -> Option<Point> {
        let mut point = Point::placed(traffic, orders.to_vec());
        self.more(case, &mut point, replications).ok()?;
        Some(point)
    }
}

impl Stair<'_> {
    /// The place at a distance of 0, 1, 3, 7, … from another, outwards on one side.
    fn away(&self, side: usize, from: u32, doublings: u32) -> u32 {
        let distance = (1 << doublings) - 1;
        match side {
            0 => from.saturating_sub(distance).max(self.bounds[0]),
            _ => from.saturating_add(distance).min(self.bounds[1]),
        }
    }
}

/// Whether all that changes between two ends is that the first case (`true`) or the second orders
/// one instance more.
fn one_more(ends: &[End; 2]) -> Option<bool> {
    let [below, above] = ends.each_ref().map(|end| end.orders.each_ref().map(Vec::as_slice));
    let same = |case: usize| below[case] == above[case];
    let more = |case: usize| match (below[case], above[case]) {
        ([below], [above]) => *above == Order { instances: below.instances + 1, ..below.clone() },
        _ => false,
    };
    match (same(0), same(1)) {
        (false, true) if more(0) => Some(true),
        (true, false) if more(1) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_even_fine_enough_and_ends_where_it_should() {
        let grid = Grid::new([0.01, 0.021_544_346_900_318_8], 0.004, 4);
        assert_eq!(grid.parts(), 256);
        assert_eq!([grid.at(0), grid.at(256)], [0.01, 0.021_544_346_900_318_8]);
        for place in 0..256 {
            let step = grid.at(place + 1) / grid.at(place);
            assert!(step > 1.0 && step < 1.004, "{step}");
            assert_eq!(grid.place(grid.at(place)), place);
        }
    }
}
