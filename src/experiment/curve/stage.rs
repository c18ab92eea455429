//! Where points are evaluated.

use super::doubt::widened;
use super::edges::Edge;
use super::{CaseCurve, Count, Crossover, CurveProgress, Timing, at_traffic, feasible, timing};
use crate::experiment::point::Point;
use crate::experiment::run::RunError;
use crate::experiment::simulations::{Runs, Simulations, Tally};
use crate::experiment::sizing::Between;
use crate::experiment::warm_up;
use crate::scenario::{Scenario, WarmUp};
use crate::units::{Span, format};
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// What evaluates points of all cases.
pub struct Stage<'a> {
    /// The scenario.
    pub scenario: &'a Scenario,
    base_rps: f64,
    progress: &'a CurveProgress<'a>,
    simulations: Simulations,
    tallies: Vec<[Tally; 3]>,
    count: Count<'a>,
    /// The warm-ups that were found at the traffics of the points, where they are to be found.
    warm_ups: Vec<(f64, Result<Span, String>)>,
}

/// What time is counted as.
#[derive(Clone, Copy)]
pub enum Work {
    /// Finding an order.
    Sizing,
    /// Replicating a point.
    Points,
    /// Refining between points.
    Refining,
}

impl<'a> Stage<'a> {
    /// A stage for a scenario with so many requests per second at a multiple of 1.
    pub fn new(scenario: &'a Scenario, base_rps: f64, progress: &'a CurveProgress<'a>) -> Stage<'a> {
        Stage {
            scenario,
            base_rps,
            progress,
            simulations: Simulations::default(),
            tallies: scenario.cases.iter().map(|_| Default::default()).collect(),
            count: Count { progress, done: 0.into(), of: 0.into() },
            warm_ups: Vec::new(),
        }
    }

    /// Finds the warm-up at each of the curve's traffics, where it is to be found.
    pub fn find_warm_ups(&mut self, traffic: &[f64]) {
        if self.scenario.run.warm_up_rule != WarmUp::ToFind {
            return;
        }
        let find = |traffic: &f64| {
            let scenario = at_traffic(self.scenario, self.base_rps, *traffic);
            (*traffic, warm_up::find(self.runs(0, Work::Sizing), &scenario, *traffic))
        };
        self.warm_ups = traffic.par_iter().with_max_len(1).map(find).collect();
    }

    /// The scenario at some traffic. Between two points the warm-up is the longer of theirs.
    fn at(&self, traffic: f64) -> Scenario {
        let scenario = at_traffic(self.scenario, self.base_rps, traffic);
        if scenario.run.warm_up_rule != WarmUp::ToFind {
            return scenario;
        }
        let above = self.warm_ups.partition_point(|(at, _)| *at < traffic);
        let exact = self.warm_ups.get(above).filter(|(at, _)| *at == traffic);
        let beside = match exact {
            Some((_, found)) => return warm_up::with(&scenario, found.clone()),
            None => self.warm_ups[above.saturating_sub(1)..].iter().take(2),
        };
        let longest = beside.clone().filter_map(|(_, found)| found.as_ref().ok().copied()).max();
        let why = || beside.clone().find_map(|(_, found)| found.clone().err()).unwrap_or_default();
        warm_up::with(&scenario, longest.ok_or_else(why))
    }

    /// Whether it may go on.
    pub fn check(&self) -> Result<(), RunError> {
        if self.stopped() { Err(RunError::Interrupted) } else { Ok(()) }
    }

    /// Whether it was asked to stop.
    pub fn stopped(&self) -> bool {
        self.progress.stop.load(Ordering::Relaxed)
    }

    /// Seconds of the period that invoices are for; of the scenario's own duration, where that is it.
    pub fn month_seconds(&self) -> f64 {
        self.scenario.run.month_length().seconds()
    }

    fn runs(&self, case: usize, work: Work) -> Runs<'_> {
        Runs { simulations: &self.simulations, tally: &self.tallies[case][work as usize] }
    }

