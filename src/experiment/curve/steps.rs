//! Where between two points of a curve a case orders one instance more.

use super::stage::Stage;
use super::{CaseCurve, feasible};
use crate::experiment::deploy::Order;
use crate::experiment::point::Point;
use crate::experiment::sizing::Between;
use rayon::prelude::*;

/// The two sides of a step are at most this ratio of traffic apart.
const NEAR: f64 = 1.1;
/// Replications that one look takes.
const ASKED: u32 = 1;

impl Stage<'_> {
    /// For each case the points beside its steps, where two neighbouring points differ by one instance: a step is
    /// drawn where it is, not half way. More steps than one between two points are left as they are.
    pub fn steps(&self, traffic: &[f64], cases: &[CaseCurve]) -> Vec<Vec<Point>> {
        let of_case = |(index, case): (usize, &CaseCurve)| {
            let gaps = (1..traffic.len()).filter(|point| case.stepwise && differs_by_one(case, *point));
            gaps.flat_map(|point| self.beside(index, [traffic[point - 1], traffic[point]], case, point)).collect()
        };
        cases.par_iter().with_max_len(1).enumerate().map(of_case).collect()
    }

    /// Bisects between two points; the last of the lesser order and the first of the greater that were met.
    fn beside(&self, index: usize, [from, to]: [f64; 2], case: &CaseCurve, point: usize) -> Vec<Point> {
        let (Ok(below), Ok(above)) = (&case.points[point - 1], &case.points[point]) else { return Vec::new() };
        let known: Between = below.orders.iter().cloned().zip(above.orders.iter().cloned()).map(Some).collect();
        let (mut low, mut high) = (from, to);
        let mut met: [Option<Point>; 2] = [None, None];
        while high / low > NEAR && !self.stopped() {
            let middle = (low * high).sqrt();
            let Ok(found) = self.between(index, middle, &known, ASKED) else { break };
            if words(&found.orders) == words(&below.orders) {
                (low, met[0]) = (middle, Some(found));
            } else {
                (high, met[1]) = (middle, Some(found));
            }
        }
        met.into_iter().flatten().collect()
    }
}

fn words(orders: &[Order]) -> Vec<String> {
    orders.iter().map(Order::words).collect()
}

/// Whether a case meets its objective at a point and the one before, by orders of which one has an instance more.
fn differs_by_one(case: &CaseCurve, point: usize) -> bool {
    let (before, after) = (&case.points[point - 1], &case.points[point]);
    let (Ok(below), Ok(above)) = (before, after) else { return false };
    let count = |point: &Point| point.orders.iter().map(|order| u64::from(order.instances)).sum::<u64>();
    let sizes = |point: &Point| point.orders.iter().map(|order| order.size.name.clone()).collect::<Vec<_>>();
    feasible(before) && feasible(after) && sizes(below) == sizes(above) && count(above) == count(below) + 1
}
