//! Cost against traffic: every case at every traffic, each sized anew, and the traffics at which
//! the cheaper of two changes.

use super::deploy::Order;
use super::point::Point;
use super::run::RunError;
use crate::metrics::Estimate;
use crate::scenario::{Case, Scenario};
use crate::units::Span;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// A figure of a curve: its path in a result.
pub type Metric = &'static [&'static str];

/// The metrics whose crossovers are found, by their flat names.
pub const METRICS: [(&str, Metric); 2] = [("invoice_usd", &["invoice_usd", "total"]), ("tco_usd", &["tco_usd"])];

/// The longest time that a point simulates, however thin its traffic.
const LONGEST: Span = Span(20 * 365 * 86_400_000_000_000);
/// The shortest.
const SHORTEST: Span = Span(60_000_000_000);
/// Arrivals that follow the time of day are simulated for whole days.
const DAY: Span = Span(86_400_000_000_000);

/// A curve of one case: a point at every traffic, or why there is none.
#[derive(Clone, Debug)]
pub struct CaseCurve {
    /// The case's name.
    pub name: String,
    /// What it is hosted on.
    pub hosting: String,
    /// In the order of the traffics.
    pub points: Vec<Result<Point, String>>,
    /// Seconds of processor time that its points took.
    pub seconds: f64,
    /// Whether its cost moves by steps: a number of instances is ordered.
    pub stepwise: bool,
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

/// A stretch of traffic and the case that is cheapest in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// The case.
    pub case: String,
    /// From this multiple of the scenario's traffic …
    pub from: f64,
    /// … to this one.
    pub to: f64,
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
}

/// Told of the work done so far, out of how much; may ask to stop.
pub struct CurveProgress<'p> {
    /// Called with (points done, points in all).
    pub done: &'p (dyn Fn(u64, u64) + Sync),
    /// Set where the curve is to be given up.
    pub stop: &'p AtomicBool,
}

/// Computes the curve of a scenario, as its `[curve]` says.
///
/// # Errors
/// Where the scenario has no arrivals to multiply, or it was interrupted.
pub fn curve(scenario: &Scenario, progress: &CurveProgress<'_>) -> Result<Curve, RunError> {
    let base_rps: f64 = scenario.apps.iter().map(|app| app.workload.mean_rate()).sum();
    if base_rps <= 0.0 {
        return Err(RunError::Input("no app of this scenario has arrivals: there is no traffic to vary".into()));
    }
    let traffic = scenario.curve.traffic.values();
    let stage = Stage { scenario, base_rps, stop: progress.stop };
    let of = (traffic.len() * scenario.cases.len()) as u64;
    let done = AtomicU64::new(0);
    let places: Vec<(usize, usize)> =
        (0..scenario.cases.len()).flat_map(|case| (0..traffic.len()).map(move |point| (case, point))).collect();
    let evaluated: Vec<(Result<Point, String>, f64)> = places
        .par_iter()
        .with_max_len(1)
        .map(|(case, point)| {
            let begun = Instant::now();
            let result = stage.evaluate(&scenario.cases[*case], traffic[*point]);
            (progress.done)(done.fetch_add(1, Ordering::Relaxed) + 1, of);
            (result, begun.elapsed().as_secs_f64())
        })
        .collect();
    stage.check()?;
    let mut evaluated = evaluated.into_iter();
    let cases: Vec<CaseCurve> = scenario
        .cases
        .iter()
        .map(|case| CaseCurve::gather(case, evaluated.by_ref().take(traffic.len()).collect()))
        .collect();
    let crossovers = stage.crossovers(&traffic, &cases);
    stage.check()?;
    let month_seconds = scenario.run.month_length().seconds();
    let unverified = super::unverified(&scenario.cases);
    Ok(Curve { traffic, base_rps, month_seconds, cases, crossovers, unverified })
}

impl CaseCurve {
    fn gather(case: &Case, points: Vec<(Result<Point, String>, f64)>) -> CaseCurve {
        let mut hosting: Vec<&str> = case.deployments.iter().map(|plan| plan.model.name.as_str()).collect();
        hosting.dedup();
        CaseCurve {
            name: case.name.clone(),
            hosting: hosting.join(", "),
            seconds: points.iter().map(|(_, seconds)| seconds).sum(),
            stepwise: case.deployments.iter().any(|plan| !plan.model.is_on_demand()),
            points: points.into_iter().map(|(point, _)| point).collect(),
        }
    }

    /// Why its line ends before the greatest traffic.
    pub fn ends(&self) -> Option<String> {
        let last = self.points.last()?;
        match last {
            Err(why) => Some(why.clone()),
            Ok(point) if point.slo_met == Some(false) => Some("the objective is missed".into()),
            Ok(_) => None,
        }
    }