    /// Every case at every traffic.
    pub fn points(&self, traffic: &[f64]) -> Vec<CaseCurve> {
        let cases = &self.scenario.cases;
        // Of one traffic after the other, so that cases with the same simulations find them.
        let places: Vec<(usize, usize)> =
            (0..traffic.len()).flat_map(|point| (0..cases.len()).map(move |case| (point, case))).collect();
        self.count.expect(places.len() as u64);
        let point = |&(point, case): &(usize, usize)| {
            let result = self.point(case, traffic[point]);
            self.count.one();
            result
        };
        let evaluated: Vec<Result<Point, String>> = places.par_iter().with_max_len(1).map(point).collect();
        let of = |case: usize| evaluated.iter().skip(case).step_by(cases.len()).cloned().collect();
        cases.iter().enumerate().map(|(index, case)| CaseCurve::gather(case, of(index))).collect()
    }

    fn point(&self, case: usize, traffic: f64) -> Result<Point, String> {
        if self.stopped() {
            return Err("interrupted".into());
        }
        let scenario = self.at(traffic);
        let plan = &scenario.cases[case];
        let mut point = Point::sized(self.runs(case, Work::Sizing), &scenario, plan, traffic, &Vec::new())?;
        point.replicate(self.runs(case, Work::Points), &scenario, plan, u64::from(scenario.run.replications))?;
        Ok(point)
    }

    /// A case between two points, sized by so many replications and replicated as often.
    pub fn between(&self, case: usize, traffic: f64, known: &Between, replications: u32) -> Result<Point, String> {
        let mut scenario = self.at(traffic);
        scenario.run.replications = replications.max(1);
        let runs = self.runs(case, Work::Refining);
        let plan = &scenario.cases[case];
        let mut point = Point::sized(runs, &scenario, plan, traffic, known)?;
        point.replicate(runs, &scenario, plan, u64::from(replications.max(1)))?;
        Ok(point)
    }

    /// More replications of a point.
    pub fn more(&self, case: usize, point: &mut Point, replications: u32) -> Result<(), String> {
        let scenario = self.at(point.traffic);
        let runs = self.runs(case, Work::Refining);
        point.replicate(runs, &scenario, &scenario.cases[case], u64::from(replications))
    }

    /// What lies between the points: where cases cease to meet their objectives, and where two
    /// change places.
    pub fn refined(&self, traffic: &[f64], cases: &[CaseCurve]) -> (Vec<Vec<Edge>>, Vec<Crossover>) {
        let brackets = self.brackets(traffic, cases);
        let gaps: Vec<(usize, usize)> = (0..cases.len())
            .flat_map(|case| (1..traffic.len()).map(move |point| (case, point)))
            .filter(|(case, point)| feasible(&cases[*case].points[point - 1]) != feasible(&cases[*case].points[*point]))
            .collect();
        self.count.expect((brackets.len() + gaps.len()) as u64);
        let edges: Vec<(usize, Edge)> = gaps
            .par_iter()
            .with_max_len(1)
            .map(|(case, point)| {
                let edge = self.edge(*case, [traffic[point - 1], traffic[*point]], &cases[*case], *point);
                self.count.one();
                (*case, edge)
            })
            .collect();
        let crossovers = brackets.par_iter().with_max_len(1).filter_map(|bracket| {
            let found = self.refine(bracket);
            self.count.one();
            found.and_then(|found| widened(found, traffic, cases))
        });
        let crossovers = crossovers.collect();
        let of = |case: usize| edges.iter().filter(|(of, _)| *of == case).map(|(_, edge)| edge.clone()).collect();
        ((0..cases.len()).map(of).collect(), crossovers)
    }

    /// Why a case's line does not reach the greatest traffic, or any.
    pub fn ending(&self, case: &CaseCurve, most: Option<f64>) -> Option<String> {
        let last = case.points.last()?;
        let why = match last {
            Err(why) => why.clone(),
            Ok(point) => point.missed(self.scenario).filter(|_| !point.is_able())?,
        };
        let count = |traffic: f64| format::short_count(self.base_rps * traffic * self.month_seconds());
        match case.edges.last() {
            Some(edge) => Some(format!(
                "from {} requests/month ({} to {}) on, {}; at {}, {why}",
                count(edge.at()),
                count(edge.low),
                count(edge.high),
                edge.why,
                count(most?),
            )),
            None => Some(why),
        }
    }

    /// What each case took.
    pub fn timings(&self) -> Vec<Vec<Timing>> {
        self.tallies.iter().map(timing).collect()
    }
}
