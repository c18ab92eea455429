//! A curve as JSON, CSV, Markdown, text, and figures.

use super::figure::traffic::{Crossing, Measure, Region, TrafficFigure, TrafficLine};
use super::grid::{Grid, Screen};
use super::html::curve::judged_by;
use super::json::estimate_json;
use super::markdown::escape;
use super::notes::of_unverified;
use super::{format, html, standing};
use crate::document::harmless;
use crate::experiment::curve::{CaseCurve, Crossover, Curve, Edge, METRICS, Metric};
use crate::experiment::{Point, served};
use crate::metrics::Estimate;
use serde_json::{Map, Value, json};

/// The figures that a curve holds of every point: their flat names and paths.
const HELD: [(&str, Metric); 10] = [
    ("invoice_usd", &["invoice_usd", "total"]),
    ("labour_usd", &["labour_usd", "total"]),
    ("owned_usd", &["owned_usd"]),
    ("tco_usd", &["tco_usd"]),
    ("usd_per_million_requests", &["usd_per_million_requests"]),
    ("instances", &["instances", "mean"]),
    ("latency_p99_s", &["latency_s", "p99"]),
    ("requests_cold_share", &["requests", "cold_share"]),
    ("fleet_cpu_used", &["fleet", "cpu_used"]),
    ("availability", &["availability"]),
];

/// What was ordered at a point, in a few words.
pub fn order_of(point: &Point) -> String {
    point.orders.iter().map(crate::experiment::Order::words).collect::<Vec<_>>().join("; ")
}