    /// A figure at every traffic where the case meets its objective.
    pub fn estimates(&self, metric: &[&str]) -> Vec<Option<Estimate>> {
        let feasible = |point: &Result<Point, String>| {
            let point = point.as_ref().ok().filter(|point| point.slo_met != Some(false))?;
            Some(point.estimate(metric))
        };
        self.points.iter().map(feasible).collect()
    }
}

impl Curve {
    /// Requests per month at a multiple of the scenario's traffic.
    pub fn requests_per_month(&self, traffic: f64) -> f64 {
        self.base_rps * traffic * self.month_seconds
    }

    /// The cheapest case by region of traffic: between the points by the crossovers found.
    pub fn cheapest(&self, metric: Metric) -> Vec<Region> {
        let costs: Vec<Vec<Option<f64>>> = self
            .cases
            .iter()
            .map(|case| case.estimates(metric).into_iter().map(|e| e.and_then(|e| e.mean)).collect())
            .collect();
        let best_at = |point: usize| {
            let defined = costs.iter().enumerate().filter_map(|(case, costs)| Some((case, costs[point]?)));
            defined.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(case, _)| case)
        };
        let mut regions: Vec<Region> = Vec::new();
        for (point, traffic) in self.traffic.iter().enumerate() {
            let Some(best) = best_at(point) else { continue };
            let name = &self.cases[best].name;
            match regions.last_mut() {
                Some(last) if last.case == *name => last.to = *traffic,
                Some(last) => {
                    let from = self.border(&last.case, name, last.to, *traffic, metric);
                    last.to = from;
                    regions.push(Region { case: name.clone(), from, to: *traffic });
                }
                None => regions.push(Region { case: name.clone(), from: *traffic, to: *traffic }),
            }
        }
        regions
    }

    fn border(&self, below: &str, above: &str, low: f64, high: f64, metric: Metric) -> f64 {
        let named = METRICS.iter().find(|(_, path)| *path == metric).map_or("", |(name, _)| name);
        let fits = |c: &&Crossover| {
            c.metric == named && c.below == below && c.above == above && c.traffic >= low && c.traffic <= high
        };
        self.crossovers.iter().find(fits).map_or((low * high).sqrt(), |crossover| crossover.traffic)
    }
}

/// The scenario with the duration that gives the curve's requests at a multiple of its traffic.
pub fn at_traffic(scenario: &Scenario, base_rps: f64, traffic: f64) -> Scenario {
    let mut scenario = scenario.clone();
    if let Some(requests) = scenario.curve.requests
        && base_rps > 0.0
    {
        let seconds = requests as f64 / (base_rps * traffic);
        let mut duration = Span::from_seconds(seconds.min(LONGEST.seconds())).max(SHORTEST);
        if scenario.apps.iter().any(|app| app.workload.follows_the_day()) {
            duration = Span(duration.0.div_ceil(DAY.0) * DAY.0);
        }
        scenario.run.duration = duration;
    }
    scenario
}

/// What evaluates points.
struct Stage<'a> {
    scenario: &'a Scenario,
    base_rps: f64,
    stop: &'a AtomicBool,
}

