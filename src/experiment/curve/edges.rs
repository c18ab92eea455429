//! Where a case begins or ceases to meet its objective.

use super::crossings::NARROW;
use super::stage::Stage;
use super::{CaseCurve, feasible};
use crate::experiment::point::Point;

/// The traffic at which a case begins or ceases to meet its objective.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// As a multiple of the scenario's traffic: the least that it may be, given the noise.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// Whether the objective is met below (and missed above).
    pub met_below: bool,
    /// Why it is not met on the other side.
    pub why: String,
}

impl Edge {
    /// The likeliest traffic.
    pub fn at(&self) -> f64 {
        (self.low * self.high).sqrt()
    }
}

/// How much more an interval is stretched at a time until its ends are sure.
const STRETCHES: [f64; 5] = [1.01, 1.02, 1.04, 1.08, 1.16];
/// Replications that a bisection asks.
const ASKED: u32 = 3;

impl Stage<'_> {
    /// Bisects between two points of which one is feasible; then moves both ends until no noise
    /// leaves it open on which side they are (or the points are reached).
    pub fn edge(&self, case: usize, [from, to]: [f64; 2], curve: &CaseCurve, point: usize) -> Edge {
        let met_below = curve.is_feasible(point - 1);
        let all = self.scenario.run.replications;
        let (mut low, mut high) = (from, to);
        let mut why = self.reason(&curve.points[if met_below { point } else { point - 1 }]);
        while high / low > 1.0 + NARROW && !self.stopped() {
            let middle = (low * high).sqrt();
            let point = self.between(case, middle, &Vec::new(), ASKED.min(all));
            if !feasible(&point) {
                why = self.reason(&point);
            }
            if feasible(&point) == met_below { low = middle } else { high = middle }
        }
        let is_sure = |traffic: f64, met: bool| {
            let point = self.between(case, traffic, &Vec::new(), all);
            feasible(&point) == met && point.as_ref().map_or(true, Point::is_sure)
        };
        let mut below = STRETCHES.iter().map(|stretch| low / stretch).take_while(|at| *at > from);
        let mut above = STRETCHES.iter().map(|stretch| high * stretch).take_while(|at| *at < to);
        let low = below.find(|at| is_sure(*at, met_below)).unwrap_or(from);
        let high = above.find(|at| is_sure(*at, !met_below)).unwrap_or(to);
        Edge { low, high, met_below, why }
    }

    fn reason(&self, point: &Result<Point, String>) -> String {
        match point {
            Err(why) => why.clone(),
            Ok(point) => point.missed(self.scenario).unwrap_or_else(|| "the objective is missed".into()),
        }
    }
}