/// The JSON document of the contract.
pub fn to_json(curve: &Curve) -> String {
    let per_month: Vec<f64> = curve.traffic.iter().map(|t| curve.requests_per_month(*t)).collect();
    let cases: Map<String, Value> = curve.cases.iter().map(|case| (case.name.clone(), case_json(case))).collect();
    let crossovers: Vec<Value> = curve.crossovers.iter().map(|c| crossover_json(curve, c)).collect();
    let cheapest: Map<String, Value> = METRICS
        .iter()
        .map(|(name, metric)| {
            let regions = curve.cheapest(metric).into_iter().map(|region| {
                json!({ "case": region.case, "ties": region.ties, "availability": region.served, "from": curve.requests_per_month(region.from),
                        "to": curve.requests_per_month(region.to) })
            });
            ((*name).to_string(), regions.collect())
        })
        .collect();
    let document = json!({
        "schema": 1,
        "answer": whole_answer(curve),
        "traffic_rps": curve.traffic.iter().map(|t| t * curve.base_rps).collect::<Vec<_>>(),
        "requests_per_month": per_month,
        "cases": cases,
        "crossovers": crossovers,
        "cheapest": cheapest,
        "unverified": curve.unverified,
    });
    let mut document = document;
    if let Some(warm_ups) = warm_ups(curve) {
        document["warm_up_s"] = json!(warm_ups);
    }
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn case_json(case: &CaseCurve) -> Value {
    let mut object = Map::new();
    object.insert("hosting".into(), case.hosting.clone().into());
    for (name, path) in HELD {
        let held = |point: &Result<Point, String>| {
            point.as_ref().map_or(Value::Null, |point| estimate_json(&point.estimate(path)))
        };
        object.insert(name.into(), case.points.iter().map(held).collect());
    }
    let rests = |point: &Result<Point, String>| point.as_ref().ok().and_then(Point::p99_rests_on);
    object.insert("latency_p99_rests_on".into(), case.points.iter().map(rests).collect());
    let met = |point: &Result<Point, String>| match point {
        Ok(point) => point.slo_met.map_or(Value::Null, Value::Bool),
        Err(_) => Value::Bool(false),
    };
    object.insert("slo_met".into(), case.points.iter().map(met).collect());
    let settled = |point: &Result<Point, String>| point.as_ref().map_or(Value::Null, |point| point.is_settled.into());
    object.insert("settled".into(), case.points.iter().map(settled).collect());
    let order = |point: &Result<Point, String>| point.as_ref().map_or(Value::Null, |point| order_of(point).into());
    object.insert("order".into(), case.points.iter().map(order).collect());
    let infeasible = |point: &Result<Point, String>| point.as_ref().err().map_or(Value::Null, |why| why.clone().into());
    object.insert("infeasible".into(), case.points.iter().map(infeasible).collect());
    if case.points.iter().flatten().any(|point| !point.tried.is_empty()) {
        object.insert("tried".into(), case.points.iter().map(tried_json).collect());
    }
    object.insert("ends".into(), case.ends().map_or(Value::Null, Value::String));
    Value::Object(object)
}

/// What was tried at a point before its order was found.
fn tried_json(point: &Result<Point, String>) -> Value {
    let tried = point.as_ref().map(|point| point.tried.as_slice()).unwrap_or_default();
    let one = |attempt: &crate::experiment::sizing::Attempt| {
        json!({ "app": attempt.app, "order": attempt.order, "met": attempt.met, "sure": attempt.sure,
                "found": attempt.found, "replications": attempt.replications, "tco_usd": attempt.tco_usd })
    };
    tried.iter().map(one).collect()
}

fn estimate(point: &Result<Point, String>, path: &[&str]) -> Estimate {
    point.as_ref().map_or_else(|_| Estimate::of(&[]), |point| point.estimate(path))
}

fn crossover_json(curve: &Curve, crossover: &Crossover) -> Value {
    json!({
        "metric": crossover.metric,
        "below": crossover.below,
        "above": crossover.above,
        "requests_per_month": curve.requests_per_month(crossover.traffic),
        "low": curve.requests_per_month(crossover.low),
        "high": curve.requests_per_month(crossover.high),
        "usd": crossover.value,
    })
}

/// One row per case and traffic: every figure with its half-width (RFC 4180).
pub fn to_csv(curve: &Curve) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut header: Vec<String> =
        ["case", "hosting", "traffic_rps", "requests_per_month", "order", "slo_met", "infeasible"]
            .map(String::from)
            .to_vec();
    for (name, _) in HELD {
        header.extend([name.to_string(), format!("{name}_ci95")]);
    }
    // Writing to memory does not fail.
    let _ = writer.write_record(harmless(&header));
    for case in &curve.cases {
        for (point, traffic) in case.points.iter().zip(&curve.traffic) {
            let _ = writer.write_record(harmless(csv_row(curve, case, point, *traffic)));
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn csv_row(curve: &Curve, case: &CaseCurve, point: &Result<Point, String>, traffic: f64) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut row = vec![
        case.name.clone(),
        case.hosting.clone(),
        (traffic * curve.base_rps).to_string(),
        curve.requests_per_month(traffic).to_string(),
        point.as_ref().map(order_of).unwrap_or_default(),
        point.as_ref().ok().and_then(|p| p.slo_met).map_or_else(String::new, |met| met.to_string()),
        point.as_ref().err().cloned().unwrap_or_default(),
    ];
    for (_, path) in HELD {
        let estimate = estimate(point, path);
        row.extend([number(estimate.mean), number(estimate.ci95)]);
    }
    row
}

/// What is cheapest where; and at the traffic nearest to the scenario's own of what its cost is made, what made the next
/// one dearer and on what that turns.
pub fn whole_answer(curve: &Curve) -> String {
    let (metric, counted) = judged_by(curve);
    let by_region = html::answer::of_curve(curve, metric, counted);
    let away = |index: &usize| libm::log(curve.traffic[*index]).abs();
    let Some(own) = (0..curve.traffic.len()).min_by(|a, b| away(a).total_cmp(&away(b))) else { return by_region };
    let cases: Vec<_> = curve.cases.iter().map(|case| standing::case_of(&case.name, &case.points[own])).collect();
    if cases.iter().all(|case| case.slo_met == Some(false)) {
        return by_region;
    }
    let nearest = if curve.traffic[own] == 1.0 { "as the scenario asks" } else { "nearest to what the scenario asks" };
    let at = count(curve, curve.traffic[own]);
    format!("{by_region} At {at} requests a month, {nearest}: {}", standing::sentence(cases))
}

/// The answer, then the cost by traffic and case, and what one must know; crossovers are in the files.
pub fn to_table(curve: &Curve, title: &str, screen: Screen) -> String {
    let mut text = format!("{}\n\n{}\n", screen.paragraph(&whole_answer(curve)), screen.paragraph(title));
    text += &format!("{}\n\n{}\n", screen.paragraph(SUBTITLE), grid(curve).to_text(screen));
    let invoice = answer(curve, "invoice_usd").replace("Cheapest", "By the invoice alone");
    let counted = curve.crossovers.len();
    let crossovers = (counted > 0).then(|| {
        let where_they_are = "in curve.json, curve.md and curve.html, with their intervals";
        format!("{counted} crossover{} between any two cases: {where_they_are}.", if counted == 1 { "" } else { "s" })
    });
    let ends = curve.cases.iter().filter_map(|case| Some(format!("{} ends: {}.", case.name, case.ends()?)));
    let notes: Vec<String> =
        [invoice].into_iter().chain(crossovers).chain(ends).chain(of_unverified(&curve.unverified)).collect();
    text + &screen.list(&notes)
}

/// As Markdown, with every crossover.
pub fn to_markdown(curve: &Curve, title: &str) -> String {
    let lines = sentences(curve).into_iter().skip(1).chain(of_unverified(&curve.unverified));
    let lines: String = lines.map(|line| format!("- {}\n", escape(&line))).collect();
    let (answer, title) = (escape(&whole_answer(curve)), escape(title));
    format!("{answer}\n\n# {title}\n\n{SUBTITLE}\n\n{}\n{lines}", grid(curve).to_markdown())
}

/// What the table holds.
const SUBTITLE: &str = "TCO per month by requests a month, and what was ordered; – where the objective cannot be met";

fn grid(curve: &Curve) -> Grid {
    let mut grid = Grid::new(1).numbers("Requests/month");
    for case in &curve.cases {
        grid = grid.words(case.name.clone());
    }
    for (index, traffic) in curve.traffic.iter().enumerate() {
        let cells = curve.cases.iter().map(|case| cell(&case.points[index]));
        grid.row([format::short_count(curve.requests_per_month(*traffic))].into_iter().chain(cells));
    }
    grid
}

fn cell(point: &Result<Point, String>) -> String {
    match point {
        Ok(point) => {
            let tco = point.estimate(&["tco_usd"]).mean.map_or_else(|| "–".into(), format::money);
            let missed = match point {
                _ if point.overload.is_some() => "\noverload",
                _ if point.slo_met == Some(false) => "\nmissed",
                _ if !point.is_settled => "\nunsettled",
                _ => "",
            };
            let served = served::share(point).filter(|share| *share < 1.0);
            let served = served.map_or_else(String::new, |share| format!("\nserves {}", format::percent(share)));
            format!("{tco}\n{}{missed}{served}", order_of(point))
        }
        Err(_) => "–".into(),
    }
}

/// What the curve says, in sentences.
pub fn sentences(curve: &Curve) -> Vec<String> {
    let mut lines = vec![answer(curve, "tco_usd")];
    let invoice = answer(curve, "invoice_usd");
    lines.push(invoice.replace("Cheapest", "By the invoice alone"));
    if METRICS.iter().any(|(_, metric)| curve.cheapest(metric).iter().any(|region| !region.ties.is_empty())) {
        lines.push("Cases joined by \"or\" cost the same, or the noise covers which of them is cheaper.".into());
    }
    for crossover in &curve.crossovers {
        let count = |traffic: f64| count(curve, traffic);
        let name = if crossover.metric == "tco_usd" { "TCO" } else { "invoice" };
        lines.push(format!(
            "{name}: {} is cheaper below {} requests/month ({} to {}), {} above; both {} there.",
            crossover.below,
            count(crossover.traffic),
            count(crossover.low),
            count(crossover.high),
            crossover.above,
            format::money(crossover.value)
        ));
    }
    if let Some(apart) = resolution(curve).filter(|_| curve.cases.len() > 1) {
        lines.push(format!(
            "Two changes of place between the same two cases that are closer together than a factor of {} of traffic can be missed.",
            format::significant(apart, 3)
        ));
    }
    for case in &curve.cases {
        if let Some(why) = case.ends() {
            lines.push(format!("{} ends: {why}.", case.name));
        }
    }
    lines.extend(remarks(curve));
    lines
}

/// The warm-up at each traffic, in seconds, where it was found and a case can be had there; nothing where
/// it is stated.
fn warm_ups(curve: &Curve) -> Option<Vec<Option<f64>>> {
    let at = |point: usize| {
        let points = curve.cases.iter().filter_map(|case| case.points.get(point)?.as_ref().ok());
        points.into_iter().find_map(|point| point.estimate(&["warm_up_s"]).mean)
    };
    let found: Vec<Option<f64>> = (0..curve.traffic.len()).map(at).collect();
    found.iter().any(Option::is_some).then_some(found)
}

/// What one must know of the numbers: which warm-ups were found, and where p99 rests on few requests.
pub fn remarks(curve: &Curve) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(found) = warm_ups(curve) {
        let known = || found.iter().flatten().copied();
        let (least, most) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
        let (least, most) = (format::duration(least), format::duration(most));
        let range = if least == most { least } else { format!("{least} to {most}") };
        lines.push(format!("The warm-up was found at each traffic by MSER-5: {range}."));
    }
    for case in &curve.cases {
        let few: Vec<f64> = case.points.iter().flatten().filter_map(Point::p99_rests_on).collect();
        if let Some(least) = few.iter().copied().reduce(f64::min) {
            lines.push(format!(
                "{}: at {} of {} traffics the p99 rests on few requests a replication (the fewest: {}): its interval holds \
                 the truth less often than 95 times in 100.",
                case.name,
                few.len(),
                case.points.len(),
                format::significant(least, 2)
            ));
        }
    }
    lines
}

/// Requests a month with three digits: an interval of a hundredth is to be seen.
fn count(curve: &Curve, traffic: f64) -> String {
    let requests = curve.requests_per_month(traffic);
    let (scale, unit) = match requests {
        r if r >= 999.5e6 => (1e9, " bn"),
        r if r >= 999.5e3 => (1e6, " M"),
        r if r >= 999.5 => (1e3, " k"),
        _ => (1.0, ""),
    };
    format!("{}{unit}", format::significant(requests / scale, 3))
}

/// The factor of traffic between two places that were looked at.
fn resolution(curve: &Curve) -> Option<f64> {
    let [first, second, ..] = curve.traffic[..] else { return None };
    Some(libm::pow(second / first, 1.0 / f64::from(crate::experiment::curve::PARTS)))
}

/// The answer in one sentence: the cheapest case by region of traffic.
pub fn answer(curve: &Curve, metric: &str) -> String {
    let Some((_, path)) = METRICS.iter().find(|(name, _)| *name == metric) else { return String::new() };
    let regions = curve.cheapest(path);
    let count = |traffic: f64| count(curve, traffic);
    if regions.is_empty() {
        return "Cheapest: none; no case meets its objective at any traffic looked at.".into();
    }
    let parts: Vec<String> = regions
        .iter()
        .enumerate()
        .map(|(index, region)| match (index, index + 1 == regions.len()) {
            (0, true) => format!("{} at every traffic looked at", region.words()),
            (0, false) => format!("below {} requests/month {}", count(region.to), region.words()),
            (_, true) if Some(&region.to) != curve.traffic.last() => {
                format!("to {} {}; above that no case meets its objective", count(region.to), region.words())
            }
            (_, true) => format!("above that {}", region.words()),
            _ => format!("to {} {}", count(region.to), region.words()),
        })
        .collect();
    format!("Cheapest: {}.", parts.join("; "))
}

/// Where the time went: seconds of one thread by case and stage, how many simulations, and how
/// many of those asked for there were already.
pub fn timings(curve: &Curve) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let stages = || curve.timings.first().into_iter().flatten().map(|timing| timing.stage);
    let headings = stages().flat_map(|stage| [stage.to_string(), "run".into(), "shared".into()]);
    table.set_header(std::iter::once("seconds of a thread".to_string()).chain(headings).chain(["in all".to_string()]));
    for (case, timings) in curve.cases.iter().zip(&curve.timings) {
        let cells = timings.iter().flat_map(|timing| {
            [format!("{:.2} s", timing.seconds), timing.simulated.to_string(), timing.shared.to_string()]
        });
        table.add_row(std::iter::once(case.name.clone()).chain(cells).chain([format!("{:.2} s", case.seconds)]));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        let right = comfy_table::CellAlignment::Right;
        column.set_cell_alignment(if index == 0 { comfy_table::CellAlignment::Left } else { right });
    }
    let mut text: String = table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    for (stage, seconds) in &curve.passed {
        text.push_str(&format!("{seconds:.2} s passed for {stage}\n"));
    }
    text
}