impl Stage<'_> {
    fn check(&self) -> Result<(), RunError> {
        if self.stop.load(Ordering::Relaxed) { Err(RunError::Interrupted) } else { Ok(()) }
    }

    fn at(&self, traffic: f64) -> Scenario {
        at_traffic(self.scenario, self.base_rps, traffic)
    }

    fn evaluate(&self, case: &Case, traffic: f64) -> Result<Point, String> {
        if self.stop.load(Ordering::Relaxed) {
            return Err("interrupted".into());
        }
        Point::evaluate(&self.at(traffic), case, traffic)
    }

    fn crossovers(&self, traffic: &[f64], cases: &[CaseCurve]) -> Vec<Crossover> {
        let count = cases.len();
        let mut brackets = Vec::new();
        for (name, metric) in METRICS {
            for (a, b) in (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b))) {
                let costs = (cases[a].estimates(metric), cases[b].estimates(metric));
                for point in 1..traffic.len() {
                    let change = |k: usize| Some(costs.0[k]?.mean? - costs.1[k]?.mean?);
                    if let (Some(before), Some(after)) = (change(point - 1), change(point))
                        && before != 0.0
                        && before.signum() != after.signum()
                    {
                        let bracket = [(traffic[point - 1], before), (traffic[point], after)];
                        let orders = (orders_between(&cases[a], point), orders_between(&cases[b], point));
                        brackets.push(Bracket { name, metric, a, b, bracket, orders });
                    }
                }
            }
        }
        brackets.par_iter().filter_map(|bracket| self.refine(bracket)).collect()
    }

    /// Narrows a bracket down until it is narrow, or the noise covers what is left of it.
    fn refine(&self, found: &Bracket) -> Option<Crossover> {
        let [mut low, mut high] = found.bracket;
        let mut value = None;
        for step in 0..MOST_STEPS {
            if high.0 / low.0 < 1.0 + NARROW || self.stop.load(Ordering::Relaxed) {
                break;
            }
            let middle = between(low, high, step);
            let Some((difference, cost)) = self.difference(found, middle) else { break };
            value = Some(cost);
            let mean = difference.mean?;
            let side = if mean.signum() == low.1.signum() { &mut low } else { &mut high };
            *side = (middle, mean);
            if difference.straddles(0.0) {
                return Some(self.crossover(found, middle, self.widen(found, middle, [low, high]), cost));
            }
        }
        let root = between(low, high, 1);
        let cost = value.or_else(|| self.difference(found, root).map(|(_, cost)| cost))?;
        Some(self.crossover(found, root, (low.0, high.0), cost))
    }

    /// The interval around a root that the noise covers: from the slope of the difference, and its
    /// half-width, with the bracket as the least.
    fn widen(&self, found: &Bracket, at: f64, bracket: [(f64, f64); 2]) -> (f64, f64) {
        let [low, high] = bracket;
        let (mut below, mut above) = (at, at);
        for step in 1..=8 {
            let factor = 1.0 + 0.01 * f64::from(1 << step) / 2.0;
            let clear = |traffic: f64, sign: f64| {
                let difference = self.difference(found, traffic);
                difference.is_none_or(|(d, _)| !d.straddles(0.0) && d.mean.is_some_and(|m| m.signum() == sign))
            };
            let sign = low.1.signum();
            if below == at && clear(at / factor, sign) {
                below = at / factor;
            }
            if above == at && clear(at * factor, -sign) {
                above = at * factor;
            }
            if below < at && above > at {
                break;
            }
        }
        (if below < at { below } else { low.0.min(at) }, if above > at { above } else { high.0.max(at) })
    }

    fn crossover(&self, found: &Bracket, at: f64, (low, high): (f64, f64), value: f64) -> Crossover {
        let (a, b) = (&self.scenario.cases[found.a].name, &self.scenario.cases[found.b].name);
        let a_is_cheaper_below = found.bracket[0].1 < 0.0;
        let (below, above) = if a_is_cheaper_below { (a, b) } else { (b, a) };
        Crossover {
            metric: found.name,
            below: below.clone(),
            above: above.clone(),
            traffic: at,
            low: low.min(at),
            high: high.max(at),
            value,
        }
    }

    /// The paired difference of a bracket's two cases' cost at a traffic, and the mean of both;
    /// with twice the replications, as a crossover is near.
    fn difference(&self, found: &Bracket, traffic: f64) -> Option<(Estimate, f64)> {
        let scenario = self.at(traffic);
        let wanted = 2 * u64::from(scenario.run.replications);
        let at = |case: usize, between: &[Option<(Order, Order)>]| {
            Point::evaluate_between(&scenario, &self.scenario.cases[case], traffic, between, wanted).ok()
        };
        let (a, b) = (at(found.a, &found.orders.0)?, at(found.b, &found.orders.1)?);
        let cost = 0.5 * (a.estimate(found.metric).mean? + b.estimate(found.metric).mean?);
        Some((Estimate::paired_difference(&a.values(found.metric), &b.values(found.metric)), cost))
    }
}

/// The orders of a case at two neighbouring points, per app.
fn orders_between(case: &CaseCurve, point: usize) -> Between {
    match (&case.points[point - 1], &case.points[point]) {
        (Ok(lesser), Ok(greater)) => {
            lesser.orders.iter().cloned().zip(greater.orders.iter().cloned()).map(Some).collect()
        }
        _ => Vec::new(),
    }
}

/// Steps of a refinement at the most.
const MOST_STEPS: u32 = 24;
/// A bracket whose ends differ by less than this share is narrow enough.
const NARROW: f64 = 0.004;

/// Per app: the orders of a lesser and of a greater traffic, where both are known.
type Between = Vec<Option<(Order, Order)>>;

/// Two neighbouring points between which two cases change places.
struct Bracket {
    name: &'static str,
    metric: Metric,
    a: usize,
    b: usize,
    bracket: [(f64, f64); 2],
    orders: (Between, Between),
}

/// The next traffic to look at: where the line through both ends crosses zero (in traffic, as
/// costs are mostly straight in it), every third time the middle, so that a step is found too.
fn between(low: (f64, f64), high: (f64, f64), step: u32) -> f64 {
    let middle = (low.0 * high.0).sqrt();
    if step % 3 == 2 {
        return middle;
    }
    let straight = low.0 + (high.0 - low.0) * low.1 / (low.1 - high.1);
    // Kept off the ends, so that each step narrows the bracket from both sides.
    let (near, far) = (low.0 * (1.0 + NARROW / 3.0), high.0 / (1.0 + NARROW / 3.0));
    if straight.is_finite() && near < far { straight.clamp(near, far) } else { middle }
}
