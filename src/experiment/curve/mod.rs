//! Cost against traffic: every case at every traffic, each sized anew, the traffics at which the
//! cheaper of two changes, and those at which a case ceases to meet its objective.

mod crossings;
mod doubt;
mod edges;
mod regions;
mod stage;
mod stairs;
mod steps;

use super::point::Point;
use super::run::RunError;
use super::simulations::Tally;
use crate::metrics::Estimate;
use crate::scenario::{Case, Month, Scenario};
use crate::units::{Span, Time};
use crate::workload::Rhythm;
use stage::Stage;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

pub use crossings::{NARROW, PARTS};
pub use edges::Edge;
pub use regions::Region;

/// A figure of a curve: its path in a result.
pub type Metric = &'static [&'static str];

/// The metrics whose crossovers are found, by their flat names.
pub const METRICS: [(&str, Metric); 2] = [("invoice_usd", &["invoice_usd", "total"]), ("tco_usd", &["tco_usd"])];

/// The longest time that a point simulates, however thin its traffic.
const LONGEST: Span = Span(20 * 365 * 86_400_000_000_000);
/// The shortest, however dense: less would be all beginning, with every instance starting.
const SHORTEST: Span = Span(20_000_000_000);

/// A curve of one case: a point at every traffic, or why there is none.
#[derive(Clone, Debug)]
pub struct CaseCurve {
    /// The case's name.
    pub name: String,
    /// What it is hosted on.
    pub hosting: String,
    /// In the order of the traffics.
    pub points: Vec<Result<Point, String>>,
    /// Seconds of one thread that it took in all.
    pub seconds: f64,
    /// Whether its cost moves by steps: a number of instances is ordered.
    pub stepwise: bool,
    /// Why its line does not reach the greatest traffic, or any.
    pub ends: Option<String>,
    /// Where it begins or ceases to meet its objective.
    pub edges: Vec<Edge>,
    /// Beside its steps, between the points: the last known place of the lesser order and the first of the greater, for
    /// each.
    pub between: Vec<Point>,
}

/// Where the cheaper of two cases changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossover {
    /// The metric's flat name.
    pub metric: &'static str,
    /// The case that is cheaper below.
    pub below: String,
    /// The case that is cheaper above.
    pub above: String,
    /// As a multiple of the scenario's traffic.
    pub traffic: f64,
    /// The least that it may be, given the noise of the simulation.
    pub low: f64,
    /// The greatest.
    pub high: f64,
    /// What both cost there.
    pub value: f64,
}

/// What one case took, by stage.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    /// The stage.
    pub stage: &'static str,
    /// Seconds of one thread.
    pub seconds: f64,
    /// Simulations run.
    pub simulated: u64,
    /// Simulations that there were already: of an order that had been judged, or of another case
    /// that differs in prices alone.
    pub shared: u64,
}

/// A whole curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// The multiples of the scenario's traffic.
    pub traffic: Vec<f64>,
    /// Requests per second at a multiple of 1.
    pub base_rps: f64,
    /// Seconds of the month that costs are for.
    pub month_seconds: f64,
    /// The cases.
    pub cases: Vec<CaseCurve>,
    /// Where they cross.
    pub crossovers: Vec<Crossover>,
    /// The prices that are not sure: "MODEL: CHARGE".
    pub unverified: Vec<String>,
    /// What each case took, by stage, in the order of the cases.
    pub timings: Vec<Vec<Timing>>,
    /// Seconds that passed, by stage.
    pub passed: Vec<(&'static str, f64)>,
}

/// Told of the work done so far, out of how much; may ask to stop.
pub struct CurveProgress<'p> {
    /// Called with (points done, points in all); what is refined between points counts like one.
    pub done: &'p (dyn Fn(u64, u64) + Sync),
    /// Set where the curve is to be given up.
    pub stop: &'p AtomicBool,
}

/// Computes the curve of a scenario, as its `[curve]` says.
///
/// # Errors
/// Where the scenario has no arrivals to multiply, or it was interrupted.
pub fn curve(scenario: &Scenario, progress: &CurveProgress<'_>) -> Result<Curve, RunError> {
    let base_rps = base_rate(scenario);
    if base_rps <= 0.0 {
        return Err(RunError::Input("no app of this scenario has arrivals: there is no traffic to vary".into()));
    }
    let traffic = scenario.curve.traffic.values();
    let mut stage = Stage::new(scenario, base_rps, progress);
    stage.find_warm_ups(&traffic);
    let mut clock = Clock { begun: Instant::now(), passed: Vec::new() };
    let mut cases = stage.points(&traffic);
    clock.lap("points, sizing included");
    stage.check()?;
    let (edges, crossovers) = stage.refined(&traffic, &cases);
    clock.lap("crossovers and ends");
    stage.check()?;
    let steps = stage.steps(&traffic, &cases);
    clock.lap("steps");
    stage.check()?;
    for ((case, edges), between) in cases.iter_mut().zip(edges).zip(steps) {
        case.edges = edges;
        case.between = between;
        case.ends = stage.ending(case, traffic.last().copied());
    }
    let timings = stage.timings();
    for (case, timing) in cases.iter_mut().zip(&timings) {
        case.seconds = timing.iter().map(|timing| timing.seconds).sum();
    }
    let month_seconds = stage.month_seconds();
    let unverified = crate::experiment::unverified(&scenario.cases);
    Ok(Curve { traffic, base_rps, month_seconds, cases, crossovers, unverified, timings, passed: clock.passed })
}