/// What is drawn: file stems with their figures.
pub fn figures(curve: &Curve, title: &str) -> Vec<(&'static str, TrafficFigure)> {
    let band = "Each case sized anew at each traffic; bands: 95 % interval; rings: equal costs, large where the cheapest changes";
    let (tco, p99, cpu): (Metric, Metric, Metric) = (&["tco_usd"], &["latency_s", "p99"], &["fleet", "cpu_used"]);
    let cost = |name, y_title: &str, metric: Metric, flat: &str| {
        let mut figure = figure(curve, title, band, (y_title, Measure::Money), metric);
        figure.crossings = crossings(curve, flat);
        figure.best = regions(curve, metric);
        (name, figure)
    };
    vec![
        cost("curve", "total cost of ownership, US dollars per month", tco, "tco_usd"),
        cost("curve-invoice", "invoice, US dollars per month", &["invoice_usd", "total"], "invoice_usd"),
        (
            "latency-against-traffic",
            figure(
                curve,
                title,
                "99th percentile of latency; bands: 95 % interval",
                ("p99 latency", Measure::Time),
                p99,
            ),
        ),
        (
            "utilisation-against-traffic",
            figure(
                curve,
                title,
                "Share of the powered servers' cores that does requests' work",
                ("CPU used", Measure::Share),
                cpu,
            ),
        ),
    ]
}