struct Clock {
    begun: Instant,
    passed: Vec<(&'static str, f64)>,
}

impl Clock {
    fn lap(&mut self, stage: &'static str) {
        self.passed.push((stage, self.begun.elapsed().as_secs_f64()));
        self.begun = Instant::now();
    }
}

impl CaseCurve {
    fn gather(case: &Case, points: Vec<Result<Point, String>>) -> CaseCurve {
        let mut hosting: Vec<&str> = case.deployments.iter().map(|plan| plan.model.name.as_str()).collect();
        hosting.dedup();
        CaseCurve {
            name: case.name.clone(),
            hosting: hosting.join(", "),
            seconds: 0.0,
            stepwise: case.deployments.iter().any(|plan| !plan.model.is_on_demand()),
            points,
            ends: None,
            edges: Vec::new(),
            between: Vec::new(),
        }
    }

    /// Why its line ends before the greatest traffic.
    pub fn ends(&self) -> Option<String> {
        self.ends.clone()
    }

    /// Whether it meets its objective at a point.
    pub fn is_feasible(&self, point: usize) -> bool {
        self.points.get(point).is_some_and(feasible)
    }

    /// A figure at every traffic where the case meets its objective.
    pub fn estimates(&self, metric: &[&str]) -> Vec<Option<Estimate>> {
        let estimate = |point: &Result<Point, String>| {
            let point = point.as_ref().ok().filter(|point| point.is_able())?;
            Some(point.estimate(metric))
        };
        self.points.iter().map(estimate).collect()
    }
}

/// Whether a point can be ordered and meets its objective.
fn feasible(point: &Result<Point, String>) -> bool {
    point.as_ref().is_ok_and(Point::is_able)
}

impl Curve {
    /// Requests per month at a multiple of the scenario's traffic.
    pub fn requests_per_month(&self, traffic: f64) -> f64 {
        self.base_rps * traffic * self.month_seconds
    }

    /// The cheapest case by region of traffic: between the points by the crossovers found, and by
    /// where cases cease to meet their objectives.
    pub fn cheapest(&self, metric: Metric) -> Vec<Region> {
        regions::cheapest(self, metric)
    }
}

/// Requests per second of all apps at a multiple of 1, as they are on the axis and in a month.
pub fn base_rate(scenario: &Scenario) -> f64 {
    let begin = Time(scenario.run.warm_up.0);
    let measured = begin..Time(begin.0.saturating_add(scenario.run.duration.0));
    scenario.apps.iter().map(|app| app.workload.measured_rate(measured.clone())).sum()
}

/// The scenario with the duration that gives the curve's requests at a multiple of its traffic, in
/// whole turns of arrivals that repeat themselves, and some storms of bursty ones. Where the
/// invoice is for just what is simulated, or something comes once (a spike, the end of a trace), its
/// duration stays: costs of several lengths of time could not be compared.
pub fn at_traffic(scenario: &Scenario, base_rps: f64, traffic: f64) -> Scenario {
    let mut scenario = scenario.clone();
    let rhythm = scenario.apps.iter().map(|app| app.workload.rhythm()).max().unwrap_or(Rhythm::Any);
    if let Some(requests) = scenario.curve.requests
        && base_rps > 0.0
        && scenario.run.month != Month::Duration
        && rhythm != Rhythm::Once
    {
        let seconds = requests as f64 / (base_rps * traffic);
        let least = scenario.apps.iter().map(|app| app.workload.least_duration()).max().unwrap_or(SHORTEST);
        let duration = Span::from_seconds(seconds).max(least).max(SHORTEST).min(LONGEST);
        scenario.run.duration = match rhythm {
            Rhythm::Every(turn) => Span(duration.0.div_ceil(turn.0).saturating_mul(turn.0)),
            _ => duration,
        };
    }
    scenario
}

/// The stages that time is counted by.
const STAGES: [&str; 3] = ["sizing", "points", "crossovers and ends"];

fn timing(tallies: &[Tally; 3]) -> Vec<Timing> {
    let one = |(stage, tally): (&&'static str, &Tally)| Timing {
        stage,
        seconds: tally.seconds(),
        simulated: tally.simulated(),
        shared: tally.shared(),
    };
    STAGES.iter().zip(tallies).map(one).collect()
}

/// Counts what is done.
struct Count<'p> {
    progress: &'p CurveProgress<'p>,
    done: AtomicU64,
    of: AtomicU64,
}

impl Count<'_> {
    fn expect(&self, more: u64) {
        self.of.fetch_add(more, Ordering::Relaxed);
    }

    fn one(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress.done)(done, self.of.load(Ordering::Relaxed));
    }
}