fn figure(
    curve: &Curve,
    title: &str,
    subtitle: &str,
    (y_title, measure): (&str, Measure),
    metric: Metric,
) -> TrafficFigure {
    let lines = curve.cases.iter().map(|case| {
        let pairs = case.estimates(metric).into_iter().zip(&curve.traffic);
        let point = |(estimate, traffic): (Option<Estimate>, &f64)| {
            let estimate = estimate?;
            Some((curve.requests_per_month(*traffic), estimate.mean?, estimate.ci95.unwrap_or(0.0)))
        };
        let stepwise = case.stepwise && matches!(measure, Measure::Money);
        let mut points: Vec<(f64, f64, f64)> = pairs.filter_map(point).collect();
        let between = case.between.iter().filter_map(|between| {
            let estimate = between.estimate(metric);
            Some((curve.requests_per_month(between.traffic), estimate.mean?, estimate.ci95.unwrap_or(0.0)))
        });
        if stepwise {
            points.extend(between);
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let edge = case.edges.last().filter(|edge| edge.met_below && case.ends.is_some());
        let end_at = edge.map(|edge| curve.requests_per_month(edge.at()));
        let from =
            |edge: &Edge| format!("from {} on, {}", format::short_count(curve.requests_per_month(edge.at())), edge.why);
        let ends = edge.map(from).or_else(|| case.ends());
        TrafficLine { name: case.name.clone(), points, stepwise, ends, end_at }
    });
    TrafficFigure {
        title: title.to_string(),
        subtitle: subtitle.to_string(),
        y_title: y_title.to_string(),
        measure,
        lines: lines.collect(),
        crossings: Vec::new(),
        best: Vec::new(),
    }
}

fn crossings(curve: &Curve, metric: &str) -> Vec<Crossing> {
    let line = |name: &str| curve.cases.iter().position(|case| case.name == name).unwrap_or(usize::MAX);
    let of_metric = curve.crossovers.iter().filter(|crossover| crossover.metric == metric);
    of_metric
        .map(|crossover| Crossing {
            at: curve.requests_per_month(crossover.traffic),
            low: curve.requests_per_month(crossover.low),
            high: curve.requests_per_month(crossover.high),
            value: crossover.value,
            lines: [line(&crossover.below), line(&crossover.above)],
        })
        .collect()
}

fn regions(curve: &Curve, metric: Metric) -> Vec<Region> {
    let line = |name: &str| curve.cases.iter().position(|case| case.name == name);
    let found = curve.cheapest(metric).into_iter().filter_map(|region| {
        let (from, to) = (curve.requests_per_month(region.from), curve.requests_per_month(region.to));
        Some(Region { from, to, line: line(&region.case)? })
    });
    found.collect()
}
